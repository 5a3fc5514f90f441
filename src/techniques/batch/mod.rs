//! Batch: calls that can wait a day go through the batch lane.

mod deadline;
mod eligibility;
mod signs;
mod tables;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::rolled::FEEDS_COLUMNS;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{
    Decline, Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::pricing::Model;
use crate::units::{Rate, TokenClass};
use crate::usage::{Filter, Row, ServiceTier};
use eligibility::{Deadlines, Eligibility, feeding};

const DOCS: &str = "\
## What it does
Sends calls through the provider's batch lane: usually half the price, an answer within 24 hours.

## When it applies
Work nobody waits for: nightly reports, evaluations, backfills. Not a call whose answer feeds the next \
call of a conversation.

## How the saving is computed
At the model's own batch prices, with the provider's own rule for cached tokens in a batch. Calls \
already in the batch, flex, priority or fast lane stay there. What the log reads from a prompt cache is \
found in a batch at best effort: 65 % of it (30 % at the low end, 98 % at the high one); the rest is \
written again, for the lifetime for which the call wrote, or is plain input where writes are free. A \
failed call that is charged and would be free in a batch stays.

With `policy = \"auto\"` the log says which calls can wait. Surely (low end): a `deadline` that is late \
enough, or a word such as nightly, eval, backfill or batch in the call type, the tags or the key, or a \
key of ci where no user is named. Likely (expected): call types that start within 15 minutes of the \
same time of day, on three days or more and on four of five, and are done two hours later. Maybe (high \
end): bursts of 20 calls or more after a minute's pause, two a second, over within ten minutes. A call \
for a named user is no job by its times, and a call never waits when another of its conversation \
started after it ended and before the batch would have.

## Settings
- `policy`: `\"auto\"` finds the calls that can wait, within `where` and `call_types`.
- `share`: the part of the calls in scope that can wait; all unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `deadline`: how long a batch may take, such as `\"24h\"`; calls whose `deadline` column is earlier stay.
- `cache_hit`: the part of logged cache reads that a batch finds too, instead of the range.
- `feeds`: `\"stay\"` leaves out calls whose answer feeds a later call of the conversation, unless \
`\"ignore\"`; with `policy = \"auto\"` they always stay.

## Assumptions
Without a policy, everything in scope can wait but what feeds a later call. With `share`, that part of each call in scope moves.

## Limits
Models without batch prices stay. A batch takes 100,000 requests or 256 MB. Where the log names no \
conversations, which answer feeds another call is not known.

## Sources
The price tables; Anthropic, OpenAI and Google halve most prices. Anthropic, Message Batches (November \
2026): cache hits from 30 to 98 %, most batches end within an hour and expire after 24.";

/// The part of logged cache reads that a batch finds: low, expected, high (Anthropic, Message
/// Batches, 2026-11: hits are best effort, from 30 to 98 %).
const BATCH_HITS: [&str; 3] = ["0.30", "0.65", "0.98"];

/// How the calls that can wait are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Policy {
    /// By what the log says.
    Auto,
}

/// What becomes of a call whose answer feeds a later call, where the plan says what can wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Feeds {
    /// It stays.
    #[default]
    Stay,
    /// It goes like any other.
    Ignore,
}

/// Settings of `[batch]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    #[serde(default)]
    policy: Option<Policy>,
    #[serde(default, deserialize_with = "settings::rate")]
    share: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
    #[serde(default = "within", deserialize_with = "deadline::setting")]
    deadline: i64,
    #[serde(default, deserialize_with = "settings::rate")]
    cache_hit: Option<Rate>,
    #[serde(default)]
    feeds: Feeds,
}

const fn within() -> i64 {
    deadline::WITHIN
}

impl super::Settings for Batch {
    const INFO: &'static Info = &Info {
        name: "batch",
        label: "batch",
        stage: Stage::Lane,
        summary: "send calls that can wait a day through the batch lane",
        docs: DOCS,
        keys: &["policy", "share", "where", "call_types", "deadline", "cache_hit", "feeds"],
    };

    fn check(&self) -> Result<(), String> {
        if self.policy.is_some() && self.share.is_some() {
            return Err("`policy` finds the calls that can wait; leave out `share`".to_owned());
        }
        if self.policy.is_some() && self.feeds == Feeds::Ignore {
            return Err(
                "with `policy`, what feeds a later call stays; leave out `feeds`".to_owned()
            );
        }
        Ok(())
    }
}

/// What a batch that is not cached bills in full, and as what.
const CACHED: [(TokenClass, TokenClass); 4] = [
    (TokenClass::CacheRead, TokenClass::Input),
    (TokenClass::CacheWrite5m, TokenClass::Input),
    (TokenClass::CacheWrite1h, TokenClass::Input),
    (TokenClass::AudioCacheRead, TokenClass::AudioInput),
];

struct BatchLane {
    /// Which rows go.
    batched: Vec<bool>,
    share: Rate,
    /// The part of logged cache reads that a batch finds.
    cache_hit: Rate,
}

/// The part of what could be read from a prompt cache that is found in a batch.
pub(super) fn hits(scenario: Scenario) -> Rate {
    let [low, expected, high] = BATCH_HITS.map(|text| Rate::parse(text).expect("a rate"));
    match scenario {
        Scenario::Low => low,
        Scenario::Expected => expected,
        Scenario::High => high,
    }
}

/// What a replay of prompt caches takes for granted about batches.
pub(super) fn told() -> String {
    let [low, expected, high] =
        [Scenario::Low, Scenario::Expected, Scenario::High].map(|scenario| percent(hits(scenario)));
    format!(
        "calls in a batch come at the times of the log and find {expected} of what is in the cache \
         then ({low} to {high}): hits are best effort there (assumed)"
    )
}

impl Batch {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    fn hits(&self, scenario: Scenario) -> Rate {
        self.cache_hit.unwrap_or_else(|| hits(scenario))
    }

    /// The calls that the log says can wait.
    fn found(&self, facts: &Facts<'_>, selection: &Selection, scenario: Scenario) -> Prepared {
        let eligibility = Eligibility::judge(facts, selection, self.deadline);
        let batched = eligibility.batched(scenario);
        let count = |wanted: &dyn Fn(Row) -> bool| -> u64 {
            (0..facts.calls.len())
                .filter(|row| wanted(*row))
                .map(|row| facts.calls.call(row).calls)
                .sum()
        };
        let (can_wait, all) = (count(&|row| batched[row]), count(&|_| true));
        let limits = tables::limits(facts, |row| batched[row]);
        let note = format!("{} of {} calls can wait, by the log", grouped(can_wait), grouped(all));
        let lane = BatchLane { batched, share: Rate::ONE, cache_hit: self.hits(scenario) };
        let mut prepared = Prepared::ready(lane, Evidence::Replayed, note);
        prepared.exhibits = vec![tables::eligibility(facts, &eligibility)];
        prepared.assumptions = vec![format!(
            "a call can wait {} where its deadline, names or schedule say so",
            deadline::words(self.deadline)
        )];
        prepared.assumptions.extend(limits);
        if !conversations::are_named(facts) {
            prepared.assumptions.push(
                "the log names no conversations: no answer is taken to feed another call"
                    .to_owned(),
            );
        }
        prepared
    }

    /// The calls that the plan says can wait.
    fn given(&self, facts: &Facts<'_>, selection: &Selection, scenario: Scenario) -> Prepared {
        let (evidence, note) = match self.share {
            Some(share) => {
                (Evidence::Assumed, format!("assumed: {} of calls can wait", percent(share)))
            }
            None => (Evidence::Exact, "exact prices".to_owned()),
        };
        let deadlines = Deadlines::of(facts.calls);
        let is_early = |row: Row| {
            let call = facts.calls.call(row);
            deadlines.allows(facts.calls, row, &call, self.deadline) == Some(false)
        };
        let feeds = match self.feeds {
            Feeds::Stay => feeding(facts, self.deadline),
            Feeds::Ignore => vec![false; facts.calls.len()],
        };
        let is_meant = |row: &Row| {
            selection.holds(*row) && facts.calls.call(*row).service_tier == ServiceTier::Standard
        };
        let rows = || (0..facts.calls.len()).filter(is_meant);
        let mut batched = vec![false; facts.calls.len()];
        rows().for_each(|row| batched[row] = !is_early(row) && !feeds[row]);
        let count = |stays: &dyn Fn(Row) -> bool| -> u64 {
            rows().filter(|row| stays(*row)).map(|row| facts.calls.call(row).calls).sum()
        };
        let (early, fed) = (count(&is_early), count(&|row| feeds[row] && !is_early(row)));
        let share = self.share.unwrap_or(Rate::ONE);
        let lane = BatchLane { batched, share, cache_hit: self.hits(scenario) };
        let mut prepared = Prepared::ready(lane, evidence, note);
        let wait = deadline::words(self.deadline);
        prepared.assumptions = vec![format!("the calls in scope can wait up to {wait}")];
        if fed > 0 {
            prepared.warnings.push(format!(
                "batch: {} calls in scope stay: their answer feeds a later call of the conversation",
                grouped(fed)
            ));
        }
        if early > 0 {
            let early = grouped(early);
            let message =
                format!("batch: {early} calls in scope stay: their deadline is too early");
            prepared.warnings.push(message);
        }
        prepared
    }

    /// What becomes of logged cache reads, where there are any.
    fn cache_assumption(&self, facts: &Facts<'_>) -> Option<String> {
        let mut rows = 0..facts.calls.len();
        let reads = |row: Row| !facts.calls.call(row).cache_read().is_zero();
        rows.any(reads).then(|| {
            let hits = percent(self.hits(Scenario::Expected));
            format!("a batch finds {hits} of what the log reads from a prompt cache")
        })
    }
}

impl Technique for Batch {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        64
    }

    fn sums_rows(&self) -> bool {
        self.policy.is_none() && self.condition.is_none()
    }

    fn against_rollups(&self) -> Option<&'static str> {
        if self.policy.is_some() {
            Some("`auto` looks at each call; give a rate or call types")
        } else if self.feeds == Feeds::Stay && self.deadline != deadline::WITHIN {
            Some("a roll-up tells which answers are needed within 24 h, no other span")
        } else {
            None
        }
    }

    fn dimensions(&self) -> Vec<String> {
        let mut needed = self.scope().dimensions();
        needed.push(conversations::COLUMN.to_owned());
        needed
    }

    fn wishes(&self) -> Vec<String> {
        let signs = [eligibility::KEY, eligibility::TAGS, eligibility::USER];
        let signs = if self.policy.is_some() { &signs[..] } else { &[] };
        let always = [deadline::COLUMN].into_iter().chain(FEEDS_COLUMNS);
        signs.iter().copied().chain(always).map(str::to_owned).collect()
    }

    /// Cache hits are best effort in a batch, and which calls can wait is not certain.
    fn has_range(&self, _: &Facts<'_>) -> bool {
        true
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let mut prepared = match self.policy {
            Some(Policy::Auto) => self.found(facts, &selection, scenario),
            None => self.given(facts, &selection, scenario),
        };
        prepared.assumptions.extend(self.cache_assumption(facts));
        prepared.warnings.splice(0..0, selection.warnings("batch"));
        Ok(prepared)
    }
}

impl BatchLane {
    /// Pushes a branch that is in the batch: as far as its cache reads are found, and the rest.
    fn push_cached(&self, batched: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) {
        if batched.call.cache_read().is_zero() {
            return push_taken(out, *batched);
        }
        let (found, mut missed) = batched.split(self.cache_hit);
        let tokens = &batched.call.tokens;
        let written = if tokens[TokenClass::CacheWrite1h].is_zero() {
            TokenClass::CacheWrite5m
        } else {
            TokenClass::CacheWrite1h
        };
        let has_writes = scene.has_prices(batched, [written; 2]);
        let written = if has_writes { written } else { TokenClass::Input };
        missed.reclassify(TokenClass::CacheRead, written, tokens[TokenClass::CacheRead]);
        let audio = tokens[TokenClass::AudioCacheRead];
        missed.reclassify(TokenClass::AudioCacheRead, TokenClass::AudioInput, audio);
        if scene.is_priced(&missed) {
            push_taken(out, found);
            push_taken(out, missed);
        } else {
            push_taken(out, *batched);
        }
    }
}

impl Rewrite for BatchLane {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let is_ordinary = branch.call.service_tier == ServiceTier::Standard;
        if !is_ordinary || !self.batched[scene.row] || self.share == Rate::ZERO {
            return Effect::Unchanged;
        }
        let (mut batched, rest) = branch.split(self.share);
        batched.call.service_tier = ServiceTier::Batch;
        // A failed call that was charged would be free in a batch: that is no batch discount.
        if scene.is_unbilled(&batched) && !scene.is_unbilled(branch) {
            return Effect::Unchanged;
        }
        if !scene.caches_in_batch(&batched) {
            for (cached, plain) in CACHED {
                let count = batched.call.tokens[cached];
                batched.reclassify(cached, plain, count);
            }
        }
        if !scene.is_priced(&batched) {
            return Effect::Declined(Decline::NotPriced);
        }
        self.push_cached(&batched, scene, out);
        push_taken(out, rest);
        Effect::Changed
    }

    fn declined(&self, _: Decline, model: &Model, calls: u64) -> String {
        let calls = grouped(calls);
        format!("batch: {calls} calls of {} stay: it has no batch price for them", model.id)
    }
}
