//! Sums by name, of which a bounded number is kept apart.
//!
//! A log may have another name in every call: an id in the column of models, a user for each request.
//! Once there are more groups than are to be kept, those whose names have a high fingerprint go together
//! under [`OTHER`], and the limit of fingerprints is lowered by an eighth until few enough are left. Which groups stay
//! depends on the set of names alone: not on their order, on the cut into tables, or on threads. No sum
//! is lost, and what the price book knows is never among the others.

use crate::units::{mixed, seed_of};
use crate::usage::Symbol;

use super::grouping::KeyTable;

/// The name of what is not kept apart.
pub const OTHER: &str = "(other)";

/// What a table of sums knows of the names in its keys.
pub(super) trait Names {
    /// A name.
    fn name(&self, place: usize, symbol: Symbol) -> &str;

    /// The key under which a group goes that is not kept apart; its own where it always is.
    fn folded(&mut self, key: &[Symbol]) -> Vec<Symbol>;

    /// How many names the longest dictionary has.
    fn longest(&self) -> usize;

    /// Forgets all names but those of these keys, which change with that.
    fn retain(&mut self, keys: &mut [Symbol]);
}

/// How groups were put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folding {
    /// The groups that are apart.
    pub kept: u64,
    /// How many there are in all, about: fingerprints are even, so those that are kept say it.
    pub about: u64,
}

/// A value for each key, for not too many keys.
#[derive(Clone, Debug)]
pub(super) struct BoundedTable<T> {
    width: usize,
    table: KeyTable<T>,
    merge: fn(&mut T, &T),
    most: usize,
    /// The highest fingerprint that is kept.
    limit: u64,
    /// With so many keys, they are counted.
    look_at: usize,
}

impl<T: Default> BoundedTable<T> {
    /// An empty table for keys of `width` symbols, with at most so many that may be folded.
    pub(super) fn new(width: usize, most: usize, merge: fn(&mut T, &T)) -> Self {
        let table = KeyTable::new(width);
        Self { width, table, merge, most, limit: ALL, look_at: most.saturating_add(1) }
    }

    /// The value of a key, or of those it goes with.
    pub(super) fn entry(&mut self, key: &[Symbol], names: &mut impl Names) -> &mut T {
        if self.limit < ALL && !self.table.has(key) && !self.is_low(key, names) {
            let folded = names.folded(key);
            return self.table.entry(&folded);
        }
        self.table.entry(key)
    }

    /// Every key with its value, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[Symbol], &T)> {
        self.table.iter()
    }

    /// Makes room where there are too many keys or names. Symbols change with that: only between
    /// tables.
    pub(super) fn look(&mut self, names: &mut impl Names) {
        // Names of groups that were folded are of no more use.
        let is_long = self.limit < ALL
            && names.longest() > self.most.saturating_mul(2).saturating_add(1 << 16);
        if self.table.len() >= self.look_at || is_long {
            self.settle(is_long, names);
        }
    }

    /// As it must be at the end: no more keys than are to be kept.
    pub(super) fn finish(&mut self, names: &mut impl Names) -> Option<Folding> {
        if self.table.len() > self.most {
            self.settle(false, names);
        }
        if self.limit == ALL {
            return None;
        }
        let kept = self.lows(names).len() as u64;
        let even = u128::from(kept) * u128::from(ALL) / u128::from(self.limit.max(1));
        let about = u64::try_from(even).unwrap_or(u64::MAX);
        Some(Folding { kept, about: about.max((self.most as u64).saturating_add(1)) })
    }

    /// Folds at least as much as another table of the same kind does, so that it can be merged.
    pub(super) fn level_with(&mut self, other: &Self, names: &mut impl Names) {
        if other.limit < self.limit {
            self.limit = other.limit;
            self.settle(true, names);
        }
    }

    fn is_low(&self, key: &[Symbol], names: &impl Names) -> bool {
        fingerprint(key, names) <= self.limit
    }

    /// The fingerprints of the keys that could be folded, as far as they are below the limit.
    fn lows(&self, names: &mut impl Names) -> Vec<u64> {
        let mut found = Vec::new();
        for (key, _) in self.table.iter() {
            let fingerprint = fingerprint(key, names);
            if fingerprint <= self.limit && names.folded(key) != key {
                found.push(fingerprint);
            }
        }
        found
    }

    fn settle(&mut self, must: bool, names: &mut impl Names) {
        let mut lows = self.lows(names);
        let before = self.limit;
        while lows.len() > self.most && self.limit > 0 {
            self.limit = lowered(self.limit);
            lows.retain(|fingerprint| *fingerprint <= self.limit);
        }
        if must || self.limit < before {
            self.fold(names);
        }
        // It takes as many more keys to have too many again; a few more do no harm before the end.
        let room = (self.most - lows.len().min(self.most)).max(self.most / 16).max(1);
        self.look_at = self.table.len().saturating_add(room);
    }

    fn fold(&mut self, names: &mut impl Names) {
        let mut folded = KeyTable::new(self.width);
        for (key, value) in self.table.iter() {
            let entry = if self.is_low(key, names) {
                folded.entry(key)
            } else {
                folded.entry(&names.folded(key))
            };
            (self.merge)(entry, value);
        }
        let (mut keys, values) = folded.into_parts();
        names.retain(&mut keys);
        self.table = KeyTable::of_parts(self.width, keys, values);
    }
}

/// No fingerprint is higher.
const ALL: u64 = u64::MAX;

/// The next limit. All tables go the same way down, so that the limit does not depend on the order in
/// which they are put together; in eighths, so that hardly fewer groups are kept than may be.
const fn lowered(limit: u64) -> u64 {
    limit - limit.div_ceil(8)
}

/// The same for the same names on every machine.
fn fingerprint(key: &[Symbol], names: &impl Names) -> u64 {
    let names = key.iter().enumerate().map(|(place, symbol)| names.name(place, *symbol));
    names.fold(0, |hash, name| mixed(hash ^ seed_of(name)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::usage::Dimension;

    /// One column; names that begin with `known` are always kept apart.
    struct Column(Dimension);

    impl Names for Column {
        fn name(&self, _: usize, symbol: Symbol) -> &str {
            self.0.resolve(symbol)
        }

        fn folded(&mut self, key: &[Symbol]) -> Vec<Symbol> {
            let is_known = self.0.resolve(key[0]).starts_with("known");
            if is_known { key.to_vec() } else { vec![self.0.intern(OTHER)] }
        }

        fn longest(&self) -> usize {
            self.0.len()
        }

        fn retain(&mut self, keys: &mut [Symbol]) {
            let mut fresh = Dimension::new("names");
            for key in keys {
                *key = fresh.intern(self.0.resolve(*key));
            }
            self.0 = fresh;
        }
    }

    fn new(most: usize) -> (Column, BoundedTable<u64>) {
        let merge = |mine: &mut u64, theirs: &u64| *mine += theirs;
        (Column(Dimension::new("names")), BoundedTable::new(1, most, merge))
    }

    fn sums(names: &Column, table: &BoundedTable<u64>) -> BTreeMap<String, u64> {
        table.iter().map(|(key, sum)| (names.0.resolve(key[0]).to_owned(), *sum)).collect()
    }

    fn summed(
        log: &[usize],
        most: usize,
        parts: usize,
    ) -> (BTreeMap<String, u64>, Option<Folding>) {
        let (mut names, mut table) = new(most);
        for part in log.chunks(log.len().div_ceil(parts).max(1)) {
            let (mut own_names, mut own) = new(most);
            for name in part {
                own.look(&mut own_names);
                let name = if *name < 5 { format!("known-{name}") } else { format!("name-{name}") };
                let key = [own_names.0.intern(&name)];
                *own.entry(&key, &mut own_names) += 1;
            }
            table.level_with(&own, &mut names);
            for (key, sum) in own.iter() {
                let key = [names.0.intern(own_names.0.resolve(key[0]))];
                *table.entry(&key, &mut names) += sum;
            }
            table.look(&mut names);
        }
        let folding = table.finish(&mut names);
        (sums(&names, &table), folding)
    }

    proptest! {
        /// Neither the order nor the cut decides who is among the others, and no sum is lost.
        #[test]
        fn order_and_cuts_change_nothing(
            log in proptest::collection::vec(0_usize..400, 0..600),
            most in 1_usize..60,
            parts in 1_usize..5,
        ) {
            let expected = summed(&log, most, 1);
            let mut other = log.clone();
            other.reverse();
            prop_assert_eq!(&summed(&other, most, parts), &expected);
            prop_assert_eq!(expected.0.values().sum::<u64>(), log.len() as u64);
            let apart = expected.0.keys().filter(|name| name.starts_with("name")).count();
            prop_assert!(apart <= most);
            for name in log.iter().filter(|name| **name < 5) {
                let known = format!("known-{name}");
                prop_assert!(expected.0.contains_key(&known));
            }
            let distinct: std::collections::BTreeSet<_> =
                log.iter().filter(|name| **name >= 5).collect();
            prop_assert_eq!(expected.1.is_some(), distinct.len() > most);
        }
    }

    #[test]
    fn few_groups_are_all_apart() {
        let (sums, folding) = summed(&[1, 10, 11, 12], 3, 1);
        assert_eq!((sums.len(), folding), (4, None));
    }

    /// Fingerprints must be the same on every machine and in every version, or two reports of one log
    /// would differ.
    #[test]
    fn a_fingerprint_is_forever() {
        let mut names = Column(Dimension::new("names"));
        let key = [names.0.intern("claude-sonnet-4-6")];
        assert_eq!(fingerprint(&key, &names), FOREVER);
    }

    const FOREVER: u64 = 0x97f5_6805_7c07_8937;
}
