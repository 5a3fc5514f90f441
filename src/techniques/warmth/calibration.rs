//! What the counters of an earlier period say about how a log differs from others.

use crate::units::{Factor, Rate, Tokens};

use super::assumption::Assumption;
use super::prospect::Prospect;
use super::rules::{CacheRules, Term};

/// Half a loss seen where half of one was expected: the shape and rate of what is known of a log
/// before it is seen, of which the ends in [`Assumption`] are those of a chi-square distribution.
const PRIOR: u64 = 500_000_000;

/// The static start of one call of this many tokens is taken to have been seen before.
const START_SEEN: u64 = 20_000;

/// A lifetime that fewer of the written tokens have than this is a slip.
const TERM_LEAST: &str = "0.02";

/// How many standard deviations the ends are from the middle: one log in a hundred is beyond.
const SPREAD: i128 = 2_326;

/// Billionths.
const ONE: u64 = Factor::ONE.parts();

/// What a log's own counters taught: factors that predict the rest of it, or a replay, better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// How many times as often as usual whole prompts were lost inside their lifetime.
    pub losses: Factor,
    /// The ends of the same, of which one log in a hundred is beyond.
    pub losses_range: [Factor; 2],
    /// The part of the static start that is read where the rest is not.
    pub start: Rate,
    /// The part of the written tokens that had the default lifetime.
    pub default_term: Rate,
}

impl Calibration {
    /// What the learned factors predict.
    pub fn expected(&self) -> Assumption {
        Assumption::expected().with_losses(self.losses).with_start(self.start)
    }

    /// The low end of the bill: few losses, and a fifth more of the start.
    pub fn low(&self) -> Assumption {
        let more = Factor::from(self.start).parts().saturating_mul(6) / 5;
        let start = Rate::of_counts(more.min(ONE), ONE).unwrap_or(Rate::ONE);
        Assumption::low().with_losses(self.losses_range[0]).with_start(start)
    }

    /// The high end: many losses, and a fifth less of the start.
    pub fn high(&self) -> Assumption {
        let less = Factor::from(self.start).parts() / 5 * 4;
        let start = Rate::of_counts(less, ONE).unwrap_or(Rate::ZERO);
        Assumption::high().with_losses(self.losses_range[1]).with_start(start)
    }
}

/// What the counters of a call say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Tokens read.
    pub read: Tokens,
    /// Tokens written for the default lifetime.
    pub written: Tokens,
    /// Tokens written for the long one.
    pub written_long: Tokens,
}

impl Counted {
    /// Whether the counters say anything.
    pub fn is_anything(&self) -> bool {
        [self.read, self.written, self.written_long].iter().any(|count| !count.is_zero())
    }
}

/// Compares calls whose counters are known with what was to be expected of them.
#[derive(Clone, Debug, Default)]
pub struct Learner(Vec<(Prospect, Counted)>);

impl Learner {
    /// Takes a call. Automatic caches are passed over: what they lose says nothing about what
    /// they will.
    pub fn learn(&mut self, prospect: &Prospect, counted: Counted) {
        if let CacheRules::Written { .. } = prospect.rules {
            self.0.push((*prospect, counted));
        }
    }

    /// What was learned; nothing when there was no call to learn from.
    pub fn calibration(&self) -> Option<Calibration> {
        if self.0.is_empty() {
            return None;
        }
        let default_term = self.default_term();
        let half = Rate::of_counts(1, 2).unwrap_or(Rate::ONE);
        let term = if default_term >= half { Term::Default } else { Term::Long };
        let (seen, expected) = self.losses(term);
        // A loss tells about the ones near it: half of each counts.
        let [seen, expected] = [seen, expected].map(|count| PRIOR.saturating_add(count / 2));
        let losses = Factor::of_counts(seen, expected)?;
        let losses_range = [-SPREAD, SPREAD].map(|spread| end(losses, seen, spread));
        Some(Calibration { losses, losses_range, start: self.start(), default_term })
    }

    fn default_term(&self) -> Rate {
        let sum = |count: fn(&Counted) -> Tokens| -> u64 {
            self.0.iter().map(|(_, counted)| count(counted).get()).sum()
        };
        let (short, long) = (sum(|counted| counted.written), sum(|counted| counted.written_long));
        let least = Rate::parse(TERM_LEAST).expect("a constant of this file");
        match Rate::of_counts(short, short + long) {
            None => Rate::of_counts(1, 2).unwrap_or(Rate::ONE),
            Some(part) if part < least => Rate::ZERO,
            Some(part) if part.complement() < least => Rate::ONE,
            Some(part) => part,
        }
    }

    /// How many whole prompts were lost inside their lifetime, and how many were to be expected,
    /// in billionths; each weighs as much as its tokens.
    fn losses(&self, term: Term) -> (u64, u64) {
        let stored = self.0.iter().filter(|(prospect, _)| !prospect.previous.is_zero());
        let (calls, tokens) = stored.fold((0_u128, 0_u128), |(calls, tokens), (prospect, _)| {
            (calls + 1, tokens + u128::from(prospect.previous.get()))
        });
        let (mut seen, mut expected) = (0_u128, 0_u128);
        for (prospect, counted) in self.0.iter().filter(|(one, _)| one.is_within(term)) {
            let previous = prospect.previous.get();
            expected += u128::from(prospect.loss(term).parts()) * u128::from(previous);
            let lost = previous.saturating_sub(counted.read.get());
            // What is lost but for a tenth is an edit.
            if lost > previous / 10 {
                let whole = previous.saturating_sub(prospect.start.get() / 2).max(1);
                let part = u128::from(lost) * u128::from(ONE) / u128::from(whole);
                seen += part.min(ONE.into()) * u128::from(previous);
            }
        }
        let of_calls = |sum: u128| {
            let mean = sum.saturating_mul(calls).checked_div(tokens).unwrap_or(0);
            u64::try_from(mean).unwrap_or(u64::MAX)
        };
        (of_calls(seen), of_calls(expected))
    }

    fn start(&self) -> Rate {
        let usual = Assumption::expected().start.of(Tokens::new(START_SEEN)).get();
        let (mut read, mut possible) = (usual, START_SEEN);
        for (prospect, counted) in &self.0 {
            let is_cold = counted.read.get() < prospect.previous.get() / 2;
            if prospect.is_cached && (prospect.previous.is_zero() || is_cold) {
                read += counted.read.min(prospect.start).get();
                possible += prospect.start.get();
            }
        }
        Rate::of_counts(read, possible).unwrap_or(Assumption::expected().start)
    }
}

/// An end of a Gamma distribution with a mean and a shape in billionths, by the cube of a normal
/// variable (E. B. Wilson and M. M. Hilferty, 1931): `mean (1 - 1/9k + z sqrt(1/9k))^3`.
fn end(mean: Factor, shape: u64, spread_thousandths: i128) -> Factor {
    let one = i128::from(ONE);
    let ninth = one * one / (9 * i128::from(shape.max(1)));
    let root = (ninth * one).isqrt();
    let base = (one - ninth + spread_thousandths * root / 1_000).max(0);
    let cube = base * base / one * base / one;
    let factor = u64::try_from(cube).ok().and_then(|parts| Factor::of_counts(parts, ONE));
    factor.map_or(mean, |factor| mean.times(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 6.635 is the 99 % point of a chi-square distribution with one degree of freedom.
    #[test]
    fn before_anything_was_seen_the_ends_are_those_of_the_chi_square_distribution() {
        let high = end(Factor::ONE, PRIOR, SPREAD);
        assert!((6_500_000_000..6_700_000_000).contains(&high.parts()), "{high}");
        assert_eq!(end(Factor::ONE, PRIOR, -SPREAD).parts(), 0);
    }

    #[test]
    fn the_more_was_seen_the_narrower_it_gets() {
        let width = |shape| {
            end(Factor::ONE, shape, SPREAD).parts() - end(Factor::ONE, shape, -SPREAD).parts()
        };
        assert!(width(100 * ONE) < width(10 * ONE) && width(10 * ONE) < width(ONE));
        let high = end(Factor::ONE, 100 * ONE, SPREAD);
        assert!((1_230_000_000..1_270_000_000).contains(&high.parts()), "{high}");
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        assert_eq!(Learner::default().calibration(), None);
    }
}
