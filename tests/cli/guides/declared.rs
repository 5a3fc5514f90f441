//! The guides' calls at list prices, and declarations that are refused.

use super::support::{Declared, estimate, number};
use crate::support::parse;

/// 1,000 calls a day at equal distances find the prompt warm but for the first: 8,000 tokens written
/// once at $3.75 a million, and read 999 times at $0.30.
#[test]
fn calls_every_86_seconds_write_the_prompt_once() {
    let calls = Declared { model: "claude-sonnet-4-6", ..Declared::of_guide("1000", "8000", "0") };
    let replay = ["--shared-prompt", "8000", "--cache", "replay", "--days", "1"];
    let report = calls.at_list_prices(&replay);
    assert_eq!(number(&report["baseline_usd"]), parse("24"));
    assert_eq!(number(&report["projected_usd"]), parse("2.4276"));
}

/// The minimum of Haiku 4.5 is 4,096 tokens: a shared prompt of 2,000 is never cached.
#[test]
fn a_declared_prompt_below_the_minimum_saves_nothing_and_says_so() {
    let calls = Declared { model: "claude-haiku-4-5", ..Declared::of_guide("10000", "2000", "0") };
    let cached = ["--shared-prompt", "2000", "--cache-hit", "1", "--days", "1"];
    let report = calls.at_list_prices(&cached);
    assert_eq!(number(&report["saved_usd"]), 0);
    assert!(report["warnings"].to_string().contains("4,096"), "{}", report["warnings"]);
}

#[test]
fn the_same_flags_declare_the_same_calls_on_any_number_of_threads() {
    let calls = Declared {
        model: "gpt-4o",
        calls_per_day: "200",
        input: "exponential 2000",
        output: "mix 50:0.8 900:0.2",
    };
    let drawn = ["--turns", "4", "--arrival", "poisson", "--hours", "8", "--cache", "replay"];
    let judged = ["--interval", "--best", "--batch", "0.3", "--json"];
    let printed = |threads: &str| {
        let found = calls.run(&[&drawn[..], &judged, &["--threads", threads]].concat());
        assert_eq!(found.code, Some(0), "{}", found.stderr);
        found.stdout
    };
    assert_eq!(printed("1"), printed("3"));
}

fn check_refused(arguments: &[&str], expected: &str) {
    let found = estimate(arguments);
    assert_eq!(found.code, Some(2), "{arguments:?}\n{}", found.stdout);
    assert!(found.stderr.contains(expected), "{arguments:?}\n{}", found.stderr);
}

#[test]
fn ids_that_never_existed_are_refused() {
    let base = ["--calls-per-day", "10", "--input-tokens", "100", "--output-tokens", "0"];
    let with = |model| [&["--model", model], &base[..]].concat();
    check_refused(&with("claude-4-sonnet-20260515"), "no model `claude-4-sonnet-20260515`");
}

#[test]
fn what_is_not_declared_whole_is_refused_with_what_is_missing() {
    check_refused(&[], "give --model, --calls-per-day");
    check_refused(&["--model", "gpt-4o", "--calls-per-day", "5"], "how many tokens");
    let base = ["--model", "gpt-4o", "--input-tokens", "100", "--output-tokens", "10"];
    check_refused(&base, "give one of calls_per_day");
    let with = |more: &[&'static str]| [&base[..], &["--calls-per-day", "5"], more].concat();
    check_refused(&with(&["--arrival", "often"]), "there are even, poisson, bursts");
    check_refused(&with(&["--shared-prompt", "200"]), "longer than the shortest input");
    check_refused(&with(&["--hours", "25"]), "hours must lie between 1 and 24");
    check_refused(&with(&["--days", "0"]), "days must lie between");
    check_refused(&with(&["--month-days", "x"]), "--month-days");
    check_refused(&with(&["--claim", "cahce 4%"]), "did you mean `cache`?");
    check_refused(&with(&["--best", "--guard", "speed"]), "there are quality, latency, privacy");
}
