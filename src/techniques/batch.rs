//! Batch: calls that can wait a day go through the batch lane.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{
    Decline, Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::pricing::Model;
use crate::units::{Rate, TokenClass};
use crate::usage::{Filter, ServiceTier};

const DOCS: &str = "\
## What it does
Sends calls through the provider's batch lane: usually half the price, an answer within 24 hours.

## When it applies
Work nobody waits for: nightly reports, evaluations, backfills. Not a call whose answer feeds the next \
call of a conversation.

## How the saving is computed
At the model's own batch prices, with the provider's own rule for cached tokens in a batch. Calls \
already in the batch, flex, priority or fast lane stay there.

## Settings
- `share`: the part of the calls in scope that can wait; all unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
Everything in scope can wait. With `share`, that part of each call in scope moves.

## Limits
Models without batch prices stay. Cache hits in a batch are best effort: see prompt caching.

## Sources
The price tables; Anthropic, OpenAI and Google halve most prices.";

/// Settings of `[batch]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    #[serde(default, deserialize_with = "settings::rate")]
    share: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for Batch {
    const INFO: &'static Info = &Info {
        name: "batch",
        label: "batch",
        stage: Stage::Lane,
        summary: "send calls that can wait a day through the batch lane",
        docs: DOCS,
        keys: &["share", "where", "call_types"],
    };
}

/// What a batch that is not cached bills in full, and as what.
const CACHED: [(TokenClass, TokenClass); 4] = [
    (TokenClass::CacheRead, TokenClass::Input),
    (TokenClass::CacheWrite5m, TokenClass::Input),
    (TokenClass::CacheWrite1h, TokenClass::Input),
    (TokenClass::AudioCacheRead, TokenClass::AudioInput),
];

struct BatchLane {
    selection: Selection,
    share: Rate,
}

impl Batch {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for Batch {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        let mut needed = self.scope().dimensions();
        needed.push(conversations::COLUMN.to_owned());
        needed
    }

    /// Cache hits are best effort in a batch.
    fn has_range(&self, _: &Facts<'_>) -> bool {
        true
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let mut warnings = selection.warnings("batch");
        warnings.extend(batched_turns(facts, &selection));
        let (evidence, note) = match self.share {
            Some(share) => {
                (Evidence::Assumed, format!("assumed: {} of calls can wait", percent(share)))
            }
            None => (Evidence::Exact, "exact prices".to_owned()),
        };
        let lane = BatchLane { selection, share: self.share.unwrap_or(Rate::ONE) };
        let mut prepared = Prepared::ready(lane, evidence, note);
        prepared.assumptions = vec!["the calls in scope can wait up to 24 hours".to_owned()];
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

/// A warning when calls in scope belong to conversations of several turns.
fn batched_turns(facts: &Facts<'_>, selection: &Selection) -> Option<String> {
    let calls = facts.calls;
    let turns = conversations::lengths(facts)?;
    let place = calls.dimensions.position(conversations::COLUMN)?;
    let rows = (0..calls.len()).filter(|row| {
        let is_ordinary = calls.call(*row).service_tier == ServiceTier::Standard;
        is_ordinary && selection.holds(*row) && turns[calls.symbol(place, *row).index()] > 1
    });
    let count: u64 = rows.map(|row| calls.call(row).calls).sum();
    (count > 0).then(|| {
        format!(
            "batch: {} of the calls in scope are turns of conversations; a turn whose answer feeds \
             the next cannot wait for a batch",
            grouped(count)
        )
    })
}

impl Rewrite for BatchLane {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let is_ordinary = branch.call.service_tier == ServiceTier::Standard;
        if !is_ordinary || !self.selection.holds(scene.row) || self.share == Rate::ZERO {
            return Effect::Unchanged;
        }
        let (mut batched, rest) = branch.split(self.share);
        batched.call.service_tier = ServiceTier::Batch;
        if !scene.caches_in_batch(&batched) {
            for (cached, plain) in CACHED {
                let count = batched.call.tokens[cached];
                batched.reclassify(cached, plain, count);
            }
        }
        if !scene.is_priced(&batched) {
            return Effect::Declined(Decline::NotPriced);
        }
        push_taken(out, batched);
        push_taken(out, rest);
        Effect::Changed
    }

    fn declined(&self, _: Decline, model: &Model, calls: u64) -> String {
        let calls = grouped(calls);
        format!("batch: {calls} calls of {} stay: it has no batch price for them", model.id)
    }
}
