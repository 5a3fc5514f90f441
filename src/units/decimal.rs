//! Decimal text to a scaled integer and back, without a float on the way.

use std::fmt;

/// What to do with digits beyond the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Refuse the text: prices and rates must be exact.
    Reject,
    /// Round half to even: logged costs are often binary floats printed to 17 digits.
    Round,
}

/// Why a text is not a decimal number of the wanted scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not a plain or exponent decimal number.
    NotANumber,
    /// More digits after the point than the scale holds.
    TooPrecise,
    /// Does not fit the integer behind it.
    TooLarge,
    /// Below zero, where nothing can be.
    Negative,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a decimal number",
            Self::TooPrecise => "more decimals than can be held exactly",
            Self::TooLarge => "too large",
            Self::Negative => "below zero",
        })
    }
}

impl std::error::Error for DecimalError {}

/// Reads decimal text (`-12.5`, `3e-05`) as an integer of `10^-scale` units.
///
/// # Errors
/// When the text is not a number, does not fit, or has excess digits that may not be rounded.
pub fn parse_decimal(text: &str, scale: u32, excess: Excess) -> Result<i128, DecimalError> {
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = split_exponent(body)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(DecimalError::NotANumber);
    }
    let digits = digits(whole.bytes().chain(fraction.bytes()), whole.len() + fraction.len())?;
    let decimals = i64::try_from(fraction.len()).map_err(|_| DecimalError::TooPrecise)?;
    // The widest exponent of 32 bits is far from the range of these.
    let magnitude = rescale(digits, i64::from(scale) + i64::from(exponent) - decimals, excess)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// The number that `length` digits spell.
fn digits(bytes: impl Iterator<Item = u8>, length: usize) -> Result<i128, DecimalError> {
    /// So many digits always fit 64 bits, whose arithmetic is several times faster.
    const SHORT: usize = 18;
    let digit = |byte: u8| {
        if byte.is_ascii_digit() { Ok(byte - b'0') } else { Err(DecimalError::NotANumber) }
    };
    if length <= SHORT {
        let mut number = 0u64;
        for byte in bytes {
            number = number * 10 + u64::from(digit(byte)?);
        }
        return Ok(i128::from(number));
    }
    let mut number = 0i128;
    for byte in bytes {
        let shifted = number.checked_mul(10).ok_or(DecimalError::TooLarge)?;
        number = shifted.checked_add(i128::from(digit(byte)?)).ok_or(DecimalError::TooLarge)?;
    }
    Ok(number)
}

fn split_exponent(body: &str) -> Result<(&str, i32), DecimalError> {
    let marks = |byte: u8| matches!(byte, b'e' | b'E');
    let Some(at) = body.bytes().position(marks) else { return Ok((body, 0)) };
    let exponent = body[at + 1..].parse().map_err(|_| DecimalError::NotANumber)?;
    Ok((&body[..at], exponent))
}

/// `digits * 10^shift`, rounding half to even where that is allowed.
fn rescale(digits: i128, shift: i64, excess: Excess) -> Result<i128, DecimalError> {
    if digits == 0 {
        return Ok(0);
    }
    if shift >= 0 {
        let factor = power_of_ten(shift).ok_or(DecimalError::TooLarge)?;
        return digits.checked_mul(factor).ok_or(DecimalError::TooLarge);
    }
    let Some(divisor) = power_of_ten(-shift) else {
        return if excess == Excess::Round { Ok(0) } else { Err(DecimalError::TooPrecise) };
    };
    if excess == Excess::Reject && digits % divisor != 0 {
        return Err(DecimalError::TooPrecise);
    }
    Ok(divide_half_even(digits, divisor))
}

/// Every power of ten that fits; looked up because costs are read once a record.
const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

fn power_of_ten(exponent: i64) -> Option<i128> {
    POWERS_OF_TEN.get(usize::try_from(exponent).ok()?).copied()
}

/// Division to the nearest integer, ties to the even one. `divisor` must be positive.
#[inline]
pub(super) fn divide_half_even(dividend: i128, divisor: i128) -> i128 {
    // Most are short, and the machine divides those many times faster.
    if let (Ok(dividend), Ok(divisor)) = (u64::try_from(dividend), u64::try_from(divisor)) {
        let (quotient, remainder) = (dividend / divisor, dividend % divisor);
        let is_up = match remainder.cmp(&(divisor - remainder)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => quotient % 2 == 1,
        };
        return i128::from(quotient) + i128::from(is_up);
    }
    divide_long_half_even(dividend, divisor)
}

fn divide_long_half_even(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend.div_euclid(divisor);
    let remainder = dividend.rem_euclid(divisor);
    // Compared with the complement instead of doubled, so that a large divisor cannot overflow.
    match remainder.cmp(&(divisor - remainder)) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

/// Writes an integer of `10^-scale` units as plain decimal text without trailing zeros.
pub fn format_decimal(value: i128, scale: u32) -> String {
    let unit = 10u128.pow(scale);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (magnitude / unit, magnitude % unit);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let width = scale as usize;
    let digits = format!("{fraction:0width$}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<i128, DecimalError> {
        parse_decimal(text, 6, Excess::Reject)
    }

    #[test]
    fn reads_plain_and_exponent_text() {
        assert_eq!(parsed("12.5"), Ok(12_500_000));
        assert_eq!(parsed("-0.000001"), Ok(-1));
        assert_eq!(parsed("3e-05"), Ok(30));
        assert_eq!(parsed("1.5E2"), Ok(150_000_000));
        assert_eq!(parsed(".5"), Ok(500_000));
        assert_eq!(parsed("+7"), Ok(7_000_000));
        assert_eq!(parsed("1.50000000"), Ok(1_500_000));
        assert_eq!(parsed("0e99"), Ok(0));
        assert_eq!(parsed("0e-40"), Ok(0));
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "-", ".", "1,5", "0x1", "1e", "NaN", "1.2.3", " 1", "inf"] {
            assert_eq!(parsed(text), Err(DecimalError::NotANumber), "{text:?}");
        }
        assert_eq!(parsed("1e99"), Err(DecimalError::TooLarge));
        assert_eq!(parsed("1e40"), Err(DecimalError::TooLarge));
        assert_eq!(parsed("1e-99"), Err(DecimalError::TooPrecise));
        assert_eq!(parsed("1e-50"), Err(DecimalError::TooPrecise));
        assert_eq!(parsed(&"9".repeat(60)), Err(DecimalError::TooLarge));
    }

    #[test]
    fn excess_digits_are_refused_or_rounded_half_even() {
        assert_eq!(parsed("0.0000001"), Err(DecimalError::TooPrecise));
        let rounded = |text| parse_decimal(text, 1, Excess::Round);
        assert_eq!(rounded("0.25"), Ok(2));
        assert_eq!(rounded("0.35"), Ok(4));
        assert_eq!(rounded("-0.25"), Ok(-2));
        assert_eq!(rounded("0.251"), Ok(3));
        assert_eq!(rounded("1e-50"), Ok(0));
        assert_eq!(rounded("1e-99"), Ok(0));
    }

    /// The least exponent of 32 bits has no opposite.
    #[test]
    fn no_exponent_is_too_wide_to_be_judged() {
        assert_eq!(parsed("1e-2147483648"), Err(DecimalError::TooPrecise));
        assert_eq!(parsed("1e2147483647"), Err(DecimalError::TooLarge));
        assert_eq!(parse_decimal("1e-2147483648", 18, Excess::Round), Ok(0));
        assert_eq!(parsed("1e2147483648"), Err(DecimalError::NotANumber));
    }

    #[test]
    fn every_fault_is_told_in_words() {
        use DecimalError::{Negative, NotANumber, TooLarge, TooPrecise};
        let told = [NotANumber, TooPrecise, TooLarge, Negative].map(|fault| fault.to_string());
        assert_eq!(
            told,
            [
                "not a decimal number",
                "more decimals than can be held exactly",
                "too large",
                "below zero"
            ]
        );
    }

    proptest! {
        #[test]
        fn a_quotient_is_the_nearest_integer_and_even_between_two(
            dividend in prop_oneof![0..1_000_i128, -1_000..1_000_i128, -1i128 << 100..1i128 << 100],
            divisor in prop_oneof![1..20_i128, 1..1i128 << 90],
        ) {
            let quotient = divide_half_even(dividend, divisor);
            let twice_off = 2 * (dividend - quotient * divisor).abs();
            prop_assert!(twice_off < divisor || (twice_off == divisor && quotient % 2 == 0));
        }

        #[test]
        fn text_survives_the_round_trip(value in any::<i64>()) {
            let text = format_decimal(i128::from(value), 6);
            prop_assert_eq!(parsed(&text), Ok(i128::from(value)));
        }
    }
}
