//! How often what was found is the wrong answer, and the call is made after all.

use crate::units::Rate;

use super::super::ranged::Ranged;
use super::super::technique::Scenario;
use super::likeness::Level;
use super::store::Hit;

/// Wrong answers among hits at a similarity: low, expected and high saving.
const WRONG: [&str; 3] = ["0.15", "0.08", "0.03"];

/// The part of hits that are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    rate: Ranged,
    at: Scenario,
    /// The largest share of wrong answers that is allowed, where that is verified.
    verify: Option<Rate>,
}

impl Wrong {
    pub(super) fn new(
        given: Option<Rate>,
        level: Level,
        verify: Option<Rate>,
        at: Scenario,
    ) -> Self {
        let none = if level.is_similarity() { given } else { given.or(Some(Rate::ZERO)) };
        Self { rate: Ranged::given_or(none, WRONG), at, verify }
    }

    /// No answer is wrong unless the log says so.
    pub(super) fn none() -> Self {
        Self::new(None, Level::Exact, None, Scenario::Expected)
    }

    /// The rate where the log does not say what questions mean.
    pub(super) const fn rate(&self) -> Ranged {
        self.rate
    }

    /// The part of a call that is made although an answer was found: to compare it, or because the
    /// answer was wrong.
    pub(super) fn made(&self, hit: &Hit) -> Rate {
        let given = hit.explored.complement();
        let wrong = match (hit.is_right, self.verify) {
            (Some(true), _) => Rate::ZERO,
            (Some(false), _) => given,
            // Verified: at most so many of all that was found.
            (None, Some(allowed)) => allowed.min(given),
            (None, None) => self.rate.at(self.at),
        };
        given.minus(wrong).complement()
    }
}
