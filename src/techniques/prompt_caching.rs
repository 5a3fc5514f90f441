//! Prompt caching: the shared start of prompts is read from the provider's cache.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::cache_replay::{CacheReplay, Lifetime, Lineage, Order, Policy, Terms};
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::prefix_doubts::PrefixDoubts;
use super::prefixes::Prefixes;
use super::rolled;
use super::scope::{Scope, Selection};
use super::settings::{self, Portion};
use super::technique::{
    Decline, Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::pricing::{CachePolicy, CacheWrite, Model};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::{Filter, ServiceTier};

const DOCS: &str = "\
## What it does
The start that prompts share (instructions, tools, documents, the conversation so far) is stored by \
the provider; later prompts read it at a fraction of the input price.

## When it applies
Prompts with a long common start that come again within the lifetime of an entry: 5 minutes or an \
hour on Anthropic, counted from the last use.

## How the saving is computed
`hit` is the share of calls that find the cacheable part of their input warm. They pay the read price \
for it; the others pay the write price, or the input price where writes are free. The cacheable part \
comes from `cacheable` (a share of the input or a count of tokens), or else from the log: the input \
that repeats the turn before in conversations (rung 4 of the evidence ladder), otherwise the length \
that one prompt in a thousand of the call type and model does not exceed (rung 5, an upper bound). \
Where the log's own counters show reads or writes they are what is cacheable (rung 1): such calls \
stay as they are, and more is credited only beyond them and only if `cacheable` says so. Each turn of \
a conversation that goes on also writes what it adds, or the next could not read it. Prompts whose \
shared start is below the model's minimum are not cached at all.

With a `policy` no rate is given: the calls come in order of time, each looks up what is still alive \
of its prompt and renews it. A prompt is known by its text (rung 2: exact up to the tokenizer), by the \
hashes of its blocks (rung 3), by the turn of the conversation it grew out of (rung 4), or by the shared \
start of its call type and model (rung 5, an upper bound; at the low end nothing is shared). An entry \
lives for the lifetime it was written for, from its last use, and can be read two seconds after it was \
written; where the provider says that it dies of age, it does. Caches of models and places are apart, \
and on Anthropic from 2026-02-05 on those of workspaces (the columns `workspace_id` or `workspace`). \
The policies are

- `off`: nothing is cached; what the log would cost without any cache.
- `as_logged`: breakpoints as far into each prompt as its counters show; what calibration goes by.
- `system_only`: one breakpoint after the start that prompts of a call type share.
- `auto_last`: one moving breakpoint at the end of every prompt.
- `replay`: a breakpoint after the shared start and one at the end of each turn; where the hashes of \
blocks are known, every block that repeats is read, as caches do that compare blocks. It adds to what \
the log shows as cached; the others decide about every call anew.
- `selective`: breakpoints only where, in the first half of the calls, more than (w - 1) / (w - r) of \
the uses were followed by another within the lifetime (w and r: the prices of writing and reading for \
one of input), by call type, model and turns before; in the first half itself nothing is cached.
- `oracle`: with knowledge of the future, the cheapest for each block: k uses within a lifetime cost the \
least of k and w + r (k - 1), with the best lifetime. It waits like the others until an entry can be read. Nothing can do better and \
nothing can follow it.

Text is taken where the log holds whole requests: tools, then instructions, then messages in order, in \
blocks of 256 characters that also end where a message does. Only hashes of the blocks are kept. The \
tokens that the log counts for a prompt are spread over its characters; pictures and files count like \
4,000 characters. Where more than one prompt in twenty has no text, or fewer characters than tokens, the \
log does not hold whole requests, and the next rung is taken. Where most prompts of a call type repeat a \
text behind something that changes (a time, an id), a warning names the call type.

Automatic caches, where writing is free, do the same under every policy but `off`. All policies are \
shown side by side in the table `cache_policies`, with the part of what the oracle saves. Where the log \
counts reads, they are compared with those of `as_logged` by call type and model, and the policies find \
what is there no more often (at the high end: always). What techniques before it change (calls that go \
away or to another model, cut histories) changes what is warm: each set of them is replayed on its own. \
The tables `cache_keep_alive` and `cache_warm_up` say what pings and a call ahead would bring; they are \
advice and in none of the figures.

## Settings
- `hit`: the part of calls that find the shared start warm.
- `policy`: `\"replay\"` or another of the policies above instead of `hit`: the times of the log decide \
which calls do.
- `cacheable`: how much of the input is shared, `\"60%\"` or a count of tokens; what the log supports \
unless given. With a `policy`, the shared start in tokens.
- `ttl`: how long an entry lives, `\"5m\"` or `\"1h\"`; 5 minutes unless given. With a `policy` also \
`\"best\"`: none, the default or the longer one, whichever is cheapest on these very calls for each call \
type and model.
- `min_tokens`: with a `policy`, the shortest prompt that is cached, instead of each model's own minimum.
- `first_token_ms`: with a `policy`, the milliseconds until what a call writes can be read; 2,000 unless \
given.
- `hit_prob`: with a `policy`, how likely automatic caches find what is there; 1 unless given, and then \
0.8 at the low end: they promise nothing. Where more requests a minute begin alike than one machine \
takes (15 at OpenAI), the low end also spreads them over several, each with a cache of its own.
- `calibrate`: with a `policy`, `false` leaves reads as the replay finds them, whatever the log counts.
- `compare`: with a `policy`, whether all policies are shown side by side, which takes as long as a \
dozen replays; up to 200,000 calls unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
With `hit`, the rate is given, not measured. In a batch, where hits are best effort, the low end takes 30 %; \
with a `policy` 65 % of what is there is found (30 to 98 %), unless the counters of the log say it. \
A turn that no other turn follows or precedes writes nothing of its own; at the low end it does.

## Limits
Hits are spread evenly over the calls in scope. Token counts cannot show a timestamp in the middle of \
a prompt; whatever varies early breaks the prefix. A read looks back at the ends of at most 8 turns. What else \
keeps caches apart (organisations, keys, settings of thinking, tools where no text is logged) is not looked \
at, and caches of an idle time that varies live for their longest. Rows that \
sum up several calls are not replayed: a warning says how many, and a log of nothing else is refused. \
Where a call is made only in part of the cases, what reads add to the life of an entry is a lower bound.

## Sources
The cache rules of the price tables: minimum, steps, lifetimes, write and read prices.";

/// Hits in Anthropic's batch lane range from 30 to 98 %.
const BATCH_HIT_LOW: &str = "0.30";

/// Settings of `[prompt_caching]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptCaching {
    #[serde(default, deserialize_with = "settings::rate")]
    hit: Option<Rate>,
    #[serde(default)]
    policy: Option<Policy>,
    #[serde(default, deserialize_with = "settings::portion")]
    cacheable: Option<Portion>,
    #[serde(default)]
    ttl: Lifetime,
    #[serde(default, deserialize_with = "settings::some_count")]
    min_tokens: Option<u64>,
    #[serde(default, deserialize_with = "settings::some_count")]
    first_token_ms: Option<u64>,
    #[serde(default, deserialize_with = "settings::rate")]
    hit_prob: Option<Rate>,
    #[serde(default)]
    calibrate: Option<bool>,
    #[serde(default)]
    compare: Option<bool>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for PromptCaching {
    const INFO: &'static Info = &Info {
        name: "prompt_caching",
        label: "prompt caching",
        stage: Stage::PromptCache,
        summary: "read the shared start of prompts from the provider's cache",
        docs: DOCS,
        keys: &[
            "hit",
            "policy",
            "cacheable",
            "ttl",
            "min_tokens",
            "first_token_ms",
            "hit_prob",
            "calibrate",
            "compare",
            "where",
            "call_types",
        ],
    };

    fn check(&self) -> Result<(), String> {
        let is_replayed = self.policy.is_some();
        let wrong = match (self.hit, self.policy, self.cacheable) {
            (None, None, _) => "give the `hit` rate, such as \"0.95\", or policy = \"replay\"",
            (Some(_), Some(_), _) => "a replay finds the hit rate itself: give `hit` or `policy`",
            (None, Some(_), Some(Portion::Share(_))) => {
                "with a policy, `cacheable` is how much all prompts of a call type share: a count of \
                 tokens, or leave it out"
            }
            _ if !is_replayed && self.ttl == Lifetime::Best => {
                "the best lifetime is found by a replay: give a `policy`, or \"5m\" or \"1h\""
            }
            _ if !is_replayed && self.has_replay_settings() => {
                "`min_tokens`, `first_token_ms`, `hit_prob`, `calibrate` and `compare` are for a \
                 replay: give a `policy`"
            }
            _ => return Ok(()),
        };
        Err(wrong.to_owned())
    }
}

struct Cache {
    selection: Selection,
    hit: Rate,
    lifetime: Lifetime,
    prefixes: Prefixes,
    scenario: Scenario,
}

impl PromptCaching {
    const fn has_replay_settings(&self) -> bool {
        self.min_tokens.is_some()
            || self.first_token_ms.is_some()
            || self.hit_prob.is_some()
            || self.calibrate.is_some()
            || self.compare.is_some()
    }

    /// The replay that was asked for.
    fn order(&self, policy: Policy) -> Order {
        let shared = match self.cacheable {
            Some(Portion::Tokens(tokens)) => Some(tokens),
            _ => None,
        };
        Order {
            policy,
            lifetime: self.ttl,
            terms: Terms::new(self.min_tokens, self.first_token_ms),
            shared,
            automatic: self.hit_prob,
            calibrates: self.calibrate.unwrap_or(true),
            compares: self.compare,
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for PromptCaching {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        160
    }

    fn sums_rows(&self) -> bool {
        self.policy.is_none() && self.condition.is_none()
    }

    fn against_rollups(&self) -> Option<&'static str> {
        if self.policy.is_some() {
            Some("a replay needs each call; `--cache-hit RATE` takes a rate instead")
        } else if self.cacheable.is_some() {
            Some("`cacheable` is taken of each prompt; without it what the log supports is shared")
        } else {
            None
        }
    }

    fn dimensions(&self) -> Vec<String> {
        let mut needed = self.scope().dimensions();
        if self.policy.is_some() {
            needed.extend(Lineage::dimensions());
        } else if self.cacheable.is_none() {
            needed.push(conversations::COLUMN.to_owned());
        }
        needed
    }

    fn wishes(&self) -> Vec<String> {
        if self.policy.is_some() {
            return Lineage::wishes();
        }
        rolled::PREFIX_COLUMNS.map(str::to_owned).to_vec()
    }

    fn has_range(&self, facts: &Facts<'_>) -> bool {
        if self.policy.is_some() {
            return !Lineage::has_blocks(facts)
                || facts.has_cached_calls()
                || facts.has_batch_calls()
                || facts.has_automatic();
        }
        let has_turns = || rolled::has_turns(facts);
        let may_observe =
            self.cacheable.is_none() && (conversations::are_named(facts) || has_turns());
        may_observe || facts.has_batch_calls()
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        if let Some(policy) = self.policy {
            return Ok(CacheReplay::prepare(facts, selection, self.order(policy), scenario));
        }
        let mut warnings = selection.warnings("prompt caching");
        let hit = self.hit.unwrap_or(Rate::ZERO);
        let prefixes = Prefixes::new(self.cacheable, facts);
        let mut assumptions = prefixes.evidence(facts, &selection);
        if facts.is_told(scenario) {
            warnings.extend(PrefixDoubts::of(&prefixes, facts, &selection).warning());
        }
        assumptions.push(
            "input the log shows as read from or written to a cache stays as it is".to_owned(),
        );
        let cache = Cache { selection, hit, lifetime: self.ttl, prefixes, scenario };
        let note = format!("assumed: {} hits", percent(hit));
        let mut prepared = Prepared::ready(cache, Evidence::Assumed, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Cache {
    /// The input that would newly be cached: the shared start in the steps of the cache, without
    /// what is cached already.
    fn fresh(
        &self,
        branch: &Branch,
        policy: &CachePolicy,
        scene: &Scene<'_>,
    ) -> Result<Tokens, Decline> {
        if !self.prefixes.are_declared() && !branch.cached().is_zero() {
            return Ok(Tokens::ZERO);
        }
        let step = policy.granularity.get();
        let (stored, prefix) = self.prefixes.stored(branch, scene.facts, scene.row, step);
        if let Some(min) = policy.min_tokens.filter(|min| prefix < *min) {
            return Err(Decline::BelowMinimum(min));
        }
        let fresh = stored.saturating_sub(branch.cached());
        Ok(fresh.min(branch.call.tokens[TokenClass::Input]))
    }

    /// What a turn adds to its conversation beyond what it reads, in the steps of the cache: it is
    /// written, or the next turn could not read it.
    fn grown(
        &self,
        branch: &Branch,
        policy: &CachePolicy,
        scene: &Scene<'_>,
        read: Tokens,
    ) -> Tokens {
        if branch.is_cut || !self.prefixes.writes_growth(scene.facts, scene.row, self.scenario) {
            return Tokens::ZERO;
        }
        let prompt = branch.per_call(branch.call.input_total());
        if policy.min_tokens.is_some_and(|min| prompt < min) {
            return Tokens::ZERO;
        }
        let step = policy.granularity.get().max(1);
        let boundary = if step == 1 {
            branch.call.input_total()
        } else {
            let known = self.prefixes.whole_prompts(scene.row, step);
            let known = known.filter(|_| branch.is_counted_as_logged());
            known.unwrap_or_else(|| branch.for_row(Tokens::new(prompt.get() / step * step)))
        };
        let rest = branch.call.tokens[TokenClass::Input].saturating_sub(read);
        boundary.saturating_sub(read).min(rest)
    }

    /// The class that pays for writing, or nothing when a miss bills as ordinary input.
    fn write_class(&self, policy: &CachePolicy) -> Option<TokenClass> {
        if policy.write == CacheWrite::Free {
            return None;
        }
        Some(self.lifetime.of(policy).map_or(TokenClass::CacheWrite5m, |lifetime| lifetime.class))
    }

    fn hit_rate(&self, branch: &Branch) -> Rate {
        let is_batch = branch.call.service_tier == ServiceTier::Batch;
        if self.scenario == Scenario::Low && is_batch {
            return self.hit.min(Rate::parse(BATCH_HIT_LOW).expect("a rate"));
        }
        self.hit
    }
}

impl Rewrite for Cache {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) || branch.call.tokens[TokenClass::Input].is_zero() {
            return Effect::Unchanged;
        }
        let book = scene.facts.book;
        let Some(policy) = book.cache_policy(scene.placed(branch), branch.call.time) else {
            return Effect::Declined(Decline::NotPriced);
        };
        if scene.is_unbilled(branch) {
            return Effect::Unchanged;
        }
        if branch.call.service_tier == ServiceTier::Batch && !scene.caches_in_batch(branch) {
            return Effect::Declined(Decline::NoDiscount);
        }
        let fresh = self.fresh(branch, policy, scene);
        let read = fresh.unwrap_or(Tokens::ZERO);
        let write = self.write_class(policy);
        let grown = write.map_or(Tokens::ZERO, |_| self.grown(branch, policy, scene, read));
        if read.is_zero() && grown.is_zero() {
            return fresh.err().map_or(Effect::Unchanged, Effect::Declined);
        }
        let written = write.unwrap_or(TokenClass::Input);
        if !scene.has_prices(branch, [TokenClass::CacheRead, written]) {
            return Effect::Declined(Decline::NotPriced);
        }
        if !scene.is_cheaper(branch, TokenClass::CacheRead, TokenClass::Input) {
            return Effect::Declined(Decline::NoDiscount);
        }
        let (mut hit, mut miss) = branch.split(self.hit_rate(branch));
        hit.reclassify(TokenClass::Input, TokenClass::CacheRead, read);
        hit.reclassify(TokenClass::Input, written, grown);
        miss.reclassify(TokenClass::Input, written, read + grown);
        push_taken(out, hit);
        push_taken(out, miss);
        Effect::Changed
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        declined(why, model, calls)
    }
}

/// Tells that calls of a model are not cached.
pub(super) fn declined(why: Decline, model: &Model, calls: u64) -> String {
    let (calls, id) = (grouped(calls), &model.id);
    match why {
        Decline::BelowMinimum(min) => format!(
            "prompt caching: {calls} calls of {id} are not cached: their shared prompt is \
                 below the model's minimum of {} tokens",
            grouped(min.get())
        ),
        Decline::NoDiscount => format!(
            "prompt caching: {calls} calls of {id} save nothing by caching: in their lane cached \
                 input has no price of its own"
        ),
        _ => format!(
            "prompt caching: {calls} calls of {id} are not cached: the model has no cache \
                 prices for them"
        ),
    }
}
