//! Facts about discounts by kind of charge, lane and provider, and about monthly terms.

use crate::exhibits::Cell;
use crate::usage::Instant;

use super::Outcome;
use super::claims::{assumes, check, warns};
use super::samples::{HAIKU, Log, SONNET, call, equal_calls};

use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, ServiceTier};

/// One call of Sonnet 4.6 that pays 3 dollars for input, 15 for output, 0.3 for what is read from
/// the cache and 3.75 for what is written to it: 22.05 in all.
fn of_every_kind() -> Call {
    let mut every = call(1_000_000, 1_000_000);
    every.tokens[TokenClass::CacheRead] = Tokens::new(1_000_000);
    every.tokens[TokenClass::CacheWrite5m] = Tokens::new(1_000_000);
    every
}

fn check_paid(settings: &str, expected: &str) {
    let plan = format!("[provider_discount]\n{settings}");
    check(&equal_calls(SONNET, 1, &of_every_kind(), &plan), "22.05", expected);
}

fn entry(rest: &str) -> String {
    format!("[[provider_discount.by]]\n{rest}\n")
}

#[test]
fn an_entry_sets_the_rate_of_the_charges_it_names() {
    check_paid(&entry("classes = [\"input\"]\nrate = \"50%\""), "20.55");
    check_paid(&entry("classes = [\"output\"]\nrate = \"50%\""), "14.55");
    check_paid(&entry("classes = [\"cache_read\", \"cache_write\"]\nrate = \"50%\""), "20.025");
    let but_caches = entry("classes = [\"cache_read\", \"cache_write\"]\nrate = 0");
    check_paid(&format!("rate = \"50%\"\n{but_caches}"), "13.05");
}

#[test]
fn a_discount_on_every_class_is_the_same_as_one_rate() {
    let every = "classes = [\"input\", \"output\", \"cache_read\", \"cache_write\", \"fees\"]";
    check_paid("rate = \"10%\"", "19.845");
    check_paid(&entry(&format!("{every}\nrate = \"10%\"")), "19.845");
    check_paid(&entry("rate = \"10%\""), "19.845");
}

#[test]
fn the_last_entry_that_fits_counts() {
    let one = entry("classes = [\"output\"]\nrate = \"50%\"");
    let other = entry("classes = [\"output\"]\nrate = \"10%\"");
    check_paid(&format!("{one}{other}"), "20.55");
    check_paid(&format!("{other}{one}"), "14.55");
}

#[test]
fn searches_are_fees() {
    let searching = Call { searches: 100, ..call(1_000_000, 0) };
    let plan = "[provider_discount]\n[[provider_discount.by]]\nclasses = [\"fees\"]\nrate = 1";
    check(&equal_calls(SONNET, 1, &searching, plan), "4", "3");
}

#[test]
fn a_reseller_that_does_not_discount_the_batch_lane() {
    let mut batched = call(1_000_000, 0);
    batched.service_tier = ServiceTier::Batch;
    let log = Log::new().with(1, [SONNET, "", ""], &call(1_000_000, 0)).with(
        1,
        [SONNET, "", ""],
        &batched,
    );
    let plan = "[provider_discount]\nrate = \"10%\"\n\
                [[provider_discount.by]]\nservice_tiers = [\"batch\"]\nrate = 0\n";
    check(&log.run(plan), "4.5", "4.2");
    // What a plan moves to the batch lane pays what the contract says of that lane.
    check(&log.run(&format!("[batch]\n{plan}")), "4.5", "3");
}

#[test]
fn entries_are_for_a_model_or_for_who_bills() {
    let log = Log::new().with(1, [SONNET, "", ""], &call(100_000, 0)).with(
        1,
        [HAIKU, "", ""],
        &call(100_000, 0),
    );
    let run = |rest: &str| log.run(&format!("[provider_discount]\n{}", entry(rest)));
    check(&run(&format!("model = \"{HAIKU}\"\nrate = \"50%\"")), "0.4", "0.35");
    check(&run("provider = \"anthropic\"\nrate = \"50%\""), "0.4", "0.2");
    let other = run("provider = \"openai\"\nrate = \"50%\"");
    check(&other, "0.4", "0.4");
    warns(&other, "an entry is for calls of any model billed by openai, and the log has none");
    let haiku = run(&format!("model = \"{HAIKU}\"\nrate = \"50%\""));
    assumes(&haiku, "the discount is 50 % of claude-haiku-4-5");
    // The rate is that of the model that answers in the end.
    let plan = format!(
        "[[model_tiering.rule]]\nto = \"{HAIKU}\"\n[provider_discount]\n{}",
        entry(&format!("model = \"{HAIKU}\"\nrate = \"50%\""))
    );
    check(&log.run(&plan), "0.4", "0.1");
}

/// A month with 24,000 dollars, and one with 6,000.
fn two_months() -> Log {
    let at = |time: &str, dollars: u64| {
        let mut row = call(dollars * 1_000_000 / 3 / 10, 0);
        row.time = Instant::parse(time).expect("a time");
        row
    };
    let mut log = Log::new();
    for row in [at("2026-03-31T23:59:59Z", 24_000), at("2026-04-01T00:00:00Z", 6_000)] {
        log = log.with(10, [SONNET, "chat", ""], &row);
    }
    log
}

fn months(outcome: &Outcome) -> Vec<Vec<String>> {
    let found = outcome.exhibits.iter().find(|table| table.name == "discount_tiers");
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Usd(amount) => amount.to_string(),
        other => format!("{other:?}"),
    };
    let rows = &found.expect("a table").rows;
    rows.iter().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn tiers_meet_the_bill_of_a_month_before_and_after_the_plan() {
    let plan = "[batch]\nshare = \"0.5\"\n[provider_discount]\n\
                [[provider_discount.tier]]\nabove = \"10000\"\nrate = \"5%\"";
    let outcome = two_months().run(plan);
    // The ladder knows nothing of it.
    check(&outcome, "30000", "22500");
    let expected = [
        ["2026-03", "24000", "23300", "18000", "17600", "5700"],
        ["2026-04", "6000", "6000", "4500", "4500", "1500"],
        ["all together", "30000", "29300", "22500", "22100", "7200"],
    ];
    assert_eq!(months(&outcome), expected);
}

#[test]
fn a_commitment_leaves_nothing_to_save_below_it() {
    let outcome = two_months().run("[provider_discount]\nrate = \"50%\"\ncommitment = 6000");
    let found = months(&outcome);
    assert_eq!(found[0], ["2026-03", "24000", "24000", "12000", "12000", "12000"]);
    assert_eq!(found[1], ["2026-04", "6000", "6000", "3000", "6000", "0"]);
}

#[test]
fn what_the_rate_saves_is_told_apart_from_usage() {
    let outcome = two_months().run("[batch]\n[provider_discount]\nrate = \"10%\"");
    let found = outcome.exhibits.iter().find(|table| table.name == "rate_and_usage");
    let rows = &found.expect("a table").rows;
    let savings: Vec<String> = rows
        .iter()
        .map(|row| match row[1] {
            Cell::Usd(amount) => amount.to_string(),
            _ => String::new(),
        })
        .collect();
    assert_eq!(savings, ["15000", "1500"]);
}
