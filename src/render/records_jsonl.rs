//! Records as JSON lines: llmcost's own log format.

use std::io;

use crate::report::{Cell, RecordRows};
use crate::usage::Calls;

use super::json_text::write_json_text;

/// Writes records, one a line. What the log does not say is left out, except in the first record,
/// which names every column: who reads the file looks for them there.
#[derive(Clone, Debug)]
pub struct JsonLines {
    rows: RecordRows,
    is_first: bool,
}

impl JsonLines {
    /// A writer of records with these columns.
    pub const fn new(rows: RecordRows) -> Self {
        Self { rows, is_first: true }
    }

    /// Writes calls.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&mut self, calls: &Calls, out: &mut dyn io::Write) -> io::Result<()> {
        let columns = self.rows.columns().to_vec();
        let is_first = &mut self.is_first;
        self.rows.each(calls, |cells| write_record(&columns, cells, std::mem::take(is_first), out))
    }
}

/// Writes one record; `names_all` says whether columns without a value are named too.
pub(super) fn write_record(
    columns: &[String],
    cells: &[Cell<'_>],
    names_all: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut before = "{";
    for (column, cell) in columns.iter().zip(cells) {
        if *cell == Cell::Absent && !names_all {
            continue;
        }
        out.write_all(before.as_bytes())?;
        before = ",";
        write_json_text(column, out)?;
        out.write_all(b":")?;
        match cell {
            Cell::Absent => out.write_all(b"null")?,
            Cell::Count(count) => write!(out, "{count}")?,
            Cell::Text(text) => write_text(text, out)?,
        }
    }
    out.write_all(b"}\n")
}

/// Writes a text so that it is read back as itself. Readers take a text that says `null` for no
/// value; written with an escape, it is a name like any other.
pub(super) fn write_text(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if is_nothing(text) => {
            let rest = characters.as_str();
            write!(out, "\"\\u{:04x}{rest}\"", u32::from(first))
        }
        _ => write_json_text(text, out),
    }
}

/// Spellings of "no value", in quotes or not; all are plain ASCII.
pub(super) fn is_nothing(text: &str) -> bool {
    const NOTHING: [&str; 10] =
        ["null", "NULL", "None", "NaN", "nan", "undefined", "-", "\\N", "{}", "[]"];
    NOTHING.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_nothing_is_a_name_all_the_same() {
        for (text, expected) in
            [("a\"b", r#""a\"b""#), ("null", r#""\u006eull""#), ("[]", r#""\u005b]""#)]
        {
            let mut written = Vec::new();
            write_text(text, &mut written).expect("memory");
            assert_eq!(written, expected.as_bytes(), "{text}");
            assert_eq!(serde_json::from_slice::<String>(&written).expect("JSON"), text);
        }
    }
}
