//! Why one period costs other than another, against figures worked out apart from the program.

use serde_json::Value;

use super::support::{atto, folder_with, json, parse, run};

/// Two models; the dear one gets cheaper on the sixth of October.
const TABLE: &str = r#"
[provider]
id = "acme"
[[model]]
id = "acme-small"
tokenizer = "o200k"
[[model.period]]
source = "https://acme.example/pricing"
checked_on = "2026-11-10"
prices = { input = "1", output = "5" }
[[model]]
id = "acme-large"
tokenizer = "o200k"
[[model.period]]
to = "2026-10-06T00:00:00Z"
source = "https://acme.example/pricing"
checked_on = "2026-11-10"
prices = { input = "3", cache_read = "0.3", output = "15" }
[[model.period]]
from = "2026-10-06T00:00:00Z"
source = "https://acme.example/pricing"
checked_on = "2026-11-10"
prices = { input = "2.5", cache_read = "0.25", output = "12.5" }
"#;

/// 1,000 calls on the fifth of October, 1,200 on the sixth.
const LOG: &str = r#"
{"time":"2026-10-05T12:00:00Z","provider":"acme","model":"acme-small","call_type":"chat","calls":800,"input_tokens":800000,"output_tokens":160000}
{"time":"2026-10-05T13:00:00Z","provider":"acme","model":"acme-large","call_type":"code","calls":200,"input_tokens":1000000,"output_tokens":160000}
{"time":"2026-10-06T12:00:00Z","provider":"acme","model":"acme-small","call_type":"chat","calls":720,"input_tokens":792000,"output_tokens":144000}
{"time":"2026-10-06T13:00:00Z","provider":"acme","model":"acme-large","call_type":"code","calls":480,"input_tokens":2400000,"output_tokens":480000}
"#;

const AT: [&str; 5] = ["analyze", "--prices", "acme.toml", "--compare-at", "2026-10-06"];

fn folder(log: &str) -> tempfile::TempDir {
    let folder = folder_with("usage.jsonl", log.trim_start());
    std::fs::write(folder.path().join("acme.toml"), TABLE).expect("writes");
    folder
}

fn compared(log: &str, more: &[&str]) -> Value {
    json(folder(log).path(), &[&AT, more].concat())
}

fn rows<'r>(report: &'r Value, name: &str) -> &'r [Value] {
    let mut tables = report["exhibits"].as_array().expect("a list").iter();
    let table = tables.find(|table| table["name"] == name).expect("the table");
    table["rows"].as_array().expect("rows")
}

/// The change that each effect makes.
fn check(report: &Value, expected: &[(&str, &str)]) {
    for row in rows(report, "cost_change") {
        let name = row["effect"].as_str().expect("a name");
        let amount = expected.iter().find(|(effect, _)| *effect == name);
        let amount = amount.map_or("0", |(_, amount)| *amount);
        assert_eq!(atto(&row["change_usd"]), parse(amount), "{name}");
    }
}

#[test]
fn a_change_is_shared_out_over_what_changed() {
    let report = compared(LOG, &[]);
    check(
        &report,
        &[
            ("calls a day", "1.845"),
            ("mix of models and call types", "5.280333333333333333"),
            ("input tokens a call", "0.076666666666666667"),
            ("output tokens a call", "0.905"),
            ("prices", "-1.595"),
            ("all", "6.512"),
        ],
    );
    let [before, after] = rows(&report, "cost_change_periods") else { panic!("two periods") };
    assert_eq!(
        (atto(&before["cost_usd"]), atto(&after["cost_usd"])),
        (parse("7"), parse("13.512"))
    );
    let groups = rows(&report, "cost_change_groups");
    assert_eq!(groups[0]["model"], "acme-large");
    for (column, label) in [
        ("change_usd", "all"),
        ("calls_usd", "calls a day"),
        ("mix_usd", "mix of models and call types"),
        ("output_tokens_usd", "output tokens a call"),
        ("price_usd", "prices"),
    ] {
        let sum: i128 = groups.iter().map(|row| atto(&row[column])).sum();
        let effect = rows(&report, "cost_change").iter().find(|row| row["effect"] == label);
        assert_eq!(sum, atto(&effect.expect("an effect")["change_usd"]), "{column}");
    }
}

#[test]
fn at_one_days_prices_prices_change_nothing() {
    let report = compared(LOG, &["--as-of", "2026-10-05"]);
    let price = rows(&report, "cost_change").iter().find(|row| row["effect"] == "prices");
    assert_eq!(atto(&price.expect("a row")["change_usd"]), 0);
}

#[test]
fn a_lane_is_mix_and_no_price() {
    let day = |day: u32, tier: &str| {
        format!(
            "{{\"time\":\"2026-10-0{day}T12:00:00Z\",\"provider\":\"anthropic\",\
             \"model\":\"claude-sonnet-4-6\",\"call_type\":\"chat\",\"service_tier\":\"{tier}\",\
             \"input_tokens\":1000000,\"output_tokens\":0}}\n"
        )
    };
    let report = compared(&(day(5, "standard") + &day(6, "batch")), &[]);
    check(&report, &[("mix of models and call types", "-1.5"), ("all", "-1.5")]);
    assert_eq!(rows(&report, "cost_change_groups")[0]["period"], "both");
}

#[test]
fn a_first_read_from_the_cache_counts_at_the_list_prices_of_both_periods() {
    let call = |day: u32, input: u32, read: u32| {
        format!(
            "{{\"time\":\"2026-10-0{day}T12:00:00Z\",\"provider\":\"acme\",\
             \"model\":\"acme-large\",\"input_tokens\":{input},\"cache_read_tokens\":{read},\
             \"output_tokens\":0}}\n"
        )
    };
    let report = compared(&(call(5, 1_000_000, 0) + &call(6, 0, 1_000_000)), &[]);
    // 3 to 0.3 and 2.5 to 0.25; 3 to 2.5 and 0.3 to 0.25.
    check(&report, &[("use of the cache", "-2.475"), ("prices", "-0.275"), ("all", "-2.75")]);
}

#[test]
fn what_is_left_out_of_a_comparison_is_counted() {
    let more = "{\"provider\":\"acme\",\"model\":\"acme-large\",\"input_tokens\":5}\n\
                {\"time\":\"2026-10-06T12:00:00Z\",\"provider\":\"acme\",\"model\":\"acme-huge\",\
                \"input_tokens\":5}\n";
    let folder = folder(&(LOG.to_owned() + more));
    let page = run(folder.path(), &AT).stdout;
    assert!(page.contains("calls without a time, left out: 1"), "{page}");
    assert!(page.contains("after: calls without a known cost, left out: 1"), "{page}");
}

#[test]
fn what_the_log_alone_charges_stands_beside_the_effects() {
    let more = "{\"time\":\"2026-10-06T12:00:00Z\",\"provider\":\"acme\",\"model\":\"acme-huge\",\
                \"input_tokens\":5,\"cost_usd\":0.25}\n";
    let report = compared(&(LOG.to_owned() + more), &[]);
    let rows = rows(&report, "cost_change");
    let logged = rows.iter().find(|row| row["effect"] == "costs of the log itself");
    assert_eq!(atto(&logged.expect("a row")["change_usd"]), parse("0.25"));
    assert_eq!(atto(&rows[rows.len() - 1]["change_usd"]), parse("6.762"));
}

#[test]
fn a_day_that_leaves_nothing_to_compare_is_refused() {
    for (day, message) in [
        ("2026-10-05", "no call before has a price"),
        ("2026-10-07", "no call after has a price"),
        ("yesterday", "`yesterday` is no day"),
    ] {
        let folder = folder(LOG);
        let run = run(folder.path(), &[&AT[..4], &[day]].concat());
        assert_eq!(run.code, Some(2), "{day}");
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}
