//! Numbers as text: the only place that rounds. Half to even, on exact decimals.

pub(super) use super::money::Money;
pub(super) use super::names::name;
use crate::units::{Excess, Factor, Share, TokenPrice, Tokens, Usd, format_decimal, parse_decimal};

/// The minus sign of typography: as wide as a digit, and no hyphen to break a line at.
pub(super) const MINUS: &str = "−";

/// A price per million tokens with all its digits, and cents at least: `$3.00`, `$0.0375`.
pub(super) fn price(price: TokenPrice) -> String {
    format!("${}", with_cents(&price.per_million()))
}

/// A fee or a small cost with all its digits, and cents at least: `$0.01`, `$0.0225`.
pub(super) fn exact_dollars(amount: Usd) -> String {
    match amount.to_string().strip_prefix('-') {
        Some(size) => format!("{MINUS}${}", with_cents(size)),
        None => format!("${}", with_cents(&amount.to_string())),
    }
}

/// Decimal text with at least two decimals and separators.
fn with_cents(text: &str) -> String {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |number| fixed(number, 0));
    format!("{whole}.{decimals:0<2}")
}

/// A multiplier in words: `half of`, `twice`, `1.25 times`.
pub(super) fn times(factor: Factor) -> String {
    match factor.to_string().as_str() {
        "0.5" => "half of".to_owned(),
        "2" => "twice".to_owned(),
        "1" => "the same as".to_owned(),
        other => format!("{other} times"),
    }
}

/// What a price or cost becomes, in percent: `+25.0 %` for a quarter more.
pub(super) fn growth(share: Share) -> String {
    let text = percent(share);
    if share.ratio() > 0.0 && !text.starts_with('<') { format!("+{text}") } else { text }
}

/// A count with separators: `1,204,331`.
pub(super) fn count(number: u64) -> String {
    fixed(u128::from(number), 0)
}

/// A count with its noun: `1 call`, `2 calls`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A number of tokens of which the size matters: `12.3M`.
pub(super) fn tokens(tokens: Tokens) -> String {
    shortened(i128::from(tokens.get()), 0)
}

/// A limit in tokens, which is always a round number: `64k`.
pub(super) fn token_limit(limit: u64) -> String {
    if limit == 0 { "0".to_owned() } else { format!("{}k", count(limit / 1_000)) }
}

/// A part of a whole: `57.9 %`. Something is never `0.0 %`, and not all is never `100.0 %`.
pub(super) fn percent(share: Share) -> String {
    let text = format!("{:.1}", share.percent());
    let magnitude = text.trim_start_matches('-');
    let sign = if text.starts_with('-') { MINUS } else { "" };
    match magnitude {
        "0.0" if share.ratio() > 0.0 => "<0.1 %".to_owned(),
        "0.0" if share.ratio() < 0.0 => format!(">{MINUS}0.1 %"),
        "0.0" => "0.0 %".to_owned(),
        "100.0" if share.ratio() < 1.0 && share.ratio() > 0.0 => ">99.9 %".to_owned(),
        _ => format!("{sign}{magnitude} %"),
    }
}

/// A part of a whole, or a dash where there is none.
pub(super) fn percent_or_dash(share: Option<Share>) -> String {
    share.map_or_else(|| DASH.to_owned(), percent)
}

/// What a change is in percent: `−57.9 %` for a saving of 57.9 %, `+3.0 %` for its opposite.
pub(super) fn change(saved: Share) -> String {
    let text = percent(saved);
    let mirrored = |rest: &str| match rest.strip_prefix(MINUS) {
        Some(more) => format!("+{more}"),
        None => format!("{MINUS}{rest}"),
    };
    // Turned around, a number below a limit is above the opposite of the limit.
    match (text.strip_prefix('<'), text.strip_prefix('>')) {
        (Some(rest), _) => format!(">{}", mirrored(rest)),
        (_, Some(rest)) => format!("<{}", mirrored(rest)),
        _ if saved.ratio() == 0.0 => text,
        _ => mirrored(&text),
    }
}

/// A multiple: `5.25×`.
pub(super) fn multiple(ratio: Share) -> String {
    format!("{:.2}×", ratio.ratio())
}

/// A coefficient between 0 and 1: `0.42`.
pub(super) fn coefficient(value: Share) -> String {
    format!("{:.2}", value.ratio())
}

/// A number that is only expected, with a separator and one decimal: `12.3`.
pub(super) fn expected_count(value: Share) -> String {
    format!("{:.1}", value.ratio())
}

/// What stands where there is no value.
pub(super) const DASH: &str = "–";

/// Three digits and a unit: `999`, `12.3k`, `1.00M`.
pub(super) fn shortened(number: i128, scale: u32) -> String {
    const UNITS: [(u32, &str); 5] = [(0, ""), (3, "k"), (6, "M"), (9, "B"), (12, "T")];
    for (shift, unit) in UNITS {
        let most_decimals = if shift == 0 { 0 } else { 2 };
        for decimals in (0..=most_decimals).rev() {
            let digits = rounded_integer(number, scale + shift, decimals).unsigned_abs();
            if digits < 1_000 {
                return format!("{}{unit}", fixed(digits, decimals));
            }
        }
    }
    let trillions = rounded_integer(number, scale + 12, 0).unsigned_abs();
    format!("{}T", fixed(trillions, 0))
}

/// An integer of `10^-scale` units as one of `10^-decimals` units, half to even.
fn rounded_integer(number: i128, scale: u32, decimals: u32) -> i128 {
    parse_decimal(&format_decimal(number, scale), decimals, Excess::Round)
        .expect("fewer digits than the integer it came from")
}

/// An integer of `10^-decimals` units with separators and all its decimals.
pub(super) fn fixed(number: u128, decimals: u32) -> String {
    let unit = 10u128.pow(decimals);
    let whole = (number / unit).to_string();
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals == 0 {
        return text;
    }
    let width = decimals as usize;
    format!("{text}.{:0width$}", number % unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    #[test]
    fn published_prices_keep_every_digit() {
        let check = |text, expected: &str| {
            assert_eq!(price(TokenPrice::parse_per_million(text).expect("a price")), expected);
        };
        check("3", "$3.00");
        check("0.0375", "$0.0375");
        check("1200.5", "$1,200.50");
        assert_eq!(exact_dollars(usd("0.0225")), "$0.0225");
        assert_eq!(exact_dollars(usd("-1")), "−$1.00");
    }

    #[test]
    fn factors_and_growth_are_words() {
        let check = |text, expected: &str| {
            assert_eq!(times(Factor::parse(text).expect("a factor")), expected);
        };
        check("0.5", "half of");
        check("2", "twice");
        check("1.25", "1.25 times");
        assert_eq!(growth(Share::of(1, 4).expect("a share")), "+25.0 %");
        assert_eq!(growth(Share::of(-1, 4).expect("a share")), "−25.0 %");
    }

    #[test]
    fn sizes_keep_three_digits() {
        let check = |number, expected: &str| assert_eq!(tokens(Tokens::new(number)), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1.00k");
        check(12_345, "12.3k");
        check(999_499, "999k");
        check(999_950, "1.00M");
        check(12_345_678_901, "12.3B");
        check(u64::MAX, "18,446,744T");
    }

    #[test]
    fn shares_say_when_they_are_not_quite_none_or_all() {
        let check = |part, whole, expected: &str| {
            assert_eq!(percent(Share::of(part, whole).expect("a share")), expected);
        };
        check(579, 1_000, "57.9 %");
        check(1, 1_000_000, "<0.1 %");
        check(-1, 1_000_000, ">−0.1 %");
        check(999_999, 1_000_000, ">99.9 %");
        check(0, -5, "0.0 %");
        check(5, 5, "100.0 %");
        check(-25, 100, "−25.0 %");
    }

    #[test]
    fn a_saving_is_a_change_downwards() {
        let check = |part, expected: &str| {
            assert_eq!(change(Share::of(part, 1_000).expect("a share")), expected);
        };
        check(579, "−57.9 %");
        check(-30, "+3.0 %");
        check(0, "0.0 %");
    }

    #[test]
    fn a_sign_and_a_limit_do_not_stand_the_wrong_way_round() {
        let check = |part, expected: &str| {
            assert_eq!(change(Share::of(part, 1_000_000).expect("a share")), expected);
        };
        check(1, ">−0.1 %");
        check(-1, "<+0.1 %");
        check(999_999, "<−99.9 %");
    }

    proptest! {
        #[test]
        fn sizes_never_need_more_than_five_letters(number in 0u64..999_000_000_000_000) {
            prop_assert!(tokens(Tokens::new(number)).len() <= 5);
        }
    }
}
