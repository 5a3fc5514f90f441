//! Source: `docs/techniques/batch.md`: calls in scope that are in the standard lane, at the batch prices
//! of their model. What the log reads from a prompt cache is found in a batch at best effort: 65 % of
//! it (30 % at the low end, 98 % at the high one); the rest is written again, or is plain input where
//! writes are free. Models without batch prices stay.

use super::{Branch, Scenario, Step, Surroundings};
use crate::naive::names::processed;
use crate::number::{Q, decimal, one};
use crate::world::plan::{Scope, Setting};
use crate::world::table::Decimal;
use crate::world::{Class, Tier};

pub(super) struct Lane {
    share: Q,
    found: Q,
    scope: Scope,
}

pub(super) fn prepare(setting: &Setting, scenario: Scenario) -> Lane {
    let Setting::Batch { share, cache_hit, scope } = setting else { unreachable!() };
    let found = cache_hit.as_ref().map_or_else(
        || match scenario {
            Scenario::Low => decimal("0.30"),
            Scenario::Expected => decimal("0.65"),
            Scenario::High => decimal("0.98"),
        },
        Decimal::value,
    );
    let share = share.as_ref().map_or_else(one, Decimal::value);
    Lane { share, found, scope: scope.clone() }
}

impl Step for Lane {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        if !self.scope.holds(around.record()) || branch.call.tier != Tier::Standard {
            return vec![branch.clone()];
        }
        let mut batched = branch.part(&self.share);
        batched.call.tier = Tier::Batch;
        let place = processed(around.table, branch.call.home.place, &branch.call.geo);
        let place = place.expect("it had a price where it was");
        if !around.table.places[place].caches_in_batch {
            batched.forget_cache();
        }
        // A failed call that was charged and would not be in a batch: that is no batch discount.
        let is_let_off = around.is_unbilled(&batched) && !around.is_unbilled(branch);
        if !around.is_priced(&batched) || is_let_off {
            return vec![branch.clone()];
        }
        let mut ways = vec![branch.part(&(one() - &self.share))];
        ways.extend(self.by_cache(batched, around));
        ways
    }
}

impl Lane {
    fn by_cache(&self, batched: Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        let reads = batched.call.count(Class::CacheRead);
        let audio = batched.call.count(Class::AudioCacheRead);
        if reads + audio == 0 {
            return vec![batched];
        }
        let has_long = batched.call.count(Class::CacheWrite1h) > 0;
        let written = if has_long { Class::CacheWrite1h } else { Class::CacheWrite5m };
        let prices = around.prices(&batched).expect("it has a price");
        let model = super::model_tiering::meant(around.table, &batched.call);
        let policy = around.table.models[model].cache.map(|(policy, _)| policy);
        let is_free = policy.is_some_and(|policy| around.table.policies[policy].is_write_free);
        let is_written = !is_free && prices.tokens.contains_key(&written);
        let again = if is_written { written } else { Class::Input };
        let mut missed = batched.part(&(one() - &self.found));
        missed.call.turn(Class::CacheRead, again, reads);
        missed.call.turn(Class::AudioCacheRead, Class::AudioInput, audio);
        // What has no price when it is not found is taken to be found.
        if !around.is_priced(&missed) {
            return vec![batched];
        }
        vec![batched.part(&self.found), missed]
    }
}
