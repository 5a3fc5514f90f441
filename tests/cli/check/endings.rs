//! Every exit code of the check, and what is refused before anything is read.

use std::fs;

use super::super::support::{folder_with, project, run, run_with_input};
use super::{checked, gate, rewritten};

#[test]
fn a_pass_is_0_a_failure_1_and_an_open_verdict_6_where_it_is_asked_for() {
    let before = gate("before.jsonl.gz");
    let with = |code, log: &str, arguments: &[&str]| {
        let log = gate(log);
        checked(project(), code, &[&[before.as_str(), &log], arguments].concat()).stderr
    };
    assert!(with(0, "clean.jsonl.gz", &["--strict"]).starts_with("pass: "));
    assert!(with(1, "output.jsonl.gz", &[]).starts_with("fail: "));
    assert!(with(0, "clean.jsonl.gz", &["--threshold", "1%"]).starts_with("inconclusive: "));
    let strict = with(6, "clean.jsonl.gz", &["--threshold", "1%", "--strict"]);
    assert!(strict.starts_with("inconclusive: "), "{strict}");
}

/// A check that is refused as it was typed.
fn refused(arguments: &[&str], told: &str) {
    let run = checked(project(), 2, arguments);
    assert!(run.stderr.contains(told), "{arguments:?}\n{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_log_with_nothing_to_compare_it_with_is_2() {
    let before = gate("before.jsonl.gz");
    refused(&[&before], "there is nothing to compare the log with");
    refused(&[&before], "--baseline FILE");
    refused(&[&before], "--save-baseline FILE");
    refused(&[&before], "--max-cost");
    let three = [before.as_str(), before.as_str(), before.as_str()];
    refused(&three, "two inputs, an old and a new log");
    // With a baseline, several inputs are one log.
    let folder = super::baselines::folder_with_baseline(&[]);
    let (clean, output) = (gate("clean.jsonl.gz"), gate("output.jsonl.gz"));
    checked(folder.path(), 0, &[&before, &before, &clean, "--baseline", "base.json"]);
    checked(folder.path(), 1, &[&output, &output, &output, "--baseline", "base.json"]);
}

#[test]
fn a_wrong_flag_is_2_and_says_how_it_is_written() {
    let before = gate("before.jsonl.gz");
    for (flag, value, told) in [
        ("--threshold", "five", "write five percent as 5% or 0.05"),
        ("--threshold", "-1%", "--threshold"),
        ("--group-threshold", "x", "--group-threshold: `x` is no rate"),
        ("--p95-threshold", "x", "--p95-threshold: `x` is no rate"),
        ("--case", "prompt", "it goes with --unit case"),
        ("--max-new", "2", "no rate between 0 and 1"),
        ("--threshold", "5", "write 5%"),
        ("--confidence", "0.2", "not between 50% and 99%"),
        ("--confidence", "100%", "not between 50% and 99%"),
        ("--max-unpriced", "2", "no rate between 0 and 1"),
        ("--max-cost", "lots", "no amount of dollars"),
        ("--min-impact", "lots", "no amount of dollars"),
        ("--budget", "50", "write it as 50/day or 900/month"),
        ("--budget", "50/week", "write it as 50/day or 900/month"),
        ("--unit", "token", "[possible values: call, session, case]"),
        ("--gate", "mean", "[possible values: unit, total]"),
        ("--units-per-month", "-1", "--units-per-month"),
        ("--by", "modle", "did you mean `model`?"),
        ("--format", "junit", "[possible values: table, json, csv, markdown, html]"),
    ] {
        refused(&[&before, &before, &format!("{flag}={value}")], told);
    }
    refused(&[&before, &before, "--unit", "case", "--by", "product"], "kept apart by --case");
    refused(&[&before, &before, "--unit", "case", "--case", "nosuch"], "no column `nosuch`");
    refused(&[&before, &before, "--treshold", "5%"], "--threshold");
}

#[test]
fn a_log_that_is_missing_or_empty_is_3() {
    let folder = folder_with("empty.jsonl", "");
    fs::write(folder.path().join("nonsense.jsonl"), "not json\n").expect("writes");
    let before = gate("before.jsonl.gz");
    for other in ["empty.jsonl", "nonsense.jsonl", "missing.jsonl"] {
        for logs in [[before.as_str(), other], [other, before.as_str()]] {
            let run = checked(folder.path(), 3, &logs);
            assert!(run.stderr.contains(other), "{logs:?}\n{}", run.stderr);
            assert_eq!(run.stdout, "");
        }
        checked(folder.path(), 3, &[other, "--max-cost", "5"]);
        checked(folder.path(), 3, &[other, "--save-baseline", "base.json"]);
        assert!(!folder.path().join("base.json").exists());
    }
}

#[test]
fn a_log_of_which_conditions_leave_nothing_is_3() {
    let before = gate("before.jsonl.gz");
    let run = checked(project(), 3, &[&before, "--max-cost", "5", "--since", "2027-01-01"]);
    assert!(run.stderr.contains("--since, --until and --where"), "{}", run.stderr);
}

#[test]
fn a_log_without_a_test_case_is_3_and_says_how_to_name_the_column() {
    let call = r#"{"model":"gpt-5-mini","input_tokens":900,"output_tokens":90,"time":"2026-10-0"#;
    let log = format!("{call}5\",\"case\":\"refund\"}}\n{call}6\"}}\n{call}7\"}}\n");
    let folder = folder_with("cases.jsonl", log);
    let asked = ["cases.jsonl", "--unit", "case", "--max-cost", "5"];
    checked(folder.path(), 0, &asked);
    let run = checked(folder.path(), 3, &[&asked[..], &["--since", "2026-10-06"]].concat());
    assert!(run.stderr.contains("no call of cases.jsonl names its test case"), "{}", run.stderr);
    assert!(run.stderr.contains("--case COLUMN"), "{}", run.stderr);
}

#[test]
fn a_log_of_which_no_call_has_a_price_is_4_and_names_the_models() {
    let unpriced = rewritten("before.jsonl.gz", |_, call| {
        call.insert("model".to_owned(), "acme-7".into());
    });
    let folder = folder_with("unpriced.jsonl", unpriced);
    let before = gate("before.jsonl.gz");
    for arguments in [
        ["unpriced.jsonl", before.as_str()],
        [before.as_str(), "unpriced.jsonl"],
        ["unpriced.jsonl", "--max-cost=5"],
        ["unpriced.jsonl", "--save-baseline=base.json"],
    ] {
        let run = checked(folder.path(), 4, &arguments);
        let told = "no call of unpriced.jsonl has a price: acme-7";
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert!(run.stderr.contains("--prices FILE.toml"), "{}", run.stderr);
    }
    assert!(!folder.path().join("base.json").exists());
}

#[test]
fn a_result_that_cannot_be_written_is_5() {
    let (before, clean) = (gate("before.jsonl.gz"), gate("clean.jsonl.gz"));
    for flag in ["-o", "--comment", "--junit", "--save-baseline"] {
        let run = checked(project(), 5, &[&before, &clean, flag, "no/such/folder/result.json"]);
        assert!(run.stderr.contains("no/such/folder/result.json"), "{flag}\n{}", run.stderr);
    }
}

#[test]
fn standard_input_is_the_new_log() {
    let folder = super::baselines::folder_with_baseline(&[]);
    let output = rewritten("output.jsonl.gz", |_, _| {});
    for old in [vec![gate("before.jsonl.gz")], vec!["--baseline=base.json".to_owned()]] {
        let arguments: Vec<&str> =
            ["check"].into_iter().chain(old.iter().map(String::as_str)).chain(["-"]).collect();
        let run = run_with_input(folder.path(), &arguments, output.as_bytes());
        assert_eq!(run.code, Some(1), "{arguments:?}\n{}", run.stderr);
        assert!(run.stdout.starts_with("standard input against "), "{}", run.stdout);
    }
    let nothing = run_with_input(folder.path(), &["check", "-", "--baseline", "base.json"], b"");
    assert_eq!(nothing.code, Some(3), "{}", nothing.stderr);
}

#[test]
fn the_help_has_the_codes_and_every_flag() {
    let help = run(project(), &["check", "--help"]);
    assert_eq!(help.code, Some(0));
    for part in ["Exit codes: 0 pass", "6 inconclusive with --strict", "--max-cost-per-call"] {
        assert!(help.stdout.contains(part), "{part}\n{}", help.stdout);
    }
    for flag in [
        "baseline",
        "save-baseline",
        "unit",
        "case",
        "by",
        "gate",
        "threshold",
        "group-threshold",
        "p95-threshold",
        "confidence",
        "min-impact",
        "units-per-month",
        "max-unpriced",
        "max-cost",
        "max-cost-per-unit",
        "budget",
        "acknowledge",
        "acknowledge-until",
        "comment",
        "junit",
        "annotations",
    ] {
        assert!(help.stdout.contains(&format!("--{flag} <")) || flag == "annotations", "{flag}");
    }
}

#[test]
fn the_manual_says_what_every_flag_of_a_verdict_does() {
    let page = run(project(), &["explain", "check"]);
    assert_eq!(page.code, Some(0), "{}", page.stderr);
    for flag in [
        "--unit call",
        "--unit session",
        "--unit case",
        "--by",
        "--gate total",
        "--threshold",
        "--group-threshold",
        "--p95-threshold",
        "--confidence",
        "--min-impact",
        "--units-per-month",
        "--max-unpriced",
        "--max-cost",
        "--max-cost-per-unit",
        "--budget",
        "--acknowledge",
        "--baseline",
        "--save-baseline",
    ] {
        assert!(page.stdout.contains(&format!("`{flag}")), "{flag}");
    }
}
