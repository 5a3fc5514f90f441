//! Dollars for one token.

use super::decimal::{DecimalError, Excess, format_decimal, parse_decimal};
use super::factor::Factor;
use super::share::Share;
use super::tokens::Tokens;
use super::usd::Usd;

/// Decimals of dollars per million tokens: 10⁻¹² $/M is 10⁻¹⁸ dollars a token.
const PER_MILLION_SCALE: u32 = 12;

/// The exact price of one token, in units of 10⁻¹⁸ dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenPrice(i128);

impl TokenPrice {
    /// Free.
    pub const ZERO: Self = Self(0);

    /// A dollar a token: a million dollars per million tokens.
    pub const DOLLAR: Self = Self(1_000_000_000_000_000_000);

    /// The price in units of 10⁻¹⁸ dollars.
    pub const fn atto(self) -> i128 {
        self.0
    }

    /// Reads dollars per million tokens, such as `0.003625`.
    ///
    /// # Errors
    /// When the text is no number, is negative, or has more than twelve decimals.
    pub fn parse_per_million(text: &str) -> Result<Self, DecimalError> {
        let atto = parse_decimal(text, PER_MILLION_SCALE, Excess::Reject)?;
        if atto < 0 { Err(DecimalError::Negative) } else { Ok(Self(atto)) }
    }

    /// Dollars per million tokens as decimal text.
    pub fn per_million(self) -> String {
        format_decimal(self.0, PER_MILLION_SCALE)
    }

    /// This price times a multiplier, or nothing when that is not exact.
    pub fn scaled(self, factor: Factor) -> Option<Self> {
        let product = self.0.checked_mul(i128::from(factor.parts()))?;
        let one = i128::from(Factor::ONE.parts());
        (product % one == 0).then_some(Self(product / one))
    }

    /// The multiplier that makes this price of another one, or nothing when none is exact.
    pub fn over(self, other: Self) -> Option<Factor> {
        let product = self.0.checked_mul(i128::from(Factor::ONE.parts()))?;
        if other.0 == 0 || product % other.0 != 0 {
            return None;
        }
        u64::try_from(product / other.0).ok().map(Factor::from_parts)
    }

    /// How much more this is than an older price, as a part of that one; nothing when that one was
    /// nothing.
    pub fn change_from(self, older: Self) -> Option<Share> {
        Share::of(self.0 - older.0, older.0)
    }

    /// What `tokens` cost, or nothing when it does not fit.
    pub fn cost_of(self, tokens: Tokens) -> Option<Usd> {
        let count = i128::from(tokens.get());
        match i64::try_from(self.0) {
            // 63 bits times 64 always fit.
            Ok(price) => Some(Usd::from_atto(i128::from(price) * count)),
            Err(_) => self.0.checked_mul(count).map(Usd::from_atto),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact_and_print_as_read() {
        let price = TokenPrice::parse_per_million("0.003625").expect("a price");
        assert_eq!(price.per_million(), "0.003625");
        let cost = price.cost_of(Tokens::new(3)).expect("fits");
        assert_eq!(cost.to_string(), "0.000000010875");
        assert_eq!(TokenPrice::parse_per_million("-1"), Err(DecimalError::Negative));
    }

    #[test]
    fn a_multiplier_that_leaves_a_remainder_is_refused() {
        let factor = Factor::parse("0.5").expect("a factor");
        assert_eq!(TokenPrice(3).scaled(factor), None);
        assert_eq!(TokenPrice(4).scaled(factor), Some(TokenPrice(2)));
    }

    #[test]
    fn the_multiplier_between_two_prices_is_exact_or_not_there() {
        let price = |text| TokenPrice::parse_per_million(text).expect("a price");
        assert_eq!(price("3.75").over(price("3")), Factor::parse("1.25").ok());
        assert_eq!(price("1").over(price("3")), None);
        assert_eq!(price("1").over(TokenPrice::ZERO), None);
        assert_eq!(price("3").change_from(price("4")).map(Share::ratio), Some(-0.25));
        assert_eq!(TokenPrice(i128::MAX).over(price("1")), None);
    }

    #[test]
    fn prices_of_any_size_cost_what_the_tokens_are_times_them() {
        for price in [0, 1, 3, i64::MAX.into(), i128::from(i64::MAX) + 1, i128::MAX / 4] {
            let cost = TokenPrice(price).cost_of(Tokens::new(3));
            assert_eq!(cost, Some(Usd::from_atto(price * 3)), "{price}");
        }
        assert_eq!(TokenPrice(i128::MAX / 2).cost_of(Tokens::new(3)), None);
        assert_eq!(TokenPrice(7).atto(), 7);
        assert_eq!(TokenPrice::parse_per_million("0"), Ok(TokenPrice::ZERO));
    }
}
