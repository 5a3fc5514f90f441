//! Sums over calls.

use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};
use crate::usage::{Call, ClassColumn};

/// A number of calls and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallsAndCost {
    /// How many calls.
    pub calls: u64,
    /// Those of them without a known cost.
    pub unpriced_calls: u64,
    /// What the others cost, in dollars.
    pub cost: Usd,
}

impl CallsAndCost {
    /// Counts `calls` at a cost; nothing when it is not known.
    pub fn add(&mut self, calls: u64, cost: Option<Usd>) {
        self.calls += calls;
        match cost {
            Some(cost) => self.cost += cost,
            None => self.unpriced_calls += calls,
        }
    }

    /// Takes over another sum.
    pub fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.unpriced_calls += other.unpriced_calls;
        self.cost += other.cost;
    }

    /// Calls whose cost is known.
    pub const fn priced_calls(&self) -> u64 {
        self.calls - self.unpriced_calls
    }

    /// What they cost, in dollars; nothing when there are calls and no cost of any is known.
    pub fn known_cost(&self) -> Option<Usd> {
        (self.calls == 0 || self.priced_calls() > 0).then_some(self.cost)
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
    /// Server-side searches in stored files.
    pub file_searches: u64,
    /// What the calls with a known cost cost, in dollars.
    pub cost: Usd,
    /// What the same calls cost before any contract, in dollars.
    pub list_cost: Usd,
    /// Those of them that count at the log's own cost.
    pub logged: CallsAndCost,
    /// Calls without a known cost.
    pub unpriced_calls: u64,
    /// The tokens of those calls, by class.
    pub unpriced_tokens: PerClass<Tokens>,
}

impl Tally {
    /// Counts a call; `cost` is nothing when it is not known, `list` is the cost before a contract
    /// where that differs, and `from_log` says whether the cost is the log's own.
    pub fn add(&mut self, call: &Call, cost: Option<Usd>, list: Option<Usd>, from_log: bool) {
        self.calls += call.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += call.tokens[class];
        }
        self.searches += u64::from(call.searches);
        self.file_searches += u64::from(call.file_searches);
        if let Some(cost) = cost {
            self.cost += cost;
            self.list_cost += list.unwrap_or(cost);
            if from_log {
                self.logged.add(call.calls, Some(cost));
            }
        } else {
            self.unpriced_calls += call.calls;
            for class in TokenClass::ALL {
                self.unpriced_tokens[class] += call.tokens[class];
            }
        }
    }

    /// Counts a single call of known cost, whose tokens of these classes are among `counts`, those of
    /// all classes.
    pub fn add_plain(&mut self, classes: &[ClassColumn<'_>], counts: &[u32], cost: Usd) {
        self.calls += 1;
        for ClassColumn { class, .. } in classes {
            self.tokens[*class] += Tokens::new(u64::from(counts[*class as usize]));
        }
        self.cost += cost;
        self.list_cost += cost;
    }

    /// Takes over another sum.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += other.tokens[class];
            self.unpriced_tokens[class] += other.unpriced_tokens[class];
        }
        self.searches += other.searches;
        self.file_searches += other.file_searches;
        self.cost += other.cost;
        self.list_cost += other.list_cost;
        self.logged.merge(other.logged);
        self.unpriced_calls += other.unpriced_calls;
    }

    /// Calls whose cost is known.
    pub const fn priced_calls(&self) -> u64 {
        self.calls - self.unpriced_calls
    }

    /// What the calls cost, in dollars; nothing when there are calls and no cost of any is known.
    pub fn known_cost(&self) -> Option<Usd> {
        (self.calls == 0 || self.priced_calls() > 0).then_some(self.cost)
    }

    /// The calls priced from tables, and their cost.
    pub fn calculated(&self) -> CallsAndCost {
        CallsAndCost {
            calls: self.priced_calls() - self.logged.calls,
            unpriced_calls: 0,
            cost: self.cost - self.logged.cost,
        }
    }

    /// The part that a number of calls is of all; nothing when there are no calls.
    pub fn share_of_calls(&self, calls: u64) -> Option<Share> {
        Share::of(i128::from(calls), i128::from(self.calls))
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
        tally.add(&call, None, None, false);
        tally.add(&call, Some(Usd::from_atto(9)), None, false);
        assert_eq!((tally.calls, tally.priced_calls()), (6, 3));
        assert_eq!(tally.unpriced_tokens, call.tokens);
        assert_eq!(tally.cost_per_call(), Some(Usd::from_atto(3)));
        assert_eq!(tally.cache_share(), Share::of(40, 180));
    }

    #[test]
    fn the_logs_own_cost_is_not_taken_for_a_calculated_one() {
        let call = Call { calls: 3, ..Call::default() };
        let mut tally = Tally::default();
        tally.add(&call, Some(Usd::from_atto(9)), None, false);
        tally.add(&call, Some(Usd::from_atto(5)), None, true);
        assert_eq!((tally.calculated().calls, tally.logged.calls), (3, 3));
        assert_eq!(tally.calculated().cost, Usd::from_atto(9));
        assert_eq!(tally.logged.cost, Usd::from_atto(5));
    }

    #[test]
    fn a_wholly_unpriced_sum_is_not_zero_dollars() {
        let mut tally = Tally::default();
        assert_eq!(tally.known_cost(), Some(Usd::ZERO));
        tally.add(&Call::default(), None, None, false);
        assert_eq!(tally.known_cost(), None);
        let mut total = CallsAndCost::default();
        total.add(1, None);
        assert_eq!(total.known_cost(), None);
        total.add(1, Some(Usd::ZERO));
        assert_eq!(total.known_cost(), Some(Usd::ZERO));
    }

    #[test]
    fn no_calls_have_no_mean() {
        assert_eq!(Tally::default().cost_per_call(), None);
        assert_eq!(Tally::default().share_of_calls(0), None);
    }
}
