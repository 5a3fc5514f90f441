//! Checks of small made-up logs, through the gate itself: its outcomes cannot be made by hand.

use crate::diagnostics::Ledger;
use crate::gate::{
    Acknowledgement, Against, Baseline, Caution, GateOptions, GatePrices, GroupSum, Judged,
    Judgement, Limit, Measure, Measurement, Unit, Verdict, measure, run,
};
use crate::pricing::PriceBook;
use crate::report::{CheckReport, ComparedWith, FileAccounting, InputAccounting};
use crate::sources::Lines;
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::{Call, Calls, Days, Dimensions, Instant, Symbol, column};

use super::samples::{prices, usd, window};

/// Models that nobody sells; the large one is 30 % dearer from the second week on.
const PRICES: &str = r#"
[provider]
id = "openai"

[[model]]
id = "echo-large"
tokenizer = "o200k"

[[model.period]]
to = "2026-10-12T00:00:00Z"
source = "made up"
checked_on = "2026-11-10"
prices = { input = "2", output = "10" }

[[model.period]]
from = "2026-10-12T00:00:00Z"
source = "made up"
checked_on = "2026-11-10"
prices = { input = "2.6", output = "13" }

[[model]]
id = "echo-small"
tokenizer = "o200k"

[[model.period]]
source = "made up"
checked_on = "2026-11-10"
prices = { input = "1", output = "4" }
"#;

const DAY: i64 = 86_400_000;

/// The days of both weeks.
const WEEKS: [&str; 2] = ["2026-10-05T08:00:00Z", "2026-10-12T08:00:00Z"];

/// A group of a log: its name, its model, how many conversations, and tokens of input and output.
type Group<'n> = (&'n str, &'n str, u64, [u64; 2]);

/// A log: conversations of four calls on seven days, some larger than others by `unevenness` parts.
fn log(week: usize, unevenness: u64, groups: &[Group<'_>]) -> Calls {
    let mut calls = Calls::new(Dimensions::new(["conversation"]));
    let first = Instant::parse(WEEKS[week]).expect("a time").millis();
    for (group, model, conversations, [input, output]) in groups {
        for conversation in 0..*conversations {
            // A different order of sizes in each week.
            let turn = conversation * (7 + 4 * u64::try_from(week).expect("small")) % 13;
            for at in 0..4 {
                let size = 100 + unevenness * turn;
                let day = i64::try_from(conversation % 7).expect("small");
                let moment = i64::try_from(conversation * 40_000 + at).expect("small");
                let time = Instant::from_millis(first + day * DAY + moment);
                let mut call = Call { time, ..Call::default() };
                call.tokens[TokenClass::Input] = Tokens::new(input * size / 100);
                call.tokens[TokenClass::Output] = Tokens::new(output * size / 100);
                let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
                let thread = format!("{week} {group} {conversation}");
                let places = [column::MODEL, column::CALL_TYPE, column::FIXED.len()];
                for (place, name) in places.into_iter().zip([*model, *group, &*thread]) {
                    symbols[place] = calls.dimensions[place].intern(name);
                }
                calls.push(&call, &symbols);
            }
        }
    }
    calls.sorted_by_time()
}

/// Usual groups, with `more` output tokens of reports in a hundred.
fn usual(week: usize, model: &str, more: u64) -> Calls {
    let report = [9_000, 40 * (100 + more)];
    log(week, 5, &[("chat", "echo-small", 120, [6_000, 500]), ("report", model, 80, report)])
}

struct Setting {
    book: PriceBook,
}

impl Setting {
    fn new() -> Self {
        let table = ("made-up.toml".to_owned(), PRICES.to_owned());
        Self { book: PriceBook::with_overrides(&[table]).expect("a table") }
    }

    fn level(&self) -> GatePrices<'_> {
        GatePrices::new(&self.book, Instant::parse("2026-10-18T00:00:00Z").ok())
    }

    fn measured(&self, calls: &Calls) -> Measurement {
        let group_by = Unit::Call.usual_groups();
        let how = Measure { unit: Unit::Call, group_by, days: Days::UTC };
        let mut found = measure(calls, &self.level(), &how);
        // The shipped tables change; what is shown of them does not.
        found.price_tables = prices().book_sha256;
        found
    }

    fn report(&self, after: Measurement, against: Against, options: &GateOptions) -> CheckReport {
        let other = match &against {
            Against::Nothing => ComparedWith::Nothing,
            Against::Baselines(_) => ComparedWith::Baseline("base.json".to_owned()),
            Against::Log(log) => ComparedWith::Log(input("week_1.jsonl", log)),
        };
        let input = input("week_2.jsonl", &after);
        let outcome = run(after, against, &self.level(), options);
        let window = window("2026-10-12T08:00:00Z", "2026-10-18T09:12:00Z");
        CheckReport::new(outcome, window, input, &Ledger::default(), prices(), 10)
            .compared_with(other)
    }

    fn logs(&self, logs: [&Calls; 2], options: &GateOptions) -> CheckReport {
        let [before, after] = logs.map(|calls| self.measured(calls));
        self.report(after, Against::Log(Box::new(before)), options)
    }
}

fn input(name: &str, of: &Measurement) -> InputAccounting {
    let records = of.calls + of.unpriced_calls();
    let lines =
        Lines { lines: records + of.skipped, records, skipped: of.skipped, ..Lines::default() };
    let file = FileAccounting { name: name.to_owned(), format: "llmcost".to_owned(), lines };
    InputAccounting { files: vec![file], ..InputAccounting::default() }
}

/// Every sample by name.
pub(super) fn reports() -> Vec<(&'static str, CheckReport)> {
    vec![
        ("fail", fail()),
        ("pass", pass()),
        ("prices", other_prices()),
        ("inconclusive", inconclusive()),
        ("limits", limits()),
        ("many", many()),
        ("small", small()),
        ("accepted", accepted()),
        ("apart", apart()),
    ]
}

/// Longer reports, judged by group and percentile too.
fn fail() -> CheckReport {
    let options = GateOptions {
        group_threshold: Some(Factor::parse("1.1").expect("a factor")),
        percentile_threshold: Some(Factor::parse("1.2").expect("a factor")),
        ..GateOptions::default()
    };
    let logs = [usual(0, "echo-small", 0), usual(1, "echo-small", 35)];
    Setting::new().logs([&logs[0], &logs[1]], &options)
}

/// The same again.
fn pass() -> CheckReport {
    let logs = [usual(0, "echo-small", 0), usual(1, "echo-small", 0)];
    Setting::new().logs([&logs[0], &logs[1]], &GateOptions::default())
}

/// The same again, at a higher price.
fn other_prices() -> CheckReport {
    let logs = [usual(0, "echo-large", 0), usual(1, "echo-large", 0)];
    Setting::new().logs([&logs[0], &logs[1]], &GateOptions::default())
}

/// Too few uneven conversations; names that would be markup; everything there is to know.
fn inconclusive() -> CheckReport {
    let setting = Setting::new();
    let before =
        [("chat", "echo-small", 14, [5_000, 500]), ("=classify|*x*", "echo-small", 9, [900, 20])];
    let after = [
        ("chat", "echo-small", 14, [5_200, 540]),
        ("@team <b>#12</b>", "echo-small", 6, [4_000, 900]),
        ("chat", "gpt-unheard-of", 2, [5_000, 500]),
    ];
    let mut after = setting.measured(&log(1, 60, &after));
    after.skipped = 7;
    let measured = setting.measured(&log(0, 60, &before));
    let mut baseline = Baseline::new(measured, &setting.level(), "0.1.0");
    baseline.measurement.price_tables = "0".repeat(64);
    baseline.acknowledged.push(Acknowledgement {
        what: Judged::Unit,
        up_to: Factor::parse("1.5").expect("a factor"),
        until: Days::parse_day("2026-10-13").expect("a day"),
        reason: "the new prompt of @alice".to_owned(),
    });
    let options = GateOptions {
        max_unpriced: Rate::parse("0.02").expect("a rate"),
        limits: vec![Limit::Cost(usd("50"))],
        ..GateOptions::default()
    };
    setting.report(after, Against::Baselines(vec![baseline]), &options)
}

/// Limits of every kind and no baseline.
fn limits() -> CheckReport {
    let setting = Setting::new();
    let after = setting.measured(&usual(1, "echo-small", 0));
    let limits = vec![
        Limit::Cost(usd("50")),
        Limit::UnitCost(usd("0.015")),
        Limit::Day(usd("1.25")),
        Limit::Month(usd("40")),
    ];
    setting.report(after, Against::Nothing, &GateOptions { limits, ..GateOptions::default() })
}

/// Longer reports, and a great many groups that fail or are new, some with long names: the outcome
/// of a large log, made of that of a small one.
fn many() -> CheckReport {
    let report = fail();
    let mut outcome = report.outcome;
    let comparison = outcome.comparison.as_mut().expect("two logs");
    let is_failed = |one: &&Judgement| one.what.group().is_some() && one.verdict == Verdict::Fail;
    let failed = comparison.judgements.iter().find(is_failed).expect("a group").clone();
    for number in 0..800_u64 {
        let group = vec![format!("case {number} {}", "with a name ".repeat(20))];
        comparison.new.push(GroupSum { key: group.clone(), units: 1, cost: usd("0.01") });
        let what = Judged::Group(group);
        comparison.cautions.push(Caution::Expired(what.clone(), 20_000, "a reason".to_owned()));
        let impact = failed.impact.map(|impact| impact.times(number + 1).expect("small"));
        comparison.judgements.push(Judgement { what, impact, ..failed.clone() });
    }
    let window = window("2026-10-12T08:00:00Z", "2026-10-18T09:12:00Z");
    CheckReport::new(outcome, window, report.input, &Ledger::default(), prices(), 0)
        .compared_with(report.compared_with)
}

/// Longer reports, of a log so small that they come to little.
fn small() -> CheckReport {
    let options = GateOptions { min_impact: usd("1000"), ..GateOptions::default() };
    let logs = [usual(0, "echo-small", 0), usual(1, "echo-small", 35)];
    Setting::new().logs([&logs[0], &logs[1]], &options)
}

/// Longer calls without a type, which somebody accepted.
fn accepted() -> CheckReport {
    let setting = Setting::new();
    let log = |week, output| {
        let unnamed = ("", "echo-small", 80, [9_000, output]);
        setting.measured(&log(week, 5, &[("chat", "echo-small", 120, [6_000, 500]), unnamed]))
    };
    let mut baseline = Baseline::new(log(0, 4_000), &setting.level(), "0.1.0");
    let accept = |what: Judged| Acknowledgement {
        what,
        up_to: Factor::parse("1.5").expect("a factor"),
        until: Days::parse_day("2026-12-31").expect("a day"),
        reason: "longer answers, agreed".to_owned(),
    };
    let group = Judged::Group(vec![String::new()]);
    baseline.acknowledged.extend([Judged::Unit, group].map(accept));
    let options = GateOptions {
        group_threshold: Some(Factor::parse("1.1").expect("a factor")),
        ..GateOptions::default()
    };
    setting.report(log(1, 5_400), Against::Baselines(vec![baseline]), &options)
}

/// Logs that have nothing in common.
fn apart() -> CheckReport {
    let before = log(0, 5, &[("chat", "echo-small", 40, [6_000, 500])]);
    let after = log(1, 5, &[("report", "echo-small", 40, [6_000, 500])]);
    Setting::new().logs([&before, &after], &GateOptions::default())
}
