//! Dollars weighted by a share of a call, still exact.

use super::decimal::divide_half_even;
use super::factor::{ONE, Rate};
use super::usd::Usd;

const OVERFLOW: &str = "weighted amounts stay below 10^11 dollars, the range of the integer";

/// An exact amount in units of 10⁻²⁷ dollars: an amount of [`Usd`] times a [`Rate`].
///
/// A technique at an assumed rate splits a call into weighted parts; their costs are summed here
/// and rounded once, at the end. Range: about ±10¹¹ dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FineUsd(i128);

impl FineUsd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// `amount * weight`, or nothing when it does not fit.
    pub fn weighted(amount: Usd, weight: Rate) -> Option<Self> {
        let weight = i128::from(weight.parts());
        match i64::try_from(amount.atto()) {
            // A weight has 30 bits.
            Ok(amount) => Some(Self(i128::from(amount) * weight)),
            Err(_) => amount.atto().checked_mul(weight).map(Self),
        }
    }

    /// The sum, or nothing when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or nothing when it does not fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Rounds half to even to 10⁻¹⁸ dollars.
    pub fn to_usd(self) -> Usd {
        Usd::from_atto(divide_half_even(self.0, i128::from(ONE)))
    }

    /// The count of 10⁻²⁷ dollars.
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// An amount from its count of 10⁻²⁷ dollars.
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl From<Usd> for FineUsd {
    fn from(amount: Usd) -> Self {
        Self::weighted(amount, Rate::ONE).expect(OVERFLOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighting_then_rounding_is_exact_for_whole_weights() {
        let amount = Usd::from_atto(1_234_567);
        assert_eq!(FineUsd::from(amount).to_usd(), amount);
    }

    #[test]
    fn what_does_not_fit_is_refused_not_wrapped() {
        let (most, one) = (FineUsd::from_raw(i128::MAX), FineUsd::from_raw(1));
        assert_eq!(most.checked_add(one), None);
        assert_eq!(FineUsd::from_raw(i128::MIN).checked_sub(one), None);
    }

    #[test]
    fn halves_round_to_even() {
        let half = Rate::parse("0.5").expect("a rate");
        let weighted = |atto| FineUsd::weighted(Usd::from_atto(atto), half).expect("fits").to_usd();
        assert_eq!(weighted(5), Usd::from_atto(2));
        assert_eq!(weighted(7), Usd::from_atto(4));
        assert_eq!(weighted(-5), Usd::from_atto(-2));
    }

    #[test]
    fn parts_add_up_whatever_their_size() {
        for atto in [-7, 7, i128::from(i64::MAX) + 1, i128::from(i64::MIN) - 1] {
            let amount = Usd::from_atto(atto);
            let rate = Rate::parse("0.3").expect("a rate");
            let part = FineUsd::weighted(amount, rate).expect("fits");
            let rest = FineUsd::weighted(amount, rate.complement()).expect("fits");
            assert_eq!(part.raw(), atto * 300_000_000);
            assert_eq!(part.checked_add(rest), Some(FineUsd::from(amount)));
            assert_eq!(FineUsd::from(amount).checked_sub(rest), Some(part));
        }
        assert_eq!(FineUsd::weighted(Usd::from_atto(i128::MAX), Rate::ONE), None);
        assert!(FineUsd::ZERO.is_zero() && !FineUsd::from_raw(1).is_zero());
    }
}
