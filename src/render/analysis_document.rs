//! The machine output of `analyze`; its schema is `docs/schema/analyze.schema.json`.

use serde::Serialize;

use crate::insights::{Analysis, LoggedCosts, RunRate, Tally};
use crate::report::{AnalysisReport, CostlyLine, Currency};
use crate::usage::{Days, Instant};

use super::exhibits::ExhibitDocument;
use super::figures::Money;
use super::findings::sentence;
use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::oddities::{self, OddityDocument};
use super::price_remarks_document::{ReconciliationDocument, RemarksDocument, SwapDocument};
use super::wire::{
    CallsAndCostDocument, Dollars, Key, Ratio, SCHEMA_VERSION, TokensDocument,
    UnpricedModelDocument,
};

/// The document of an analysis.
#[derive(Debug, Serialize)]
pub(super) struct AnalysisDocument<'a> {
    schema_version: &'static str,
    window: Option<WindowDocument>,
    undated_calls: u64,
    calls_before_first_price: u64,
    input: InputDocument<'a>,
    cost_mode: &'static str,
    totals: TotalsDocument,
    group_by: &'a [String],
    groups: Vec<GroupDocument<'a>>,
    groups_left_out: Option<LeftOutDocument>,
    unpriced_models: Vec<UnpricedModelDocument<'a>>,
    hints: Vec<HintDocument>,
    oddities: Vec<OddityDocument>,
    token_classes: Vec<ClassDocument>,
    fees_usd: Dollars,
    cache: CacheDocument,
    service_tiers: Vec<TierDocument>,
    context_bands: Vec<BandDocument>,
    concentration: ConcentrationDocument,
    failed: CallsAndCostDocument,
    cut_off: CallsAndCostDocument,
    days: Vec<DayDocument>,
    run_rate: Option<RunRateDocument<'a>>,
    costliest: Vec<CostlyDocument<'a>>,
    logged: LoggedDocument,
    seller: Option<&'a str>,
    other_sellers_calls: u64,
    price_remarks: RemarksDocument<'a>,
    model_swaps: Vec<SwapDocument<'a>>,
    exhibits: Vec<ExhibitDocument<'a>>,
    reconciliation: Option<ReconciliationDocument>,
    diagnostics: Vec<DiagnosticDocument<'a>>,
    prices: PricesDocument<'a>,
}

/// Builds the document.
pub(super) fn document(report: &AnalysisReport) -> AnalysisDocument<'_> {
    let analysis = &report.analysis;
    AnalysisDocument {
        schema_version: SCHEMA_VERSION,
        window: analysis.window.as_ref().map(WindowDocument::from),
        undated_calls: analysis.undated_calls,
        calls_before_first_price: analysis.calls_before_first_price,
        input: InputDocument::from(&report.input),
        cost_mode: analysis.cost_mode.name(),
        totals: TotalsDocument::from(&analysis.totals),
        group_by: &analysis.group_by,
        groups: groups(analysis),
        groups_left_out: report.left_out.as_ref().map(|rest| LeftOutDocument {
            groups: rest.groups,
            sums: TotalsDocument::from(&rest.tally),
        }),
        unpriced_models: analysis.unpriced.iter().map(UnpricedModelDocument::from).collect(),
        hints: hints(analysis),
        oddities: oddities::documents(&analysis.oddities, analysis.totals.cost),
        token_classes: classes(analysis),
        fees_usd: Dollars(analysis.fees()),
        cache: CacheDocument {
            input_tokens: analysis.cache.input.get(),
            read_tokens: analysis.cache.read.get(),
            written_tokens: analysis.cache.written.get(),
            read_share: analysis.cache.read_share().map(Ratio),
            net_saving_usd: analysis.cache.net_saving.map(Dollars),
        },
        service_tiers: tiers(analysis),
        context_bands: bands(analysis),
        concentration: ConcentrationDocument {
            group_gini: analysis.concentration.group_gini.map(Ratio),
            dearest_fifth_share: analysis.concentration.dearest_fifth.map(Ratio),
        },
        failed: analysis.failed.into(),
        cut_off: analysis.cut_off.into(),
        days: days(analysis),
        run_rate: analysis.run_rate.as_ref().map(RunRateDocument::from),
        costliest: report.costliest.iter().map(CostlyDocument::from).collect(),
        logged: LoggedDocument::from(&analysis.logged),
        seller: analysis.seller.as_deref(),
        other_sellers_calls: analysis.other_sellers,
        price_remarks: RemarksDocument::from(&analysis.remarks),
        model_swaps: analysis.swaps.iter().map(SwapDocument::from).collect(),
        exhibits: analysis.exhibits.iter().map(ExhibitDocument::from).collect(),
        reconciliation: report.reconciliation.as_ref().map(ReconciliationDocument::from),
        diagnostics: report.diagnostics.iter().map(DiagnosticDocument::from).collect(),
        prices: PricesDocument::from(&report.prices),
    }
}

#[derive(Debug, Serialize)]
struct TotalsDocument {
    calls: u64,
    tokens: TokensDocument,
    searches: u64,
    file_searches: u64,
    cost_usd: Option<Dollars>,
    list_cost_usd: Option<Dollars>,
    cost_per_call_usd: Option<Dollars>,
    calculated: CallsAndCostDocument,
    logged: CallsAndCostDocument,
    unpriced: UnpricedDocument,
}

/// Calls without a known cost, and all their tokens.
#[derive(Debug, Serialize)]
struct UnpricedDocument {
    calls: u64,
    tokens: TokensDocument,
}

impl From<&Tally> for TotalsDocument {
    fn from(tally: &Tally) -> Self {
        Self {
            calls: tally.calls,
            tokens: TokensDocument::from(&tally.tokens),
            searches: tally.searches,
            file_searches: tally.file_searches,
            cost_usd: tally.known_cost().map(Dollars),
            list_cost_usd: tally.known_cost().map(|_| Dollars(tally.list_cost)),
            cost_per_call_usd: tally.cost_per_call().map(Dollars),
            calculated: tally.calculated().into(),
            logged: tally.logged.into(),
            unpriced: UnpricedDocument {
                calls: tally.unpriced_calls,
                tokens: TokensDocument::from(&tally.unpriced_tokens),
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct GroupDocument<'a> {
    key: Key<'a>,
    #[serde(flatten)]
    sums: TotalsDocument,
    share: Option<Ratio>,
}

fn groups(analysis: &Analysis) -> Vec<GroupDocument<'_>> {
    let groups = analysis.groups.iter().map(|group| GroupDocument {
        key: Key { columns: &analysis.group_by, values: &group.key },
        sums: TotalsDocument::from(&group.tally),
        share: group.share.map(Ratio),
    });
    groups.collect()
}

#[derive(Debug, Serialize)]
struct LeftOutDocument {
    groups: usize,
    #[serde(flatten)]
    sums: TotalsDocument,
}

#[derive(Debug, Serialize)]
struct HintDocument {
    name: &'static str,
    text: String,
}

fn hints(analysis: &Analysis) -> Vec<HintDocument> {
    let money = Money::for_bill(analysis.totals.cost, Currency::DOLLARS);
    let coverage = analysis.class_coverage();
    let hints = analysis.findings.iter().map(|finding| HintDocument {
        name: finding.name(),
        text: sentence(finding, money, coverage),
    });
    hints.collect()
}

#[derive(Debug, Serialize)]
struct ClassDocument {
    class: &'static str,
    tokens: u64,
    cost_usd: Dollars,
    share: Option<Ratio>,
}

fn classes(analysis: &Analysis) -> Vec<ClassDocument> {
    let classes = analysis.classes.iter().map(|class| ClassDocument {
        class: class.class.name(),
        tokens: class.tokens.get(),
        cost_usd: Dollars(class.cost),
        share: class.share.map(Ratio),
    });
    classes.collect()
}

#[derive(Debug, Serialize)]
struct CacheDocument {
    input_tokens: u64,
    read_tokens: u64,
    written_tokens: u64,
    read_share: Option<Ratio>,
    net_saving_usd: Option<Dollars>,
}

#[derive(Debug, Serialize)]
struct TierDocument {
    tier: &'static str,
    #[serde(flatten)]
    total: CallsAndCostDocument,
    share: Option<Ratio>,
}

fn tiers(analysis: &Analysis) -> Vec<TierDocument> {
    let tiers = analysis.tiers.iter().map(|tier| TierDocument {
        tier: tier.tier.name(),
        total: tier.total.into(),
        share: tier.share.map(Ratio),
    });
    tiers.collect()
}

#[derive(Debug, Serialize)]
struct BandDocument {
    above_tokens: Option<u64>,
    up_to_tokens: Option<u64>,
    #[serde(flatten)]
    total: CallsAndCostDocument,
    call_share: Option<Ratio>,
    cost_share: Option<Ratio>,
    relative_cost_per_call: Option<Ratio>,
}

fn bands(analysis: &Analysis) -> Vec<BandDocument> {
    let bands = analysis.bands.iter().map(|band| BandDocument {
        above_tokens: band.above,
        up_to_tokens: band.up_to,
        total: band.total.into(),
        call_share: band.call_share.map(Ratio),
        cost_share: band.cost_share.map(Ratio),
        relative_cost_per_call: band.relative_cost.map(Ratio),
    });
    bands.collect()
}

#[derive(Debug, Serialize)]
struct ConcentrationDocument {
    group_gini: Option<Ratio>,
    dearest_fifth_share: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct DayDocument {
    day: String,
    #[serde(flatten)]
    total: CallsAndCostDocument,
}

fn days(analysis: &Analysis) -> Vec<DayDocument> {
    let days = analysis
        .days
        .iter()
        .map(|day| DayDocument { day: Days::name(day.day), total: day.total.into() });
    days.collect()
}

#[derive(Debug, Serialize)]
struct RunRateDocument<'a> {
    month: &'a str,
    complete: bool,
    month_days: u32,
    full_days: u32,
    daily_usd: Dollars,
    projected_usd: Dollars,
    method: &'static str,
    naive: bool,
    low_usd: Option<Dollars>,
    high_usd: Option<Dollars>,
}

impl<'a> From<&'a RunRate> for RunRateDocument<'a> {
    fn from(rate: &'a RunRate) -> Self {
        Self {
            month: &rate.month,
            complete: rate.complete,
            month_days: rate.month_days,
            full_days: rate.full_days,
            daily_usd: Dollars(rate.daily),
            projected_usd: Dollars(rate.projected),
            method: if rate.complete {
                "the month is complete: its own cost"
            } else {
                "mean cost of the last full days, at most 30, times the days of the month"
            },
            naive: rate.naive_range.is_some(),
            low_usd: rate.naive_range.map(|(low, _)| Dollars(low)),
            high_usd: rate.naive_range.map(|(_, high)| Dollars(high)),
        }
    }
}

#[derive(Debug, Serialize)]
struct CostlyDocument<'a> {
    file: &'a str,
    line: u64,
    time: Option<String>,
    model: &'a str,
    call_type: &'a str,
    tokens: TokensDocument,
    cost_usd: Dollars,
}

impl<'a> From<&'a CostlyLine> for CostlyDocument<'a> {
    fn from(line: &'a CostlyLine) -> Self {
        Self {
            file: &line.file,
            line: line.line,
            time: line.call.time.known().map(Instant::to_iso),
            model: &line.call.model,
            call_type: &line.call.call_type,
            tokens: TokensDocument::from(&line.call.tokens),
            cost_usd: Dollars(line.call.cost),
        }
    }
}

#[derive(Debug, Serialize)]
struct LoggedDocument {
    stated: CallsAndCostDocument,
    compared: CallsAndCostDocument,
    compared_calculated_usd: Dollars,
    equal_calls: u64,
    difference_usd: Dollars,
    used: CallsAndCostDocument,
}

impl From<&LoggedCosts> for LoggedDocument {
    fn from(logged: &LoggedCosts) -> Self {
        Self {
            stated: logged.stated.into(),
            compared: logged.compared.into(),
            compared_calculated_usd: Dollars(logged.compared_calculated),
            equal_calls: logged.equal_calls,
            difference_usd: Dollars(logged.difference()),
            used: logged.used.into(),
        }
    }
}
