//! The replay as a technique: each call reads what is warm, writes the rest, and keeps it warm.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::pricing::{CachePolicy, Model, ModelId, RateCard};
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::ServiceTier;

use super::super::batch;
use super::super::branch::{Branch, push_taken};
use super::super::facts::{Facts, Scene};
use super::super::links::Links;
use super::super::scope::Selection;
use super::super::technique::{Decline, Effect, Measured, Memory, Rewrite, own};
use super::super::warmth::CacheRules;
use super::kappa::{Circumstances, Likely};
use super::lineage::Lineage;
use super::oracle::Foreseen;
use super::policy::{Marks, Policy};
use super::rules::{Lifetime, ReplayRules, Terms};
use super::store::{Cache, Found, Prompt, Store};

/// Where each prompt of a log has its breakpoints.
#[derive(Clone)]
pub(super) enum Placing {
    /// The same everywhere.
    Fixed(Marks),
    /// Of each row.
    ByRow(Arc<Vec<Marks>>),
    /// None: what each row reads and writes is known.
    Foreseen(Arc<Foreseen>),
}

/// Prompt caching, replayed under one policy.
#[derive(Clone)]
pub(in super::super) struct CacheReplay {
    pub(super) selection: Arc<Selection>,
    pub(super) lineage: Arc<Lineage>,
    pub(super) policy: Policy,
    pub(super) placing: Placing,
    /// How long entries of each route live; nothing where it is not cached.
    pub(super) lifetimes: Arc<Vec<Option<Lifetime>>>,
    pub(super) terms: Terms,
    pub(super) likely: Arc<Likely>,
    /// The machine that each row is sent to; the first for all where there are none.
    pub(super) machines: Arc<Vec<u32>>,
    /// Whether it decides also about calls the log shows as cached.
    pub(super) decides_anew: bool,
    /// Whether a call in a batch came by.
    pub(super) has_batch: Arc<AtomicBool>,
}

/// One way that a call may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    likelihood: Rate,
    /// Tokens that leave the plain input, and for which class.
    moved: [(TokenClass, Tokens); 3],
}

impl CacheReplay {
    /// How entries of a call live; nothing where its call type and model is not cached.
    fn lifetime(&self, scene: &Scene<'_>) -> Option<Lifetime> {
        self.lifetimes.get(self.lineage.route(scene.row) as usize).copied().flatten()
    }

    /// The machine that a call is sent to.
    fn machine(&self, scene: &Scene<'_>) -> u32 {
        self.machines.get(scene.row).copied().unwrap_or(0)
    }

    fn marks(&self, scene: &Scene<'_>, rules: CacheRules) -> Marks {
        if self.policy == Policy::Off || self.lifetime(scene).is_none() {
            return Marks::NONE;
        }
        if matches!(rules, CacheRules::Automatic { .. }) {
            // The provider caches what it can; nobody sets breakpoints.
            return Marks::ALL;
        }
        match &self.placing {
            Placing::Fixed(marks) => *marks,
            Placing::ByRow(rows) => rows[scene.row],
            Placing::Foreseen(_) => Marks::NONE,
        }
    }

    /// Finds the ways a call may go; nothing when the log does not say when it came.
    fn ways(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        (cache, max_age): (CacheRules, Option<u64>),
        store: &mut Store,
        (found, ways): &mut (Vec<Found>, Vec<Way>),
    ) -> Option<()> {
        found.clear();
        ways.clear();
        let rules = |lifetime| ReplayRules::new(cache, lifetime, &self.terms);
        if let Placing::Foreseen(plan) = &self.placing {
            let known = plan.row(scene.row);
            let part = |tokens| recounted(tokens, branch.token_ratio);
            let class = |lifetime| rules(lifetime).write.unwrap_or(TokenClass::Input);
            let moved = [
                (TokenClass::CacheRead, part(known.read)),
                (class(Lifetime::Short), part(known.short)),
                (class(Lifetime::Long), part(known.long)),
            ];
            ways.push(Way { likelihood: Rate::ONE, moved });
            return Some(());
        }
        let rules = rules(self.lifetime(scene).unwrap_or_default()).aging(max_age);
        let own = Cache::of(branch, scene, &self.lineage);
        let prompt = Prompt {
            row: scene.row,
            cache: Cache { machine: self.machine(scene), ..own },
            marks: self.marks(scene, cache),
            input: branch.call.input_total(),
            stable: branch.stable_prefix,
            ratio: branch.token_ratio,
            likelihood: branch.weight,
        };
        store.visit(&prompt, &self.lineage, &rules, found)?;
        let circumstances = Circumstances {
            route: self.lineage.route(scene.row),
            is_automatic: matches!(cache, CacheRules::Automatic { .. }),
            is_batch: branch.call.service_tier == ServiceTier::Batch,
            was_batch: scene.facts.calls.service_tier(scene.row) == ServiceTier::Batch,
        };
        if circumstances.is_batch && self.likely.batch.is_some() {
            self.has_batch.store(true, Ordering::Relaxed);
        }
        self.likely.thin(found, circumstances);
        let way = |found: &Found| {
            let (read, written) = split(branch, found, &rules);
            let class = rules.write.unwrap_or(TokenClass::Input);
            let moved = [
                (TokenClass::CacheRead, read),
                (class, written),
                (TokenClass::Input, Tokens::ZERO),
            ];
            Way { likelihood: found.likelihood, moved }
        };
        ways.extend(found.iter().map(way));
        Some(())
    }
}

impl CacheReplay {
    /// Sends a call its ways; `plain` is the call where nothing is cached yet.
    fn go(
        &self,
        branch: &Branch,
        plain: &Branch,
        (rules, card): (CacheRules, Option<&RateCard>),
        ways: &[Way],
        out: &mut Vec<Branch>,
    ) -> Effect {
        // What the log says was cached is in its bill already; it keeps entries warm all the same.
        let is_settled = !self.decides_anew && !branch.cached().is_zero();
        if is_settled || card.is_some_and(RateCard::is_unbilled) {
            return Effect::Unchanged;
        }
        let is_idle = |way: &Way| way.moved.iter().all(|(_, count)| count.is_zero());
        if ways.iter().all(is_idle) {
            if plain.call != branch.call {
                out.push(*plain);
                return Effect::Changed;
            }
            let min = self.terms.min.unwrap_or_else(|| rules.minimum());
            let is_short = self.policy != Policy::Off && branch.call.input_total() < min;
            return if is_short {
                Effect::Declined(Decline::BelowMinimum(min))
            } else {
                Effect::Unchanged
            };
        }
        let price = |class| card.and_then(|card| card.price(class));
        let prices = price(TokenClass::CacheRead).zip(price(TokenClass::Input));
        if prices.is_none_or(|(read, input)| read >= input) {
            return Effect::Declined(Decline::NoDiscount);
        }
        let mut rest = *plain;
        let mut left = Rate::ONE;
        for way in ways {
            // The likelihood of this way, given that none before it was gone.
            let part = Rate::of_counts(way.likelihood.parts(), left.parts()).unwrap_or(Rate::ONE);
            let (mut taken, other) = rest.split(part);
            for (class, count) in way.moved {
                taken.reclassify(TokenClass::Input, class, count);
            }
            push_taken(out, taken);
            (rest, left) = (other, left.minus(way.likelihood));
        }
        push_taken(out, rest);
        Effect::Changed
    }
}

fn recounted(tokens: Tokens, ratio: Factor) -> Tokens {
    ratio.of(tokens)
}

/// What a way of being found does to a branch: tokens read and tokens written.
fn split(branch: &Branch, found: &Found, rules: &ReplayRules) -> (Tokens, Tokens) {
    let plain = branch.call.tokens[TokenClass::Input];
    let read = found.read.min(plain);
    let written = rules.write.map_or(Tokens::ZERO, |_| found.stored.saturating_sub(read));
    (read, written.min(plain.saturating_sub(read)))
}

impl Rewrite for CacheReplay {
    fn apply(&self, _: &Branch, _: &Scene<'_>, _: &mut Vec<Branch>) -> Effect {
        // Without a memory nothing is ever warm.
        Effect::Unchanged
    }

    fn memory(&self) -> Option<Memory> {
        Some(Box::new(Store::default()))
    }

    fn tie(&self, facts: &Facts<'_>, targets: &[ModelId], links: &mut Links) {
        super::ties::tie(self, facts, targets, links);
    }

    fn recall(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        memory: &mut Memory,
        out: &mut Vec<Branch>,
    ) -> Effect {
        let store = own::<Store>(memory);
        let is_batch = branch.call.service_tier == ServiceTier::Batch;
        if !self.selection.holds(scene.row) || !branch.call.is_single() {
            return Effect::Unchanged;
        }
        let policy: Option<&CachePolicy> =
            scene.facts.book.cache_policy(scene.placed(branch), branch.call.time);
        let Some(policy) = policy else { return Effect::Declined(Decline::NotPriced) };
        if is_batch && !scene.caches_in_batch(branch) {
            return Effect::Declined(Decline::NoDiscount);
        }
        let card = scene.card(branch);
        let price = |class| card.and_then(|card| card.price(class));
        let rules = CacheRules::of(Some(policy), |class| price(class).is_some());
        if rules == CacheRules::None {
            return Effect::Declined(Decline::NotPriced);
        }
        let mut plain = *branch;
        if self.decides_anew {
            plain.forfeit_cache();
        }
        let mut room = std::mem::take(&mut store.room);
        let known = self.ways(&plain, scene, (rules, policy.max_age_seconds), store, &mut room);
        let effect = if known.is_some() {
            self.go(branch, &plain, (rules, card), &room.1, out)
        } else {
            Effect::Unchanged
        };
        store.room = room;
        effect
    }

    fn remarks(&self, _: &Measured) -> Vec<String> {
        let batch = self.has_batch.load(Ordering::Relaxed);
        batch.then(batch::told).into_iter().collect()
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        super::super::prompt_caching::declined(why, model, calls)
    }
}
