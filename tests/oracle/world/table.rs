//! Price tables, as `llmcost explain prices` describes them.

use std::collections::BTreeMap;

use super::{Class, Tier};
use crate::number::{Q, decimal};

/// A number as it is written in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) String);

impl Decimal {
    pub(crate) fn value(&self) -> Q {
        decimal(&self.0)
    }
}

/// Dollars for a million tokens of each class that has a price of its own.
pub(crate) type Prices = BTreeMap<Class, Decimal>;

#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) provider: String,
    /// What the provider column of a log may say, and the place it means.
    pub(crate) names: Vec<(String, usize)>,
    pub(crate) fallback: Vec<(Class, Class)>,
    pub(crate) same_tier: Option<(Tier, Tier)>,
    /// The first is the list.
    pub(crate) places: Vec<Place>,
    pub(crate) forms: Vec<Form>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) unbilled: Vec<Unbilled>,
    pub(crate) tokenizers: Vec<Tokenizer>,
    pub(crate) models: Vec<Model>,
    pub(crate) aliases: Vec<MovingAlias>,
}

#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) id: String,
    pub(crate) like: Option<usize>,
    pub(crate) geos: Vec<(String, usize)>,
    pub(crate) other_geo: Option<usize>,
    pub(crate) tiers: Option<Vec<Tier>>,
    pub(crate) batch_keeps_cached_price: bool,
    pub(crate) caches_in_batch: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) prefix: String,
    pub(crate) through: Option<String>,
    pub(crate) suffix: String,
    pub(crate) place: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) granularity: u64,
    pub(crate) is_write_free: bool,
    /// The default one first.
    pub(crate) lifetimes: Vec<(Class, u64)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) id: String,
    /// Days of the week from Monday, and minutes of the day from the first to the one after the last.
    pub(crate) windows: Vec<(Vec<usize>, i64, i64)>,
    /// Days since 1970.
    pub(crate) except: Vec<i64>,
}

/// Which calls are reported and not charged. What is not stated is not asked.
#[derive(Clone, Debug)]
pub(crate) struct Unbilled {
    /// Statuses of failed calls; an empty list means any failure.
    pub(crate) statuses: Option<Vec<u16>>,
    pub(crate) finish: Option<String>,
    pub(crate) without_output: bool,
    pub(crate) tiers: Option<Vec<Tier>>,
    pub(crate) places: Option<Vec<usize>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Tokenizer {
    pub(crate) id: String,
    /// Tokens of this one for a token of another: low, likely, high.
    pub(crate) ratios: Vec<(String, [Decimal; 3])>,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) tokenizer: usize,
    pub(crate) context_window: Option<u64>,
    /// Factors on every token price elsewhere than at the list.
    pub(crate) places: Vec<(usize, Decimal)>,
    /// The policy, and the least it caches.
    pub(crate) cache: Option<(usize, Option<u64>)>,
    /// From the oldest.
    pub(crate) periods: Vec<Period>,
}

#[derive(Clone, Debug)]
pub(crate) struct Period {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    /// Milliseconds at the start of the day.
    pub(crate) checked_on: i64,
    pub(crate) rates: Rates,
    /// Other prices at the hours of a schedule; the first that holds wins.
    pub(crate) scheduled: Vec<(usize, Rates)>,
    pub(crate) lanes: Vec<(Tier, Lane)>,
    pub(crate) fees: Fees,
}

/// Dollars for a thousand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fees {
    pub(crate) search: Option<Decimal>,
    pub(crate) searching_request: Option<Decimal>,
    pub(crate) file_search: Option<Decimal>,
    pub(crate) request: Option<Decimal>,
}

#[derive(Clone, Debug)]
pub(crate) struct Rates {
    pub(crate) prices: Prices,
    /// From the lowest limit.
    pub(crate) bands: Vec<Band>,
}

#[derive(Clone, Debug)]
pub(crate) struct Band {
    pub(crate) limit: u64,
    /// `at_least`, not `above`.
    pub(crate) is_inclusive: bool,
    /// `above_threshold`, not `whole_request`.
    pub(crate) is_excess_only: bool,
    /// The classes that count; the whole prompt for nothing.
    pub(crate) counts: Option<Vec<Class>>,
    pub(crate) prices: Prices,
}

#[derive(Clone, Debug)]
pub(crate) enum Lane {
    Explicit(Rates),
    Scaled(Rule, Decimal),
    /// There is no such lane.
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Multiply,
    CacheWins,
    BatchWins,
}

/// A name that has meant different models.
#[derive(Clone, Debug)]
pub(crate) struct MovingAlias {
    pub(crate) id: String,
    /// Until when each was meant; the last one still is.
    pub(crate) targets: Vec<(usize, Option<i64>)>,
}
