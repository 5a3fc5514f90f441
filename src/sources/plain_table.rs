//! The rows of a table without any quote: the fast way through a chunk of it.
//!
//! Without quotes a cell ends at a delimiter and a row at a line end, wherever they stand, so both
//! are found sixteen bytes at a time.

use std::ops::Range;

use wide::u8x16;

use crate::diagnostics::Code;

use super::delimited::{before_header, fill};
use super::parse::Parser;
use super::quick::{Memory, Quick};
use super::ride::Ride;
use super::values::Values;

/// Where the cells of the row at `at` end, the last one at the end of its line, which is answered.
#[inline]
fn split(bytes: &[u8], at: usize, delimiter: u8, ends: &mut Vec<usize>) -> usize {
    ends.clear();
    let (delimiters, breaks) = (u8x16::splat(delimiter), u8x16::splat(b'\n'));
    let mut start = at;
    let (blocks, rest) = bytes[at..].as_chunks::<16>();
    for block in blocks {
        let block = u8x16::new(*block);
        let mut found = block.simd_eq(delimiters).to_bitmask();
        let line_end = block.simd_eq(breaks).to_bitmask();
        if line_end != 0 {
            // Only what is before the first line end is of this row.
            found &= (line_end & line_end.wrapping_neg()) - 1;
        }
        while found != 0 {
            ends.push(start + found.trailing_zeros() as usize);
            found &= found - 1;
        }
        if line_end != 0 {
            let end = start + line_end.trailing_zeros() as usize;
            ends.push(end);
            return end;
        }
        start += 16;
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

    /// Reads a row the short way; says whether that was enough. `cell` has the places of the cells
    /// in `text`, by column.
    #[inline]
    pub(super) fn row(
        &mut self,
        parser: &mut Parser<'_>,
        text: &'a str,
        cell: impl Fn(usize) -> Range<usize>,
        line: u64,
    ) -> bool {
        self.ride.begin();
        let columns = &parser.plan.columns;
        for (column, (role, slot)) in self.quick.columns.iter().enumerate() {
            let (targets, words) = (&columns[column], &mut self.quick.words);
            if !self.ride.meet_cell(*role, *slot, targets, text, cell(column), words) {
                return false;
            }
        }
        parser.ride(self.quick, &mut self.ride, line)
    }

    /// Keeps what the words of the row say, as the long way finds it in `values`.
    pub(super) fn learn_words(&mut self, parser: &mut Parser<'_>, values: &Values<'_>) {
        parser.learn_words(self.quick, &mut self.ride, values);
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
            let place_of = |cell: usize| {
                let from = if cell == 0 { start } else { ends[cell - 1] + 1 };
                from..ends[cell].min(last)
            };
            let cell = |place: usize| text.get(place_of(place)).unwrap_or_default();
            let found = ends.len();
            let is_longer = found == columns + 1 && cell(columns).trim_ascii().is_empty();
            if found == columns || is_longer {
                if !short.as_mut().is_some_and(|short| short.row(parser, text, place_of, line)) {
                    values.clear();
                    for place in 0..columns {
                        fill(parser, place, cell(place), line, &mut values);
                    }
                    if let Some(short) = &mut short {
                        short.learn_words(parser, &values);
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
