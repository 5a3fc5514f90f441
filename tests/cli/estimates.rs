//! Regressions of `estimate`: what its figures got wrong once.

use std::path::Path;

use serde_json::Value;

use crate::support::{atto, folder_with, json, run};

const SONNET: [&str; 7] = [
    "estimate",
    "--model",
    "claude-sonnet-4-6",
    "--input-tokens",
    "1000",
    "--output-tokens",
    "100",
];

fn estimate(flags: &str) -> Value {
    let more: Vec<&str> = flags.split_whitespace().collect();
    json(Path::new("."), &[&SONNET[..], &more].concat())
}

fn row<'a>(report: &'a Value, table: &str, place: usize) -> &'a Value {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let found = exhibits.iter().find(|exhibit| exhibit["name"] == table);
    &found.unwrap_or_else(|| panic!("no {table}"))["rows"][place]
}

/// To a tenth of a cent.
fn check_money(value: &Value, expected: &str) {
    let expected = atto(&Value::from(expected));
    assert!((atto(value) - expected).abs() <= 1_000_000_000_000_000, "{value}");
}

fn check_refused(arguments: &[&str], expected: &str) {
    let found = run(Path::new("."), arguments);
    assert_eq!(found.code, Some(2), "{arguments:?}\n{}", found.stdout);
    assert!(found.stderr.contains(expected), "{arguments:?}\n{}", found.stderr);
}

/// Twenty turns send 210 x 1,000 + 190 x 100 tokens and get 20 x 100: $0.687 and $0.03.
#[test]
fn conversations_were_cut_at_midnight() {
    for (calls, month) in [("10", "10.755"), ("20", "21.51"), ("30", "32.265"), ("40", "43.02")] {
        let report = estimate(&format!("--turns 20 --calls-per-day {calls}"));
        let cost = row(&report, "workload_cost", 0);
        check_money(&cost["per_thousand_calls_usd"], "35.85");
        check_money(&cost["per_month_usd"], month);
    }
}

#[test]
fn a_day_of_half_a_conversation_was_priced_as_its_cheaper_half() {
    let report = estimate("--turns 20 --calls-per-day 10 --days 1");
    let cost = row(&report, "workload_cost", 0);
    check_money(&cost["per_thousand_calls_usd"], "35.85");
    check_money(&cost["per_month_usd"], "10.755");
}

/// A call costs $0.0045, so $10 are 2,222.2 calls: the one that passes the limit is answered.
#[test]
fn spend_caps_saw_whole_days_above_a_hundred_thousand_calls() {
    let blocked = |calls: &str| {
        let report = estimate(&format!("--calls-per-day {calls} --spend-cap all=10/day"));
        row(&report, "spend_caps", 0)["blocked_calls"].as_u64()
    };
    assert_eq!(blocked("3000"), Some((3_000 - 2_223) * 30));
    assert_eq!(blocked("5000"), Some((5_000 - 2_223) * 30));
}

/// The hours of a day were all at midnight.
#[test]
fn rows_of_a_day_are_summed_only_where_nothing_looks_at_single_calls() {
    let rows = |more: &str| {
        let report = estimate(&format!("--calls-per-day 5000 {more}"));
        (report["calls"].clone(), atto(&report["baseline_usd"]))
    };
    let plain = rows("");
    for more in ["--discount 10%", "--concise 20%", "--batch 0.5", "--by hour"] {
        assert_eq!(rows(more), plain, "{more}");
    }
    let by_hour = estimate("--calls-per-day 5000 --by hour --discount 10%");
    assert_eq!(by_hour["groups"].as_array().map(Vec::len), Some(24), "{}", by_hour["groups"]);
}

#[test]
fn a_mistyped_model_had_a_bill_of_nothing() {
    let with = |model| {
        let tokens = ["--calls-per-day", "10", "--input-tokens", "100", "--output-tokens", "10"];
        [&["estimate", "--model", model], &tokens[..]].concat()
    };
    check_refused(&with("claude-sonet-4-6"), "did you mean `claude-sonnet-4-6`?");
    check_refused(&with("no-such-model-at-all"), "the price book has no model");
}

#[test]
fn output_that_nobody_declared_was_taken_to_be_nothing() {
    let base = ["estimate", "--model", "gpt-4o", "--calls-per-day", "10"];
    let with = |flag| [&base[..], &[flag, "100"]].concat();
    check_refused(&with("--input-tokens"), "write --output-tokens 0");
    check_refused(&with("--output-tokens"), "write --input-tokens 0");
    let plan = "[[workload]]\nmodel = \"gpt-4o\"\ncalls_per_day = 10\ninput_tokens = 100\n";
    let folder = folder_with("plan.toml", plan);
    let found = run(folder.path(), &["estimate", "--plan", "plan.toml"]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    assert!(found.stderr.contains("output_tokens"), "{}", found.stderr);
}

#[test]
fn calls_a_month_were_rounded_away_in_shorter_spans() {
    for (flags, month) in [
        ("--calls-per-month 7 --days 10", "0.0315"),
        ("--calls-per-month 1 --days 10", "0.0045"),
        ("--calls-per-month 7 --month-days 30.4375", "0.0315"),
        ("--calls-per-month 7", "0.0315"),
    ] {
        let report = estimate(flags);
        let found = atto(&row(&report, "workload_cost", 0)["per_month_usd"]);
        let off = (found - atto(&Value::from(month))).abs();
        assert!(off <= 1_000_000_000, "{flags}: {found}");
    }
}

#[test]
fn kinds_of_calls_were_drawn_in_the_wrong_proportion() {
    let kind = |name: &str, calls: u64| {
        format!(
            "[[workload]]\ncall_type = \"{name}\"\nmodel = \"gpt-4o\"\ncalls_per_month = {calls}\n\
             input_tokens = 100\noutput_tokens = 10\n"
        )
    };
    let folder = folder_with("plan.toml", [kind("rare", 7), kind("often", 3_000)].concat());
    let found = run(folder.path(), &["estimate", "--plan", "plan.toml", "--days", "10"]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    assert!(found.stderr.contains("write --days 30"), "{}", found.stderr);
    json(folder.path(), &["estimate", "--plan", "plan.toml"]);
}

/// 0.5^5 of the calls are never answered, and no answer is no bill.
#[test]
fn calls_that_no_attempt_answers_were_billed_as_answered() {
    let report = estimate("--calls-per-day 1000 --failures 0.5");
    let [billed, free] = [0, 1].map(|place| row(&report, "attempts", place));
    check_money(&billed["per_month_usd"], "261.5625");
    check_money(&free["per_month_usd"], "130.78125");
    assert_eq!(free["unanswered_share"].to_string(), "0.03125");
}
