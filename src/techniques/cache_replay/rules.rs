//! The rules of one provider's cache as a replay needs them.

use serde::Deserialize;

use crate::pricing::{CacheLifetime, CachePolicy};
use crate::units::{TokenClass, Tokens};

use super::super::warmth::{CacheRules, Term};
use super::uses::Span;

/// The time until the first token of an answer: so long nobody can read what it wrote. The
/// documents say "once the first response begins"; two seconds are usual, and from 3 to 10 s hits of
/// chats change by less than 0.2 points.
const FIRST_TOKEN_MS: i64 = 2_000;

/// Where the provider publishes no lifetime, the one most do.
const UNKNOWN_LIFETIME_S: u64 = 300;

/// How long an entry lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(in super::super) enum Lifetime {
    /// The provider's default; 5 minutes at most providers.
    #[default]
    #[serde(rename = "5m")]
    Short,
    /// The longer one, where there is one.
    #[serde(rename = "1h")]
    Long,
    /// Of none, the default and the longer one, the one that is cheapest on the log for each call
    /// type and model.
    #[serde(rename = "best")]
    Best,
}

impl Lifetime {
    /// The same, as predictions call it.
    const fn term(self) -> Term {
        match self {
            Self::Short | Self::Best => Term::Default,
            Self::Long => Term::Long,
        }
    }

    /// The lifetime of a cache that this means; nothing when the provider publishes none.
    pub(in super::super) fn of(self, policy: &CachePolicy) -> Option<CacheLifetime> {
        let long = policy.lifetimes.iter().find(|known| known.class == TokenClass::CacheWrite1h);
        let first = policy.lifetimes.first();
        match self {
            Self::Long => long.or(first),
            Self::Short | Self::Best => first,
        }
        .copied()
    }
}

/// What the user says about every cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Terms {
    /// Prompts shorter than this are not cached; each model's own minimum for nothing.
    pub(in super::super) min: Option<Tokens>,
    /// Milliseconds until what a call wrote can be read.
    pub(in super::super) wait: i64,
}

impl Terms {
    /// With these settings; the provider's minimum and two seconds where they say nothing.
    pub(in super::super) fn new(min: Option<u64>, wait: Option<u64>) -> Self {
        let wait = wait.map(|millis| i64::try_from(millis).unwrap_or(i64::MAX));
        Self { min: min.map(Tokens::new), wait: wait.unwrap_or(FIRST_TOKEN_MS) }
    }
}

/// What a replay needs to know of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct ReplayRules {
    /// When entries can be read.
    pub(super) span: Span,
    /// Prompts shorter than this are not cached.
    pub(super) min: Tokens,
    /// Cached lengths are multiples of this.
    pub(super) step: u64,
    /// The class that pays for writing; nothing when a miss bills as input.
    pub(in super::super) write: Option<TokenClass>,
}

impl ReplayRules {
    /// The rules of a cache with one of its lifetimes.
    pub(in super::super) fn new(rules: CacheRules, lifetime: Lifetime, terms: &Terms) -> Self {
        let term = lifetime.term();
        let seconds = rules.seconds(term).unwrap_or(UNKNOWN_LIFETIME_S);
        let is_written = matches!(rules, CacheRules::Written { .. });
        Self {
            span: Span {
                lifetime: i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000),
                wait: terms.wait,
                max_age: i64::MAX,
            },
            min: terms.min.unwrap_or_else(|| rules.minimum()),
            step: rules.step(),
            write: is_written.then(|| rules.unread_class(term)),
        }
    }

    /// The same where entries die of age after so many seconds, however often they are used.
    pub(super) fn aging(mut self, seconds: Option<u64>) -> Self {
        let millis = seconds.and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1_000));
        self.span.max_age = millis.unwrap_or(i64::MAX);
        self
    }

    /// The rule of the published references for traces: no minimum, and what one prompt wrote the
    /// very next one can read.
    #[cfg(test)]
    pub(super) const fn reference(lifetime: i64) -> Self {
        let span = Span { lifetime, wait: 0, max_age: i64::MAX };
        Self { span, min: Tokens::ZERO, step: 1, write: None }
    }

    /// The part of a length that can be cached.
    pub(super) fn stored(&self, length: Tokens) -> Tokens {
        if length < self.min {
            return Tokens::ZERO;
        }
        Tokens::new(length.get() / self.step * self.step)
    }
}
