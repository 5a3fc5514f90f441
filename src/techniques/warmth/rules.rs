//! What a predictor needs of the rules of a prompt cache.

use crate::pricing::{CacheLifetime, CachePolicy, CacheWrite};
use crate::units::{TokenClass, Tokens};

/// Which of the lifetimes of a cache entries have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// The one without asking: five minutes (Anthropic), 30 minutes (`OpenAI` from GPT-5.6).
    Default,
    /// The longest on offer: an hour (Anthropic), twelve (`OpenAI` from GPT-6).
    Long,
}

impl Term {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Default, Self::Long];
}

/// The rules of one cache, as far as they say what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheRules {
    /// Nothing is cached, or nobody says how.
    None,
    /// Whatever is not read is written, at a price; entries live for a time from their last use.
    Written {
        /// Shorter prompts are neither written nor read.
        minimum: Tokens,
        /// Lengths are multiples of this.
        step: Tokens,
        /// The default lifetime and the longest one; the same where there is only one.
        lifetimes: [CacheLifetime; 2],
    },
    /// The provider keeps what it can, in blocks, and writing costs nothing.
    Automatic {
        /// Shorter prompts are not read.
        minimum: Tokens,
        /// The size of a block.
        step: Tokens,
        /// Seconds after which nothing is left; nothing where the provider does not say.
        end_seconds: Option<u64>,
    },
}

impl CacheRules {
    /// The rules of a policy for calls that have prices for the classes for which `has_price`
    /// holds.
    pub fn of(policy: Option<&CachePolicy>, has_price: impl Fn(TokenClass) -> bool) -> Self {
        let Some(policy) = policy.filter(|_| has_price(TokenClass::CacheRead)) else {
            return Self::None;
        };
        let minimum = policy.min_tokens.unwrap_or(Tokens::ZERO);
        let step = policy.granularity.max(Tokens::new(1));
        if policy.write == CacheWrite::Free {
            let longest = policy.lifetimes.iter().map(|lifetime| lifetime.seconds).max();
            let end_seconds = longest.max(policy.max_age_seconds);
            return Self::Automatic { minimum, step, end_seconds };
        }
        let mut priced = policy.lifetimes.iter().filter(|lifetime| has_price(lifetime.class));
        let Some(first) = priced.next() else { return Self::None };
        let longest = priced.chain([first]).max_by_key(|lifetime| lifetime.seconds);
        Self::Written { minimum, step, lifetimes: [*first, *longest.unwrap_or(first)] }
    }

    /// Seconds that entries live after their last use; nothing where they do not say, or where
    /// nothing is kept.
    pub fn seconds(&self, term: Term) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Written { lifetimes, .. } => Some(lifetimes[term as usize].seconds),
            Self::Automatic { end_seconds, .. } => *end_seconds,
        }
    }

    /// The class that pays for what is not read.
    pub fn unread_class(&self, term: Term) -> TokenClass {
        match self {
            Self::Written { lifetimes, .. } => lifetimes[term as usize].class,
            Self::None | Self::Automatic { .. } => TokenClass::Input,
        }
    }

    /// The shortest prompt that is cached.
    pub fn minimum(&self) -> Tokens {
        match self {
            Self::None => Tokens::ZERO,
            Self::Written { minimum, .. } | Self::Automatic { minimum, .. } => *minimum,
        }
    }

    /// Cached lengths are multiples of this.
    pub(in super::super) fn step(&self) -> u64 {
        match self {
            Self::None => 1,
            Self::Written { step, .. } | Self::Automatic { step, .. } => step.get().max(1),
        }
    }

    /// The largest cached length that is not above this one.
    pub(super) fn whole_steps(&self, length: Tokens) -> Tokens {
        if *self == Self::None {
            return Tokens::ZERO;
        }
        Tokens::new(length.get() / self.step() * self.step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::PriceBook;
    use crate::usage::Instant;

    fn rules(model: &str, has_price: impl Fn(TokenClass) -> bool) -> CacheRules {
        let book = PriceBook::embedded();
        let model = book.find("", model).expect("in the tables");
        CacheRules::of(book.cache_policy(model, Instant::MISSING), has_price)
    }

    #[test]
    fn the_price_tables_say_how_each_cache_works() {
        let sonnet = rules("claude-sonnet-4-6", |_| true);
        assert_eq!(Term::ALL.map(|term| sonnet.seconds(term)), [Some(300), Some(3_600)]);
        assert_eq!(sonnet.unread_class(Term::Long), TokenClass::CacheWrite1h);
        let deepseek = rules("deepseek-chat", |_| true);
        assert_eq!(deepseek.whole_steps(Tokens::new(1_558)), Tokens::new(1_536));
        assert_eq!(deepseek.unread_class(Term::Default), TokenClass::Input);
        assert_eq!(rules("gpt-4o", |_| true).whole_steps(Tokens::new(1_300)), Tokens::new(1_280));
    }

    #[test]
    fn what_has_no_price_is_not_predicted() {
        let without = |class| move |other| other != class;
        assert_eq!(rules("claude-sonnet-4-6", without(TokenClass::CacheRead)), CacheRules::None);
        let short = rules("claude-sonnet-4-6", without(TokenClass::CacheWrite1h));
        assert_eq!(short.unread_class(Term::Long), TokenClass::CacheWrite5m);
    }
}
