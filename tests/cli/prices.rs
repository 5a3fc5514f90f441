//! `llmcost prices` from the outside: list, show, check and diff, with their exit codes.

use super::support::{folder_with, json, parse, project, run};

const TABLE: &str = include_str!("../../fixtures/prices/acme.toml");

const CALL: &str = r#"{"provider":"acme","model":"acme-large","time":"2026-10-05T12:00:00Z","input_tokens":1000000,"output_tokens":100000}"#;

fn check(contents: &str, arguments: &[&str], code: i32, message: &str) {
    let folder = folder_with("acme.toml", contents);
    let run = run(folder.path(), &[&["prices"], arguments].concat());
    assert_eq!(run.code, Some(code), "{arguments:?}\n{}{}", run.stdout, run.stderr);
    let said = run.stdout + &run.stderr;
    assert!(said.contains(message), "{arguments:?}\n{said}");
}

#[test]
fn every_command_delivers() {
    check(TABLE, &["list"], 0, "prices in force");
    check(TABLE, &["list", "--prices", "acme.toml", "--provider", "acme"], 0, "acme-large");
    check(TABLE, &["list", "--retired"], 0, "switched off");
    check(TABLE, &["list", "--model", "GPT-4?", "--format", "csv"], 0, "openai,gpt-4o,");
    check(TABLE, &["show", "gpt-4o", "--format", "markdown"], 0, "### The rules in words");
    check(TABLE, &["check", "acme.toml"], 0, "acme.toml: good: 4 models, 0 warnings");
    check(TABLE, &["diff", "builtin", "builtin"], 0, "say the same");
    check(TABLE, &["diff", "builtin", "acme.toml"], 0, "Only in acme.toml");
    check(TABLE, &["list", "--help"], 0, "Examples:");
}

#[test]
fn what_is_not_known_is_2_with_what_was_meant() {
    check(TABLE, &["show", "gtp-4o"], 2, "did you mean `gpt-4o`?");
    check(TABLE, &["show", "sonnet"], 2, "claude-sonnet-4-5");
    check(TABLE, &["show", "no-such-model"], 2, "llmcost prices list");
    check(TABLE, &["show", "gpt-4o", "--provider", "anthropic"], 2, "does not sell this model");
    check(TABLE, &["list", "--provider", "opneai"], 2, "did you mean `openai`?");
    check(TABLE, &["list", "--model", "no-such-model"], 2, "no model is called");
    check(TABLE, &["list", "--as-of", "yesterday"], 2, "write it as 2026-10-31");
    check(TABLE, &["list", "--sort", "colour"], 2, "--sort");
    check(TABLE, &["list", "--all", "--retired"], 2, "cannot be used with");
}

#[test]
fn a_table_that_is_not_valid_is_4_and_every_problem_is_named() {
    let broken = TABLE.replacen("output = \"10\"", "output = 10", 1).replacen(
        "output = \"4\"",
        "output = \"four\"",
        1,
    );
    check(&broken, &["check", "acme.toml"], 4, "acme.toml:92: error: a price without quotes");
    check(&broken, &["check", "acme.toml"], 4, "not a decimal number");
    check(&broken, &["check", "acme.toml"], 4, "acme.toml: 4 models, 2 problems");
    check(&broken, &["diff", "builtin", "acme.toml"], 4, "llmcost prices check acme.toml");
    check(&broken, &["list", "--prices", "acme.toml"], 4, "a price without quotes");
    check(TABLE, &["check", "missing.toml"], 4, "cannot read the price table missing.toml");
    check(TABLE, &["diff", "acme.toml", "bulitin"], 4, "or `builtin`");
}

#[test]
fn a_report_that_cannot_be_written_is_5() {
    check(TABLE, &["list", "-o", "no/such/folder/list.csv"], 5, "list.csv");
}

#[test]
fn prices_are_exact_text_as_published() {
    let report = json(project(), &["prices", "list", "--model", "claude-sonnet-4-5"]);
    let model = &report["models"][0];
    assert_eq!(model["prices"]["input"], "3");
    assert_eq!(model["prices"]["cache_read"], "0.3");
    assert_eq!(model["batch"]["output"], "7.5");
    assert_eq!(report["prices"]["as_of"], "table");
}

#[test]
fn the_day_decides_the_prices() {
    let folder = folder_with("acme.toml", TABLE);
    let input = |day: &str| {
        let arguments = ["prices", "show", "acme-large", "--prices", "acme.toml", "--as-of", day];
        json(folder.path(), &arguments)["in_force"]["lanes"][0]["prices"]["input"].clone()
    };
    assert_eq!(input("2026-02-01"), "3");
    assert_eq!(input("2026-06-01"), "2");
    assert_eq!(input("2027-02-01"), "1.8");
}

#[test]
fn the_way_of_a_name_is_told() {
    let name = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let report = json(project(), &["prices", "show", name]);
    assert_eq!(report["model"], "claude-sonnet-4-5");
    assert_eq!(report["found_by"]["forms"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["found_by"]["place"], "bedrock-regional");
}

/// A million tokens in and a tenth of that out, at twice the price in and the same price out: long
/// prompts cost 4 and 15 a million, so 5.5 becomes 9.5.
#[test]
fn a_difference_says_what_it_means_for_a_log() {
    let folder = folder_with("acme.toml", TABLE);
    let dearer = TABLE.replace(
        "above = 128000, rule = \"whole_request\", prices = { input = \"4\"",
        "above = 128000, rule = \"whole_request\", prices = { input = \"8\"",
    );
    assert_ne!(dearer, TABLE);
    std::fs::write(folder.path().join("new.toml"), dearer).expect("writes");
    std::fs::write(folder.path().join("usage.jsonl"), CALL).expect("writes");
    let arguments = ["prices", "diff", "acme.toml", "new.toml", "usage.jsonl"];
    let report = json(folder.path(), &arguments);
    let effect = &report["effect"];
    let amount = |name: &str| effect["total"][name].as_str().map(parse);
    assert_eq!(amount("old_usd"), Some(parse("5.5")));
    assert_eq!(amount("new_usd"), Some(parse("9.5")));
    assert_eq!(amount("difference_usd"), Some(parse("4")));
    assert_eq!(effect["groups"][0]["key"]["model"], "acme-large");
    let shown = run(folder.path(), &arguments);
    assert!(shown.stdout.contains("What it means for usage.jsonl"), "{}", shown.stdout);
}

#[test]
fn a_log_is_read_only_when_one_is_named() {
    let folder = folder_with("usage.jsonl", CALL);
    let report = json(folder.path(), &["prices", "diff", "builtin", "builtin"]);
    assert_eq!(report["effect"], serde_json::Value::Null);
    let report = json(folder.path(), &["prices", "diff", "builtin", "builtin", "--demo"]);
    assert_eq!(report["effect"]["total"]["difference_usd"], "0");
    let strict = ["prices", "diff", "builtin", "builtin", "usage.jsonl", "--strict"];
    assert_eq!(run(folder.path(), &strict).code, Some(4), "acme-large has no price there");
}

#[test]
fn a_pipe_gets_no_colours_and_the_same_bytes_each_time() {
    for arguments in [&["prices", "list"][..], &["prices", "show", "gpt-5.4"]] {
        let (first, second) = (run(project(), arguments), run(project(), arguments));
        assert_eq!(first.stdout, second.stdout);
        assert!(!first.stdout.contains('\u{1b}'));
    }
}

fn import(arguments: &[&str]) -> super::support::Run {
    let file = "fixtures/prices/litellm.json";
    let day = ["--checked-on", "2026-11-10"];
    run(project(), &[&["prices", "import", file], &day[..], arguments].concat())
}

#[test]
fn an_imported_table_goes_to_stdout_and_what_it_leaves_out_to_stderr() {
    let done = import(&["--provider", "acme"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("checked_on = \"2026-11-10\""), "{}", done.stdout);
    assert!(done.stderr.contains("litellm: 2 models of 1 provider"), "{}", done.stderr);
    assert!(done.stderr.contains("not billed by the token"), "{}", done.stderr);
    assert_eq!(import(&["--provider", "acme", "--quiet"]).stderr, "");
    let document = import(&["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&document.stdout).expect("JSON");
    assert_eq!(document["tables"][0]["provider"], "acme");
    assert!(document["left_out"].as_array().is_some_and(|facts| facts.len() > 5));
}

#[test]
fn an_imported_folder_can_be_checked_and_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = format!("{}/tables/", folder.path().display());
    let done = import(&["-o", &tables]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{}", done.stderr);
    let checked = run(folder.path(), &["prices", "check", "tables/acme.toml"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    let listed = run(
        folder.path(),
        &["prices", "list", "--prices", "tables/acme.toml", "--provider", "acme"],
    );
    assert!(listed.stdout.contains("large"), "{}", listed.stdout);
}

#[test]
fn an_import_without_an_answer_says_why() {
    let several = import(&[]);
    assert_eq!(several.code, Some(2));
    assert!(several.stderr.contains("--provider NAME"), "{}", several.stderr);
    assert_eq!(import(&["--provider", "nobody"]).code, Some(2));
    assert_eq!(import(&["--from", "models.dev"]).code, Some(2));
    let folder = folder_with("prices.json", "{}");
    let unknown = run(folder.path(), &["prices", "import", "prices.json"]);
    assert_eq!(unknown.code, Some(3), "{}", unknown.stderr);
    assert_eq!(run(folder.path(), &["prices", "import", "missing.json"]).code, Some(3));
}
