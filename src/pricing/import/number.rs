//! Prices as other collections write them to exact decimal text: signs, exponents, float noise.
//!
//! Everything is done on the digits; a number that was printed by a program with binary fractions
//! (`1.0000000000000002e-06`) is rounded to what its author meant, and the caller is told.

/// More digits than a price has that somebody published; what is beyond them is float noise.
const DIGITS: usize = 12;
/// The decimals that a price per million tokens can have here.
const DECIMALS: usize = 12;
/// Powers of ten beyond this are no prices.
const FAR: i32 = 60;

/// A price as decimal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shifted {
    /// The digits, without exponent or needless zeros.
    pub(super) text: String,
    /// Whether digits were lost.
    pub(super) is_rounded: bool,
}

/// The number times ten to the power of `places`, or nothing when it is no price.
pub(super) fn shifted(text: &str, places: i32) -> Option<Shifted> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.strip_prefix('+').unwrap_or(whole);
    let all = [whole, fraction].concat();
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = all.trim_start_matches('0');
    let exact = digits.trim_end_matches('0');
    if exact.is_empty() {
        return Some(Shifted { text: "0".to_owned(), is_rounded: false });
    }
    let zeros = i32::try_from(digits.len() - exact.len()).ok()?;
    let fraction = i32::try_from(fraction.len()).ok()?;
    let exponent = exponent.checked_sub(fraction)?.checked_add(places)?.checked_add(zeros)?;
    if exponent.unsigned_abs() > FAR.unsigned_abs() {
        return None;
    }
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    let lost = exact.len().saturating_sub(DIGITS).max(decimals.saturating_sub(DECIMALS));
    let (kept, exponent) = (round(exact, lost)?, exponent.checked_add(i32::try_from(lost).ok()?)?);
    Some(Shifted { text: plain(&kept, exponent)?, is_rounded: lost > 0 })
}

/// Digits without their last ones, rounded half up; nothing when nothing is left of them.
fn round(digits: &str, lost: usize) -> Option<String> {
    if lost == 0 {
        return Some(digits.to_owned());
    }
    let (kept, rest) = digits.split_at_checked(digits.len().checked_sub(lost)?)?;
    let kept: u64 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let rounded = if rest.as_bytes().first()? >= &b'5' { kept + 1 } else { kept };
    (rounded > 0).then(|| rounded.to_string())
}

/// Digits times a power of ten, as people write it.
fn plain(digits: &str, exponent: i32) -> Option<String> {
    let Ok(decimals) = usize::try_from(-exponent) else {
        let zeros = usize::try_from(exponent).ok()?;
        let text = format!("{digits}{}", "0".repeat(zeros));
        return (text.len() <= DIGITS).then_some(text);
    };
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if whole.len() > DIGITS {
        return None;
    }
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// A count that may be written as a fraction: `256000.0`.
pub(super) fn count(text: &str) -> Option<u64> {
    shifted(text, 0).filter(|number| !number.is_rounded)?.text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, places: i32, expected: Option<&str>) {
        let number = shifted(text, places);
        assert_eq!(number.as_ref().map(|number| &*number.text), expected, "{text}");
        assert!(number.is_none_or(|number| !number.is_rounded), "{text}");
    }

    fn check_rounded(text: &str, expected: &str) {
        let number = Shifted { text: expected.to_owned(), is_rounded: true };
        assert_eq!(shifted(text, 6), Some(number), "{text}");
    }

    #[test]
    fn a_price_of_a_token_becomes_one_of_a_million() {
        check("2.5e-06", 6, Some("2.5"));
        check("1.25E-6", 6, Some("1.25"));
        check("0.0000003", 6, Some("0.3"));
        check("2.50e-06", 6, Some("2.5"));
        check("3.5e-08", 6, Some("0.035"));
        check("6e-05", 6, Some("60"));
        check("0", 6, Some("0"));
        check("0.0", 6, Some("0"));
        check("1e-4", 6, Some("100"));
        check("+1.5e-6", 6, Some("1.5"));
    }

    #[test]
    fn a_price_of_a_million_stays() {
        check("3.00", 0, Some("3"));
        check("0.125", 0, Some("0.125"));
        check("1250", 0, Some("1250"));
    }

    #[test]
    fn the_noise_of_floats_is_rounded_away() {
        check_rounded("1.0000000000000002e-06", "1");
        check_rounded("2.9999999999999997e-07", "0.3");
        check_rounded("9.9999999999999995e-07", "1");
        check_rounded("1.5000020000000002e-05", "15.00002");
        check_rounded("1.2345678e-14", "0.000000012346");
    }

    #[test]
    fn what_is_no_price_is_none() {
        for text in ["", "-1", "x", "1e", "e5", "1e99999999999", "1.2.3", "1e50", "inf", "."] {
            check(text, 6, None);
        }
        check("1e-30", 6, None);
    }

    #[test]
    fn a_count_is_whole() {
        assert_eq!(count("256000.0"), Some(256_000));
        assert_eq!(count("2.72e5"), Some(272_000));
        assert_eq!(count("0.5"), None);
    }

    proptest::proptest! {
        #[test]
        fn shifting_there_and_back_changes_nothing(digits in 1u64..999_999_999, decimals in 0i32..12) {
            let text = format!("{digits}e-{decimals}");
            let there = shifted(&text, 0).expect("a price");
            let scaled = shifted(&there.text, decimals).expect("a price");
            proptest::prop_assert_eq!(scaled.text, digits.to_string());
        }
    }
}
