//! What can be foreseen about one call, and the tokens it reads under an assumption.

use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::Call;

use super::assumption::Assumption;
use super::cause::Cause;
use super::loss::loss;
use super::rules::{CacheRules, Term};

/// All that is known of a call before its cache counters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// The rules of the cache it meets.
    pub rules: CacheRules,
    /// Its input, in tokens.
    pub input: Tokens,
    /// Whether a prompt of this length is cached at all.
    pub is_cached: bool,
    /// The stored prompt that it may read, in whole steps; none when no earlier prompt can be its
    /// start.
    pub previous: Tokens,
    /// For automatic caches, the same with the answer to that prompt.
    pub answered: Tokens,
    /// The most that the static start may be, which every prompt of the model begins with.
    pub start: Tokens,
    /// Milliseconds since the call that used the stored prompt last; the most there can be where
    /// there is none.
    pub gap_millis: u64,
    /// What the simplest rule goes by: the prompt before in the chain when it was of the same
    /// model, at most this one's length, and the gap since.
    pub simplest: Option<(Tokens, u64)>,
    /// Why it may not be read.
    pub cause: Cause,
}

/// How the input of a call divides, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Read from the cache.
    pub read: Tokens,
    /// Written for the default lifetime.
    pub written: Tokens,
    /// Written for the longest one.
    pub written_long: Tokens,
    /// The class that pays for each of the two.
    pub classes: [TokenClass; 2],
}

impl Prospect {
    /// The probability that nothing but the static start is read.
    pub fn loss(&self, term: Term) -> Rate {
        match self.rules {
            CacheRules::Written { .. } if !self.previous.is_zero() => {
                let seconds = self.rules.seconds(term).unwrap_or(u64::MAX);
                loss(self.gap_millis, seconds)
            }
            CacheRules::Automatic { .. } if !self.previous.is_zero() => {
                let is_over = !self.is_alive(term);
                if is_over { Rate::ONE } else { Rate::ZERO }
            }
            _ => Rate::ONE,
        }
    }

    /// Whether there is a stored prompt that should still be there.
    pub fn is_within(&self, term: Term) -> bool {
        !self.previous.is_zero() && self.is_alive(term)
    }

    fn is_alive(&self, term: Term) -> bool {
        let end = self.rules.seconds(term).map(|seconds| seconds.saturating_mul(1_000));
        end.is_none_or(|end| self.gap_millis <= end)
    }

    /// Why it may not be read, where all entries have one lifetime, or nobody knows which.
    pub fn cause_under(&self, lifetime: Option<Term>) -> Cause {
        match (self.cause, lifetime) {
            (Cause::BetweenLifetimes, Some(Term::Default)) => Cause::OverLifetime,
            (Cause::BetweenLifetimes, Some(Term::Long)) => Cause::WithinLifetime,
            (cause, _) => cause,
        }
    }

    /// The same probability, where whole prompts are lost more or less often than usual. Beyond
    /// the lifetime there is nothing that could differ between logs.
    pub fn loss_under(&self, term: Term, assumption: &Assumption) -> Rate {
        let usual = self.loss(term);
        let is_written = matches!(self.rules, CacheRules::Written { .. });
        if !is_written || !self.is_within(term) {
            return usual;
        }
        let one = Factor::ONE.parts();
        let parts = assumption.losses.times(usual.into()).parts().min(one);
        Rate::of_counts(parts, one).unwrap_or(Rate::ONE)
    }

    /// The tokens that are read on average, to the nearest token.
    pub fn read(&self, term: Term, assumption: &Assumption) -> Tokens {
        if !self.is_cached {
            return Tokens::ZERO;
        }
        let lost = self.loss_under(term, assumption);
        if let CacheRules::Automatic { .. } = self.rules {
            let answers = self.answered.saturating_sub(self.previous);
            let found = self.previous + assumption.answers.of(answers);
            let warm = lost.complement().of(assumption.missed.complement().of(found));
            return warm.max(assumption.shared.of(self.start));
        }
        let start = assumption.start.of(self.start);
        if self.previous.is_zero() {
            return start;
        }
        let start = start.min(self.previous);
        start + lost.complement().of(self.previous.saturating_sub(start))
    }

    /// How the input divides on average, where a part of the calls (`default_term`) has entries of
    /// the default lifetime and the others of the longest one. The tokens are whole, and their sum
    /// is never more than the input.
    pub fn split(&self, assumptions: &[Assumption; 2], default_term: Rate) -> Split {
        let classes = Term::ALL.map(|term| self.rules.unread_class(term));
        if !self.is_cached {
            let nothing = Tokens::ZERO;
            return Split { read: nothing, written: nothing, written_long: nothing, classes };
        }
        let reads =
            [self.read(Term::Default, &assumptions[0]), self.read(Term::Long, &assumptions[1])];
        let [short, long] = reads.map(|read| read.min(self.input));
        let read = between(short, long, default_term);
        let unread = self.input.saturating_sub(read);
        let written = default_term.of(self.input.saturating_sub(short)).min(unread);
        let written_long = unread.saturating_sub(written);
        Split { read, written, written_long, classes }
    }

    /// How the input divides when so much of it is read and entries have one lifetime.
    pub fn reading(&self, read: Tokens, term: Term) -> Split {
        let read = read.min(self.input);
        let unread = if self.is_cached { self.input.saturating_sub(read) } else { Tokens::ZERO };
        let classes = [self.rules.unread_class(term); 2];
        Split { read, written: unread, written_long: Tokens::ZERO, classes }
    }

    /// How the input divides by the simplest rule: everything of the prompt before is read if the
    /// lifetime has not passed, and the rest is written.
    pub fn simplest(&self, term: Term) -> Split {
        let end = self.rules.seconds(term).map(|seconds| seconds.saturating_mul(1_000));
        let alive = self.simplest.filter(|(_, gap)| end.is_none_or(|end| *gap <= end));
        let is_none = self.rules == CacheRules::None;
        let read = alive.filter(|_| !is_none).map_or(Tokens::ZERO, |(tokens, _)| tokens);
        let classes = [self.rules.unread_class(term); 2];
        let written = self.input.saturating_sub(read);
        Split { read, written, written_long: Tokens::ZERO, classes }
    }
}

/// `weight` of one count and the rest of the other, to the nearest token.
fn between(one: Tokens, other: Tokens, weight: Rate) -> Tokens {
    if one >= other {
        other + weight.of(one.saturating_sub(other))
    } else {
        one + weight.complement().of(other.saturating_sub(one))
    }
}

impl Split {
    /// A call whose input, all of it plain, divides like this.
    #[must_use]
    pub fn of(&self, hidden: &Call) -> Call {
        let mut call = *hidden;
        let moves = [
            (TokenClass::CacheRead, self.read),
            (self.classes[0], self.written),
            (self.classes[1], self.written_long),
        ];
        for (class, count) in moves {
            if class != TokenClass::Input {
                let plain = call.tokens[TokenClass::Input];
                let count = count.min(plain);
                call.tokens[TokenClass::Input] = plain.saturating_sub(count);
                call.tokens[class] += count;
            }
        }
        call
    }
}
