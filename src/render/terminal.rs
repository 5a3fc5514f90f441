//! A page for a terminal of some width, with or without colours.

use std::io;

use super::Style;
use super::columns::{GAP, cut, cut_left, fit, width_of};
use super::figures::counted;
use super::redaction::{Mask, Reader};
use super::screen::{Block, ColumnKind, Grid, GridRow, Keep, Line, Screen, Tone};

/// Everything but titles and headings stands this far from the edge.
const INDENT: usize = 1;

/// No terminal is narrower, whatever it says.
const NARROWEST: u16 = 40;

/// Writes a page.
pub(super) fn write(screen: &Screen, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let screen = screen.for_reader(&Mask::new(style.redact, Reader::Oneself));
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
            Block::Line(line) => write_text(line, mark(line, ""), width, style, out)?,
            Block::List(lines) => {
                for line in lines {
                    write_text(line, mark(line, "· "), width, style, out)?;
                }
            }
            Block::Notes(notes) => {
                for (note, details) in notes {
                    write_text(note, mark(note, "· "), width, style, out)?;
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

/// What stands before a statement: colours may be off, or not be told apart.
const fn mark(line: &Line, otherwise: &'static str) -> &'static str {
    match line.tone {
        Tone::Warning => "! ",
        _ => otherwise,
    }
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
        if width_of(&line) + width_of(&word) <= width {
            line.push_str(&word);
            continue;
        }
        let mut taken = width_of(&line);
        for letter in word.chars() {
            let more = width_of(letter.encode_utf8(&mut [0; 4]));
            if taken + more > width {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            line.push(letter);
            taken += more;
        }
    }
    lines.push(line);
    lines
}

fn write_grid(grid: &Grid, width: usize, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let layout = fit(grid, width - INDENT);
    let shown: Vec<_> = layout.shown.iter().copied().zip(layout.widths.iter().copied()).collect();
    if grid.columns.iter().any(|column| !column.title.is_empty()) {
        let titles = shown.iter().map(|(at, width)| {
            (cut(&grid.columns[*at].title, *width), *width, grid.columns[*at].kind)
        });
        write_row(titles, Tone::Quiet, style, out)?;
    }
    for row in &grid.rows {
        let cells = shown.iter().map(|(at, width)| {
            let kind = grid.columns[*at].kind;
            let text = match (row, kind) {
                (GridRow::Rule, ColumnKind::Number) => "─".repeat(*width),
                (_, ColumnKind::Path) => cut_left(row.cell(*at), *width),
                _ => cut(row.cell(*at), *width),
            };
            (text, *width, kind)
        });
        let tone = match row {
            GridRow::Cells(tone, _) => *tone,
            GridRow::Rule => Tone::Quiet,
        };
        write_row(cells, tone, style, out)?;
    }
    write_left_out(grid, &layout.shown, width, style, out)?;
    write_below(grid, &layout.shown, width, style, out)
}

/// Writes cells of their widths, figures to the right; nothing stands behind the last letter.
fn write_row(
    cells: impl Iterator<Item = (String, usize, ColumnKind)>,
    tone: Tone,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut line = String::new();
    let mut owed = INDENT;
    for (text, width, kind) in cells {
        let room = width.saturating_sub(width_of(&text));
        if kind == ColumnKind::Number {
            owed += room;
        }
        if !text.is_empty() {
            line.push_str(&" ".repeat(std::mem::take(&mut owed)));
            line.push_str(&toned(&text, tone, style));
        }
        if kind == ColumnKind::Number { owed += GAP } else { owed += room + GAP }
    }
    writeln!(out, "{line}")
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
    use super::super::screen::Column;
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
    fn letters_of_two_columns_do_not_overflow() {
        assert_eq!(wrapped("模型模型模", 5), ["模型", "模型", "模"]);
    }

    fn grid() -> Grid {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        Grid {
            columns: vec![
                Column::text("model", Keep::Always),
                Column::number("cost", Keep::Always),
                Column::bar(Keep::Drop(1)),
            ],
            rows: vec![
                GridRow::Cells(Tone::Plain, row(["模型", "$12.00", "▇▇░"])),
                GridRow::Cells(Tone::Good, row(["e\u{301}\u{1b}[31m", "$1.00", ""])),
                GridRow::Rule,
                GridRow::Cells(Tone::Strong, row(["", "$13.00", ""])),
            ],
        }
    }

    fn text(grid: Grid, color: bool) -> String {
        let mut out = Vec::new();
        let style = Style::new(color, 40);
        write(&Screen(vec![Block::Grid(grid)]), style, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn figures_stand_to_the_right_whatever_the_letters_before_them() {
        let expected = " model     cost\n 模型    $12.00  ▇▇░\n e\u{301}\u{fffd}[31m   $1.00\n         ──────\n         $13.00\n";
        assert_eq!(text(grid(), false), expected);
    }

    #[test]
    fn colours_add_nothing_but_themselves() {
        let colored = text(grid(), true);
        assert!(colored.contains("\u{1b}[32m$1.00\u{1b}[0m"), "{colored}");
        let mut plain = colored;
        for code in ["1", "2", "32", "0"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, text(grid(), false));
    }

    #[test]
    fn a_percent_sign_does_not_leave_its_number() {
        assert_eq!(wrapped("about 16.7 % of", 12), ["about 16.7 %", "of"]);
        assert_eq!(wrapped("about 16.7 %, so", 11), ["about", "16.7 %, so"]);
    }
}
