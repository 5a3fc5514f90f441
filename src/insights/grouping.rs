//! Sums by key, found without an allocation for keys already known.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::usage::Symbol;

/// A value for each distinct key of symbols.
#[derive(Clone, Debug)]
pub(super) struct KeyTable<T> {
    width: usize,
    keys: Vec<Symbol>,
    values: Vec<T>,
    index: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl<T: Default> KeyTable<T> {
    /// An empty table for keys of `width` symbols.
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            keys: Vec::new(),
            values: Vec::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// The value of a key, new or known.
    pub(super) fn entry(&mut self, key: &[Symbol]) -> &mut T {
        let hash = self.hasher.hash_one(key);
        let (keys, width) = (&self.keys, self.width);
        let at = |slot: usize| &keys[slot * width..(slot + 1) * width];
        if let Some(slot) = self.index.find(hash, |slot| at(*slot) == key) {
            return &mut self.values[*slot];
        }
        let hasher = &self.hasher;
        self.index.insert_unique(hash, self.values.len(), |slot| hasher.hash_one(at(*slot)));
        self.keys.extend_from_slice(key);
        self.values.push(T::default());
        self.values.last_mut().expect("pushed on the line above")
    }

    /// A table of keys that are all different, one after another, and their values.
    pub(super) fn of_parts(width: usize, keys: Vec<Symbol>, values: Vec<T>) -> Self {
        let mut table = Self { keys, values, ..Self::new(width) };
        let (keys, hasher) = (&table.keys, &table.hasher);
        let hash = |slot: &usize| hasher.hash_one(&keys[slot * width..(slot + 1) * width]);
        for slot in 0..table.values.len() {
            table.index.insert_unique(hash(&slot), slot, hash);
        }
        table
    }

    /// Its keys, one after another, and its values.
    pub(super) fn into_parts(self) -> (Vec<Symbol>, Vec<T>) {
        (self.keys, self.values)
    }

    /// How many keys there are.
    pub(super) const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether a key is known.
    pub(super) fn has(&self, key: &[Symbol]) -> bool {
        let at = |slot: usize| &self.keys[slot * self.width..(slot + 1) * self.width];
        self.index.find(self.hasher.hash_one(key), |slot| at(*slot) == key).is_some()
    }

    /// Every key with its value, in the order of first sight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[Symbol], &T)> {
        // Chunks of nothing are no chunks: without columns all calls share the empty key.
        let keys = (0..self.values.len())
            .map(|slot| &self.keys[slot * self.width..(slot + 1) * self.width]);
        keys.zip(&self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Dimension;

    #[test]
    fn a_key_has_one_value() {
        let mut names = Dimension::new("names");
        let [a, b] = ["a", "b"].map(|name| names.intern(name));
        let mut table = KeyTable::<u64>::new(2);
        for key in [[a, b], [b, a], [a, b]] {
            *table.entry(&key) += 1;
        }
        let counts: Vec<_> = table.iter().map(|(key, count)| (key.to_vec(), *count)).collect();
        assert_eq!(counts, [(vec![a, b], 2), (vec![b, a], 1)]);
    }

    #[test]
    fn without_columns_there_is_one_group() {
        let mut table = KeyTable::<u64>::new(0);
        *table.entry(&[]) += 1;
        *table.entry(&[]) += 1;
        assert_eq!(table.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2]);
    }
}
