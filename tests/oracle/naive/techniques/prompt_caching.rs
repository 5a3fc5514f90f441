//! Source: `docs/techniques/prompt_caching.md`, with `hit`: that share of the calls pays the read price
//! for the cacheable part, the others the write price, or the input price where writes are free. What
//! is cacheable is declared, or the start that prompts of a call type and model share (rung 5); calls
//! whose own counters show caching stay as they are, and more is credited only beyond those. In a
//! batch the low end takes 30 %.

use super::{Branch, Scenario, Step, Surroundings, static_prompt};
use crate::naive::names::processed;
use crate::number::{Q, decimal, nearest, one, whole};
use crate::world::log::Record;
use crate::world::plan::{Portion, Scope, Setting};
use crate::world::table::Policy;
use crate::world::{Class, Tier};

pub(super) struct Cache {
    hit: Q,
    cacheable: Option<Portion>,
    is_long: bool,
    scope: Scope,
    is_low: bool,
    records: Vec<Record>,
}

pub(super) fn prepare(records: &[Record], setting: &Setting, scenario: Scenario) -> Cache {
    let Setting::PromptCaching { hit, cacheable, is_long, scope } = setting else { unreachable!() };
    Cache {
        hit: hit.value(),
        cacheable: cacheable.clone(),
        is_long: *is_long,
        scope: scope.clone(),
        is_low: scenario == Scenario::Low,
        records: records.to_vec(),
    }
}

impl Step for Cache {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        self.split(branch, around).unwrap_or_else(|| vec![branch.clone()])
    }
}

impl Cache {
    /// The ways with a warm and a cold cache; nothing where the call is not cached.
    fn split(&self, branch: &Branch, around: &Surroundings<'_>) -> Option<Vec<Branch>> {
        if !self.scope.holds(around.record()) {
            return None;
        }
        let call = &branch.call;
        let place = processed(around.table, call.home.place, &call.geo).ok()?;
        let model = super::model_tiering::meant(around.table, call);
        let (policy, least) = around.table.models[model].cache?;
        let policy = &around.table.policies[policy];
        if call.tier == Tier::Batch && !around.table.places[place].caches_in_batch {
            return None;
        }
        let fresh = self.fresh(branch, policy, least, around);
        let written = self.written(policy);
        let prices = around.prices(branch).filter(|prices| !prices.is_unbilled)?.tokens;
        let (read, plain) = (prices.get(&Class::CacheRead)?, prices.get(&Class::Input)?);
        if fresh == 0 || !prices.contains_key(&written) || read >= plain {
            return None;
        }
        let in_batch = decimal("0.30");
        let is_worse = self.is_low && call.tier == Tier::Batch && self.hit > in_batch;
        let hit = if is_worse { &in_batch } else { &self.hit };
        let (mut warm, mut cold) = (branch.part(hit), branch.part(&(one() - hit)));
        warm.call.turn(Class::Input, Class::CacheRead, fresh);
        cold.call.turn(Class::Input, written, fresh);
        Some(vec![warm, cold])
    }

    /// The class that pays for what was not found.
    fn written(&self, policy: &Policy) -> Class {
        if policy.is_write_free {
            return Class::Input;
        }
        let long = policy.lifetimes.iter().find(|(class, _)| *class == Class::CacheWrite1h);
        let short = policy.lifetimes.first();
        let lifetime = if self.is_long { long.or(short) } else { short };
        lifetime.map_or(Class::CacheWrite5m, |(class, _)| *class)
    }

    /// The plain input that would newly be cached, in whole steps of the cache.
    fn fresh(
        &self,
        branch: &Branch,
        policy: &Policy,
        least: Option<u64>,
        around: &Surroundings<'_>,
    ) -> u64 {
        let call = &branch.call;
        let prompt = call.sum(Class::is_input);
        let prefix = match &self.cacheable {
            Some(Portion::Share(share)) => nearest(&(share.value() * whole(prompt))),
            Some(Portion::Tokens(tokens)) => (tokens * call.calls).min(prompt),
            // Nothing more is credited to calls whose own counters show caching.
            None if branch.cached() > 0 => return 0,
            None => {
                // What the log counted as cached tells what is cacheable, wherever it is now.
                let logged = around.record();
                let counted: u64 = logged
                    .counts
                    .iter()
                    .filter(|(class, _)| super::is_cached(**class))
                    .map(|(_, count)| count)
                    .sum();
                let start = static_prompt(&self.records, logged) * call.calls;
                if counted > 0 { counted.min(prompt) } else { start.min(prompt) }
            }
        };
        let prefix = branch.shared.map_or(prefix, |shared| prefix.min(shared));
        let each = prefix / call.calls;
        if least.is_some_and(|least| each < least) {
            return 0;
        }
        let stored = each / policy.granularity * policy.granularity * call.calls;
        stored.saturating_sub(branch.cached()).min(call.count(Class::Input))
    }
}
