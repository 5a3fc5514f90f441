//! One technique a file, each from the page of `docs/techniques` that it names.

mod batch;
mod concise_output;
mod context_trimming;
mod free_models;
mod model_tiering;
mod output_cap;
mod prompt_caching;
mod provider_discount;
mod retry_hygiene;
mod scope;
mod semantic_cache;
mod structured_output;

use super::names::find;
use super::price::{Call, Prices, bill, prices};
use crate::number::{Q, one, whole, zero};
use crate::world::Class;
use crate::world::log::{Counts, Record};
use crate::world::plan::{Kind, Setting};
use crate::world::table::Table;

/// Which end of what is not known is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Known side costs happen.
    Low,
    Expected,
    High,
}

/// One way a call may go, and how likely.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) weight: Q,
    pub(crate) call: Call,
    /// The part of each kind of charge that is paid.
    pub(crate) paid: [Q; Kind::ALL.len()],
    /// An extra call beside the logged one.
    pub(crate) is_companion: bool,
    /// The most input that can be shared with other prompts, once a cut has moved its start.
    pub(crate) shared: Option<u64>,
}

impl Branch {
    pub(crate) fn logged(call: Call) -> Self {
        let paid = Kind::ALL.map(|_| one());
        Self { weight: one(), call, paid, is_companion: false, shared: None }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.paid.iter().all(|paid| *paid == zero())
    }

    /// The same way with another likelihood.
    fn part(&self, part: &Q) -> Self {
        Self { weight: &self.weight * part, ..self.clone() }
    }

    /// An extra call beside this one.
    fn companion(&self, table: &Table, model: &str, input: u64, output: u64) -> Self {
        let call = Call {
            home: find(table, "", model).expect("plans name models of the table"),
            time: self.call.time,
            geo: String::new(),
            tier: crate::world::Tier::Standard,
            counts: Counts::from([(Class::Input, input), (Class::Output, output)]),
            searches: 0,
            file_searches: 0,
            calls: self.call.calls,
            failed: None,
            finish: String::new(),
        };
        Self { call, is_companion: true, shared: None, ..self.clone() }
    }

    /// What was read from or written to a cache.
    fn cached(&self) -> u64 {
        self.call.sum(is_cached)
    }

    /// Turns what was cached into plain input.
    fn forget_cache(&mut self) {
        let everything = u64::MAX;
        for class in [Class::CacheRead, Class::CacheWrite5m, Class::CacheWrite1h] {
            self.call.turn(class, Class::Input, everything);
        }
        self.call.turn(Class::AudioCacheRead, Class::AudioInput, everything);
    }
}

fn is_cached(class: Class) -> bool {
    use Class::{AudioCacheRead, CacheRead, CacheWrite1h, CacheWrite5m};
    [CacheRead, AudioCacheRead, CacheWrite5m, CacheWrite1h].contains(&class)
}

/// What surrounds a call.
pub(crate) struct Surroundings<'a> {
    pub(crate) table: &'a Table,
    pub(crate) records: &'a [Record],
    pub(crate) row: usize,
}

impl Surroundings<'_> {
    fn record(&self) -> &Record {
        &self.records[self.row]
    }

    fn is_priced(&self, branch: &Branch) -> bool {
        bill(self.table, &branch.call).is_ok()
    }

    fn is_unbilled(&self, branch: &Branch) -> bool {
        self.prices(branch).is_some_and(|prices| prices.is_unbilled)
    }

    fn prices(&self, branch: &Branch) -> Option<Prices> {
        prices(self.table, &branch.call).ok()
    }
}

/// What a technique makes of one way a call may go: the ways it may go then. A way that it leaves as
/// it is comes back as it was.
pub(crate) trait Step {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch>;

    /// Whether it changes prices only.
    fn is_price(&self) -> bool {
        false
    }
}

/// Gets a technique ready for a log.
pub(crate) fn prepare(
    table: &Table,
    records: &[Record],
    setting: &Setting,
    scenario: Scenario,
) -> Box<dyn Step> {
    match setting {
        Setting::RetryHygiene { .. } => Box::new(retry_hygiene::prepare(records, setting)),
        Setting::SemanticCache { .. } => Box::new(semantic_cache::prepare(setting, scenario)),
        Setting::TrimRate { .. } | Setting::TrimTokens { .. } => {
            Box::new(context_trimming::prepare(records, setting, scenario))
        }
        Setting::ModelTiering { .. } => {
            Box::new(model_tiering::prepare(table, records, setting, scenario))
        }
        Setting::FreeModels { .. } => Box::new(free_models::prepare(records, setting)),
        Setting::ConciseOutput { .. } => Box::new(concise_output::prepare(records, setting)),
        Setting::OutputCap { .. } => Box::new(output_cap::prepare(setting, scenario)),
        Setting::StructuredOutput { .. } => Box::new(structured_output::prepare(setting)),
        Setting::Batch { .. } => Box::new(batch::prepare(setting, scenario)),
        Setting::PromptCaching { .. } => {
            Box::new(prompt_caching::prepare(records, setting, scenario))
        }
        Setting::ProviderDiscount { .. } => Box::new(provider_discount::prepare(setting)),
    }
}

/// A share of some tokens as two whole numbers around it, each with how likely it is, so that the
/// share is exact on average.
fn around(share: &Q, tokens: u64) -> [(Q, u64); 2] {
    let exact = share * whole(tokens);
    let below = exact.floor();
    let above = &exact - &below;
    let below = crate::number::count(&below);
    [(one() - &above, below), (above, below + 1)]
}

/// The length that prompts of a call type and model share at most: what one in a thousand of them does
/// not exceed, so the shortest of a few. A prompt that was seen once is shared with nobody.
fn static_prompt(records: &[Record], like: &Record) -> u64 {
    let alike = records
        .iter()
        .filter(|record| record.call_type == like.call_type && record.model == like.model);
    let mut lengths: Vec<u64> = alike.map(|record| record.input() / record.calls).collect();
    lengths.retain(|length| *length > 0);
    lengths.sort_unstable();
    if lengths.len() < 2 { 0 } else { lengths[lengths.len().div_ceil(1_000) - 1] }
}
