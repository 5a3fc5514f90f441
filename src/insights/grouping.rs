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
