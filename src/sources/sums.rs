//! Rows of a spreadsheet that are no calls but the sum of those above them.

use std::ops::Range;

use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::Calls;

use super::parse::Parsed;

/// With fewer rows above it, a row may have their counts by chance.
const ROWS_MIN: u64 = 2;

/// The rows so far of the file at hand.
#[derive(Debug, Default)]
pub(super) struct Sums {
    file: u32,
    /// Rows that name a model.
    rows: u64,
    tokens: PerClass<Tokens>,
}

impl Sums {
    /// The calls of a chunk that are sums of all rows above them, and of how many.
    pub(super) fn take(&mut self, file: u32, parsed: &Parsed) -> Vec<(usize, u64)> {
        if self.file != file {
            *self = Self { file, ..Self::default() };
        }
        let (mut found, mut from) = (Vec::new(), 0);
        if !parsed.is_table {
            return found;
        }
        for row in &parsed.sums {
            let (above, named) = self.with(&parsed.calls, from..*row);
            (self.tokens, self.rows) = (above, named);
            let own = parsed.calls.call(*row).tokens;
            if own == above && own != PerClass::default() && named >= ROWS_MIN {
                found.push((*row, named));
            } else {
                // It counts with the rows above the next one, though it names no model.
                (self.tokens, _) = self.with(&parsed.calls, *row..row + 1);
            }
            from = row + 1;
        }
        (self.tokens, self.rows) = self.with(&parsed.calls, from..parsed.calls.len());
        found
    }

    fn with(&self, calls: &Calls, rows: Range<usize>) -> (PerClass<Tokens>, u64) {
        let mut tokens = self.tokens;
        for class in TokenClass::ALL {
            tokens[class] += rows.clone().map(|row| calls.tokens(class, row)).sum();
        }
        (tokens, self.rows + rows.len() as u64)
    }
}
