//! The machine output of `simulate`; its schema is `docs/schema/simulate.schema.json`.

use serde::Serialize;

use crate::report::{SavingsGroup, SavingsReport, TechniqueLine};

use super::exhibits::ExhibitDocument;
use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::oddities::{self, OddityDocument};
use super::wire::{
    CallsAndCostDocument, Dollars, Key, Ratio, SCHEMA_VERSION, UnpricedDocument,
    UnpricedModelDocument,
};

/// The document of a simulation.
#[derive(Debug, Serialize)]
pub(super) struct SavingsDocument<'a> {
    schema_version: &'static str,
    window: Option<WindowDocument>,
    input: InputDocument<'a>,
    calls: u64,
    unpriced: UnpricedDocument,
    at_logged_cost: CallsAndCostDocument,
    unpriced_models: Vec<UnpricedModelDocument<'a>>,
    baseline_usd: Dollars,
    projected_usd: Dollars,
    saved_usd: Dollars,
    saved_share: Option<Ratio>,
    saved_low_usd: Dollars,
    saved_high_usd: Dollars,
    claimed_sum_usd: Dollars,
    techniques: Vec<TechniqueDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    best_sets: Vec<BestSetDocument<'a>>,
    group_by: &'a [String],
    groups: Vec<GroupDocument<'a>>,
    groups_left_out: Option<LeftOutDocument>,
    exhibits: Vec<ExhibitDocument<'a>>,
    warnings: &'a [String],
    oddities: Vec<OddityDocument>,
    diagnostics: Vec<DiagnosticDocument<'a>>,
    prices: PricesDocument<'a>,
}

/// Builds the document.
pub(super) fn document(report: &SavingsReport) -> SavingsDocument<'_> {
    let totals = &report.totals;
    SavingsDocument {
        schema_version: SCHEMA_VERSION,
        window: report.window.as_ref().map(WindowDocument::from),
        input: InputDocument::from(&report.input),
        calls: report.calls,
        unpriced: UnpricedDocument {
            calls: report.unpriced.calls,
            tokens: report.unpriced.tokens.get(),
        },
        at_logged_cost: report.logged.into(),
        unpriced_models: report.unpriced_models.iter().map(UnpricedModelDocument::from).collect(),
        baseline_usd: Dollars(totals.baseline),
        projected_usd: Dollars(totals.projected),
        saved_usd: Dollars(totals.saved()),
        saved_share: totals.saved_share().map(Ratio),
        saved_low_usd: Dollars(totals.saved_range.low),
        saved_high_usd: Dollars(totals.saved_range.high),
        claimed_sum_usd: Dollars(totals.claimed_sum),
        techniques: report.techniques.iter().map(TechniqueDocument::from).collect(),
        best_sets: report
            .best_sets
            .iter()
            .map(|best| BestSetDocument {
                techniques: &best.techniques,
                projected_usd: Dollars(best.projected),
                saved_usd: Dollars(totals.baseline - best.projected),
            })
            .collect(),
        group_by: &report.group_by,
        groups: report
            .groups
            .iter()
            .map(|group| GroupDocument {
                key: Key { columns: &report.group_by, values: &group.key },
                sums: SumsDocument::from(group),
            })
            .collect(),
        groups_left_out: report.left_out.as_ref().map(|(groups, rest)| LeftOutDocument {
            groups: *groups,
            sums: SumsDocument::from(rest),
        }),
        exhibits: report.exhibits.iter().map(ExhibitDocument::from).collect(),
        warnings: &report.warnings,
        oddities: oddities::documents(&report.oddities, report.totals.baseline),
        diagnostics: report.diagnostics.iter().map(DiagnosticDocument::from).collect(),
        prices: PricesDocument::from(&report.prices),
    }
}

#[derive(Debug, Serialize)]
struct BestSetDocument<'a> {
    techniques: &'a [String],
    projected_usd: Dollars,
    saved_usd: Dollars,
}

#[derive(Debug, Serialize)]
struct TechniqueDocument<'a> {
    name: &'a str,
    label: &'a str,
    evidence: &'static str,
    evidence_note: &'a str,
    standalone_usd: Dollars,
    ladder_usd: Dollars,
    remaining_usd: Dollars,
    last_in_usd: Dollars,
    fair_share_usd: Dollars,
    low_usd: Dollars,
    high_usd: Dollars,
    calls_touched: u64,
    assumptions: &'a [String],
}

impl<'a> From<&'a TechniqueLine> for TechniqueDocument<'a> {
    fn from(line: &'a TechniqueLine) -> Self {
        Self {
            name: &line.name,
            label: &line.label,
            evidence: line.evidence.name(),
            evidence_note: &line.evidence_note,
            standalone_usd: Dollars(line.standalone),
            ladder_usd: Dollars(line.ladder),
            remaining_usd: Dollars(line.remaining),
            last_in_usd: Dollars(line.last_in),
            fair_share_usd: Dollars(line.fair_share),
            low_usd: Dollars(line.saved_range.low),
            high_usd: Dollars(line.saved_range.high),
            calls_touched: line.calls_touched,
            assumptions: &line.assumptions,
        }
    }
}

#[derive(Debug, Serialize)]
struct GroupDocument<'a> {
    key: Key<'a>,
    #[serde(flatten)]
    sums: SumsDocument,
}

#[derive(Debug, Serialize)]
struct LeftOutDocument {
    groups: usize,
    #[serde(flatten)]
    sums: SumsDocument,
}

#[derive(Debug, Serialize)]
struct SumsDocument {
    calls: u64,
    before_usd: Dollars,
    after_usd: Dollars,
    saved_usd: Dollars,
}

impl From<&SavingsGroup> for SumsDocument {
    fn from(group: &SavingsGroup) -> Self {
        Self {
            calls: group.calls,
            before_usd: Dollars(group.before),
            after_usd: Dollars(group.after),
            saved_usd: Dollars(group.saved()),
        }
    }
}
