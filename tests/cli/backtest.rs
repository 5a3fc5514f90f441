//! Predictions without cache counters, on logs that nobody here wrote.

use serde_json::Value;

use super::support::{atto, folder_with, json, project, run, shared};

/// Their names for what we call otherwise.
const MAP: &str = "time=ts,conversation=session,input_tokens=uncached,cache_read_tokens=read,\
                   cache_write_5m_tokens=w5,cache_write_1h_tokens=w1h,output_tokens=out,\
                   cost_usd=cost_logged";

/// The logs of agents that write caches at a price, and the lifetime they ask for.
const LOGS: [(&str, &str); 9] = [
    ("claude_code__cctrace", "5m"),
    ("claude_code__jcode", "1h"),
    ("claude_code__llm-guard", "5m"),
    ("claude_code__openshrooly", "1h"),
    ("claude_code__task-patterns", "5m"),
    ("claude_code__templar", "5m"),
    ("pi__before-compaction", "5m"),
    ("pi__compact", "5m"),
    ("pi__large-session", "5m"),
];

fn backtest(file: &str, more: &[&str]) -> Option<Value> {
    let path = shared(&format!("traces/calls/{file}"))?;
    let arguments = ["backtest", path.to_str().expect("text"), "--map", MAP, "--quiet"];
    Some(json(project(), &[&arguments[..], more].concat()))
}

/// How far a sum is off, in thousandths of what was billed.
fn off(predicted: i128, billed: i128) -> i128 {
    (predicted - billed) * 1_000 / billed
}

fn median(mut errors: Vec<i128>) -> i128 {
    for error in &mut errors {
        *error = error.abs();
    }
    errors.sort_unstable();
    errors[errors.len() / 2]
}

/// What nine logs were predicted to cost, one run each.
#[derive(Default)]
struct Nine {
    covered: usize,
    billed: i128,
    expected: i128,
    simplest: i128,
    points: Vec<i128>,
    simplest_errors: Vec<i128>,
}

fn nine(declare: impl Fn(&'static str) -> Vec<&'static str>) -> Option<Nine> {
    let mut nine = Nine::default();
    for (name, lifetime) in LOGS {
        let report = backtest(&format!("{name}.jsonl"), &declare(lifetime))?;
        let log = &report["logs"][0];
        let billed = atto(&log["billed_usd"]);
        let simplest = atto(&log["simplest"]["predicted_usd"]);
        nine.covered += usize::from(log["covered"] == true);
        nine.billed += billed;
        nine.expected += atto(&log["expected_usd"]);
        nine.simplest += simplest;
        nine.points.push(off(atto(&log["point_usd"]), billed));
        nine.simplest_errors.push(off(simplest, billed));
    }
    Some(nine)
}

/// The figures are those of an independent prototype, to three thousandths.
#[test]
fn nine_logs_of_agents_are_predicted_better_than_by_the_simplest_rule() {
    let Some(found) = nine(|lifetime| vec!["--cache-ttl", lifetime]) else { return };
    assert_eq!(found.covered, 9);
    let points = [91, -32, 21, 23, -20, -23, -99, -7, -359];
    for ((found, expected), (name, _)) in found.points.iter().zip(points).zip(LOGS) {
        assert!((found - expected).abs() <= 3, "{name}: {found} instead of {expected}");
    }
    let (total, simplest) = (off(found.expected, found.billed), off(found.simplest, found.billed));
    assert!((-28..=-22).contains(&total) && total.abs() * 2 < simplest.abs(), "{total} {simplest}");
    let (point, simplest) = (median(found.points), median(found.simplest_errors));
    assert!(point * 2 < simplest, "{point} {simplest}");
}

#[test]
fn a_lifetime_that_is_not_declared_widens_the_range() {
    let Some(found) = nine(|_| Vec::new()) else { return };
    assert_eq!(found.covered, 9);
    let (total, simplest) = (off(found.expected, found.billed), off(found.simplest, found.billed));
    assert!(total.abs() * 2 < simplest.abs(), "{total} {simplest}");
    assert!(median(found.points) < median(found.simplest_errors));
}

#[test]
fn the_first_half_of_a_log_helps_to_predict_the_second() {
    let (mut calibrated, mut blind, mut billed) = (0, 0, 0);
    for (name, _) in LOGS {
        let more = ["--calibrate"];
        let Some(report) = backtest(&format!("{name}.jsonl"), &more) else { return };
        let log = &report["logs"][0];
        assert_eq!(log["covered"], true, "{name}");
        billed += atto(&log["billed_usd"]);
        calibrated += atto(&log["predicted_usd"]);
        blind += atto(&log["learned"]["uncalibrated_usd"]);
    }
    let (calibrated, blind) = (off(calibrated, billed), off(blind, billed));
    assert!((-31..=-25).contains(&calibrated), "{calibrated}");
    assert!(calibrated.abs() * 2 < blind.abs(), "{calibrated} {blind}");
}

/// Several files are a total of expected values, and each still has its point.
#[test]
fn several_logs_are_told_one_by_one_and_together() {
    let Some(folder) = shared("traces/calls") else { return };
    let files: Vec<_> = LOGS.iter().map(|(name, _)| format!("{name}.jsonl")).collect();
    let mut arguments = vec!["backtest"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--map", MAP, "--quiet"]);
    let report = json(&folder, &arguments);
    assert_eq!(
        (report["estimate"].as_str(), report["logs_covered"].as_u64()),
        (Some("expected"), Some(9))
    );
    assert_eq!(report["total"]["predicted_usd"], report["total"]["expected_usd"]);
    let logs = report["logs"].as_array().expect("a list");
    for field in ["billed_usd", "expected_usd", "point_usd"] {
        let sum: i128 = logs.iter().map(|log| atto(&log[field])).sum();
        assert_eq!(sum, atto(&report["total"][field]), "{field}");
    }
    for log in logs {
        assert_eq!(log["predicted_usd"], log["point_usd"]);
    }
    let (ours, simplest) = (&report["median_error_share"], &report["median_simplest_error_share"]);
    assert!(ours.as_f64() < simplest.as_f64(), "{ours} {simplest}");
}

#[test]
fn an_automatic_block_cache_is_predicted_from_the_growth_of_sessions() {
    let Some(report) = backtest("deepseek__mini-swe-agent.jsonl.gz", &[]) else { return };
    let total = &report["total"];
    let error = off(atto(&total["predicted_usd"]), atto(&total["billed_usd"]));
    assert!(error.abs() <= 10, "{error}");
    assert_eq!((total["calls"].as_u64(), &report["covered"]), (Some(16_275), &Value::Bool(true)));
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let arguments = ["backtest", "fixtures/usage.jsonl", "--json", "--threads"];
    let with = |threads| run(project(), &[&arguments[..], &[threads]].concat());
    let (one, many) = (with("1"), with("7"));
    assert_eq!(one.code, Some(0), "{}", one.stderr);
    assert_eq!(one.stdout, many.stdout);
}

const CALL: &str = r#"{"model":"claude-sonnet-4-6","time":"2026-10-01T10:00:00Z","input_tokens":1000,"output_tokens":10,"cache_read_tokens":5000"#;

#[test]
fn what_cannot_be_predicted_is_refused_with_a_hint() {
    let check = |call: &str, code: i32, message: &str, hint: &str| {
        let folder = folder_with("usage.jsonl", call);
        let run = run(folder.path(), &["backtest"]);
        assert_eq!(run.code, Some(code), "{call}\n{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(message) && run.stderr.contains(hint), "{}", run.stderr);
    };
    check(&format!("{CALL}}}"), 3, "no call has a conversation", "--map conversation=…");
    let talk = format!(r#"{CALL},"conversation":"a"}}"#);
    check(&talk, 0, "", "");
    check(
        &talk.replace("cache_read_tokens", "x"),
        3,
        "nothing to compare with",
        "cache_read_tokens=…",
    );
    check(&talk.replace("claude-sonnet-4-6", "acme"), 4, "no call has a price", "--prices");
}

#[test]
fn a_chain_that_is_named_must_be_there() {
    let talk = format!(r#"{CALL},"conversation":"a","agent":"b"}}"#);
    let folder = folder_with("usage.jsonl", talk);
    let code = |arguments: &[&str]| run(folder.path(), &[&["backtest"], arguments].concat()).code;
    assert_eq!(code(&["--chain", "agent"]), Some(0));
    assert_eq!(code(&["--chain", "agnet"]), Some(2));
    assert_eq!(code(&["--cache-ttl", "2h"]), Some(2));
    assert_eq!(code(&["--hide", "cache", "--format", "csv"]), Some(0));
}

/// Sums by hand over a log of four calls: the first two teach that half of the calls for the large
/// model are answered by the small one.
#[test]
fn which_model_answers_is_predicted_from_the_first_half() {
    let line = |minute: u32, served: &str| {
        format!(
            "{{\"time\":\"2026-10-01T00:0{minute}:00Z\",\"request_model\":\"claude-sonnet-4-6\",\
             \"model\":\"{served}\",\"input_tokens\":1000000,\"output_tokens\":0}}\n"
        )
    };
    let served =
        ["claude-sonnet-4-6", "claude-haiku-4-5", "claude-sonnet-4-6", "claude-sonnet-4-6"];
    let log: String = (0..).zip(served).map(|(minute, served)| line(minute, served)).collect();
    let folder = folder_with("gateway.jsonl", log);
    let report = json(folder.path(), &["backtest", "gateway.jsonl", "--hide", "served-model"]);
    assert_eq!(report["learned_from_calls"], 2);
    assert_eq!(report["billed_usd"], "6");
    assert_eq!(report["predicted_usd"], "4");
    assert_eq!(report["simplest_usd"], "6");
    assert_eq!(report["exhibits"][0]["rows"][0]["request_model"], "claude-sonnet-4-6");
}

#[test]
fn what_cannot_be_hidden_is_refused_with_what_can() {
    for (arguments, expected) in [
        (&["--hide", "cash"][..], "cache, served-model or output=TOKENS"),
        (&["--hide", "output=0"], "at least 1 token"),
        (&["--hide", "served-model", "--calibrate"], "--calibrate is about caches"),
    ] {
        let run = run(project(), &[&["backtest", "--demo"], arguments].concat());
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

/// Answers of Azure's chat trace beyond 300 tokens: what the first half teaches is closer than nothing.
#[test]
fn output_beyond_a_cap_is_predicted_better_than_not_at_all() {
    let Some(path) = shared("traces/azure/AzureLLMInferenceTrace_conv.csv") else { return };
    let path = path.to_str().expect("text");
    let arguments =
        ["backtest", path, "--assume-model", "gpt-4o", "--hide", "output=300", "--quiet"];
    let report = json(project(), &arguments);
    let [billed, predicted, simplest] =
        ["billed_usd", "predicted_usd", "simplest_usd"].map(|name| atto(&report[name]));
    let (learned, nothing) = (off(predicted, billed), off(simplest, billed));
    assert!(learned.abs() * 5 < nothing.abs(), "{learned} against {nothing} thousandths");
}
