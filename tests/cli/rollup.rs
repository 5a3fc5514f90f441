//! `llmcost rollup`, and reports of what it wrote: the same figures as of the log, or a refusal.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::{atto, folder_with, json, project, run, run_with_input, shared};

/// Logs of every format among the fixtures, and where they are there those of others.
fn logs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folders =
        [Some(project().join("fixtures/formats")), shared("traces/calls"), shared("traces/azure")];
    for folder in folders.into_iter().flatten() {
        collect(&folder, &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_other = |name: &str| path.file_name().is_some_and(|known| known == name);
        if path.is_dir() && !is_other("rollup") {
            collect(&path, found);
        } else if path.is_file() && !is_other("expected.json") {
            found.push(path);
        }
    }
}

/// What a report says, but for the input and for what only single calls tell.
fn figures(folder: &Path, arguments: &[&str]) -> Value {
    const OF_SUMS: [&str; 8] = [
        "output-leads",
        "input-leads",
        "cache-loses",
        "cache-saves",
        "long-prompts",
        "no-batch",
        "failures-billed",
        "cut-off",
    ];
    let mut report = json(folder, arguments);
    let whole = report.as_object_mut().expect("an object");
    for other in ["input", "diagnostics", "costliest", "oddities"] {
        whole.remove(other);
    }
    if let Some(spread) = whole.get_mut("concentration").and_then(Value::as_object_mut) {
        spread.remove("dearest_fifth_share");
    }
    if let Some(hints) = whole.get_mut("hints").and_then(Value::as_array_mut) {
        hints.retain(|hint| OF_SUMS.iter().any(|name| hint["name"] == *name));
    }
    if let Some(tables) = whole.get_mut("exhibits").and_then(Value::as_array_mut) {
        tables.retain(|table| table["name"] == "forecast" || table["name"] == "weekdays");
    }
    report
}

fn roll_up(folder: &Path, log: &str, more: &[&str], to: &str) {
    let made = run(folder, &[&["rollup", log, "-q", "-o", to], more].concat());
    assert_eq!(made.code, Some(0), "{log}\n{}", made.stderr);
}

fn sample() -> String {
    project().join("fixtures/usage.jsonl").to_str().expect("a path").to_owned()
}

#[test]
fn a_roll_up_of_any_log_is_analysed_like_the_log() {
    let mut count = 0;
    for path in logs() {
        let (folder, log) = (tempfile::tempdir().expect("a folder"), path.to_str().expect("text"));
        let folder = folder.path();
        if run(folder, &["analyze", log]).code != Some(0) {
            continue;
        }
        roll_up(folder, log, &[], "sums.jsonl");
        let by = ["--by", "day,provider,model,call_type,status"];
        for more in [&[][..], &by, &["--cost-mode", "logged"]] {
            let found = figures(folder, &[&["analyze", "sums.jsonl"], more].concat());
            assert_eq!(
                figures(folder, &[&["analyze", log], more].concat()),
                found,
                "{log} {more:?}"
            );
        }
        count += 1;
    }
    assert!(count >= 50, "{count} logs");
}

#[test]
fn the_sample_month_is_simulated_from_its_roll_up_to_the_cent() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, log) = (folder.path(), sample());
    roll_up(folder, &log, &[], "sums.parquet");
    for plan in [
        &["--cache-hit", "0.95"][..],
        &["--batch", "report"],
        &["--batch", "0.4", "--discount", "5%"],
        &["--semantic-cache=0.2"],
        &["--cache-hit", "0.8", "--batch", "report", "--discount", "7%"],
    ] {
        let of = |log: &str| json(folder, &[&["simulate", log], plan].concat());
        let (log, sums) = (of(&log), of("sums.parquet"));
        for amount in ["baseline_usd", "projected_usd", "saved_low_usd", "saved_high_usd"] {
            let off = atto(&log[amount]) - atto(&sums[amount]);
            assert!(off.abs() < 10_i128.pow(15), "{plan:?} {amount}: {off}");
        }
        assert_eq!(log["groups"], sums["groups"], "{plan:?}");
    }
}

#[test]
fn assumed_rates_cost_over_the_roll_up_of_any_log_what_they_cost_over_the_log() {
    let concise = "[concise_output]\nrate = \"0.25\"\nfeedback = false\n";
    let (mut exact, mut warned) = (0, 0);
    for path in logs() {
        let folder = folder_with("concise.toml", concise);
        let (folder, log) = (folder.path(), path.to_str().expect("text"));
        if run(folder, &["simulate", log, "--discount", "5%"]).code != Some(0) {
            continue;
        }
        roll_up(folder, log, &[], "sums.jsonl");
        for plan in [
            &["--cache-hit", "0.95"][..],
            &["--tier", "30%=gpt-4o-mini"],
            &["--plan", "concise.toml", "--semantic-cache=0.2", "--structured", "2%"],
        ] {
            let of = |log: &str| json(folder, &[&["simulate", log], plan].concat());
            let (log, sums) = (of(log), of("sums.jsonl"));
            let warnings = sums["warnings"].as_array().expect("a list");
            let is_doubt =
                |one: &Value| one.as_str().is_some_and(|one| one.contains("the log itself"));
            if warnings.iter().any(is_doubt) {
                warned += 1;
                continue;
            }
            for amount in ["baseline_usd", "projected_usd", "saved_low_usd", "saved_high_usd"] {
                let off = atto(&log[amount]) - atto(&sums[amount]);
                assert!(off.abs() < 5 * 10_i128.pow(15), "{path:?} {plan:?} {amount}: {off}");
            }
            exact += 1;
        }
    }
    assert!(exact >= 60 && warned * 2 < exact, "{exact} exact, {warned} with a warning");
}

#[test]
fn parts_add_up_to_the_whole_in_any_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let bytes = fs::read(sample()).expect("reads");
    let text = String::from_utf8_lossy(&bytes);
    // Copies of a call are known within one run only: none may stand in two parts.
    let mut seen = BTreeSet::new();
    let lines: Vec<&str> = text.lines().take(3_000).filter(|line| seen.insert(*line)).collect();
    fs::write(folder.join("all.jsonl"), lines.join("\n")).expect("writes");
    for (part, name) in ["a.jsonl", "b.jsonl", "c.jsonl"].into_iter().enumerate() {
        let part: Vec<&str> = lines.iter().skip(part).step_by(3).copied().collect();
        fs::write(folder.join(name), part.join("\n")).expect("writes");
    }
    roll_up(folder, "all.jsonl", &[], "all.sums.jsonl");
    roll_up(folder, "a.jsonl", &[], "a.csv");
    roll_up(folder, "b.jsonl", &["--every", "hour"], "b.parquet");
    roll_up(folder, "c.jsonl", &[], "c.sums.jsonl");
    let whole = figures(folder, &["analyze", "all.sums.jsonl"]);
    assert_eq!(figures(folder, &["analyze", "a.csv", "b.parquet", "c.sums.jsonl"]), whole);
    // A log beside a roll-up is the rest of the calls.
    let mixed = figures(folder, &["analyze", "a.csv", "b.jsonl", "c.jsonl"]);
    assert_eq!((&mixed["totals"], &mixed["groups"]), (&whole["totals"], &whole["groups"]));
    let both = ["all.sums.jsonl", "all.sums.jsonl"].map(|name| fs::read(folder.join(name)));
    let both: Vec<u8> = both.into_iter().flat_map(|text| text.expect("reads")).collect();
    let piped = run_with_input(folder, &["analyze", "-", "--json"], &both);
    let piped: Value = serde_json::from_str(&piped.stdout).expect("JSON");
    let once = atto(&whole["totals"]["cost_usd"]);
    assert_eq!(atto(&piped["totals"]["cost_usd"]), 2 * once, "equal rows are no copies");
}

fn verdict(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let run = run(folder, &[&["check"], arguments].concat());
    (run.code, run.stderr)
}

#[test]
fn a_check_of_roll_ups_says_what_it_says_of_the_logs() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let log = |name: &str| {
        let path = project().join("fixtures/gate").join(name);
        path.to_str().expect("a path").to_owned()
    };
    let before = log("before.jsonl.gz");
    roll_up(folder, &before, &["--lots"], "before.jsonl");
    let saved = run(folder, &["check", &before, "--save-baseline", "base.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    for name in ["cache", "clean", "output", "retries", "tail"] {
        let after = log(&format!("{name}.jsonl.gz"));
        roll_up(folder, &after, &["--lots"], "after.jsonl");
        let logs = verdict(folder, &[&before, &after]);
        assert_eq!(verdict(folder, &["before.jsonl", "after.jsonl"]), logs, "{name}");
        let saved = verdict(folder, &[&after, "--baseline", "base.json"]);
        assert_eq!(verdict(folder, &["after.jsonl", "--baseline", "base.json"]), saved, "{name}");
    }
    roll_up(folder, &log("output.jsonl.gz"), &[], "bare.jsonl");
    let (code, told) = verdict(folder, &["before.jsonl", "bare.jsonl"]);
    assert_eq!(code, Some(0));
    assert!(told.starts_with("inconclusive: ") && told.contains("rollup --lots"), "{told}");
    let percentile = ["before.jsonl", "before.jsonl", "--p95-threshold", "5%"];
    let (code, told) = verdict(folder, &percentile);
    assert_eq!(code, Some(0));
    assert!(told.contains("what single calls cost; give `check` the logs themselves"), "{told}");
    let (code, told) = verdict(folder, &["bare.jsonl", "--budget", "5/day"]);
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(verdict(folder, &["bare.jsonl", "--save-baseline", "no.json"]).0, Some(2));
}

/// A day of calls of two teams.
fn day(folder: &Path, more: &[&str]) {
    let call = |(hour, team): (u32, &str)| {
        format!(
            r#"{{"time":"2026-10-05T{hour:02}:30:00Z","model":"gpt-4o","team":"{team}","input_tokens":1000,"output_tokens":10}}"#
        )
    };
    let text = [(1, "red"), (9, "blue"), (22, "red")].map(call).join("\n");
    fs::write(folder.join("day.jsonl"), text).expect("writes");
    roll_up(folder, "day.jsonl", more, "sums.jsonl");
}

#[test]
fn what_a_roll_up_does_not_tell_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    day(folder, &[]);
    for (typed, expected) in [
        ("analyze sums.jsonl --by team", "roll up with --by team"),
        ("analyze sums.jsonl --where team='red'", "roll up with --by team"),
        ("analyze sums.jsonl --where input_tokens>5", "`input_tokens` differs from call to call"),
        ("analyze sums.jsonl --by hour", "roll up with --every hour"),
        ("analyze sums.jsonl --timezone Europe/Berlin", "--every hour"),
        ("simulate sums.jsonl --cache replay", "`prompt_caching` cannot be told from a roll-up"),
        ("simulate sums.jsonl --retries", "`retry_hygiene` cannot be told"),
        ("simulate sums.jsonl --output-cap 500", "by classes only"),
        ("simulate sums.jsonl --cache-hit 0.9 --cacheable 1000", "`cacheable` is taken of each"),
        ("simulate sums.jsonl --spend-cap all=5/day", "`spend_cap` cannot be told"),
        ("backtest sums.jsonl", "`backtest` does not take"),
        ("convert sums.jsonl -o calls.jsonl", "`convert` does not take"),
        ("rollup sums.jsonl -o again.jsonl", "its rows are sums already"),
        ("check sums.jsonl --unit session --max-cost 5", "not of conversations"),
    ] {
        let arguments: Vec<&str> = typed.split(' ').collect();
        let told = run(folder, &arguments);
        assert_eq!(told.code.map(|code| code > 1), Some(true), "{typed}: {}", told.stderr);
        assert!(told.stderr.contains(expected), "{typed}: {}", told.stderr);
    }
}

#[test]
fn columns_and_hours_that_were_kept_can_be_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    day(folder, &["--by", "team", "--every", "hour"]);
    for question in [
        &["analyze", "--by", "team,hour"][..],
        &["analyze", "--where", "team = 'red'"],
        &["analyze", "--timezone", "Europe/Berlin", "--by", "day"],
    ] {
        let of = |log: &str| figures(folder, &[question, &[log]].concat());
        assert_eq!(of("sums.jsonl"), of("day.jsonl"), "{question:?}");
    }
}

/// Sums across a price change once cost what the first call did.
#[test]
fn a_row_that_bills_at_several_prices_is_an_error_with_its_place() {
    let row = r#"{"rollup":1,"first_time":"2026-10-13T00:10:00Z","last_time":"2026-10-13T23:00:00Z","model":"MODEL","prompt_from":0,"prompt_to":null,"calls":2,"prompt_min":5,"prompt_max":300000,"input_tokens":300005,"output_tokens":1}"#;
    for (model, expected) in [
        ("deepseek-v4-flash", "sums.jsonl:1: the row sums up calls of deepseek-v4-flash at hours"),
        ("gemini-2.5-pro", "prompts below and above 200000 tokens"),
    ] {
        let folder = folder_with("sums.jsonl", row.replace("MODEL", model));
        for command in
            [&["analyze", "sums.jsonl"][..], &["simulate", "sums.jsonl", "--discount", "1%"]]
        {
            let told = run(folder.path(), command);
            assert_eq!(told.code, Some(3), "{}", told.stderr);
            assert!(told.stderr.contains(expected), "{}", told.stderr);
        }
    }
}

/// Rows that summed up calls before they were rolled up were priced, cut and grouped by their first time
/// alone.
#[test]
fn a_row_of_sums_is_not_cut_in_two_either() {
    for counting in ["summed", "unknown"] {
        let row = format!(
            r#"{{"rollup":1,"first_time":"2026-10-13T00:10:00Z","last_time":"2026-10-13T23:00:00Z","model":"deepseek-v4-flash","counting":"{counting}","prompt_from":0,"prompt_to":null,"calls":2,"prompt_min":5,"prompt_max":9,"input_tokens":14,"output_tokens":1}}"#
        );
        let folder = folder_with("sums.jsonl", row);
        for (typed, expected) in [
            ("analyze sums.jsonl", "at hours of different prices"),
            (
                "analyze sums.jsonl --since 2026-10-14 --timezone Europe/Berlin",
                "--since cuts a row",
            ),
            ("rollup sums.jsonl -o again.jsonl", "its rows are sums already"),
            ("analyze sums.jsonl --by hour", "sums up calls of several hours"),
            ("analyze sums.jsonl --timezone Europe/Berlin", "of two days of the time zone"),
        ] {
            let arguments: Vec<&str> = typed.split(' ').collect();
            let told = run(folder.path(), &arguments);
            assert_eq!(told.code.map(|code| code > 1), Some(true), "{typed}: {}", told.stderr);
            assert!(told.stderr.contains(expected), "{typed}: {}", told.stderr);
        }
    }
}

#[test]
fn what_was_left_out_of_a_roll_up_is_told_of_it_too() {
    let folder = tempfile::tempdir().expect("a folder");
    roll_up(folder.path(), &sample(), &[], "sums.csv");
    let told = run(folder.path(), &["analyze", "sums.csv"]).stdout;
    assert!(told.contains("2 records of the log were left out"), "{told}");
    assert!(told.contains("negative-count, 2 times"), "{told}");
    assert!(told.contains("8 records left out in all: rows of roll-ups"), "{told}");
    assert!(told.contains("a roll-up: sums are those of its calls"), "{told}");
    let strict = run(folder.path(), &["analyze", "sums.csv", "--strict"]);
    assert_eq!(strict.code, Some(3), "{}", strict.stderr);
}
