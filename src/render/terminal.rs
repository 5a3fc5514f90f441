//! A page for a terminal of some width, with or without colours.

use std::io;

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use super::Style;
use super::columns::{GAP, cut, cut_left, fit, width_of};
use super::figures::counted;
use super::screen::{Block, Column, ColumnKind, Grid, GridRow, Keep, Line, Screen, Tone};

/// Everything but titles and headings stands this far from the edge.
const INDENT: usize = 1;

/// No terminal is narrower, whatever it says.
const NARROWEST: u16 = 40;

/// Writes a page.
pub(super) fn write(screen: &Screen, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let width = usize::from(style.width.max(NARROWEST));
    for (place, block) in screen.0.iter().enumerate() {
        match block {
            Block::Title(text) => {
                for part in wrapped(text, width) {
                    writeln!(out, "{}", toned(&part, Tone::Strong, style))?;
                }
            }
            Block::Heading(text) => {
                if place > 0 {
                    writeln!(out)?;
                }
                for part in wrapped(text, width) {
                    writeln!(out, "{}", toned(&part, Tone::Strong, style))?;
                }
            }
            Block::Line(line) => write_text(line, "", width, style, out)?,
            Block::List(lines) => {
                for line in lines {
                    write_text(line, "· ", width, style, out)?;
                }
            }
            Block::Notes(notes) => {
                for (note, details) in notes {
                    write_text(note, "· ", width, style, out)?;
                    for line in details {
                        write_text(line, "    ", width, style, out)?;
                    }
                }
            }
            Block::Grid(grid) => write_grid(grid, width, style, out)?,
            Block::Code(lines) => {
                for line in lines {
                    writeln!(out, "{line}")?;
                }
            }
        }
    }
    Ok(())
}

/// Writes a statement, broken between words; further lines are indented under the first.
fn write_text(
    line: &Line,
    mark: &str,
    width: usize,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let hanging = mark.chars().count();
    for (place, part) in wrapped(&line.text, width - INDENT - hanging).iter().enumerate() {
        let lead = if place == 0 { mark.to_owned() } else { " ".repeat(hanging) };
        let indent = " ".repeat(INDENT);
        writeln!(out, "{indent}{lead}{}", toned(part, line.tone, style))?;
    }
    Ok(())
}

/// Text in lines of a width, broken between words; a number keeps its percent sign, and only a
/// word that is longer than a line is broken itself.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let mut word = word.to_owned();
        while let Some(sign) = words.next_if(|next| next.starts_with('%')) {
            word = format!("{word} {sign}");
        }
        if !line.is_empty() && width_of(&line) + 1 + width_of(&word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for letter in word.chars() {
            if width_of(&line) >= width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

fn write_grid(grid: &Grid, width: usize, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let layout = fit(grid, width - INDENT);
    let shown: Vec<_> = layout.shown.iter().copied().zip(layout.widths.iter().copied()).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.force_no_tty();
    if style.color {
        table.enforce_styling();
    }
    if grid.columns.iter().any(|column| !column.title.is_empty()) {
        table.set_header(shown.iter().map(|(at, width)| {
            let column = &grid.columns[*at];
            cell(&cut(&column.title, *width), column, Tone::Quiet)
        }));
    }
    for row in &grid.rows {
        table.add_row(shown.iter().map(|(at, width)| {
            let column = &grid.columns[*at];
            match row {
                GridRow::Cells(tone, _) => {
                    let cut = if column.kind == ColumnKind::Path { cut_left } else { cut };
                    cell(&cut(row.cell(*at), *width), column, *tone)
                }
                GridRow::Rule if column.kind == ColumnKind::Number => {
                    cell(&"─".repeat(*width), column, Tone::Quiet)
                }
                GridRow::Rule => cell("", column, Tone::Quiet),
            }
        }));
    }
    let last = shown.len().saturating_sub(1);
    let gap = u16::try_from(GAP).expect("a few spaces");
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if at == last { 0 } else { gap }));
    }
    for line in table.lines() {
        writeln!(out, "{}{}", " ".repeat(INDENT), line.trim_end())?;
    }
    write_left_out(grid, &layout.shown, width, style, out)?;
    write_below(grid, &layout.shown, width, style, out)
}

/// Says which columns did not fit and are lost; bars only repeat what the numbers say.
fn write_left_out(
    grid: &Grid,
    shown: &[usize],
    width: usize,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let lost = grid.columns.iter().enumerate().filter(|(place, column)| {
        let is_lost = matches!(column.keep, Keep::Drop(_)) && !shown.contains(place);
        is_lost && column.kind != ColumnKind::Bar
    });
    let titles: Vec<_> = lost.map(|(_, column)| column.title.as_str()).collect();
    if titles.is_empty() {
        return Ok(());
    }
    let number = counted(titles.len() as u64, "column", "columns");
    let text = format!("narrow terminal: {number} left out ({})", titles.join(", "));
    write_text(&Line { tone: Tone::Quiet, text }, "", width, style, out)
}

/// Writes the cells of columns that did not fit but may not be lost.
fn write_below(
    grid: &Grid,
    shown: &[usize],
    width: usize,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let missing = |place: &usize| {
        matches!(grid.columns[*place].keep, Keep::Below(_)) && !shown.contains(place)
    };
    for place in (0..grid.columns.len()).filter(missing) {
        let title = Line { tone: Tone::Quiet, text: grid.columns[place].title.clone() };
        write_text(&title, "", width, style, out)?;
        for row in &grid.rows {
            let text = row.cell(place);
            if !text.is_empty() {
                let line = Line { tone: Tone::Quiet, text: format!("{}: {text}", row.cell(0)) };
                write_text(&line, "· ", width, style, out)?;
            }
        }
    }
    Ok(())
}

fn cell(text: &str, column: &Column, tone: Tone) -> Cell {
    let alignment = match column.kind {
        ColumnKind::Number => CellAlignment::Right,
        ColumnKind::Text | ColumnKind::Path | ColumnKind::Bar => CellAlignment::Left,
    };
    let cell = Cell::new(text).set_alignment(alignment);
    // Weights only: the table library asks the environment before it colours.
    match tone {
        Tone::Strong | Tone::Warning | Tone::Bad => cell.add_attribute(Attribute::Bold),
        Tone::Quiet => cell.add_attribute(Attribute::Dim),
        Tone::Plain | Tone::Good => cell,
    }
}

fn toned(text: &str, tone: Tone, style: Style) -> String {
    let code = match tone {
        _ if !style.color => return text.to_owned(),
        Tone::Plain => return text.to_owned(),
        Tone::Strong => "1",
        Tone::Quiet => "2",
        Tone::Good => "32",
        Tone::Warning => "33",
        Tone::Bad => "1;31",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a b", 80), ["a b"]);
    }

    #[test]
    fn a_word_longer_than_the_line_does_not_overflow() {
        assert_eq!(wrapped("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrapped("an unbreakable", 4), ["an", "unbr", "eaka", "ble"]);
    }

    #[test]
    fn a_percent_sign_does_not_leave_its_number() {
        assert_eq!(wrapped("about 16.7 % of", 12), ["about 16.7 %", "of"]);
        assert_eq!(wrapped("about 16.7 %, so", 11), ["about", "16.7 %, so"]);
    }
}
