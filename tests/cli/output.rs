//! Shorter output from the outside: caps on public traces, and repeats of answers nobody could parse.

use super::support::{folder_with, json, project, shared};

/// What a 95th-percentile cap does to a trace at Sonnet's prices, in tenths of a percent of the bill:
/// saved, net if all cut calls are made again; and the break-even share of re-runs in percent.
///
/// The expected figures were computed apart from this program, from the traces themselves.
fn check(trace: &str, expected: [i64; 3]) {
    let Some(path) = shared("traces").map(|folder| folder.join(trace)) else { return };
    let arguments = [
        "simulate",
        path.to_str().expect("text"),
        "--assume-model",
        "claude-sonnet-4-6",
        "--as-of",
        "2026-10-01",
        "--output-cap",
        "p95",
    ];
    let report = json(project(), &arguments);
    let exhibits = report["exhibits"].as_array().expect("a list");
    let sweep = exhibits.iter().find(|one| one["name"] == "output_cap_sweep").expect("a sweep");
    let rows = sweep["rows"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["cap"] == "p95").expect("a cap");
    let in_parts = |key: &str, whole: i64| {
        let value = &row[key];
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let parts = llmcost::units::parse_decimal(&text, 9, llmcost::units::Excess::Round);
        let parts = parts.unwrap_or_else(|_| panic!("{key}: {value}"));
        let unit = 1_000_000_000 / i128::from(whole);
        i64::try_from((parts * 2 + parts.signum() * unit) / (2 * unit)).expect("small")
    };
    let found = [
        in_parts("saved_share", 1_000),
        in_parts("net_if_rerun_share", 1_000),
        in_parts("break_even_rerun_share", 100),
    ];
    assert_eq!(found, expected, "{trace}: {row}");
}

#[test]
fn a_cap_at_the_95th_percentile_loses_more_to_reruns_than_it_saves() {
    check("azure/AzureLLMInferenceTrace_code.csv", [13, -59, 18]);
    check("azure/AzureLLMInferenceTrace_conv.csv", [11, -75, 13]);
    check("mooncake/conversation_trace.jsonl.gz", [5, -66, 7]);
}

/// A log of calls to one type: seconds, conversation, input, output.
fn log(call_type: &str, calls: &[(u64, &str, u64, u64)]) -> String {
    let line = |(second, conversation, input, output): &(u64, &str, u64, u64)| {
        let time = 1_790_000_000_000 + second * 1_000;
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"{call_type}","conversation":"{conversation}","status":"ok","input_tokens":{input},"output_tokens":{output}}}"#
        )
    };
    calls.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn structured(call_type: &str, calls: &[(u64, &str, u64, u64)]) -> serde_json::Value {
    let folder = folder_with("usage.jsonl", log(call_type, calls));
    let plan = "[structured_output]\nschema_tokens = 0\n";
    std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
    json(folder.path(), &["simulate", "usage.jsonl", "--plan", "plan.toml"])
}

#[test]
fn repeats_of_an_answer_nobody_could_parse_disappear() {
    let calls =
        [(0, "a", 1_000, 50), (5, "a", 1_000, 50), (9, "a", 1_000, 40), (200, "a", 1_000, 40)];
    let report = structured("extract_invoice", &calls);
    let technique = &report["techniques"][0];
    assert_eq!(technique["evidence"], "replayed", "{technique}");
    assert!(technique.to_string().contains("2 of 4 calls repeat a failed parse"), "{technique}");
    // 2 x 1,000 tokens at 3 dollars a million, 90 at 15.
    assert_eq!(technique["standalone_usd"], "0.00735", "{technique}");
}

#[test]
fn a_chat_that_asks_twice_is_no_parse_failure() {
    let calls = [(0, "a", 1_000, 50), (5, "a", 1_000, 50)];
    let report = structured("chat", &calls);
    let technique = &report["techniques"][0];
    assert_eq!(technique["evidence"], "assumed", "{technique}");
    assert!(technique.to_string().contains("the log cannot show repeats"), "{technique}");
}
