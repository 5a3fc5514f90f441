//! What a simulation found, as plain data.

use crate::exhibits::Exhibit;
use crate::techniques::Evidence;
use crate::units::{Tokens, Usd};

use super::spend_caps::SpendCapOutcome;

/// The bill before and after, and what each technique had to do with it.
///
/// Savings are `baseline - projected`; a negative saving is a plan that costs more.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the priced calls of the log cost.
    pub baseline: Usd,
    /// What they would have cost with the whole plan.
    pub projected: Usd,
    /// The projected bill at the pessimistic end: the low *saving*, so the larger bill.
    pub low: Usd,
    /// The projected bill at the optimistic end: the high *saving*, so the smaller bill.
    pub high: Usd,
    /// What adding up the techniques' savings, each alone, would have claimed.
    pub claimed_sum: Usd,
    /// Priced calls.
    pub calls: u64,
    /// Calls that have no price; they are in none of the figures.
    pub unpriced: UnpricedTotals,
    /// Each technique of the plan, in the order in which a request meets them.
    pub techniques: Vec<TechniqueOutcome>,
    /// The cheapest set of techniques of each size, from one to all.
    pub best_sets: Vec<BestSet>,
    /// Before and after by the columns of the plan, the dearest first.
    pub groups: Vec<GroupOutcome>,
    /// What each spend cap of the plan would have blocked. No part of any saving.
    pub spend_caps: Vec<SpendCapOutcome>,
    /// What the reader should look at.
    pub warnings: Vec<String>,
    /// Curves, sweeps and breakdowns: those of the techniques in their order, then those of the
    /// whole plan.
    pub exhibits: Vec<Exhibit>,
}

/// The cheapest set of so many techniques.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestSet {
    /// Their names, in the order in which a request meets them.
    pub techniques: Vec<&'static str>,
    /// The bill with them.
    pub projected: Usd,
}

/// Calls without a price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnpricedTotals {
    /// How many.
    pub calls: u64,
    /// Their tokens, input and output.
    pub tokens: Tokens,
}

/// One technique of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechniqueOutcome {
    /// The canonical name.
    pub name: &'static str,
    /// The name in tables.
    pub label: &'static str,
    /// How its effect is known.
    pub evidence: Evidence,
    /// The same in a few words.
    pub evidence_note: String,
    /// What it saves when it is the only one.
    pub standalone: Usd,
    /// What it saves after those before it; these sum to the whole saving exactly.
    pub ladder: Usd,
    /// The bill that is left after it on the ladder.
    pub remaining: Usd,
    /// What would be lost if it alone were dropped from the plan.
    pub last_in: Usd,
    /// Its Shapley value: its saving averaged over all orders; these sum to the whole saving
    /// exactly.
    pub fair_share: Usd,
    /// What it saves alone at the pessimistic end.
    pub low: Usd,
    /// What it saves alone at the optimistic end.
    pub high: Usd,
    /// Calls it changes, alone or after others.
    pub calls_touched: u64,
    /// What it takes for granted.
    pub assumptions: Vec<String>,
}

/// The calls that share the values of the plan's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOutcome {
    /// Those values, as the calls were logged.
    pub key: Vec<String>,
    /// Priced calls.
    pub calls: u64,
    /// What they cost; these sum to the baseline exactly.
    pub before: Usd,
    /// What they would have cost with the whole plan; these sum to the projected bill exactly.
    pub after: Usd,
}
