//! Sessions that repeat their parents: a total so far is counted once in a family of sessions.
//!
//! A fork writes its parent's records again, with new times and under its own id, before its
//! own. Its totals go on from the parent's, so within a family the same total is the same call.
//! Who belongs together may come to light late, so the calls wait until all files were read.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use crate::usage::{Call, Calls, Fingerprint, Instant, Symbol};

use super::duplicates::{CallKey, key};
use super::field::Field;
use super::format::Draft;
use super::parse::{Parsed, RecordKey};
use super::values::Values;

/// Stands for a session's id; zero for none.
pub(super) type ThreadId = Fingerprint;

/// How many calls wait. Beyond it the ones so far are settled with what is known.
const WAITING_MAX: usize = 500_000;

/// The calls of sessions with running totals.
pub(super) struct Threads {
    /// A session to one of its family, as far as it is known.
    family: BTreeMap<ThreadId, ThreadId>,
    waiting: Calls,
    keys: Vec<RecordKey>,
    seen: HashSet<CallKey>,
}

/// The key of the totals so far of a record. Where no session is named, those of another time are
/// others; where there is no time either, all are.
pub(super) fn total_key(values: &Values<'_>, draft: &Draft<'_>) -> CallKey {
    let mut bytes = Vec::new();
    if !values.has(Field::Conversation) {
        if draft.call.time == Instant::MISSING {
            return 0;
        }
        bytes.extend_from_slice(&draft.call.time.millis().to_le_bytes());
    }
    let mut add = |model: &str, call: &Call| {
        bytes.extend_from_slice(model.as_bytes());
        for (_, tokens) in call.tokens.iter() {
            bytes.extend_from_slice(&tokens.get().to_le_bytes());
        }
    };
    add("", &draft.call);
    for (model, call) in &draft.parts {
        add(model, call);
    }
    key(&bytes)
}

impl Threads {
    /// `empty` is a table over the dimensions of the run.
    pub(super) fn new(empty: Calls) -> Self {
        Self { family: BTreeMap::new(), waiting: empty, keys: Vec::new(), seen: HashSet::new() }
    }

    /// Two sessions are of one family.
    fn relate(&mut self, one: ThreadId, other: ThreadId) {
        let (one, other) = (self.head(one), self.head(other));
        if one != other {
            self.family.insert(one.max(other), one.min(other));
        }
    }

    fn head(&self, thread: ThreadId) -> ThreadId {
        let mut at = thread;
        while let Some(next) = self.family.get(&at) {
            at = *next;
        }
        at
    }

    /// Takes what a chunk of a session holds.
    pub(super) fn take(&mut self, parsed: &Parsed) {
        for (one, other) in &parsed.kin {
            self.relate(*one, *other);
        }
        self.wait(&parsed.calls, &parsed.keys);
    }

    fn wait(&mut self, calls: &Calls, keys: &[RecordKey]) {
        let remap = self.waiting.adopt(&calls.dimensions);
        let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
        for (row, key) in keys.iter().enumerate() {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = remap[place][calls.symbol(place, row).index()];
            }
            self.waiting.push(&calls.call(row), &symbols);
            self.keys.push(*key);
        }
    }

    /// Gives out the calls without copies, in the order they came, and the files whose lines were
    /// copies. Of the records of one call the earliest is the original: a copy has a later time.
    pub(super) fn release(&mut self, at_end: bool) -> Option<(Calls, Vec<u32>)> {
        if self.waiting.is_empty() || (!at_end && self.waiting.len() < WAITING_MAX) {
            return None;
        }
        let mut order: Vec<usize> = (0..self.waiting.len()).collect();
        order.sort_by_key(|row| {
            let time = self.waiting.call(*row).time;
            (time == Instant::MISSING, time)
        });
        let mut keep = vec![true; self.waiting.len()];
        for row in order {
            let RecordKey { thread, key: total, .. } = self.keys[row];
            let head = self.head(thread).to_le_bytes();
            let family = key(&[&head[..], &total.to_le_bytes()].concat());
            keep[row] = total == 0 || self.seen.insert(family);
        }
        let copies = (0..keep.len()).filter(|row| !keep[*row] && self.keys[*row].counts_line);
        let copies = copies.map(|row| self.waiting.call(row).place.file).collect();
        let calls = self.waiting.filtered(&keep);
        self.waiting = Calls::new(self.waiting.dimensions.emptied());
        self.keys.clear();
        Some((calls, copies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Dimensions;

    /// Sessions by id, their totals and time, to the sessions of the calls that are counted.
    fn check(
        related: &[(ThreadId, ThreadId)],
        calls: &[(ThreadId, CallKey, i64)],
        expected: &[u32],
    ) {
        let dimensions = Dimensions::new([]);
        let mut table = Calls::new(dimensions.emptied());
        let symbols = vec![Symbol::EMPTY; dimensions.len()];
        for (thread, _, time) in calls {
            let mut call = Call { time: Instant::from_millis(*time), ..Call::default() };
            call.place.file = u32::try_from(*thread).expect("small");
            table.push(&call, &symbols);
        }
        let mut threads = Threads::new(Calls::new(dimensions));
        let key = |(thread, total, _): &(ThreadId, CallKey, i64)| RecordKey {
            is_loose: false,
            key: *total,
            thread: *thread,
            counts_line: true,
        };
        threads.wait(&table, &calls.iter().map(key).collect::<Vec<_>>());
        for (one, other) in related {
            threads.relate(*one, *other);
        }
        let (kept, copies) = threads.release(true).expect("calls");
        let found: Vec<u32> = (0..kept.len()).map(|row| kept.call(row).place.file).collect();
        assert_eq!(found, expected, "{related:?}");
        assert_eq!(copies.len() + found.len(), calls.len());
    }

    #[test]
    fn a_family_counts_a_total_once_where_it_came_first() {
        let calls = [(1, 5, 30), (2, 5, 10), (3, 5, 20), (1, 6, 40)];
        check(&[], &calls, &[1, 2, 3, 1]);
        check(&[(1, 2)], &calls, &[2, 3, 1]);
        check(&[(3, 1), (1, 2)], &calls, &[2, 1]);
        check(&[(3, 9), (1, 9), (2, 9)], &calls, &[2, 1]);
    }
}
