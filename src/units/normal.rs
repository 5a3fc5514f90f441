//! Quantiles of the normal distribution in integers: the same digits on every machine.

use super::factor::{Factor, ONE, Rate};

/// Units of the working precision, 10⁻¹⁸.
const FINE: i128 = 1_000_000_000_000_000_000;

/// `1/√(2π)` in 10⁻¹⁸.
const DENSITY_AT_ZERO: i128 = 398_942_280_401_432_678;

/// Beyond this many deviations less than a billionth is left.
const FARTHEST: u64 = 6 * ONE;

/// How many deviations above the mean leave only `tail` above them: 1.96 for 2.5 %. To two billionths for
/// a tail of 0.01 % and more, to a hundred-thousandth for one of a billionth. Zero for half and more; 6
/// for less than a billionth.
pub fn normal_quantile(tail: Rate) -> Factor {
    let wanted = i128::from(tail.parts()) * (FINE / i128::from(ONE));
    let (mut low, mut high) = (0, FARTHEST);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if above(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    if above(0) <= wanted { Factor::from_parts(0) } else { Factor::from_parts(high) }
}

/// What lies above so many billionths of a deviation, in 10⁻¹⁸: a half less the power series of the
/// integral of the density.
fn above(deviations: u64) -> i128 {
    let distance = i128::from(deviations) * (FINE / i128::from(ONE));
    let square = distance * i128::from(deviations) / i128::from(ONE);
    // distance^(2n+1) / (2^n n!), with alternating signs.
    let (mut power, mut sum) = (distance, distance);
    for place in 1..120_i128 {
        power = -product(power / 1_000, square / 1_000) / (2 * place);
        sum += power / (2 * place + 1);
    }
    FINE / 2 - sum / 1_000_000 * DENSITY_AT_ZERO / (FINE / 1_000_000)
}

/// The product of two numbers in 10⁻¹⁵, in 10⁻¹⁸. Beyond five deviations the largest terms times the square
/// would not fit, so one is taken apart.
const fn product(one: i128, other: i128) -> i128 {
    const UNIT: i128 = FINE / 1_000_000;
    one / UNIT * other + one % UNIT * other / UNIT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quantile is that of the table, but for so many billionths.
    fn check(tail: &str, expected: &str, off: u64) {
        let found = normal_quantile(Rate::parse(tail).expect("a rate"));
        let expected = Factor::parse(expected).expect("a factor");
        assert!(found.parts().abs_diff(expected.parts()) <= off, "{tail}: {found}");
    }

    /// From tables of the normal distribution.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        check("0.2", "0.841621234", 1);
        check("0.05", "1.644853627", 1);
        check("0.025", "1.959963985", 1);
        check("0.005", "2.575829304", 1);
        check("0.00125", "3.023341440", 1);
        check("0.0001", "3.719016485", 2);
        check("0.000001", "4.753424309", 64);
        check("0.000000001", "5.997807020", 8_306);
        check("0.4", "0.253347103", 1);
        check("0.499999999", "0.000000003", 1);
    }

    /// Their terms did not fit: many groups at a high confidence ended the run.
    #[test]
    fn the_smallest_tails_have_a_quantile_too() {
        check("0.000000009", "5.630200741", 2_000);
        assert_eq!(normal_quantile(Rate::ZERO).parts(), FARTHEST);
    }

    #[test]
    fn half_and_more_lie_above_the_mean() {
        assert_eq!(normal_quantile(Rate::parse("0.5").expect("a rate")).parts(), 0);
        assert_eq!(normal_quantile(Rate::ONE).parts(), 0);
    }
}
