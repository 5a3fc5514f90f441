//! A baseline as text.

use crate::units::Usd;
use crate::usage::{Days, Instant};

use super::super::measurement::{MeasuredGroup, Percentile};
use super::super::spread::{LOTS, Spread, Weights};
use super::super::unit::Unit;
use super::document::{
    Document, GroupDocument, LotDocument, PercentileDocument, UnpricedDocument, WindowDocument,
};
use super::row_document::RowDocument;
use super::{Baseline, KIND, REPLICATES, SCHEMA_VERSION};

/// Replicates of amounts are kept to millionths of the whole.
pub(super) const MILLION: i128 = 1_000_000;

pub(super) fn write(baseline: &Baseline) -> String {
    let mut document = document(baseline);
    document.fingerprint = document.computed_fingerprint();
    let mut text = serde_json::to_string_pretty(&document)
        .expect("texts, numbers and lists can always be written");
    text.push('\n');
    text
}

fn document(baseline: &Baseline) -> Document {
    let of = &baseline.measurement;
    let is_case = of.measure.unit == Unit::Case;
    let unpriced = of.unpriced.iter().map(|one| UnpricedDocument {
        model: one.model.clone(),
        reason: one.reason.clone(),
        calls: one.calls,
    });
    Document {
        kind: KIND.to_owned(),
        schema_version: SCHEMA_VERSION,
        tool_version: baseline.tool_version.clone(),
        fingerprint: String::new(),
        acknowledge: baseline.acknowledged.iter().map(Into::into).collect(),
        unit: of.measure.unit.name().to_owned(),
        group_by: of.measure.group_by.clone(),
        timezone: of.measure.days.zone().to_owned(),
        currency: "USD".to_owned(),
        window: of
            .span
            .map(|(first, last)| WindowDocument { from: first.to_iso(), to: last.to_iso() }),
        priced_at: of.priced_at.map(Instant::to_iso),
        price_tables_sha256: of.price_tables.clone(),
        cluster: of.cluster.clone(),
        clusters: of.clusters,
        effective_clusters: of.effective_clusters,
        calls: of.calls,
        units: of.units(),
        cost_usd: of.cost().to_string(),
        billed_usd: of.billed.to_string(),
        unpriced: unpriced.collect(),
        without_case_calls: of.without_case,
        skipped_records: of.skipped,
        by_day_usd: of
            .by_day
            .iter()
            .map(|(day, cost)| (Days::name(*day), cost.to_string()))
            .collect(),
        replicates: REPLICATES,
        lots: LOTS,
        percentile: of.percentile.as_ref().map(percentile),
        groups: of.groups.iter().map(|one| group(one, is_case)).collect(),
    }
}

fn percentile(one: &Percentile) -> PercentileDocument {
    PercentileDocument {
        part: "0.95".to_owned(),
        cost_usd: one.cost.to_string(),
        draws: joined(one.drawn.iter().map(|drawn| off(*drawn, one.cost.atto()))),
    }
}

fn group(one: &MeasuredGroup, is_case: bool) -> GroupDocument {
    let draw = |replicate| one.spread.draw(replicate, Weights::of(replicate));
    let lots = match &one.spread {
        Spread::Lots(entries) if is_case => Some(entries.iter()),
        Spread::Lots(_) | Spread::Drawn(_) => None,
    };
    let lots = lots.map(|entries| {
        let document = |cost: i128| Usd::from_atto(cost).to_string();
        entries.map(|entry| LotDocument(entry.lot, entry.units, document(entry.cost))).collect()
    });
    let drawn: Vec<_> =
        if lots.is_some() { Vec::new() } else { (0..REPLICATES).map(draw).collect() };
    let usual = i128::from(one.units);
    let units = drawn.iter().map(|(units, _)| i128::from(*units) - usual);
    let costs = drawn.iter().map(|(_, cost)| off(*cost, one.cost.atto()));
    GroupDocument {
        key: one.key.clone(),
        is_rest: one.is_rest,
        members: one.members.clone(),
        units: one.units,
        clusters: one.clusters,
        cost_usd: one.cost.to_string(),
        logged_usd: one.logged.to_string(),
        unit_draws: lots.is_none().then(|| joined(units)),
        cost_draws: lots.is_none().then(|| joined(costs)),
        lots,
        rows: one.rows.iter().map(RowDocument::new).collect(),
    }
}

/// How far an amount is off the usual one, in millionths of that.
fn off(amount: i128, usual: i128) -> i128 {
    let scaled = (amount - usual).checked_mul(MILLION);
    scaled.and_then(|scaled| scaled.checked_div(usual)).unwrap_or_default()
}

fn joined(numbers: impl Iterator<Item = i128>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
}
