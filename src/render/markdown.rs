//! A page as Markdown, for pull requests and wikis.

use std::io;

use super::redaction::{Mask, Reader, Redact};
use super::screen::{Block, ColumnKind, Grid, GridRow, Screen, Tone};

/// Writes a page, saying at its end what was masked.
pub(super) fn write(screen: &Screen, redact: Redact, out: &mut dyn io::Write) -> io::Result<()> {
    write_safe(&screen.for_reader(&Mask::new(redact, Reader::Others)), out)
}

/// Writes what belongs to a larger page.
pub(super) fn write_part(screen: &Screen, mask: &Mask, out: &mut dyn io::Write) -> io::Result<()> {
    write_safe(&screen.made_safe(mask), out)
}

fn write_safe(screen: &Screen, out: &mut dyn io::Write) -> io::Result<()> {
    for (place, block) in screen.0.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Title(text) => writeln!(out, "## {}", escaped(text))?,
            Block::Heading(text) => writeln!(out, "### {}", escaped(text))?,
            Block::Line(line) => writeln!(out, "{}", at_start(&toned(&line.text, line.tone)))?,
            Block::List(lines) => {
                for line in lines {
                    writeln!(out, "- {}", at_start(&toned(&line.text, line.tone)))?;
                }
            }
            Block::Notes(notes) => {
                for (note, details) in notes {
                    writeln!(out, "- {}", at_start(&toned(&note.text, note.tone)))?;
                    for line in details {
                        writeln!(out, "  - {}", at_start(&toned(&line.text, line.tone)))?;
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

/// A line that begins no list, rule, heading or block of code of its own.
fn at_start(line: &str) -> String {
    let after_digits = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_numbered = after_digits.len() < line.len() && after_digits.starts_with(['.', ')']);
    if is_numbered {
        let digits = line.len() - after_digits.len();
        return format!("{}\\{after_digits}", line.get(..digits).unwrap_or_default());
    }
    let plain = line.trim_start();
    if plain.starts_with(['-', '+', '=']) { format!("\\{plain}") } else { plain.to_owned() }
}

/// Names come from logs: nothing of them may act as markup, mention anybody, refer to an issue or
/// lead elsewhere.
///
/// GitHub and GitLab look for addresses, mentions, issues and pictures in the finished page, where
/// escapes are gone; an empty space inside of them stays.
pub(super) fn escaped(text: &str) -> String {
    const EMPTY: &str = "&#8203;";
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        let next = letters.peek();
        let before_name = next.is_some_and(|next| next.is_alphanumeric() || *next == '"');
        match letter {
            '#' if next.is_some_and(char::is_ascii_digit) => safe.extend(["\\#", EMPTY]),
            // Of GitLab: milestones, merge requests, labels, epics.
            '~' if before_name => safe.extend(["\\~", EMPTY]),
            '&' if before_name => safe.extend(["&amp;", EMPTY]),
            '!' | '%' if before_name => {
                safe.push(letter);
                safe.push_str(EMPTY);
            }
            // An amount is no formula; a name between two of these signs may be.
            '$' if !next.is_some_and(char::is_ascii_digit) => safe.push_str("\\$"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => safe.extend(['\\', letter]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.extend(["@", EMPTY]),
            // `https://` and the names of small pictures, such as `:b:`.
            ':' if next == Some(&'/')
                || (last.is_alphanumeric() && before_name)
                || (last == ' ' && before_name) =>
            {
                safe.extend([":", EMPTY]);
            }
            '.' if before_name && ends_with_www(&safe) => safe.extend([".", EMPTY]),
            _ => safe.push(letter),
        }
        last = letter;
    }
    safe
}

/// Whether an address without a scheme begins here.
fn ends_with_www(text: &str) -> bool {
    text.get(text.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
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
        check("!12 ~bug %v1 &7", "!&#8203;12 \\~&#8203;bug %&#8203;v1 &amp;&#8203;7");
        check("57.9 % of $12.50", "57.9 % of $12.50");
    }

    #[test]
    fn names_lead_nowhere() {
        let check = |text, expected: &str| assert_eq!(escaped(text), expected);
        check("https://a.example", "https:&#8203;//a.example");
        check("www.a.example", "www.&#8203;a.example");
        check("[x](http://a)", "\\[x\\](http:&#8203;//a)");
        check("llama:b:free", "llama:&#8203;b:&#8203;free");
        check("by day: two", "by day: two");
        check("$x$", "\\$x\\$");
    }

    #[test]
    fn a_name_at_the_start_of_a_line_begins_no_list() {
        let check = |text, expected: &str| assert_eq!(at_start(text), expected);
        check("- a", "\\- a");
        check("1. a", "1\\. a");
        check("2026) a", "2026\\) a");
        check("    code", "code");
        check("20,022 lines", "20,022 lines");
        check("1.5 times", "1\\.5 times");
    }
}
