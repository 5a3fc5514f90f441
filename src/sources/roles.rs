//! What the short way does with the value of a field.

use super::field::Field;
use super::paths::Target;

/// Counts of tokens that the short way knows.
pub(super) const COUNTS: [Field; 11] = [
    Field::Input,
    Field::CacheRead,
    Field::CacheWrite,
    Field::CacheWrite5m,
    Field::CacheWrite1h,
    Field::Output,
    Field::Reasoning,
    Field::AudioInput,
    Field::ImageInput,
    Field::AudioOutput,
    Field::ImageOutput,
];

/// Other whole numbers.
pub(super) const NUMBERS: [Field; 7] = [
    Field::Total,
    Field::Searches,
    Field::FileSearches,
    Field::MaxTokens,
    Field::Attempt,
    Field::LatencyMs,
    Field::Calls,
];

/// More values than this are kept of no record.
pub(super) const KEPT_MAX: usize = 32;

/// What the short way does with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Ignored,
    /// It is a number: its place among [`COUNTS`] and [`NUMBERS`].
    Number(u8),
    /// It is the time.
    Time,
    /// It is a word.
    Word,
    /// Keeps it, at this place.
    Kept(u8),
    /// It has several slots.
    Several,
    /// Leaves the record to the long way.
    Closer,
}

impl Role {
    /// The role of a value that goes to these slots, and the slot if it is one.
    pub(super) fn among(targets: &[Target], roles: &[Self]) -> (Self, u8) {
        let role = |target: &Target| *roles.get(usize::from(target.slot)).unwrap_or(&Self::Closer);
        match targets {
            [] => (Self::Ignored, 0),
            [one] => u8::try_from(one.slot).map_or((Self::Closer, 0), |slot| (role(one), slot)),
            _ => (Self::Several, 0),
        }
    }
}

/// Some slots, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slots([u64; 2]);

impl Slots {
    /// So many there can be.
    pub(super) const MOST: usize = 128;

    /// The slots of these fields.
    pub(super) const fn of(fields: &[Field]) -> Self {
        let (mut slots, mut place) = (Self([0; 2]), 0);
        while place < fields.len() {
            let slot = fields[place].slot();
            slots.0[slot >> 6] |= 1 << (slot & 63);
            place += 1;
        }
        slots
    }

    /// Just this one.
    pub(super) const fn at(slot: usize) -> Self {
        let mut slots = Self([0; 2]);
        slots.0[slot >> 6 & 1] = 1 << (slot & 63);
        slots
    }

    /// Whether all of others are among them.
    pub(super) const fn has_all(self, other: Self) -> bool {
        self.0[0] & other.0[0] == other.0[0] && self.0[1] & other.0[1] == other.0[1]
    }

    /// Whether one of others is among them.
    pub(super) const fn has_any(self, other: Self) -> bool {
        self.0[0] & other.0[0] | self.0[1] & other.0[1] != 0
    }

    /// Those that are in either.
    #[inline]
    pub(super) const fn with(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    /// Those that are not among others.
    #[inline]
    pub(super) const fn without(self, other: Self) -> Self {
        Self([self.0[0] & !other.0[0], self.0[1] & !other.0[1]])
    }

    /// Adds a slot; says whether it was not among them.
    #[inline]
    pub(super) const fn add(&mut self, slot: u8) -> bool {
        let (half, bit) = ((slot as usize) >> 6 & 1, 1 << (slot & 63));
        let is_new = self.0[half] & bit == 0;
        self.0[half] |= bit;
        is_new
    }
}
