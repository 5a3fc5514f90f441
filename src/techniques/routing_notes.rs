//! What the reader should hear about moving calls to other models.

use std::collections::{BTreeMap, BTreeSet};

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::rehoming::Rehoming;
use super::wording::grouped;
use crate::pricing::{ModelId, TokenizerRatio};
use crate::usage::column;

/// How many models a sentence names.
const NAMED_MODELS: usize = 3;

/// The tokenizer ratios in use, where a token of one model is not a token of the other.
pub(super) fn tokenizer_ratios(rehoming: &Rehoming, facts: &Facts<'_>) -> Vec<String> {
    let moved = facts
        .modelled_rows()
        .filter_map(|(row, model)| rehoming.destination(row).map(|to| (model, to.target)));
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
        format!(
            "tiering: {} calls of {} cost more on {target} than where they are: leave them out \
             with `where` or `call_types`",
            grouped(calls),
            names.join(", ")
        )
    };
    found.into_iter().map(sentence).collect()
}

/// That tokens of a roll-up are counted anew by rows where another tokenizer counts.
pub(super) fn counted_by_rows(rehoming: &Rehoming, facts: &Facts<'_>) -> Option<String> {
    facts.rolled()?;
    let is_other = !tokenizer_ratios(rehoming, facts).is_empty();
    is_other.then(|| {
        "in a roll-up, tokens of another tokenizer are counted by rows: whether a prompt is long enough \
         for a cache or a price of the target is judged by the mean of calls of one class of sizes"
            .to_owned()
    })
}
