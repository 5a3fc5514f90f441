//! A ratio of costs, how sure it is, and what would have to happen to see a difference.

use crate::units::{Factor, Rate, exp, ln, normal_quantile};

/// The chance with which a rise of the minimum detectable effect is found.
const POWER_MISSED: &str = "0.2";

/// A ratio with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// So many times the baseline.
    pub ratio: Factor,
    /// The ends of the interval: percentiles of the replicates.
    pub interval: [Factor; 2],
    /// The standard error of the logarithm of the ratio, in units of 2⁻³².
    error: u64,
}

/// What the confidence of a gate asks of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Confidence {
    /// The part of replicates beyond each end.
    tail: Rate,
}

impl Confidence {
    /// That of an interval which holds this part of the replicates.
    pub(super) fn new(confidence: Rate) -> Self {
        let tails = confidence.complement();
        Self { tail: Rate::of_counts(tails.parts() / 2, 1_000_000_000).unwrap_or(Rate::ZERO) }
    }

    /// The deviation that one of `tests` tests must exceed so that all together err no more often
    /// than one alone (Bonferroni).
    fn limit(self, tests: usize) -> Factor {
        let tests = u64::try_from(tests.max(1)).expect("a count");
        let tail = Rate::of_counts(self.tail.parts() / tests, 1_000_000_000);
        normal_quantile(tail.unwrap_or(Rate::ZERO))
    }
}

impl Estimate {
    /// The estimate of a ratio from its replicates; nothing without replicates.
    pub(super) fn new(
        ratio: Factor,
        mut drawn: Vec<Factor>,
        confidence: Confidence,
    ) -> Option<Self> {
        drawn.sort_unstable();
        let low = quantile(&drawn, confidence.tail)?;
        let high = quantile(&drawn, confidence.tail.complement())?;
        Some(Self { ratio, interval: [low, high], error: deviation(&drawn) })
    }

    /// So many times the baseline a rise would have to be to fail in four of five logs like these:
    /// beyond the threshold by the deviations of the confidence and of that chance.
    pub(super) fn minimum_detectable(
        &self,
        threshold: Factor,
        confidence: Confidence,
    ) -> Option<Factor> {
        let room = i128::from(self.error) * i128::from(deviations(confidence)) / 1_000_000_000;
        exp(ln(threshold)?.checked_add(i64::try_from(room).ok()?)?)
    }

    /// How many times as large both logs would have to be for a ratio as this one to be decided four
    /// times of five; nothing when no log would be large enough.
    pub(super) fn times_needed(&self, threshold: Factor, confidence: Confidence) -> Option<Factor> {
        let margin = ln(self.ratio)?.checked_sub(ln(threshold)?)?.unsigned_abs();
        let wanted = u128::from(self.error) * u128::from(deviations(confidence)) / 1_000_000_000;
        let times = (wanted * 1_000_000).checked_div(u128::from(margin))?;
        let squared = times.checked_mul(times)? / 1_000;
        let parts = u64::try_from(squared).ok()?;
        Factor::of_counts(parts, 1_000_000_000)
    }

    /// How many standard errors the ratio lies beyond a threshold, in billionths; negative below it.
    pub(super) fn deviations_beyond(&self, threshold: Factor) -> i64 {
        let beyond = ln(self.ratio).zip(ln(threshold)).map(|(ratio, limit)| ratio - limit);
        let beyond = i128::from(beyond.unwrap_or(i64::MIN / 2)) * 1_000_000_000;
        let deviations = beyond.checked_div(i128::from(self.error));
        let sure = if beyond > 0 { i64::MAX } else { i64::MIN };
        deviations.map_or(sure, |found| i64::try_from(found).unwrap_or(sure))
    }
}

/// Deviations of the confidence and of the power together, in billionths.
fn deviations(confidence: Confidence) -> u64 {
    let missed = Rate::parse(POWER_MISSED).expect("a constant");
    confidence.limit(1).parts() + normal_quantile(missed).parts()
}

/// Which of several groups are beyond their threshold when all are looked at: from the largest
/// deviation on, as long as each exceeds what is left of the tests (Sture Holm, *A Simple
/// Sequentially Rejective Multiple Test Procedure*, 1979). `beyond` are deviations in billionths.
pub(super) fn holm(beyond: &[i64], confidence: Confidence) -> Vec<bool> {
    let mut places: Vec<usize> = (0..beyond.len()).collect();
    places.sort_by_key(|place| (std::cmp::Reverse(beyond[*place]), *place));
    let mut found = vec![false; beyond.len()];
    for (earlier, place) in places.into_iter().enumerate() {
        let limit = confidence.limit(beyond.len() - earlier).parts();
        if u64::try_from(beyond[place]).is_ok_and(|deviations| deviations > limit) {
            found[place] = true;
        } else {
            break;
        }
    }
    found
}

/// The value below which a part of sorted replicates lies, between the two nearest.
fn quantile(sorted: &[Factor], part: Rate) -> Option<Factor> {
    let last = u128::try_from(sorted.len().checked_sub(1)?).ok()?;
    let place = last * u128::from(part.parts());
    let (whole, rest) = (place / 1_000_000_000, place % 1_000_000_000);
    let at = |place: u128| usize::try_from(place).ok().and_then(|place| sorted.get(place));
    let low = at(whole)?;
    let high = at(whole + 1).unwrap_or(low);
    let step = u128::from(high.parts() - low.parts()) * rest / 1_000_000_000;
    Factor::of_counts(low.parts() + u64::try_from(step).ok()?, 1_000_000_000)
}

/// The standard deviation of the logarithms, in units of 2⁻³².
fn deviation(drawn: &[Factor]) -> u64 {
    let logarithms: Vec<i128> = drawn.iter().filter_map(|one| ln(*one)).map(i128::from).collect();
    let count = i128::try_from(logarithms.len()).expect("a count");
    if count < 2 {
        return 0;
    }
    let mean = logarithms.iter().sum::<i128>() / count;
    let squares: i128 = logarithms.iter().map(|one| (one - mean) * (one - mean)).sum();
    let variance = (squares / (count - 1)).unsigned_abs();
    u64::try_from(variance.isqrt()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(text: &str) -> Factor {
        Factor::parse(text).expect("a factor")
    }

    fn confidence() -> Confidence {
        Confidence::new(Rate::parse("0.95").expect("a rate"))
    }

    /// Ratios `e^(k/1000)` for k from -100 to 100.
    fn spread() -> Vec<Factor> {
        (-100_i64..=100).filter_map(|k| exp(k * (1 << 32) / 1_000)).collect()
    }

    #[test]
    fn an_interval_leaves_out_a_part_at_each_end() {
        let found = Estimate::new(Factor::ONE, spread(), confidence()).expect("replicates");
        // 2.5 % of 200 steps are five: e^-0.095 and e^0.095.
        assert_eq!(found.interval.map(|end| end.to_string()), ["0.909372934", "1.099658855"]);
    }

    #[test]
    fn a_rise_must_lie_beyond_the_threshold_by_the_deviations_of_both_chances() {
        let found = Estimate::new(Factor::ONE, spread(), confidence()).expect("replicates");
        // The deviation of an even spread over ±0.1 in steps of 0.001 is 0.0581664.
        let detectable = found.minimum_detectable(factor("1.05"), confidence()).expect("fits");
        // 1.05 e^(0.0581664 × (1.959964 + 0.841621)).
        assert!(detectable.parts().abs_diff(1_235_850_000) < 200_000, "{detectable}");
    }

    #[test]
    fn twice_as_close_to_the_threshold_needs_four_times_as_much() {
        let times = |ratio: &str| {
            let found = Estimate::new(factor(ratio), spread(), confidence()).expect("replicates");
            found.times_needed(factor("1.05"), confidence()).map(Factor::parts)
        };
        // Logarithms 0.2 and 0.1 beyond that of the threshold.
        let (far, near) = (times("1.282472896"), times("1.160429464"));
        assert_eq!(near.map(|near| near / 1_000_000), far.map(|far| far * 4 / 1_000_000));
        assert_eq!(times("1.05"), None);
    }

    #[test]
    fn many_groups_must_lie_farther_out() {
        let billions = |deviations: &[i64]| -> Vec<i64> {
            deviations.iter().map(|one| one * 10_000_000).collect()
        };
        // One test needs 1.96, of two the larger needs 2.24.
        assert_eq!(holm(&billions(&[200]), confidence()), [true]);
        assert_eq!(holm(&billions(&[200, 200]), confidence()), [false, false]);
        assert_eq!(holm(&billions(&[200, 230]), confidence()), [true, true]);
        assert_eq!(holm(&billions(&[190, 230, -50]), confidence()), [false, false, false]);
        assert_eq!(holm(&[i64::MAX, i64::MIN], confidence()), [true, false]);
    }

    #[test]
    fn equal_replicates_are_sure() {
        let found = Estimate::new(factor("1.2"), vec![factor("1.2"); 9], confidence());
        let found = found.expect("replicates");
        assert_eq!(found.deviations_beyond(factor("1.05")), i64::MAX);
        assert_eq!(found.deviations_beyond(factor("1.3")), i64::MIN);
        assert_eq!(Estimate::new(Factor::ONE, Vec::new(), confidence()), None);
    }
}
