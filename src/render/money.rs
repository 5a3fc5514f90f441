//! Amounts as text, in dollars or a declared currency.

use super::figures::{MINUS, fixed, shortened};
use crate::report::Currency;
use crate::units::{Usd, format_decimal};

/// Writes amounts, in dollars or in a declared currency, with the number of decimals that suits the
/// largest of them.
///
/// Here an amount becomes one of the currency, as the last step before it is text: what is added up
/// and compared everywhere else are dollars, so that the parts of a table add up and nothing is
/// rounded twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Money {
    currency: Currency,
    decimals: u32,
    /// Whether each amount has digits of its own instead.
    is_own: bool,
    /// Whether amounts of a million and more are shortened.
    is_short: bool,
}

/// Amounts so many times apart have no digits in common that say something.
const TIMES_APART: i128 = 10_000;

/// A million units of a currency, in hundredths.
const MILLION: i128 = 100_000_000;

/// Pages of so many columns have room for all digits of a million.
const ROOM_FOR_MILLIONS: u16 = 100;

/// Decimals of what pictures measure.
const MEASURE: i32 = 9;

/// The most decimals of an amount that stands alone.
const MOST_DECIMALS: u32 = 9;

impl Money {
    /// Cents for a bill of a dollar or more; two or four decimals more for smaller ones. Likewise
    /// the smallest unit of other currencies.
    pub(super) fn for_bill(total: Usd, currency: Currency) -> Self {
        let cents = currency.minor_digits();
        let hundredths = rounded(currency, total, cents + 2).unsigned_abs();
        let decimals = match hundredths {
            0 if total.is_zero() => cents,
            0..100 => cents + 4,
            100..10_000 => cents + 2,
            _ => cents,
        };
        Self::with(decimals, currency)
    }

    /// What stands before an amount.
    pub(super) fn symbol(self) -> String {
        self.signed("", "")
    }

    /// How many decimals amounts have.
    pub(super) const fn decimals(self) -> u32 {
        self.decimals
    }

    const fn with(decimals: u32, currency: Currency) -> Self {
        Self { currency, decimals, is_own: false, is_short: false }
    }

    /// For amounts that are not compared with each other: digits of their own for each.
    pub(super) const fn own(currency: Currency) -> Self {
        Self { currency, decimals: 0, is_own: true, is_short: false }
    }

    /// The same, for the tables of a page so wide: where there is little room, `$1.23M` stands for
    /// an amount of a million or more.
    #[must_use]
    pub(super) const fn in_tables_of(mut self, width: u16) -> Self {
        self.is_short = width < ROOM_FOR_MILLIONS;
        self
    }

    /// The currency of what is written.
    pub(super) const fn currency(self) -> Currency {
        self.currency
    }

    /// Cents, for one amount beside others of a bill; of less than a cent its own digits.
    pub(super) fn in_cents(amount: Usd, currency: Currency) -> Self {
        let cents = currency.minor_digits();
        let is_small = rounded(currency, amount, cents) == 0;
        if is_small { Self::own(currency) } else { Self::with(cents, currency) }
    }

    /// For costs of one unit that are compared: three digits of the largest, and up to two more where
    /// others would have none or different ones would look the same.
    pub(super) fn for_units(amounts: impl Iterator<Item = Usd>, currency: Currency) -> Self {
        let cents = currency.minor_digits();
        let sizes: Vec<Usd> = amounts.map(|amount| amount.max(-amount)).collect();
        let some = || sizes.iter().copied().filter(|size| !size.is_zero());
        let (Some(least), Some(most)) = (some().min(), some().max()) else {
            return Self::with(cents, currency);
        };
        if least.atto().saturating_mul(TIMES_APART) < most.atto() {
            return Self::own(currency);
        }
        let digits = |size, places| rounded(currency, size, places);
        let mut fitting = cents..=MOST_DECIMALS;
        let first = fitting.find(|decimals| digits(most, *decimals) >= 100);
        let first = first.unwrap_or(MOST_DECIMALS);
        let is_clear = |decimals: &u32| {
            let (low, high) = (digits(least, *decimals), digits(most, *decimals));
            low >= 10 && (low < high || least == most)
        };
        let enough = first + 2;
        Self::with((first..=enough).find(is_clear).unwrap_or(enough), currency)
    }

    /// An amount: `$1,234.50`, `−$3.20`; `<$0.01` for what would look like nothing.
    pub(super) fn text(self, amount: Usd) -> String {
        if amount.is_zero() {
            return self.signed("", &fixed(0, self.currency.minor_digits()));
        }
        if self.is_own {
            return self.unit(amount);
        }
        let magnitude = amount.max(-amount);
        if self.is_short && self.currency.rate.rounded(magnitude, 2) >= MILLION {
            return self.short(amount);
        }
        let number = rounded(self.currency, amount, self.decimals);
        let sign = if amount < Usd::ZERO { MINUS } else { "" };
        if number == 0 {
            let side = if sign.is_empty() { "<" } else { ">" };
            return format!("{side}{}", self.signed(sign, &fixed(1, self.decimals)));
        }
        self.signed(sign, &fixed(number.unsigned_abs(), self.decimals))
    }

    /// An amount for one call or token, with three digits that say something: `$0.00451`.
    pub(super) fn unit(self, amount: Usd) -> String {
        let cents = self.currency.minor_digits();
        let fits = |decimals: &u32| rounded(self.currency, amount, *decimals).unsigned_abs() >= 100;
        let decimals = (cents..=MOST_DECIMALS).find(fits).unwrap_or(MOST_DECIMALS);
        let text = Self::with(decimals, self.currency).text(amount);
        let Some(point) = text.find('.') else { return text };
        // Zeros at the end say nothing, but cents have all their digits.
        let least = if cents == 0 { point } else { point + 1 + cents as usize };
        let rest = text.get(least..).unwrap_or_default().trim_end_matches(['0']).len();
        let rest = if text.get(least..least + rest) == Some(".") { 0 } else { rest };
        text.get(..least + rest).map_or_else(|| text.clone(), str::to_owned)
    }

    /// An amount of which the size matters: `$48.2k`, `$1.23M`; below a thousand as always.
    pub(super) fn short(self, amount: Usd) -> String {
        const UNITS: [(i32, &str); 4] = [(3, "k"), (6, "M"), (9, "B"), (12, "T")];
        let size = amount.max(-amount);
        if self.currency.rate.rounded(size, 0) < 1_000 {
            return self.text(amount);
        }
        let sign = if amount < Usd::ZERO { MINUS } else { "" };
        let shortened = UNITS.into_iter().find_map(|(shift, unit)| {
            let digits = |decimals: u32| {
                let places = i32::try_from(decimals).unwrap_or_default() - shift;
                self.currency.rate.rounded(size, places).unsigned_abs()
            };
            let decimals = (0..=2).rev().find(|decimals| digits(*decimals) < 1_000)?;
            Some(format!("{}{unit}", fixed(digits(decimals), decimals)))
        });
        let plain = Self { is_short: false, ..self };
        shortened.map_or_else(|| plain.text(amount), |text| self.signed(sign, &text))
    }

    /// A number behind its sign and the name of the currency.
    fn signed(self, sign: &str, number: &str) -> String {
        match self.currency.code() {
            "USD" => format!("{sign}${number}"),
            "EUR" => format!("{sign}€{number}"),
            "GBP" => format!("{sign}£{number}"),
            "JPY" => format!("{sign}¥{number}"),
            "INR" => format!("{sign}₹{number}"),
            "KRW" => format!("{sign}₩{number}"),
            // Dollars, kronor and crowns of other places share their signs: codes tell them apart.
            // A space that no line breaks at.
            code => format!("{sign}{code}\u{a0}{number}"),
        }
    }

    /// An amount as a picture measures it: billionths of the currency.
    pub(super) fn measure(self, amount: Usd) -> i128 {
        self.currency.rate.rounded(amount, MEASURE)
    }

    /// A mark of an axis, which is a round number of such billionths: `$0`, `$0.05`, `$2k`.
    pub(super) fn mark(self, measure: i128) -> String {
        let scale = MEASURE.unsigned_abs();
        let text = if measure < 1_000 * 10_i128.pow(scale) {
            format_decimal(measure, scale)
        } else {
            shortened(measure, scale)
        };
        let unit = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(unit);
        let is_decimal = digits.contains('.');
        let digits =
            if is_decimal { digits.trim_end_matches(['0']).trim_end_matches('.') } else { digits };
        self.signed("", &format!("{digits}{unit}"))
    }

    /// A difference, with its sign: `+$3.20`, `−$3.20`.
    pub(super) fn difference(self, amount: Usd) -> String {
        let text = self.text(amount);
        if amount > Usd::ZERO && !text.starts_with('<') { format!("+{text}") } else { text }
    }

    /// Amounts between two ends: `$951.87 – $1,000.12`; with a word where a dash could be
    /// taken for a minus sign.
    pub(super) fn range(self, low: Usd, high: Usd) -> String {
        let between = if low < Usd::ZERO || high < Usd::ZERO { "to" } else { "–" };
        format!("{} {between} {}", self.text(low), self.text(high))
    }
}

/// An amount as an integer of `10^-decimals` units of a currency, rounded once.
fn rounded(currency: Currency, amount: Usd, decimals: u32) -> i128 {
    let decimals = i32::try_from(decimals).expect("a few decimals");
    currency.rate.rounded(amount, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;
    use crate::units::ExchangeRate;
    use proptest::prelude::*;

    const USD: Currency = Currency::DOLLARS;

    fn currency(code: &str, rate: &str) -> Currency {
        let rate = ExchangeRate::parse(rate).expect("a rate");
        Currency::new(code, rate, None).expect("a currency")
    }

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    fn check_money(bill: &str, amount: &str, expected: &str) {
        assert_eq!(
            Money::for_bill(usd(bill), USD).text(usd(amount)),
            expected,
            "{amount} of {bill}"
        );
    }

    #[test]
    fn bills_show_cents_half_to_even() {
        check_money("48210", "48210.065", "$48,210.06");
        check_money("48210", "48210.075", "$48,210.08");
        check_money("48210", "0", "$0.00");
        check_money("48210", "-3.2", "−$3.20");
        check_money("1000000", "999999.995", "$1,000,000.00");
    }

    #[test]
    fn a_declared_currency_is_written_with_its_sign_and_its_decimals() {
        let check = |code, rate, amount, expected: &str| {
            let money = Money::for_bill(usd(amount), currency(code, rate));
            assert_eq!(money.text(usd(amount)), expected);
        };
        check("EUR", "0.92", "1341.9239", "€1,234.57");
        check("JPY", "155.25", "48210.07", "¥7,484,613");
        check("JPY", "155.25", "0.0031", "¥0.4813");
        check("CHF", "0.8", "-4", "−CHF\u{a0}3.20");
        check("KWD", "0.3", "100", "KWD\u{a0}30.000");
        check("JPY", "155.25", "0", "¥0");
        check("EUR", "0.92", "0", "€0.00");
    }

    #[test]
    fn an_amount_is_converted_before_it_is_rounded() {
        // $0.005 is no cent of either, and a half cent is even at nothing.
        let money = Money::for_bill(usd("100"), currency("EUR", "2.000000001"));
        assert_eq!(money.text(usd("0.0025")), "€0.01");
        assert_eq!(Money::for_bill(usd("100"), currency("EUR", "2")).text(usd("0.0025")), "<€0.01");
    }

    #[test]
    fn units_of_a_currency_without_cents_lose_their_zeros() {
        let check = |amount, expected: &str| {
            assert_eq!(Money::own(currency("JPY", "100")).unit(usd(amount)), expected);
        };
        check("2", "¥200");
        check("0.02", "¥2");
        check("0.025", "¥2.5");
        check("0.0000451", "¥0.00451");
    }

    #[test]
    fn sizes_of_amounts_keep_three_digits() {
        let check = |amount, expected: &str| {
            assert_eq!(Money::for_bill(usd("100"), USD).short(usd(amount)), expected);
        };
        check("999.4", "$999.40");
        check("48210.07", "$48.2k");
        check("999999", "$1.00M");
        check("-1234567.89", "−$1.23M");
        check("99000000000000000", "$99,000,000,000,000,000.00");
        let narrow = Money::for_bill(usd("100"), USD).in_tables_of(80);
        assert_eq!(narrow.text(usd("999999.99")), "$999,999.99");
        assert_eq!(narrow.text(usd("-1234567.89")), "−$1.23M");
        let euros = Money::for_bill(usd("100"), currency("EUR", "0.92"));
        assert_eq!(euros.short(usd("2000000")), "€1.84M");
    }

    #[test]
    fn something_never_looks_like_nothing() {
        check_money("48210", "0.004", "<$0.01");
        check_money("48210", "-0.004", ">−$0.01");
        check_money("0.5", "0.00001", "<$0.0001");
    }

    #[test]
    fn small_bills_show_more_decimals() {
        check_money("0.9", "0.01234", "$0.0123");
        check_money("0.009", "0.001234", "$0.001234");
        check_money("0", "0", "$0.00");
        check_money("0.009", "0", "$0.00");
        check_money("0.0000000001", "0.0000000001", "<$0.000001");
    }

    #[test]
    fn prices_of_calls_keep_three_digits() {
        let check =
            |amount, expected: &str| assert_eq!(Money::own(USD).unit(usd(amount)), expected);
        check("0.0045129", "$0.00451");
        check("12.3456", "$12.35");
        check("0.00000375", "$0.00000375");
        check("0", "$0.00");
        check("0.0045", "$0.0045");
        check("2", "$2.00");
        check("0.000000000001", "<$0.000000001");
    }

    #[test]
    fn costs_of_units_side_by_side_have_the_same_digits() {
        let check = |amounts: [&str; 2], expected: [&str; 2]| {
            let amounts = amounts.map(usd);
            let money = Money::for_units(amounts.into_iter(), USD);
            assert_eq!(amounts.map(|amount| money.text(amount)), expected);
        };
        check(["0.12004", "0.14349"], ["$0.120", "$0.143"]);
        check(["0.12004", "0.12031"], ["$0.1200", "$0.1203"]);
        check(["0.0998", "0.104"], ["$0.100", "$0.104"]);
        check(["0.00716", "0.104"], ["$0.0072", "$0.1040"]);
        check(["0", "2"], ["$0.00", "$2.00"]);
        check(["50", "0.5"], ["$50.00", "$0.50"]);
        check(["124.5", "0.0245"], ["$124.500", "$0.024"]);
    }

    #[test]
    fn costs_of_units_far_apart_have_digits_of_their_own() {
        let check = |amounts: [&str; 2], expected: [&str; 2]| {
            let amounts = amounts.map(usd);
            let money = Money::for_units(amounts.into_iter(), USD);
            assert_eq!(amounts.map(|amount| money.text(amount)), expected);
        };
        check(["124.5", "0.0000321"], ["$124.50", "$0.0000321"]);
        check(["0.0000321", "-124.5"], ["$0.0000321", "−$124.50"]);
    }

    #[test]
    fn amounts_of_a_bill_are_in_cents() {
        let check = |amount, expected: &str| {
            assert_eq!(Money::in_cents(usd(amount), USD).difference(usd(amount)), expected);
        };
        check("0.4636", "+$0.46");
        check("-7.816", "−$7.82");
        check("0.00123", "+$0.00123");
        check("0", "$0.00");
    }

    #[test]
    fn corners_of_pictures_have_short_amounts() {
        let check = |amount, expected: &str| {
            let money = Money::own(Currency::DOLLARS);
            assert_eq!(money.mark(money.measure(usd(amount))), expected);
        };
        check("0", "$0");
        check("0.05", "$0.05");
        check("200", "$200");
        check("2000", "$2k");
        check("12500", "$12.5k");
        check("3000000", "$3M");
    }

    #[test]
    fn ranges_do_not_mix_forms() {
        let money = Money::for_bill(usd("1561.63"), USD);
        assert_eq!(money.range(usd("951.87"), usd("1000.12")), "$951.87 – $1,000.12");
        assert_eq!(money.range(usd("-3.2"), usd("5")), "−$3.20 to $5.00");
    }

    proptest! {
        #[test]
        fn printed_amounts_are_within_half_a_cent(atto in -10i128.pow(30)..10i128.pow(30)) {
            let amount = Usd::from_atto(atto);
            let text = Money::with(2, USD).text(amount);
            prop_assert!(!text.contains("-0") && !text.contains("$-"));
            if let Some(size) = text.trim_start_matches(MINUS).strip_prefix('$') {
                let printed = usd(&size.replace(',', "")).atto();
                prop_assert!((printed - atto.abs()).abs() * 2 <= 10i128.pow(16));
            } else {
                prop_assert!(["<$0.01", ">−$0.01"].contains(&&*text) && atto.abs() * 2 <= 10i128.pow(16));
            }
        }

        #[test]
        fn only_nothing_prints_as_nothing(atto in any::<i64>(), bill in any::<i64>()) {
            let bill = Usd::from_atto(i128::from(bill) * 10_000_000_000);
            let text = Money::for_bill(bill, USD).text(Usd::from_atto(i128::from(atto)));
            let looks_empty = !text.contains(['<', '>']) && !text.contains(|c: char| ('1'..='9').contains(&c));
            prop_assert_eq!(looks_empty, atto == 0, "{}", text);
        }
    }
}
