//! The machine output of `prices diff`; its schema is `docs/schema/prices-diff.schema.json`.

use serde::Serialize;

use crate::report::{EffectRow, LogEffect, LoneModel, PriceChange, PriceDiff, RuleChange};
use crate::units::TokenPrice;
use crate::usage::Instant;

use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::price_list_document::ClassesDocument;
use super::wire::{Dollars, Key, Ratio, SCHEMA_VERSION, UnpricedModelDocument};

/// The document of a comparison.
#[derive(Debug, Serialize)]
pub(super) struct DiffDocument<'a> {
    schema_version: &'static str,
    old: SideDocument<'a>,
    new: SideDocument<'a>,
    models_compared: usize,
    prices: Vec<ChangeDocument<'a>>,
    rules: Vec<RuleDocument<'a>>,
    only_in_new: Vec<LoneDocument<'a>>,
    only_in_old: Vec<LoneDocument<'a>>,
    effect: Option<EffectDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct SideDocument<'a> {
    name: &'a str,
    prices: PricesDocument<'a>,
}

#[derive(Debug, Serialize)]
struct ChangeDocument<'a> {
    provider: &'a str,
    model: &'a str,
    lane: &'static str,
    above: Option<u64>,
    class: &'static str,
    others_alike: bool,
    from: Option<String>,
    to: Option<String>,
    old: Option<String>,
    new: Option<String>,
    change: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct RuleDocument<'a> {
    provider: &'a str,
    model: &'a str,
    rule: &'a str,
    old: &'a str,
    new: &'a str,
}

#[derive(Debug, Serialize)]
struct LoneDocument<'a> {
    provider: &'a str,
    model: &'a str,
    prices: ClassesDocument,
}

#[derive(Debug, Serialize)]
struct EffectDocument<'a> {
    window: Option<WindowDocument>,
    input: InputDocument<'a>,
    total: AmountsDocument,
    not_comparable: AmountsDocument,
    group_by: &'a [String],
    groups: Vec<GroupDocument<'a>>,
    unpriced_old: Vec<UnpricedModelDocument<'a>>,
    unpriced_new: Vec<UnpricedModelDocument<'a>>,
    diagnostics: Vec<DiagnosticDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct AmountsDocument {
    calls: u64,
    old_usd: Option<Dollars>,
    new_usd: Option<Dollars>,
    difference_usd: Option<Dollars>,
    change: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct GroupDocument<'a> {
    key: Key<'a>,
    #[serde(flatten)]
    amounts: AmountsDocument,
}

/// Builds the document.
pub(super) fn document(diff: &PriceDiff) -> DiffDocument<'_> {
    let [old, new] = [0, 1].map(|side| SideDocument {
        name: &diff.names[side],
        prices: PricesDocument::from(&diff.sources[side]),
    });
    DiffDocument {
        schema_version: SCHEMA_VERSION,
        old,
        new,
        models_compared: diff.compared,
        prices: diff.prices.iter().map(change).collect(),
        rules: diff.rules.iter().map(rule).collect(),
        only_in_new: diff.added.iter().map(lone).collect(),
        only_in_old: diff.removed.iter().map(lone).collect(),
        effect: diff.effect.as_ref().map(effect),
    }
}

fn change(change: &PriceChange) -> ChangeDocument<'_> {
    ChangeDocument {
        provider: &change.provider,
        model: &change.model,
        lane: change.tier.name(),
        above: change.band,
        class: change.class.name(),
        others_alike: change.alike,
        from: change.span.from.map(Instant::to_iso),
        to: change.span.to.map(Instant::to_iso),
        old: change.old.map(TokenPrice::per_million),
        new: change.new.map(TokenPrice::per_million),
        change: change.share().map(Ratio),
    }
}

fn rule(change: &RuleChange) -> RuleDocument<'_> {
    RuleDocument {
        provider: &change.provider,
        model: &change.model,
        rule: &change.rule,
        old: &change.old,
        new: &change.new,
    }
}

fn lone(model: &LoneModel) -> LoneDocument<'_> {
    LoneDocument {
        provider: &model.provider,
        model: &model.model,
        prices: ClassesDocument(model.prices),
    }
}

fn effect(effect: &LogEffect) -> EffectDocument<'_> {
    let groups = effect.groups.iter().map(|row| GroupDocument {
        key: Key { columns: &effect.group_by, values: &row.key },
        amounts: amounts(row),
    });
    EffectDocument {
        window: effect.window.as_ref().map(WindowDocument::from),
        input: InputDocument::from(&effect.input),
        total: amounts(&effect.total),
        not_comparable: amounts(&effect.not_comparable),
        group_by: &effect.group_by,
        groups: groups.collect(),
        unpriced_old: effect.unpriced_old.iter().map(UnpricedModelDocument::from).collect(),
        unpriced_new: effect.unpriced_new.iter().map(UnpricedModelDocument::from).collect(),
        diagnostics: effect.diagnostics.iter().map(DiagnosticDocument::from).collect(),
    }
}

fn amounts(row: &EffectRow) -> AmountsDocument {
    AmountsDocument {
        calls: row.calls,
        old_usd: row.old.map(Dollars),
        new_usd: row.new.map(Dollars),
        difference_usd: row.difference().map(Dollars),
        change: row.share().map(Ratio),
    }
}
