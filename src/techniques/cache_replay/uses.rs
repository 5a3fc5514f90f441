//! When an entry of a cache was used, and how likely it is alive.

use crate::units::Rate;

/// So many uses that may or may not have happened are remembered: those before them add little.
const OLDER_MAX: usize = 7;

/// One use of an entry, that of a call which was made with this likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    /// Milliseconds.
    at: i64,
    likelihood: Rate,
}

/// How long entries live after a use, and how long nobody can read what was just written, in
/// milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lifetime: i64,
    pub(super) wait: i64,
    /// How long an entry lives however often it is used.
    pub(super) max_age: i64,
}

/// The uses of one entry, the newest first. Each starts its lifetime again.
#[derive(Clone, Debug)]
pub(super) struct Uses {
    newest: Use,
    older: Vec<Use>,
    /// Milliseconds it was written for; a read starts them again and does not change them.
    lifetime: i64,
    /// When it dies however often it is used.
    dies_at: i64,
    /// When the answer to the call that wrote it had begun.
    readable_from: i64,
}

impl Uses {
    pub(super) const fn new(at: i64, likelihood: Rate, span: Span) -> Self {
        let readable_from = at.saturating_add(span.wait);
        Self {
            newest: Use { at, likelihood },
            older: Vec::new(),
            lifetime: span.lifetime,
            dies_at: at.saturating_add(span.max_age),
            readable_from,
        }
    }

    /// Adds a later use. Uses of one instant are ways that one call may go: they exclude each other.
    pub(super) fn note(&mut self, at: i64, likelihood: Rate, span: Span) {
        if at - self.newest.at > self.lifetime || at > self.dies_at {
            // It was dead, and is written anew.
            *self = Self::new(at, likelihood, span);
            return;
        }
        if at == self.newest.at {
            let both = self.newest.likelihood.parts() + likelihood.parts();
            let both = Rate::of_counts(both.min(Rate::ONE.parts()), Rate::ONE.parts());
            self.newest.likelihood = both.unwrap_or(Rate::ONE);
        } else {
            if likelihood < Rate::ONE {
                self.older.insert(0, self.newest);
                self.older.truncate(OLDER_MAX);
            }
            self.newest = Use { at, likelihood };
        }
        if self.newest.likelihood == Rate::ONE {
            self.older.clear();
        }
    }

    /// How likely the entry is alive at an instant: that at least one of the uses within its
    /// lifetime happened.
    pub(super) fn alive(&self, at: i64) -> Rate {
        if at < self.readable_from || at > self.dies_at {
            return Rate::ZERO;
        }
        let uses = std::iter::once(&self.newest).chain(&self.older);
        let within = uses.take_while(|one| at - one.at <= self.lifetime);
        let dead = within.fold(Rate::ONE, |dead, one| dead.minus(dead.times(one.likelihood)));
        dead.complement()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).expect("a rate")
    }

    fn check(uses: &[(i64, &str)], at: i64, expected: &str) {
        let span = Span { lifetime: 300, wait: 2, max_age: i64::MAX };
        let mut known = Uses::new(uses[0].0, rate(uses[0].1), span);
        for (at, likelihood) in &uses[1..] {
            known.note(*at, rate(likelihood), span);
        }
        assert_eq!(known.alive(at), rate(expected), "{uses:?} at {at}");
    }

    #[test]
    fn an_entry_lives_from_its_last_use() {
        check(&[(0, "1")], 300, "1");
        check(&[(0, "1")], 301, "0");
        check(&[(0, "1"), (200, "1")], 500, "1");
        check(&[(0, "1"), (301, "1")], 600, "1");
    }

    /// Whoever reads it: a breakpoint for an hour does not lengthen what was written for 5 minutes.
    #[test]
    fn an_entry_lives_as_long_as_it_was_written_for() {
        let [short, long] =
            [300, 3_600].map(|lifetime| Span { lifetime, wait: 0, max_age: i64::MAX });
        let mut known = Uses::new(0, Rate::ONE, short);
        known.note(200, Rate::ONE, long);
        assert_eq!([500, 501].map(|at| known.alive(at)), [Rate::ONE, Rate::ZERO]);
        known.note(600, Rate::ONE, long);
        assert_eq!(known.alive(4_200), Rate::ONE);
    }

    #[test]
    fn an_entry_dies_of_age_and_is_written_anew() {
        let span = Span { lifetime: 300, wait: 2, max_age: 500 };
        let mut known = Uses::new(0, Rate::ONE, span);
        known.note(250, Rate::ONE, span);
        known.note(450, Rate::ONE, span);
        assert_eq!([500, 501].map(|at| known.alive(at)), [Rate::ONE, Rate::ZERO]);
        known.note(501, Rate::ONE, span);
        assert_eq!([502, 503, 801].map(|at| known.alive(at)), [Rate::ZERO, Rate::ONE, Rate::ONE]);
    }

    #[test]
    fn what_is_being_written_cannot_be_read_and_a_use_does_not_hide_it() {
        check(&[(0, "1")], 1, "0");
        check(&[(0, "1"), (9, "1")], 10, "1");
        check(&[(0, "1"), (400, "1")], 401, "0");
    }

    #[test]
    fn it_is_alive_if_one_of_its_uses_happened() {
        check(&[(0, "0.6"), (10, "0.5")], 100, "0.8");
        check(&[(0, "0.6"), (250, "0.5")], 400, "0.5");
        check(&[(0, "1"), (250, "0.5")], 290, "1");
    }

    #[test]
    fn ways_that_one_call_may_go_exclude_each_other() {
        check(&[(0, "0.6"), (0, "0.4")], 100, "1");
        check(&[(0, "0.6"), (0, "0.1")], 100, "0.7");
    }
}
