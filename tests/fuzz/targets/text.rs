//! Whatever a number, a time or a condition looks like, it is refused or its text says the same again;
//! and numbers are what they are by hand.

use llmcost::units::{
    Excess, ExchangeRate, Factor, Rate, TokenPrice, Usd, format_decimal, parse_decimal,
};
use llmcost::usage::{Call, Calls, Days, Dimensions, Filter, Instant, Symbol};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    numbers(text);
    times(text);
    condition(text);
}

fn numbers(text: &str) {
    for scale in [0, 6, 9, 18] {
        let exact = parse_decimal(text, scale, Excess::Reject);
        let rounded = parse_decimal(text, scale, Excess::Round);
        // More digits than 38 and exponents beyond 60 are refused, whatever they come to.
        let is_short = text.len() <= 38;
        match (exact, by_hand(text, scale)) {
            (Err(_), Some(value)) => assert!(!is_short || has_exponent(text), "{text} is {value}"),
            (read, expected) => assert_eq!(read.ok(), expected, "{text} at {scale}"),
        }
        if let Ok(value) = exact {
            assert_eq!(rounded, Ok(value));
            let again = format_decimal(value, scale);
            assert_eq!(parse_decimal(&again, scale, Excess::Reject), Ok(value), "{again}");
        }
    }
    if let Ok(amount) = Usd::parse(text, Excess::Round) {
        assert_eq!(Usd::parse(&amount.to_string(), Excess::Reject), Ok(amount));
    }
    if let Ok(price) = TokenPrice::parse_per_million(text) {
        assert_eq!(TokenPrice::parse_per_million(&price.per_million()), Ok(price));
    }
    if let Ok(factor) = Factor::parse(text) {
        assert_eq!(Factor::parse(&factor.to_string()), Ok(factor));
    }
    if let Ok(rate) = Rate::parse(text) {
        assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
    }
    let _ = ExchangeRate::parse(text);
}

fn has_exponent(text: &str) -> bool {
    text.contains(['e', 'E'])
}

/// A decimal text as a whole number of its last digit, digit by digit; nothing where it is no such text,
/// has more digits than the scale, or is beyond what is counted with.
fn by_hand(text: &str, scale: u32) -> Option<i128> {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // The number is `digits` times ten to the power of this, in units of the last digit.
    let mut power = exponent - i64::try_from(part.len()).ok()? + i64::from(scale);
    let mut value: i128 = 0;
    let significant =
        digits.len() - digits.iter().rev().take_while(|digit| **digit == b'0').count();
    for digit in &digits[..significant] {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    power += i64::try_from(digits.len() - significant).ok()?;
    if value == 0 {
        return Some(0);
    }
    if power < 0 {
        return None;
    }
    for _ in 0..power {
        value = value.checked_mul(10)?;
    }
    Some(if is_negative { -value } else { value })
}

fn times(text: &str) {
    let time = Instant::parse(text);
    if let Some(usual) = Instant::parse_usual(text) {
        assert_eq!(time, Ok(usual), "{text}");
    }
    if let Ok(time) = time
        && time.known().is_some()
    {
        assert_eq!(Instant::parse(&time.to_iso()), Ok(time), "{text} is {}", time.to_iso());
        for zone in ["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns"] {
            let days = Days::of_zone(zone).expect("a zone");
            if let Some(day) = days.day_of(time) {
                assert_eq!(Days::parse_day(&Days::name(day)), Some(day), "{text} in {zone}");
                let starts = days.start_of(day);
                assert!(starts.is_none_or(|start| start <= time), "{text} in {zone}");
                assert!(days.hour_of(time).is_none_or(|hour| hour < 24));
            }
        }
    }
    if let Some(day) = Days::parse_day(text) {
        assert_eq!(Days::parse_day(&Days::name(day)), Some(day));
    }
}

fn condition(text: &str) {
    let Ok(filter) = Filter::parse(text) else { return };
    let names: Vec<String> = filter.dimensions().map(str::to_owned).collect();
    let mut calls = Calls::new(Dimensions::new(names.iter().map(String::as_str)));
    for _ in 0..3 {
        let symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
        calls.push(&Call::default(), &symbols);
    }
    if let Ok(found) = filter.matches(&calls) {
        assert_eq!(found.len(), 3, "{text}");
    }
}
