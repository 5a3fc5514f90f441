//! What is written where: the report, the line on stderr, and files for pull requests and pipelines.

use std::fs;

use serde_json::Value;

use super::super::support::{Run, project};
use super::{checked, gate};

const REASON: &str = "equest costs $0.143 instead of $0.120: +19.1 %";

/// The week of longer answers against the week before.
fn output(arguments: &[&str]) -> Run {
    let (before, log) = (gate("before.jsonl.gz"), gate("output.jsonl.gz"));
    checked(project(), 1, &[&[before.as_str(), &log], arguments].concat())
}

fn clean(arguments: &[&str]) -> Run {
    let (before, log) = (gate("before.jsonl.gz"), gate("clean.jsonl.gz"));
    checked(project(), 0, &[&[before.as_str(), &log], arguments].concat())
}

/// Nothing of a terminal is in what a program reads, and nothing goes beyond its edge.
fn is_plain(text: &str, width: Option<usize>) {
    assert!(!text.contains('\u{1b}'), "{text}");
    for line in text.lines().filter(|_| width.is_some()) {
        assert!(line.chars().count() <= width.unwrap_or_default(), "{line}");
        assert_eq!(line.trim_end(), line);
    }
}

#[test]
fn the_report_is_on_stdout_and_the_reason_in_one_line_on_stderr() {
    let run = output(&[]);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with(&format!("fail: a r{REASON}")), "{}", run.stderr);
    for part in ["What was compared", "Why the bill changed", "Where the bill changed", REASON] {
        assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
    }
    // Names of files are as long as they are; COLUMNS of the tests is 100.
    let page: Vec<_> = run.stdout.lines().skip(3).collect();
    is_plain(&page.join("\n"), Some(100));
    is_plain(&run.stderr, None);
}

#[test]
fn quiet_says_only_what_is_no_pass() {
    assert_eq!(clean(&["--quiet"]).stderr, "");
    assert!(clean(&[]).stderr.starts_with("pass: a request costs $0.121 instead of $0.120"));
    assert!(clean(&["--quiet", "--threshold", "1%"]).stderr.starts_with("inconclusive: "));
    assert!(output(&["--quiet"]).stderr.starts_with("fail: "));
}

#[test]
fn every_format_tells_the_same() {
    let document: Value = serde_json::from_str(&output(&["--json"]).stdout).expect("JSON");
    let reason = document["reason"].as_str().expect("a text");
    assert!(reason.contains(REASON), "{reason}");
    let stderr = output(&["--format", "json"]).stderr;
    assert_eq!(stderr.trim_end(), format!("fail: {reason}"));

    let csv = output(&["--format", "csv"]).stdout;
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..4], ["what", "group", "before_usd", "after_usd"]);
    let judgements = document["judgements"].as_array().expect("a list");
    assert_eq!(rows.len(), judgements.len() + 1);
    for (row, one) in rows[1..].iter().zip(judgements) {
        assert_eq!(row.len(), rows[0].len());
        let told = [&one["what"], &one["before_usd"], &one["after_usd"], &one["verdict"]];
        assert_eq!([row[0], row[2], row[3], row[9]].map(Value::from), told.map(Clone::clone));
    }

    let markdown = output(&["--format", "markdown"]).stdout;
    assert!(markdown.starts_with("<!-- llmcost check -->\n### ❌"), "{markdown}");
    assert!(markdown.contains("<details>") && markdown.ends_with("</details>\n"));
    for text in [&csv, &markdown] {
        is_plain(text, None);
    }
}

#[test]
fn a_comment_and_junit_are_written_beside_the_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
    let (comment, junit, report) = (path("comment.md"), path("junit.xml"), path("report.json"));
    let files = ["--comment", &comment, "--junit", &junit, "-o", &report, "--p95-threshold", "5%"];

    let run = output(&files);
    assert_eq!(run.stdout, "", "the report is in the file");
    let document: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!(document["verdict"], "fail");
    let again = output(&["--format", "markdown", "--p95-threshold", "5%"]).stdout;
    assert_eq!(read("comment.md"), again);
    let xml = read("junit.xml");
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "), "{xml}");
    assert!(xml.contains(r#"name="cost of a request""#), "{xml}");
    assert!(xml.contains(r#"name="95th percentile of the cost of a call""#), "{xml}");
    let tests = xml.matches("<testcase ").count();
    let failures = xml.matches("<failure ").count();
    assert!(xml.contains(&format!(r#"tests="{tests}" failures="{failures}""#)), "{xml}");

    clean(&files);
    let comment = read("comment.md");
    assert!(comment.starts_with("<!-- llmcost check -->\n✅"), "{comment}");
    let shown = comment.split("<details>").next().unwrap_or_default();
    assert_eq!(shown.trim_end().lines().count(), 2, "a pass is short\n{comment}");
    assert!(read("junit.xml").contains(r#"failures="0""#));
}

#[test]
fn annotations_come_after_the_report() {
    let run = output(&["--annotations"]);
    let last = run.stdout.lines().last().expect("a line");
    assert!(
        last.starts_with("::error title=LLM cost%3A dearer than allowed::A request costs"),
        "{last}"
    );
    assert!(last.contains("+19.1 %25"), "{last}");
    let open = clean(&["--annotations", "--threshold", "1%"]).stdout;
    assert!(open.contains("\n::warning title=LLM cost%3A cannot be decided::"), "{open}");
    assert!(!clean(&["--annotations"]).stdout.contains("\n::"));
    assert!(!output(&[]).stdout.contains("\n::"));
}

#[test]
fn a_name_in_a_log_commands_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let evil = "x\n::error::y\u{1b}[31m<!-- z --><script>|";
    let name = |_: usize, call: &mut serde_json::Map<String, Value>| {
        if call["call_type"] == "report" {
            call.insert("call_type".to_owned(), evil.into());
        }
    };
    for (file, week) in [("old.jsonl", "before.jsonl.gz"), ("new.jsonl", "output.jsonl.gz")] {
        fs::write(folder.path().join(file), super::rewritten(week, name)).expect("writes");
    }
    let logs = ["old.jsonl", "new.jsonl", "--group-threshold", "5%", "--annotations"];
    // A table for programs has every name as it is.
    for format in ["table", "markdown", "json"] {
        let run = checked(folder.path(), 1, &[&logs[..], &["--format", format]].concat());
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains('\u{1b}'), "{format}\n{text}");
            let commands = text.lines().filter(|line| line.starts_with("::"));
            assert!(commands.count() <= 1, "{format}\n{text}");
        }
        let page = run.stdout.split("\n::error").next().unwrap_or_default();
        assert!(format != "markdown" || !page.contains("<script>"), "{page}");
    }
}
