//! What a terminal shows: at every width, with and without colours, in a pipe, in another currency.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use comfy_table::Table;

use llmcost::insights::{AnalysisOptions, Analyzer};
use llmcost::pricing::PriceBook;
use llmcost::render::{OutputFormat, Style, write_analysis};
use llmcost::report::{AnalysisReport, InputAccounting, PriceSource};
use llmcost::sources::{Input, Progress, ReadOptions, read};
use llmcost::usage::Dimensions;

use super::support::{Run, finish, folder_with, json, llmcost, project, run};

/// What is typed; the inputs are the bundled ones.
const COMMANDS: [(&str, &str); 5] = [
    ("analyze", "analyze fixtures/usage.jsonl.gz"),
    (
        "simulate",
        "simulate fixtures/usage.jsonl.gz --cache-hit 0.9 --batch report --tier 0.5=claude-haiku-4-5",
    ),
    ("check", "check fixtures/gate/before.jsonl.gz fixtures/gate/model.jsonl.gz"),
    ("backtest", "backtest fixtures/formats/llmcost/usage.jsonl"),
    ("prices", "prices show claude-sonnet-4-6 --as-of 2026-10-01"),
];

fn at_width(folder: &Path, width: u16, arguments: &[&str]) -> Run {
    finish(llmcost(folder).env("COLUMNS", width.to_string()).args(arguments))
}

/// How many columns of a terminal a line takes, escapes aside.
fn columns_of(line: &str) -> usize {
    let mut table = Table::new();
    table.add_row([without_colors(line)]);
    table.column_max_content_widths().first().map_or(0, |width| usize::from(*width))
}

fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').expect("a colour ends with an m");
        assert!(code.chars().all(|one| one.is_ascii_digit() || one == ';'), "{code}");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn every_command_keeps_to_four_widths_with_and_without_colours() {
    for (name, command) in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().collect();
        for width in [60, 80, 120, 200] {
            let plain = at_width(project(), width, &words);
            let colored =
                at_width(project(), width, &[&words[..], &["--color", "always"]].concat());
            for line in plain.stdout.lines() {
                assert!(columns_of(line) <= usize::from(width), "{name} at {width}: {line}");
            }
            assert_eq!(without_colors(&colored.stdout), plain.stdout, "{name} at {width}");
            insta::assert_snapshot!(format!("{name}_{width}"), plain.stdout);
            let visible = colored.stdout.replace('\u{1b}', "␛");
            insta::assert_snapshot!(format!("{name}_{width}_colored"), visible);
        }
    }
}

#[test]
fn a_pipe_gets_no_escapes_and_no_progress() {
    for (name, command) in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().collect();
        let told = finish(llmcost(project()).env_remove("COLUMNS").args(&words));
        assert!(!told.stdout.contains('\u{1b}'), "{name}");
        let is_verdict = |line: &str| line.starts_with("note: ") || line.starts_with("fail: ");
        assert!(told.stderr.lines().all(is_verdict), "{name}: {}", told.stderr);
        assert!(told.stdout.lines().all(|line| columns_of(line) <= 100), "{name}");
    }
}

#[test]
fn colours_in_a_pipe_follow_the_flag_then_the_environment() {
    let command = ["analyze", "fixtures/formats/llmcost/usage.jsonl"];
    let is_colored = |variables: &[(&str, &str)], flags: &[&str]| {
        let mut program = llmcost(project());
        program.args(command).args(flags).envs(variables.iter().copied());
        finish(&mut program).stdout.contains('\u{1b}')
    };
    assert!(!is_colored(&[], &[]));
    assert!(is_colored(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!is_colored(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
    assert!(is_colored(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(is_colored(&[("LLMCOST_COLOR", "always")], &[]));
}

/// Every log among the fixtures.
fn logs(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_log = ["jsonl", "csv", "gz", "parquet", "json", "db"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if path.is_dir() {
            logs(&path, found);
        } else if is_log && name != "expected.json" {
            found.insert(path);
        }
    }
}

struct Silent;

impl Progress for Silent {
    fn advance(&self, _: u64) {}
}

/// The analysis of a log; nothing where it has no call.
fn analysed(path: &Path, book: &PriceBook) -> Option<AnalysisReport> {
    let options = AnalysisOptions::default();
    let reading = ReadOptions {
        dimensions: Dimensions::new(["call_type"]),
        assume_model: "claude-sonnet-4-6".to_owned(),
        ..ReadOptions::default()
    };
    let mut analyzer = Analyzer::new(book, options);
    let inputs = [Input::File(path.to_owned())];
    let reading = read(&inputs, &reading, &Silent, &mut |calls| analyzer.add(calls));
    let analysis = analyzer.finish();
    if analysis.totals.calls == 0 {
        return None;
    }
    let input = InputAccounting::new(&reading, 0);
    Some(AnalysisReport::new(analysis, input, &reading.ledger, PriceSource::default(), 15))
}

#[test]
fn no_line_is_wider_than_asked_at_any_width_for_any_bundled_log() {
    let mut found = BTreeSet::new();
    for folder in ["formats", "gate", "guess", "parquet"] {
        logs(&project().join("fixtures").join(folder), &mut found);
    }
    found.insert(project().join("fixtures/usage.jsonl.gz"));
    let book = PriceBook::embedded();
    let reports: Vec<_> =
        found.iter().filter_map(|path| Some((path, analysed(path, &book)?))).collect();
    assert!(reports.len() > 50, "{} logs", reports.len());
    for (path, report) in &reports {
        for width in 40..=200 {
            let mut out = Vec::new();
            let style = Style::new(false, width);
            write_analysis(report, OutputFormat::Table, style, &mut out).expect("memory");
            for line in String::from_utf8(out).expect("text").lines() {
                let is_kept =
                    line.len() <= usize::from(width) || columns_of(line) <= usize::from(width);
                assert!(is_kept, "{} at {width}: {line}", path.display());
            }
        }
    }
}

/// Calls to models with these names, each with a price of its own log.
fn named(names: &[&str]) -> String {
    let record = |name: &&str| {
        let call = serde_json::json!({
            "time": "2026-10-05T10:00:00Z", "model": name, "call_type": name,
            "input_tokens": 10_000, "output_tokens": 500, "cost_usd": "12.5",
        });
        call.to_string()
    };
    names.iter().map(record).collect::<Vec<_>>().join("\n")
}

#[test]
fn names_can_neither_command_a_terminal_nor_break_a_table() {
    const NAMES: [&str; 8] = [
        "\u{1b}[31m",
        "a\nb\tc\r",
        "\u{9b}2J\u{7}",
        "模型-大-模型-大-模型-大-模型-大-模型",
        "👩\u{200d}💻👍🏽🇩🇪",
        "e\u{301}\u{323}\u{301}\u{323}",
        "نموذج كبير",
        "\u{202e}abc\u{200b}",
    ];
    let folder = folder_with("usage.jsonl", named(&NAMES));
    for width in [40, 60, 80, 120, 200] {
        for flags in [&["--color", "never"][..], &["--color", "always"]] {
            let told =
                at_width(folder.path(), width, &[&["analyze", "usage.jsonl"], flags].concat());
            assert_eq!(told.code, Some(0), "{}", told.stderr);
            let plain = without_colors(&told.stdout);
            let is_quiet = |one: char| !one.is_control() || one == '\n';
            assert!(plain.chars().all(is_quiet), "{plain:?}");
            assert!(!plain.contains(['\u{202e}', '\u{200b}']), "{plain:?}");
            for line in plain.lines() {
                assert!(columns_of(line) <= usize::from(width), "at {width}: {line}");
            }
        }
    }
    let wide = at_width(folder.path(), 200, &["analyze", "usage.jsonl"]);
    assert!(wide.stdout.contains("�[31m"), "{}", wide.stdout);
    for format in ["markdown", "csv"] {
        let told = run(folder.path(), &["analyze", "usage.jsonl", "--format", format]);
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        assert!(format == "csv" || !told.stdout.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn another_currency_changes_what_people_see_and_nothing_else() {
    let folder = folder_with("usage.jsonl", named(&["own"]));
    let typed = |flags: &[&str]| run(folder.path(), &[&["analyze", "usage.jsonl"], flags].concat());
    let euros = typed(&["--currency", "EUR=0.92@2026-11-20"]);
    assert!(euros.stdout.contains("€11.50"), "{}", euros.stdout);
    assert!(!euros.stdout.contains('$'), "{}", euros.stdout);
    let told = euros.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = "amounts are in EUR, at the declared rate of 20 Nov 2026 of 0.92 EUR for a dollar; \
                prices are in dollars";
    assert!(told.contains(line), "{told}");
    let markdown = typed(&["--currency", "JPY=155.25", "--format", "markdown"]);
    assert!(markdown.stdout.contains("¥1,941"), "{}", markdown.stdout);
    let csv = |flags: &[&str]| typed(&[flags, &["--format", "csv"]].concat()).stdout;
    assert_eq!(csv(&["--currency", "EUR=0.92"]), csv(&[]));
    let plain = json(folder.path(), &["analyze", "usage.jsonl"]);
    let mut other = json(folder.path(), &["analyze", "usage.jsonl", "--currency", "EUR=0.92"]);
    let declared = serde_json::json!({"code": "EUR", "per_usd": "0.92", "declared_for": null});
    assert_eq!(other["prices"]["currency"], declared);
    other["prices"]["currency"] = serde_json::Value::Null;
    assert_eq!(other, plain);
}

#[test]
fn a_currency_can_be_declared_once_for_a_project() {
    let folder = folder_with("usage.jsonl", named(&["own"]));
    let config = "currency = \"GBP=0.8@2026-11-20\"\n";
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let typed = |flags: &[&str]| run(folder.path(), &[&["analyze", "usage.jsonl"], flags].concat());
    assert!(typed(&[]).stdout.contains("£10.00"));
    assert!(typed(&["--currency", "USD"]).stdout.contains("$12.50"));
    let wrong = typed(&["--currency", "EUR=0,92"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("`0,92` is no rate"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("EUR=0.92"), "{}", wrong.stderr);
}

#[test]
fn verbose_tells_on_stderr_and_changes_nothing_else() {
    let command = ["simulate", "fixtures/formats/llmcost/usage.jsonl", "--cache-hit", "0.9"];
    let plain = run(project(), &command);
    let told = run(project(), &[&command[..], &["-v"]].concat());
    assert_eq!(told.stdout, plain.stdout);
    for expected in [
        "info: no configuration file",
        "usage.jsonl: llmcost (its first records",
        "lines a second",
        "price book ",
        "simulating: ",
        "of memory",
    ] {
        assert!(told.stderr.contains(expected), "{expected}\n{}", told.stderr);
    }
    assert!(plain.stderr.is_empty(), "{}", plain.stderr);
    let both = run(project(), &[&command[..], &["-v", "-q"]].concat());
    assert_eq!(both.code, Some(2));
}
