//! The replay as a technique: each call reads what is warm, writes the rest, and keeps it warm.

use crate::pricing::{CachePolicy, Model};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::ServiceTier;

use super::super::branch::{Branch, push_taken};
use super::super::facts::{Facts, Scene};
use super::super::scope::Selection;
use super::super::technique::{Decline, Effect, Evidence, Memory, Prepared, Rewrite, Scenario};
use super::super::warmth::CacheRules;
use super::super::wording::{grouped, percent};
use super::lineage::Lineage;
use super::rules::{Lifetime, ReplayRules};
use super::store::{Found, Prompt, Store};

/// Prompt caching, replayed.
pub(in super::super) struct CacheReplay {
    selection: Selection,
    lineage: Lineage,
    lifetime: Lifetime,
}

impl CacheReplay {
    /// Looks at the log; refuses where it does not say when calls were made.
    pub(in super::super) fn prepare(
        facts: &Facts<'_>,
        selection: Selection,
        lifetime: Lifetime,
        scenario: Scenario,
    ) -> Prepared {
        let lineage = Lineage::of(facts, scenario);
        if !lineage.has_times() {
            return Prepared::refused(
                "some calls have no time, and a cache is warm or cold by time; give the rate with \
                 `hit` instead",
            );
        }
        let warnings = selection.warnings("prompt caching");
        let note = format!("replayed: {}", lineage.evidence());
        let mut assumptions = Vec::new();
        if scenario == Scenario::Expected {
            // Nobody reads what the ends assume.
            assumptions.extend(lineage.ideal(facts));
        }
        assumptions.push(
            "entries live from their last use; a breakpoint after the shared start and one at the \
             end of each turn; an entry can be read 2 s after it was written"
                .to_owned(),
        );
        assumptions.push(
            "input the log shows as read from or written to a cache stays as it is".to_owned(),
        );
        let replay = Self { selection, lineage, lifetime };
        let mut prepared = Prepared::ready(replay, Evidence::Replayed, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        prepared
    }

    fn find(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        rules: &ReplayRules,
        store: &mut Store,
    ) -> Option<Vec<Found>> {
        let prompt = Prompt {
            row: scene.row,
            model: scene.placed(branch),
            input: branch.call.input_total(),
            stable: branch.stable_prefix,
            ratio: branch.token_ratio,
            likelihood: branch.weight,
        };
        store.visit(&prompt, &self.lineage, rules)
    }
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

    fn recall(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        memory: &mut Memory,
        out: &mut Vec<Branch>,
    ) -> Effect {
        let store = memory.downcast_mut::<Store>().expect("the memory it made itself");
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
        let rules = CacheRules::of(Some(policy), |class| scene.has_prices(branch, [class; 2]));
        if rules == CacheRules::None {
            return Effect::Declined(Decline::NotPriced);
        }
        let rules = ReplayRules::new(rules, self.lifetime);
        let Some(found) = self.find(branch, scene, &rules, store) else {
            return Effect::Unchanged;
        };
        // What the log says was cached is in its bill already; it keeps entries warm all the same.
        if !branch.cached().is_zero() || scene.is_unbilled(branch) {
            return Effect::Unchanged;
        }
        let ways: Vec<_> = found.iter().map(|found| split(branch, found, &rules)).collect();
        if ways.iter().all(|(read, written)| read.is_zero() && written.is_zero()) {
            let min = rules.min;
            let is_short = branch.call.input_total() < min;
            return if is_short {
                Effect::Declined(Decline::BelowMinimum(min))
            } else {
                Effect::Unchanged
            };
        }
        let written = rules.write.unwrap_or(TokenClass::Input);
        if !scene.is_cheaper(branch, TokenClass::CacheRead, TokenClass::Input) {
            return Effect::Declined(Decline::NoDiscount);
        }
        let mut rest = *branch;
        let mut left = Rate::ONE;
        for (way, found) in ways.iter().zip(&found) {
            // The likelihood of this way, given that none before it was gone.
            let part = Rate::of_counts(found.likelihood.parts(), left.parts()).unwrap_or(Rate::ONE);
            let (mut taken, other) = rest.split(part);
            taken.reclassify(TokenClass::Input, TokenClass::CacheRead, way.0);
            taken.reclassify(TokenClass::Input, written, way.1);
            push_taken(out, taken);
            (rest, left) = (other, left.minus(found.likelihood));
        }
        push_taken(out, rest);
        Effect::Changed
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        super::super::prompt_caching::declined(why, model, calls)
    }
}

impl Lineage {
    /// How much input repeats at all, by the rule of published references: a block is there when
    /// it was used within the time before, without a minimum; what one prompt writes, the next can
    /// read.
    fn ideal(&self, facts: &Facts<'_>) -> Option<String> {
        let (input, repeated) = self.repeated(facts, None)?;
        let share = Rate::of_counts(repeated.get(), input.get()).map(percent)?;
        let within = |seconds: i64| {
            let (_, found) = self.repeated(facts, Some(seconds * 1_000))?;
            Some(grouped(found.get()))
        };
        Some(format!(
            "{} of {} input tokens repeat earlier blocks ({share}): {} within 5 minutes of their \
             last use, {} within an hour",
            grouped(repeated.get()),
            grouped(input.get()),
            within(300)?,
            within(3_600)?
        ))
    }

    /// All input, and the part of it that stands in the longest run of leading blocks that were all
    /// used within `lifetime` milliseconds.
    pub(super) fn repeated(
        &self,
        facts: &Facts<'_>,
        lifetime: Option<i64>,
    ) -> Option<(Tokens, Tokens)> {
        let blocks = self.blocks.as_ref()?;
        let mut last = hashbrown::HashMap::new();
        let (mut input, mut repeated) = (Tokens::ZERO, Tokens::ZERO);
        for row in self.order() {
            let (at, own) = (self.time(row)?, blocks.row(row));
            let model = facts.model(row);
            let alive = |block: &&u32| {
                let used: Option<&i64> = last.get(&(model, **block));
                used.is_some_and(|used| lifetime.is_none_or(|lifetime| at - used <= lifetime))
            };
            let length = self.length(row);
            let run = own.iter().take_while(alive).count() as u64;
            repeated += Tokens::new(run.saturating_mul(blocks.size)).min(length);
            input += length;
            last.extend(own.iter().map(|block| ((model, *block), at)));
        }
        Some((input, repeated))
    }
}
