//! The values of a usual record, taken while its layout is followed.
//!
//! A record of a known layout is read in one go: between two values the text is compared, and each
//! value becomes at once what the short way ([`super::quick`]) needs of it: a number, a time, a
//! known word, or where it stands.

use std::ops::Range;

use crate::usage::{Instant, SameDay};

use super::delimited::trimmed;
use super::layout::{Layouts, START, Step, scalar_end};
use super::paths::Target;
use super::roles::{COUNTS, KEPT_MAX, NUMBERS, Role, Slots};
use super::scan::{number, plain_end};
use super::values::{COUNT_MAX, NOTHING_MAX, Raw, is_nothing, plain_digits};
use super::words::{Phrase, WordBook};

/// The values of a record on the short way.
pub(super) struct Ride<'a> {
    roles: Vec<Role>,
    /// The slots that have a value.
    seen: Slots,
    pub(super) numbers: [u64; COUNTS.len() + NUMBERS.len()],
    pub(super) phrase: Phrase,
    words: [(u8, &'a [u8]); Phrase::LONGEST],
    /// What was kept; of records before, where the slot has no value.
    kept: [&'a [u8]; KEPT_MAX],
    /// Where the time is not of the usual form, it is kept.
    pub(super) time: Option<Instant>,
    time_text: &'a [u8],
    day: SameDay,
    /// Whether nothing is known yet of its words.
    pub(super) is_new: bool,
}

/// What came of a value.
enum Met {
    /// It ends there.
    End(usize),
    /// There is none.
    None,
    /// It needs a closer look.
    Closer,
}

impl<'a> Ride<'a> {
    /// A ride over values with these roles, by slot.
    pub(super) fn new(roles: Vec<Role>) -> Self {
        Self {
            roles,
            seen: Slots::default(),
            numbers: [0; _],
            phrase: Phrase::default(),
            words: [(0, b""); _],
            kept: [b""; _],
            time: None,
            time_text: b"",
            day: SameDay::default(),
            is_new: false,
        }
    }

    /// Begins another record.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.seen = Slots::default();
        self.numbers = [0; _];
        self.phrase = Phrase::default();
        self.time = None;
        self.is_new = false;
    }

    /// Whether all of some slots have a value.
    #[inline]
    pub(super) const fn has_all(&self, slots: Slots) -> bool {
        self.seen.has_all(slots)
    }

    /// Whether one of some slots has a value.
    #[inline]
    pub(super) const fn has_any(&self, slots: Slots) -> bool {
        self.seen.has_any(slots)
    }

    /// Marks a slot as taken; not so if it was: two places of one field have ranks, which the long
    /// way knows.
    #[inline]
    const fn mark(&mut self, slot: u8) -> bool {
        self.seen.add(slot)
    }

    /// Takes a number, no larger than any count; says whether it wants the rest of the record.
    #[inline]
    pub(super) fn take_number(&mut self, place: u8, slot: u8, number: u64) -> bool {
        self.numbers[usize::from(place)] = number;
        self.mark(slot)
    }

    /// As [`Ride::take_number`], of a time.
    #[inline]
    pub(super) fn take_time(&mut self, slot: u8, time: Instant) -> bool {
        self.time = Some(time);
        self.mark(slot)
    }

    /// As [`Ride::take_number`], of the JSON text of a time, which has this place among others.
    pub(super) fn take_time_text(
        &mut self,
        slot: u8,
        texts: &'a [u8],
        place: Range<usize>,
        words: &mut WordBook,
    ) -> bool {
        match self.time(slot, texts, place.start) {
            Some(met) => matches!(met, Met::End(_)),
            None => std::str::from_utf8(&texts[place])
                .is_ok_and(|raw| self.take_as(Role::Time, slot, raw, words)),
        }
    }

    /// As [`Ride::take_number`], of a word whose number is known.
    #[inline]
    pub(super) fn take_known(&mut self, slot: u8, word: u16, raw: &'a [u8]) -> bool {
        if !self.mark(slot) {
            return false;
        }
        self.words[self.phrase.len()] = (slot, raw);
        self.phrase.push(word);
        true
    }

    /// As [`Ride::take_number`], of a text that is kept.
    #[inline]
    pub(super) fn take_kept(&mut self, place: u8, slot: u8, raw: &'a [u8]) -> bool {
        self.kept[usize::from(place)] = raw;
        self.mark(slot)
    }

    /// Takes the raw text of a value; says whether it wants the rest of the record.
    #[inline]
    pub(super) fn take(&mut self, target: Target, raw: &'a str, words: &mut WordBook) -> bool {
        let role = self.roles[usize::from(target.slot)];
        let Ok(slot) = u8::try_from(target.slot) else { return false };
        self.take_as(role, slot, raw, words)
    }

    /// As [`Ride::take`], of a slot whose role is known.
    pub(super) fn take_as(
        &mut self,
        role: Role,
        slot: u8,
        raw: &'a str,
        words: &mut WordBook,
    ) -> bool {
        if role == Role::Ignored || is_nothing(raw.as_bytes()) {
            return true;
        }
        if matches!(role, Role::Closer | Role::Several) || !self.mark(slot) {
            return false;
        }
        match role {
            Role::Number(place) => {
                let found = plain_digits(raw).filter(|number| *number <= COUNT_MAX);
                self.numbers[usize::from(place)] = found.unwrap_or(0);
                return found.is_some();
            }
            Role::Time => {
                let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                self.time = Instant::parse_usual(inner.unwrap_or(raw));
                self.time_text = raw.as_bytes();
            }
            Role::Word => return self.take_word(slot, raw.as_bytes(), words),
            Role::Kept(place) => self.kept[usize::from(place)] = raw.as_bytes(),
            Role::Ignored | Role::Several | Role::Closer => {}
        }
        true
    }

    #[inline]
    fn take_word(&mut self, slot: u8, raw: &'a [u8], words: &mut WordBook) -> bool {
        let Some(word) = words.word(slot, raw) else { return false };
        self.words[self.phrase.len()] = (slot, raw);
        self.phrase.push(word);
        true
    }

    /// Takes a number of JSON.
    #[inline]
    fn number(&mut self, place: u8, slot: u8, bytes: &[u8], start: usize) -> Option<Met> {
        let (value, end) = number(bytes, start)?;
        self.numbers[usize::from(place)] = value;
        Some(if self.mark(slot) { Met::End(end) } else { Met::Closer })
    }

    /// Takes the time of a JSON record, where it is of the usual form.
    #[inline]
    fn time(&mut self, slot: u8, bytes: &[u8], start: usize) -> Option<Met> {
        if bytes.get(start) != Some(&b'"') {
            return None;
        }
        let (time, end) = self.day.read(bytes, start + 1)?;
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.time = Some(time);
        Some(if self.mark(slot) { Met::End(end + 1) } else { Met::Closer })
    }

    /// Takes a string of JSON without escapes.
    #[inline]
    fn string(
        &mut self,
        role: Role,
        slot: u8,
        bytes: &'a [u8],
        start: usize,
        words: &mut WordBook,
    ) -> Option<Met> {
        if bytes.get(start) != Some(&b'"') {
            return None;
        }
        let end = plain_end(bytes, start + 1);
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        let end = end + 1;
        if role == Role::Ignored {
            return Some(Met::End(end));
        }
        let raw = bytes.get(start..end)?;
        if raw.len() <= NOTHING_MAX && is_nothing(raw) {
            return Some(Met::End(end));
        }
        let is_taken = self.keep(role, slot, raw, words);
        Some(if is_taken { Met::End(end) } else { Met::Closer })
    }

    /// Takes the text of a value, a word or one that is kept; says whether that was enough.
    #[inline]
    fn keep(&mut self, role: Role, slot: u8, raw: &'a [u8], words: &mut WordBook) -> bool {
        self.mark(slot)
            && match role {
                Role::Word => self.take_word(slot, raw, words),
                Role::Kept(place) => {
                    self.kept[usize::from(place)] = raw;
                    true
                }
                _ => false,
            }
    }

    /// Takes the value of a JSON record that starts at a place.
    #[inline]
    fn meet(
        &mut self,
        step: &Step,
        targets: &[Target],
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Met {
        let bytes = text.as_bytes();
        let known = match step.role {
            Role::Number(place) => self.number(place, step.slot, bytes, start),
            Role::Time => self.time(step.slot, bytes, start),
            Role::Ignored | Role::Word | Role::Kept(_) => {
                self.string(step.role, step.slot, bytes, start, words)
            }
            Role::Several | Role::Closer => None,
        };
        known.unwrap_or_else(|| self.meet_other(step, targets, text, start, words))
    }

    /// Takes the cell of a table; says whether it wants the rest of the row.
    #[inline]
    pub(super) fn meet_cell(
        &mut self,
        role: Role,
        slot: u8,
        targets: &[Target],
        text: &'a str,
        cell: Range<usize>,
        words: &mut WordBook,
    ) -> bool {
        let bytes = text.as_bytes();
        let is_ink = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        // Where the cells of a row stand without anything between them, more than one may look like
        // a number or a time.
        let is_taken = match role {
            Role::Number(place) => match number(bytes, cell.start) {
                Some((value, end)) if end == cell.end => {
                    self.numbers[usize::from(place)] = value;
                    Some(self.mark(slot))
                }
                _ => None,
            },
            Role::Time => match self.day.read(bytes, cell.start) {
                Some((time, end)) if end == cell.end => {
                    self.time = Some(time);
                    Some(self.mark(slot))
                }
                _ => None,
            },
            Role::Ignored if is_ink(bytes.get(cell.start)) && bytes[cell.start] != b'{' => {
                Some(true)
            }
            Role::Word | Role::Kept(_) => {
                let raw = bytes.get(cell.clone()).unwrap_or_default();
                let is_plain = is_ink(raw.first()) && is_ink(raw.last()) && raw[0] != b'{';
                let is_plain = is_plain && !(raw.len() <= NOTHING_MAX && is_nothing(raw));
                is_plain.then(|| self.keep(role, slot, raw, words))
            }
            _ => None,
        };
        is_taken.unwrap_or_else(|| self.meet_other_cell(role, slot, targets, &text[cell], words))
    }

    /// As [`Ride::meet_cell`], of any cell.
    #[inline(never)]
    fn meet_other_cell(
        &mut self,
        role: Role,
        slot: u8,
        targets: &[Target],
        cell: &'a str,
        words: &mut WordBook,
    ) -> bool {
        let cell = trimmed(cell);
        // What is inside of it, the long way finds.
        if cell.starts_with('{') {
            return false;
        }
        match role {
            Role::Several => targets.iter().all(|target| self.take(*target, cell, words)),
            role => self.take_as(role, slot, cell, words),
        }
    }

    /// As [`Ride::meet`], of any value.
    #[inline(never)]
    fn meet_other(
        &mut self,
        step: &Step,
        targets: &[Target],
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Met {
        let Some(end) = scalar_end(text.as_bytes(), start) else { return Met::None };
        let raw = &text[start..end];
        let is_taken = match step.role {
            Role::Several => {
                let mut targets = targets[step.targets.clone()].iter();
                targets.all(|target| self.take(*target, raw, words))
            }
            role => self.take_as(role, step.slot, raw, words),
        };
        if is_taken { Met::End(end) } else { Met::Closer }
    }
}

impl<'a> Raw<'a> for Ride<'a> {
    /// Of words, what was kept, and an unusual time; nobody asks for the text of numbers.
    #[inline]
    fn raw(&self, slot: usize) -> &'a str {
        let is_seen = || self.seen.has_any(Slots::at(slot));
        let found: &[u8] = match self.roles[slot] {
            Role::Kept(place) if is_seen() => self.kept[usize::from(place)],
            Role::Word => {
                let mut words = self.words[..self.phrase.len()].iter();
                let found = words.find(|(known, _)| usize::from(*known) == slot);
                found.map_or(b"", |(_, raw)| raw)
            }
            Role::Time if self.time.is_none() && is_seen() => self.time_text,
            _ => b"",
        };
        // It was cut out of text at quotes or delimiters.
        std::str::from_utf8(found).expect("a piece of a text")
    }
}

impl Layouts {
    /// Takes the record that starts at a place of `text`, if it has a known layout and nothing that
    /// needs a closer look, and says where it ends: at the end of its line or of the text.
    /// Otherwise the ride may have part of the record.
    pub(super) fn ride<'a>(
        &mut self,
        text: &'a str,
        start: usize,
        ride: &mut Ride<'a>,
        words: &mut WordBook,
    ) -> Option<usize> {
        let (mut place, mut at) = (START, start);
        loop {
            let next = self.usual(text, place, at, ride, words);
            (place, at) = match next.or_else(|| self.unusual(text, place, at, ride, words))? {
                Next::Value { place, at } => (place, at),
                Next::End(end) => return Some(end),
            };
        }
    }

    /// Takes the value that mostly follows the one at `place`, if it does here.
    #[inline]
    fn usual<'a>(
        &self,
        text: &'a str,
        place: usize,
        at: usize,
        ride: &mut Ride<'a>,
        words: &mut WordBook,
    ) -> Option<Next> {
        let step = self.places[place].next.first()?;
        if !self.texts.stands(&step.text, text.as_bytes(), at) {
            return None;
        }
        match ride.meet(step, &self.targets, text, at + step.text.len(), words) {
            Met::End(end) => Some(Next::Value { place: step.place, at: end }),
            Met::None | Met::Closer => None,
        }
    }

    /// Finds what else follows the value at `place`: another one, or the end.
    #[inline(never)]
    fn unusual<'a>(
        &mut self,
        text: &'a str,
        place: usize,
        at: usize,
        ride: &mut Ride<'a>,
        words: &mut WordBook,
    ) -> Option<Next> {
        for (found, step) in self.places[place].next.iter().enumerate() {
            if !self.texts.stands(&step.text, text.as_bytes(), at) {
                continue;
            }
            let end = match ride.meet(step, &self.targets, text, at + step.text.len(), words) {
                Met::End(end) => end,
                Met::None => continue,
                Met::Closer => return None,
            };
            let next = Next::Value { place: step.place, at: end };
            self.move_up(place, found);
            return Some(next);
        }
        self.end(place, text.as_bytes(), at).map(Next::End)
    }
}

/// What follows a value.
enum Next {
    /// Another one, which ends at `at`, and whose place is this.
    Value { place: usize, at: usize },
    /// Nothing: the record ends there.
    End(usize),
}
