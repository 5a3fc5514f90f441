//! Exports: safe to open, read back unchanged, and in the shape that their standard says.

use super::support::{folder_with, json, project, run};

/// Names that spreadsheets take for formulas, that readers could misread, or that are only odd.
const NAMES: [&str; 12] = [
    "=HYPERLINK(\"http://a\",\"b\")",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "a;=1+1",
    "'=1",
    "null",
    "模型 👍",
    "a,\"b\"\nc",
];

fn log() -> String {
    let record = |(number, name): (usize, &&str)| {
        let call = serde_json::json!({
            "time": format!("2026-10-05T10:00:{number:02}Z"), "request_id": format!("r{number}"),
            "provider": "anthropic", "model": "claude-haiku-4-5", "call_type": name, "team": name,
            "input_tokens": 10_000 + number, "output_tokens": 500, "cost_usd": "-0.5",
        });
        call.to_string()
    };
    NAMES.iter().enumerate().map(record).collect::<Vec<_>>().join("\n")
}

/// No cell of a spreadsheet, cut at commas, semicolons or tabs, starts as a formula; figures may.
fn check_inert(text: &str) {
    for delimiter in [b',', b';', b'\t'] {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        for row in reader.records() {
            for cell in &row.expect("CSV") {
                let is_formula =
                    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
                let is_figure = cell
                    .split(',')
                    .all(|part| part.parse::<f64>().is_ok() || !part.starts_with('-'));
                assert!(!is_formula || is_figure, "{cell:?} of {text}");
            }
        }
    }
}

#[test]
fn no_export_starts_a_formula_in_a_spreadsheet() {
    let folder = folder_with("usage.jsonl", log());
    for arguments in [
        &["analyze", "usage.jsonl", "--by", "team", "--format", "csv"][..],
        &["analyze", "usage.jsonl", "--by", "team", "--show", "costliest", "--format", "csv"],
        &["simulate", "usage.jsonl", "--by", "team", "--batch", "0.5", "--format", "csv"],
        &["convert", "usage.jsonl", "--format", "csv"],
        &["convert", "usage.jsonl", "--by", "team", "--format", "focus"],
    ] {
        let written = run(folder.path(), arguments);
        if written.code == Some(0) {
            assert!(written.stdout.lines().count() > 1, "{arguments:?}");
            check_inert(&written.stdout);
        } else {
            // Not every report has the table.
            assert!(arguments.contains(&"--show"), "{arguments:?}: {}", written.stderr);
        }
    }
}

#[test]
fn records_are_read_back_from_a_spreadsheet_file_as_they_were() {
    let folder = folder_with("usage.jsonl", log());
    for file in ["calls.csv", "calls.jsonl", "calls.parquet"] {
        let made = run(folder.path(), &["convert", "usage.jsonl", "-o", file]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let groups = |name: &str| {
            json(folder.path(), &["analyze", name, "--by", "team,call_type"])["groups"].clone()
        };
        assert_eq!(groups("usage.jsonl"), groups(file), "{file}");
    }
    let again = run(folder.path(), &["convert", "calls.csv", "-o", "again.csv"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("reads");
    assert_eq!(read("calls.csv"), read("again.csv"));
}

/// The columns that a table of FOCUS 1.2 must have ("Feature level: Mandatory").
const MANDATORY: [&str; 21] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
];

/// Others that FOCUS 1.2 knows and that are written.
const OTHERS: [&str; 8] = [
    "ChargeFrequency",
    "ConsumedQuantity",
    "ConsumedUnit",
    "InvoiceId",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "Tags",
];

/// What no log says; `docs/exports.md` tells of it.
const EMPTY: [&str; 4] = ["BillingAccountId", "BillingAccountName", "ChargeClass", "InvoiceId"];

fn is_moment(text: &str) -> bool {
    let shape: String =
        text.chars().map(|one| if one.is_ascii_digit() { '0' } else { one }).collect();
    shape == "0000-00-00T00:00:00Z"
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|one| one.is_ascii_digit()))
}

#[test]
fn bills_have_the_columns_and_the_forms_of_focus() {
    let log = "fixtures/formats/llmcost/usage.jsonl";
    let made = run(project(), &["convert", log, "--by", "team", "--format", "focus"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let mut reader = csv::Reader::from_reader(made.stdout.as_bytes());
    let columns: Vec<String> =
        reader.headers().expect("a header").iter().map(ToOwned::to_owned).collect();
    let mut expected: Vec<&str> = MANDATORY.into_iter().chain(OTHERS).collect();
    expected.sort_unstable();
    let mut sorted = columns.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    let mut lines = 0;
    for row in reader.records() {
        lines += 1;
        for (column, cell) in columns.iter().zip(&row.expect("CSV")) {
            let name = column.as_str();
            let may_be_empty = EMPTY.contains(&name) || name == "Tags" || name.ends_with("Cost");
            let is_right = match name {
                _ if cell.is_empty() => may_be_empty,
                _ if name.ends_with("PeriodStart") || name.ends_with("PeriodEnd") => {
                    is_moment(cell)
                }
                _ if name.ends_with("Cost") || name.ends_with("Quantity") => is_decimal(cell),
                "BillingCurrency" => cell == "USD",
                "ChargeCategory" => cell == "Usage",
                "ChargeFrequency" => cell == "Usage-Based",
                "ServiceCategory" => cell == "AI and Machine Learning",
                "ServiceSubcategory" => cell == "Generative AI",
                "Tags" => serde_json::from_str::<serde_json::Value>(cell)
                    .is_ok_and(|tags| tags.is_object()),
                _ => true,
            };
            assert!(is_right, "{column}: `{cell}`");
        }
    }
    assert!(lines > 3, "{lines} lines");
}

#[test]
fn names_in_bills_are_read_back_as_they_were() {
    let call = r#"{"time":"2026-10-05T10:00:00Z","provider":"acme","model":"=m;+1","input_tokens":9,"output_tokens":1}"#;
    let folder = folder_with("usage.jsonl", call);
    let made = run(folder.path(), &["convert", "usage.jsonl", "-o", "bill.focus.csv"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let report = json(folder.path(), &["analyze", "bill.focus.csv", "--by", "model"]);
    assert_eq!(report["groups"][0]["key"]["model"], "=m;+1", "{report}");
}

#[test]
fn names_in_markdown_are_only_text() {
    let name =
        "a|b `c` <script>alert(1)</script> [x](http://a.example) www.b.example @team #1 !2 :b: $y$";
    let call = serde_json::json!({
        "time": "2026-10-05T10:00:00Z", "model": name, "call_type": "- list\n# head",
        "input_tokens": 9, "output_tokens": 1,
    });
    let folder = folder_with("usage.jsonl", call.to_string());
    let page = run(folder.path(), &["analyze", "usage.jsonl", "--format", "markdown"]).stdout;
    assert!(page.contains("\\[x\\](http:&#8203;//a.example)"), "{page}");
    for forbidden in
        ["<script", "`c`", "[x](", "http://", "www.b", "@team", "#1 ", "!2", "$y$", "\n# head"]
    {
        assert!(!page.contains(forbidden), "{forbidden}: {page}");
    }
    let row = page.lines().find(|line| line.contains("alert")).expect("a row");
    let bars = row.replace("\\|", "").matches('|').count();
    let header = page.lines().find(|line| line.starts_with("| model")).expect("a header");
    assert_eq!(bars, header.matches('|').count(), "{row}");
}
