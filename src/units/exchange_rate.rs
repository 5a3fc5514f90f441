//! What a dollar is worth in another currency, as somebody declared it.

use std::fmt;

use super::decimal::{DecimalError, Excess, divide_half_even, format_decimal, parse_decimal};
use super::usd::Usd;

/// Decimals of a rate that are held exactly.
const SCALE: u32 = 9;

/// A rate of one, in billionths.
const ONE: u64 = 1_000_000_000;

/// No currency has so many units to the dollar; it also keeps products within their integers.
const LARGEST: u64 = 1_000_000 * ONE;

/// Units of the last place of an amount in a dollar.
const ATTO: i128 = 1_000_000_000_000_000_000;

/// Units of another currency for one US dollar, in billionths: more than nothing, a million at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRate(u64);

impl ExchangeRate {
    /// Dollars for dollars.
    pub const ONE: Self = Self(ONE);

    /// Reads `0.92`.
    ///
    /// # Errors
    /// When the text is no number, has more than nine decimals, is not above zero, or above a
    /// million.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let parts = parse_decimal(text.trim(), SCALE, Excess::Reject)?;
        match u64::try_from(parts) {
            Ok(0) => Err(DecimalError::NotANumber),
            Ok(parts) if parts <= LARGEST => Ok(Self(parts)),
            Err(_) if parts < 0 => Err(DecimalError::Negative),
            Ok(_) | Err(_) => Err(DecimalError::TooLarge),
        }
    }

    /// The count of billionths of the currency for a dollar.
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// What `amount` is worth, as an integer of units of `10^-decimals`, ties to the even one.
    ///
    /// Multiplying and rounding are one step. The product has 27 decimals, which no amount here
    /// holds; rounded to eighteen of them first and then to cents, a half cent may fall on the wrong
    /// side. `decimals` may be negative, for thousands and millions.
    ///
    /// # Panics
    /// When `decimals` is below -12 or above 18, or above 9 for an amount of billions: a bug.
    pub fn rounded(self, amount: Usd, decimals: i32) -> i128 {
        let parts = i128::from(self.0);
        let (dollars, rest) = (amount.atto().div_euclid(ATTO), amount.atto().rem_euclid(ATTO));
        // Below 1.8 * 10^20 dollars and 10^15 parts, neither product leaves its integer.
        let (coarse, fine) = (dollars * parts, rest * parts);
        let exponent = |power: i32| 10_i128.pow(u32::try_from(power).expect("within the range"));
        if decimals > 9 {
            // Of all 27 decimals, those that stay are above the others.
            let unit = exponent(27 - decimals);
            return coarse * exponent(decimals - 9) + divide_half_even(fine, unit);
        }
        let (billionths, below) = (coarse + fine / ATTO, fine % ATTO);
        let unit = exponent(9 - decimals);
        let (quotient, remainder) = (billionths.div_euclid(unit), billionths.rem_euclid(unit));
        // The remainder in front, then what is below a billionth: compared like one long number.
        let (other, other_below) =
            if below == 0 { (unit - remainder, 0) } else { (unit - remainder - 1, ATTO - below) };
        match (remainder, below).cmp(&(other, other_below)) {
            std::cmp::Ordering::Less => quotient,
            std::cmp::Ordering::Greater => quotient + 1,
            std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
        }
    }
}

/// Decimal text: `0.92`.
impl fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(i128::from(self.0), SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(rate: &str, amount: &str, decimals: i32, expected: i128) {
        let rate = ExchangeRate::parse(rate).expect("a rate");
        let amount = Usd::parse(amount, Excess::Reject).expect("an amount");
        assert_eq!(rate.rounded(amount, decimals), expected, "{amount} at {rate}");
    }

    #[test]
    fn a_rate_is_above_nothing_and_below_a_million() {
        for text in ["0", "-1", "1000001", "x", "0.0000000001", ""] {
            assert!(ExchangeRate::parse(text).is_err(), "{text}");
        }
        let refused = |text| ExchangeRate::parse(text).expect_err(text);
        assert_eq!(refused("-1"), DecimalError::Negative);
        assert_eq!(refused("1000000000000"), DecimalError::TooLarge);
        let rate = ExchangeRate::parse("0.920").expect("a rate");
        assert_eq!((rate.to_string().as_str(), rate.parts()), ("0.92", 920_000_000));
    }

    #[test]
    fn amounts_are_rounded_once_half_to_even() {
        check("0.92", "100", 2, 92_00);
        check("155.25", "48210.07", 0, 7_484_613);
        check("0.5", "0.01", 2, 0);
        check("0.5", "0.03", 2, 2);
        check("0.5", "-0.01", 2, 0);
        check("0.5", "-0.03", 2, -2);
        // 0.005 and a 10^27th of it: above the half, however little.
        check("0.000000001", "5000000.000000000000000001", 2, 1);
        check("0.000000001", "5000000", 2, 0);
        // One and a half billionths: nine decimals are the last of the coarse way.
        check("0.000000001", "1.5", 9, 2);
        check("0.92", "1.000000000000000001", 18, 920_000_000_000_000_001);
    }

    #[test]
    fn large_amounts_may_be_rounded_to_thousands() {
        check("1", "1234567.89", -3, 1_235);
        check("1", "1500000", -6, 2);
        check("1000000", "170000000000000000000", -12, 170_000_000_000_000);
    }

    proptest! {
        #[test]
        fn at_a_rate_of_one_it_is_plain_rounding(atto in -10i128.pow(30)..10i128.pow(30), decimals in 0..18) {
            let unit = 10i128.pow(u32::try_from(18 - decimals).expect("small"));
            let rounded = ExchangeRate::ONE.rounded(Usd::from_atto(atto), decimals);
            prop_assert_eq!(rounded, divide_half_even(atto, unit));
        }

        #[test]
        fn small_products_agree_with_long_division(
            atto in -10i128.pow(22)..10i128.pow(22), parts in 1u64..1_000_000_000_000, decimals in -3..18,
        ) {
            let unit = 10i128.pow(u32::try_from(27 - decimals).expect("small"));
            let expected = divide_half_even(atto * i128::from(parts), unit);
            prop_assert_eq!(ExchangeRate(parts).rounded(Usd::from_atto(atto), decimals), expected);
        }
    }
}
