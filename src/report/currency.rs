//! The currency in which people read amounts, at a rate they declared.

use crate::units::ExchangeRate;

/// A currency and what a dollar is worth in it. Dollars stay what everything is computed in, and
/// what programs are given.
///
/// A report carries the rate and no converted amount: its amounts end at 10⁻¹⁸ dollars, so a
/// converted one would be rounded here and again where it is printed. `render` multiplies and rounds
/// in the one step of [`ExchangeRate::rounded`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    code: [u8; 3],
    /// What a dollar is worth.
    pub rate: ExchangeRate,
    /// The day on which that was so, as days since 1970, where it was said.
    pub declared_for: Option<i32>,
}

/// Currencies without a smaller unit in use, by ISO 4217.
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF",
];

/// Currencies whose smaller unit is a thousandth, by ISO 4217.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Currency {
    /// US dollars as they are.
    pub const DOLLARS: Self = Self { code: *b"USD", rate: ExchangeRate::ONE, declared_for: None };

    /// A currency by its code of three letters, such as `EUR`; nothing where that is no code, or
    /// where dollars have another rate than one.
    pub fn new(code: &str, rate: ExchangeRate, declared_for: Option<i32>) -> Option<Self> {
        let code: [u8; 3] = code.to_ascii_uppercase().into_bytes().try_into().ok()?;
        let is_code = code.iter().all(u8::is_ascii_uppercase);
        let is_possible = code != Self::DOLLARS.code || rate == ExchangeRate::ONE;
        (is_code && is_possible).then_some(Self { code, rate, declared_for })
    }

    /// The code, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Whether amounts are shown as they are.
    pub fn is_dollars(&self) -> bool {
        self.code == Self::DOLLARS.code
    }

    /// Decimals of its smallest unit in use: 2 for most, 0 for the yen.
    pub fn minor_digits(&self) -> u32 {
        match self.code() {
            code if WHOLE.contains(&code) => 0,
            code if THOUSANDTHS.contains(&code) => 3,
            _ => 2,
        }
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::DOLLARS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_letters_and_dollars_have_a_rate_of_one() {
        let rate = ExchangeRate::parse("0.92").expect("a rate");
        let code = |text| Currency::new(text, rate, None).map(|one| one.code().to_owned());
        assert_eq!(code("eur").as_deref(), Some("EUR"));
        assert_eq!([code("EURO"), code("E1R"), code("€"), code("usd")], [None, None, None, None]);
        assert_eq!(Currency::new("usd", ExchangeRate::ONE, None), Some(Currency::DOLLARS));
    }

    #[test]
    fn not_every_currency_has_cents() {
        let digits =
            |text| Currency::new(text, ExchangeRate::ONE, None).map(|one| one.minor_digits());
        assert_eq!(["JPY", "EUR", "KWD"].map(digits), [Some(0), Some(2), Some(3)]);
    }
}
