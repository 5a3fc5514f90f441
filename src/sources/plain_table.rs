//! The rows of a table without any quote: the fast way through a chunk of it.
//!
//! Without quotes a cell ends at a delimiter and a row at a line end, wherever they stand, so both
//! are found eight bytes at a time.

use crate::diagnostics::Code;

use super::delimited::{before_header, fill, trimmed};
use super::layout::Taker;
use super::parse::Parser;
use super::quick::{Memory, Quick, Ride};
use super::values::Values;

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const LOWS: u64 = u64::from_ne_bytes([0x7f; 8]);

/// The highest bit of each byte of a word that is zero, and no other bit.
const fn zeros(word: u64) -> u64 {
    !(((word & LOWS) + LOWS) | word | LOWS)
}

/// Where the cells of the row at `at` end, the last one at the end of its line, which is answered.
fn split(bytes: &[u8], at: usize, delimiter: u8, ends: &mut Vec<usize>) -> usize {
    ends.clear();
    let (delimiters, breaks) = (ONES * u64::from(delimiter), ONES * u64::from(b'\n'));
    let mut start = at;
    let (words, rest) = bytes[at..].as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let line_end = zeros(word ^ breaks);
        let mut found = zeros(word ^ delimiters);
        if line_end != 0 {
            // Only what is below the first line end is of this row.
            found &= (line_end & line_end.wrapping_neg()) - 1;
        }
        while found != 0 {
            ends.push(start + (found.trailing_zeros() / 8) as usize);
            found &= found - 1;
        }
        if line_end != 0 {
            let end = start + (line_end.trailing_zeros() / 8) as usize;
            ends.push(end);
            return end;
        }
        start += 8;
    }
    for byte in rest {
        if *byte == b'\n' {
            break;
        }
        if *byte == delimiter {
            ends.push(start);
        }
        start += 1;
    }
    ends.push(start);
    start
}

/// The text of a chunk that can be read this way: without quotes, and with line ends that every
/// reader of tables takes for such.
pub(super) fn plain_text(bytes: &[u8]) -> Option<&str> {
    let is_break = |at: usize| bytes.get(at + 1) == Some(&b'\n');
    let is_plain =
        memchr::memchr(b'"', bytes).is_none() && memchr::memchr_iter(b'\r', bytes).all(is_break);
    simdutf8::basic::from_utf8(bytes).ok().filter(|_| is_plain)
}

/// Rows on the short way.
pub(super) struct ShortRows<'q, 'a> {
    pub(super) quick: &'q mut Quick,
    ride: Ride<'a>,
}

impl<'q, 'a> ShortRows<'q, 'a> {
    pub(super) fn new(quick: &'q mut Quick) -> Self {
        let ride = quick.ride();
        Self { quick, ride }
    }

    /// Reads a row the short way; says whether that was enough.
    #[inline]
    pub(super) fn row(
        &mut self,
        parser: &mut Parser<'_>,
        cells: impl Iterator<Item = &'a str>,
        line: u64,
    ) -> bool {
        self.ride.begin();
        let columns = &parser.plan.columns;
        for (cell, targets) in cells.zip(columns) {
            let cell = trimmed(cell);
            // What is inside of it, the long way finds.
            if cell.starts_with('{') {
                return false;
            }
            if !targets.iter().all(|target| self.ride.take(*target, cell)) {
                return false;
            }
        }
        parser.ride(self.quick, &self.ride, line)
    }
}

/// Parses a chunk of a table. The first chunk of a file starts with the header, or with lines
/// before it.
pub(super) fn parse_plain(
    parser: &mut Parser<'_>,
    text: &str,
    first: bool,
    delimiter: u8,
    memory: &mut Memory,
) {
    let bytes = text.as_bytes();
    let columns = parser.plan.columns.len();
    let mut values = Values::new(parser.plan.slots).written(parser.plan.writing);
    let mut ends = Vec::with_capacity(columns + 1);
    let mut start = if first { before_header(bytes) } else { 0 };
    let mut line = super::chunk::newlines(&bytes[..start]);
    parser.count_other_lines(&bytes[..start], &[]);
    let mut is_header = first;
    let mut short = memory.quick.as_mut().map(ShortRows::new);
    while start < bytes.len() {
        let end = split(bytes, start, delimiter, &mut ends);
        line += 1;
        parser.lines.lines += 1;
        let row = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
        if row.is_empty() {
            parser.lines.blank += 1;
        } else if std::mem::take(&mut is_header) {
            parser.lines.continuation += 1;
        } else {
            let last = start + row.len();
            let cell = |place: usize| {
                let from = if place == 0 { start } else { ends[place - 1] + 1 };
                text.get(from..ends[place].min(last)).unwrap_or_default()
            };
            let found = ends.len();
            let is_longer = found == columns + 1 && cell(columns).trim_ascii().is_empty();
            if found == columns || is_longer {
                let cells = (0..columns).map(cell);
                if !short.as_mut().is_some_and(|short| short.row(parser, cells, line)) {
                    values.clear();
                    for place in 0..columns {
                        fill(parser, place, cell(place), line, &mut values);
                    }
                    if let Some(short) = &mut short {
                        parser.learn_words(short.quick, &values);
                    }
                    parser.record(&values, line);
                }
            } else {
                parser.skip(line, Code::FieldCount, || {
                    format!("expected {columns} fields as in the header, found {found}")
                });
            }
        }
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_end_where_a_look_at_each_byte_finds_them(text in "[a,\\n\u{e9}\u{80}\u{7fff};]{0,60}") {
            let bytes = text.as_bytes();
            let mut ends = Vec::new();
            let end = split(bytes, 0, b',', &mut ends);
            let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
            let mut expected: Vec<usize> = (0..line).filter(|at| bytes[*at] == b',').collect();
            expected.push(line);
            prop_assert_eq!((end, ends), (line, expected));
        }
    }
}
