//! Exact multipliers: rates between nothing and all, and factors of any size.

use std::fmt;

use super::decimal::{DecimalError, Excess, divide_half_even, format_decimal, parse_decimal};
use super::tokens::Tokens;

const SCALE: u32 = 9;

/// The parts of a whole: rates and factors count billionths.
pub(super) const ONE: u64 = 1_000_000_000;

/// A count of billionths that is not negative.
fn whole(parts: i128) -> Result<u64, DecimalError> {
    u64::try_from(parts)
        .map_err(|_| if parts < 0 { DecimalError::Negative } else { DecimalError::TooLarge })
}

/// A part of a whole between 0 and 1, in billionths: a hit rate, a share of calls, a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All.
    pub const ONE: Self = Self(ONE);

    /// Reads `0.95` or `95%`.
    ///
    /// # Errors
    /// When the text is no number, has more than nine decimals, or lies outside 0 to 1.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let parts = match text.trim().strip_suffix('%') {
            Some(percent) => parse_decimal(percent.trim(), SCALE - 2, Excess::Reject)?,
            None => parse_decimal(text.trim(), SCALE, Excess::Reject)?,
        };
        let parts = whole(parts)?;
        if parts > ONE { Err(DecimalError::TooLarge) } else { Ok(Self(parts)) }
    }

    /// `part / whole` to the nearest billionth; nothing when `whole` is zero or smaller.
    pub fn of_counts(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 || part > whole {
            return None;
        }
        let parts = divide_half_even(i128::from(part) * i128::from(ONE), i128::from(whole));
        u64::try_from(parts).ok().map(Self)
    }

    /// The count of billionths.
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// What is left: `1 - rate`.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(ONE - self.0)
    }

    /// Both together, rounded down to a billionth, so that `a.times(b)` and what is left of `a`
    /// always add up to `a`.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        // At most 10^18 before the division: no need for wider integers.
        Self(self.0 * other.0 / ONE)
    }

    /// The difference; zero when `other` is larger.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This part of `tokens`, to the nearest token, ties to even.
    pub fn of(self, tokens: Tokens) -> Tokens {
        Factor(self.0).of(tokens)
    }
}

/// Decimal text: `0.95`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(i128::from(self.0), SCALE))
    }
}

/// An exact multiplier of zero or more, in billionths: a price multiplier, a tokenizer ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor(u64);

impl Factor {
    /// Changes nothing.
    pub const ONE: Self = Self(ONE);

    /// A multiplier from its count of billionths.
    pub(super) const fn from_parts(parts: u64) -> Self {
        Self(parts)
    }

    /// Reads `1.25`.
    ///
    /// # Errors
    /// When the text is no number, is negative, or has more than nine decimals.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let parts = parse_decimal(text.trim(), SCALE, Excess::Reject)?;
        whole(parts).map(Self)
    }

    /// `part / whole` to the nearest billionth; nothing when `whole` is zero or it does not fit.
    pub fn of_counts(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let parts = divide_half_even(i128::from(part) * i128::from(ONE), i128::from(whole));
        u64::try_from(parts).ok().map(Self)
    }

    /// The count of billionths.
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// `part / whole` of two amounts, to the nearest billionth where they are below 10²⁹; nothing when
    /// `whole` is zero, one of them is negative or the quotient does not fit.
    pub fn of_amounts(part: i128, whole: i128) -> Option<Self> {
        let (mut part, mut whole) = (u128::try_from(part).ok()?, u128::try_from(whole).ok()?);
        // The quotient of larger amounts is as good without their last digits.
        while part > u128::MAX / u128::from(ONE) {
            (part, whole) = (part / 10, whole / 10);
        }
        let parts = (part * u128::from(ONE) + whole / 2).checked_div(whole)?;
        u64::try_from(parts).ok().map(Self)
    }

    /// Both together, to the nearest billionth.
    ///
    /// # Panics
    /// When the product does not fit: a bug, factors are small numbers.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let parts = divide_half_even(i128::from(self.0) * i128::from(other.0), i128::from(ONE));
        Self(u64::try_from(parts).expect("factors are small numbers"))
    }

    /// `self / other` to the nearest billionth; nothing when `other` is zero.
    pub fn over(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        let parts = divide_half_even(i128::from(self.0) * i128::from(ONE), i128::from(other.0));
        u64::try_from(parts).ok().map(Self)
    }

    /// `tokens` times this factor, to the nearest token, ties to even.
    pub fn of(self, tokens: Tokens) -> Tokens {
        // Two numbers of 64 bits may need one more than there are: then the count is too large, too.
        let product = u128::from(tokens.get()) * u128::from(self.0);
        let count = i128::try_from(product).map(|it| divide_half_even(it, i128::from(ONE)));
        let count = count.map_or(u64::MAX, |count| u64::try_from(count).unwrap_or(u64::MAX));
        Tokens::new(count)
    }
}

impl From<Rate> for Factor {
    fn from(rate: Rate) -> Self {
        Self(rate.0)
    }
}

/// Decimal text: `1.25`.
impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(i128::from(self.0), SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_read_decimals_and_percent() {
        assert_eq!(Rate::parse("0.95"), Rate::parse("95%"));
        assert_eq!(Rate::parse("1"), Ok(Rate::ONE));
        assert_eq!(Rate::parse("1.01"), Err(DecimalError::TooLarge));
        assert_eq!(Rate::parse("-0.1"), Err(DecimalError::Negative));
        assert_eq!(Rate::parse("95"), Err(DecimalError::TooLarge));
        assert_eq!(Factor::parse("-0.1"), Err(DecimalError::Negative));
        assert_eq!(Factor::parse("99999999999"), Err(DecimalError::TooLarge));
    }

    #[test]
    fn numbers_print_as_they_are_read() {
        assert_eq!(Rate::parse("0.9500").expect("a rate").to_string(), "0.95");
        assert_eq!(Factor::parse("1.250").expect("a factor").to_string(), "1.25");
    }

    #[test]
    fn a_rate_of_counts_is_never_more_than_all() {
        assert_eq!(Rate::of_counts(3, 3), Some(Rate::ONE));
        assert_eq!(Rate::of_counts(0, 3), Some(Rate::ZERO));
        assert_eq!(Rate::of_counts(4, 3), None);
        assert_eq!(Rate::of_counts(0, 0), None);
    }

    #[test]
    fn a_quotient_of_amounts_is_one_of_what_is_not_negative() {
        assert_eq!(Factor::of_amounts(1, 0), None);
        assert_eq!(Factor::of_amounts(-1, 2), None);
        assert_eq!(Factor::of_amounts(1, -2), None);
        assert_eq!(Factor::of_amounts(i128::MAX, 1), None);
        assert_eq!(Factor::of_amounts(i128::MAX, i128::MAX), Some(Factor::ONE));
        assert_eq!(Factor::of_amounts(i128::MAX, i128::MAX / 8), Factor::parse("8").ok());
    }

    #[test]
    fn a_quotient_of_counts_may_be_more_than_one() {
        assert_eq!(Factor::of_counts(5, 2), Factor::parse("2.5").ok());
        assert_eq!(Factor::of_counts(5, 0), None);
    }

    #[test]
    fn a_part_and_its_rest_make_the_whole() {
        let (weight, rate) = (Rate(333_333_333), Rate(777_777_777));
        let part = weight.times(rate);
        assert_eq!(part.parts() + weight.minus(part).parts(), weight.parts());
        assert_eq!(Rate(ONE / 2).times(Rate(ONE / 4)), Rate(ONE / 8));
        assert_eq!(Rate(ONE / 4).complement(), Rate(ONE / 4 * 3));
        assert_eq!(Rate(1).minus(Rate(2)), Rate::ZERO);
    }

    #[test]
    fn tokens_round_half_to_even() {
        let half = Factor::parse("0.5").expect("a factor");
        assert_eq!(half.of(Tokens::new(5)), Tokens::new(2));
        assert_eq!(half.of(Tokens::new(7)), Tokens::new(4));
        assert_eq!(half.over(Factor::parse("0.25").expect("a factor")), Factor::parse("2").ok());
        assert_eq!(half.over(Factor(0)), None);
        assert_eq!(Factor(u64::MAX).of(Tokens::new(u64::MAX)), Tokens::new(u64::MAX));
        assert_eq!(Rate(ONE / 2).of(Tokens::new(7)), Tokens::new(4));
    }

    /// `part / whole` in billionths, ties to even, from the remainder.
    fn nearest(part: i128, whole: i128) -> u64 {
        let (down, twice) = (part * i128::from(ONE) / whole, 2 * (part * i128::from(ONE) % whole));
        let is_up = twice > whole || (twice == whole && down % 2 == 1);
        u64::try_from(down + i128::from(is_up)).expect("a small quotient")
    }

    proptest! {
        #[test]
        fn quotients_and_products_are_the_nearest_billionth(
            part in 0u64..1 << 40, whole in 1u64 << 8..1 << 40,
        ) {
            let expected = nearest(part.into(), whole.into());
            prop_assert_eq!(Factor::of_counts(part, whole).map(Factor::parts), Some(expected));
            prop_assert_eq!(Factor(part).over(Factor(whole)).map(Factor::parts), Some(expected));
            let rate = Rate::of_counts(part, whole).map(Rate::parts);
            prop_assert_eq!(rate, (part <= whole).then_some(expected));
            let product = Factor(part).times(Factor(whole / 1_000)).parts();
            let one = i128::from(ONE);
            let expected = nearest(i128::from(part) * i128::from(whole / 1_000), one * one);
            prop_assert_eq!(product, expected);
        }

        #[test]
        fn quotients_of_amounts_are_within_half_a_billionth(
            part in 0i128..10i128.pow(28), whole in 10i128.pow(20)..10i128.pow(28),
        ) {
            let found = i128::from(Factor::of_amounts(part, whole).expect("fits").parts());
            // Both sides in whole billionths of `whole`, without a product that does not fit.
            let (quotient, rest) = (part / whole, part % whole);
            let exact = quotient * i128::from(ONE) + (rest * i128::from(ONE) * 2 + whole) / (2 * whole);
            prop_assert_eq!(found, exact);
        }
    }
}
