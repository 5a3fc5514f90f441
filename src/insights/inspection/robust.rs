//! What is far from usual, without letting what is far say what is usual: medians, in integers.

/// Fractional bits of a logarithm.
const BITS: u32 = 24;

/// How far from the median a value must lie, in deviations: `0.6745 (x - median) / MAD > 3.5`
/// (Iglewicz and Hoaglin, *How to Detect and Handle Outliers*, 1993), as tenths.
const FAR_TENTHS: i64 = 35;

/// A standard deviation is 1.4826 times the median absolute deviation of a normal distribution,
/// and 1.2533 times its mean absolute deviation; in ten-thousandths.
const OF_MEDIAN: i64 = 14_826;
const OF_MEAN: i64 = 12_533;
const TEN_THOUSAND: i64 = 10_000;

/// The logarithm to base 2 of a positive number, in 2⁻²⁴, rounded down: by squaring the mantissa
/// bit by bit.
pub(super) fn log2(number: u128) -> i64 {
    let Some(whole) = number.checked_ilog2() else { return 0 };
    // The mantissa as a 62-bit fraction between 1 and 2.
    let mut mantissa = if whole >= 62 { number >> (whole - 62) } else { number << (62 - whole) };
    let mut found = i64::from(whole);
    for _ in 0..BITS {
        mantissa = (mantissa * mantissa) >> 62;
        found *= 2;
        if mantissa >> 63 > 0 {
            mantissa >>= 1;
            found += 1;
        }
    }
    found
}

/// The middle value, or the mean of the middle two, rounded down; nothing of nothing.
pub(super) fn median(values: &[i64]) -> Option<i64> {
    let mut ordered = values.to_vec();
    ordered.sort_unstable();
    let middle = ordered.len() / 2;
    let upper = *ordered.get(middle)?;
    if ordered.len() % 2 == 1 {
        return Some(upper);
    }
    Some((ordered[middle - 1] + upper).div_euclid(2))
}

/// What is usual: a middle and a standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usual {
    pub(super) middle: i64,
    /// In the unit of the values; above zero.
    pub(super) deviation: i64,
}

impl Usual {
    /// What is usual among values; nothing where they are all equal.
    pub(super) fn of(values: &[i64]) -> Option<Self> {
        let middle = median(values)?;
        let distances: Vec<i64> = values.iter().map(|value| (value - middle).abs()).collect();
        let scaled = |distance: i64, factor: i64| distance * factor / TEN_THOUSAND;
        let mut deviation = scaled(median(&distances)?, OF_MEDIAN);
        if deviation == 0 {
            // More than half are equal: their spread is that of the others.
            let sum: i64 = distances.iter().sum();
            let count = i64::try_from(distances.len()).ok()?;
            deviation = scaled(sum / count, OF_MEAN);
        }
        (deviation > 0).then_some(Self { middle, deviation })
    }

    /// How many deviations a value lies above the middle, in thousandths, rounded towards zero.
    pub(super) fn score(self, value: i64) -> i64 {
        (value - self.middle).saturating_mul(1_000) / self.deviation
    }

    /// Whether a value is far from usual.
    pub(super) fn is_far(self, value: i64) -> bool {
        (value - self.middle).abs().saturating_mul(10) > self.deviation.saturating_mul(FAR_TENTHS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[i64], middle: i64, deviation: i64) {
        assert_eq!(Usual::of(values), Some(Usual { middle, deviation }), "{values:?}");
    }

    #[test]
    fn logarithms_are_those_of_the_powers_of_two() {
        let one = 1 << BITS;
        for power in 0..127 {
            assert_eq!(log2(1 << power), i64::from(power) * one, "2^{power}");
        }
        // log2(10) = 3.3219280948…, cut to 24 bits.
        assert_eq!(log2(10), 55_732_705);
        assert_eq!(log2(0), 0);
    }

    #[test]
    fn a_ratio_is_a_difference_of_logarithms() {
        let [one, three] = [1_000_000_007_u128, 3_000_000_021].map(log2);
        assert!((three - one - log2(3)).abs() <= 2);
    }

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert_eq!(median(&[4, 1, 3, 2]), Some(2));
        assert_eq!(median(&[3, 1, 2]), Some(2));
        assert_eq!(median(&[]), None);
    }

    /// Distances from 55,000: 5,000 and 15,000 twice each, 25,000 and 945,000: the median is 15,000.
    #[test]
    fn one_wild_value_does_not_widen_what_is_usual() {
        let values = [30_000, 40_000, 50_000, 60_000, 70_000, 1_000_000];
        check(&values, 55_000, 22_239);
        let usual = Usual::of(&values).expect("a spread");
        assert!(usual.is_far(1_000_000) && !usual.is_far(70_000));
    }

    /// Nine equal ones and one at a distance of 10,000: a mean distance of 1,000.
    #[test]
    fn where_most_are_equal_the_mean_distance_counts() {
        let mut values = [5_000; 10];
        values[9] = 15_000;
        check(&values, 5_000, 1_253);
        assert_eq!(Usual::of(&[5; 10]), None);
    }
}
