//! A report with any of its sums off by the smallest amount is not given out.

use std::num::NonZeroUsize;

use crate::diagnostics::Ledger;
use crate::gate::{
    Against, GateOptions, GatePrices, Measure, Outcome as GateOutcome, Unit, measure, run,
};
use crate::insights::{AnalysisOptions, Analyzer, CostMode};
use crate::library::{Log, LogReader, Plan, PriceBook};
use crate::simulation::simulate_on;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::Days;

use super::{AnalysisReport, Conserved, InputAccounting, PriceSource, SavingsReport};

const WEEK: &str = "fixtures/formats/llmcost/usage.jsonl";

const LEAST: Usd = Usd::from_atto(1);

fn week(plan: &Plan) -> Log {
    Log::reader().plan(plan).read([WEEK]).expect("reads")
}

fn plan() -> Plan {
    let text = "[batch]\nshare = \"0.3\"\n[provider_discount]\nrate = \"0.1\"\n";
    Plan::parse("plan.toml", text).expect("a plan")
}

fn analysis(top: usize) -> AnalysisReport {
    let (prices, log) = (PriceBook::embedded(), week(&plan()));
    let found = log.analyze(&prices, &["model", "call_type"]).expect("columns of every log");
    let input = InputAccounting::new(log.reading(), 0);
    AnalysisReport::new(found, input, &Ledger::default(), PriceSource::default(), top)
}

fn savings() -> SavingsReport {
    let (prices, mut plan) = (PriceBook::embedded(), plan());
    plan.group_by = vec!["model".to_owned()];
    let log = week(&plan);
    let outcome = simulate_on(log.calls(), &prices, &plan, NonZeroUsize::MIN).expect("runs");
    let input = InputAccounting::new(log.reading(), 0);
    let (ledger, source) = (Ledger::default(), PriceSource::default());
    let analysis = log.analyze(&prices, &["model"]).expect("a column of every log");
    SavingsReport::new(outcome, plan.group_by, None, input, &ledger, source, 1)
        .held_to(&analysis.totals)
}

fn judged() -> GateOutcome {
    let book = PriceBook::embedded();
    let prices = GatePrices::new(&book, None);
    let how = Measure { unit: Unit::Call, group_by: vec!["call_type".to_owned()], days: Days::UTC };
    let reader = crate::gate::COLUMNS.into_iter().fold(Log::reader(), LogReader::column);
    let log = reader.read([WEEK]).expect("reads");
    let measured = measure(log.calls(), &prices, &how);
    let against = Against::Log(Box::new(measured.clone()));
    run(measured, against, &prices, &GateOptions::default())
}

/// What is told, and the figure that is changed.
type Change<R> = (&'static str, fn(&mut R));

fn check<R: Conserved>(make: impl Fn() -> R, changes: &[Change<R>]) {
    assert_eq!(make().check_sums(), Ok(()));
    for (what, change) in changes {
        let mut report = make();
        change(&mut report);
        let found = report.check_sums().expect_err(what).to_string();
        assert!(found.starts_with(what), "{what}: {found}");
    }
}

const ANALYSIS: &[Change<AnalysisReport>] = &[
    ("lines of a file", |report| report.input.files[0].lines.blank += 1),
    ("calls by group", |report| report.analysis.groups[0].tally.calls += 1),
    ("cost by group", |report| report.analysis.groups[0].tally.cost += LEAST),
    ("calls by group", |report| report.left_out = None),
    ("list cost by group", |report| report.analysis.groups[0].tally.list_cost += LEAST),
    ("unpriced calls by group", |report| {
        report.analysis.groups[0].tally.unpriced_calls += 1;
    }),
    ("tokens of a class by group", |report| {
        report.analysis.groups[0].tally.tokens[TokenClass::Output] += Tokens::new(1);
    }),
    ("calls by service tier", |report| report.analysis.tiers[0].total.calls += 1),
    ("cost by service tier", |report| report.analysis.tiers[0].total.cost += LEAST),
    ("calls by size", |report| report.analysis.bands[0].total.calls += 1),
    ("cost by size of the prompt", |report| report.analysis.bands[0].total.cost += LEAST),
    ("calls by day", |report| report.analysis.undated_calls += 1),
    ("cost by day", |report| report.analysis.days[0].total.cost += LEAST),
    ("calculated cost by seller", |report| {
        report.analysis.remarks.sellers[0].cost += LEAST;
    }),
    ("cost by class of token", |report| {
        report.analysis.classes[0].cost += report.analysis.totals.cost;
    }),
    ("unpriced calls by model", |report| report.analysis.unpriced.clear()),
];

#[test]
fn an_analysis_that_is_off_by_the_smallest_amount_is_not_shown() {
    check(|| analysis(1), ANALYSIS);
}

const SAVINGS: &[Change<SavingsReport>] = &[
    ("the bill, analysed and replayed", |report| report.analysed = Some(LEAST)),
    ("savings on the ladder", |report| report.techniques[0].ladder += LEAST),
    ("fair shares of the saving", |report| report.techniques[1].fair_share += LEAST),
    ("savings of techniques alone", |report| report.totals.claimed_sum += LEAST),
    ("the bill after a technique", |report| report.techniques[0].remaining += LEAST),
    ("priced calls by group", |report| report.groups[0].calls += 1),
    ("the bill before by group", |report| report.groups[0].before += LEAST),
    ("the bill after by group", |report| report.groups[0].after += LEAST),
    ("the bill after by group", |report| {
        if let Some((_, rest)) = &mut report.left_out {
            rest.after += LEAST;
        }
    }),
];

#[test]
fn savings_that_are_off_by_the_smallest_amount_are_not_shown() {
    check(savings, SAVINGS);
}

#[test]
fn a_check_that_is_off_by_the_smallest_amount_is_not_shown() {
    assert_eq!(judged().check_sums(), Ok(()));
    let mut found = judged();
    found.after.billed = Usd::ZERO;
    let why = found.check_sums().expect_err("days cost more").to_string();
    assert!(why.starts_with("cost by day"), "{why}");
    let mut found = judged();
    let cause = found.comparison.as_mut().and_then(|one| one.cause.as_mut()).expect("priced calls");
    cause.effects[0].amount += LEAST;
    let why = found.check_sums().expect_err("effects do not add up").to_string();
    assert!(why.starts_with("effects on the bill"), "{why}");
}

/// What calls would cost by the price book was told by seller and class of token where only logged costs
/// count.
#[test]
fn where_only_logged_costs_count_nothing_is_calculated() {
    let (prices, log) = (PriceBook::embedded(), week(&plan()));
    let options = AnalysisOptions { cost_mode: CostMode::Logged, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::new(&prices, options);
    analyzer.add(log.calls());
    let found = analyzer.finish();
    assert!(found.totals.logged.calls > 0 && found.totals.unpriced_calls > 0);
    assert_eq!((found.classes.len(), found.remarks.sellers.len()), (0, 0));
    let input = InputAccounting::new(log.reading(), 0);
    let report = AnalysisReport::new(found, input, &Ledger::default(), PriceSource::default(), 0);
    assert_eq!(report.check_sums(), Ok(()));
}
