//! The same comparisons through the face for programs in Rust, which reads a price table once for many
//! logs and plans: most cases are run here.

use std::num::NonZeroUsize;

use llmcost::insights::Tally;
use llmcost::units::{PerClass, Tokens, Usd};
use llmcost::{Log, Plan, PriceBook, TokenClass};
use proptest::prelude::*;

use crate::figures::Figures;
use crate::make::Dice;
use crate::make::log::{Shape, log};
use crate::make::plan::plan;
use crate::make::table::table;
use crate::naive::analyze::{groups, read};
use crate::naive::replay::simulate;
use crate::program::Folder;
use crate::simulations::plan_that_is_exact;
use crate::world::log::{Line, Record};
use crate::world::plan::Setting;
use crate::world::table::Table;
use crate::{Compared, Tape, on_cases, tape, write};

/// Logs and plans for each price table: to load one takes longer than everything else.
const LOGS: usize = 10;

fn of(report: &PerClass<Tokens>, class: crate::world::Class) -> u64 {
    let found = TokenClass::ALL.into_iter().find(|known| known.name() == class.name());
    report[found.expect("the same classes")].get()
}

fn tokens(figures: &mut Figures, key: &str, what: &str, tokens: &PerClass<Tokens>) {
    for class in crate::world::Class::ALL {
        // All output is one figure, as in reports.
        let count = if class == crate::world::Class::Output {
            let outputs = crate::world::Class::ALL.into_iter().filter(|class| !class.is_input());
            outputs.map(|class| of(tokens, class)).sum()
        } else {
            of(tokens, class)
        };
        figures.set(format!("{key} {what} {}", class.name()), count);
    }
}

fn tally(figures: &mut Figures, key: &str, sums: &Tally) {
    figures.set(format!("{key} calls"), sums.calls);
    tokens(figures, key, "tokens", &sums.tokens);
    tokens(figures, key, "unpriced", &sums.unpriced_tokens);
    figures.set(format!("{key} searches"), sums.searches);
    figures.set(format!("{key} file searches"), sums.file_searches);
    figures.set(format!("{key} unpriced calls"), sums.unpriced_calls);
    figures.set(format!("{key} logged calls"), sums.logged.calls);
    figures.set(format!("{key} logged cost"), sums.logged.cost);
    let cost = sums.known_cost().map_or_else(|| "null".to_owned(), |cost| cost.to_string());
    figures.set(format!("{key} cost"), cost);
}

fn check_calls(
    book: &PriceBook,
    log: &Log,
    table: &Table,
    records: &[Record],
    expected: Figures,
    told: &dyn Fn() -> String,
) -> Result<(), TestCaseError> {
    let analysis = log.analyze(book, &["case"]).expect("a column");
    let mut found = Figures::default();
    let account = log.reading().total();
    found.set("records", account.records);
    found.set("duplicates", account.duplicates);
    tally(&mut found, "all", &analysis.totals);
    for group in &analysis.groups {
        tally(&mut found, &group.key[0], &group.tally);
    }
    let mut expected = expected;
    expected.sums("all", &groups(table, records, |_| ())[&()]);
    for (key, group) in groups(table, records, |record| record.case.clone()) {
        expected.sums(&key, &group);
    }
    let differences = expected.differences(&found);
    prop_assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), told());
    Ok(())
}

fn check_plan(
    book: &PriceBook,
    log: &Log,
    plan: &Plan,
    expected: &Figures,
    told: &dyn Fn() -> String,
) -> Result<(), TestCaseError> {
    let outcome = log.simulate(book, plan);
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}\n{}", told()));
    let mut found = Figures::default();
    found.set("calls", outcome.calls + outcome.unpriced.calls);
    found.set("unpriced calls", outcome.unpriced.calls);
    let mut money = |name: &str, amount: Usd| found.set(name, amount);
    money("baseline", outcome.baseline);
    money("projected", outcome.projected);
    money("saved", outcome.baseline - outcome.projected);
    money("saved low", outcome.baseline - outcome.low);
    money("saved high", outcome.baseline - outcome.high);
    money("claimed sum", outcome.claimed_sum);
    for player in &outcome.techniques {
        for (what, amount) in [
            ("standalone", player.standalone),
            ("ladder", player.ladder),
            ("remaining", player.remaining),
            ("last in", player.last_in),
            ("fair share", player.fair_share),
            ("low", player.low),
            ("high", player.high),
        ] {
            found.set(format!("{} {what}", player.name), amount);
        }
    }
    for group in &outcome.groups {
        let key = &group.key[0];
        found.set(format!("{key} calls"), group.calls);
        found.set(format!("{key} before"), group.before);
        found.set(format!("{key} after"), group.after);
    }
    let differences = expected.differences(&found);
    prop_assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), told());
    Ok(())
}

/// One log and one plan at the prices of a table.
fn check(
    book: &PriceBook,
    table: &Table,
    lines: &[Line],
    settings: &[Setting],
) -> Result<(), TestCaseError> {
    let (mut records, account) = read(lines);
    let told = || Folder::new(table, lines).plan(settings, &["call_type"]).told();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    std::fs::write(&path, write::log::text(lines)).expect("a file");
    let text = write::plan::text(settings, &["call_type"]);
    let plan =
        Plan::parse("plan.toml", &text).unwrap_or_else(|error| panic!("{error}\n{}", told()));
    let reader = Log::reader().column("case").plan(&plan).threads(NonZeroUsize::MIN);
    let log = reader.read([path.to_string_lossy()]).expect("reads");
    let mut expected = Figures::default();
    expected.set("records", account.records);
    expected.set("duplicates", account.duplicates);
    check_calls(book, &log, table, &records, expected, &told)?;
    records.sort_by_key(|record| record.time);
    let Some(outcome) = simulate(table, &records, settings).ok() else { return Ok(()) };
    let mut expected = Figures::default();
    expected.outcome(&outcome);
    check_plan(book, &log, &plan, &expected, &told)
}

/// A case is a log with a plan; each table has several.
#[test]
fn logs_and_plans_come_out_as_in_the_naive_engine() {
    let pairs = || proptest::collection::vec((tape(450), tape(120)), LOGS);
    let worlds = (tape(1_000), pairs());
    on_cases(12, &worlds, |(tables, pairs): (Tape, Vec<(Tape, Tape)>)| {
        let table = table(&mut Dice::new(&tables.0));
        let text = write::table::text(&table);
        let book = PriceBook::with_overrides(&[("prices.toml".to_owned(), text.clone())]);
        let book = book.unwrap_or_else(|error| panic!("{error}\n{text}"));
        for (number, (log_tape, plan_tape)) in pairs.iter().enumerate() {
            let shape = Shape { most: 7, is_plain: false };
            let lines = log(&mut Dice::new(&log_tape.0), &table, shape);
            // Half of them one technique alone, so that a difference is one of it.
            let most = if number % 2 == 0 { 1 } else { crate::simulations::MOST };
            let settings = plan(&mut Dice::new(&plan_tape.0), &table, most);
            let settings = plan_that_is_exact(&table, &lines, settings);
            check(&book, &table, &lines, &settings)?;
        }
        Ok(Compared::Yes)
    });
}
