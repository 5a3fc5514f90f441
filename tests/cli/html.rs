//! Pages for browsers from the outside: one file of every command, which loads and runs nothing else.

use std::path::Path;

use super::support::{folder_with, project, run};

/// The page of a run that must succeed, or fail as a check does.
fn page(arguments: &[&str]) -> String {
    let run = run(project(), &[arguments, &["--format", "html"]].concat());
    assert!(matches!(run.code, Some(0 | 1)), "{arguments:?}\n{}", run.stderr);
    run.stdout
}

/// What stands between the tags of an element, each time.
fn contents<'a>(page: &'a str, element: &str) -> Vec<&'a str> {
    let (from, to) = (format!("<{element}>"), format!("</{element}>"));
    page.split(from.as_str()).skip(1).filter_map(|part| part.split(to.as_str()).next()).collect()
}

/// A file that needs nothing else and runs nothing but our own script.
fn check(arguments: &[&str], part: &str) {
    let page = page(arguments);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{arguments:?}");
    assert!(page.contains(part), "{arguments:?}: no {part}");
    assert_eq!(page.matches("<h1>").count(), 1, "{arguments:?}");
    assert!(
        page.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none")
    );
    let own = |name: &str| {
        std::fs::read_to_string(project().join("templates").join(name)).expect("the source has it")
    };
    assert!(contents(&page, "script").contains(&own("page.js").as_str()), "{arguments:?}");
    assert_eq!(contents(&page, "style"), [own("page.css").as_str()], "{arguments:?}");
    // Figures for the what-if panel are no script.
    let data = page.matches("<script type=\"application/json\" id=\"what-if-data\">").count();
    let scripts = page.matches("<script").count();
    assert_eq!(scripts, contents(&page, "script").len() + data, "{arguments:?}");
    let panels = usize::from(["analyze", "simulate"].contains(&arguments[0]));
    assert_eq!(data, panels, "{arguments:?}");
    let code: Vec<_> = [contents(&page, "script"), contents(&page, "style")].concat();
    let mut markup = page.clone();
    for text in code {
        assert!(!text.contains("http://") && !text.contains("https://"), "{arguments:?}");
        markup = markup.replace(text, "");
    }
    for loads in [" src=", "<link", "<img", "<iframe", "@import", " style=\"", " onload=", "url("] {
        assert!(!markup.contains(loads), "{arguments:?}: {loads}");
    }
}

#[test]
fn every_report_is_one_file_that_loads_nothing() {
    let log = "fixtures/usage.jsonl";
    check(&["analyze", log], "Spend by day");
    check(&["simulate", log, "--cache-hit", "0.9"], "Where the money goes today");
    check(&["check", log, log], "pass");
    check(&["backtest", log], "<table");
    check(&["prices", "list"], "claude-sonnet-4-6");
    check(&["prices", "show", "claude-sonnet-4-6"], "<table");
    check(&["formats"], "openai-chat");
    check(
        &[
            "estimate",
            "--model",
            "claude-sonnet-4-6",
            "--calls-per-day",
            "1000",
            "--input-tokens",
            "2000",
            "--output-tokens",
            "300",
            "--batch",
            "0.5",
        ],
        "$",
    );
}

#[test]
fn the_ending_of_a_file_says_that_it_is_a_page() {
    let folder = folder_with(
        "calls.jsonl",
        std::fs::read(project().join("fixtures/usage.jsonl")).expect("reads"),
    );
    let run = run(folder.path(), &["analyze", "calls.jsonl", "-o", "report.html"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("reads");
    assert!(read("report.html").starts_with("<!doctype html>"));
}

fn harmful_page(name: &str) -> String {
    let record = serde_json::json!({
        "time": "2026-10-01T10:00:00Z", "model": name, "call_type": name, "user": name,
        "input_tokens": 100, "output_tokens": 10,
    });
    let folder = folder_with("calls.jsonl", format!("{record}\n"));
    let of = |folder: &Path| {
        run(folder, &["analyze", "calls.jsonl", "--by", "user,model", "--format", "html"])
    };
    let run = of(folder.path());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

#[test]
fn a_model_called_script_is_shown_and_not_run() {
    let scripts = harmful_page("a").matches("<script").count();
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</script><svg onload=alert(1)>",
    ] {
        let page = harmful_page(name);
        assert_eq!(page.matches("<script").count(), scripts, "{name}");
        assert!(!page.contains("<img") && !page.contains("<svg onload"), "{name}");
        assert!(page.contains("alert(1)"), "{name} is shown");
    }
    assert!(!harmful_page("abc\u{202e}def").contains('\u{202e}'));
}

/// A page of more groups than it has room for put the sum of the others on the row of one of them.
#[test]
fn groups_that_a_page_has_no_room_for_are_one_row_of_their_own() {
    use std::fmt::Write as _;
    let mut log = String::new();
    for number in 0..1_100 {
        let _ = writeln!(
            log,
            r#"{{"model":"gpt-4o","call_type":"t{number:04}","input_tokens":{},"output_tokens":1}}"#,
            400_000 - number
        );
    }
    let folder = folder_with("many.jsonl", log);
    for top in ["1050", "0"] {
        let run = run(folder.path(), &["analyze", "many.jsonl", "--top", top, "--format", "html"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains(">200 more<"), "--top {top}");
    }
}

/// The command of the panel took up a plan that the panel knew nothing of.
#[test]
fn the_command_of_the_panel_leaves_out_the_plan_of_the_project() {
    let log = std::fs::read(project().join("fixtures/formats/llmcost/usage.jsonl")).expect("reads");
    let folder = folder_with("usage.jsonl", log);
    let command = || {
        let run = run(folder.path(), &["analyze", "usage.jsonl", "--format", "html"]);
        let (_, data) = run.stdout.split_once("id=\"what-if-data\">").expect("a panel");
        let (data, _) = data.split_once("</script>").expect("its end");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        data["command"].as_str().expect("text").to_owned()
    };
    assert_eq!(command(), "llmcost simulate usage.jsonl");
    let plan = "[plan.provider_discount]\nrate = \"0.5\"\n";
    std::fs::write(folder.path().join("llmcost.toml"), plan).expect("writes");
    assert_eq!(command(), "llmcost simulate usage.jsonl --plan none");
    let projected = |more: &[&str]| {
        let arguments = [&["simulate", "usage.jsonl", "--batch", "1"], more].concat();
        super::support::json(folder.path(), &arguments)["projected_usd"].clone()
    };
    let without = projected(&["--plan", "none"]);
    assert_ne!(without, projected(&[]));
    std::fs::remove_file(folder.path().join("llmcost.toml")).expect("removes");
    assert_eq!(without, projected(&[]));
}
