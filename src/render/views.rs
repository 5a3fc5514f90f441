//! Every renderer over the same three reports, and the documents against their schemas.

use serde_json::Value;

use super::exhibit_samples::exhibits;
use super::remark_samples::doubtful_analysis;
use super::samples::{damaged_analysis, empty_analysis, typical_analysis};
use super::savings_samples::{damaged_savings, empty_savings, typical_savings};
use super::*;

const PLAIN: Style = Style::new(false, 80);
const WIDE: Style = Style::new(false, 140);
const COLORED: Style = Style::new(true, 140);

/// The views that differ: widths and colours only touch the table.
const VIEWS: [(&str, OutputFormat, Style); 6] = [
    ("table_80", OutputFormat::Table, PLAIN),
    ("table_140", OutputFormat::Table, WIDE),
    ("table_140_colored", OutputFormat::Table, COLORED),
    ("markdown", OutputFormat::Markdown, PLAIN),
    ("json", OutputFormat::Json, PLAIN),
    ("csv", OutputFormat::Csv, PLAIN),
];

fn analysis_text(report: &AnalysisReport, format: OutputFormat, style: Style) -> String {
    let mut out = Vec::new();
    write_analysis(report, format, style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

fn savings_text(report: &SavingsReport, format: OutputFormat, style: Style) -> String {
    let mut out = Vec::new();
    write_savings(report, format, style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

/// Snapshots are read in editors: escapes are made visible.
fn visible(text: &str) -> String {
    text.replace('\u{1b}', "␛")
}

fn check_analysis(name: &str, report: &AnalysisReport) {
    for (view, format, style) in VIEWS {
        let text = analysis_text(report, format, style);
        insta::assert_snapshot!(format!("analysis_{name}_{view}"), visible(&text));
    }
}

fn check_savings(name: &str, report: &SavingsReport) {
    for (view, format, style) in VIEWS {
        let text = savings_text(report, format, style);
        insta::assert_snapshot!(format!("savings_{name}_{view}"), visible(&text));
    }
}

#[test]
fn analyses_look_as_agreed() {
    check_analysis("typical", &typical_analysis());
    check_analysis("empty", &empty_analysis());
    check_analysis("damaged", &damaged_analysis());
    check_analysis("doubtful", &doubtful_analysis());
}

#[test]
fn simulations_look_as_agreed() {
    check_savings("typical", &typical_savings());
    check_savings("empty", &empty_savings());
    check_savings("damaged", &damaged_savings());
}

#[test]
fn a_table_can_be_written_on_its_own() {
    for exhibit in exhibits() {
        let mut out = Vec::new();
        write_exhibit(&exhibit, Style::default(), &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("text");
        insta::assert_snapshot!(format!("exhibit_{}_csv", exhibit.name), text);
    }
}

/// Columns of text that a line takes; the samples have no letters of double width.
fn columns_of(line: &str) -> usize {
    line.chars().count()
}

#[test]
fn tables_keep_to_the_width() {
    for width in (40..=200).step_by(5) {
        let style = Style::new(false, width);
        for text in [
            analysis_text(&typical_analysis(), OutputFormat::Table, style),
            analysis_text(&damaged_analysis(), OutputFormat::Table, style),
            analysis_text(&doubtful_analysis(), OutputFormat::Table, style),
            savings_text(&typical_savings(), OutputFormat::Table, style),
            savings_text(&damaged_savings(), OutputFormat::Table, style),
        ] {
            for line in text.lines() {
                assert!(columns_of(line) <= usize::from(width), "width {width}: {line}");
            }
        }
    }
}

#[test]
fn long_names_do_not_overflow_narrow_terminals() {
    let mut report = typical_analysis();
    report.analysis.groups[0].key = vec!["a-model-with-a-very-long-name-".repeat(4); 2];
    report.costliest[0].file = "folder/".repeat(20) + "usage.jsonl";
    for width in [60, 80] {
        let text = analysis_text(&report, OutputFormat::Table, Style::new(false, width));
        for line in text.lines() {
            assert!(columns_of(line) <= usize::from(width), "width {width}: {line}");
        }
        assert!(text.contains("usage.jsonl") && text.contains("narrow terminal: "), "{text}");
    }
}

#[test]
fn calls_at_the_logs_own_cost_are_not_called_priced() {
    let text = analysis_text(&damaged_analysis(), OutputFormat::Table, WIDE);
    assert!(text.contains("33.3 % of calls priced"), "{text}");
    assert!(text.contains("16.7 % at the log's own cost, 50.0 % not priced"), "{text}");
    assert!(text.contains("1 call at the log's own cost: $0.00"), "{text}");
}

#[test]
fn a_bill_of_which_nothing_is_known_is_not_zero_dollars() {
    let mut report = damaged_analysis();
    report.analysis.totals = report.analysis.groups[1].tally;
    let text = analysis_text(&report, OutputFormat::Table, WIDE);
    let headline: Vec<_> = text.lines().take(3).collect();
    assert!(headline[1].contains("no call has a known cost"), "{text}");
    assert!(!headline.concat().contains('$'), "{text}");
    let document = analysis_text(&report, OutputFormat::Json, PLAIN);
    let document: Value = serde_json::from_str(&document).expect("the document is JSON");
    assert_eq!(document["totals"]["cost_usd"], Value::Null);
    assert_eq!(document["totals"]["unpriced"]["tokens"]["input"], 3_000);
}

#[test]
fn a_simulation_lists_the_models_without_a_price() {
    let text = savings_text(&damaged_savings(), OutputFormat::Table, WIDE);
    assert!(text.contains("Models without a price") && text.contains("free-model"), "{text}");
}

#[test]
fn no_name_of_a_log_reaches_the_terminal_as_a_command() {
    let text = analysis_text(&damaged_analysis(), OutputFormat::Table, PLAIN);
    assert!(!text.contains('\u{1b}'));
}

fn check_schema(schema: &str, text: &str) {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let document: Value = serde_json::from_str(text).expect("the document is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    let problems: Vec<_> = validator
        .iter_errors(&document)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn analyses_follow_their_schema() {
    let schema = include_str!("../../docs/schema/analyze.schema.json");
    let reports = [typical_analysis(), empty_analysis(), damaged_analysis(), doubtful_analysis()];
    for report in reports {
        check_schema(schema, &analysis_text(&report, OutputFormat::Json, PLAIN));
    }
}

#[test]
fn simulations_follow_their_schema() {
    let schema = include_str!("../../docs/schema/simulate.schema.json");
    for report in [typical_savings(), empty_savings(), damaged_savings()] {
        check_schema(schema, &savings_text(&report, OutputFormat::Json, PLAIN));
    }
}

#[test]
fn csv_rows_add_up_to_the_printed_total() {
    let report = typical_analysis();
    let text = analysis_text(&report, OutputFormat::Csv, PLAIN);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cost = reader.headers().expect("a header").iter().position(|name| name == "cost_usd");
    let cost = cost.expect("a column of costs");
    let sum = reader.records().map(|row| samples::usd(&row.expect("a row")[cost]));
    assert_eq!(sum.sum::<crate::units::Usd>(), report.analysis.totals.cost);
}
