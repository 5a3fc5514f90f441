//! When an entry of a cache was used, and how likely it is alive.

use crate::units::Rate;

/// So many uses that may or may not have happened are remembered: those before them add little.
const OLDER_MAX: usize = 7;

/// What a use does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// It writes the entry if it is not there, and renews it if it is.
    Writes,
    /// It read the entry, which it cannot have done without an earlier use.
    Renews,
}

/// One use of an entry: a call that writes it is made with this likelihood; a call that renews it is
/// made and finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    /// Milliseconds.
    at: i64,
    likelihood: Rate,
    deed: Deed,
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
    pub(super) const fn new(at: i64, likelihood: Rate, deed: Deed, span: Span) -> Self {
        let readable_from = at.saturating_add(span.wait);
        Self {
            newest: Use { at, likelihood, deed },
            older: Vec::new(),
            lifetime: span.lifetime,
            dies_at: at.saturating_add(span.max_age),
            readable_from,
        }
    }

    /// Whether it is dead at an instant, and from then on until it is written anew.
    pub(super) const fn is_over(&self, at: i64) -> bool {
        at - self.newest.at > self.lifetime || at > self.dies_at
    }

    /// Adds a later use. Uses of one instant are ways that one call may go: they exclude each other.
    pub(super) fn note(&mut self, at: i64, likelihood: Rate, deed: Deed, span: Span) {
        if self.is_over(at) {
            // It was dead, and is written anew.
            *self = Self::new(at, likelihood, deed, span);
            return;
        }
        let mut known = std::iter::once(&mut self.newest).chain(&mut self.older);
        if let Some(same) = known.find(|one| one.at == at && one.deed == deed) {
            let both = same.likelihood.parts() + likelihood.parts();
            let both = Rate::of_counts(both.min(Rate::ONE.parts()), Rate::ONE.parts());
            same.likelihood = both.unwrap_or(Rate::ONE);
        } else {
            if likelihood < Rate::ONE {
                self.older.insert(0, self.newest);
                self.forget();
            }
            self.newest = Use { at, likelihood, deed };
        }
        if self.newest.likelihood == Rate::ONE {
            self.older.clear();
        }
    }

    /// Drops the oldest use where there are too many, and renewals before writes: without them the
    /// entry is only less likely alive.
    fn forget(&mut self) {
        if self.older.len() > OLDER_MAX {
            let renewal = self.older.iter().rposition(|one| one.deed == Deed::Renews);
            self.older.remove(renewal.unwrap_or(OLDER_MAX));
        }
    }

    /// How likely the entry is alive at an instant, at least, where no call at these instants was
    /// made. Writes are independent of each other. A renewal needs a use before it and is independent
    /// of the writes after it only; of several renewals the best counts.
    pub(super) fn alive(&self, at: i64, never: &[i64]) -> Rate {
        if at < self.readable_from || at > self.dies_at {
            return Rate::ZERO;
        }
        let mut alive = Rate::ZERO;
        // That none of the writes so far was made; and none of those after a later instant.
        let (mut unwritten, mut after) = (Rate::ONE, Rate::ONE);
        let mut instant = i64::MAX;
        for one in self.within(at).filter(|one| !never.contains(&one.at)) {
            if one.at != instant {
                (instant, after) = (one.at, unwritten);
            }
            let dead = after.minus(after.times(one.likelihood));
            alive = alive.max(dead.complement());
            if one.deed == Deed::Writes {
                unwritten = dead;
            }
        }
        alive.max(unwritten.complement())
    }

    /// When calls within its lifetime wrote it, or would have: none was made if it is dead.
    pub(super) fn writes(&self, at: i64) -> impl Iterator<Item = i64> + '_ {
        self.within(at).filter(|one| one.deed == Deed::Writes).map(|one| one.at)
    }

    /// The uses within its lifetime, the newest first.
    fn within(&self, at: i64) -> impl Iterator<Item = &Use> {
        let uses = std::iter::once(&self.newest).chain(&self.older);
        uses.take_while(move |one| at - one.at <= self.lifetime)
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
        let mut known = Uses::new(uses[0].0, rate(uses[0].1), Deed::Writes, span);
        for (at, likelihood) in &uses[1..] {
            known.note(*at, rate(likelihood), Deed::Writes, span);
        }
        assert_eq!(known.alive(at, &[]), rate(expected), "{uses:?} at {at}");
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
        let mut known = Uses::new(0, Rate::ONE, Deed::Writes, short);
        known.note(200, Rate::ONE, Deed::Writes, long);
        assert_eq!([500, 501].map(|at| known.alive(at, &[])), [Rate::ONE, Rate::ZERO]);
        known.note(600, Rate::ONE, Deed::Writes, long);
        assert_eq!(known.alive(4_200, &[]), Rate::ONE);
    }

    #[test]
    fn an_entry_dies_of_age_and_is_written_anew() {
        let span = Span { lifetime: 300, wait: 2, max_age: 500 };
        let mut known = Uses::new(0, Rate::ONE, Deed::Writes, span);
        known.note(250, Rate::ONE, Deed::Writes, span);
        known.note(450, Rate::ONE, Deed::Writes, span);
        assert_eq!([500, 501].map(|at| known.alive(at, &[])), [Rate::ONE, Rate::ZERO]);
        known.note(501, Rate::ONE, Deed::Writes, span);
        assert_eq!(
            [502, 503, 801].map(|at| known.alive(at, &[])),
            [Rate::ZERO, Rate::ONE, Rate::ONE]
        );
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

    /// Writes and renewals at their instants.
    fn check_renewed(uses: &[(i64, &str)], renewals: &[(i64, &str)], at: i64, expected: &str) {
        let span = Span { lifetime: 300, wait: 2, max_age: i64::MAX };
        let mut all: Vec<_> = uses.iter().map(|(at, rate)| (*at, *rate, Deed::Writes)).collect();
        all.extend(renewals.iter().map(|(at, rate)| (*at, *rate, Deed::Renews)));
        all.sort_by_key(|(at, ..)| *at);
        let mut known = Uses::new(all[0].0, rate(all[0].1), all[0].2, span);
        for (at, likelihood, deed) in &all[1..] {
            known.note(*at, rate(likelihood), *deed, span);
        }
        assert_eq!(known.alive(at, &[]), rate(expected), "{uses:?} {renewals:?} at {at}");
    }

    #[test]
    fn a_renewal_is_no_second_write() {
        check_renewed(&[(0, "0.5")], &[(10, "0.25")], 100, "0.5");
        check_renewed(&[(0, "0.5")], &[(200, "0.25")], 400, "0.25");
        check_renewed(&[(0, "0.5")], &[(200, "0.25"), (210, "0.125")], 400, "0.25");
        check_renewed(&[(0, "0.5"), (210, "0.5")], &[(200, "0.25")], 400, "0.625");
        check_renewed(&[(0, "0.5"), (200, "0.5")], &[(200, "0.25")], 400, "0.5");
        check_renewed(&[(0, "1")], &[(200, "1")], 500, "1");
    }

    #[test]
    fn what_was_never_sent_wrote_nothing() {
        let span = Span { lifetime: 300, wait: 0, max_age: i64::MAX };
        let mut known = Uses::new(0, rate("0.5"), Deed::Writes, span);
        known.note(10, rate("0.4"), Deed::Writes, span);
        assert_eq!(known.alive(20, &[10]), rate("0.5"));
        assert_eq!(known.alive(20, &[0, 10]), Rate::ZERO);
        assert_eq!(known.writes(20).collect::<Vec<_>>(), [10, 0]);
    }
}
