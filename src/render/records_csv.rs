//! Records as CSV: llmcost's own log format, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io;

use csv::Writer;

use crate::report::{Cell, RecordRows};
use crate::usage::Calls;

use super::csv_rows::{io_error, is_formula};
use super::names::has_hidden;
use super::records_jsonl::{is_nothing, write_text};

/// Writes records, one a row.
#[derive(Clone, Debug)]
pub struct CsvRecords {
    rows: RecordRows,
}

impl CsvRecords {
    /// A writer of records with these columns.
    pub const fn new(rows: RecordRows) -> Self {
        Self { rows }
    }

    /// Writes the header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn start(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write_header(self.rows.columns(), out)
    }

    /// Writes calls.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&mut self, calls: &Calls, out: &mut dyn io::Write) -> io::Result<()> {
        let mut writer = Writer::from_writer(out);
        let cost = self.rows.columns().iter().position(|name| name == "cost_usd");
        self.rows.each(calls, |cells| write_row(&mut writer, cells, cost))?;
        writer.flush()
    }
}

/// Writes the names of columns.
pub(super) fn write_header(columns: &[String], out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    let names = columns.iter().map(|name| guarded(name));
    writer.write_record(names.map(Cow::into_owned)).map_err(io_error)?;
    writer.flush()
}

/// Writes a row; `cost` is the place of an amount, which is a number even below zero.
pub(super) fn write_row(
    writer: &mut Writer<&mut dyn io::Write>,
    cells: &[Cell<'_>],
    cost: Option<usize>,
) -> io::Result<()> {
    for (place, cell) in cells.iter().enumerate() {
        let text = match cell {
            Cell::Absent => Cow::Borrowed(""),
            Cell::Count(count) => Cow::Owned(count.to_string()),
            Cell::Text(text) if Some(place) == cost => Cow::Borrowed(&**text),
            Cell::Text(text) => guarded(text),
        };
        writer.write_field(&*text).map_err(io_error)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)
}

/// A name that a spreadsheet takes for a formula, or that a reader of the table would take for
/// something else, as JSON text: the quotes make it a text to both, and are taken off again when
/// it is read.
fn guarded(text: &str) -> Cow<'_, str> {
    let is_quoted = text.starts_with('"') && text.ends_with('"');
    let is_trimmed = text.trim() != text;
    // A byte of zero makes a file look binary, and others command a terminal.
    let is_odd = is_quoted || is_formula(text) || is_trimmed || is_nothing(text);
    if !(is_odd || has_hidden(text)) {
        return Cow::Borrowed(text);
    }
    let mut written = Vec::with_capacity(text.len() + 2);
    write_text(text, &mut written).expect("memory takes everything");
    let written = String::from_utf8(written).expect("JSON text is UTF-8");
    // Spreadsheets of many countries cut a row at semicolons, whatever stands around them.
    Cow::Owned(written.replace(';', "\\u003b"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_act_as_formulas_or_as_no_value() {
        for (text, expected) in [
            ("gpt-4o", "gpt-4o"),
            ("a, \"b\"", "a, \"b\""),
            ("=SUM(A1)", "\"=SUM(A1)\""),
            ("-", "\"\\u002d\""),
            (" a", "\" a\""),
            ("\"a\"", "\"\\\"a\\\"\""),
            ("NaN", "\"\\u004eaN\""),
            ("a;b", "a;b"),
            ("a;=1", "\"a\\u003b=1\""),
            ("a\t=1", "\"a\\t=1\""),
            ("a\u{1b}[m\u{9b}\u{202e}", "\"a\\u001b[m\\u009b\\u202e\""),
        ] {
            assert_eq!(guarded(text), expected, "{text}");
        }
    }
}
