//! Every view of a backtest that withholds a field, and the document against its schema.

use serde_json::Value;

use crate::diagnostics::Ledger;
use crate::report::{FileAccounting, InputAccounting};
use crate::simulation::{Withheld, WithheldLine, WithheldResult};
use crate::sources::Lines;
use crate::units::Tokens;

use super::samples::{prices, usd, window};
use super::*;

const VIEWS: [(&str, OutputFormat, u16); 5] = [
    ("table_60", OutputFormat::Table, 60),
    ("table_100", OutputFormat::Table, 100),
    ("markdown", OutputFormat::Markdown, 80),
    ("json", OutputFormat::Json, 80),
    ("csv", OutputFormat::Csv, 80),
];

fn line(name: &str, calls: u64, amounts: [&str; 3]) -> WithheldLine {
    let [billed, predicted, simplest] = amounts.map(usd);
    WithheldLine { name: name.to_owned(), calls, affected: calls / 4, billed, predicted, simplest }
}

fn report(withheld: Withheld, left_out: u64) -> WithheldReport {
    let result = WithheldResult {
        withheld,
        learned_from: 1_204,
        left_out,
        total: line("", 1_204, ["48.2", "47.11", "60"]),
        lines: vec![
            line("claude-sonnet-4-6", 1_000, ["40", "39", "52"]),
            line("", 204, ["8.2", "8.11", "8"]),
        ],
    };
    let file = FileAccounting {
        name: "logs/october.jsonl".to_owned(),
        format: "llmcost".to_owned(),
        lines: Lines { lines: 2_408, records: 2_408, ..Lines::default() },
    };
    let input = InputAccounting { files: vec![file], ..InputAccounting::default() };
    let window = window("2026-10-01T00:00:00Z", "2026-10-31T00:36:00Z");
    WithheldReport::new(result, window, input, &Ledger::default(), prices())
}

fn reports() -> [(&'static str, WithheldReport); 2] {
    [
        ("served", report(Withheld::ServedModel, 0)),
        ("output", report(Withheld::OutputBeyond(Tokens::new(1_000)), 17)),
    ]
}

fn text(report: &WithheldReport, format: OutputFormat, width: u16) -> String {
    let mut out = Vec::new();
    let style = Style::new(false, width);
    write_withheld(report, format, style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

#[test]
fn backtests_of_fields_look_as_agreed() {
    for (name, report) in reports() {
        for (view, format, width) in VIEWS {
            insta::assert_snapshot!(
                format!("withheld_{name}_{view}"),
                text(&report, format, width)
            );
        }
    }
}

#[test]
fn backtests_of_fields_follow_their_schema() {
    let schema = include_str!("../../docs/schema/backtest-withheld.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    for (name, report) in reports() {
        let text = text(&report, OutputFormat::Json, 80);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let faults: Vec<_> =
            validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
}
