//! Copies of one call, recognised across all files: stream snapshots and repeated records.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};

use crate::units::TokenClass;
use crate::usage::{Call, Calls, Row, Symbol};

/// Stands for one call; zero for a call without an id.
pub(super) type CallKey = u128;

/// A 64-bit hash that is the same in every thread and run.
pub(super) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(seed).build_hasher();
    hasher.write(bytes);
    hasher.finish().max(1)
}

/// The key of some text: two hashes, so that a chance match among a billion calls is out of the
/// question.
pub(super) fn key(bytes: &[u8]) -> CallKey {
    (u128::from(hash(1, bytes)) << 64) | u128::from(hash(2, bytes))
}

/// Stands for the name of a model in keys.
pub(super) fn name_hash(name: &str) -> u64 {
    hash(3, name.as_bytes())
}

/// Makes a key of a few things: of their bytes, one after the other.
pub(super) struct KeyMaker {
    bytes: [u8; Self::ROOM],
    length: usize,
}

impl KeyMaker {
    /// Two texts, each with its length, and a number for each class and three more.
    const ROOM: usize = 2 * (8 + Self::TEXT_MAX) + 8 * (TokenClass::ALL.len() + 3);

    /// A longer text stands for itself by its key.
    const TEXT_MAX: usize = 64;

    /// Begins with an id.
    #[inline]
    pub(super) fn new(id: &str) -> Self {
        let mut maker = Self { bytes: [0; _], length: 0 };
        maker.text(id);
        maker
    }

    /// Adds a text.
    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        // Where it ends is part of it.
        self.number(text.len() as u64);
        if text.len() <= Self::TEXT_MAX {
            self.put(text.as_bytes());
        } else {
            self.put(&key(text.as_bytes()).to_le_bytes());
        }
    }

    /// Adds a number.
    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        self.put(&number.to_le_bytes());
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.bytes[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    /// The key.
    #[inline]
    pub(super) fn key(self) -> CallKey {
        key(&self.bytes[..self.length])
    }
}

/// How many keys are kept. Two sets of this size are held, so memory stays below half a
/// gigabyte however long the log is.
const KEYS_MAX: usize = 6_000_000;

/// How many calls wait for further snapshots before they are given out.
const WAITING_MAX: usize = 500_000;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A call that was not seen before.
    New,
    /// A further snapshot of a response, in the file of the first one.
    Snapshot,
    /// A copy of a call that was counted before.
    Duplicate,
}

/// Remembers which calls were seen.
pub(super) struct Duplicates {
    /// Newer keys, and the ones before them: an old set is dropped as a whole.
    seen: HashSet<CallKey, FixedState>,
    before: HashSet<CallKey, FixedState>,
    /// Calls that may grow with further snapshots, in order of their first one.
    waiting: Calls,
    places: HashMap<CallKey, Row, FixedState>,
    /// Whether keys had to be forgotten.
    pub(super) forgot: bool,
}

impl Duplicates {
    /// `empty` is a table over the dimensions of the run.
    pub(super) fn new(empty: Calls) -> Self {
        Self {
            seen: HashSet::with_hasher(FixedState::default()),
            before: HashSet::with_hasher(FixedState::default()),
            waiting: empty,
            places: HashMap::with_hasher(FixedState::default()),
            forgot: false,
        }
    }

    /// Whether a complete record is new.
    pub(super) fn record(&mut self, key: CallKey) -> Verdict {
        if key == 0 {
            return Verdict::New;
        }
        if self.before.contains(&key) || !self.seen.insert(key) {
            return Verdict::Duplicate;
        }
        if self.seen.len() >= KEYS_MAX {
            self.forgot |= !self.before.is_empty();
            self.before = std::mem::take(&mut self.seen);
        }
        Verdict::New
    }

    /// Takes a snapshot of a response. A known one grows as `grow` says; a new one waits.
    pub(super) fn snapshot(
        &mut self,
        key: CallKey,
        call: &Call,
        symbols: &[Symbol],
        grow: fn(&mut Calls, Row, &Call),
    ) -> Verdict {
        if let Some(row) = self.places.get(&key) {
            let first = self.waiting.call(*row).place.file;
            grow(&mut self.waiting, *row, call);
            return if first == call.place.file { Verdict::Snapshot } else { Verdict::Duplicate };
        }
        let verdict = self.record(key);
        if verdict == Verdict::New {
            if key != 0 {
                self.places.insert(key, self.waiting.len());
            }
            self.waiting.push(call, symbols);
        }
        verdict
    }

    /// The call waiting under a key.
    pub(super) fn waiting(&self, key: CallKey) -> Option<Call> {
        self.places.get(&key).map(|row| self.waiting.call(*row))
    }

    /// The waiting table's symbols for names of another table.
    pub(super) fn adopt(&mut self, other: &Calls) -> Vec<Vec<Symbol>> {
        self.waiting.adopt(&other.dimensions)
    }

    /// Gives out the waiting calls: all at the end, or the older half when there are very many; the
    /// newer ones may still grow. Their keys are remembered.
    pub(super) fn release(&mut self, at_end: bool) -> Option<Calls> {
        if self.waiting.is_empty() || (!at_end && self.waiting.len() < WAITING_MAX) {
            return None;
        }
        if at_end {
            self.places.clear();
            let empty = Calls::new(self.waiting.dimensions.emptied());
            return Some(std::mem::replace(&mut self.waiting, empty));
        }
        let given = self.waiting.len() / 2;
        let is_given: Vec<bool> = (0..self.waiting.len()).map(|row| row < given).collect();
        let is_kept: Vec<bool> = is_given.iter().map(|given| !given).collect();
        let older = self.waiting.extracted(&is_given);
        self.waiting = self.waiting.extracted(&is_kept);
        self.places.retain(|_, row| {
            let kept = *row >= given;
            *row = row.saturating_sub(given);
            kept
        });
        Some(older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Tokens;
    use crate::usage::Dimensions;

    fn call(file: u32, output: u64) -> Call {
        let mut call = Call::default();
        call.place.file = file;
        call.tokens[TokenClass::Output] = Tokens::new(output);
        call
    }

    #[test]
    fn a_response_keeps_its_largest_counts_wherever_they_stand() {
        use Verdict::{Duplicate, New, Snapshot};
        let dimensions = Dimensions::new([]);
        let symbols = vec![Symbol::EMPTY; dimensions.len()];
        let mut duplicates = Duplicates::new(Calls::new(dimensions));
        let verdicts = [(0, 1), (0, 90), (0, 40), (1, 90)].map(|(file, output)| {
            duplicates.snapshot(7, &call(file, output), &symbols, Calls::grow)
        });
        assert_eq!(verdicts, [New, Snapshot, Snapshot, Duplicate]);
        let calls = duplicates.release(true).expect("one call");
        assert_eq!(calls.len(), 1);
        assert_eq!(calls.call(0).tokens[TokenClass::Output], Tokens::new(90));
        assert_eq!(duplicates.snapshot(7, &call(2, 90), &symbols, Calls::grow), Duplicate);
    }

    /// A response whose snapshots lay on both sides of a release once kept its first counts.
    #[test]
    fn the_newest_calls_wait_on_when_there_are_very_many() {
        let dimensions = Dimensions::new([]);
        let symbols = vec![Symbol::EMPTY; dimensions.len()];
        let mut duplicates = Duplicates::new(Calls::new(dimensions));
        let last = WAITING_MAX as u128;
        for key in 1..=last {
            duplicates.snapshot(key, &call(0, 1), &symbols, Calls::grow);
        }
        let older = duplicates.release(false).expect("very many");
        assert_eq!(older.len(), WAITING_MAX / 2);
        assert_eq!(
            duplicates.snapshot(last, &call(0, 90), &symbols, Calls::grow),
            Verdict::Snapshot
        );
        assert_eq!(duplicates.snapshot(1, &call(0, 90), &symbols, Calls::grow), Verdict::Duplicate);
        let newer = duplicates.release(true).expect("the rest");
        assert_eq!(newer.len(), WAITING_MAX - WAITING_MAX / 2);
        assert_eq!(newer.call(newer.len() - 1).tokens[TokenClass::Output], Tokens::new(90));
    }

    #[test]
    fn what_differs_has_another_key() {
        let long = "x".repeat(200);
        let (short, mut other) = (&long[..64], long.clone());
        other.replace_range(100..101, "y");
        let pairs = [
            ("", ""),
            ("a", ""),
            ("", "a"),
            ("ab", "c"),
            ("a", "bc"),
            (short, ""),
            (&long[..65], ""),
            (&long, ""),
            (&other, ""),
            (&long, &other),
            (&other, &long),
        ];
        let keys = pairs.map(|(first, second)| {
            let mut maker = KeyMaker::new(first);
            maker.text(second);
            (0..12).for_each(|number| maker.number(number));
            maker.key()
        });
        for (place, key) in keys.iter().enumerate() {
            assert!(*key != 0 && !keys[..place].contains(key), "{:?}", pairs[place]);
        }
    }

    #[test]
    fn records_without_an_id_are_never_copies() {
        let mut duplicates = Duplicates::new(Calls::new(Dimensions::new([])));
        assert_eq!(duplicates.record(0), Verdict::New);
        assert_eq!(duplicates.record(0), Verdict::New);
        assert_eq!(duplicates.record(5), Verdict::New);
        assert_eq!(duplicates.record(5), Verdict::Duplicate);
    }
}
