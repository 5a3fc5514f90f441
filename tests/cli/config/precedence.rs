//! A flag wins over the environment, that over the project, that over the user, that over the default.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, finish, folder_with, llmcost, run};

const CALLS: &str = r#"{"model":"gpt-4o","time":"2026-10-01T23:30:00Z","team":"a","user":"u","product":"p","api_key":"k","input_tokens":1000,"output_tokens":10}
{"model":"gpt-4o","time":"2026-10-02T01:00:00Z","team":"b","user":"v","product":"q","api_key":"l","input_tokens":1000,"output_tokens":10}"#;

/// The column that a report is grouped by, of everything that was said.
fn grouped(folder: &Path, arguments: &[&str], variable: Option<&str>) -> String {
    let mut command = llmcost(folder);
    command.args(["analyze", "usage.jsonl", "--json"]).args(arguments);
    command.env("XDG_CONFIG_HOME", folder.join("home"));
    if let Some(columns) = variable {
        command.env("LLMCOST_BY", columns);
    }
    let run = finish(&mut command);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    report["group_by"][0].as_str().expect("a column").to_owned()
}

fn with_user_file(text: &str) -> tempfile::TempDir {
    let folder = folder_with("usage.jsonl", CALLS);
    fs::create_dir_all(folder.path().join("home/llmcost")).expect("creates");
    fs::write(folder.path().join("home/llmcost/config.toml"), text).expect("writes");
    folder
}

#[test]
fn the_user_wins_over_the_default() {
    let folder = folder_with("usage.jsonl", CALLS);
    assert_eq!(grouped(folder.path(), &[], None), "model");
    let folder = with_user_file("by = [\"user\"]\n");
    assert_eq!(grouped(folder.path(), &[], None), "user");
}

#[test]
fn the_project_wins_over_the_user() {
    let folder = with_user_file("by = [\"user\"]\n");
    fs::write(folder.path().join("llmcost.toml"), "by = \"team\"\n").expect("writes");
    assert_eq!(grouped(folder.path(), &[], None), "team");
}

#[test]
fn the_environment_wins_over_the_project() {
    let folder = with_user_file("");
    fs::write(folder.path().join("llmcost.toml"), "by = \"team\"\n").expect("writes");
    assert_eq!(grouped(folder.path(), &[], Some("product")), "product");
}

#[test]
fn a_flag_wins_over_the_environment() {
    let folder = with_user_file("");
    assert_eq!(grouped(folder.path(), &["--by", "api_key"], Some("product")), "api_key");
}

/// Keys that two files do not share come from both.
#[test]
fn files_are_laid_over_each_other_key_by_key() {
    let folder = with_user_file("by = [\"day\"]\ntimezone = \"Europe/Berlin\"\n");
    fs::write(folder.path().join("llmcost.toml"), "by = [\"team\", \"day\"]\n").expect("writes");
    let mut command = llmcost(folder.path());
    command.args(["analyze", "usage.jsonl", "--json"]);
    let run = finish(command.env("XDG_CONFIG_HOME", folder.path().join("home")));
    // Half past eleven in the evening of UTC is the next day in Berlin.
    assert!(run.stdout.contains("2026-10-02") && !run.stdout.contains("\"2026-10-01\""));
    assert!(run.stdout.contains("\"team\""), "{}", run.stdout);
}

/// A file that turned something on could be overruled by nothing.
#[test]
fn a_variable_that_says_no_wins_over_a_file() {
    let contents = format!("{CALLS}\n{{\"cut\n");
    let folder = folder_with("usage.jsonl", contents);
    fs::write(folder.path().join("llmcost.toml"), "strict = true\n").expect("writes");
    assert_eq!(run(folder.path(), &["analyze"]).code, Some(3));
    let mut command = llmcost(folder.path());
    assert_eq!(finish(command.arg("analyze").env("LLMCOST_STRICT", "0")).code, Some(0));
}

#[test]
fn the_nearest_file_above_counts_with_its_own_paths_and_says_so() {
    let folder = folder_with("usage.jsonl", CALLS);
    let deep = folder.path().join("a/b");
    fs::create_dir_all(&deep).expect("creates");
    fs::write(folder.path().join("llmcost.toml"), "inputs = \"usage.jsonl\"\n").expect("writes");
    let told = run(&deep, &["analyze"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(told.stdout.contains("2 calls"), "{}", told.stdout);
    assert_eq!(
        told.stderr,
        "note: settings are those of ../../llmcost.toml; `llmcost config show`\n"
    );
    assert_eq!(run(&deep, &["analyze", "-q"]).stderr, "");
    fs::write(folder.path().join("a/llmcost.toml"), "inputs = \"none.jsonl\"\n").expect("writes");
    let nearest = run(&deep, &["analyze"]);
    assert!(nearest.stderr.contains("../none.jsonl"), "{}", nearest.stderr);
}

#[test]
fn the_ending_of_a_file_wins_over_the_format_of_the_configuration() {
    let folder = folder_with("usage.jsonl", CALLS);
    fs::write(folder.path().join("llmcost.toml"), "format = \"csv\"\n").expect("writes");
    assert!(run(folder.path(), &["analyze"]).stdout.starts_with("model,"));
    assert_eq!(run(folder.path(), &["analyze", "-o", "report.json"]).code, Some(0));
    let report = fs::read_to_string(folder.path().join("report.json")).expect("reads");
    assert!(report.starts_with('{'), "{report}");
}

#[test]
fn a_plan_may_be_a_file_or_stand_in_the_configuration() {
    let folder = folder_with("usage.jsonl", CALLS);
    let simulated = |config: &str| {
        fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
        run(folder.path(), &["simulate"])
    };
    let inline = simulated("\n[plan.provider_discount]\nrate = \"10%\"\n");
    assert_eq!(inline.code, Some(0), "{}", inline.stderr);
    fs::write(folder.path().join("plan.toml"), "[provider_discount]\nrate = \"10%\"\n")
        .expect("writes");
    assert_eq!(simulated("plan = \"plan.toml\"\n").stdout, inline.stdout);
    let wrong = simulated("by = \"team\"\n\n[plan.provider_discount]\nrat = \"10%\"\n");
    assert_eq!(wrong.code, Some(2));
    for part in ["llmcost.toml:4", "did you mean `rate`?"] {
        assert!(wrong.stderr.contains(part), "{}", wrong.stderr);
    }
}

#[test]
fn a_gate_is_configured_as_by_flags() {
    let folder = folder_with("usage.jsonl", CALLS);
    let config = "[gate]\nmax_cost = 0.0001\n";
    fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    assert_eq!(run(folder.path(), &["check"]).code, Some(1));
    assert_eq!(run(folder.path(), &["check", "--max-cost", "5"]).code, Some(0));
    let wrong = "[gate]\n\nthreshold = \"five\"\n";
    fs::write(folder.path().join("llmcost.toml"), wrong).expect("writes");
    let refused = run(folder.path(), &["check", "--max-cost", "5"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("llmcost.toml:3: gate.threshold: `five`"),
        "{}",
        refused.stderr
    );
}

/// The first run has nothing to compare with and saves it; the second one compares.
#[test]
fn a_baseline_of_the_configuration_is_saved_first_and_compared_with_later() {
    let folder = folder_with("usage.jsonl", CALLS);
    let config = "inputs = \"usage.jsonl\"\n[gate]\nbaseline = \"base.json\"\n";
    fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let missing = run(folder.path(), &["check"]);
    assert_eq!(missing.code, Some(3));
    assert!(missing.stderr.contains("--save-baseline base.json"), "{}", missing.stderr);
    let saved = run(folder.path(), &["check", "--save-baseline", "base.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    let compared = run(folder.path(), &["check"]);
    assert!(compared.stdout.contains("base.json"), "{}", compared.stdout);
}

#[test]
fn dimensions_are_read_where_a_run_asks_for_them() {
    let call = r#"{"model":"gpt-4o","input_tokens":9,"output_tokens":1,"meta":{"squad":"red"}}"#;
    let folder = folder_with("usage.jsonl", call);
    let config = "dimensions = { squad = \"meta.squad\", floor = \"meta.floor\" }\n";
    fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let plain = run(folder.path(), &["analyze"]);
    assert_eq!((plain.code, plain.stderr.as_str()), (Some(0), ""));
    let by = run(folder.path(), &["analyze", "--by", "squad"]);
    assert!(by.stdout.contains("red"), "{}{}", by.stdout, by.stderr);
    let slip = run(folder.path(), &["analyze", "--by", "sqaud"]);
    assert!(slip.stderr.contains("did you mean `squad`?"), "{}", slip.stderr);
}

fn shown(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = llmcost(folder);
    command.args(["config", "show"]).args(arguments);
    command.env("XDG_CONFIG_HOME", folder.join("home"));
    finish(command.envs(variables.iter().copied()))
}

#[test]
fn config_show_says_where_each_value_comes_from() {
    let folder = with_user_file("timezone = \"Europe/Berlin\"\ntop = 3\n");
    let config = "top = 20\n\n[gate]\nthreshold = \"10%\"\n";
    fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let run = shown(folder.path(), &[("LLMCOST_BY", "team,day")], &["--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let of = |key: &str| {
        let settings = report["settings"].as_array().expect("a list");
        let one = settings.iter().find(|one| one["key"] == key).expect("a setting");
        let values = one["values"].to_string();
        let place = one["place"].as_str().unwrap_or_default().to_owned();
        let origin = one["origin"].as_str().expect("a word").to_owned();
        [values, origin, place]
    };
    assert_eq!(of("by"), [r#"["team","day"]"#, "environment", "LLMCOST_BY"]);
    assert_eq!(of("top"), [r#"["20"]"#, "project", "llmcost.toml:1"]);
    assert_eq!(of("gate.threshold"), [r#"["10%"]"#, "project", "llmcost.toml:4"]);
    let [zone, origin, place] = of("timezone");
    assert_eq!((zone.as_str(), origin.as_str()), (r#"["Europe/Berlin"]"#, "user"));
    assert!(place.ends_with("config.toml:1"), "{place}");
    assert_eq!(of("gate.confidence"), [r#"["95%"]"#, "default", ""]);
    let page = shown(folder.path(), &[], &[]).stdout;
    assert!(page.contains("project: llmcost.toml:1"), "{page}");
    let wrong = shown(folder.path(), &[("LLMCOST_TOP", "many")], &[]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stdout);
    assert!(wrong.stderr.contains("--top"), "{}", wrong.stderr);
}
