//! Delimited text to values: the columns of a table, by the slots of its header.

use crate::diagnostics::Code;

use super::chunk::newlines;
use super::parse::Parser;
use super::plain_table::{ShortRows, parse_plain, plain_text};
use super::quick::Memory;
use super::quotes::Rows;
use super::values::Values;
use super::walk::walk_cell;

/// Parses a chunk of a table. The first chunk of a file starts with the header, or with lines
/// before it.
pub(super) fn parse_delimited(
    parser: &mut Parser<'_>,
    bytes: &[u8],
    first: bool,
    rows: Rows,
    memory: &mut Memory,
) {
    let is_plain = rows.delimiter != b'|' && !parser.inside_line;
    if let Some(text) = is_plain.then(|| plain_text(bytes)).flatten() {
        return parse_plain(parser, text, first, rows.delimiter, memory);
    }
    let mut torn = Vec::new();
    if memchr::memchr(b'"', bytes).is_some() {
        // Where a chunk ends inside quotes, so does the file.
        rows.scan(bytes, true, |line| torn.push(line));
    }
    // A drawn table may have a rule before its header, so the header is known by its names.
    let drawn = rows.delimiter == b'|';
    let mut ends = Vec::new();
    let mut reader = Cursor { line: 1, at: 0, header: first && !drawn, drawn };
    if first {
        reader.go_to(bytes, before_header(bytes));
    }
    let start = reader.at;
    for line in torn.into_iter().filter(|line| line.start >= start) {
        reader.rows(parser, bytes, line.start, rows.delimiter, &mut ends, memory);
        reader.go_to(bytes, line.start);
        parser.skip(reader.line, Code::FieldCount, || {
            "a quote that is not closed before the next rows".to_owned()
        });
        ends.push(line.end);
        reader.go_to(bytes, line.end);
    }
    reader.rows(parser, bytes, bytes.len(), rows.delimiter, &mut ends, memory);
    parser.count_other_lines(bytes, &ends);
}

/// A place in a chunk, and what is to come.
struct Cursor {
    line: u64,
    at: usize,
    header: bool,
    drawn: bool,
}

impl Cursor {
    fn go_to(&mut self, bytes: &[u8], at: usize) {
        self.line += newlines(&bytes[self.at..at]);
        self.at = at;
    }

    /// Reads the rows up to `end`.
    fn rows(
        &mut self,
        parser: &mut Parser<'_>,
        bytes: &[u8],
        end: usize,
        delimiter: u8,
        ends: &mut Vec<usize>,
        memory: &mut Memory,
    ) {
        let start = self.at;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(&bytes[start..end]);
        let mut record = csv::ByteRecord::new();
        let mut spare = Values::new(parser.plan.slots).written(parser.plan.writing);
        // Reading from memory with a flexible width has no errors left to give.
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let behind = usize::try_from(reader.position().byte()).map_or(end, |at| start + at);
            // The parser's own count of lines is late where blank lines come before a row.
            let blanks = bytes[self.at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
            let row_start = self.at + blanks.count();
            self.go_to(bytes, row_start.min(behind));
            let line = self.line;
            self.go_to(bytes, behind);
            ends.push(behind);
            let is_aside =
                || is_drawing(record.as_slice()) || is_header(&record, &parser.plan.names);
            if self.drawn && is_aside() {
                parser.lines.continuation += 1;
                continue;
            }
            if std::mem::take(&mut self.header) {
                parser.lines.continuation += 1;
                continue;
            }
            let mut values = spare.reuse();
            row(parser, &record, line, &mut values, memory);
            spare = values.reuse();
        }
    }
}

/// Where the header begins: spreadsheets may name the delimiter on a line of its own, and programs
/// write comments.
pub(super) fn before_header(bytes: &[u8]) -> usize {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| !line.is_empty()).peekable();
    let header = lines.clone().find(|line| !(line.starts_with(b"#") || names_delimiter(line)));
    let is_aside = |line: &[u8]| {
        names_delimiter(line)
            || line.starts_with(b"#") && header.is_some_and(|header| widest(line) < widest(header))
    };
    let mut found = 0;
    while let Some(line) = lines.next_if(|line| is_aside(line)) {
        let behind = line.as_ptr_range().end.addr() - bytes.as_ptr().addr();
        let rest = memchr::memchr(b'\n', &bytes[behind..]);
        found = rest.map_or(bytes.len(), |rest| behind + rest + 1);
    }
    found
}

/// Whether a line says how fields are separated, as Excel writes it.
fn names_delimiter(line: &[u8]) -> bool {
    line.len() == 5 && line[..4].eq_ignore_ascii_case(b"sep=")
}

/// How often the commonest delimiter stands in a line.
fn widest(line: &[u8]) -> usize {
    let count = |delimiter: &u8| memchr::memchr_iter(*delimiter, line).count();
    DELIMITERS.iter().map(count).max().unwrap_or(0)
}

/// What may separate the fields of a table.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

fn is_header(record: &csv::ByteRecord, names: &[String]) -> bool {
    record.len() == names.len()
        && record.iter().zip(names).all(|(cell, name)| cell.trim_ascii() == name.as_bytes())
}

/// Whether a line of a table drawn with bars, as database clients and Markdown have them, holds no
/// row: a rule, or the number of rows below them. The bars are taken out already.
pub(super) fn is_drawing(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let ruled = |byte: &u8| matches!(byte, b'-' | b'+' | b'=' | b':' | b'|' | b' ');
    let rule = line.iter().all(ruled) && line.windows(2).any(|pair| pair == b"--");
    let counted = [&b" rows)"[..], b" row)"].iter().any(|end| line.ends_with(end));
    let told = [&b" rows in set"[..], b" row in set"]
        .iter()
        .any(|part| memchr::memmem::find(line, part).is_some());
    rule || counted && line.starts_with(b"(")
        || told && line.first().is_some_and(u8::is_ascii_digit)
}

fn row<'a>(
    parser: &mut Parser<'_>,
    record: &'a csv::ByteRecord,
    line: u64,
    values: &mut Values<'a>,
    memory: &mut Memory,
) {
    let plan = parser.plan;
    let columns = plan.columns.len();
    // Some programs end each row with a delimiter.
    let is_longer = record.len() == columns + 1 && record[columns].trim_ascii().is_empty();
    if record.len() != columns && !is_longer {
        parser.skip(line, Code::FieldCount, || {
            format!(
                "expected {} fields as in the header, found {}",
                plan.columns.len(),
                record.len()
            )
        });
        return;
    }
    let Ok(text) = std::str::from_utf8(record.as_slice()) else {
        parser.not_utf8(line);
        return;
    };
    let place_of = |cell: usize| record.range(cell).unwrap_or_default();
    // The cells stand side by side: halves of a letter in two of them are one letter there.
    let is_cut = |cell: usize| !text.is_char_boundary(place_of(cell).end);
    if !text.is_ascii() && (0..record.len()).any(is_cut) {
        parser.not_utf8(line);
        return;
    }
    let cell = |place: usize| &text[place_of(place)];
    let mut short = memory.quick.as_mut().map(ShortRows::new);
    if short.as_mut().is_some_and(|short| short.row(parser, text, place_of, line)) {
        return;
    }
    for place in 0..columns {
        fill(parser, place, cell(place), line, values);
    }
    if let Some(short) = &mut short {
        short.learn_words(parser, values);
    }
    parser.record(values, line);
}

/// Takes the cell of a column.
#[inline]
pub(super) fn fill<'a>(
    parser: &mut Parser<'_>,
    place: usize,
    cell: &'a str,
    line: u64,
    values: &mut Values<'a>,
) {
    let plan = parser.plan;
    let cell = trimmed(cell);
    for target in &plan.columns[place] {
        values.set(target.slot, target.rank, cell);
    }
    if cell.starts_with('{') {
        let column = &plan.names[place];
        if !walk_cell(cell, column, &plan.paths, values) {
            parser.remark(line, Code::BadNumber, || {
                format!("`{column}` is no JSON; counts inside it were not read")
            });
        }
    }
}

/// A cell without white space around it; most have none.
#[inline]
pub(super) fn trimmed(cell: &str) -> &str {
    let is_ink = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = cell.as_bytes();
    if is_ink(bytes.first()) && is_ink(bytes.last()) { cell } else { cell.trim() }
}
