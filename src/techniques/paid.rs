//! What part of the list price is paid, for each kind of charge.

use serde::Deserialize;

use crate::pricing::Charge;
use crate::units::{Rate, TokenClass};

/// A kind of charge that contracts treat apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// Input that is not read from a cache or written to it: text, sound and images.
    Input,
    /// Output of every kind, reasoning included.
    Output,
    /// Input read from a cache.
    CacheRead,
    /// Input written to a cache, for however long.
    CacheWrite,
    /// Searches, and fees for a request.
    Fees,
}

impl ChargeKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Input, Self::Output, Self::CacheRead, Self::CacheWrite, Self::Fees];

    /// The name in plans and machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache_read",
            Self::CacheWrite => "cache_write",
            Self::Fees => "fees",
        }
    }

    const fn of(charge: Charge) -> Self {
        match charge {
            Charge::Fee => Self::Fees,
            Charge::Tokens(class) => match class {
                TokenClass::Input | TokenClass::AudioInput | TokenClass::ImageInput => Self::Input,
                TokenClass::CacheRead | TokenClass::AudioCacheRead => Self::CacheRead,
                TokenClass::CacheWrite5m | TokenClass::CacheWrite1h => Self::CacheWrite,
                TokenClass::Output
                | TokenClass::Reasoning
                | TokenClass::AudioOutput
                | TokenClass::ImageOutput => Self::Output,
            },
        }
    }
}

/// The part of the list price that is paid, by kind of charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid([Rate; ChargeKind::ALL.len()]);

impl Paid {
    /// The list price.
    pub const WHOLE: Self = Self([Rate::ONE; ChargeKind::ALL.len()]);

    /// Nothing.
    pub const NOTHING: Self = Self([Rate::ZERO; ChargeKind::ALL.len()]);

    /// The same part of every charge.
    pub const fn all(rate: Rate) -> Self {
        Self([rate; ChargeKind::ALL.len()])
    }

    /// Sets the part that is paid of one kind of charge.
    pub fn set(&mut self, kind: ChargeKind, rate: Rate) {
        self.0[kind as usize] = rate;
    }

    /// The part that is paid of a charge.
    pub const fn of(&self, charge: Charge) -> Rate {
        self.0[ChargeKind::of(charge) as usize]
    }

    /// The part that is paid of everything; nothing when it differs.
    pub fn even(&self) -> Option<Rate> {
        let [first, rest @ ..] = self.0;
        rest.iter().all(|rate| *rate == first).then_some(first)
    }

    /// One discount after another.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut product = *self;
        for (paid, rate) in product.0.iter_mut().zip(other.0) {
            *paid = paid.times(rate);
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_place_and_every_charge_a_kind() {
        for (place, kind) in ChargeKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place, "{}", kind.name());
        }
        let mut paid = Paid::WHOLE;
        paid.set(ChargeKind::CacheWrite, Rate::ZERO);
        let free = TokenClass::ALL.into_iter().filter(|class| {
            let charge = Charge::Tokens(*class);
            paid.of(charge) == Rate::ZERO
        });
        let free: Vec<TokenClass> = free.collect();
        assert_eq!(free, [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h]);
        assert_eq!(paid.of(Charge::Fee), Rate::ONE);
        assert_eq!((paid.even(), Paid::WHOLE.even()), (None, Some(Rate::ONE)));
    }
}
