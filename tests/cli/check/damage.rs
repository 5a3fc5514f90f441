//! Baselines that are damaged, cut off, changed or from elsewhere, and runs that are killed.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use llmcost::gate::Baseline;
use serde_json::{Value, json};

use super::super::support::{Run, finish, llmcost, project};
use super::baselines::folder_with_baseline;
use super::{checked, gate};

/// Checks a log with a text as the baseline, which must be refused.
fn refused(text: impl AsRef<[u8]>, told: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("base.json"), text).expect("writes");
    let clean = gate("clean.jsonl.gz");
    let run = checked(folder.path(), 3, &[&clean, "--baseline", "base.json"]);
    is_refused(&run, told);
}

fn is_refused(run: &Run, told: &str) {
    assert!(run.stderr.contains(told), "{told}\n{}", run.stderr);
    assert!(run.stderr.contains("  hint: "), "{}", run.stderr);
    assert_eq!(run.stdout, "", "nothing was judged");
}

fn saved() -> String {
    let folder = folder_with_baseline(&[]);
    fs::read_to_string(folder.path().join("base.json")).expect("reads")
}

/// The baseline of the week before, after a change.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(&saved()).expect("JSON");
    change(&mut document);
    document.to_string()
}

#[test]
fn what_is_no_baseline_is_3_and_says_what_to_do() {
    let anew = "save a new one with --save-baseline";
    refused("", "the file is empty");
    refused(" \n", anew);
    refused("not JSON", "damaged or cut off");
    refused("{\"a\": 1}", "it is no baseline of llmcost");
    refused("[]", "it is no baseline of llmcost");
    refused("null", "it is no baseline of llmcost");
    refused("{\"kind\": \"llmcost-baseline\"}", "missing field `schema_version`");
    refused("[".repeat(100_000), anew);
    refused(b"\xff\xfe\x00", "not text in UTF-8");
}

#[test]
fn a_report_of_this_program_is_no_baseline() {
    let before = gate("before.jsonl.gz");
    let report = checked(project(), 0, &[&before, "--max-cost", "1000", "--json"]).stdout;
    refused(report, "it is no baseline of llmcost");
}

#[test]
fn a_baseline_that_is_not_there_is_3_and_says_how_to_make_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let clean = gate("clean.jsonl.gz");
    let run = checked(folder.path(), 3, &[&clean, "--baseline", "none.json"]);
    is_refused(&run, "cannot read the baseline none.json");
    assert!(run.stderr.contains("llmcost check LOG --save-baseline none.json"), "{}", run.stderr);
    is_refused(&checked(folder.path(), 3, &[&clean, "--baseline", "."]), "directory");
}

#[test]
fn a_later_version_says_to_update() {
    let later = changed(|document| {
        document["schema_version"] = json!(2);
        document["what_nobody_knows_yet"] = json!([]);
    });
    refused(&later, "written by a newer llmcost (schema version 2)");
    refused(later, "update llmcost");
}

#[test]
fn sums_that_do_not_agree_are_found() {
    refused(changed(|document| document["cost_usd"] = json!("293.60752866")), EDITED);
    refused(changed(|document| document["groups"][1]["cost_usd"] = json!("28.326095001")), EDITED);
    refused(changed(|document| document["units"] = json!(2436)), EDITED);
    refused(changed(|document| document["calls"] = json!(2000)), EDITED);
}

/// What a file says that was changed by hand.
const EDITED: &str = "only `acknowledge` may be edited";

#[test]
fn a_field_of_another_form_is_named() {
    refused(changed(|document| document["extra"] = json!(1)), "unknown field `extra`");
    refused(changed(|document| document["units"] = json!("many")), "invalid type");
    refused(changed(|document| document["unit"] = json!("token")), EDITED);
    refused(changed(|document| document["timezone"] = json!("Mars")), EDITED);
    refused(changed(|document| document["replicates"] = json!(4)), EDITED);
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = saved();
    assert!(Baseline::parse(&whole).is_ok());
    let end = whole.trim_end().len();
    for length in (0..end).step_by(37).chain(end - 40..end) {
        assert!(Baseline::parse(&whole[..length]).is_err(), "{length} bytes");
    }
    for length in (1..end).step_by(end / 20) {
        refused(&whole[..length], "damaged or cut off");
    }
}

/// Whatever stands there, the answer is an answer.
#[test]
fn a_file_with_any_character_changed_never_stops_the_program() {
    let whole = saved();
    let folder = tempfile::tempdir().expect("a folder");
    let mut refusals = 0;
    for place in (0..whole.len()).step_by(53) {
        for other in ["9", "-", "\"", "}"] {
            let text = [&whole[..place], other, &whole[place + 1..]].concat();
            refusals += usize::from(Baseline::parse(&text).is_err());
        }
    }
    assert!(refusals > 500, "{refusals}");
    for place in (0..whole.len()).step_by(whole.len() / 25) {
        let text = [&whole[..place], "7", &whole[place + 1..]].concat();
        fs::write(folder.path().join("base.json"), text).expect("writes");
        let clean = gate("clean.jsonl.gz");
        let run = finish(llmcost(folder.path()).args(["check", &clean, "--baseline", "base.json"]));
        assert!(matches!(run.code, Some(0..=3)), "{place}: {:?}\n{}", run.code, run.stderr);
    }
}

/// The rows were only counted, so a count of tokens could be changed and the gate compared with it.
#[test]
fn a_changed_row_is_found() {
    for (field, value) in [
        ("tokens", json!({ "output": 9_000_000, "input": 42_280 })),
        ("priced_usd", json!("1")),
        ("fees_usd", json!("1")),
        ("searches", json!(1_000_000)),
    ] {
        refused(changed(|document| document["groups"][0]["rows"][0][field] = value), "changed");
    }
    refused(changed(|document| document["billed_usd"] = json!("1")), "changed");
    refused(changed(|document| document["currency"] = json!("EUR")), EDITED);
}

/// Sums of counts were added up without looking whether they fit.
#[test]
fn counts_that_do_not_fit_are_refused() {
    refused(
        changed(|document| {
            document["calls"] = json!(u64::MAX);
            document["groups"][0]["rows"][0]["calls"] = json!(u64::MAX);
        }),
        EDITED,
    );
}

/// How long a run that saves a baseline takes.
#[expect(clippy::disallowed_methods, reason = "a kill needs a moment of the run")]
fn duration(folder: &Path, log: &str) -> Duration {
    let start = std::time::Instant::now();
    checked(folder, 0, &[log, "--save-baseline", "base.json"]);
    start.elapsed()
}

/// Saves a baseline and kills the run after a while; whether it was still running then.
#[expect(clippy::disallowed_methods, reason = "a kill needs a moment of the run")]
fn killed(folder: &Path, log: &str, after: Duration) -> bool {
    let mut command = llmcost(folder);
    command.args(["check", log, "--save-baseline", "base.json"]);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(after);
    let was_running = child.try_wait().expect("it is ours").is_none();
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    was_running
}

#[test]
fn a_run_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let folder = folder_with_baseline(&[]);
    let path = folder.path().join("base.json");
    let old = fs::read_to_string(&path).expect("reads");
    let clean = gate("clean.jsonl.gz");
    let whole = duration(folder.path(), &clean);
    let new = fs::read_to_string(&path).expect("reads");
    assert_ne!(old, new);
    // Mostly towards the end, where the file is written.
    let moments = (0..8).map(|part| part * 10).chain(80..104);
    let mut kills = 0;
    for percent in moments {
        fs::write(&path, &old).expect("writes");
        kills += u32::from(killed(folder.path(), &clean, whole * percent / 100));
        let found = fs::read_to_string(&path).expect("reads");
        assert!(found == old || found == new, "at {percent} %: {} bytes", found.len());
        Baseline::parse(&found).expect("a whole baseline");
    }
    assert!(kills >= 8, "{kills} runs were killed");
    // Whatever they left beside it is in nobody's way.
    fs::write(folder.path().join(".base.json.1.part"), "{").expect("writes");
    checked(folder.path(), 0, &[&clean, "--save-baseline", "base.json"]);
    assert_eq!(fs::read_to_string(&path).expect("reads"), new);
}

/// Process numbers come again, in containers on every run: what a killed run left has the name that
/// the next one wants.
#[test]
fn a_leftover_with_the_number_of_this_process_is_in_nobodys_way() {
    let folder = folder_with_baseline(&[]);
    let script = format!(
        "echo '{{' > .base.json.$$-0.part; exec '{}' check '{}' --save-baseline base.json",
        env!("CARGO_BIN_EXE_llmcost"),
        gate("clean.jsonl.gz")
    );
    let mut bash = std::process::Command::new("bash");
    let run = finish(bash.args(["-c", &script]).current_dir(folder.path()));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = fs::read_to_string(folder.path().join("base.json")).expect("reads");
    Baseline::parse(&text).expect("a whole baseline");
    // It is not this run's, so it is left alone.
    assert_eq!(fs::read_dir(folder.path()).expect("reads").count(), 2);
}
