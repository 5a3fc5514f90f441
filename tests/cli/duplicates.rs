//! Copies of a call: left out, unless the user says that they are none.

use super::support::{folder_with, json, run};

const CALL: &str = r#"{"time":"2026-10-01T10:00:00Z","model":"gpt-4o","call_type":"chat","request_id":"request-1","input_tokens":1000,"output_tokens":10}"#;

/// The calls, the copies that were left out, and whether copies count.
fn check(arguments: &[&str], expected: (u64, u64, Option<bool>)) {
    let log = format!("{CALL}\n{CALL}\n{CALL}\n");
    let folder = folder_with("log.jsonl", &log);
    let mut all = vec!["analyze", "log.jsonl"];
    all.extend(arguments);
    let report = json(folder.path(), &all);
    let input = &report["input"];
    let count = |value: &serde_json::Value| value.as_u64().expect("a count");
    let found = (
        count(&report["totals"]["calls"]),
        count(&input["duplicates"]),
        input.get("keeps_duplicates").and_then(serde_json::Value::as_bool),
    );
    assert_eq!(found, expected, "{arguments:?}");
}

#[test]
fn copies_count_where_the_user_says_so() {
    check(&[], (1, 2, None));
    check(&["--keep-duplicates"], (3, 0, Some(true)));
}

#[test]
fn a_report_says_that_copies_were_not_looked_for() {
    let folder = folder_with("log.jsonl", format!("{CALL}\n"));
    let out = run(folder.path(), &["analyze", "log.jsonl", "--keep-duplicates"]);
    let said = "copies of calls were not looked for (--keep-duplicates)";
    assert!(out.stdout.contains(said), "{}", out.stdout);
}
