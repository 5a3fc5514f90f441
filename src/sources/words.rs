//! What the words of a record say (its names, lane and outcome), found once for all records with the
//! same words.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::usage::{Calls, Dimensions, FinishReason, Kind, KindId, ServiceTier, Status, column};

use super::duplicates::name_hash;
use super::field::Field;
use super::format::Draft;
use super::scan::{Head, WINDOW, head_of};

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
    /// Of the name of the model.
    pub(super) model_hash: u64,
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
            model_hash: name_hash(&model),
            names: [provider, model, request_model, call_type, geo],
            service_tier: draft.call.service_tier,
            status: draft.call.status,
            finish_reason: draft.call.finish_reason,
        }
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

/// The words of a record, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    words: [u16; Self::LONGEST],
    length: usize,
    hash: u64,
}

impl Phrase {
    /// No record has more: each field has one word.
    pub(super) const LONGEST: usize = 16;

    /// How many words it has.
    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Adds a word.
    #[inline]
    pub(super) fn push(&mut self, word: u16) {
        self.words[self.length] = word;
        self.length += 1;
        self.hash = mixed(self.hash ^ u64::from(word));
    }
}

/// Spreads what differs over the upper bits, from where places are taken.
#[inline]
const fn mixed(bits: u64) -> u64 {
    bits.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

/// A place of so many near ones for what is thus mixed.
#[inline]
fn place(mixed: u64, places: usize) -> usize {
    debug_assert!(places.is_power_of_two());
    usize::try_from(mixed & (places as u64 - 1)).expect("less than so many places")
}

/// Where a word is looked for first.
#[inline]
fn near_place(slot: u8, head: &Head) -> usize {
    let [first, second, third, fourth] = *head;
    let folded = first ^ third.rotate_left(23) ^ u64::from(slot);
    place(mixed(mixed(folded) ^ second ^ fourth.rotate_left(41)), NEAR_WORDS)
}

/// A word that was met lately, by what is quickly looked at.
#[derive(Clone, Copy, Debug)]
struct Near {
    head: Head,
    length: usize,
    slot: u8,
    word: u16,
}

impl Near {
    /// No word.
    const NONE: Self = Self { head: [0; _], length: usize::MAX, slot: 0, word: 0 };
}

/// So many words and phrases are found without a search.
const NEAR_WORDS: usize = 1024;
const NEAR_PHRASES: usize = 4096;

#[derive(Clone, Debug)]
struct Entry {
    phrase: Phrase,
    /// Nothing where records with these words always need a closer look.
    said: Option<Said>,
    /// The kind in the table of a chunk.
    kind: (u64, KindId),
}

/// The words met so far, and what they say together.
#[derive(Debug)]
pub(super) struct WordBook {
    near: Box<[Near]>,
    /// From one on; zero is no word.
    words: HashMap<(u8, Box<[u8]>), u16, FixedState>,
    /// The text of each.
    texts: Vec<Box<[u8]>>,
    near_phrases: Box<[u32]>,
    phrases: HashMap<Phrase, u32, FixedState>,
    entries: Vec<Entry>,
    /// Tables come one after another; each numbers its kinds anew.
    table: u64,
}

impl Default for WordBook {
    fn default() -> Self {
        Self {
            near: vec![Near::NONE; NEAR_WORDS].into(),
            words: HashMap::default(),
            texts: vec![Box::default()],
            near_phrases: vec![0; NEAR_PHRASES].into(),
            phrases: HashMap::default(),
            entries: Vec::new(),
            table: 0,
        }
    }
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
        let table = self.table + 1;
        if self.entries.len() >= MOST || self.texts.len() >= MOST {
            *self = Self::default();
        }
        self.table = table;
    }

    /// The number of a word, by its slot and raw text; nothing where there are too many.
    pub(super) fn word(&mut self, slot: u8, raw: &[u8]) -> Option<u16> {
        let head = head_of(raw);
        self.near_word(slot, raw, &head).or_else(|| self.far_word(slot, raw, &head))
    }

    /// As [`WordBook::word`], of one that was met lately; nothing where it was not.
    #[inline]
    pub(super) fn near_word(&self, slot: u8, raw: &[u8], head: &Head) -> Option<u16> {
        let near = &self.near[near_place(slot, head)];
        let is_near = near.head == *head && near.length == raw.len() && near.slot == slot;
        // Short texts are known by their heads.
        let is_same = || raw.len() <= WINDOW || *self.texts[usize::from(near.word)] == *raw;
        (is_near && is_same()).then_some(near.word)
    }

    #[inline(never)]
    fn far_word(&mut self, slot: u8, raw: &[u8], head: &Head) -> Option<u16> {
        let key = (slot, Box::from(raw));
        let word = if let Some(word) = self.words.get(&key) {
            *word
        } else {
            let word = u16::try_from(self.texts.len()).ok().filter(|word| *word < u16::MAX)?;
            self.texts.push(Box::from(raw));
            self.words.insert(key, word);
            word
        };
        self.near[near_place(slot, head)] = Near { head: *head, length: raw.len(), slot, word };
        Some(word)
    }

    /// What is known of the words of a record.
    #[inline]
    pub(super) fn look_up(&mut self, phrase: &Phrase) -> Known {
        let near = self.near_phrases[place(phrase.hash, NEAR_PHRASES)] as usize;
        let at = match self.entries.get(near) {
            Some(entry) if entry.phrase.words == phrase.words => near,
            _ => match self.phrases.get(phrase) {
                None => return Known::Nothing,
                Some(at) => {
                    self.near_phrases[place(phrase.hash, NEAR_PHRASES)] = *at;
                    *at as usize
                }
            },
        };
        if self.entries[at].said.is_none() { Known::Odd } else { Known::Said(at) }
    }

    /// Keeps what words say; nothing where they need a closer look.
    pub(super) fn learn(&mut self, phrase: Phrase, said: Option<Said>) {
        let Ok(at) = u32::try_from(self.entries.len()) else { return };
        if self.entries.len() < MOST {
            self.phrases.insert(phrase, at);
            self.entries.push(Entry { phrase, said, kind: (0, KindId::default()) });
        }
    }

    /// What words say.
    #[inline]
    pub(super) fn said(&self, at: usize) -> &Said {
        self.entries[at].said.as_ref().expect("only places of what is said are given out")
    }

    /// The kind of calls with these words, in the table that was begun last.
    #[inline]
    pub(super) fn kind(&mut self, at: usize, calls: &mut Calls) -> KindId {
        let entry = &mut self.entries[at];
        if entry.kind.0 != self.table {
            let said = entry.said.as_ref().expect("only places of what is said are given out");
            let kind = said.kind(&mut calls.dimensions);
            entry.kind = (self.table, calls.kind_id(&kind));
        }
        entry.kind.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_words_have_equal_numbers(
            words in proptest::collection::vec((0u8..3, "[ab]{0,9}(same middle of all)?[ab]{0,9}"), 1..60)
        ) {
            let mut book = WordBook::default();
            let number = |(slot, text): &(u8, String)| book.word(*slot, text.as_bytes());
            let numbers: Vec<_> = words.iter().chain(&words).map(number).collect();
            for (one, first) in words.iter().chain(&words).zip(&numbers) {
                for (two, second) in words.iter().zip(&numbers[words.len()..]) {
                    prop_assert_eq!(one == two, first == second, "{:?} {:?}", one, two);
                }
            }
        }
    }

    #[test]
    fn what_phrases_say_is_known_again() {
        let mut book = WordBook::default();
        let phrase = |words: &[u16]| {
            let mut phrase = Phrase::default();
            for word in words {
                phrase.push(*word);
            }
            phrase
        };
        for at in 1..3 * NEAR_PHRASES {
            let phrase = phrase(&[1, u16::try_from(at).expect("few")]);
            assert!(matches!(book.look_up(&phrase), Known::Nothing));
            let said = (at % 2 == 0).then(|| Said::of(&Draft::default()));
            book.learn(phrase, said);
            match book.look_up(&phrase) {
                Known::Said(place) => assert_eq!((place + 1, at % 2), (at, 0)),
                known => assert!(matches!(known, Known::Odd) && at % 2 == 1),
            }
        }
        assert!(matches!(book.look_up(&phrase(&[1])), Known::Nothing));
        assert!(matches!(book.look_up(&phrase(&[1, 7])), Known::Odd));
    }
}
