//! The exponential function and the logarithm in integers: the same digits on every machine.

use super::factor::{Factor, Rate};

/// Units of the working precision, 10⁻¹⁸.
const FINE: u128 = 1_000_000_000_000_000_000;

/// 1/e in 10⁻¹⁸.
const ONE_OVER_E: u128 = 367_879_441_171_442_322;

/// Billionths in one.
const BILLION: u128 = 1_000_000_000;

/// Beyond this exponent the result is less than half a billionth.
const EXPONENT_MAX: u64 = 22;

/// ln 2 in units of 2⁻³².
const LN_2: u128 = 2_977_044_472;

/// 64 ln 2 in units of 2⁻³².
const LN_OF_LARGEST: i64 = 190_530_846_196;

/// ln 10⁹ in units of 2⁻³².
const LN_OF_BILLION: i64 = 89_005_749_036;

/// e in 10⁻¹⁸.
const E: u128 = 2_718_281_828_459_045_235;

/// `e^-x` to the nearest billionth: what is left after `x` lifetimes of a memoryless process.
pub fn exp_of_minus(exponent: Factor) -> Rate {
    let parts = exponent.parts();
    let whole = parts / 1_000_000_000;
    if whole >= EXPONENT_MAX {
        return Rate::ZERO;
    }
    let beyond = u128::from(parts % 1_000_000_000);
    // 1 - x + x²/2 - …, with x below 1: the even and the odd terms apart, so that all is positive.
    let (mut term, mut positive, mut negative) = (FINE, FINE, 0);
    for place in 1..=24_u128 {
        term = term * beyond / BILLION / place;
        if place % 2 == 0 {
            positive += term;
        } else {
            negative += term;
        }
    }
    let mut value = positive - negative;
    for _ in 0..whole {
        value = value * ONE_OVER_E / FINE;
    }
    let rounded = (value + BILLION / 2) / BILLION;
    let rounded = u64::try_from(rounded).unwrap_or(1_000_000_000);
    Rate::of_counts(rounded.min(1_000_000_000), 1_000_000_000).unwrap_or(Rate::ONE)
}

/// `-ln(random / 2⁶⁴)` in units of 2⁻³²: an exponential number of mean 2³², from an even one. Zero
/// counts as one, so the largest result is 64 ln 2.
pub fn minus_ln(random: u64) -> u64 {
    let random = random.max(1);
    let zeros = random.leading_zeros();
    let mut mantissa = random << zeros;
    let mut fraction = 0_u64;
    for _ in 0..32 {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        fraction <<= 1;
        if let Ok(below_two) = u64::try_from(square) {
            mantissa = below_two;
        } else {
            fraction |= 1;
            mantissa = u64::try_from(square >> 1).unwrap_or(u64::MAX);
        }
    }
    // -log2 in units of 2^-32: the leading zeros and one, less the fraction.
    let binary = (u128::from(zeros) + 1) * (1 << 32) - u128::from(fraction);
    u64::try_from((binary * LN_2) >> 32).unwrap_or(u64::MAX)
}

/// The natural logarithm of a factor in units of 2⁻³², to within a few of them; nothing for zero.
pub fn ln(value: Factor) -> Option<i64> {
    if value.parts() == 0 {
        return None;
    }
    let below = i64::try_from(minus_ln(value.parts())).ok()?;
    Some(LN_OF_LARGEST - below - LN_OF_BILLION)
}

/// `e^x` of an exponent in units of 2⁻³²; nothing when it does not fit.
pub fn exp(exponent: i64) -> Option<Factor> {
    let size = u128::from(exponent.unsigned_abs());
    let (whole, beyond) = (size >> 32, ((size % (1 << 32)) * FINE) >> 32);
    let (mut term, mut value) = (FINE, FINE);
    for place in 1..=24_u128 {
        term = term * beyond / FINE / place;
        value += term;
    }
    for _ in 0..whole {
        let larger = (value / FINE).checked_mul(E)?.checked_add(value % FINE * E / FINE);
        value = larger?;
    }
    let billionths = if exponent < 0 {
        (FINE * BILLION + value / 2) / value
    } else {
        (value + BILLION / 2) / BILLION
    };
    u64::try_from(billionths).ok().map(Factor::from_parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(exponent: &str, expected: &str) {
        let exponent = Factor::parse(exponent).expect("a factor");
        assert_eq!(exp_of_minus(exponent).to_string(), expected, "{exponent}");
    }

    /// 7.389056098930…: the last digit is rounded.
    #[test]
    fn positive_powers_are_rounded() {
        let told = |exponent: i64| exp(exponent << 32).map(|value| value.to_string());
        assert_eq!(told(2).as_deref(), Some("7.389056099"));
        assert_eq!(told(0).as_deref(), Some("1"));
        assert_eq!(told(-2).as_deref(), Some("0.135335283"));
    }

    /// From a table of the exponential function to nine decimals.
    #[test]
    fn powers_of_e_are_those_of_the_tables() {
        check("0", "1");
        check("0.5", "0.60653066");
        check("1", "0.367879441");
        check("3.472222222", "0.031047958");
        check("20.5", "0.000000001");
        check("21.4", "0.000000001");
        check("21.5", "0");
        check("22", "0");
        check("0.000000001", "0.999999999");
        check("0.999999999", "0.367879442");
        check("2.25", "0.105399225");
        check("40", "0");
    }

    #[test]
    fn logarithms_and_powers_undo_each_other() {
        for text in ["0.000001", "0.5", "1", "1.05", "2.718281828", "99.5", "12345.678"] {
            let value = Factor::parse(text).expect("a factor");
            let back = exp(ln(value).expect("not zero")).expect("fits");
            let off = back.parts().abs_diff(value.parts());
            assert!(off <= 1 + value.parts() / 100_000_000, "{text}: {back}");
        }
        // ln 1.05 = 0.048790164
        let found = ln(Factor::parse("1.05").expect("a factor"));
        assert!(found.expect("not zero").abs_diff(209_552_159) <= 16, "{found:?}");
        assert_eq!(ln(Factor::parse("0").expect("a factor")), None);
        assert_eq!(exp(0), Some(Factor::ONE));
        let parts = |exponent: i64| exp(exponent).map(Factor::parts);
        assert_eq!(parts(1 << 32), Some(2_718_281_828));
        assert_eq!(parts(-1 << 32), Some(367_879_441));
        assert_eq!(parts(3 << 31), Some(4_481_689_070));
        assert_eq!(parts(-5 << 30), Some(286_504_797));
        // e^20, of which the last digits are those of e in 10⁻¹⁸.
        assert!(parts(20 << 32).expect("fits").abs_diff(485_165_195_409_790_278) <= 20);
        assert_eq!(exp(40 << 32), None);
        assert_eq!(exp(-(25 << 32)).map(Factor::parts), Some(0));
    }

    #[test]
    fn logarithms_are_those_of_the_tables() {
        let near = |random: u64, expected: u64| {
            let found = minus_ln(random);
            assert!(found.abs_diff(expected) <= 4, "{random}: {found}, not {expected}");
        };
        near(1 << 63, 2_977_044_472);
        near(1 << 62, 5_954_088_944);
        // -ln 0.75 = 0.287682072
        near(3 << 62, 1_235_585_093);
        near(u64::MAX, 0);
        // 64 times the rounded logarithm of two.
        assert_eq!(minus_ln(1), 64 * 2_977_044_472);
        assert_eq!(minus_ln(0), minus_ln(1));
    }

    proptest! {
        #[test]
        fn the_logarithm_of_a_product_is_the_sum_of_the_logarithms(
            one in 1u64..1 << 32, other in 1u64..1 << 32,
        ) {
            let sum = minus_ln(one) + minus_ln(other) - minus_ln(1);
            prop_assert!(minus_ln(one * other).abs_diff(sum) <= 8, "{one} {other}");
        }
    }
}
