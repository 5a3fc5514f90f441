//! Logs of coding agents that nobody here wrote: format, calls and tokens as the reference has them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{folder_with, json, project, run, shared};

/// Calls, then tokens: uncached input, read from the cache, written to it, output with reasoning,
/// reasoning.
type Counts = (u64, [u64; 5]);

const SAMPLES: &[(&[&str], &str, Counts)] = &[
    (&["codex/ccusage_session_alpha.jsonl"], "codex", (2, [2_750, 750, 0, 425, 275])),
    (&["codex/toktrack_sample_session.jsonl"], "codex", (2, [400, 100, 0, 200, 0])),
    (&["codex/rollout_v0.156.1_subagent_cut.jsonl"], "codex", (1, [8_973, 7_808, 0, 23, 0])),
    (&["codex/agentsview_traex_rollout_subagent.jsonl"], "codex", (1, [600, 3_600, 0, 180, 64])),
    (&["codex/exec_json_turn_completed.jsonl"], "codex-exec", (1, [5_780, 1_792, 0, 25, 0])),
    (
        &["gemini-cli/real_session_2026-01_cut.json"],
        "gemini-cli",
        (31, [126_066, 927_523, 0, 29_350, 7_489]),
    ),
    (
        &["gemini-cli/agent-sessions_jsonl_v040.jsonl"],
        "gemini-cli",
        (2, [12_422, 11_502, 0, 228, 0]),
    ),
    (&["gemini-cli/toktrack_session-abc123.json"], "gemini-cli", (2, [280, 70, 0, 330, 130])),
    (&["qwen-code/splitrail_qwen_code.jsonl"], "qwen-code", (2, [1_050, 50, 0, 25, 0])),
    (
        &["opencode/toktrack_msg_001.json", "opencode/toktrack_msg_002.json"],
        "opencode",
        (2, [3_000, 300, 150, 1_450, 150]),
    ),
    (&["cursor/usage_events_export.csv"], "cursor", (2, [9_038, 172_855, 28_342, 22_894, 0])),
    (&["cursor/usage_events_export_old_header.csv"], "cursor", (2, [5, 0, 10, 20, 0])),
    (&["cursor/admin_filtered_usage_events.json"], "cursor-events", (2, [1_276, 8_909, 4, 585, 0])),
    (&["copilot/cli_events_small.jsonl"], "copilot", (2, [100, 5, 0, 15, 0])),
    (&["copilot/ai_credits.csv"], "copilot-billing", (1, [100, 1_000, 0, 50, 0])),
    (&["aider/sample-analytics.jsonl"], "aider", (107, [2_484_349, 0, 0, 45_772, 0])),
    (&["cline/ui_messages_doc_example.json"], "cline", (1, [10, 0, 0, 20, 0])),
    // 22 calls of turns and one compaction.
    (&["kimi-code/wire_usage_lines.jsonl"], "kimi-code", (23, [30_174, 661_504, 0, 5_515, 0])),
    // Two steps of seven and six attempts, all but the last of which are known to have failed.
    (&["kimi-code/wire_retries.jsonl"], "kimi-code", (11, [0; 5])),
];

fn counts(report: &Value) -> Counts {
    let totals = &report["totals"];
    let classes = ["input", "cache_read", "cache_write_5m", "output", "reasoning"];
    let count = |class: &str| totals["tokens"][class].as_u64().expect("a count");
    (totals["calls"].as_u64().expect("a count"), classes.map(count))
}

fn analyze(folder: &Path, names: &[&str], more: &[&str]) -> Value {
    let paths: Vec<_> =
        names.iter().map(|name| folder.join(name).to_str().expect("text").to_owned()).collect();
    let paths = paths.iter().map(String::as_str);
    let arguments: Vec<_> = ["analyze"].into_iter().chain(paths).chain(more.to_vec()).collect();
    json(project(), &arguments)
}

#[test]
fn samples_of_agents_have_the_calls_and_tokens_of_the_reference() {
    let Some(folder) = shared("samples") else { return };
    for (names, format, expected) in SAMPLES {
        let report = analyze(&folder, names, &[]);
        assert_eq!(counts(&report), *expected, "{names:?}");
        assert_eq!(report["totals"]["tokens"]["cache_write_1h"], 0, "{names:?}");
        for file in report["input"]["by_file"].as_array().expect("a list") {
            assert_eq!(file["format"], *format, "{names:?}");
        }
    }
}

#[test]
fn costs_in_samples_of_agents_are_kept_as_logged() {
    let Some(folder) = shared("samples") else { return };
    for (name, expected) in [
        ("aider/sample-analytics.jsonl", "5.305332"),
        ("cursor/usage_events_export.csv", "0.22"),
        ("cursor/admin_filtered_usage_events.json", "0.1566"),
        ("opencode/toktrack_msg_002.json", "0.12"),
        ("cline/ui_messages_doc_example.json", "0.005"),
        ("claude-code/ccusage_chat_alpha.jsonl", "1.02"),
    ] {
        let report = analyze(&folder, &[name], &["--cost-mode", "logged"]);
        let found = report["totals"]["logged"]["cost_usd"].as_str().expect("an amount");
        assert!(found.starts_with(expected), "{name}: {found}");
    }
}

#[test]
fn samples_without_usage_say_so() {
    let Some(folder) = shared("samples") else { return };
    for (name, part) in [
        ("copilot/billing_expanded.csv", "premium requests, not tokens"),
        ("copilot/premium_requests_header_only.csv", "count requests, not tokens"),
        ("opencode/toktrack_msg_003_no_tokens.json", "none of its records is a call"),
        ("gemini-cli/agentsview_tool_calls.json", "none of its records is a call"),
    ] {
        let path = folder.join(name);
        let run = run(project(), &["analyze", path.to_str().expect("text")]);
        assert_eq!(run.code, Some(3), "{name}");
        assert!(run.stderr.contains(part), "{name}: {}", run.stderr);
    }
}

/// The events with usage of a Codex session: totals so far, and the last call's.
fn events(path: &Path) -> Vec<(Value, Value)> {
    let text = fs::read_to_string(path).expect("reads");
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let usage = |record: Value| {
        let info = &record["payload"]["info"];
        info.is_object()
            .then(|| (info["total_token_usage"].clone(), info["last_token_usage"].clone()))
    };
    records.filter_map(usage).collect()
}

fn last_total(event: &(Value, Value)) -> u64 {
    event.1["total_tokens"].as_u64().expect("a count")
}

/// A child repeats the events of its parent. Counted once, the last calls' totals add up to what
/// the reference says; where the session's total did not grow, nothing was used, and that is all
/// that is missing here.
#[test]
fn forked_codex_sessions_count_their_parents_once() {
    let Some(folder) = shared("traces/codexbar") else { return };
    for (name, naive, reference, copies) in [
        ("live-fork-4d90-52bf", 52_068_085, 26_938_802, 180),
        ("archived-fork-33ce-3869", 28_785_455, 15_352_834, 135),
    ] {
        let folder = folder.join(name);
        let [parent, child] =
            ["parent.jsonl", "child.jsonl"].map(|name| events(&folder.join(name)));
        assert_eq!(child[..copies], parent[..], "{name}");
        assert_eq!(parent.iter().chain(&child).map(last_total).sum::<u64>(), naive);
        let once: Vec<_> = parent.iter().chain(&child[copies..]).collect();
        assert_eq!(once.iter().map(|event| last_total(event)).sum::<u64>(), reference);
        let still = once.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let still: u64 = still.map(|pair| last_total(pair[1])).sum();
        // In either order, and given twice.
        for files in [
            &["parent.jsonl", "child.jsonl"][..],
            &["child.jsonl", "parent.jsonl"],
            &["child.jsonl", "parent.jsonl", "child.jsonl"],
        ] {
            let report = analyze(&folder, files, &[]);
            let (calls, [input, read, written, output, _]) = counts(&report);
            assert_eq!(input + read + written + output + still, reference, "{name}: {files:?}");
            let grown = once.windows(2).filter(|pair| pair[0].0 != pair[1].0).count() + 1;
            assert_eq!(calls, grown as u64, "{name}: {files:?}");
        }
    }
}

/// Two children of a parent that is not there share 135 events.
#[test]
fn siblings_count_what_they_share_once() {
    let Some(folder) = shared("traces/codexbar/missing-parent-siblings") else { return };
    let names = ["sibling-a.jsonl", "sibling-b.jsonl"];
    let [a, b] = names.map(|name| events(&folder.join(name)));
    assert_eq!(a[..135], b[..135]);
    let own = |events: &[(Value, Value)]| {
        let pairs = events[134..].windows(2).filter(|pair| pair[0].0 != pair[1].0);
        pairs.map(|pair| last_total(&pair[1])).sum::<u64>()
    };
    let shared_total = a[134].0["total_tokens"].as_u64().expect("a count");
    let (_, [input, read, written, output, _]) = counts(&analyze(&folder, &names, &[]));
    assert_eq!(input + read + written + output, shared_total + own(&a) + own(&b));
}

/// Rows of a printed stream, and the result that sums them up.
#[test]
fn the_result_of_a_printed_stream_is_not_counted_beside_its_rows() {
    let usage = r#"{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":5}"#;
    let lines = format!(
        "{}\n{}\n{}\n",
        r#"{"type":"system","subtype":"init","session_id":"s","model":"claude-sonnet-4-5"}"#,
        format_args!(
            r#"{{"type":"assistant","session_id":"s","message":{{"id":"msg_1","model":"claude-sonnet-4-5","usage":{usage}}}}}"#
        ),
        format_args!(
            r#"{{"type":"result","session_id":"s","total_cost_usd":1,"usage":{usage},"modelUsage":{{"claude-sonnet-4-5":{{"inputTokens":10,"cacheReadInputTokens":90,"outputTokens":5}}}}}}"#
        ),
    );
    let folder = folder_with("stream.jsonl", lines);
    let report = analyze(folder.path(), &["stream.jsonl"], &[]);
    assert_eq!(counts(&report), (1, [10, 90, 0, 5, 0]));
    assert_eq!(report["input"]["by_file"][0]["format"], "claude-code");
}
