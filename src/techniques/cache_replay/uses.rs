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

/// The uses of one entry, the newest first. Each starts its lifetime again.
#[derive(Clone, Debug)]
pub(super) struct Uses {
    newest: Use,
    older: Vec<Use>,
}

impl Uses {
    pub(super) const fn new(at: i64, likelihood: Rate) -> Self {
        Self { newest: Use { at, likelihood }, older: Vec::new() }
    }

    /// Adds a later use. Uses of one instant are ways that one call may go: they exclude each other.
    pub(super) fn note(&mut self, at: i64, likelihood: Rate) {
        if at == self.newest.at {
            let both = self.newest.likelihood.parts() + likelihood.parts();
            self.newest.likelihood =
                Rate::of_counts(both.min(Rate::ONE.parts()), Rate::ONE.parts())
                    .unwrap_or(Rate::ONE);
        } else if likelihood == Rate::ONE {
            *self = Self::new(at, likelihood);
            return;
        } else {
            self.older.insert(0, self.newest);
            self.older.truncate(OLDER_MAX);
            self.newest = Use { at, likelihood };
        }
        if self.newest.likelihood == Rate::ONE {
            self.older.clear();
        }
    }

    /// How likely the entry is alive at an instant: that at least one of the uses within `lifetime`
    /// happened. `wait` milliseconds after a use it can be read: an answer must have begun.
    pub(super) fn alive(&self, at: i64, lifetime: i64, wait: i64) -> Rate {
        let mut dead = Rate::ONE;
        for one in std::iter::once(&self.newest).chain(&self.older) {
            let age = at - one.at;
            if age > lifetime {
                break;
            }
            if age >= wait {
                dead = dead.minus(dead.times(one.likelihood));
            }
        }
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
        let mut known = Uses::new(uses[0].0, rate(uses[0].1));
        for (at, likelihood) in &uses[1..] {
            known.note(*at, rate(likelihood));
        }
        assert_eq!(known.alive(at, 300, 2), rate(expected), "{uses:?} at {at}");
    }

    #[test]
    fn an_entry_lives_from_its_last_use() {
        check(&[(0, "1")], 300, "1");
        check(&[(0, "1")], 301, "0");
        check(&[(0, "1"), (200, "1")], 500, "1");
        check(&[(0, "1")], 1, "0");
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
