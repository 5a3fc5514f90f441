//! Figures that published guides give, recomputed on logs of their own description.

use std::fmt::Write;

use super::support::{atto, folder_with, json, parse};

/// So many equal calls, evenly spread over a day.
fn log(calls: u32, model: &str, input: u32, output: u32) -> String {
    let start = 1_791_244_800; // 2026-10-06T00:00:00Z
    let mut text = String::new();
    for number in 0..calls {
        let time = start + number * 86_400 / calls;
        let _ = writeln!(
            text,
            r#"{{"time":{time},"provider":"anthropic","model":"{model}","call_type":"review","input_tokens":{input},"output_tokens":{output}}}"#
        );
    }
    text
}

fn check(log: String, arguments: &[&str], baseline: &str, projected: &str) -> serde_json::Value {
    let folder = folder_with("usage.jsonl", log);
    // No file is named: a folder that holds `usage.jsonl` needs no more words.
    let report = json(folder.path(), &[&["simulate"], arguments].concat());
    assert_eq!(atto(&report["baseline_usd"]), parse(baseline), "{arguments:?}");
    assert_eq!(atto(&report["projected_usd"]), parse(projected), "{arguments:?}");
    report
}

/// Claim S2-03: a shared prompt of 8,000 tokens, 1,000 calls a day, 95 % of them warm. A miss is
/// a write: 50 × 8,000 × $3.75 + 950 × 8,000 × $0.30 a million.
#[test]
fn a_shared_prompt_at_95_percent_hits_costs_3_78_instead_of_24_dollars_a_day() {
    let report =
        check(log(1000, "claude-sonnet-4-6", 8000, 0), &["--cache-hit", "0.95"], "24", "3.78");
    assert_eq!(report["techniques"][0]["evidence"], "assumed");
    let long = ["--cache-hit", "0.95", "--cache-ttl", "1h"];
    check(log(1000, "claude-sonnet-4-6", 8000, 0), &long, "24", "4.68");
}

/// With 500 fresh tokens and an answer on top, a declared shared part gives the same saving.
#[test]
fn what_is_not_shared_is_not_credited() {
    let calls = log(1000, "claude-sonnet-4-6", 8500, 200);
    // 24 + 1.50 fresh + 3.00 output.
    check(calls, &["--cache-hit", "0.95", "--cacheable", "8000"], "28.5", "8.28");
}

/// Claim S3-05 on a model whose minimum is 4,096 tokens: nothing to save, and the report says so.
#[test]
fn a_prompt_below_the_minimum_saves_nothing_and_the_warning_names_the_minimum() {
    let report = check(log(10, "claude-haiku-4-5", 2000, 0), &["--cache-hit", "1"], "0.02", "0.02");
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("4,096"), "{warnings}");
}

/// Claims S2-07 and S4-03r: a day of 10,000 calls at 2,000 in and 800 out on Sonnet; three
/// quarters of it on Haiku at a third of the price save half.
#[test]
fn three_quarters_on_a_model_at_a_third_of_the_price_save_half() {
    let calls = log(10_000, "claude-sonnet-4-6", 2000, 800);
    check(calls, &["--tier", "0.75=claude-haiku-4-5"], "180", "90");
}

/// Batch halves; a discount multiplies what is left.
#[test]
fn techniques_compound_and_the_ladder_adds_up_to_the_last_digit() {
    let calls = log(1000, "claude-sonnet-4-6", 8000, 100);
    let arguments =
        ["--batch", "1", "--cache-hit", "0.95", "--discount", "30%", "--output-cap", "60"];
    let folder = folder_with("usage.jsonl", calls);
    let report = json(folder.path(), &[&["simulate"][..], &arguments].concat());
    let saved = atto(&report["baseline_usd"]) - atto(&report["projected_usd"]);
    let techniques = report["techniques"].as_array().expect("a list");
    for column in ["ladder_usd", "fair_share_usd"] {
        let sum: i128 = techniques.iter().map(|technique| atto(&technique[column])).sum();
        assert_eq!(sum, saved, "{column}");
    }
    let standalone: i128 =
        techniques.iter().map(|technique| atto(&technique["standalone_usd"])).sum();
    assert!(standalone > saved, "overlapping savings cannot be added up");
    let after: i128 = report["groups"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|group| atto(&group["after_usd"]))
        .sum();
    assert_eq!(after, atto(&report["projected_usd"]));
}

/// What the log already has is credited to nobody.
#[test]
fn calls_that_are_already_batched_or_cached_are_not_credited_again() {
    let batched =
        log(100, "claude-sonnet-4-6", 8000, 100).replace("\"output", "\"batch\":true,\"output");
    let folder = folder_with("usage.jsonl", batched);
    let report = json(folder.path(), &["simulate", "--batch", "1"]);
    assert_eq!(atto(&report["saved_usd"]), 0);
    let cached = log(100, "claude-sonnet-4-6", 100, 100)
        .replace("\"output", "\"cache_read_tokens\":8000,\"output");
    let folder = folder_with("usage.jsonl", cached);
    let report = json(folder.path(), &["simulate", "--cache-hit", "0.95"]);
    assert_eq!(atto(&report["saved_usd"]), 0);
}
