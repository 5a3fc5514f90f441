//! The same input gives the same bytes, whatever the threads, the twin or the order of files.

use super::support::{json, project, run};

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let simulate =
        ["simulate", "fixtures/usage.jsonl", "--cache-hit", "0.9", "--batch", "report", "--json"];
    for arguments in [&["analyze", "fixtures/usage.jsonl", "--json"][..], &simulate] {
        let with = |threads| run(project(), &[arguments, &["--threads", threads]].concat());
        let (one, many) = (with("1"), with("7"));
        assert_eq!(one.code, Some(0), "{}", one.stderr);
        assert_eq!(one.stdout, many.stdout);
    }
}

#[test]
fn the_twins_of_the_sample_month_cost_the_same_alone_and_together() {
    let cost = |files: &[&str]| {
        let report = json(project(), &[&["analyze"], files].concat());
        (report["totals"]["cost_usd"].clone(), report["totals"]["tokens"].clone())
    };
    let plain = cost(&["fixtures/usage.jsonl"]);
    assert_eq!(plain, cost(&["fixtures/usage.csv"]));
    assert_eq!(plain, cost(&["fixtures/usage.jsonl.gz"]));
    assert_eq!(
        plain,
        cost(&["fixtures/usage.csv", "fixtures/usage.jsonl.gz", "fixtures/usage.jsonl"])
    );
}

#[test]
fn the_sample_month_costs_what_was_derived_independently() {
    let expected =
        std::fs::read_to_string(project().join("fixtures/expected.json")).expect("reads");
    let expected: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
    let report = json(project(), &["analyze", "fixtures/usage.jsonl", "--top", "0"]);
    assert_eq!(report["totals"]["cost_usd"], expected["totals"]["cost_usd"]);
    for class in ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning"]
    {
        assert_eq!(
            report["totals"]["tokens"][class], expected["totals"]["tokens"][class],
            "{class}"
        );
    }
    let groups = report["groups"].as_array().expect("a list");
    for wanted in expected["by_model_and_call_type"].as_array().expect("a list") {
        let same = |group: &&serde_json::Value| {
            ["model", "call_type"].iter().all(|column| group["key"][column] == wanted[column])
        };
        let group = groups.iter().find(same).unwrap_or_else(|| panic!("{wanted}"));
        assert_eq!(group["calls"], wanted["calls"], "{wanted}");
        if wanted["model"] != "acme-large-2" {
            assert_eq!(group["cost_usd"], wanted["cost_usd"], "{wanted}");
        }
    }
}
