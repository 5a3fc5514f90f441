//! The document of a check; its schema is `docs/schema/check.schema.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::gate::{
    Cause, CauseGroup, Comparison, Doubt, Estimate, GroupSum, Judgement, LimitCheck, Measurement,
};
use crate::report::{CheckReport, ComparedWith, Currency};
use crate::units::{Factor, Usd};

use super::check_reasons::{reason, reasons};
use super::check_words::{caution, doubt};
use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::wire::{Dollars, Key, SCHEMA_VERSION};

/// A whole check.
#[derive(Debug, Serialize)]
pub(super) struct CheckDocument<'a> {
    schema_version: &'static str,
    verdict: &'static str,
    reason: String,
    reasons: Vec<ReasonDocument>,
    unit: &'static str,
    group_by: &'a [String],
    gate: Option<&'static str>,
    ratio: Option<String>,
    interval: Option<[String; 2]>,
    threshold: Option<String>,
    confidence: String,
    minimum_detectable_ratio: Option<String>,
    units_needed: Option<u64>,
    impact_usd_per_month: Option<Dollars>,
    baseline: Option<SideDocument<'a>>,
    current: SideDocument<'a>,
    judgements: Vec<JudgementDocument<'a>>,
    limits: Vec<LimitDocument<'a>>,
    effects: Option<BTreeMap<&'static str, Dollars>>,
    effect_parts: Option<BTreeMap<&'static str, BTreeMap<&'static str, Dollars>>>,
    effects_ranked: Vec<&'static str>,
    effects_exact: Option<bool>,
    groups: Vec<GroupDocument<'a>>,
    new_groups: Vec<SumDocument<'a>>,
    retired_groups: Vec<SumDocument<'a>>,
    repricing: Option<RepricingDocument<'a>>,
    doubts: Vec<ReasonDocument>,
    cautions: Vec<String>,
    window: Option<WindowDocument>,
    input: InputDocument<'a>,
    baseline_file: Option<&'a str>,
    baseline_input: Option<InputDocument<'a>>,
    diagnostics: Vec<DiagnosticDocument<'a>>,
    prices: PricesDocument<'a>,
}

/// The sums of one log.
#[derive(Debug, Serialize)]
struct SideDocument<'a> {
    units: u64,
    calls: u64,
    days: Option<u64>,
    /// At the prices of one day.
    cost_usd: Dollars,
    /// At the prices of each call's own day.
    billed_usd: Dollars,
    cluster: &'a str,
    clusters: u64,
    effective_clusters: u64,
    unpriced: Vec<UnpricedDocument<'a>>,
    skipped_records: u64,
    without_case_calls: u64,
    price_tables_sha256: &'a str,
}

#[derive(Debug, Serialize)]
struct UnpricedDocument<'a> {
    model: &'a str,
    reason: &'a str,
    calls: u64,
}

/// One question and its answer.
#[derive(Debug, Serialize)]
struct JudgementDocument<'a> {
    what: &'static str,
    key: Option<Key<'a>>,
    decides: bool,
    verdict: &'static str,
    why: &'static str,
    before_usd: Dollars,
    after_usd: Dollars,
    ratio: Option<String>,
    interval: Option<[String; 2]>,
    threshold: String,
    minimum_detectable_ratio: Option<String>,
    units_needed: Option<u64>,
    impact_usd_per_month: Option<Dollars>,
}

#[derive(Debug, Serialize)]
struct LimitDocument<'a> {
    limit: &'static str,
    allowed_usd: Dollars,
    found_usd: Option<Dollars>,
    of: &'a str,
    verdict: &'static str,
}

/// What changed in one group and model.
#[derive(Debug, Serialize)]
struct GroupDocument<'a> {
    key: Key<'a>,
    model: &'a str,
    presence: &'static str,
    before_usd: Dollars,
    after_usd: Dollars,
    effects: BTreeMap<&'static str, Dollars>,
}

#[derive(Debug, Serialize)]
struct SumDocument<'a> {
    key: Key<'a>,
    units: u64,
    cost_usd: Dollars,
}

/// What pricing the baseline again has changed.
#[derive(Debug, Serialize)]
struct RepricingDocument<'a> {
    before_usd: Dollars,
    after_usd: Dollars,
    same_tables: bool,
    kept_models: &'a [String],
}

/// A reason or a doubt, for programs and for people.
#[derive(Debug, Serialize)]
struct ReasonDocument {
    code: &'static str,
    text: String,
}

/// Builds the document.
pub(super) fn document(report: &CheckReport) -> CheckDocument<'_> {
    let outcome = &report.outcome;
    let comparison = outcome.comparison.as_ref();
    let main = outcome.main();
    let columns = &outcome.after.measure.group_by;
    let cause = comparison.and_then(|comparison| comparison.cause.as_ref());
    let judgements = comparison.iter().flat_map(|comparison| &comparison.judgements);
    let (file, input) = match &report.compared_with {
        ComparedWith::Nothing => (None, None),
        ComparedWith::Baseline(file) => (Some(file.as_str()), None),
        ComparedWith::Log(input) => (None, Some(InputDocument::from(input))),
    };
    CheckDocument {
        schema_version: SCHEMA_VERSION,
        verdict: outcome.verdict.name(),
        reason: reason(outcome, Currency::DOLLARS),
        reasons: reasons(outcome, Currency::DOLLARS)
            .into_iter()
            .map(|one| ReasonDocument { code: one.code, text: one.text })
            .collect(),
        unit: outcome.after.measure.unit.name(),
        group_by: columns,
        gate: main.map(|one| one.what.name()),
        ratio: ratio(main),
        interval: interval(main),
        threshold: main.map(|one| one.threshold.to_string()),
        confidence: outcome.confidence.to_string(),
        minimum_detectable_ratio: detectable(main),
        units_needed: main.and_then(|one| one.units_needed),
        impact_usd_per_month: main.and_then(|one| one.impact).map(Dollars),
        baseline: comparison.map(|comparison| side(&comparison.before)),
        current: side(&outcome.after),
        judgements: judgements.map(|one| judgement(one, columns)).collect(),
        limits: outcome.limits.iter().map(limit).collect(),
        effects: cause.map(effects),
        effect_parts: cause.map(parts),
        effects_ranked: cause
            .map(|cause| cause.ranked().iter().map(|one| one.name).collect())
            .unwrap_or_default(),
        effects_exact: cause.map(|cause| cause.is_exact),
        groups: cause
            .map(|cause| cause.groups.iter().map(|one| group(one, cause, columns)).collect())
            .unwrap_or_default(),
        new_groups: sums(comparison, columns, |comparison| &comparison.new),
        retired_groups: sums(comparison, columns, |comparison| &comparison.retired),
        repricing: comparison.and_then(|comparison| comparison.repricing.as_ref()).map(|one| {
            RepricingDocument {
                before_usd: Dollars(one.before),
                after_usd: Dollars(one.after),
                same_tables: one.same_tables,
                kept_models: &one.kept,
            }
        }),
        doubts: outcome.doubts.iter().map(|one| doubt_of(one, report)).collect(),
        cautions: comparison
            .map(|comparison| comparison.cautions.iter().map(|one| caution(one, outcome)).collect())
            .unwrap_or_default(),
        window: report.window.as_ref().map(WindowDocument::from),
        input: InputDocument::from(&report.input),
        baseline_file: file,
        baseline_input: input,
        diagnostics: report.diagnostics.iter().map(DiagnosticDocument::from).collect(),
        prices: PricesDocument::from(&report.prices),
    }
}

fn ends(estimate: &Estimate) -> [String; 2] {
    estimate.interval.map(|end| end.to_string())
}

fn ratio(of: Option<&Judgement>) -> Option<String> {
    of?.estimate.map(|estimate| estimate.ratio.to_string())
}

fn interval(of: Option<&Judgement>) -> Option<[String; 2]> {
    of?.estimate.as_ref().map(ends)
}

fn detectable(of: Option<&Judgement>) -> Option<String> {
    of?.minimum_detectable.map(|factor: Factor| factor.to_string())
}

fn side(of: &Measurement) -> SideDocument<'_> {
    let unpriced = of.unpriced.iter().map(|one| UnpricedDocument {
        model: &one.model,
        reason: &one.reason,
        calls: one.calls,
    });
    SideDocument {
        units: of.units(),
        calls: of.calls,
        days: of.days(),
        cost_usd: Dollars(of.cost()),
        billed_usd: Dollars(of.billed),
        cluster: &of.cluster,
        clusters: of.clusters,
        effective_clusters: of.effective_clusters,
        unpriced: unpriced.collect(),
        skipped_records: of.skipped,
        without_case_calls: of.without_case,
        price_tables_sha256: &of.price_tables,
    }
}

fn judgement<'a>(one: &'a Judgement, columns: &'a [String]) -> JudgementDocument<'a> {
    JudgementDocument {
        what: one.what.name(),
        key: one.what.group().map(|values| Key { columns, values }),
        decides: one.decides,
        verdict: one.verdict.name(),
        why: one.why.name(),
        before_usd: Dollars(one.before),
        after_usd: Dollars(one.after),
        ratio: ratio(Some(one)),
        interval: interval(Some(one)),
        threshold: one.threshold.to_string(),
        minimum_detectable_ratio: detectable(Some(one)),
        units_needed: one.units_needed,
        impact_usd_per_month: one.impact.map(Dollars),
    }
}

fn limit(one: &LimitCheck) -> LimitDocument<'_> {
    LimitDocument {
        limit: one.limit.name(),
        allowed_usd: Dollars(one.limit.amount()),
        found_usd: one.found.map(Dollars),
        of: &one.of,
        verdict: one.verdict.name(),
    }
}

fn effects(cause: &Cause) -> BTreeMap<&'static str, Dollars> {
    cause.effects.iter().map(|one| (one.name, Dollars(one.amount))).collect()
}

fn parts(cause: &Cause) -> BTreeMap<&'static str, BTreeMap<&'static str, Dollars>> {
    let mut parts: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for one in &cause.parts {
        let whole = one.part_of.unwrap_or_default();
        parts.entry(whole).or_default().insert(one.name, Dollars(one.amount));
    }
    parts
}

fn group<'a>(one: &'a CauseGroup, cause: &Cause, columns: &'a [String]) -> GroupDocument<'a> {
    let [before, after] = one.costs;
    let names = cause.effects.iter().map(|effect| effect.name);
    let amounts = one.effects.iter().copied().map(|amount: Usd| Dollars(amount));
    GroupDocument {
        key: Key { columns, values: &one.key },
        model: &one.model,
        presence: one.presence.name(),
        before_usd: Dollars(before),
        after_usd: Dollars(after),
        effects: names.zip(amounts).collect(),
    }
}

fn sums<'a>(
    comparison: Option<&'a Comparison>,
    columns: &'a [String],
    of: impl Fn(&'a Comparison) -> &'a Vec<GroupSum>,
) -> Vec<SumDocument<'a>> {
    let sum = |one: &'a GroupSum| SumDocument {
        key: Key { columns, values: &one.key },
        units: one.units,
        cost_usd: Dollars(one.cost),
    };
    comparison.map(|comparison| of(comparison).iter().map(sum).collect()).unwrap_or_default()
}

fn doubt_of(one: &Doubt, report: &CheckReport) -> ReasonDocument {
    ReasonDocument { code: one.name(), text: doubt(one, &report.outcome) }
}
