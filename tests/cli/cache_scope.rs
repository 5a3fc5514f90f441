//! Which caches are apart, and when they are lost: workspaces, age, too many requests.

use serde_json::Value;

use super::support::{atto, folder_with, json};

const PLAN: &str = "[prompt_caching]\npolicy = \"system_only\"\ncacheable = 2048\nhit_prob = \"1\"\n\
                    first_token_ms = 0\n";

fn simulated(log: &str) -> Value {
    let folder = folder_with("usage.jsonl", log);
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("writes");
    json(folder.path(), &["simulate", "usage.jsonl", "--plan", "plan.toml"])
}

/// Calls with a prompt of 2,048 tokens that all share, so many milliseconds apart.
fn calls(count: u64, start: u64, gap: u64, rest: &dyn Fn(u64) -> String) -> String {
    let call = |place: u64| {
        let time = start + place * gap;
        let rest = rest(place);
        format!(
            r#"{{"time":{time},"call_type":"review","input_tokens":2048,"output_tokens":0,{rest}}}"#
        )
    };
    (0..count).map(call).collect::<Vec<_>>().join("\n")
}

/// What is paid for 2,048 tokens at Sonnet's prices when so many prompts are written and read.
fn sonnet(written: i128, read: i128) -> i128 {
    2_048 * (written * 3_750_000_000_000 + read * 300_000_000_000)
}

#[test]
fn workspaces_of_anthropic_have_caches_of_their_own() {
    let check = |start: u64, rest: &str, column: &str, written: i128| {
        let log =
            calls(10, start, 60_000, &|place| format!(r#"{rest},"{column}":"w{}""#, place % 2));
        let cost = atto(&simulated(&log)["projected_usd"]);
        let tenths = if rest.contains("bedrock") { 11 } else { 10 };
        assert_eq!(cost * 10, tenths * sonnet(written, 10 - written), "{start} {rest} {column}");
    };
    let autumn = 1_790_000_000_000;
    check(autumn, r#""provider":"anthropic","model":"claude-sonnet-4-6""#, "workspace_id", 2);
    check(autumn, r#""provider":"anthropic","model":"claude-sonnet-4-6""#, "workspace", 2);
    check(autumn, r#""provider":"anthropic","model":"claude-sonnet-4-6""#, "team", 1);
    // On other clouds, and until 2026-02-05, they share those of the organisation; regions of
    // Bedrock cost a tenth more.
    check(autumn, r#""provider":"bedrock","model":"claude-sonnet-4-6""#, "workspace", 1);
    check(
        1_770_000_000_000,
        r#""provider":"anthropic","model":"claude-sonnet-4-5""#,
        "workspace",
        1,
    );
}

/// GPT-5 mini keeps an entry for an hour at most: calls every four minutes read it 15 times, and the
/// one after writes anew.
#[test]
fn an_entry_dies_of_age_however_often_it_is_read() {
    let log = calls(26, 1_790_000_000_000, 240_000, &|_| {
        r#""provider":"openai","model":"gpt-5-mini""#.to_owned()
    });
    let report = simulated(&log);
    let saved = atto(&report["baseline_usd"]) - atto(&report["projected_usd"]);
    assert_eq!(saved, 24 * 2_048 * 225_000_000_000);
}

/// Sixty requests a minute for one prompt go to four machines at the low end: four cold starts.
#[test]
fn too_many_requests_spill_to_machines_with_caches_of_their_own() {
    let check = |gap: u64, machines: i128| {
        let log = calls(300, 1_790_000_040_000, gap, &|_| {
            r#""provider":"openai","model":"gpt-5-mini""#.to_owned()
        });
        let report = simulated(&log);
        let hit = 2_048 * 225_000_000_000;
        let saved = atto(&report["baseline_usd"]) - atto(&report["projected_usd"]);
        assert_eq!(saved, 299 * hit, "{gap}");
        assert_eq!(atto(&report["saved_low_usd"]), (300 - machines) * hit, "{gap}");
    };
    check(1_000, 4);
    check(3_000, 2);
    check(4_000, 1);
}
