//! What the reader should hear about moving calls to other models.

use std::collections::{BTreeMap, BTreeSet};

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::rehoming::Rehoming;
use super::wording::grouped;
use crate::pricing::{ModelId, TokenizerRatio};
use crate::units::Tokens;
use crate::usage::{Rolled, Row, column};

/// How many models a sentence names.
const NAMED_MODELS: usize = 3;

/// The tokenizer ratios in use, where a token of one model is not a token of the other.
pub(super) fn tokenizer_ratios(rehoming: &Rehoming, facts: &Facts<'_>) -> Vec<String> {
    let moved = facts.modelled_rows().filter_map(|(row, model)| {
        let target = rehoming.destination(row)?.target;
        let meant = |id| facts.book.meaning(id, facts.calls.call(row).time);
        Some((meant(model), meant(target)))
    });
    let pairs: BTreeSet<(ModelId, ModelId)> = moved.collect();
    let told = pairs.into_iter().filter_map(|(from, to)| {
        let ratio = facts.book.tokenizer_ratio(from, to);
        let TokenizerRatio { low, likely, high } = ratio;
        let [from, to] = [from, to].map(|id| &facts.book.model(id).id);
        (ratio != TokenizerRatio::SAME)
            .then(|| format!("one token of {from} counts as {likely} of {to} ({low} to {high})"))
    });
    told.collect()
}

/// A warning for each target on which some calls cost more than before.
pub(super) fn dearer_calls(rehoming: &Rehoming, facts: &Facts<'_>) -> Vec<String> {
    let mut found: BTreeMap<ModelId, BTreeMap<ModelId, u64>> = BTreeMap::new();
    for (row, model) in facts.modelled_rows() {
        let Some(to) = rehoming.destination(row).filter(|to| to.target != model) else { continue };
        let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
        let logged = Branch::logged(facts.calls.call(row), model);
        let Ok(moved) = rehoming.on_target(&logged, to.target, &scene) else { continue };
        let costs = scene.cost(&logged).ok().zip(scene.cost(&moved).ok());
        if costs.is_some_and(|(before, after)| after > before) {
            *found.entry(to.target).or_default().entry(model).or_default() += logged.call.calls;
        }
    }
    let is_rolled = facts.rolled().is_some();
    let sentence = |(target, sources): (ModelId, BTreeMap<ModelId, u64>)| {
        let calls = sources.values().sum();
        let mut sources: Vec<_> = sources.into_iter().collect();
        sources.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let names = sources.iter().take(NAMED_MODELS);
        let mut names: Vec<_> = names.map(|(id, _)| facts.book.model(*id).id.as_str()).collect();
        if sources.len() > NAMED_MODELS {
            names.push("others");
        }
        let target = &facts.book.model(target).id;
        let by = if is_rolled { ", by rows of the roll-up" } else { "" };
        format!(
            "tiering: {} calls of {} cost more on {target} than where they are{by}: leave them out \
             with `where` or `call_types`",
            grouped(calls),
            names.join(", ")
        )
    };
    found.into_iter().map(sentence).collect()
}

/// A warning where some calls of rows of a roll-up meet other rules or prices of a target than the
/// rest: the mean of a row decides for all of them.
pub(super) fn judged_by_rows(rehoming: &Rehoming, facts: &Facts<'_>) -> Option<String> {
    facts.rolled()?;
    let limits: Vec<u64> = facts.book.prompt_limits().into_iter().collect();
    let judged = facts.modelled_rows().filter(|(row, model)| {
        let to = rehoming.destination(*row).filter(|to| to.target != *model);
        to.is_some_and(|to| is_judged_by_mean((*row, *model), to.target, facts, &limits))
    });
    let calls: u64 = judged.map(|(row, _)| facts.calls.call(row).calls).sum();
    (calls > 0).then(|| {
        format!(
            "tiering: {} calls are in rows of the roll-up of which, as the target counts tokens, some \
             meet other prices or another cache than the rest, or no longer fit its context window: their \
             mean decides for all; the log itself tells it exactly",
            grouped(calls)
        )
    })
}

/// Whether calls of one row may meet different rules or prices of a target.
fn is_judged_by_mean(
    (row, model): (Row, ModelId),
    target: ModelId,
    facts: &Facts<'_>,
    limits: &[u64],
) -> bool {
    let call = facts.calls.call(row);
    let Some(rolled) = facts.calls.rolled(row).filter(|_| call.calls > 1) else { return false };
    let branch = Branch::logged(call, target);
    let geo = facts.calls.name(column::GEO, row);
    let placed = Scene { facts, row, geo }.placed(&branch);
    let policy = facts.book.cache_policy(placed, call.time);
    let minimum = policy.and_then(|policy| policy.min_tokens).map_or(0, Tokens::get);
    // What is cached is of one class of sizes.
    let cached = branch.per_call(branch.cached()).get();
    let class = limits.partition_point(|last| *last < cached);
    let most = limits.get(class).copied().unwrap_or(u64::MAX).min(rolled.prompt_max.into());
    let least = class.checked_sub(1).map_or(1, |before| limits[before] + 1);
    let [from, to] = [model, target].map(|id| facts.book.meaning(id, call.time));
    let TokenizerRatio { low, likely, high } = facts.book.tokenizer_ratio(from, to);
    [low, likely, high].into_iter().any(|ratio| {
        let there = |size: u64| ratio.of(Tokens::new(size)).get();
        let short = |size: u32| u32::try_from(there(size.into())).unwrap_or(u32::MAX);
        let (prompt_min, prompt_max) = (short(rolled.prompt_min), short(rolled.prompt_max));
        let moved = Some(Rolled { prompt_min, prompt_max, ..rolled });
        let latest = facts.calls.last_time(row);
        let window = facts.book.model(to).context_window.map_or(u64::MAX, Tokens::get);
        let is_cut = cached > 0 && there(least) < minimum && minimum <= there(most);
        let fits = u64::from(prompt_max) <= window || window < u64::from(prompt_min);
        is_cut || !fits || facts.book.bills_alike(target, geo, &call, latest, moved).is_err()
    })
}
