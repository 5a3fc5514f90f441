//! The way that most records of a log go, in one piece: value after value without a choice.
//!
//! At each place of a layout ([`super::layout`]) something else may follow. What follows mostly is
//! laid in a row, so that the loop over the values of a record has nothing to look up. A record that
//! leaves the track takes single steps until it meets the track again.

use std::ops::Range;

use super::layout::{Layouts, START, Step};
use super::ride::{Met, Ride};
use super::roles::{Role, Slots};
use super::scan::{Text, Texts};
use super::words::WordBook;

/// A value on the track.
#[derive(Debug)]
struct Rail {
    /// What stands before it.
    text: Text,
    role: Role,
    slot: u8,
    /// Where its slots stand, if it has several.
    targets: Range<usize>,
    /// The place it comes after.
    place: usize,
    /// The slots of those before it.
    before: Slots,
}

/// Which values mostly follow each other, from the start of a record on.
#[derive(Debug, Default)]
pub(super) struct Track {
    rails: Vec<Rail>,
    /// The place behind the last one, the slots of all, and what mostly ends a record there.
    last: usize,
    slots: Slots,
    end: Option<Text>,
    /// For each place, which rail leads on.
    from: Vec<Option<usize>>,
    /// Whether something else may be more frequent by now. The track is right nevertheless.
    pub(super) is_stale: bool,
    /// How many records have come since then.
    waited: u32,
}

/// It is laid anew after so many records, not with each that differs.
const PATIENCE: u32 = if cfg!(any(test, fuzzing)) { 3 } else { 64 };

impl Track {
    /// The place behind which a rail starts.
    fn place(&self, rail: usize) -> usize {
        self.rails.get(rail).map_or(self.last, |rail| rail.place)
    }

    /// The slots of a piece of track.
    #[inline]
    fn slots(&self, from: usize, to: usize) -> Slots {
        let before = |rail: usize| self.rails.get(rail).map_or(self.slots, |rail| rail.before);
        before(to).without(before(from))
    }

    /// Where a record ends that went along the whole track.
    #[inline]
    fn end(&self, texts: &Texts, bytes: &[u8], at: usize) -> Option<usize> {
        let text = self.end.as_ref()?;
        let end = at + text.len();
        let is_line = bytes.get(end).is_none_or(|byte| *byte == b'\n');
        (is_line && texts.stands(text, bytes, at)).then_some(end)
    }
}

/// What follows a value.
enum Next {
    /// Another one, which ends at `at`, and whose place is this.
    Value { place: usize, at: usize },
    /// Nothing: the record ends there.
    End(usize),
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
        let bytes = text.as_bytes();
        let (mut rail, mut at) = (0, start);
        loop {
            let (next, end) = self.follow(rail, at, text, ride, words);
            if !ride.pass(self.track.slots(rail, next)) {
                return None;
            }
            if next == self.track.rails.len()
                && let Some(end) = self.track.end(&self.texts, bytes, end)
            {
                self.matched();
                return Some(end);
            }
            let mut place = self.track.place(next);
            at = end;
            rail = loop {
                match self.unusual(text, place, at, ride, words)? {
                    Next::Value { place: met, at: end } => (place, at) = (met, end),
                    Next::End(end) => return Some(end),
                }
                if let Some(rail) = self.track.from.get(place).copied().flatten() {
                    break rail;
                }
            };
        }
    }

    /// Follows the track from a rail on, as far as a record does, and says which rail comes next and
    /// where the value before it ended.
    #[inline]
    fn follow<'a>(
        &self,
        from: usize,
        at: usize,
        text: &'a str,
        ride: &mut Ride<'a>,
        words: &mut WordBook,
    ) -> (usize, usize) {
        let bytes = text.as_bytes();
        let (mut passed, mut at) = (from, at);
        for rail in self.track.rails.get(from..).unwrap_or_default() {
            if !self.texts.stands(&rail.text, bytes, at) {
                break;
            }
            let start = at + rail.text.len();
            let (role, slot) = (rail.role, rail.slot);
            let end = ride.usual(role, slot, text, start, words).or_else(|| {
                ride.rarer(role, slot, &self.targets[rail.targets.clone()], text, start, words)
            });
            let Some(end) = end else { break };
            at = end;
            passed += 1;
        }
        (passed, at)
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
            let (targets, start) = (&self.targets[step.targets.clone()], at + step.text.len());
            let end = match ride.meet(step.role, step.slot, targets, text, start, words) {
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

    /// Lays the track anew where that is worth it. Before a record: none is on it.
    #[inline]
    pub(super) fn look_at_track(&mut self) {
        if self.track.is_stale {
            self.lay_track();
        }
    }

    #[inline(never)]
    fn lay_track(&mut self) {
        self.track.waited += 1;
        if !self.track.rails.is_empty() && self.track.waited < PATIENCE {
            return;
        }
        let track = &mut self.track;
        track.rails.clear();
        track.from.clear();
        track.from.resize(self.places.len(), None);
        (track.slots, track.last) = (Slots::default(), START);
        loop {
            let place = track.last;
            // A key that stands twice in a record may lead back.
            if track.from[place].is_some() {
                break;
            }
            track.from[place] = Some(track.rails.len());
            let Some(step) = self.places[place].next.first() else { break };
            let slots = match step.role {
                Role::Closer => break,
                Role::Several | Role::Ignored => Slots::default(),
                _ => Slots::at(usize::from(step.slot)),
            };
            if track.slots.has_any(slots) {
                break;
            }
            let Step { text, role, slot, ref targets, .. } = *step;
            let (targets, before) = (targets.clone(), track.slots);
            track.rails.push(Rail { text, role, slot, targets, place, before });
            track.slots = track.slots.with(slots);
            track.last = step.place;
        }
        track.end = self.places[track.last].ends.first().copied();
        (track.is_stale, track.waited) = (false, 0);
    }
}
