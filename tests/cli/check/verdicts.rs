//! What passes, fails or stays open besides a plain rise, and with which words.

use std::fs;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::super::support::{atto, parse, project};
use super::{ACME, checked, gate, judged, judgement, rewritten};

type Call = Map<String, Value>;

/// A folder with an old and a new log, made of the week before and of the one with longer answers.
fn folder(old: impl FnMut(usize, &mut Call), new: impl FnMut(usize, &mut Call)) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("writes");
    write("old.jsonl", &rewritten("before.jsonl.gz", old));
    write("new.jsonl", &rewritten("output.jsonl.gz", new));
    write("acme.toml", ACME);
    folder
}

fn unchanged(_: usize, _: &mut Call) {}

fn without_time(_: usize, call: &mut Call) {
    call.remove("time");
}

/// Another model for calls of which a question is true.
fn on_model(model: &'static str, which: fn(usize, &Call) -> bool) -> impl FnMut(usize, &mut Call) {
    move |place, call| {
        if which(place, call) {
            call.insert("provider".to_owned(), json!("acme"));
            call.insert("model".to_owned(), json!(model));
        }
    }
}

fn reason(document: &Value) -> &str {
    document["reason"].as_str().expect("a text")
}

#[test]
fn a_log_without_times_has_no_floor_and_no_days() {
    let folder = folder(without_time, without_time);
    let logs = ["old.jsonl", "new.jsonl"];
    // A floor that nothing could exceed does not hold where a month is not known.
    let failed = judged(folder.path(), 1, &[&logs[..], &["--min-impact", "1000000"]].concat());
    assert_eq!(failed["impact_usd_per_month"], Value::Null);
    let cautions = failed["cautions"].to_string();
    assert!(cautions.contains("--min-impact does not apply; --units-per-month"), "{cautions}");
    // With a volume it holds: 10 requests of 12 cents more are no million dollars.
    let volume = ["--min-impact", "1000000", "--units-per-month", "10"];
    let passed = judged(folder.path(), 0, &[&logs[..], &volume].concat());
    assert_eq!(passed["judgements"][0]["why"], "below_min_impact");

    let budgets = ["--threshold", "50%", "--budget", "50/day", "--budget", "900/month"];
    let open = judged(folder.path(), 0, &[&logs[..], &budgets].concat());
    assert_eq!(open["verdict"], "inconclusive");
    for limit in open["limits"].as_array().expect("a list") {
        assert_eq!(
            (&limit["verdict"], &limit["found_usd"]),
            (&json!("inconclusive"), &Value::Null)
        );
    }
    assert!(reason(&open).contains("the calls have no times, so the limit of $50.00 cannot be"));
    checked(folder.path(), 6, &[&logs[..], &budgets, &["--strict"]].concat());
}

#[test]
fn a_rise_of_few_dollars_a_month_does_not_fail() {
    let (before, output) = (gate("before.jsonl.gz"), gate("output.jsonl.gz"));
    let logs = [before.as_str(), output.as_str()];
    let with = |code, floor: &str| {
        judged(project(), code, &[&logs[..], &["--min-impact", floor]].concat())
    };
    // 2,533 requests in 7 days, each $0.023012604 dearer, for 30 days.
    let failed = with(1, "249");
    let impact = atto(&failed["impact_usd_per_month"]);
    let each =
        atto(&failed["judgements"][0]["after_usd"]) - atto(&failed["judgements"][0]["before_usd"]);
    assert_eq!(impact, each * 2533 * 30 / 7);
    let passed = with(0, "250");
    assert_eq!(passed["judgements"][0]["why"], "below_min_impact");
    assert!(reason(&passed).contains("comes to $249.82 a month and is below --min-impact"));
    // A volume of one's own is used instead of that of the log.
    let other = ["--min-impact", "250", "--units-per-month", "20000"];
    let failed = judged(project(), 1, &[&logs[..], &other].concat());
    assert_eq!(atto(&failed["impact_usd_per_month"]), each * 20_000);
}

#[test]
fn limits_hold_to_the_last_digit() {
    let before = gate("before.jsonl.gz");
    let with = |code, arguments: &[&str]| {
        judged(project(), code, &[&[before.as_str()], arguments].concat())
    };
    // $293.60752865 in 7 days for 2,437 requests; the dearest day is Monday.
    for (flag, within, over) in [
        ("--max-cost", "293.60752865", "293.60752864"),
        ("--max-cost-per-unit", "0.120479085", "0.120479084"),
        ("--max-cost-per-call", "0.120479085", "0.120479084"),
        ("--budget", "59.0551325/day", "59.0551324/day"),
        ("--budget", "1258.317980/month", "1258.317979/month"),
    ] {
        let passed = with(0, &[flag, within]);
        assert_eq!(passed["verdict"], "pass", "{flag} {within}");
        assert_eq!((&passed["ratio"], &passed["baseline"]), (&Value::Null, &Value::Null));
        let failed = with(1, &[flag, over]);
        assert_eq!(failed["limits"][0]["verdict"], "fail", "{flag} {over}");
        let allowed = parse(over.split('/').next().expect("an amount"));
        assert!(atto(&failed["limits"][0]["found_usd"]) > allowed);
        assert!(reason(&failed).contains("over the limit of $"), "{}", reason(&failed));
    }
    let both = with(1, &["--budget", "50/day", "--budget", "900/month", "--max-cost", "300"]);
    let verdicts: Vec<_> = both["limits"].as_array().expect("a list").iter().collect();
    let verdicts: Vec<_> = verdicts.iter().map(|one| &one["verdict"]).collect();
    assert_eq!(verdicts, ["pass", "fail", "fail"]);
    assert_eq!(both["limits"][1]["of"], "2026-10-05");
}

#[test]
fn a_limit_fails_beside_a_comparison_that_passes() {
    let (before, clean) = (gate("before.jsonl.gz"), gate("clean.jsonl.gz"));
    let failed = judged(project(), 1, &[&before, &clean, "--max-cost", "335.86"]);
    assert_eq!(judgement(&failed, "unit", "")["verdict"], "pass");
    assert_eq!(reason(&failed), "the log costs $335.861, over the limit of $335.860");
}

#[test]
fn calls_without_a_price_leave_a_pass_open_and_are_named() {
    let folder = folder(unchanged, |_, _| {});
    let half = rewritten("before.jsonl.gz", on_model("acme-7", |place, _| place % 2 == 0));
    fs::write(folder.path().join("half.jsonl"), half).expect("writes");
    let logs = ["old.jsonl", "half.jsonl"];
    let open = judged(folder.path(), 0, &logs);
    assert_eq!(open["verdict"], "inconclusive");
    let unpriced = json!([{ "model": "acme-7", "reason": "unknown-model", "calls": 1234 }]);
    assert_eq!(open["current"]["unpriced"], unpriced);
    assert!(reason(&open).contains("1,234 calls without a price"), "{}", reason(&open));
    let page = checked(folder.path(), 0, &logs);
    assert!(page.stdout.contains("acme-7  1,234  now  unknown model"), "{}", page.stdout);
    checked(folder.path(), 6, &[&logs[..], &["--strict"]].concat());
    // Somebody may say that so much is no matter.
    let allowed = judged(folder.path(), 0, &[&logs[..], &["--max-unpriced", "51%"]].concat());
    assert_eq!(allowed["verdict"], "pass");
}

#[test]
fn calls_without_a_price_do_not_hide_a_failure() {
    let new = on_model("acme-7", |place, call| place % 50 == 0 && call["call_type"] == "chat");
    let folder = folder(unchanged, new);
    let failed = judged(folder.path(), 1, &["old.jsonl", "new.jsonl"]);
    assert_eq!(failed["verdict"], "fail");
    assert!(reason(&failed).contains("mainly by output tokens a call"), "{}", reason(&failed));
}

/// Only the later log was asked, and the page did not even name the models.
#[test]
fn calls_without_a_price_in_the_old_log_leave_a_pass_open() {
    let folder = folder(on_model("acme-7", |place, _| place % 2 == 0), unchanged);
    fs::copy(gate("before.jsonl.gz"), folder.path().join("new.jsonl.gz")).expect("copies");
    let logs = ["old.jsonl", "new.jsonl.gz"];
    let open = judged(folder.path(), 0, &logs);
    assert_eq!(open["verdict"], "inconclusive");
    assert!(checked(folder.path(), 0, &logs).stdout.contains("acme-7"));
}

#[test]
fn records_that_could_not_be_read_are_counted_and_leave_a_pass_open() {
    let folder = folder(unchanged, unchanged);
    let clean = rewritten("clean.jsonl.gz", unchanged);
    let with = |broken: usize, arguments: &[&str]| {
        let text = format!("{clean}{}", "{\"time\": \"2026-10-1\n".repeat(broken));
        fs::write(folder.path().join("broken.jsonl"), text).expect("writes");
        let code = if arguments.is_empty() { 0 } else { 3 };
        checked(
            folder.path(),
            code,
            &[&["old.jsonl", "broken.jsonl", "--json"], arguments].concat(),
        )
    };
    let document =
        |broken| -> Value { serde_json::from_str(&with(broken, &[]).stdout).expect("JSON") };
    let few = document(3);
    assert_eq!((&few["verdict"], &few["current"]["skipped_records"]), (&json!("pass"), &json!(3)));
    let many = document(40);
    assert_eq!(many["verdict"], "inconclusive");
    assert!(reason(&many).contains("40 records that could not be read (1.2 % of this log)"));
    // As for every command, `--strict` wants every record.
    let strict = with(3, &["--strict"]).stderr;
    assert!(strict.contains("3 records were skipped"), "{strict}");
}

#[test]
fn one_conversation_says_nothing_about_others() {
    let one = |_: usize, call: &mut Call| {
        call.insert("conversation".to_owned(), json!("the only one"));
    };
    let folder = folder(one, one);
    let logs = ["old.jsonl", "new.jsonl"];
    let open = judged(folder.path(), 0, &logs);
    assert_eq!(open["verdict"], "inconclusive");
    assert_eq!(open["judgements"][0]["why"], "few_clusters");
    assert_eq!(
        (&open["current"]["clusters"], &open["current"]["units"]),
        (&json!(1), &json!(2533))
    );
    assert!(reason(&open).contains("too few conversations to decide"), "{}", reason(&open));
    checked(folder.path(), 6, &[&logs[..], &["--strict"]].concat());
}

#[test]
fn logs_with_nothing_in_common_are_not_compared() {
    let renamed = |_: usize, call: &mut Call| {
        let name = format!("old {}", call["call_type"].as_str().expect("a name"));
        call.insert("call_type".to_owned(), json!(name));
    };
    let folder = folder(renamed, unchanged);
    let logs = ["old.jsonl", "new.jsonl"];
    let open = judged(folder.path(), 0, &logs);
    assert_eq!((&open["verdict"], &open["ratio"]), (&json!("inconclusive"), &Value::Null));
    assert_eq!(open["judgements"][0]["why"], "nothing_in_common");
    assert!(reason(&open).contains("no group in common"), "{}", reason(&open));
    let names = |list: &str| {
        let groups = open[list].as_array().expect("a list").iter();
        groups.map(|one| one["key"]["call_type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("new_groups"), ["chat", "classify", "extract", "report"]);
    assert_eq!(names("retired_groups").len(), 4);
    checked(folder.path(), 6, &[&logs[..], &["--strict"]].concat());
    // Another grouping compares them after all.
    judged(folder.path(), 1, &[&logs[..], &["--by", "product"]].concat());
}

#[test]
fn a_new_call_type_with_much_of_the_cost_leaves_a_pass_open() {
    let folder = folder(
        |_, call| {
            if call["call_type"] == "report" {
                call.insert("call_type".to_owned(), json!("letter"));
            }
        },
        unchanged,
    );
    let open = judged(folder.path(), 0, &["old.jsonl", "new.jsonl"]);
    assert_eq!(open["doubts"][0]["code"], "not_compared");
    assert_eq!(open["new_groups"][0]["key"]["call_type"], "report");
    assert_eq!(open["retired_groups"][0]["key"]["call_type"], "letter");
    // What both have is no dearer.
    assert_eq!(judgement(&open, "unit", "")["verdict"], "pass");
}

#[test]
fn what_cost_nothing_and_now_costs_something_fails() {
    let all = |_: usize, _: &Call| true;
    let folder = folder(on_model("acme-free", all), on_model("acme-9", all));
    let prices = ["--prices", "acme.toml"];
    let failed = judged(folder.path(), 1, &[&["old.jsonl", "new.jsonl"], &prices[..]].concat());
    assert_eq!((&failed["ratio"], &failed["interval"]), (&Value::Null, &Value::Null));
    assert_eq!(failed["judgements"][0]["why"], "cost_nothing_before");
    assert_eq!(failed["judgements"][0]["before_usd"], "0");
    assert!(reason(&failed).contains("and cost nothing before"), "{}", reason(&failed));
    let same = judged(folder.path(), 0, &[&["old.jsonl", "old.jsonl"], &prices[..]].concat());
    assert_eq!(
        (&same["verdict"], &same["judgements"][0]["why"]),
        (&json!("pass"), &json!("no_cost"))
    );
    // The other way round it became free.
    let free = judged(folder.path(), 0, &[&["new.jsonl", "old.jsonl"], &prices[..]].concat());
    assert_eq!((&free["verdict"], &free["ratio"]), (&json!("pass"), &json!("0")));
}

#[test]
fn conversations_are_units_of_their_own() {
    let (before, cache) = (gate("before.jsonl.gz"), gate("cache.jsonl.gz"));
    let document = judged(project(), 1, &[&before, &cache, "--unit", "session"]);
    assert_eq!((&document["unit"], &document["group_by"]), (&json!("session"), &json!([])));
    assert!(reason(&document).starts_with("a conversation costs $"), "{}", reason(&document));
    assert!(document["effect_parts"]["volume"]["conversations"].is_string());
    // Reports and the like have no conversation: the page must not look as if they were judged.
    let doubts: Vec<_> = document["doubts"].as_array().expect("a list").iter().collect();
    assert_eq!(doubts.len(), 2, "{doubts:?}");
    assert!(doubts.iter().all(|doubt| doubt["code"] == "without_conversation"), "{doubts:?}");
}

/// A percentile of calls is known only where calls are the units, and the flag went unheard.
#[test]
fn a_percentile_that_is_not_known_is_refused() {
    let (before, tail) = (gate("before.jsonl.gz"), gate("tail.jsonl.gz"));
    let asked = [before.as_str(), &tail, "--unit", "session", "--p95-threshold", "5%"];
    let run = checked(project(), 2, &asked);
    assert!(run.stderr.contains("--p95-threshold"), "{}", run.stderr);
}

#[test]
fn a_log_too_small_says_how_large_it_should_be() {
    let (before, clean) = (gate("before.jsonl.gz"), gate("clean.jsonl.gz"));
    let open = judged(project(), 0, &[&before, &clean, "--threshold", "2%"]);
    assert_eq!(open["judgements"][0]["why"], "threshold_within_interval");
    let detectable = atto(&open["minimum_detectable_ratio"]);
    assert!(detectable > atto(&open["threshold"]), "{detectable}");
    let needed = open["units_needed"].as_u64().expect("a number");
    assert!(needed > 3159, "{needed} are more than there are");
    for part in ["would be found four times of five", "requests on each side would settle this"] {
        assert!(reason(&open).contains(part), "{}", reason(&open));
    }
}
