//! The committed weeks: each against the week before, as two logs and with a saved baseline.

use serde_json::Value;

use super::super::support::{atto, project};
use super::{checked, gate, judged, judgement, rewritten, sum};

/// Effects that are judged: what a request costs at the mix and the prices of the week before.
const JUDGED: [&str; 6] =
    ["input_tokens", "output_tokens", "cache", "other", "attempts_per_request", "models"];

/// A millionth and a billionth of one, in 10⁻¹⁸.
const MILLIONTH: i128 = 1_000_000_000_000;
const BILLIONTH: i128 = 1_000_000_000;

/// What happened in a week.
struct Week {
    name: &'static str,
    /// The judged effect that made it dearer: its name, and how the reason says it.
    cause: Option<[&'static str; 2]>,
    /// What `expected.json` calls it.
    fixture_word: Value,
}

impl Week {
    fn without_fault(name: &'static str) -> Self {
        Self { name, cause: None, fixture_word: Value::Null }
    }

    fn with_fault(name: &'static str, cause: [&'static str; 2], fixture_word: &str) -> Self {
        Self { name, cause: Some(cause), fixture_word: fixture_word.into() }
    }

    fn log(&self) -> String {
        gate(&format!("{}.jsonl.gz", self.name))
    }
}

fn expected(name: &str) -> Value {
    let text = std::fs::read_to_string(gate("expected.json")).expect("reads");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    assert!(all[name].is_object(), "{name}");
    all[name].clone()
}

/// Calls, requests and cost are those of the fixture, to the last digit.
fn has_the_sums_of(side: &Value, expected: &Value) {
    assert_eq!(side["calls"], expected["calls"]);
    assert_eq!(side["units"], expected["requests"]);
    let billionths = expected["cost_billionths_usd"].as_i64().expect("a number");
    assert_eq!(atto(&side["billed_usd"]), i128::from(billionths) * BILLIONTH);
    assert_eq!(side["billed_usd"], side["cost_usd"], "the prices are those of every day");
}

/// A ratio is the one that was worked out elsewhere, which is cut to millionths.
fn is_about(ratio: &Value, millionths: &Value) {
    let wanted = i128::from(millionths.as_i64().expect("a number")) * MILLIONTH;
    assert!((atto(ratio) - wanted).abs() <= MILLIONTH, "{ratio} instead of {millionths}");
}

/// Effects explain the bill without a rest, and parts their wholes.
fn adds_up(document: &Value) {
    let billed = |side: &str| atto(&document[side]["billed_usd"]);
    assert_eq!(sum(&document["effects"]), billed("current") - billed("baseline"));
    for (whole, parts) in document["effect_parts"].as_object().expect("an object") {
        assert_eq!(sum(parts), atto(&document["effects"][whole]), "{whole}");
    }
    let mut seen = 0;
    for (effect, amount) in document["effects"].as_object().expect("an object") {
        let groups = document["groups"].as_array().expect("a list");
        let of_groups = groups.iter().filter_map(|group| group["effects"].get(effect)).map(atto);
        let (number, all) = of_groups.fold((0, 0), |(number, all), one| (number + 1, all + one));
        if number > 0 {
            assert_eq!(all, atto(amount), "{effect} by group");
            seen += 1;
        }
    }
    assert_eq!(seen, 6, "six effects are told by group");
}

fn first_judged(document: &Value) -> &str {
    let ranked = document["effects_ranked"].as_array().expect("a list");
    let names = ranked.iter().map(|name| name.as_str().expect("a name"));
    names.into_iter().find(|name| JUDGED.contains(name)).expect("one is judged")
}

/// Everything that must hold of a week against the week before.
fn check(week: &Week) {
    let expected = expected(week.name);
    let (code, verdict) = if week.cause.is_some() { (1, "fail") } else { (0, "pass") };
    let (before, log) = (gate("before.jsonl.gz"), week.log());
    let document = judged(project(), code, &[&before, &log]);
    assert_eq!(document["verdict"], verdict);
    assert_eq!(expected["verdict"], verdict);
    assert_eq!(expected["largest_effect"], week.fixture_word);
    has_the_sums_of(&document["baseline"], &self::expected("before"));
    has_the_sums_of(&document["current"], &expected);
    is_about(&document["ratio"], &expected["ratio_millionths"]["at_the_mix_before"]);
    for (call_type, ratio) in
        expected["ratio_millionths"]["by_call_type"].as_object().expect("four")
    {
        is_about(&judgement(&document, "group", call_type)["ratio"], ratio);
    }
    adds_up(&document);
    assert_eq!(document["effects"]["price"], "0", "no price changed");
    if let Some([effect, words]) = week.cause {
        assert_eq!(first_judged(&document), effect);
        let reason = document["reason"].as_str().expect("a text");
        assert!(reason.contains(&format!("mainly by {words}")), "{reason}");
    }
    says_the_same_with_a_baseline(&document, code, &before, &log);
}

/// A saved baseline gives the answers that the log it was made of would give.
fn says_the_same_with_a_baseline(document: &Value, code: i32, before: &str, log: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    checked(folder.path(), 0, &[before, "--save-baseline", "base.json"]);
    let saved = judged(folder.path(), code, &[log, "--baseline", "base.json"]);
    for field in ["verdict", "ratio", "current", "effects", "effect_parts", "effects_ranked"] {
        assert_eq!(saved[field], document[field], "{field}");
    }
    for field in ["units", "calls", "cost_usd", "billed_usd", "effective_clusters"] {
        assert_eq!(saved["baseline"][field], document["baseline"][field], "{field}");
    }
    let repriced = &saved["repricing"];
    assert_eq!(repriced["before_usd"], repriced["after_usd"], "at the same prices");
    assert_eq!(repriced["same_tables"], true);
    // Fewer replicates are saved than drawn of two logs; both say about as much.
    for end in 0..2 {
        let ends = [&saved, document].map(|one| atto(&one["interval"][end]));
        assert!((ends[0] - ends[1]).abs() < 20_000 * MILLIONTH, "{ends:?}");
    }
}

#[test]
fn a_week_like_the_one_before_passes() {
    check(&Week::without_fault("clean"));
}

#[test]
fn the_week_that_the_faults_are_made_from_passes() {
    check(&Week::without_fault("prices"));
}

#[test]
fn a_few_answers_without_end_fail() {
    let cause = ["output_tokens", "output tokens a call"];
    check(&Week::with_fault("tail", cause, "output_tokens"));
}

#[test]
fn a_cache_that_is_no_longer_read_fails() {
    check(&Week::with_fault("cache", ["cache", "use of the prompt cache"], "cache"));
}

#[test]
fn a_dearer_model_fails() {
    check(&Week::with_fault("model", ["models", "models that answered"], "mix"));
}

#[test]
fn longer_answers_fail() {
    let cause = ["output_tokens", "output tokens a call"];
    check(&Week::with_fault("output", cause, "output_tokens"));
}

#[test]
fn requests_that_are_asked_again_and_again_fail() {
    let cause = ["attempts_per_request", "attempts a request"];
    check(&Week::with_fault("retries", cause, "requests"));
}

/// Prices are told and not judged: the comparison is at the prices of one day.
fn price_rise_is_told(document: &Value) {
    let expected = expected("prices_risen");
    assert_eq!(document["verdict"], "pass");
    assert_eq!(document["current"]["calls"], expected["calls"]);
    let billionths = expected["cost_billionths_usd"].as_i64().expect("a number");
    assert_eq!(atto(&document["current"]["billed_usd"]), i128::from(billionths) * BILLIONTH);
    adds_up(document);
    assert_eq!(document["effects_ranked"][0], expected["largest_effect"]);
    // The week is 0.9 % cheaper at the old prices; at the new ones no dearer either.
    assert!(atto(&document["ratio"]) < 1_000_000 * MILLIONTH, "{}", document["ratio"]);
    assert!(atto(&document["effects"]["price"]) > 0);
}

#[test]
fn a_price_rise_between_two_logs_passes_and_is_told() {
    let (before, log) = (gate("before.jsonl.gz"), gate("prices.jsonl.gz"));
    let prices = gate("prices/prices_dated.toml");
    let dated = judged(project(), 0, &[&before, &log, "--prices", &prices]);
    price_rise_is_told(&dated);

    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (gate("prices/prices_before.toml"), gate("prices/prices_after.toml"));
    let save = [before.as_str(), "--save-baseline", "base.json", "--prices", &old];
    checked(folder.path(), 0, &save);
    let saved = [log.as_str(), "--baseline", "base.json", "--prices", &new];
    let repriced = judged(folder.path(), 0, &saved);
    price_rise_is_told(&repriced);
    assert_eq!(repriced["repricing"]["same_tables"], false);
    // One table with a date, and two tables, are two ways to say the same.
    for field in ["ratio", "effects", "effect_parts"] {
        assert_eq!(repriced[field], dated[field], "{field}");
    }
    let page = checked(folder.path(), 0, &saved);
    assert!(page.stdout.contains("Other prices changed the bill by +$48.90"));
    assert!(page.stdout.contains("saved with other price tables"), "{}", page.stdout);
}

#[test]
fn golden_prompts_are_compared_case_by_case() {
    let (before, after) = (gate("cases_before.jsonl"), gate("cases_after.jsonl"));
    let document = judged(project(), 1, &[&before, &after, "--unit", "case"]);
    let expected = expected("cases_after");
    has_the_sums_of(&document["current"], &expected);
    has_the_sums_of(&document["baseline"], &self::expected("cases_before"));
    is_about(&document["ratio"], &expected["ratio_millionths"]["at_the_mix_before"]);
    let cases = expected["ratio_millionths"]["by_case"].as_object().expect("cases");
    assert_eq!(cases.len(), 12);
    let all = document["judgements"].as_array().expect("a list");
    for (case, ratio) in cases {
        let found = all.iter().find(|one| one["key"]["case"] == case.as_str());
        is_about(&found.unwrap_or_else(|| panic!("{case}"))["ratio"], ratio);
    }
    assert_eq!(first_judged(&document), "output_tokens");
    adds_up(&document);

    let folder = tempfile::tempdir().expect("a folder");
    let unit = ["--unit", "case", "--group-threshold", "10%"];
    checked(folder.path(), 0, &[&before, "--save-baseline", "base.json", "--unit", "case"]);
    let saved = [&[after.as_str(), "--baseline", "base.json"], &unit[..]].concat();
    let saved = judged(folder.path(), 1, &saved);
    assert_eq!(saved["ratio"], document["ratio"]);
    let failed = saved["judgements"].as_array().expect("a list").iter();
    let failed = failed.filter(|one| one["what"] == "group" && one["verdict"] == "fail");
    let failed: Vec<_> = failed.filter_map(|one| one["key"]["case"].as_str()).collect();
    assert_eq!(failed, ["german", "summary-long", "table"]);
}

#[test]
fn a_log_against_itself_passes_with_a_ratio_of_one() {
    let before = gate("before.jsonl.gz");
    let document = judged(project(), 0, &[&before, &before, "--threshold", "0"]);
    assert_eq!(document["ratio"], "1");
    assert_eq!(document["interval"], serde_json::json!(["1", "1"]));
    assert_eq!(sum(&document["effects"]), 0);
    assert!(document["effects"].as_object().expect("six").values().all(|one| one == "0"));
}

/// What is asked for besides the cost of a request.
fn of_output(arguments: &[&str]) -> Value {
    let (before, log) = (gate("before.jsonl.gz"), gate("output.jsonl.gz"));
    judged(project(), 1, &[&[before.as_str(), &log, "--threshold", "50%"], arguments].concat())
}

#[test]
fn a_group_that_is_dearer_is_named_where_the_whole_is_not() {
    let document = of_output(&["--group-threshold", "5%"]);
    let reason = document["reason"].as_str().expect("a text");
    assert!(reason.starts_with("a request of report costs $0.253 instead of $0.186"), "{reason}");
    assert_eq!(judgement(&document, "unit", "")["verdict"], "pass");
    assert_eq!(judgement(&document, "group", "report")["verdict"], "fail");
    for call_type in ["chat", "classify", "extract"] {
        let one = judgement(&document, "group", call_type);
        assert_eq!((&one["verdict"], &one["decides"]), (&"pass".into(), &true.into()));
    }
}

#[test]
fn the_95th_percentile_is_judged_where_it_is_asked_for() {
    let document = of_output(&["--p95-threshold", "10%"]);
    let reason = document["reason"].as_str().expect("a text");
    assert!(reason.starts_with("the 95th percentile of the cost of a call is"), "{reason}");
    // 23 of 2,568 calls are not one in twenty: the mean shows what the percentile does not.
    let (before, tail) = (gate("before.jsonl.gz"), gate("tail.jsonl.gz"));
    let tail = judged(project(), 1, &[&before, &tail, "--p95-threshold", "50%"]);
    assert_eq!(judgement(&tail, "p95", "")["verdict"], "pass");
    assert_eq!(judgement(&tail, "unit", "")["verdict"], "fail");
}

#[test]
fn the_whole_log_is_judged_by_its_total() {
    let (before, clean) = (gate("before.jsonl.gz"), gate("clean.jsonl.gz"));
    let total = |code, threshold: &str| {
        let asked = ["--gate", "total", "--threshold", threshold];
        judged(project(), code, &[&[before.as_str(), &clean], &asked[..]].concat())
    };
    // A third more requests make it 14 % dearer, between 4 % and 26 %.
    let undecided = total(0, "5%");
    assert_eq!(undecided["verdict"], "inconclusive");
    let cost = |name: &str| expected(name)["cost_billionths_usd"].as_i64().expect("a number");
    let ratio = cost("clean") * 1_000_000 / cost("before");
    is_about(&undecided["ratio"], &ratio.into());
    assert_eq!(total(1, "2%")["verdict"], "fail");
    assert_eq!(total(0, "40%")["verdict"], "pass");
}

#[test]
fn the_order_of_the_lines_changes_nothing() {
    let text = rewritten("output.jsonl.gz", |_, _| {});
    let mut lines: Vec<_> = text.lines().collect();
    lines.reverse();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        std::fs::write(folder.path().join(name), text).expect("writes");
    };
    write("turned.jsonl", lines.join("\n"));
    write("plain.jsonl", text.clone());
    checked(folder.path(), 0, &[&gate("before.jsonl.gz"), "--save-baseline", "base.json"]);
    let of = |log: &str| judged(folder.path(), 1, &[log, "--baseline", "base.json"]);
    let (turned, plain) = (of("turned.jsonl"), of("plain.jsonl"));
    for field in ["verdict", "ratio", "effects", "effect_parts", "groups", "new_groups"] {
        assert_eq!(turned[field], plain[field], "{field}");
    }
    for field in ["units", "calls", "days", "cost_usd", "billed_usd"] {
        assert_eq!(turned["current"][field], plain["current"][field], "{field}");
    }
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let (before, log) = (gate("before.jsonl.gz"), gate("retries.jsonl.gz"));
    let with = |threads: &str| {
        checked(project(), 1, &[&before, &log, "--json", "--threads", threads]).stdout
    };
    assert_eq!(with("1"), with("7"));
}
