//! How often stored prompts are lost, and how much of them survives: one assumption a scenario.

use crate::units::{Factor, Rate};

/// What a prediction takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// How many times as often as usual whole prompts are lost inside their lifetime. Logs differ
    /// in this more than in anything else, and nothing visible tells.
    pub losses: Factor,
    /// The part of the static start that is still read where the rest is not.
    pub start: Rate,
    /// The part of the answers before a prompt that an automatic cache finds too.
    pub answers: Rate,
    /// The part of what an automatic cache could read that it does not.
    pub missed: Rate,
    /// The part of the static start that an automatic cache has from other conversations, where
    /// nothing of this one can be read.
    pub shared: Rate,
}

/// The static start is read in 78 % of the calls that lose the rest (27.6 of 35.2 % of the tokens
/// lost inside the lifetime were lost in part), and is 80 % of the shortest prompt: 25,783 recorded
/// calls to Anthropic models, 2026-11.
const START: &str = "0.624";
/// Nearly all of it: the end where caching goes well.
const START_MOST: &str = "0.95";
/// Automatic caches read up to the end of the prompt before, or of its answer: half way.
const ANSWERS: &str = "0.5";
/// Calls within a minute do not read 2.6 % of what they could: the same recorded calls.
const MISSED: &str = "0.026";
/// The 99 % and 95 % points of a chi-square distribution with one degree of freedom: how far the
/// losses of one log may exceed the usual ones.
const LOSSES_MOST: &str = "6.635";
const LOSSES_LIKELY_MOST: &str = "3.84";

fn rate(text: &str) -> Rate {
    Rate::parse(text).expect("a constant of this file")
}

fn factor(text: &str) -> Factor {
    Factor::parse(text).expect("a constant of this file")
}

impl Assumption {
    /// What logs lose on average: right for the total of many logs.
    ///
    /// # Panics
    /// Never: its texts are constants.
    pub fn expected() -> Self {
        Self {
            losses: Factor::ONE,
            start: rate(START),
            answers: rate(ANSWERS),
            missed: Rate::ZERO,
            // 16,275 recorded calls to DeepSeek read hardly anything at the start of a session.
            shared: Rate::ZERO,
        }
    }

    /// What a typical log loses: most lose less than the average, few lose far more, the more so
    /// the fewer losses are to be expected at all (`expected_losses` is their number in billionths).
    /// Two thirds of `E / (E + 1)` times the usual, about the median.
    ///
    /// # Panics
    /// Never: its texts are constants.
    pub fn point(expected_losses: u64) -> Self {
        let part =
            Rate::of_counts(expected_losses, expected_losses.saturating_add(Factor::ONE.parts()));
        let two_thirds = Factor::of_counts(2, 3).unwrap_or(Factor::ONE);
        let losses = two_thirds.times(part.unwrap_or(Rate::ONE).into());
        Self { losses, ..Self::expected() }
    }

    /// Nothing is lost inside its lifetime: the low end of the bill.
    ///
    /// # Panics
    /// Never: its texts are constants.
    pub fn low() -> Self {
        let zero = Factor::from(Rate::ZERO);
        Self {
            losses: zero,
            start: rate(START_MOST),
            answers: Rate::ONE,
            missed: Rate::ZERO,
            shared: rate(START_MOST),
        }
    }

    /// As much is lost as in one log of a hundred, and nothing of the start survives: the high end.
    ///
    /// # Panics
    /// Never: its texts are constants.
    pub fn high() -> Self {
        let losses = factor(LOSSES_MOST);
        Self {
            losses,
            start: Rate::ZERO,
            answers: Rate::ZERO,
            missed: rate(MISSED),
            shared: Rate::ZERO,
        }
    }

    /// As much is lost as in one log of twenty.
    ///
    /// # Panics
    /// Never: its texts are constants.
    pub fn likely_high() -> Self {
        Self { losses: factor(LOSSES_LIKELY_MOST), ..Self::high() }
    }

    /// The same, where so many calls could read from an automatic cache: of few, chance may lose far
    /// more than the usual part. The 99 % point of a normal distribution in place of a binomial one:
    /// `p + 2.326 sqrt(p / n)`.
    #[must_use]
    pub fn over_calls(self, calls: u64) -> Self {
        let one = u128::from(Factor::ONE.parts());
        let usual = u128::from(self.missed.parts());
        let spread = (usual * one / u128::from(calls.max(1))).isqrt() * 2_326 / 1_000;
        let parts = u64::try_from((usual + spread).min(one)).unwrap_or(u64::MAX);
        let missed = Rate::of_counts(parts, Factor::ONE.parts()).unwrap_or(Rate::ONE);
        Self { missed, ..self }
    }

    /// The same with other losses.
    #[must_use]
    pub fn with_losses(self, losses: Factor) -> Self {
        Self { losses, ..self }
    }

    /// The same with another part of the static start.
    #[must_use]
    pub fn with_start(self, start: Rate) -> Self {
        Self { start, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_loses_more_of_few_calls() {
        let missed = |calls| Assumption::high().over_calls(calls).missed;
        // 0.026 + 2.326 × sqrt(0.026 / 100).
        assert_eq!(missed(100), rate("0.063505621"));
        assert!(missed(1_000_000) < rate("0.0265") && missed(1) > rate("0.4"));
    }

    #[test]
    fn a_log_that_is_not_expected_to_lose_anything_probably_does_not() {
        let losses = |expected| Assumption::point(expected).losses;
        assert_eq!(losses(0), factor("0"));
        assert_eq!(losses(1_000_000_000), factor("0.333333334"));
        assert_eq!(losses(3_000_000_000), factor("0.5"));
        assert!(losses(u64::MAX / 2) <= factor("0.666666667"));
    }
}
