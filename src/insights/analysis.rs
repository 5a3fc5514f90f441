//! The result of an analysis, as plain data.

use crate::diagnostics::Place;
use crate::exhibits::Exhibit;
use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};
use crate::usage::{Days, Instant, ServiceTier};

use super::bounded::Folding;
use super::findings::Finding;
use super::oddity::Oddity;
use super::options::CostMode;
use super::remarks::PriceRemarks;
use super::run_rate::RunRate;
use super::spread::Spread;
use super::swaps::ModelSwap;
use super::tally::{CallsAndCost, Tally};

/// Everything that `analyze` finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The columns of the groups' keys.
    pub group_by: Vec<String>,
    /// Which cost counted.
    pub cost_mode: CostMode,
    /// The time the calls span; nothing when no call has a time.
    pub window: Option<Window>,
    /// Calls without a time.
    pub undated_calls: u64,
    /// The sums over all calls.
    pub totals: Tally,
    /// The groups, dearest first.
    pub groups: Vec<Group>,
    /// How groups were put together under [`OTHER`](super::OTHER); nothing where all are apart.
    pub folding: Option<Folding>,
    /// What each class of tokens cost, of the calls whose cost was calculated.
    pub classes: Vec<ClassCost>,
    /// How the prompt cache did.
    pub cache: CacheHealth,
    /// Calls and cost by service tier; only tiers that occur.
    pub tiers: Vec<TierTotal>,
    /// Calls and cost by the size of the prompt; every band.
    pub bands: Vec<Band>,
    /// The costliest single calls, dearest first.
    pub costliest: Vec<CostlyCall>,
    /// How unevenly the cost is spread.
    pub concentration: Concentration,
    /// Calls that failed.
    pub failed: CallsAndCost,
    /// Calls that stopped at their output limit.
    pub cut_off: CallsAndCost,
    /// Calls and cost by day; only days with calls, in order.
    pub days: Vec<DayTotal>,
    /// What a month costs at this rate; nothing when no full day is covered.
    pub run_rate: Option<RunRate>,
    /// Models with calls that have no price, most calls first.
    pub unpriced: Vec<UnpricedModel>,
    /// What a reader of the prices should know.
    pub remarks: PriceRemarks,
    /// Calls that another model answered than the one that was asked for, by the size of the
    /// price difference.
    pub swaps: Vec<ModelSwap>,
    /// Only calls that this provider, cloud or gateway bills are counted, where one is named.
    pub seller: Option<String>,
    /// Calls that others bill, where one is named; they are in no other figure.
    pub other_sellers: u64,
    /// Whether costs are those of a contract, and list costs may differ.
    pub has_contract: bool,
    /// Calls priced for a day before the first known one of their model.
    pub calls_before_first_price: u64,
    /// What the log itself says calls cost.
    pub logged: LoggedCosts,
    /// What stands out.
    pub findings: Vec<Finding>,
    /// What makes the log itself look wrong.
    pub oddities: Vec<Oddity>,
    /// Breakdowns and lists beside the figures above.
    pub exhibits: Vec<Exhibit>,
    /// What pictures need; nothing unless they were asked for.
    pub spread: Option<Spread>,
}

impl Analysis {
    /// What the calls whose cost was calculated cost beside their tokens, in dollars: fees of
    /// searches and requests.
    pub fn fees(&self) -> Usd {
        let cost: Usd = self.classes.iter().map(|class| class.cost).sum();
        self.totals.calculated().cost - cost
    }

    /// The part of the bill that the costs of token classes add up to; nothing when that is all
    /// of it. Calls at the log's own cost and fees of searches are of no class.
    pub fn class_coverage(&self) -> Option<Share> {
        let cost: Usd = self.classes.iter().map(|class| class.cost).sum();
        Share::of(cost.atto(), self.totals.cost.atto()).filter(|_| cost != self.totals.cost)
    }
}

/// A span of time, and the calendar days it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first call.
    pub from: Instant,
    /// The last call.
    pub to: Instant,
    /// The day of the first call, as a number since 1970-01-01.
    pub first_day: i32,
    /// The day of the last call.
    pub last_day: i32,
    /// The zone the days belong to.
    pub days: Days,
}

impl Window {
    /// The window from a first to a last instant; nothing when either is missing.
    pub fn of(from: Instant, to: Instant, days: Days) -> Option<Self> {
        let (first_day, last_day) = (days.day_of(from)?, days.day_of(to)?);
        Some(Self { from, to, first_day, last_day, days })
    }

    /// How many calendar days it touches.
    pub const fn length(&self) -> u32 {
        self.last_day.abs_diff(self.first_day) + 1
    }
}

/// The calls that share a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One value for each column of the grouping; empty where the log does not say.
    pub key: Vec<String>,
    /// Its sums.
    pub tally: Tally,
    /// Its part of the cost.
    pub share: Option<Share>,
}

/// What a class of tokens cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassCost {
    /// The class.
    pub class: TokenClass,
    /// Its tokens, of the calls whose cost was calculated.
    pub tokens: Tokens,
    /// Their cost, in dollars.
    pub cost: Usd,
    /// Their part of the calculated cost of all tokens.
    pub share: Option<Share>,
}

/// How the provider's prompt cache did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CacheHealth {
    /// All input tokens.
    pub input: Tokens,
    /// The part of them read from the cache.
    pub read: Tokens,
    /// The part of them written to the cache.
    pub written: Tokens,
    /// What the same tokens would have cost as plain input, less what reading and writing them
    /// cost, in dollars; negative when the cache cost more than it saved. Nothing when no call
    /// with cached tokens could be calculated both ways.
    pub net_saving: Option<Usd>,
}

impl CacheHealth {
    /// The part of the input that was read from the cache.
    pub fn read_share(&self) -> Option<Share> {
        Share::of(i128::from(self.read.get()), i128::from(self.input.get()))
    }
}

/// The calls of a service tier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierTotal {
    /// The tier.
    pub tier: ServiceTier,
    /// Its calls and their cost.
    pub total: CallsAndCost,
    /// Its part of the cost.
    pub share: Option<Share>,
}

/// The calls with prompts of some size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Prompts of more tokens than this; nothing for rows that sum up several calls, whose single
    /// prompts are not known.
    pub above: Option<u64>,
    /// Up to this many tokens; nothing for no limit.
    pub up_to: Option<u64>,
    /// Its calls and their cost.
    pub total: CallsAndCost,
    /// Its part of the calls.
    pub call_share: Option<Share>,
    /// Its part of the cost.
    pub cost_share: Option<Share>,
    /// Its cost per call with a known cost, as a multiple of the mean.
    pub relative_cost: Option<Share>,
}

/// A call among the costliest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostlyCall {
    /// Where its record stands.
    pub place: Place,
    /// When it was made.
    pub time: Instant,
    /// The model that answered.
    pub model: String,
    /// What it was for.
    pub call_type: String,
    /// Its tokens.
    pub tokens: PerClass<Tokens>,
    /// Its cost, in dollars.
    pub cost: Usd,
}

/// How unevenly the cost is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Concentration {
    /// The Gini coefficient of cost over calls, with every call at the mean cost of its group:
    /// 0 when all groups cost the same per call, towards 1 when one dear group has few calls.
    pub group_gini: Option<Share>,
    /// The part of the cost that the dearest fifth of single calls carry.
    pub dearest_fifth: Option<Share>,
}

/// The calls of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotal {
    /// The day, as a number since 1970-01-01.
    pub day: i32,
    /// Its calls and their cost.
    pub total: CallsAndCost,
}

/// A model with calls that have no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpricedModel {
    /// Who bills, as the log has it.
    pub provider: String,
    /// The model, as the log has it.
    pub model: String,
    /// Why there is no price: a stable name.
    pub reason: &'static str,
    /// Why there is no price, in words.
    pub explanation: String,
    /// The calls without any known cost.
    pub calls: u64,
    /// All their tokens.
    pub tokens: Tokens,
    /// The calls that count at the log's own cost instead of a price.
    pub at_logged_cost: CallsAndCost,
    /// A model of the price book with a name like it.
    pub did_you_mean: Option<String>,
}

impl UnpricedModel {
    /// All calls without a price, at the log's own cost or at none.
    pub const fn all_calls(&self) -> u64 {
        self.calls + self.at_logged_cost.calls
    }
}

/// What the log itself says calls cost, beside what was calculated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoggedCosts {
    /// All calls with a logged cost.
    pub stated: CallsAndCost,
    /// Those of them that were calculated too, at the log's cost.
    pub compared: CallsAndCost,
    /// The calculated cost of the same calls, in dollars.
    pub compared_calculated: Usd,
    /// Those of them whose two costs differ by less than a billionth of a dollar a call: what
    /// binary fractions in a log may be off.
    pub equal_calls: u64,
    /// The calls whose cost in this analysis is the log's.
    pub used: CallsAndCost,
}

impl LoggedCosts {
    /// Calculated less logged, over the calls that have both, in dollars.
    pub fn difference(&self) -> Usd {
        self.compared_calculated - self.compared.cost
    }
}
