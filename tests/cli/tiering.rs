//! Tiering from the outside: presets, labels, conversations by what came of them.

use super::support::{folder_with, json, run};

/// A log of calls with more fields each.
fn log(calls: impl IntoIterator<Item = (u64, String)>) -> tempfile::TempDir {
    let line = |(second, more): (u64, String)| {
        let time = 1_790_000_000_000 + second * 1_000;
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","input_tokens":1000,"output_tokens":200{more}}}"#
        )
    };
    folder_with("usage.jsonl", calls.into_iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn simulate(folder: &tempfile::TempDir, plan: &str) -> serde_json::Value {
    std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
    json(folder.path(), &["simulate", "usage.jsonl", "--plan", "plan.toml"])
}

fn exhibit<'a>(report: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let exhibits = report["exhibits"].as_array().expect("a list");
    exhibits.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn a_preset_routes_by_a_column_of_the_log() {
    let calls = [1, 3, 6, 9].map(|score| (score, format!(r#","difficulty":{score}"#)));
    let folder = log(calls);
    let report = json(folder.path(), &["simulate", "usage.jsonl", "--tier", "preset:difficulty"]);
    // One call each on Haiku, Gemini 3 Flash, Sonnet and Opus 4.7.
    let said = report["techniques"][0].to_string();
    assert!(said.contains("preset difficulty: by a score of difficulty"), "{said}");
    assert_eq!(report["techniques"][0]["calls_touched"], 3, "{said}");
}

#[test]
fn a_preset_is_refused_where_the_log_lacks_its_columns() {
    let folder = log([(0, String::new())]);
    let arguments = ["simulate", "usage.jsonl", "--tier", "preset:difficulty"];
    let refused = run(folder.path(), &arguments);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("no column `difficulty`"), "{}", refused.stderr);
    let unknown = run(folder.path(), &["simulate", "usage.jsonl", "--tier", "preset:hard"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("there are difficulty, kind_of_work"), "{}", unknown.stderr);
}

#[test]
fn labels_measure_quality_and_its_price() {
    // 100 calls on their own; the target's answer fails in 10 of them, the logged one never.
    let calls = (0..100).map(|at| {
        let other = at >= 10;
        (at, format!(r#","accepted":true,"label_model":{other}"#))
    });
    let report = simulate(&log(calls), "[model_tiering]\nshare = 1\nto = \"claude-haiku-4-5\"");
    let said = report["techniques"][0]["assumptions"].to_string();
    assert!(said.contains("measured on 100 pairs of labels: -10.0 points"), "{said}");
    assert!(said.contains("not shown to be no worse"), "{said}");
    assert!(!said.contains("unmeasured"), "{said}");
    let rows = exhibit(&report, "tiering_quality")["rows"].clone();
    // 100 calls at 0.6 cents, 100 accepted; 100 at 0.2 cents, 90 accepted.
    assert_eq!(rows[0]["cost_per_accepted_usd"], "0.006", "{rows}");
    assert_eq!(rows[1]["cost_per_accepted_usd"], "0.002222222222222222", "{rows}");
}

#[test]
fn conversations_that_never_convert_are_known_by_their_intensity() {
    // 3 of 20 conversations have ten calls each and never convert; the others have one each.
    let lost =
        (0..30).map(|at| (at, format!(r#","conversation":"l{}","converted":false"#, at % 3)));
    let won = (0..17).map(|at| (100 + at, format!(r#","conversation":"w{at}","converted":true"#)));
    let folder = log(lost.chain(won));
    let report = json(folder.path(), &["simulate", "usage.jsonl", "--tier", "preset:low_intent"]);
    assert_eq!(report["techniques"][0]["calls_touched"], 30, "{}", report["techniques"]);
    let row = exhibit(&report, "tiering_sessions")["rows"][0].clone();
    assert_eq!(row["sessions"], 3, "{row}");
    // Ten times as dear: (30/47 / (3/20)) / (17/47 / (17/20)).
    assert!(row["intensity"].to_string().trim_matches('"').starts_with("10"), "{row}");
}

#[test]
fn the_curve_has_four_steps_and_what_is_at_risk() {
    let folder = log((0..4).map(|at| (at, String::new())));
    let report = simulate(&folder, "[model_tiering]\nshare = 1\nto = \"claude-haiku-4-5\"");
    let rows = exhibit(&report, "tiering_curve")["rows"].as_array().expect("rows").clone();
    let read = |key: &str| rows.iter().map(|row| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(read("saved_usd"), ["0.004", "0.008", "0.012", "0.016"]);
    assert_eq!(read("at_risk_usd"), ["0.006", "0.012", "0.018", "0.024"]);
    assert_eq!(read("best_first_saved_usd"), ["0.004", "0.008", "0.012", "0.016"]);
}

#[test]
fn a_turn_cannot_select_what_is_read() {
    let folder = log([(0, r#","conversation":"a""#.to_owned())]);
    let refused = run(folder.path(), &["analyze", "usage.jsonl", "--where", "turn > 1"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("takes the whole log"), "{}", refused.stderr);
}

/// The log has no text of prompts, so that no call can match.
#[test]
fn a_preset_that_needs_prompts_is_refused_without_them() {
    let line = r#"{"model":"claude-sonnet-4-6","input_tokens":1000,"output_tokens":100}"#;
    let folder = folder_with("usage.jsonl", line);
    let report = json(folder.path(), &["simulate", "--tier", "preset:prompt_keywords"]);
    let tiering = &report["techniques"][0];
    assert_eq!(tiering["evidence"], "refused");
    assert!(tiering["evidence_note"].as_str().is_some_and(|note| note.contains("`prompt`")));
}
