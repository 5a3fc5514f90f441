//! A ratio of costs, how sure it is, and what would have to happen to see a difference.

use crate::units::{Factor, Rate, exp, ln, normal_quantile};

/// The chance with which a rise of the minimum detectable effect is not found.
const POWER_MISSED: &str = "0.2";

/// How uncertain the standard error of costs is: its variance is this part of `1 / (2.8² + 2²)` over
/// the number of equal clusters. Bell-shaped costs would have 6; conversations are heavier in the
/// tail. Measured on resampled logs (`docs/gate.md`, November 2026).
const ERROR_UNCERTAIN: u64 = 40;

/// With fewer equal clusters the interval is told to be uncertain itself; it is not made any wider
/// for the chance to find a rise.
const CLUSTERS_LEAST: u64 = 30;

/// Billionths in one.
const BILLION: u64 = 1_000_000_000;

/// A ratio with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// So many times the baseline.
    pub ratio: Factor,
    /// The ends of the interval: percentiles of the replicates, farther out where clusters are few.
    pub interval: [Factor; 2],
    /// The standard error of the logarithm of the ratio, in units of 2⁻³², larger where clusters are
    /// few.
    error: u64,
    /// How many equal clusters the smaller log has.
    clusters: u64,
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

    /// So many times as far out the ends of an interval lie when only so many equal clusters tell how
    /// much they vary: the quantile of Student's distribution over that of the normal one, to the
    /// first order, `1 + (z² + 1) / 4f` (Cornish and Fisher, *The Percentile Points of Distributions
    /// Having Known Cumulants*, 1960).
    fn widening(self, clusters: u64) -> Factor {
        let freedom = u128::from(clusters.saturating_sub(1).max(1));
        let quantile = u128::from(self.limit(1).parts());
        let more =
            (quantile * quantile / u128::from(BILLION) + u128::from(BILLION)) / (4 * freedom);
        let parts = u64::try_from(more).unwrap_or(u64::MAX).saturating_add(BILLION);
        Factor::of_counts(parts, BILLION).unwrap_or(Factor::ONE)
    }
}

impl Estimate {
    /// The estimate of a ratio from its replicates, with so many equal clusters in the smaller log;
    /// nothing without replicates.
    pub(super) fn new(
        ratio: Factor,
        mut drawn: Vec<Factor>,
        confidence: Confidence,
        clusters: u64,
    ) -> Option<Self> {
        drawn.sort_unstable();
        let low = quantile(&drawn, confidence.tail)?;
        let high = quantile(&drawn, confidence.tail.complement())?;
        let widening = confidence.widening(clusters);
        let interval = [low, high].map(|end| apart(ratio, end, widening).unwrap_or(end));
        let error = u128::from(deviation(&drawn)) * u128::from(widening.parts());
        let error = u64::try_from(error / u128::from(BILLION)).unwrap_or(u64::MAX);
        Some(Self { ratio, interval, error, clusters })
    }

    /// So many times the baseline a rise would have to be to fail in four of five logs like these:
    /// beyond the threshold by the deviations of the confidence and of that chance.
    pub(super) fn minimum_detectable(
        &self,
        threshold: Factor,
        confidence: Confidence,
    ) -> Option<Factor> {
        let room = i128::from(self.error) * i128::from(self.deviations(confidence)) / 1_000_000_000;
        exp(ln(threshold)?.checked_add(i64::try_from(room).ok()?)?)
    }

    /// How many times as large both logs would have to be for a ratio as this one to be decided four
    /// times of five; nothing when no log would be large enough.
    pub(super) fn times_needed(&self, threshold: Factor, confidence: Confidence) -> Option<Factor> {
        let margin = ln(self.ratio)?.checked_sub(ln(threshold)?)?.unsigned_abs();
        let wanted =
            u128::from(self.error) * u128::from(self.deviations(confidence)) / 1_000_000_000;
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

    /// Deviations of the confidence and of the power together, in billionths. The standard error of
    /// the next log will be another one, so that of a normal distribution is not enough for the power.
    fn deviations(&self, confidence: Confidence) -> u64 {
        let missed = Rate::parse(POWER_MISSED).expect("a constant");
        let freedom = u128::from(self.clusters.max(CLUSTERS_LEAST) - 1);
        let square = u128::from(BILLION) * u128::from(BILLION);
        let wider = (square + square * u128::from(ERROR_UNCERTAIN) / freedom).isqrt();
        let power = u128::from(normal_quantile(missed).parts()) * wider / u128::from(BILLION);
        let power = u64::try_from(power).unwrap_or(u64::MAX);
        confidence.limit(1).parts().saturating_add(power)
    }
}

/// An end of an interval so many times as far from the ratio, as logarithms; nothing at zero.
fn apart(ratio: Factor, end: Factor, times: Factor) -> Option<Factor> {
    if ratio == end || times == Factor::ONE {
        return Some(end);
    }
    let middle = ln(ratio)?;
    let off = i128::from(ln(end)? - middle) * i128::from(times.parts()) / i128::from(BILLION);
    exp(middle.checked_add(i64::try_from(off).ok()?)?)
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

    /// So many clusters that nothing is added for their number.
    const MANY: u64 = u64::MAX;

    /// Ratios `e^(k/1000)` for k from -100 to 100.
    fn spread() -> Vec<Factor> {
        (-100_i64..=100).filter_map(|k| exp(k * (1 << 32) / 1_000)).collect()
    }

    #[test]
    fn an_interval_leaves_out_a_part_at_each_end() {
        let found = Estimate::new(Factor::ONE, spread(), confidence(), MANY).expect("replicates");
        // 2.5 % of 200 steps are five: e^-0.095 and e^0.095.
        assert_eq!(found.interval.map(|end| end.to_string()), ["0.909372934", "1.099658855"]);
    }

    #[test]
    fn few_clusters_make_an_interval_wider() {
        let ends = |clusters| {
            let found = Estimate::new(Factor::ONE, spread(), confidence(), clusters);
            found.expect("replicates").interval.map(Factor::parts)
        };
        // Of 30, 1 + (1.96² + 1) / 116 = 1.041737 times as far: e^-0.0989651 and e^0.0989651.
        for (found, expected) in ends(30).into_iter().zip([905_774_328, 1_104_027_748]) {
            assert!(found.abs_diff(expected) < 2_000, "{found}");
        }
        assert!(ends(1)[0] < ends(6)[0] && ends(6)[1] > ends(30)[1]);
    }

    #[test]
    fn a_rise_of_few_clusters_is_found_less_often() {
        let detectable = |clusters| {
            let found = Estimate::new(Factor::ONE, spread(), confidence(), clusters);
            found.expect("replicates").minimum_detectable(factor("1.05"), confidence())
        };
        // 1.05 e^(0.0581664 × 1.041737 × (1.959964 + 0.841621 √(1 + 40 / 29))).
        let found = detectable(30).expect("fits");
        assert!(found.parts().abs_diff(1_279_175_000) < 200_000, "{found}");
        assert!(detectable(100) < detectable(30));
    }

    #[test]
    fn a_rise_must_lie_beyond_the_threshold_by_the_deviations_of_both_chances() {
        let found = Estimate::new(Factor::ONE, spread(), confidence(), MANY).expect("replicates");
        // The deviation of an even spread over ±0.1 in steps of 0.001 is 0.0581664.
        let detectable = found.minimum_detectable(factor("1.05"), confidence()).expect("fits");
        // 1.05 e^(0.0581664 × (1.959964 + 0.841621)).
        assert!(detectable.parts().abs_diff(1_235_850_000) < 200_000, "{detectable}");
    }

    #[test]
    fn twice_as_close_to_the_threshold_needs_four_times_as_much() {
        let times = |ratio: &str| {
            let found =
                Estimate::new(factor(ratio), spread(), confidence(), MANY).expect("replicates");
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
        let found = Estimate::new(factor("1.2"), vec![factor("1.2"); 9], confidence(), 9);
        let found = found.expect("replicates");
        assert_eq!(found.deviations_beyond(factor("1.05")), i64::MAX);
        assert_eq!(found.deviations_beyond(factor("1.3")), i64::MIN);
        assert_eq!(Estimate::new(Factor::ONE, Vec::new(), confidence(), 9), None);
    }
}
