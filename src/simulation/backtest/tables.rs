//! The calls of all logs by conversation, model and cause.

use std::collections::{BTreeMap, BTreeSet};

use crate::techniques::Facts;
use crate::techniques::warmth::{CacheRules, Cause, Prospect};
use crate::usage::{Symbol, column};

use super::options::BacktestOptions;
use super::outcome::{CauseComparison, Comparison, NamedComparison, Predicted};
use super::rows::Entry;
use super::score::stake;

/// Sums by key; small numbers stand for names until the end.
#[derive(Debug, Default)]
pub(super) struct Tables {
    conversations: BTreeMap<Symbol, Comparison>,
    /// The conversations that have a cache counter.
    cached: BTreeSet<Symbol>,
    has_lifetimes: bool,
    models: BTreeMap<Symbol, Comparison>,
    causes: BTreeMap<Cause, CauseComparison>,
}

impl Tables {
    /// Adds a call.
    pub(super) fn add(
        &mut self,
        entry: &Entry,
        prospect: &Prospect,
        cause: Cause,
        one: &Comparison,
        predicted_lost: Predicted<u64>,
    ) {
        self.conversations.entry(entry.sight.conversation).or_default().merge(one);
        if entry.counted.is_anything() {
            self.cached.insert(entry.sight.conversation);
        }
        self.has_lifetimes |= matches!(entry.rules, CacheRules::Written { .. });
        self.models.entry(entry.name).or_default().merge(one);
        let of_cause = self.causes.entry(cause).or_insert(CauseComparison {
            cause,
            comparison: Comparison::default(),
            lost: 0,
            predicted_lost: Predicted::default(),
        });
        of_cause.comparison.merge(one);
        of_cause.lost += u64::from(entry.counted.read.get() < stake(prospect).get().div_ceil(2));
        of_cause.predicted_lost.point += predicted_lost.point;
        of_cause.predicted_lost.expected += predicted_lost.expected;
        of_cause.predicted_lost.simplest += predicted_lost.simplest;
    }

    /// The conversations, the dearest first.
    pub(super) fn conversations(&self, facts: &Facts<'_>) -> Vec<NamedComparison> {
        let place = facts.calls.dimensions.position(BacktestOptions::CONVERSATION);
        place.map_or_else(Vec::new, |place| named(facts, place, &self.conversations))
    }

    /// The conversations without a cache counter: how many, and their sums.
    pub(super) fn uncached(&self) -> (u64, Comparison) {
        let silent = self.conversations.iter().filter(|(name, _)| !self.cached.contains(*name));
        let silent = silent.map(|(_, comparison)| comparison);
        (silent.clone().count() as u64, Comparison::sum(silent))
    }

    /// Whether any of the caches has lifetimes to declare.
    pub(super) const fn has_lifetimes(&self) -> bool {
        self.has_lifetimes
    }

    /// The models, the dearest first.
    pub(super) fn models(&self, facts: &Facts<'_>) -> Vec<NamedComparison> {
        named(facts, column::MODEL, &self.models)
    }

    /// The causes, in the order of reports; those without a call are left out.
    pub(super) fn causes(&self) -> Vec<CauseComparison> {
        Cause::ALL.iter().filter_map(|cause| self.causes.get(cause).copied()).collect()
    }
}

fn named(
    facts: &Facts<'_>,
    place: usize,
    sums: &BTreeMap<Symbol, Comparison>,
) -> Vec<NamedComparison> {
    let dimension = &facts.calls.dimensions[place];
    let named = sums.iter().map(|(symbol, comparison)| NamedComparison {
        name: dimension.resolve(*symbol).to_owned(),
        comparison: *comparison,
    });
    let mut lines: Vec<_> = named.collect();
    lines.sort_by(|one, other| {
        let dearer = other.comparison.billed.cmp(&one.comparison.billed);
        dearer.then_with(|| one.name.cmp(&other.name))
    });
    lines
}
