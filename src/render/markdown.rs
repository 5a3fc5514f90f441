//! A page as Markdown, for pull requests and wikis.

use std::io;

use super::screen::{Block, ColumnKind, Grid, GridRow, Screen, Tone};

/// Writes a page.
pub(super) fn write(screen: &Screen, out: &mut dyn io::Write) -> io::Result<()> {
    for (place, block) in screen.0.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Title(text) => writeln!(out, "## {}", escaped(text))?,
            Block::Heading(text) => writeln!(out, "### {}", escaped(text))?,
            Block::Line(line) => writeln!(out, "{}", toned(&line.text, line.tone))?,
            Block::List(lines) => {
                for line in lines {
                    writeln!(out, "- {}", toned(&line.text, line.tone))?;
                }
            }
            Block::Notes(notes) => {
                for (note, details) in notes {
                    writeln!(out, "- {}", toned(&note.text, note.tone))?;
                    for line in details {
                        writeln!(out, "  - {}", toned(&line.text, line.tone))?;
                    }
                }
            }
            Block::Grid(grid) => write_grid(grid, out)?,
            Block::Code(lines) => {
                writeln!(out, "~~~")?;
                for line in lines {
                    writeln!(out, "{line}")?;
                }
                writeln!(out, "~~~")?;
            }
        }
    }
    Ok(())
}

fn write_grid(grid: &Grid, out: &mut dyn io::Write) -> io::Result<()> {
    // Bars repeat what the numbers say, and a fixed width is not to be had here.
    let shown: Vec<usize> = (0..grid.columns.len())
        .filter(|place| grid.columns[*place].kind != ColumnKind::Bar)
        .collect();
    let titles = shown.iter().map(|place| escaped(&grid.columns[*place].title));
    write_row(titles, out)?;
    let rules = shown.iter().map(|place| match grid.columns[*place].kind {
        ColumnKind::Number => "---:".to_owned(),
        ColumnKind::Text | ColumnKind::Path | ColumnKind::Bar => "---".to_owned(),
    });
    write_row(rules, out)?;
    for row in &grid.rows {
        if let GridRow::Cells(tone, _) = row {
            write_row(shown.iter().map(|place| toned(row.cell(*place), *tone)), out)?;
        }
    }
    Ok(())
}

fn write_row(cells: impl Iterator<Item = String>, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)
}

fn toned(text: &str, tone: Tone) -> String {
    match tone {
        Tone::Strong if !text.is_empty() => format!("**{}**", escaped(text)),
        _ => escaped(text),
    }
}

/// Names come from logs: nothing of them may act as markup, mention anybody or refer to an issue.
///
/// GitHub looks for mentions and issues in the finished page, where escapes are gone; an empty space
/// inside of them stays.
pub(super) fn escaped(text: &str) -> String {
    const EMPTY: &str = "&#8203;";
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek();
        match letter {
            '#' if next.is_some_and(char::is_ascii_digit) => safe.extend(["\\#", EMPTY]),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => safe.extend(['\\', letter]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.extend(["@", EMPTY]),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_act_as_markup() {
        assert_eq!(escaped("a|b_c<img>"), "a\\|b\\_c&lt;img&gt;");
        assert_eq!(escaped("@team"), "@&#8203;team");
    }

    #[test]
    fn names_mention_nobody_and_refer_to_no_issue() {
        let check = |text, expected: &str| assert_eq!(escaped(text), expected);
        check("#12", "\\#&#8203;12");
        check("#a", "\\#a");
        check("a@b.example", "a@&#8203;b.example");
    }
}
