//! The values of a usual record, taken while its layout is followed.
//!
//! A record of a known layout is read in one go: between two values the text is compared, and each
//! value becomes at once what the short way ([`super::quick`]) needs of it: a number, a time, a
//! known word, or where it stands.

use std::ops::Range;

use crate::usage::{Instant, SameDay};

use super::delimited::trimmed;
use super::layout::{scalar_end, string_end};
use super::paths::Target;
use super::roles::{COUNTS, KEPT_MAX, NUMBERS, Role, Slots};
use super::scan::{head, number, plain_end, specials, window};
use super::values::{COUNT_MAX, NOTHING_MAX, Raw, is_nothing, plain_digits};
use super::words::{Phrase, WordBook};

/// The values of a record on the short way.
pub(super) struct Ride<'a> {
    roles: Vec<Role>,
    /// The slots that have a value.
    seen: Slots,
    /// Of the track that is followed, the slots whose values say that there is none.
    without: Slots,
    pub(super) numbers: [u64; COUNTS.len() + NUMBERS.len()],
    pub(super) phrase: Phrase,
    words: [(u8, &'a [u8]); Phrase::LONGEST],
    /// What was kept; of records before, where the slot has no value.
    kept: [&'a str; KEPT_MAX],
    /// Where the time is not of the usual form, it is kept.
    pub(super) time: Option<Instant>,
    time_text: &'a str,
    day: SameDay,
    /// Whether nothing is known yet of its words.
    pub(super) is_new: bool,
}

/// What came of a value.
pub(super) enum Met {
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
            without: Slots::default(),
            numbers: [0; _],
            phrase: Phrase::default(),
            words: [(0, b""); _],
            kept: [""; _],
            time: None,
            time_text: "",
            day: SameDay::default(),
            is_new: false,
        }
    }

    /// Begins another record.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.seen = Slots::default();
        self.without = Slots::default();
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
        match self.day.read(texts, place.start + 1) {
            Some((time, end))
                if texts[place.start] == b'"' && texts.get(end..place.end) == Some(b"\"") =>
            {
                self.take_time(slot, time)
            }
            _ => std::str::from_utf8(&texts[place])
                .is_ok_and(|raw| self.take_as(Role::Time, slot, raw, words)),
        }
    }

    /// As [`Ride::take_number`], of a word whose number is known.
    #[inline]
    pub(super) fn take_known(&mut self, slot: u8, word: u16, raw: &'a [u8]) -> bool {
        self.mark(slot) && self.say(slot, raw, word)
    }

    /// As [`Ride::take_number`], of a text that is kept.
    #[inline]
    pub(super) fn take_kept(&mut self, place: u8, slot: u8, raw: &'a str) -> bool {
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
            Role::Time => self.read_time(raw),
            Role::Word => return self.take_word(slot, raw.as_bytes(), words),
            Role::Kept(place) => self.kept[usize::from(place)] = raw,
            Role::Ignored | Role::Several | Role::Closer => {}
        }
        true
    }

    fn read_time(&mut self, raw: &'a str) {
        let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        self.time = Instant::parse_usual(inner.unwrap_or(raw));
        self.time_text = raw;
    }

    fn take_word(&mut self, slot: u8, raw: &'a [u8], words: &mut WordBook) -> bool {
        words.word(slot, raw).is_some_and(|word| self.say(slot, raw, word))
    }

    /// Keeps a word; not so where there are too many.
    #[inline]
    fn say(&mut self, slot: u8, raw: &'a [u8], word: u16) -> bool {
        let place = self.words.get_mut(self.phrase.len());
        let Some(place) = place else { return false };
        *place = (slot, raw);
        self.phrase.push(word);
        true
    }

    /// Counts the slots of a piece of track as taken, but for those without a value; not so if one
    /// of them was.
    #[inline]
    pub(super) fn pass(&mut self, slots: Slots) -> bool {
        let taken = slots.without(std::mem::take(&mut self.without));
        let is_new = !self.seen.has_any(taken);
        self.seen = self.seen.with(taken);
        is_new
    }

    /// Takes the value of a JSON record that starts at a place, if it is of the usual form, and says
    /// where it ends. Whoever asks marks the slot; if it had a value already, the record goes the long
    /// way, so what was written over does not matter. A value that says nothing writes nothing.
    #[expect(clippy::inline_always, reason = "called twice, and once in the innermost loop")]
    #[inline(always)]
    pub(super) fn usual(
        &mut self,
        role: Role,
        slot: u8,
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        match role {
            Role::Number(place) => {
                let (value, end) = number(bytes, start)?;
                *self.numbers.get_mut(usize::from(place))? = value;
                Some(end)
            }
            Role::Word => self.usual_word(slot, bytes, start, words),
            Role::Ignored if bytes.get(start) == Some(&b'"') => string_end(bytes, start + 1),
            Role::Ignored => scalar_end(bytes, start),
            Role::Time => match self.day.read(bytes, start + 1) {
                Some((time, end)) if bytes[start] == b'"' && bytes.get(end) == Some(&b'"') => {
                    self.time = Some(time);
                    Some(end + 1)
                }
                _ => self.any_time(text, start),
            },
            Role::Kept(place) => {
                let end = plain_string_end(bytes, start)?;
                let raw = text.get(start..end)?;
                if raw.len() <= NOTHING_MAX && is_nothing(raw.as_bytes()) {
                    // What another place of the field said stays.
                    return None;
                }
                *self.kept.get_mut(usize::from(place))? = raw;
                Some(end)
            }
            Role::Several | Role::Closer => None,
        }
    }

    #[inline]
    fn usual_word(
        &mut self,
        slot: u8,
        bytes: &'a [u8],
        start: usize,
        words: &mut WordBook,
    ) -> Option<usize> {
        let window = window(bytes, start)?;
        // The first one is the quote it starts with.
        let found = specials(window) & !1;
        if window[0] == b'"' && found != 0 {
            let length = found.trailing_zeros() as usize + 1;
            let raw = bytes.get(start..start + length)?;
            if raw.ends_with(b"\"")
                && let Some(word) = words.near_word(slot, raw, &head(window, length))
            {
                return self.say(slot, raw, word).then_some(start + length);
            }
        }
        self.any_word(slot, bytes, start, words)
    }

    /// As [`Ride::usual_word`], of a long one, or one that was not met lately.
    #[inline(never)]
    fn any_word(
        &mut self,
        slot: u8,
        bytes: &'a [u8],
        start: usize,
        words: &mut WordBook,
    ) -> Option<usize> {
        let end = plain_string_end(bytes, start)?;
        let raw = bytes.get(start..end)?;
        (!is_nothing(raw) && self.take_word(slot, raw, words)).then_some(end)
    }

    /// Takes a time of any form.
    #[inline(never)]
    fn any_time(&mut self, text: &'a str, start: usize) -> Option<usize> {
        let end = scalar_end(text.as_bytes(), start)?;
        let raw = text.get(start..end).filter(|raw| !is_nothing(raw.as_bytes()))?;
        self.read_time(raw);
        Some(end)
    }

    /// As [`Ride::usual`], of a value for several slots, which are marked, and of one that says that
    /// there is none.
    #[inline(never)]
    pub(super) fn rarer(
        &mut self,
        role: Role,
        slot: u8,
        targets: &[Target],
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Option<usize> {
        if role == Role::Several {
            return match self.meet_other(role, slot, targets, text, start, words) {
                Met::End(end) => Some(end),
                Met::None | Met::Closer => None,
            };
        }
        let bytes = text.as_bytes();
        let end = scalar_end(bytes, start).filter(|end| is_nothing(&bytes[start..*end]))?;
        self.without.add(slot);
        Some(end)
    }

    /// Takes the text of a value, a word or one that is kept; says whether that was enough.
    #[inline]
    fn keep(&mut self, role: Role, slot: u8, raw: &'a str, words: &mut WordBook) -> bool {
        self.mark(slot)
            && match role {
                Role::Word => self.take_word(slot, raw.as_bytes(), words),
                Role::Kept(place) => {
                    self.kept[usize::from(place)] = raw;
                    true
                }
                _ => false,
            }
    }

    /// Takes the value of a JSON record that starts at a place, whatever it is.
    #[inline(never)]
    pub(super) fn meet(
        &mut self,
        role: Role,
        slot: u8,
        targets: &[Target],
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Met {
        match self.usual(role, slot, text, start, words) {
            Some(end) if role == Role::Ignored || self.mark(slot) => Met::End(end),
            Some(_) => Met::Closer,
            None => self.meet_other(role, slot, targets, text, start, words),
        }
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
            Role::Word | Role::Kept(_) => self.plain_cell(role, slot, text, cell.clone(), words),
            _ => None,
        };
        is_taken.unwrap_or_else(|| self.meet_other_cell(role, slot, targets, &text[cell], words))
    }

    /// Takes a cell whose text is as it stands; nothing where it is not.
    #[inline]
    fn plain_cell(
        &mut self,
        role: Role,
        slot: u8,
        text: &'a str,
        cell: Range<usize>,
        words: &mut WordBook,
    ) -> Option<bool> {
        let raw = text.get(cell.clone()).unwrap_or_default();
        let bytes = raw.as_bytes();
        if role == Role::Word
            && let Some(window) = window(text.as_bytes(), cell.start)
            && let Some(word) = words.near_word(slot, bytes, &head(window, bytes.len()))
        {
            return Some(self.mark(slot) && self.say(slot, bytes, word));
        }
        let is_ink = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let is_plain = is_ink(bytes.first()) && is_ink(bytes.last()) && bytes[0] != b'{';
        (is_plain && !is_nothing(bytes)).then(|| self.keep(role, slot, raw, words))
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

    /// As [`Ride::meet`], of an unusual value.
    pub(super) fn meet_other(
        &mut self,
        role: Role,
        slot: u8,
        targets: &[Target],
        text: &'a str,
        start: usize,
        words: &mut WordBook,
    ) -> Met {
        let Some(end) = scalar_end(text.as_bytes(), start) else { return Met::None };
        let raw = &text[start..end];
        let is_taken = match role {
            Role::Several => targets.iter().all(|target| self.take(*target, raw, words)),
            role => self.take_as(role, slot, raw, words),
        };
        if is_taken { Met::End(end) } else { Met::Closer }
    }
}

impl<'a> Raw<'a> for Ride<'a> {
    /// Of words, what was kept, and an unusual time; nobody asks for the text of numbers.
    #[inline]
    fn raw(&self, slot: usize) -> &'a str {
        let is_seen = || self.seen.has_any(Slots::at(slot));
        match self.roles[slot] {
            Role::Kept(place) if is_seen() => self.kept[usize::from(place)],
            Role::Word => {
                let mut words = self.words[..self.phrase.len()].iter();
                let found = words.find(|(known, _)| usize::from(*known) == slot);
                // It was cut out of text at quotes or delimiters.
                let text = |raw| std::str::from_utf8(raw).expect("a piece of a text");
                found.map_or("", |(_, raw)| text(raw))
            }
            Role::Time if self.time.is_none() && is_seen() => self.time_text,
            _ => "",
        }
    }
}

/// Where the string ends that starts at a place, if it has no escapes.
#[inline]
fn plain_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let end = plain_end(bytes, start + 1);
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}
