//! The fields in which calls of one kind differ, one column each.

use std::collections::BTreeMap;

use crate::diagnostics::Place;
use crate::units::{PerClass, TokenClass, Tokens, Usd};

use super::call::{Call, Fingerprint};
use super::clock::Instant;
use super::narrow::{CallCount, Column};
use super::plain::PlainRecord;
use super::rolled::Rolled;

/// One column a field. A field that no call of a log has costs nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) tokens: PerClass<Column<Tokens>>,
    pub(super) searches: Column<u32>,
    pub(super) file_searches: Column<u32>,
    /// How many calls a row stands for.
    pub(super) counts: Column<CallCount>,
    pub(super) max_tokens: Column<Option<u32>>,
    pub(super) attempt: Column<u16>,
    pub(super) latency_ms: Column<Option<u32>>,
    pub(super) logged_cost: Column<Option<Usd>>,
    pub(super) request: Column<Fingerprint>,
    pub(super) retry_of: Column<Fingerprint>,
    pub(super) place: Column<Place>,
    /// By row, of rows of roll-ups only.
    pub(super) rolled: BTreeMap<usize, Rolled>,
    /// By row, of rows whose calls are not all of one instant: when the latest one was.
    pub(super) last_time: BTreeMap<usize, Instant>,
}

impl Fields {
    /// Makes room for so many rows in the columns that most logs have.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.tokens[TokenClass::Input].reserve(rows);
        self.tokens[TokenClass::Output].reserve(rows);
        self.place.reserve(rows);
    }

    /// Adds the fields of a call behind `row` others.
    #[inline]
    pub(super) fn push(&mut self, row: usize, call: &Call) {
        for (class, tokens) in call.tokens.iter() {
            self.tokens[class].push(row, *tokens);
        }
        self.searches.push(row, call.searches);
        self.file_searches.push(row, call.file_searches);
        self.counts.push(row, CallCount(call.calls));
        self.max_tokens.push(row, call.max_tokens);
        self.attempt.push(row, call.attempt);
        self.latency_ms.push(row, call.latency_ms);
        self.logged_cost.push(row, call.logged_cost);
        self.request.push(row, call.request);
        self.retry_of.push(row, call.retry_of);
        self.place.push(row, call.place);
    }

    /// Adds the fields of a plain call behind `row` others.
    #[inline]
    pub(super) fn push_plain(&mut self, row: usize, record: &PlainRecord) {
        for class in TokenClass::ALL {
            let count = record.counts[class as usize];
            if count != 0 {
                self.tokens[class].push(row, Tokens::new(count));
            }
        }
        if record.latency_ms.is_some() {
            self.latency_ms.push(row, record.latency_ms);
        }
        if record.request != 0 {
            self.request.push(row, record.request);
        }
        self.place.push(row, Place { file: 0, line: record.line });
    }

    /// Writes the fields of a row into a call.
    #[inline]
    pub(super) fn read(&self, row: usize, call: &mut Call) {
        call.tokens = PerClass::from_fn(|class| self.tokens[class].get(row));
        call.searches = self.searches.get(row);
        call.file_searches = self.file_searches.get(row);
        call.calls = self.counts.get(row).0;
        call.max_tokens = self.max_tokens.get(row);
        call.attempt = self.attempt.get(row);
        call.latency_ms = self.latency_ms.get(row);
        call.logged_cost = self.logged_cost.get(row);
        call.request = self.request.get(row);
        call.retry_of = self.retry_of.get(row);
        call.place = self.place.get(row);
    }

    /// Adds the fields of other rows behind `rows` of these.
    pub(super) fn append(&mut self, rows: usize, other: &Self) {
        for class in TokenClass::ALL {
            self.tokens[class].append(rows, &other.tokens[class]);
        }
        self.searches.append(rows, &other.searches);
        self.file_searches.append(rows, &other.file_searches);
        self.counts.append(rows, &other.counts);
        self.max_tokens.append(rows, &other.max_tokens);
        self.attempt.append(rows, &other.attempt);
        self.latency_ms.append(rows, &other.latency_ms);
        self.logged_cost.append(rows, &other.logged_cost);
        self.request.append(rows, &other.request);
        self.retry_of.append(rows, &other.retry_of);
        self.place.append(rows, &other.place);
        self.rolled.extend(other.rolled.iter().map(|(row, rolled)| (rows + row, *rolled)));
        self.last_time.extend(other.last_time.iter().map(|(row, last)| (rows + row, *last)));
    }

    /// The fields of some rows, in that order. Column by column, so that no more than one of them
    /// is there twice.
    pub(super) fn gathered(mut self, rows: &[u32]) -> Self {
        for class in TokenClass::ALL {
            self.tokens[class] = self.tokens[class].gather(rows);
        }
        self.searches = self.searches.gather(rows);
        self.file_searches = self.file_searches.gather(rows);
        self.counts = self.counts.gather(rows);
        self.max_tokens = self.max_tokens.gather(rows);
        self.attempt = self.attempt.gather(rows);
        self.latency_ms = self.latency_ms.gather(rows);
        self.logged_cost = self.logged_cost.gather(rows);
        self.request = self.request.gather(rows);
        self.retry_of = self.retry_of.gather(rows);
        self.place = self.place.gather(rows);
        self.rolled = gather_some(&self.rolled, rows);
        self.last_time = gather_some(&self.last_time, rows);
        self
    }

    /// As [`Fields::gathered`], of a table that stays.
    pub(super) fn gather(&self, rows: &[u32]) -> Self {
        Self {
            tokens: PerClass::from_fn(|class| self.tokens[class].gather(rows)),
            searches: self.searches.gather(rows),
            file_searches: self.file_searches.gather(rows),
            counts: self.counts.gather(rows),
            max_tokens: self.max_tokens.gather(rows),
            attempt: self.attempt.gather(rows),
            latency_ms: self.latency_ms.gather(rows),
            logged_cost: self.logged_cost.gather(rows),
            request: self.request.gather(rows),
            retry_of: self.retry_of.gather(rows),
            place: self.place.gather(rows),
            rolled: gather_some(&self.rolled, rows),
            last_time: gather_some(&self.last_time, rows),
        }
    }
}

/// What some rows have that only a few have.
fn gather_some<T: Copy>(known: &BTreeMap<usize, T>, rows: &[u32]) -> BTreeMap<usize, T> {
    if known.is_empty() {
        return BTreeMap::new();
    }
    let rows = rows.iter().enumerate();
    rows.filter_map(|(to, row)| Some((to, *known.get(&(*row as usize))?))).collect()
}
