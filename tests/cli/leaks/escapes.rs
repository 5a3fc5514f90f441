//! Names of a log that would command a terminal, a browser, a spreadsheet or a CI system.

use serde_json::json;

use super::super::support::{folder_with, run};
use super::{Left, leave};

/// A colour, a title of the window, a link (OSC 8), a bell, a return, the introducers of eight bits, a
/// line turned around, letters that are not seen, and a line of its own for whoever reads lines.
const COMMANDS_OF_A_TERMINAL: [&str; 10] = [
    "a\u{1b}[31mred",
    "b\u{1b}]0;title\u{7}",
    "c\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "d\u{7}\u{8}\u{7f}",
    "e\r100.00",
    "f\u{9b}31m\u{9d}0;t\u{9c}\u{85}",
    "g\u{202e}txt.exe\u{2066}\u{200f}",
    "h\u{200b}\u{feff}\u{2060}\u{ad}",
    "i\u{2028}j\u{2029}k",
    "l\n::error::planted\n::set-output name=a::b",
];

/// What acts in HTML, Markdown, a spreadsheet and in commands of GitHub.
const ACTIVE: [&str; 10] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "a;=1+1",
    "![x](http://evil.example/a.png)",
    "[x](http://evil.example) | `code` | @everyone #1",
    "::error file=a,line=1::planted %0A%0D",
    "]]></failure><testcase/>",
];

const TYPED: [&str; 14] = [
    "analyze usage.jsonl --by model,team --deep --show all -v --color always",
    "analyze usage.jsonl --by model,team --json",
    "analyze usage.jsonl --by model,team --format csv",
    "analyze usage.jsonl --by model,team --format markdown",
    "analyze usage.jsonl --by model,team --format html",
    "simulate usage.jsonl --by team --batch 0.5 --json",
    "simulate usage.jsonl --by team --batch 0.5 --format csv",
    "check usage.jsonl usage.jsonl --by team --group-threshold 1% --annotations --comment OUT/c.md --junit OUT/j.xml",
    "check usage.jsonl --save-baseline OUT/b.json --by team",
    "convert usage.jsonl --columns team --format jsonl",
    "convert usage.jsonl --columns team --format csv",
    "convert usage.jsonl --by team --format focus",
    "rollup usage.jsonl --by team --format csv",
    "formats guess usage.jsonl",
];

fn log() -> String {
    let names = COMMANDS_OF_A_TERMINAL.iter().chain(&ACTIVE);
    let lines = names.enumerate().map(|(place, name)| {
        let record = json!({
            "time": 1_790_000_000_000_u64 + place as u64 * 60_000,
            "model": if place % 2 == 0 { *name } else { "gpt-4o" },
            "provider": "openai",
            "call_type": name,
            "team": name,
            "conversation": name,
            "request_id": format!("{name}{place}"),
            "input_tokens": 100,
            "output_tokens": 10,
            // A value of a count that is none is told.
            "attempt": name,
        });
        record.to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Colours of the program's own, which `--color always` asks for.
fn without_colors(text: &str) -> String {
    let mut plain = text.to_owned();
    for code in ["0", "1", "2", "32", "33", "1;31"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    plain
}

fn check_harmless(left: &Left) {
    let is_harmful = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter,
                '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    for (name, text) in &left.texts {
        let found = without_colors(text).chars().find(|letter| is_harmful(*letter));
        assert_eq!(found, None, "{}: {name}", left.command);
        let is_command = |line: &&str| line.contains("planted") && line.starts_with("::");
        assert_eq!(text.lines().find(is_command), None, "{}: {name}", left.command);
        if left.command.contains("html") {
            assert!(!text.contains("<script>alert") && !text.contains("<img"), "{}", left.command);
        }
        if left.command.contains("markdown") || name == "c.md" {
            for act in ["[x](http", "@everyone", "<img", "| `code` |", "<script"] {
                assert!(!text.contains(act), "{}: {name}: {act}", left.command);
            }
        }
        if name == "j.xml" {
            assert!(!text.contains("]]></failure><testcase/>"), "{text}");
        }
        let is_table = left.command.contains("csv") || left.command.contains("focus");
        if is_table && name == "stdout" {
            check_cells(text, &left.command);
        }
    }
}

/// No cell begins as a formula, but numbers do with a sign.
fn check_cells(text: &str, command: &str) {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
    for row in reader.records() {
        for cell in &row.expect("CSV") {
            let is_number = cell.parse::<f64>().is_ok();
            let mut parts = cell.split(';');
            let starts = parts.any(|part| part.starts_with(['=', '+', '-', '@', '\t', '\r']));
            assert!(is_number || !starts, "{command}: {cell}");
        }
    }
}

#[test]
fn no_name_of_a_log_commands_anything_in_any_form() {
    let folder = folder_with("usage.jsonl", log());
    for command in TYPED {
        let left = leave(folder.path(), &command.split(' ').collect::<Vec<_>>());
        assert!(left.code.is_some_and(|code| code < 2), "{command}: {}", left.stream("stderr"));
        check_harmless(&left);
    }
}

#[test]
fn records_are_read_back_as_the_same_names() {
    let folder = folder_with("usage.jsonl", log());
    for form in ["jsonl", "csv"] {
        let file = format!("calls.{form}");
        let made =
            run(folder.path(), &["convert", "usage.jsonl", "--columns", "team", "-o", &file]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let groups = |log: &str| {
            let words = ["analyze", log, "--by", "model,call_type,team", "--json"];
            let report = run(folder.path(), &words).stdout;
            serde_json::from_str::<serde_json::Value>(&report).expect("JSON")["groups"].clone()
        };
        assert_eq!(groups(&file), groups("usage.jsonl"), "{form}");
    }
}

/// Names of files, flags, tables and columns come from others too.
#[test]
fn messages_command_no_terminal() {
    let odd = "x\u{1b}[31m\u{9b}m\u{202e}\u{200b}";
    let folder = folder_with(&format!("{odd}.jsonl"), "{\"a\":1}\nno record\n");
    let file = format!("{odd}.jsonl");
    std::fs::write(folder.path().join("prices.toml"), format!("[[{odd}\n{odd}")).expect("writes");
    std::fs::write(folder.path().join("bad.toml"), format!("b{odd}y = 1\n")).expect("writes");
    let flag = format!("--{odd}");
    for words in [
        vec!["analyze", &file],
        vec!["analyze", &file, "--strict", "-v"],
        vec!["analyze", odd],
        vec!["analyze", &flag],
        vec!["analyze", "--demo", "--by", odd],
        vec!["analyze", "--demo", "--where", odd],
        vec!["analyze", "--demo", "--format", odd],
        vec!["analyze", "--demo", "--prices", "prices.toml"],
        vec!["analyze", "--demo", "--config", "bad.toml"],
        vec!["analyze", "--demo", "--provider", odd],
        vec!["simulate", "--demo", "--tier", odd],
        vec!["simulate", "--demo", "--batch", odd],
        vec!["check", "--demo", "--baseline", &file],
        vec!["formats", "guess", &file],
        vec!["init", &file, "--print"],
        vec!["prices", "check", "prices.toml"],
        vec!["prices", "show", odd],
        vec!["sql", "--dialect", "duckdb", "--table", odd],
        vec!["explain", odd],
        vec!["completions", odd],
        vec![odd],
    ] {
        check_harmless(&leave(folder.path(), &words));
    }
}
