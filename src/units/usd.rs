//! Dollars as an integer count of 10⁻¹⁸ dollars.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use super::decimal::{DecimalError, Excess, format_decimal, parse_decimal};
use super::factor::Factor;

/// Decimals of a dollar that are held exactly.
pub(super) const SCALE: u32 = 18;

const OVERFLOW: &str = "amounts stay below 10^20 dollars, the range of the integer behind them";

/// An exact amount of US dollars, in units of 10⁻¹⁸ dollars; may be negative.
///
/// The scale holds every published price per token with three stacked multipliers without a
/// remainder. There is no conversion from or to a float, and no multiplication by another amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount from its count of 10⁻¹⁸ dollars.
    pub const fn from_atto(atto: i128) -> Self {
        Self(atto)
    }

    /// The count of 10⁻¹⁸ dollars.
    pub const fn atto(self) -> i128 {
        self.0
    }

    /// Reads decimal text such as `0.0125`.
    ///
    /// # Errors
    /// When the text is no decimal number, does not fit, or has more than 18 decimals and
    /// `excess` refuses them.
    pub fn parse(text: &str, excess: Excess) -> Result<Self, DecimalError> {
        parse_decimal(text, SCALE, excess).map(Self)
    }

    /// The sum, or nothing when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// This amount `count` times, or nothing when it does not fit.
    pub fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(i128::from(count)).map(Self)
    }

    /// This amount times a multiplier, or nothing when that is not exact or does not fit.
    pub fn scaled(self, factor: Factor) -> Option<Self> {
        let product = self.0.checked_mul(i128::from(factor.parts()))?;
        let one = i128::from(Factor::ONE.parts());
        (product % one == 0).then_some(Self(product / one))
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Exact decimal text without trailing zeros: `12.5`, never rounded.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(self.0, SCALE))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect(OVERFLOW))
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect(OVERFLOW))
    }
}

impl Neg for Usd {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.checked_neg().expect(OVERFLOW))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_exact() {
        let amount = Usd::parse("0.000000000000000001", Excess::Reject);
        assert_eq!(amount, Ok(Usd::from_atto(1)));
        assert_eq!(Usd::from_atto(-1_500_000_000_000_000_000).to_string(), "-1.5");
        assert_eq!(Usd::ZERO.to_string(), "0");
    }

    #[test]
    fn a_sum_that_does_not_fit_is_refused_not_wrapped() {
        assert_eq!(Usd::from_atto(i128::MAX).checked_add(Usd::from_atto(1)), None);
        assert_eq!(Usd::from_atto(i128::MAX).times(2), None);
    }

    #[test]
    fn amounts_add_up() {
        let (three, five) = (Usd::from_atto(3), Usd::from_atto(5));
        assert_eq!((three + five, three - five, -three), (Usd(8), Usd(-2), Usd(-3)));
        assert_eq!([three, five, -three].into_iter().sum::<Usd>(), five);
        assert_eq!((three.checked_add(five), three.times(5)), (Some(Usd(8)), Some(Usd(15))));
        assert!(Usd::ZERO.is_zero() && !three.is_zero());
        let mut sum = three;
        sum += five;
        assert_eq!(sum.atto(), 8);
    }

    #[test]
    fn a_multiple_is_exact_or_not_there() {
        let factor = Factor::parse("1.5").expect("a factor");
        assert_eq!(Usd(4).scaled(factor), Some(Usd(6)));
        assert_eq!(Usd(3).scaled(factor), None);
        assert_eq!(Usd(i128::MAX).scaled(factor), None);
    }

    proptest! {
        #[test]
        fn every_amount_survives_print_and_parse(atto in any::<i128>()) {
            prop_assume!(atto != i128::MIN);
            let amount = Usd::from_atto(atto);
            prop_assert_eq!(Usd::parse(&amount.to_string(), Excess::Reject), Ok(amount));
        }
    }
}
