//! How far one stored answer can be trusted, by how often it was compared with a fresh one.

use crate::units::Rate;

use super::bounds::at_most;

/// Before so many comparisons an answer is never given.
const FIRST: u64 = 6;

/// Comparisons of one stored answer, in billionths of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trust {
    compared: u64,
    wrong: u64,
}

impl Trust {
    /// The part of the calls that find it which is made all the same. Given that at most `u` of the
    /// matches are wrong, `1 - allowed / u` of them keep the wrong answers that are given below
    /// `allowed`.
    pub(super) fn explored(self, allowed: Rate) -> Rate {
        let whole = Rate::ONE.parts();
        let (seen, wrong) = (self.compared / whole, self.wrong.div_ceil(whole));
        if seen < FIRST {
            return Rate::ONE;
        }
        let wrong = at_most(wrong, seen);
        let given = Rate::of_counts(allowed.min(wrong).parts(), wrong.parts());
        given.map_or(Rate::ZERO, Rate::complement)
    }

    /// Takes up a comparison that happened with this likelihood.
    pub(super) fn note(&mut self, likelihood: Rate, is_wrong: bool) {
        self.compared += likelihood.parts();
        self.wrong += if is_wrong { likelihood.parts() } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(right: usize, wrong: usize, allowed: &str) -> Rate {
        let mut trust = Trust::default();
        (0..right).for_each(|_| trust.note(Rate::ONE, false));
        (0..wrong).for_each(|_| trust.note(Rate::ONE, true));
        trust.explored(Rate::parse(allowed).expect("a rate"))
    }

    /// Six right ones leave at most 39.3 % wrong: .01 / .393 = 2.5 % may be given.
    #[test]
    fn trust_grows_with_right_answers() {
        assert_eq!(after(5, 0, "0.01"), Rate::ONE);
        let six = after(6, 0, "0.01").parts();
        assert!((974_500_000..974_600_000).contains(&six), "{six}");
        assert_eq!(after(299, 0, "0.01"), Rate::ZERO);
        assert!(after(298, 1, "0.01") > Rate::ZERO);
    }
}
