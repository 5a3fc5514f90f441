//! Every view of prices over one table of an invented seller, and the documents against their
//! schemas.

use serde_json::Value;

use crate::pricing::{ImportOptions, PriceBook, TableOutline, check_table, import_prices};
use crate::report::{PriceQuery, PriceSide, PriceSort, PriceSource, Retired};
use crate::units::TokenClass;
use crate::usage::Instant;

use super::samples::{prices, typical_analysis};
use super::*;

const TABLE: &str = include_str!("../../fixtures/prices/acme.toml");

const PLAIN: Style = Style::new(false, 80);

/// The views that differ: widths and colours only touch the table.
const VIEWS: [(&str, OutputFormat, Style); 7] = [
    ("table_60", OutputFormat::Table, Style::new(false, 60)),
    ("table_80", OutputFormat::Table, PLAIN),
    ("table_140", OutputFormat::Table, Style::new(false, 140)),
    ("table_140_colored", OutputFormat::Table, Style::new(true, 140)),
    ("markdown", OutputFormat::Markdown, PLAIN),
    ("json", OutputFormat::Json, PLAIN),
    ("csv", OutputFormat::Csv, PLAIN),
];

fn book(text: &str) -> PriceBook {
    PriceBook::with_overrides(&[("acme.toml".to_owned(), text.to_owned())]).expect("loads")
}

fn source() -> PriceSource {
    PriceSource { as_of: "table".to_owned(), ..prices() }
}

fn list(day: &str, retired: Retired) -> PriceList {
    let at = Instant::parse(day).unwrap_or(Instant::MISSING);
    let query = PriceQuery {
        at,
        provider: &|name| name == "acme",
        model: &|_| true,
        retired,
        sort: PriceSort::Class(TokenClass::Output),
    };
    PriceList::new(&book(TABLE), source(), &query)
}

fn sheet(name: &str, day: &str) -> PriceSheet {
    let book = book(TABLE);
    let at = Instant::parse(day).unwrap_or(Instant::MISSING);
    let id = book.find("", name).expect("a known model");
    let as_of = if day.is_empty() { "table" } else { day };
    PriceSheet::new(&book, id, name, at, PriceSource { as_of: as_of.to_owned(), ..prices() })
}

/// The table against one in which prices, lanes and models changed; with a log or without.
fn diff(with_log: bool) -> PriceDiff {
    let changed = TABLE
        .replace("input = \"2\", cache_read = \"0.2\"", "input = \"2.5\", cache_read = \"0.2\"")
        .replace("factor = \"0.5\"", "factor = \"0.6\"")
        .replace("context_window = 200000", "context_window = 400000")
        .replace("\"acme-mini\"", "\"acme-tiny\"");
    let (old, new) = (book(TABLE), book(&changed));
    let side = |name: &str, book, text| PriceSide {
        name: name.to_owned(),
        book,
        outline: TableOutline::read(text),
        source: source(),
    };
    let diff =
        PriceDiff::new(&side("acme.toml", &old, TABLE), &side("new/acme.toml", &new, &changed));
    if !with_log {
        return diff;
    }
    let report = typical_analysis();
    let mut dearer = report.analysis.clone();
    dearer.groups[1].tally.cost = samples::usd("18300.25");
    dearer.totals.cost += samples::usd("3000.25");
    let rest = samples::damaged_analysis().analysis;
    diff.with_effect([report.analysis, dearer], [rest.clone(), rest], report.input, &<_>::default())
}

type Write<R> = fn(&R, OutputFormat, Style, &mut dyn io::Write) -> io::Result<()>;

fn text<R>(write: Write<R>, report: &R, format: OutputFormat, style: Style) -> String {
    let mut out = Vec::new();
    write(report, format, style, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

fn check<R>(name: &str, write: Write<R>, report: &R) {
    for (view, format, style) in VIEWS {
        let text = text(write, report, format, style);
        // Snapshots are read in editors: escapes are made visible.
        insta::assert_snapshot!(format!("prices_{name}_{view}"), text.replace('\u{1b}', "␛"));
    }
}

#[test]
fn lists_look_as_agreed() {
    check("list", write_price_list, &list("", Retired::Show));
}

#[test]
fn a_list_says_what_is_not_in_it() {
    let text =
        text(write_price_list, &list("2025-01-01", Retired::Hide), OutputFormat::Table, PLAIN);
    assert!(text.contains("no price on that day: acme-large"), "{text}");
    let text = super::price_views::text(
        write_price_list,
        &list("", Retired::Hide),
        OutputFormat::Table,
        PLAIN,
    );
    assert!(text.contains("1 retired model left out"), "{text}");
}

#[test]
fn sheets_look_as_agreed() {
    check("sheet", write_price_sheet, &sheet("gateway/eu/models/acme-large-20260101", ""));
    check("sheet_plain", write_price_sheet, &sheet("acme-old", ""));
    check("sheet_of_rules", write_price_sheet, &sheet("acme-mini", ""));
    check("sheet_of_a_name", write_price_sheet, &sheet("acme-latest", "2026-02-01"));
}

#[test]
fn a_day_without_prices_says_so() {
    let sheet = sheet("acme-large", "2025-01-01");
    let shown = text(write_price_sheet, &sheet, OutputFormat::Table, PLAIN);
    assert!(shown.contains("no price on that day"), "{shown}");
    let json = text(write_price_sheet, &sheet, OutputFormat::Json, PLAIN);
    check_schema(include_str!("../../docs/schema/prices-show.schema.json"), &json);
}

#[test]
fn differences_look_as_agreed() {
    check("diff", write_price_diff, &diff(false));
    check("diff_with_log", write_price_diff, &diff(true));
}

#[test]
fn tables_keep_to_the_width() {
    for width in (40..=200).step_by(5) {
        let style = Style::new(false, width);
        for text in [
            text(write_price_list, &list("", Retired::Show), OutputFormat::Table, style),
            text(write_price_sheet, &sheet("acme-large", ""), OutputFormat::Table, style),
            text(write_price_sheet, &sheet("acme-mini", ""), OutputFormat::Table, style),
            text(write_price_diff, &diff(true), OutputFormat::Table, style),
        ] {
            for line in text.lines() {
                assert!(line.chars().count() <= usize::from(width), "width {width}: {line}");
            }
        }
    }
}

#[test]
fn a_check_reads_like_the_messages_of_a_compiler() {
    let broken = TABLE
        .replacen("output = \"10\"", "output = 10", 1)
        .replace("input = \"1\", output = \"4\"", "input = \"5\", output = \"4\"");
    let mut out = Vec::new();
    write_table_check("acme.toml", &check_table("acme.toml", &broken), &mut out)
        .expect("memory can be written");
    insta::assert_snapshot!("prices_check", String::from_utf8(out).expect("text"));
}

fn validator(schema: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the schema is a schema")
}

fn check_schema(schema: &str, text: &str) {
    check_document(&validator(schema), text);
}

fn check_document(validator: &jsonschema::Validator, text: &str) {
    let document: Value = serde_json::from_str(text).expect("the document is JSON");
    let problems: Vec<_> = validator
        .iter_errors(&document)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn documents_follow_their_schemas() {
    let of_list = include_str!("../../docs/schema/prices-list.schema.json");
    let json = OutputFormat::Json;
    check_schema(of_list, &text(write_price_list, &list("", Retired::Show), json, PLAIN));
    let of_sheet = include_str!("../../docs/schema/prices-show.schema.json");
    check_schema(of_sheet, &text(write_price_sheet, &sheet("acme-large", ""), json, PLAIN));
    for model in ["acme-old", "acme-mini", "acme-latest"] {
        check_schema(of_sheet, &text(write_price_sheet, &sheet(model, ""), json, PLAIN));
    }
    let of_diff = include_str!("../../docs/schema/prices-diff.schema.json");
    check_schema(of_diff, &text(write_price_diff, &diff(false), json, PLAIN));
    check_schema(of_diff, &text(write_price_diff, &diff(true), json, PLAIN));
}

#[test]
fn an_import_says_what_it_leaves_out() {
    let bytes = include_bytes!("../../fixtures/prices/litellm.json");
    let options = ImportOptions { checked_on: "2026-11-10".to_owned(), ..<_>::default() };
    let imported = import_prices("litellm.json", bytes, &options).expect("a collection");
    let mut text = Vec::new();
    write_left_out(&imported, &mut text).expect("memory can be written");
    insta::assert_snapshot!("prices_import_left_out", String::from_utf8(text).expect("text"));
    let mut document = Vec::new();
    write_import(&imported, &mut document).expect("memory can be written");
    let schema = include_str!("../../docs/schema/prices-import.schema.json");
    check_schema(schema, &String::from_utf8(document).expect("text"));
}

#[test]
fn every_built_in_model_can_be_listed_and_shown() {
    let book = PriceBook::embedded();
    let of_sheet = validator(include_str!("../../docs/schema/prices-show.schema.json"));
    for (id, model) in book.models() {
        let sheet = PriceSheet::new(&book, id, &model.id, Instant::MISSING, source());
        let shown = text(write_price_sheet, &sheet, OutputFormat::Table, PLAIN);
        for line in shown.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", model.id);
        }
        check_document(&of_sheet, &text(write_price_sheet, &sheet, OutputFormat::Json, PLAIN));
    }
}
