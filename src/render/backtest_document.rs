//! The machine output of `backtest`; its schema is `docs/schema/backtest.schema.json`.

use serde::Serialize;

use crate::report::{
    BacktestReport, BillRange, CauseComparison, Comparison, Estimate, LeftOutCalls, LogLine,
    NamedComparison, error_share,
};
use crate::units::{Factor, Rate, Share};

use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::wire::{Dollars, Ratio, SCHEMA_VERSION};

/// The document of a backtest.
#[derive(Debug, Serialize)]
pub(super) struct BacktestDocument<'a> {
    schema_version: &'static str,
    window: Option<WindowDocument>,
    input: InputDocument<'a>,
    hidden: &'static str,
    lifetime: &'static str,
    calibrated: bool,
    estimate: &'static str,
    total: ComparisonDocument,
    range: RangeDocument,
    covered: bool,
    logs_covered: usize,
    median_error_share: Option<Ratio>,
    median_simplest_error_share: Option<Ratio>,
    logs: Vec<LogDocument<'a>>,
    causes: Vec<CauseDocument>,
    models: Vec<NamedDocument<'a>>,
    conversations: Vec<NamedDocument<'a>>,
    conversations_left_out: Option<LeftOutDocument>,
    uncached: LeftOutDocument,
    calls_left_out: CallsLeftOutDocument,
    diagnostics: Vec<DiagnosticDocument<'a>>,
    prices: PricesDocument<'a>,
}

/// Builds the document.
pub(super) fn document(report: &BacktestReport) -> BacktestDocument<'_> {
    let told = |comparison: &Comparison| ComparisonDocument::of(comparison, report.estimate);
    let medians = report.median_errors();
    BacktestDocument {
        schema_version: SCHEMA_VERSION,
        window: report.window.as_ref().map(WindowDocument::from),
        input: InputDocument::from(&report.input),
        hidden: report.basis.hidden,
        lifetime: report.basis.lifetime,
        calibrated: report.basis.calibrated,
        estimate: report.estimate.name(),
        total: told(&report.total),
        range: RangeDocument::from(report.range),
        covered: report.range.covers(report.total.billed),
        logs_covered: report.covered(),
        median_error_share: medians.point.map(Ratio),
        median_simplest_error_share: medians.simplest.map(Ratio),
        logs: report.logs.iter().map(LogDocument::from).collect(),
        causes: report.causes.iter().map(|one| CauseDocument::of(one, report.estimate)).collect(),
        models: named(&report.models, report.estimate),
        conversations: named(&report.conversations, report.estimate),
        conversations_left_out: report.conversations_left_out.as_ref().map(|(number, rest)| {
            LeftOutDocument { conversations: *number as u64, sums: told(rest) }
        }),
        uncached: LeftOutDocument {
            conversations: report.uncached.0,
            sums: told(&report.uncached.1),
        },
        calls_left_out: CallsLeftOutDocument::from(report.left_out),
        diagnostics: report.diagnostics.iter().map(DiagnosticDocument::from).collect(),
        prices: PricesDocument::from(&report.prices),
    }
}

/// Calls, what was billed and what was predicted.
#[derive(Debug, Serialize)]
struct ComparisonDocument {
    calls: u64,
    input_tokens: u64,
    read_tokens: u64,
    predicted_read_tokens: u64,
    billed_usd: Dollars,
    predicted_usd: Dollars,
    error_usd: Dollars,
    error_share: Option<Ratio>,
    point_usd: Dollars,
    point_error_share: Option<Ratio>,
    expected_usd: Dollars,
    expected_error_share: Option<Ratio>,
    simplest: SimplestDocument,
}

/// What the simplest rule predicts.
#[derive(Debug, Serialize)]
struct SimplestDocument {
    predicted_usd: Dollars,
    read_tokens: u64,
    error_share: Option<Ratio>,
}

impl ComparisonDocument {
    fn of(comparison: &Comparison, estimate: Estimate) -> Self {
        let Comparison { calls, input, read, predicted_read, billed, predicted } = *comparison;
        let shown = estimate.of(&predicted);
        let error = |predicted| error_share(predicted, billed).map(Ratio);
        Self {
            calls,
            input_tokens: input.get(),
            read_tokens: read.get(),
            predicted_read_tokens: estimate.of(&predicted_read).get(),
            billed_usd: Dollars(billed),
            predicted_usd: Dollars(shown),
            error_usd: Dollars(shown - billed),
            error_share: error(shown),
            point_usd: Dollars(predicted.point),
            point_error_share: error(predicted.point),
            expected_usd: Dollars(predicted.expected),
            expected_error_share: error(predicted.expected),
            simplest: SimplestDocument {
                predicted_usd: Dollars(predicted.simplest),
                read_tokens: predicted_read.simplest.get(),
                error_share: error(predicted.simplest),
            },
        }
    }
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit is part of every name of an amount")]
struct RangeDocument {
    low_usd: Dollars,
    likely_high_usd: Dollars,
    high_usd: Dollars,
}

impl From<BillRange> for RangeDocument {
    fn from(range: BillRange) -> Self {
        Self {
            low_usd: Dollars(range.low),
            likely_high_usd: Dollars(range.likely_high),
            high_usd: Dollars(range.high),
        }
    }
}

#[derive(Debug, Serialize)]
struct LogDocument<'a> {
    name: &'a str,
    #[serde(flatten)]
    sums: ComparisonDocument,
    range: RangeDocument,
    covered: bool,
    learned: Option<LearnedDocument>,
}

impl<'a> From<&'a LogLine> for LogDocument<'a> {
    fn from(line: &'a LogLine) -> Self {
        let log = &line.log;
        Self {
            name: &line.name,
            sums: ComparisonDocument::of(&log.comparison, Estimate::Point),
            range: RangeDocument::from(log.range),
            covered: log.range.covers(log.comparison.billed),
            learned: log.learned.as_ref().map(|learned| LearnedDocument {
                calls: learned.calls,
                losses: learned.calibration.and_then(|one| ratio(one.losses)),
                losses_low: learned.calibration.and_then(|one| ratio(one.losses_range[0])),
                losses_high: learned.calibration.and_then(|one| ratio(one.losses_range[1])),
                static_start: learned.calibration.and_then(|one| ratio(one.start.into())),
                default_lifetime: learned
                    .calibration
                    .and_then(|one| ratio(one.default_term.into())),
                uncalibrated_usd: Dollars(learned.uncalibrated),
                uncalibrated_error_share: error_share(learned.uncalibrated, log.comparison.billed)
                    .map(Ratio),
            }),
        }
    }
}

fn ratio(factor: Factor) -> Option<Ratio> {
    let whole = i128::from(Rate::ONE.parts());
    Share::of(i128::from(factor.parts()), whole).map(Ratio)
}

#[derive(Debug, Serialize)]
struct LearnedDocument {
    calls: u64,
    losses: Option<Ratio>,
    losses_low: Option<Ratio>,
    losses_high: Option<Ratio>,
    static_start: Option<Ratio>,
    default_lifetime: Option<Ratio>,
    uncalibrated_usd: Dollars,
    uncalibrated_error_share: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct CauseDocument {
    cause: &'static str,
    #[serde(flatten)]
    sums: ComparisonDocument,
    lost_calls: u64,
    predicted_lost_calls: Option<Ratio>,
}

impl CauseDocument {
    fn of(one: &CauseComparison, estimate: Estimate) -> Self {
        let lost = i128::from(estimate.of(&one.predicted_lost));
        Self {
            cause: one.cause.name(),
            sums: ComparisonDocument::of(&one.comparison, estimate),
            lost_calls: one.lost,
            predicted_lost_calls: Share::of(lost, Rate::ONE.parts().into()).map(Ratio),
        }
    }
}

#[derive(Debug, Serialize)]
struct NamedDocument<'a> {
    name: &'a str,
    #[serde(flatten)]
    sums: ComparisonDocument,
}

fn named(lines: &[NamedComparison], estimate: Estimate) -> Vec<NamedDocument<'_>> {
    let told = lines.iter().map(|line| NamedDocument {
        name: &line.name,
        sums: ComparisonDocument::of(&line.comparison, estimate),
    });
    told.collect()
}

#[derive(Debug, Serialize)]
struct LeftOutDocument {
    conversations: u64,
    #[serde(flatten)]
    sums: ComparisonDocument,
}

#[derive(Debug, Serialize)]
struct CallsLeftOutDocument {
    sums: u64,
    unpriced: u64,
    without_conversation: u64,
    without_time: u64,
    without_counters: u64,
    learned_from: u64,
}

impl From<LeftOutCalls> for CallsLeftOutDocument {
    fn from(left_out: LeftOutCalls) -> Self {
        let LeftOutCalls {
            sums,
            unpriced,
            without_conversation,
            without_time,
            without_counters,
            learned_from,
        } = left_out;
        Self { sums, unpriced, without_conversation, without_time, without_counters, learned_from }
    }
}
