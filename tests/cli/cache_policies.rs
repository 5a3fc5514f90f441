//! The table of cache policies on public traces and on logs with a known answer.

use serde_json::Value;

use super::support::{atto, folder_with, json, shared};

/// What the trace of conversations reads in all, in tokens, and at Sonnet's price.
const INPUT: i128 = 144_793_823;
const INPUT_COST: i128 = INPUT * 3_000_000_000_000;

fn table(report: &Value, name: &str) -> Vec<Value> {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let found = exhibits.iter().find(|exhibit| exhibit["name"] == name);
    let found = found.unwrap_or_else(|| panic!("there is no table {name}"));
    found["rows"].as_array().expect("rows").clone()
}

fn row<'a>(rows: &'a [Value], policy: &str, lifetime: &str) -> &'a Value {
    let is_it = |row: &&Value| {
        row["policy"] == policy && (lifetime.is_empty() || row["lifetime"] == lifetime)
    };
    rows.iter().find(is_it).unwrap_or_else(|| panic!("{policy} {lifetime}: {rows:?}"))
}

/// The policies over Mooncake's conversations at Sonnet's prices.
fn mooncake(settings: &str) -> Option<Value> {
    let trace = shared("traces/mooncake/conversation_trace.jsonl.gz")?;
    let plan = format!("[prompt_caching]\n{settings}");
    let folder = folder_with("plan.toml", plan);
    let arguments = [
        "simulate",
        trace.to_str().expect("text"),
        "--assume-model",
        "claude-sonnet-4-6",
        "--as-of",
        "2026-10-01",
        "--plan",
        "plan.toml",
    ];
    Some(json(folder.path(), &arguments))
}

/// What the input costs for one without a cache, in millionths.
fn input_ratio(saved: &Value) -> i128 {
    (INPUT_COST - atto(saved)) * 1_000_000 / INPUT_COST
}

fn check_ratio(rows: &[Value], policy: &str, lifetime: &str, expected: i128) {
    let found = input_ratio(&row(rows, policy, lifetime)["saved_usd"]);
    assert!((found - expected).abs() <= 1, "{policy} {lifetime}: {found} for {expected}");
}

/// The rule of the reference: no minimum, and what one call wrote the next can read. Caching
/// everything for an hour then costs 1.29 times the input without a cache, and nothing could cost
/// less than 74.6 % of it.
#[test]
fn without_a_minimum_policies_cost_what_the_reference_says() {
    let settings = "policy = \"replay\"\nttl = \"1h\"\nmin_tokens = 0\nfirst_token_ms = 0";
    let Some(report) = mooncake(settings) else { return };
    let rows = table(&report, "cache_policies");
    check_ratio(&rows, "replay", "5 min", 912_604);
    check_ratio(&rows, "replay", "1 h", 1_290_114);
    check_ratio(&rows, "oracle", "", 745_714);
    let loss = atto(&report["projected_usd"]) - atto(&report["baseline_usd"]);
    assert_eq!(input_ratio(&Value::from(format!("-{}", decimal(loss)))), 1_290_114);
    let warned = report["warnings"].to_string();
    assert!(warned.contains("costs more than it saves"), "{warned}");
}

/// With Anthropic's minimum of 1,024 tokens: a moving breakpoint finds 24.2 % of the input, all
/// blocks together would find 26.4 %.
#[test]
fn a_moving_breakpoint_finds_less_than_a_cache_of_blocks() {
    let Some(report) = mooncake("policy = \"auto_last\"") else { return };
    let rows = table(&report, "cache_policies");
    let read = |policy| row(&rows, policy, "5 min")["read_tokens"].as_i64().expect("a count");
    let share = |policy| i128::from(read(policy)) * 1_000_000 / INPUT;
    assert_eq!([share("auto_last"), share("replay")], [241_887, 263_667]);
    check_ratio(&rows, "auto_last", "5 min", 965_054);
    // Who knows the future waits two seconds like the others.
    check_ratio(&rows, "oracle", "", 750_108);
    // What the table says is what the plan then costs.
    let auto_last = row(&rows, "auto_last", "5 min");
    assert_eq!(auto_last["cost_usd"], report["projected_usd"]);
}

/// A decimal of 10⁻¹⁸ dollars.
fn decimal(atto: i128) -> String {
    format!("{}.{:018}", atto / 1_000_000_000_000_000_000, atto % 1_000_000_000_000_000_000)
}

/// Calls of one type with a shared prompt at these seconds.
fn calls(seconds: &[u64], prompt: u64) -> String {
    let call = |second: &u64| {
        let time = 1_790_000_000_000 + second * 1_000;
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"review","input_tokens":{prompt},"output_tokens":0}}"#
        )
    };
    seconds.iter().map(call).collect::<Vec<_>>().join("\n")
}

fn simulated(log: &str, arguments: &[&str]) -> Value {
    let folder = folder_with("usage.jsonl", log);
    json(folder.path(), &[&["simulate"], arguments].concat())
}

/// Renewal gaps of four minutes and half an hour, so many short ones to each long one.
fn two_point(short: usize) -> Vec<u64> {
    let mut now = 0;
    let gaps = (0..1_000).map(|call| if call % (short + 1) == 0 { 1_800 } else { 240 });
    gaps.map(|gap| {
        now += gap;
        now
    })
    .collect()
}

/// `r F + w (1 - F)`: with one short gap in two, 5 minutes cost 0.675 of the prompt and an hour
/// 0.1; with gaps of 20 minutes only, 5 minutes cost more than nothing at all.
#[test]
fn gaps_of_two_lengths_cost_what_the_closed_form_says() {
    let price = 8_000 * 3_000_000_000_000_i128;
    let cost = |short, ttl| {
        let arguments = ["--cache", "system_only", "--cache-ttl", ttl];
        atto(&simulated(&calls(&two_point(short), 8_000), &arguments)["projected_usd"])
    };
    assert_eq!(cost(1, "5m"), price * (500 * 125 + 500 * 10) / 100);
    assert_eq!(cost(3, "5m"), price * (250 * 125 + 750 * 10) / 100);
    assert_eq!(cost(1, "1h"), price * (200 + 999 * 10) / 100);
}

/// An hour beats five minutes iff `1.9 F60 - 1.15 F5 > 0.75`, with Anthropic's prices. Here every
/// gap is within the hour: iff less than all are within five minutes.
#[test]
fn the_best_lifetime_is_found_for_each_call_type() {
    let best = |seconds: &[u64]| {
        let log = calls(seconds, 8_000);
        let report = simulated(&log, &["--cache", "replay", "--cache-ttl", "best"]);
        let rows = table(&report, "cache_lifetimes");
        rows[0]["best"].as_str().expect("words").to_owned()
    };
    assert_eq!(best(&two_point(1)), "1 h");
    assert_eq!(best(&[0, 60, 120, 180]), "5 min");
    assert_eq!(best(&[0, 7_200, 14_400]), "do not cache");
}

/// Above a share of 21.7 % of uses that are followed by another within five minutes, writing pays:
/// the first half of the log teaches it and the second has the breakpoints.
#[test]
fn selective_caching_starts_at_the_break_even_share() {
    let saved = |short_of_hundred: u64| {
        let mut now = 0;
        let log = (0..2_000_u64).map(|call| {
            now += if call % 100 < short_of_hundred { 60 } else { 3_600 };
            now
        });
        let log: Vec<u64> = log.collect();
        let report = simulated(&calls(&log, 8_000), &["--cache", "selective"]);
        atto(&report["baseline_usd"]) - atto(&report["projected_usd"])
    };
    let price = 8_000 * 3_000_000_000_000_i128 / 100;
    assert_eq!(saved(21), 0);
    // In the second half, 219 of 1,000 calls read and 781 write: nothing was written before it.
    assert_eq!(saved(22), price * (100_000 - 219 * 10 - 781 * 125));
}

/// Ten calls at once write ten times; one call ahead of them would save nine writes less nine reads.
#[test]
fn a_call_ahead_of_a_burst_is_advised_and_not_counted() {
    let report = simulated(&calls(&[0; 10], 8_000), &["--cache", "replay"]);
    let rows = table(&report, "cache_warm_up");
    let price = 8_000 * 3_000_000_000_000_i128;
    assert_eq!(atto(&rows[0]["saved_usd"]), 9 * price * 115 / 100);
    assert_eq!(atto(&report["projected_usd"]), price * 125 / 10);
}

/// Gaps of 13 minutes: two pings at 4.5 minutes bridge each.
#[test]
fn pings_are_advised_where_they_cost_less_than_writing_anew() {
    let seconds: Vec<u64> = (0..11).map(|call| call * 780).collect();
    let report = simulated(&calls(&seconds, 8_000), &["--cache", "replay"]);
    let rows = table(&report, "cache_keep_alive");
    assert_eq!([&rows[0]["gaps"], &rows[0]["bridged"], &rows[0]["pings"]], [10, 10, 20]);
    let read = 8_000 * 300_000_000_000_i128;
    let ping = read + 16 * 3_000_000_000_000 + 15_000_000_000_000;
    let write = 8_000 * 3_750_000_000_000_i128;
    assert_eq!(atto(&rows[0]["foreseen_usd"]), 10 * (write - read - 2 * ping));
    // Beyond an hour no number of pings pays.
    let rare = simulated(&calls(&[0, 3_700, 7_400], 8_000), &["--cache", "replay"]);
    assert_eq!(table(&rare, "cache_keep_alive")[0]["bridged"], 0);
}

/// A log whose counters show half of what its breakpoints allow: policies find half, at best all.
#[test]
fn counters_correct_what_policies_find() {
    let call = |place: u64| {
        let time = 1_790_000_000_000 + place * 60_000;
        let (read, written) = if place.is_multiple_of(2) { (0, 8_000) } else { (8_000, 0) };
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"review","input_tokens":100,"cache_read_tokens":{read},"cache_write_5m_tokens":{written},"output_tokens":0}}"#
        )
    };
    let log = (0..101).map(call).collect::<Vec<_>>().join("\n");
    let report = simulated(&log, &["--cache", "system_only", "--cacheable", "8000"]);
    let rows = table(&report, "cache_calibration");
    assert_eq!(rows[0]["observed_read_tokens"], 50 * 8_000);
    assert_eq!(rows[0]["simulated_read_tokens"], 100 * 8_000);
    // Expected: one write, then half of the reads; at the high end all of them are.
    let [read, written] = [8_000 * 300_000_000_000_i128, 8_000 * 3_750_000_000_000];
    let plain = 101 * 100 * 3_000_000_000_000;
    assert_eq!(atto(&report["projected_usd"]), plain + written + 50 * read + 50 * written);
    let high = plain + written + 100 * read;
    let saved_high = atto(&report["baseline_usd"]) - high;
    assert_eq!(atto(&report["saved_high_usd"]), saved_high, "{report}");
    assert!(report["warnings"].to_string().contains("less is read than"), "{report}");
    let trusting = ["--cache", "system_only", "--cacheable", "8000", "--plan", "plan.toml"];
    let folder = folder_with("usage.jsonl", log);
    std::fs::write(
        folder.path().join("plan.toml"),
        "[prompt_caching]\npolicy = \"replay\"\ncalibrate = false",
    )
    .expect("writes");
    let report = json(folder.path(), &[&["simulate"], &trusting[..]].concat());
    assert_eq!(atto(&report["projected_usd"]), high);
}

/// Nothing is cached twice or lost: the log as it was billed is told beside all policies, and `off`
/// is what it costs without any cache.
#[test]
fn off_is_the_log_without_its_cache() {
    let log = r#"{"time":1790000000000,"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"a","input_tokens":100,"cache_read_tokens":8000,"cache_write_5m_tokens":1000,"output_tokens":0}"#;
    let report = simulated(log, &["--cache", "off"]);
    assert_eq!(atto(&report["projected_usd"]), 9_100 * 3_000_000_000_000);
    let rows = table(&report, "cache_policies");
    assert_eq!(row(&rows, "as billed", "")["cost_usd"], report["baseline_usd"]);
    assert_eq!(row(&rows, "off", "")["cost_usd"], report["projected_usd"]);
}
