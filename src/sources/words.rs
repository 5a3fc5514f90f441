//! What the words of a record say (its names, lane and outcome), found once for all records with the
//! same words.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::usage::{Dimensions, FinishReason, Kind, KindId, ServiceTier, Status, column};

use super::field::Field;
use super::format::Draft;

/// Logs with more different words in these fields have something else in one of them.
const MOST: usize = 1 << 14;

/// Fields whose values are words: of each there are few, and together they say what a call was.
pub(super) const WORDS: [Field; 13] = [
    Field::Provider,
    Field::Model,
    Field::RequestModel,
    Field::OuterModel,
    Field::CallType,
    Field::Geo,
    Field::ServiceTier,
    Field::Speed,
    Field::Status,
    Field::HttpStatus,
    Field::FinishReason,
    Field::RecordType,
    Field::Sidechain,
];

/// What words say.
#[derive(Clone, Debug)]
pub(super) struct Said {
    names: [Box<str>; column::FIXED.len()],
    service_tier: ServiceTier,
    status: Status,
    finish_reason: FinishReason,
}

impl Said {
    /// What the draft of a record says apart from its counts.
    pub(super) fn of(draft: &Draft<'_>) -> Self {
        let [provider, model, request_model, call_type, geo] =
            [&draft.provider, &draft.model, &draft.request_model, &draft.call_type, &draft.geo]
                .map(|name| Box::from(&**name));
        Self {
            names: [provider, model, request_model, call_type, geo],
            service_tier: draft.call.service_tier,
            status: draft.call.status,
            finish_reason: draft.call.finish_reason,
        }
    }

    /// The model that answered.
    pub(super) fn model(&self) -> &str {
        &self.names[column::MODEL]
    }

    fn kind(&self, dimensions: &mut Dimensions) -> Kind {
        let mut kind = Kind {
            service_tier: self.service_tier,
            status: self.status,
            finish_reason: self.finish_reason,
            ..Kind::default()
        };
        for (place, name) in self.names.iter().enumerate() {
            kind.names[place] = dimensions[place].intern(name);
        }
        kind
    }
}

#[derive(Clone, Debug)]
struct Entry {
    words: Box<[u8]>,
    /// Nothing where records with these words always need a closer look.
    said: Option<Said>,
    /// The kind in the table of a chunk.
    kind: (u64, KindId),
}

/// The words met so far, and what they say.
#[derive(Debug, Default)]
pub(super) struct WordBook {
    entries: Vec<Entry>,
    index: HashTable<u32>,
    hasher: FixedState,
    key: Vec<u8>,
    /// Whether nothing is known of the words that were looked up last.
    is_waiting: bool,
    /// Tables come one after another; each numbers its kinds anew.
    table: u64,
}

/// What is known of the words of a record.
pub(super) enum Known {
    /// Nothing yet.
    Nothing,
    /// They need a closer look.
    Odd,
    /// What they say is at this place.
    Said(usize),
}

impl WordBook {
    /// Begins another table.
    pub(super) fn next_table(&mut self) {
        self.table += 1;
        if self.entries.len() >= MOST {
            self.entries.clear();
            self.index.clear();
        }
    }

    /// What is known of the words of a record: slots and raw texts.
    #[inline]
    pub(super) fn look_up(&mut self, words: &[(u8, &str)]) -> Known {
        self.key.clear();
        for (slot, raw) in words {
            // No byte of UTF-8 is the first one.
            self.key.extend_from_slice(&[0xff, *slot]);
            self.key.extend_from_slice(raw.as_bytes());
        }
        let hash = self.hash(&self.key);
        let found = self.index.find(hash, |at| *self.entries[*at as usize].words == *self.key);
        let found = found.map(|at| *at as usize);
        self.is_waiting = found.is_none();
        match found {
            None => Known::Nothing,
            Some(at) if self.entries[at].said.is_none() => Known::Odd,
            Some(at) => Known::Said(at),
        }
    }

    /// Whether words were looked up of which nothing is known.
    pub(super) const fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// Keeps what the words that were looked up last say; nothing where they need a closer look.
    pub(super) fn learn(&mut self, said: Option<Said>) {
        self.is_waiting = false;
        let Ok(at) = u32::try_from(self.entries.len()) else { return };
        if self.entries.len() >= MOST {
            return;
        }
        let (hash, words) = (self.hash(&self.key), self.key.as_slice().into());
        self.entries.push(Entry { words, said, kind: (0, KindId::default()) });
        let (entries, hasher) = (&self.entries, &self.hasher);
        self.index.insert_unique(hash, at, |at| hash_of(hasher, &entries[*at as usize].words));
    }

    /// What words say.
    #[inline]
    pub(super) fn said(&self, at: usize) -> &Said {
        self.entries[at].said.as_ref().expect("only places of what is said are given out")
    }

    /// The kind of calls with these words, in the table that was begun last.
    #[inline]
    pub(super) fn kind(&mut self, at: usize, calls: &mut crate::usage::Calls) -> KindId {
        let entry = &mut self.entries[at];
        if entry.kind.0 != self.table {
            let said = entry.said.as_ref().expect("only places of what is said are given out");
            let kind = said.kind(&mut calls.dimensions);
            entry.kind = (self.table, calls.kind_id(&kind));
        }
        entry.kind.1
    }

    fn hash(&self, words: &[u8]) -> u64 {
        hash_of(&self.hasher, words)
    }
}

fn hash_of(hasher: &FixedState, words: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(words);
    hasher.finish()
}
