//! Baselines: what is in the file, when it is written, what may be accepted in it, and other prices.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::support::{finish, llmcost, run};
use super::{checked, gate, judged, rewritten};

/// What a baseline may weigh, in bytes: it is committed and reviewed.
const SIZE_MAX: usize = 100_000;

/// A folder with the baseline of the week before.
pub(super) fn folder_with_baseline(arguments: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let before = gate("before.jsonl.gz");
    let save = [before.as_str(), "--save-baseline", "base.json", "--quiet"];
    checked(folder.path(), 0, &[&save, arguments].concat());
    folder
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect(name)
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).expect("reads").count()
}

#[test]
fn the_same_log_gives_the_same_small_file() {
    let folder = folder_with_baseline(&[]);
    let before = gate("before.jsonl.gz");
    for threads in ["1", "7"] {
        let save = [before.as_str(), "--save-baseline", "again.json", "--threads", threads];
        checked(folder.path(), 0, &save);
        assert_eq!(text(folder.path(), "again.json"), text(folder.path(), "base.json"));
    }
    let size = text(folder.path(), "base.json").len();
    assert!((5_000..SIZE_MAX).contains(&size), "{size}");
}

#[test]
fn a_month_with_many_groups_is_small_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = super::project().join("fixtures/usage.jsonl").display().to_string();
    let save = [log.as_str(), "--save-baseline", "base.json", "--by", "product,model,call_type"];
    checked(folder.path(), 0, &save);
    let size = text(folder.path(), "base.json").len();
    assert!(size < SIZE_MAX, "{size}");
}

#[test]
fn no_word_of_a_prompt_is_in_the_file() {
    let words = ["quokka", "walrus", "marmot", "axolotl"];
    let folder = tempfile::tempdir().expect("a folder");
    let log = rewritten("before.jsonl.gz", |place, call| {
        call.insert("prompt".to_owned(), json!(format!("a quokka and {place} walrus")));
        call.insert("system_prompt".to_owned(), json!("you are a marmot"));
        call.insert("completion".to_owned(), json!("axolotl"));
    });
    for word in words {
        assert!(log.contains(word), "{word}");
    }
    fs::write(folder.path().join("usage.jsonl"), log).expect("writes");
    for unit in ["call", "session"] {
        let save = ["usage.jsonl", "--save-baseline", "base.json", "--unit", unit];
        checked(folder.path(), 0, &save);
        let saved = text(folder.path(), "base.json");
        assert!(words.iter().all(|word| !saved.contains(word)), "{unit}");
    }
}

#[test]
fn after_a_comparison_only_a_pass_is_saved() {
    let folder = folder_with_baseline(&[]);
    let old = text(folder.path(), "base.json");
    let both = |code, log: &str| {
        let log = gate(log);
        let both = [log.as_str(), "--baseline", "base.json", "--save-baseline", "base.json"];
        checked(folder.path(), code, &both).stderr
    };
    let told = both(1, "output.jsonl.gz");
    assert!(told.contains("base.json was not saved: the verdict is fail"), "{told}");
    assert_eq!(text(folder.path(), "base.json"), old);
    let told = both(0, "clean.jsonl.gz");
    assert!(told.contains("saved 3159 requests to base.json"), "{told}");
    let new = text(folder.path(), "base.json");
    assert_ne!(new, old);
    let document: Value = serde_json::from_str(&new).expect("JSON");
    assert_eq!(document["units"], 3159);
    assert_eq!(entries(folder.path()), 1, "nothing is left beside it");
}

/// Checks the week of longer answers, which is 19.1 % dearer, against a baseline in which this was
/// accepted.
fn with_acknowledged(acknowledged: &Value, code: i32, arguments: &[&str]) -> Value {
    let folder = folder_with_acknowledged(acknowledged);
    let output = gate("output.jsonl.gz");
    let asked = [&[output.as_str(), "--baseline", "base.json"], arguments].concat();
    judged(folder.path(), code, &asked)
}

fn folder_with_acknowledged(acknowledged: &Value) -> TempDir {
    let folder = folder_with_baseline(&[]);
    let mut document: Value =
        serde_json::from_str(&text(folder.path(), "base.json")).expect("JSON");
    document["acknowledge"] = json!([acknowledged]);
    fs::write(folder.path().join("base.json"), document.to_string()).expect("writes");
    folder
}

fn of_the_unit(up_to: &str, until: &str) -> Value {
    json!({ "what": "unit", "up_to": up_to, "until": until, "reason": "longer reports, agreed" })
}

#[test]
fn a_rise_that_was_accepted_passes_up_to_its_size_and_its_last_day() {
    // The last call of the week is of the 18th.
    for (up_to, until) in [("1.2", "2026-10-18"), ("1.191009122", "2027-01-01")] {
        let found = with_acknowledged(&of_the_unit(up_to, until), 0, &[]);
        assert_eq!(found["judgements"][0]["why"], "acknowledged");
        let reason = found["reason"].as_str().expect("a text");
        assert!(reason.contains("acknowledged: longer reports, agreed"), "{reason}");
    }
}

#[test]
fn a_rise_beyond_what_was_accepted_fails() {
    for up_to in ["1.191009121", "1.1", "0.5"] {
        let found = with_acknowledged(&of_the_unit(up_to, "2026-12-31"), 1, &[]);
        assert_eq!(found["judgements"][0]["why"], "beyond_threshold");
    }
}

#[test]
fn an_acknowledgement_that_has_ended_fails_and_says_so() {
    let found = with_acknowledged(&of_the_unit("1.3", "2026-10-17"), 1, &[]);
    let cautions = found["cautions"].to_string();
    let ended =
        "the acknowledgement of what a request costs ended on 17 Oct 2026: longer reports, agreed";
    assert!(cautions.contains(ended), "{cautions}");
}

#[test]
fn what_is_accepted_of_one_group_holds_for_that_one() {
    let of = |names: &[&str]| {
        let until = "2026-12-31";
        json!({ "what": "group", "group": names, "up_to": "1.5", "until": until, "reason": "ok" })
    };
    let groups = ["--threshold", "50%", "--group-threshold", "5%"];
    let found = with_acknowledged(&of(&["report"]), 0, &groups);
    assert_eq!(found["verdict"], "pass");
    with_acknowledged(&of(&["chat"]), 1, &groups);
    // What was accepted of a group says nothing about the whole.
    with_acknowledged(&of(&["report"]), 1, &[]);
}

#[test]
fn a_malformed_acknowledgement_is_3_and_names_what_is_wrong() {
    let mut of_nothing = of_the_unit("1.3", "2026-12-31");
    of_nothing["what"] = json!("units");
    let mut without_reason = of_the_unit("1.3", "2026-12-31");
    without_reason["reason"] = json!("  ");
    let mut without_end = of_the_unit("1.3", "2026-12-31");
    without_end.as_object_mut().expect("an object").remove("until");
    for (acknowledged, told) in [
        (of_the_unit("a lot", "2026-12-31"), "`up_to = a lot` is no multiple"),
        (of_the_unit("1.3", "2026-13-31"), "`until = 2026-13-31` is no day"),
        (of_the_unit("1.3", "soon"), "`until = soon` is no day"),
        (of_nothing, "`units` cannot be acknowledged: it is unit, total, p95 or group"),
        (without_reason, "an acknowledgement has no reason"),
        (without_end, "missing field `until`"),
        (json!("1.3"), "expected struct AcknowledgementDocument"),
    ] {
        let folder = folder_with_acknowledged(&acknowledged);
        let output = gate("output.jsonl.gz");
        let run = checked(folder.path(), 3, &[&output, "--baseline", "base.json"]);
        assert!(run.stderr.contains(told), "{acknowledged}\n{}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn what_fails_is_accepted_by_a_flag_and_the_next_run_passes() {
    let folder = folder_with_baseline(&[]);
    let (output, retries) = (gate("output.jsonl.gz"), gate("retries.jsonl.gz"));
    let check = |code, log: &str| checked(folder.path(), code, &[log, "--baseline", "base.json"]);
    check(1, &output);
    let accept = ["--acknowledge", "longer reports", "--acknowledge-until", "2026-10-31"];
    let both = [&[output.as_str(), "--baseline", "base.json"], &accept[..]].concat();
    let run = checked(folder.path(), 0, &both);
    assert!(run.stderr.contains("acknowledged in base.json until 2026-10-31"), "{}", run.stderr);
    let told = check(0, &output).stderr;
    assert!(told.starts_with("pass: ") && told.contains("acknowledged: longer reports"), "{told}");
    // More than what was accepted still fails.
    check(1, &retries);
    // There is one entry, and everything else is as it was.
    let mut saved: Value = serde_json::from_str(&text(folder.path(), "base.json")).expect("JSON");
    assert_eq!(saved["acknowledge"].as_array().expect("a list").len(), 1);
    saved["acknowledge"] = json!([]);
    let fresh = folder_with_baseline(&[]);
    let fresh: Value = serde_json::from_str(&text(fresh.path(), "base.json")).expect("JSON");
    assert_eq!(saved, fresh);
}

#[test]
fn what_cannot_be_accepted_is_2_and_leaves_the_file() {
    let folder = folder_with_baseline(&[]);
    let old = text(folder.path(), "base.json");
    let refuse = |log: &str, arguments: &[&str], told: &str| {
        let log = gate(log);
        let asked = [&[log.as_str(), "--baseline", "base.json"], arguments].concat();
        let run = checked(folder.path(), 2, &asked);
        assert!(run.stderr.contains(told), "{arguments:?}\n{}", run.stderr);
        assert_eq!(text(folder.path(), "base.json"), old);
    };
    let until = ["--acknowledge-until", "2026-12-31"];
    let reason = ["--acknowledge", "agreed"];
    refuse("clean.jsonl.gz", &[reason, until].concat(), "nothing to accept");
    refuse("output.jsonl.gz", &reason, "--acknowledge-until <DAY>");
    refuse("output.jsonl.gz", &until, "--acknowledge <REASON>");
    refuse("output.jsonl.gz", &[["--acknowledge", " "], until].concat(), "say why");
    let never = ["--acknowledge-until", "never"];
    refuse("output.jsonl.gz", &[reason, never].concat(), "`never` is no day");
    let output = gate("output.jsonl.gz");
    let without = run(folder.path(), &[&["check", &output], &reason[..], &until].concat());
    assert_eq!(without.code, Some(2));
    assert!(without.stderr.contains("--baseline <FILE>"), "{}", without.stderr);
}

#[test]
fn a_baseline_of_another_measure_is_2_and_says_what_to_add() {
    let folder = folder_with_baseline(&[]);
    let clean = gate("clean.jsonl.gz");
    for (arguments, told, hint) in [
        (["--unit", "session"], "saved with --unit call, not session", "add --unit call"),
        (["--by", "product"], "saved by call_type, not by product", "use the same columns"),
        (["--by", "product,call_type"], "not by product,call_type", "use the same columns"),
        (["--timezone", "Europe/Berlin"], "saved with --timezone UTC", "the same time zone"),
    ] {
        let asked = [&[clean.as_str(), "--baseline", "base.json"], &arguments[..]].concat();
        let run = checked(folder.path(), 2, &asked);
        assert!(run.stderr.contains(told), "{}", run.stderr);
        assert!(run.stderr.contains(hint), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let cases = folder_with_baseline(&["--timezone", "Europe/Berlin", "--by", "product"]);
    let same = ["--timezone", "Europe/Berlin", "--by", "product"];
    checked(cases.path(), 0, &[&[clean.as_str(), "--baseline", "base.json"], &same[..]].concat());
}

#[test]
fn a_baseline_can_be_named_by_the_environment() {
    let folder = folder_with_baseline(&[]);
    let mut command = llmcost(folder.path());
    let output = gate("output.jsonl.gz");
    let run = finish(command.args(["check", &output]).env("LLMCOST_BASELINE", "base.json"));
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("against base.json"), "{}", run.stdout);
}

/// A model of a table of one's own in place of that of the extractions.
fn folder_with_own_model() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let own = rewritten("before.jsonl.gz", |_, call| {
        if call["call_type"] == "extract" {
            call.insert("provider".to_owned(), json!("acme"));
            call.insert("model".to_owned(), json!("acme-9"));
        }
    });
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("writes");
    write("own.jsonl", &own);
    write("own.toml", super::ACME);
    let save = ["own.jsonl", "--save-baseline", "base.json", "--prices", "own.toml"];
    checked(folder.path(), 0, &save);
    folder
}

#[test]
fn a_model_that_has_no_price_any_more_keeps_that_of_the_baseline_and_is_named() {
    let folder = folder_with_own_model();
    let clean = gate("clean.jsonl.gz");
    let found = judged(folder.path(), 0, &[&clean, "--baseline", "base.json"]);
    assert_eq!(found["repricing"]["kept_models"], json!(["acme-9"]));
    assert_eq!(found["repricing"]["same_tables"], false);
    assert_eq!(found["repricing"]["before_usd"], found["repricing"]["after_usd"]);
    let cautions = found["cautions"].to_string();
    assert!(cautions.contains("at the prices of the baseline: acme-9"), "{cautions}");
}

#[test]
fn calls_that_have_no_price_any_more_leave_a_pass_undecided() {
    let folder = folder_with_own_model();
    let found = judged(folder.path(), 0, &["own.jsonl", "--baseline", "base.json"]);
    assert_eq!(found["verdict"], "inconclusive");
    assert_eq!(found["doubts"][0]["code"], "unpriced_or_skipped");
    let unpriced = &found["current"]["unpriced"];
    assert_eq!((&unpriced[0]["model"], &unpriced[0]["calls"]), (&json!("acme-9"), &json!(129)));
    // With its price it is the log of the baseline itself.
    let own = ["own.jsonl", "--baseline", "base.json", "--prices", "own.toml"];
    let same = judged(folder.path(), 0, &own);
    assert_eq!((&same["verdict"], &same["ratio"]), (&json!("pass"), &json!("1")));
}

#[test]
fn the_same_usage_at_dearer_prices_passes_and_says_that_prices_changed() {
    let folder = folder_with_baseline(&["--prices", &gate("prices/prices_before.toml")]);
    let (before, dearer) = (gate("before.jsonl.gz"), gate("prices/prices_after.toml"));
    let asked = [before.as_str(), "--baseline", "base.json", "--prices", &dearer];
    let found = judged(folder.path(), 0, &asked);
    assert_eq!((&found["verdict"], &found["ratio"]), (&json!("pass"), &json!("1")));
    assert_eq!(found["effects_ranked"][0], "price");
    for (effect, amount) in found["effects"].as_object().expect("effects") {
        assert_eq!(amount == "0", effect != "price", "{effect}: {amount}");
    }
    let run = checked(folder.path(), 0, &asked);
    let told = "Other prices changed the bill by +$49.11 (+16.7 %), which is not judged";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}
