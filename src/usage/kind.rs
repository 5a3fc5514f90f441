//! What many calls of a log have in common.
//!
//! A log of a hundred million calls has a few hundred kinds of them: whatever depends on names,
//! lane and outcome alone is found once a kind, and a call keeps one small number for all of it.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::call::{Counting, FinishReason, ServiceTier, Status};
use super::dimension::{Symbol, column};

/// The names of a call in the fixed dimensions, and how it was served and ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kind {
    /// By the places of [`mod@column`].
    pub names: [Symbol; column::FIXED.len()],
    /// The lane it was served in.
    pub service_tier: ServiceTier,
    /// How it ended.
    pub status: Status,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// Whether it is known how many calls a row stands for.
    pub counting: Counting,
}

/// The place of a kind in the list of its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(u32);

impl KindId {
    /// The place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The distinct kinds of a table, in order of their first call.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    all: Vec<Kind>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: u32,
}

impl Kinds {
    /// The place of a kind, new or known.
    ///
    /// # Panics
    /// Beyond 2³² kinds.
    pub(super) fn intern(&mut self, kind: &Kind) -> KindId {
        if self.all.get(self.last as usize) == Some(kind) {
            return KindId(self.last);
        }
        let (kinds, hasher) = (&self.all, &self.hasher);
        let hash = hasher.hash_one(kind);
        if let Some(found) = self.index.find(hash, |at| kinds[*at as usize] == *kind) {
            self.last = *found;
            return KindId(self.last);
        }
        let at = u32::try_from(kinds.len()).expect("fewer than 2^32 kinds of calls");
        self.index.insert_unique(hash, at, |known| hasher.hash_one(kinds[*known as usize]));
        self.all.push(*kind);
        self.last = at;
        KindId(at)
    }

    /// The kind at a place.
    pub(super) fn get(&self, id: KindId) -> &Kind {
        &self.all[id.index()]
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Kind] {
        &self.all
    }
}
