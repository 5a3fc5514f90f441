//! Fractions of integers of any size: nothing is rounded before it is compared.

use num_bigint::BigInt;
use num_rational::BigRational;

/// An exact number.
pub(crate) type Q = BigRational;

/// Reports show amounts to 10⁻¹⁸ dollars.
const DIGITS: u32 = 18;

pub(crate) fn whole(count: u64) -> Q {
    Q::from_integer(BigInt::from(count))
}

/// `"-12.50"`, to the last digit.
pub(crate) fn decimal(text: &str) -> Q {
    let (before, after) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{before}{after}").parse().expect("decimal text");
    let places = u32::try_from(after.len()).expect("a short number");
    Q::new(digits, BigInt::from(10).pow(places))
}

pub(crate) fn zero() -> Q {
    whole(0)
}

pub(crate) fn one() -> Q {
    whole(1)
}

/// An amount as a report shows it: rounded once, to 10⁻¹⁸ dollars, ties to the even digit.
pub(crate) fn shown(amount: &Q) -> Q {
    let unit = Q::new(BigInt::from(1), BigInt::from(10).pow(DIGITS));
    let (count, two) = (amount / &unit, whole(2));
    let below = count.floor();
    let rest = &count - &below;
    let half = one() / &two;
    let is_odd = !(&below / &two).is_integer();
    let is_up = rest > half || (rest == half && is_odd);
    (if is_up { below + one() } else { below }) * unit
}

/// Decimal text without digits that say nothing, as reports write amounts.
pub(crate) fn text(amount: &Q) -> String {
    let scale = BigInt::from(10).pow(DIGITS);
    let units = amount * Q::from_integer(scale);
    assert!(units.is_integer(), "{amount} has more than {DIGITS} decimals");
    let units = units.to_integer();
    let sign = if units < BigInt::from(0) { "-" } else { "" };
    let digits = format!("{:0>19}", units.magnitude().to_string());
    let (before, after) = digits.split_at(digits.len() - 18);
    let after = after.trim_end_matches('0');
    let point = if after.is_empty() { "" } else { "." };
    format!("{sign}{before}{point}{after}")
}

/// Whether a number has at most so many decimals.
pub(crate) fn has_decimals(number: &Q, places: u32) -> bool {
    (number * Q::from_integer(BigInt::from(10).pow(places))).is_integer()
}

/// To the nearest whole number, ties to the even one: the token counts of a share.
pub(crate) fn nearest(number: &Q) -> u64 {
    let below = number.floor();
    let rest = number - &below;
    let half = one() / whole(2);
    let is_odd = !(&below / whole(2)).is_integer();
    let is_up = rest > half || (rest == half && is_odd);
    count(&if is_up { below + one() } else { below })
}

/// A whole number that is known to be one.
pub(crate) fn count(number: &Q) -> u64 {
    assert!(number.is_integer(), "{number} is whole");
    number.to_integer().try_into().expect("a count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_goes_to_the_even_digit() {
        assert_eq!(shown(&decimal("0.0000000000000000025")), decimal("0.000000000000000002"));
        assert_eq!(shown(&decimal("0.0000000000000000035")), decimal("0.000000000000000004"));
        assert_eq!(shown(&decimal("-0.0000000000000000025")), decimal("-0.000000000000000002"));
        assert_eq!((nearest(&decimal("2.5")), nearest(&decimal("3.5"))), (2, 4));
    }

    #[test]
    fn decimal_text_is_read_to_the_last_digit() {
        assert_eq!(decimal("12.50"), Q::new(BigInt::from(25), BigInt::from(2)));
        assert_eq!(decimal("-0.5") + decimal("0.5"), zero());
        assert_eq!(text(&decimal("-0.0500")), "-0.05");
        assert_eq!(text(&decimal("12")), "12");
        assert!(has_decimals(&decimal("0.125"), 3) && !has_decimals(&decimal("0.125"), 2));
    }
}
