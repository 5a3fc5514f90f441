//! Sums over calls.

use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};
use crate::usage::Call;

/// A number of calls and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallsAndCost {
    /// How many calls.
    pub calls: u64,
    /// What they cost, in dollars; calls without a known cost add nothing.
    pub cost: Usd,
}

impl CallsAndCost {
    /// Counts `calls` at a cost.
    pub fn add(&mut self, calls: u64, cost: Usd) {
        self.calls += calls;
        self.cost += cost;
    }

    /// Takes over another sum.
    pub fn merge(&mut self, other: Self) {
        self.add(other.calls, other.cost);
    }
}

/// The sums of a group of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many calls; a row that sums up several counts as many.
    pub calls: u64,
    /// Tokens by class.
    pub tokens: PerClass<Tokens>,
    /// Server-side searches.
    pub searches: u64,
    /// What the calls with a known cost cost, in dollars.
    pub cost: Usd,
    /// Calls without a known cost.
    pub unpriced_calls: u64,
    /// All tokens of those calls.
    pub unpriced_tokens: Tokens,
}

impl Tally {
    /// Counts a call; `cost` is nothing when it is not known.
    pub fn add(&mut self, call: &Call, cost: Option<Usd>) {
        self.calls += call.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += call.tokens[class];
        }
        self.searches += u64::from(call.searches);
        if let Some(cost) = cost {
            self.cost += cost;
        } else {
            self.unpriced_calls += call.calls;
            self.unpriced_tokens += call.input_total() + call.output_total();
        }
    }

    /// Takes over another sum.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += other.tokens[class];
        }
        self.searches += other.searches;
        self.cost += other.cost;
        self.unpriced_calls += other.unpriced_calls;
        self.unpriced_tokens += other.unpriced_tokens;
    }

    /// Calls whose cost is known.
    pub const fn priced_calls(&self) -> u64 {
        self.calls - self.unpriced_calls
    }

    /// The part of the calls whose cost is known; nothing when there are no calls.
    pub fn priced_share(&self) -> Option<Share> {
        Share::of(i128::from(self.priced_calls()), i128::from(self.calls))
    }

    /// All input tokens, cached ones included.
    pub fn input(&self) -> Tokens {
        self.sum_where(TokenClass::is_input)
    }

    /// All output tokens, reasoning included.
    pub fn output(&self) -> Tokens {
        self.sum_where(|class| !class.is_input())
    }

    /// Tokens read from the provider's cache.
    pub fn cache_read(&self) -> Tokens {
        self.tokens[TokenClass::CacheRead] + self.tokens[TokenClass::AudioCacheRead]
    }

    /// Tokens written to the provider's cache.
    pub fn cache_written(&self) -> Tokens {
        self.tokens[TokenClass::CacheWrite5m] + self.tokens[TokenClass::CacheWrite1h]
    }

    /// The part of the input that was read from the cache.
    pub fn cache_share(&self) -> Option<Share> {
        Share::of(i128::from(self.cache_read().get()), i128::from(self.input().get()))
    }

    /// The mean cost of the calls with a known cost, in dollars, cut to 10⁻¹⁸.
    pub fn cost_per_call(&self) -> Option<Usd> {
        let calls = i128::from(self.priced_calls());
        self.cost.atto().checked_div(calls).map(Usd::from_atto)
    }

    fn sum_where(&self, wanted: impl Fn(TokenClass) -> bool) -> Tokens {
        self.tokens.iter().filter(|(class, _)| wanted(*class)).map(|(_, count)| *count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_cost_is_counted_but_adds_no_money() {
        let mut call = Call { calls: 3, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(70);
        call.tokens[TokenClass::CacheRead] = Tokens::new(20);
        call.tokens[TokenClass::Output] = Tokens::new(10);
        let mut tally = Tally::default();
        tally.add(&call, None);
        tally.add(&call, Some(Usd::from_atto(9)));
        assert_eq!((tally.calls, tally.priced_calls()), (6, 3));
        assert_eq!(tally.unpriced_tokens, Tokens::new(100));
        assert_eq!(tally.cost_per_call(), Some(Usd::from_atto(3)));
        assert_eq!(tally.cache_share(), Share::of(40, 180));
    }

    #[test]
    fn no_calls_have_no_mean() {
        assert_eq!(Tally::default().cost_per_call(), None);
        assert_eq!(Tally::default().priced_share(), None);
    }
}
