//! Every view of a backtest over a small made-up log, and the document against its schema.

use serde_json::Value;

use crate::pricing::PriceBook;
use crate::report::{BacktestBasis, FileAccounting, InputAccounting};
use crate::simulation::{BacktestOptions, backtest};
use crate::sources::Lines;
use crate::techniques::warmth::Term;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Calls, Dimensions, Instant, Symbol, column};

use super::samples::{prices, window};
use super::*;

/// The views that differ: widths and colours only touch the table.
const VIEWS: [(&str, OutputFormat, Style); 6] = [
    ("table_60", OutputFormat::Table, Style::new(false, 60)),
    ("table_100", OutputFormat::Table, Style::new(false, 100)),
    ("table_200_colored", OutputFormat::Table, Style::new(true, 200)),
    ("markdown", OutputFormat::Markdown, Style::new(false, 80)),
    ("json", OutputFormat::Json, Style::new(false, 80)),
    ("csv", OutputFormat::Csv, Style::new(false, 80)),
];

/// A conversation of 40 calls that loses its prompt once inside the lifetime and once over it.
fn log(files: u32) -> Calls {
    let mut calls = Calls::new(Dimensions::new(["conversation"]));
    for file in 0..files {
        let mut second = 0;
        for number in 0..40_u64 {
            second += if number == 20 { 900 } else { 30 };
            let input = 30_000 + number * 1_500;
            let is_lost = matches!(number, 0 | 10 | 20);
            let read = if is_lost { 0 } else { input - 1_500 };
            let mut one = Call::default();
            one.tokens[TokenClass::CacheRead] = Tokens::new(read);
            one.tokens[TokenClass::CacheWrite5m] = Tokens::new(input - read);
            one.tokens[TokenClass::Output] = Tokens::new(300);
            one.time = Instant::from_millis(1_780_272_000_000 + second * 1_000);
            one.place.file = file;
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            let talk = ["first", "second"][usize::from(file > 0)];
            for (place, name) in [(column::MODEL, "claude-sonnet-4-6"), (column::FIXED.len(), talk)]
            {
                symbols[place] = calls.dimensions[place].intern(name);
            }
            calls.push(&one, &symbols);
        }
    }
    calls.sorted_by_time()
}

fn report(files: u32, calibrate: bool) -> BacktestReport {
    let lifetime = (!calibrate).then_some(Term::Default);
    let options = BacktestOptions { lifetime, calibrate, ..BacktestOptions::default() };
    let found = backtest(&log(files), &PriceBook::embedded(), &options).expect("comparable");
    let file = |number: u32| FileAccounting {
        name: format!("logs/{number}.jsonl"),
        format: "llmcost".to_owned(),
        lines: Lines { lines: 40, records: 40, ..Lines::default() },
    };
    let input =
        InputAccounting { files: (0..files).map(file).collect(), ..InputAccounting::default() };
    let lifetime = if calibrate { "unknown" } else { "5m" };
    let basis = BacktestBasis { hidden: "cache", lifetime, calibrated: calibrate };
    BacktestReport::new(
        found,
        basis,
        window("2026-06-01T00:00:00Z", "2026-06-01T00:36:00Z"),
        input,
        Vec::new(),
        prices(),
        1,
    )
}

fn text(report: &BacktestReport, format: OutputFormat, style: Style) -> String {
    let mut out = Vec::new();
    write_backtest(report, format, style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

#[test]
fn backtests_look_as_agreed() {
    for (name, report) in [("one", report(1, false)), ("two_calibrated", report(2, true))] {
        for (view, format, style) in VIEWS {
            let shown = text(&report, format, style).replace('\u{1b}', "␛");
            insta::assert_snapshot!(format!("backtest_{name}_{view}"), shown);
        }
    }
}

#[test]
fn backtests_keep_to_the_width() {
    for width in [40, 60, 80, 100, 200] {
        for report in [report(1, false), report(2, true)] {
            let text = text(&report, OutputFormat::Table, Style::new(false, width));
            for line in text.lines() {
                assert!(line.chars().count() <= usize::from(width), "width {width}: {line}");
            }
        }
    }
}

#[test]
fn backtests_follow_their_schema() {
    let schema = include_str!("../../docs/schema/backtest.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    for report in [report(1, false), report(2, false), report(2, true)] {
        let text = text(&report, OutputFormat::Json, Style::default());
        let document: Value = serde_json::from_str(&text).expect("the document is JSON");
        let problems: Vec<_> =
            validator.iter_errors(&document).map(|one| one.to_string()).collect();
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn the_rows_of_each_part_add_up_to_the_total() {
    let text = text(&report(2, true), OutputFormat::Csv, Style::default());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let sum = |rows: &[csv::StringRecord], part: &str| -> u64 {
        let rows = rows.iter().filter(|row| &row[0] == part);
        rows.map(|row| row[4].parse::<u64>().expect("a count")).sum()
    };
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    for part in ["log", "cause", "model", "conversation"] {
        assert_eq!(sum(&rows, part), sum(&rows, "total"), "{part}");
    }
}
