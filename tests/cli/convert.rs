//! `llmcost convert`: a round trip changes nothing, and what is left out is said.

use std::fs;
use std::path::{Path, PathBuf};

use llmcost::diagnostics::Place;
use llmcost::render::{CsvRecords, JsonLines, ParquetRecords};
use llmcost::report::RecordRows;
use llmcost::sources::{Input, Progress, ReadOptions, preview, read};
use llmcost::usage::{Call, Calls, Dimensions};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::support::{atto, folder_with, json, project, run, run_with_input};

const CALL: &str = r#"{"model":"gpt-4o","time":"2026-10-01","input_tokens":1000,"output_tokens":10,"team":"red","spend_center":"7","prompt":"secret"}"#;

/// Every log among the fixtures.
fn fixtures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(fixtures(&path));
        } else if path.file_name().is_some_and(|name| name != "expected.json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What a report says of the calls, without what it says of the file.
fn figures(folder: &Path, arguments: &[&str]) -> Value {
    let mut report = json(folder, arguments);
    let whole = report.as_object_mut().expect("an object");
    for about_the_file in ["input", "diagnostics"] {
        whole.remove(about_the_file);
    }
    if let Some(calls) = whole.get_mut("costliest").and_then(Value::as_array_mut) {
        for call in calls.iter_mut().filter_map(Value::as_object_mut) {
            call.remove("file");
            call.remove("line");
        }
    }
    // A copy has the columns that were asked for; other tables look at users, keys and prompts too.
    let same = ["cache_use", "cache_effect", "waste", "models_to_review"].map(Value::from);
    if let Some(tables) = whole.get_mut("exhibits").and_then(Value::as_array_mut) {
        tables.retain(|table| same.contains(&table["name"]));
    }
    if let Some(hints) = whole.get_mut("hints").and_then(Value::as_array_mut) {
        hints.retain(|hint| hint["name"] != "largest-lever");
    }
    report
}

fn convert(folder: &Path, from: &str, to: &str) -> String {
    let run = run(folder, &["convert", from, "-q", "-o", to]);
    assert_eq!(run.code, Some(0), "{from}\n{}", run.stderr);
    fs::read_to_string(folder.join(to)).expect("written")
}

#[test]
fn every_fixture_says_the_same_when_converted_and_again() {
    let mut count = 0;
    for path in fixtures(&project().join("fixtures/formats")) {
        let folder = tempfile::tempdir().expect("a folder");
        let (folder, log) = (folder.path(), path.to_str().expect("a path"));
        if path.parent().is_some_and(|folder| folder.ends_with("rollup")) {
            // Its rows are no calls.
            assert_eq!(run(folder, &["convert", log, "-o", "a.jsonl"]).code, Some(2), "{log}");
            continue;
        }
        if run(folder, &["analyze", log]).code != Some(0) {
            assert_eq!(run(folder, &["convert", log, "-o", "a.jsonl"]).code, Some(3), "{log}");
            continue;
        }
        let first = convert(folder, log, "a.jsonl");
        assert_eq!(convert(folder, "a.jsonl", "b.jsonl"), first, "{log}");
        let table = convert(folder, log, "a.csv");
        assert_eq!(convert(folder, "a.csv", "b.csv"), table, "{log}");
        assert_eq!(convert(folder, "a.csv", "c.jsonl"), first, "{log}");
        assert_eq!(convert(folder, "a.jsonl", "c.csv"), table, "{log}");
        let binary = |from| {
            let done = run(folder, &["convert", from, "-q", "-o", "b.parquet"]);
            assert_eq!(done.code, Some(0), "{from}\n{}", done.stderr);
            fs::read(folder.join("b.parquet")).expect("written")
        };
        let typed = binary(log);
        fs::rename(folder.join("b.parquet"), folder.join("a.parquet")).expect("renames");
        assert_eq!(convert(folder, "a.parquet", "d.jsonl"), first, "{log}");
        assert!(binary("a.parquet") == typed, "{log}");
        let simulate = |log| vec!["simulate", log, "--retries", "--cache-hit", "0.5"];
        for arguments in
            [|log| vec!["analyze", log, "--by", "day,provider,model,call_type"], simulate]
        {
            let expected = figures(folder, &arguments(log));
            for copy in ["a.jsonl", "a.csv", "a.parquet"] {
                // Two long reports side by side help nobody.
                let found = figures(folder, &arguments(copy));
                for (name, part) in expected.as_object().expect("an object") {
                    assert_eq!(found[name], *part, "{name} of {log} and {copy}");
                }
            }
        }
        count += 1;
    }
    assert!(count >= 10, "there are fixtures");
}

#[test]
fn copies_are_recognised_after_a_round_trip() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = project().join("fixtures/usage.jsonl");
    let once = convert(folder.path(), log.to_str().expect("a path"), "a.jsonl");
    fs::write(folder.path().join("b.jsonl"), &once).expect("writes");
    assert_eq!(convert(folder.path(), "*.jsonl", "both.jsonl"), once);
}

#[test]
fn what_was_said_is_not_written() {
    let log = project().join("fixtures/formats/openai_chat/usage.jsonl");
    let log = log.to_str().expect("a path");
    let quiet = run(project(), &["convert", log, "--format", "jsonl"]);
    assert_eq!(quiet.code, Some(0), "{}", quiet.stderr);
    for said in ["Twelve.", "spring sale", "choices"] {
        assert!(!quiet.stdout.contains(said), "{said}");
    }
    assert!(quiet.stderr.contains("choices, request.messages"), "{}", quiet.stderr);
    let folder = folder_with("usage.jsonl", CALL);
    let by_default = run(folder.path(), &["convert", "--format", "jsonl"]);
    assert!(!by_default.stdout.contains("secret"), "{}", by_default.stdout);
    assert!(by_default.stdout.contains(r#""spend_center":"7","team":"red""#));
    let asked = run(folder.path(), &["convert", "--format", "jsonl", "--columns", "prompt"]);
    assert!(asked.stdout.contains("secret") && !asked.stdout.contains("red"), "{}", asked.stdout);
}

/// They were dropped without a word.
#[test]
fn columns_that_come_late_are_named() {
    let call = CALL.replace(",\"prompt\":\"secret\"", "");
    let late = CALL.replace("team", "tenant");
    let folder =
        folder_with("usage.jsonl", format!("{}{late}\n", format!("{call}\n").repeat(4000)));
    let told = run(folder.path(), &["convert", "-o", "a.jsonl"]).stderr;
    assert!(told.contains("the first records do not have it: tenant;"), "{told}");
    assert!(!told.contains("team") && !told.contains("prompt"), "{told}");
    let told = run(folder.path(), &["convert", "-o", "a.jsonl", "--columns", "tenant"]).stderr;
    assert!(!told.contains("left out"), "{told}");
    let folder = folder_with("usage.jsonl", call);
    let told = run(folder.path(), &["convert", "-o", "a.jsonl"]).stderr;
    assert!(!told.contains("left out"), "{told}");
}

#[test]
fn standard_input_keeps_the_columns_that_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = |columns: &[&str]| {
        let arguments = [&["convert", "-", "--format", "csv", "-q"], columns].concat();
        run_with_input(folder.path(), &arguments, CALL.as_bytes()).stdout
    };
    assert!(with(&["--columns", "team"]).ends_with("red\n"));
    assert!(!with(&[]).contains("red"));
}

#[test]
fn a_log_may_be_replaced_by_its_records() {
    let folder = folder_with("usage.jsonl", CALL);
    convert(folder.path(), "usage.jsonl", "usage.jsonl");
    convert(folder.path(), "usage.jsonl", "other.jsonl");
    let [first, second] = ["usage.jsonl", "other.jsonl"]
        .map(|name| fs::read_to_string(folder.path().join(name)).expect("reads"));
    assert_eq!(first, second);
    assert_eq!(fs::read_dir(folder.path()).expect("reads").count(), 2, "nothing else is left");
}

fn check(arguments: &[&str], code: i32, message: &str) {
    let folder = folder_with("usage.jsonl", format!("{CALL}\n{{\"cut\n"));
    let run = run(folder.path(), &[&["convert"], arguments].concat());
    assert_eq!(run.code, Some(code), "{arguments:?}\n{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(message), "{arguments:?}\n{}", run.stderr);
}

#[test]
fn wrong_flags_are_2() {
    check(&[], 2, "--format jsonl, csv, parquet or focus");
    check(&["-o", "calls.xlsx"], 2, "says no format");
    check(&["-o", "a.jsonl", "--by", "team"], 2, "--columns COLUMN");
    check(&["-o", "a.focus.csv", "--columns", "team"], 2, "--by COLUMN");
    check(&["-o", "a.csv", "--columns", "taem"], 2, "did you mean `team`?");
    check(&["-o", "a.csv", "--columns", "spend"], 2, "--map my_spend=spend");
}

#[test]
fn other_failures_have_the_codes_of_every_command() {
    check(&["-o", "a.jsonl"], 0, "usage.jsonl:2");
    check(&["-o", "a.jsonl", "--strict"], 3, "invalid-json");
    check(&["missing.jsonl", "-o", "a.jsonl"], 3, "no such file");
    check(&["-o", "no/such/folder/a.jsonl"], 5, "a.jsonl");
    let folder = folder_with("usage.jsonl", CALL.replace("gpt-4o", "claude-4-sonnet-20260515"));
    let strict = run(folder.path(), &["convert", "-o", "a.focus.csv", "--strict"]);
    assert_eq!(strict.code, Some(4), "{}", strict.stderr);
    let bill = fs::read_to_string(folder.path().join("a.focus.csv")).expect("delivered");
    assert!(bill.lines().nth(1).is_some_and(|line| line.starts_with(",,,USD")), "{bill}");
}

#[test]
fn a_run_that_fails_leaves_the_old_file() {
    let folder = folder_with("a.jsonl", "old");
    let failed = run(folder.path(), &["convert", "missing.jsonl", "-o", "a.jsonl"]);
    assert_eq!(failed.code, Some(3));
    assert_eq!(fs::read_to_string(folder.path().join("a.jsonl")).expect("reads"), "old");
}

#[test]
fn the_lines_of_a_bill_add_up_to_the_analysis() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = project().join("fixtures/usage.jsonl");
    let log = log.to_str().expect("a path");
    for by in [&[][..], &["--by", "product,service_tier", "--timezone", "Europe/Berlin"]] {
        let arguments = [&["convert", log, "-q", "-o", "bill.focus.csv"], by].concat();
        let run = run(folder.path(), &arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let sums = sums_of_bill(&folder.path().join("bill.focus.csv"));
        let report = json(project(), &["analyze", log, "--cost-mode", "calculate"]);
        assert_eq!(sums, [atto(&report["totals"]["cost_usd"]); 4]);
    }
}

/// What the lines of a bill come to: billed, effective, contracted and list cost.
fn sums_of_bill(path: &Path) -> [i128; 4] {
    let mut bill = csv::Reader::from_path(path).expect("CSV");
    let columns = bill.headers().expect("a header").clone();
    let place = |name: &str| columns.iter().position(|column| column == name).expect(name);
    let costs = ["BilledCost", "EffectiveCost", "ContractedCost", "ListCost"].map(place);
    let mut sums = [0; 4];
    for row in bill.records() {
        let row = row.expect("a row");
        for (sum, place) in sums.iter_mut().zip(costs) {
            let cost = Some(&row[place]).filter(|cost| !cost.is_empty());
            *sum += cost.map_or(0, super::support::parse);
        }
    }
    sums
}

/// Costs that only the log states were in the report and not on the bill.
fn check_bill(log: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let report = run(folder.path(), &["analyze", log, "--json"]);
    let billed = run(folder.path(), &["convert", log, "-o", "a.focus.csv"]);
    assert_eq!(billed.code, report.code, "{log}: {}", billed.stderr);
    if report.code != Some(0) {
        return;
    }
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let totals = &report["totals"];
    let total = totals["cost_usd"].as_str().map_or(0, super::support::parse);
    assert_eq!(sums_of_bill(&folder.path().join("a.focus.csv")), [total; 4], "{log}");
    let unpriced = totals["unpriced"]["calls"].as_u64().expect("a number");
    let told = billed.stderr.contains("no price: the lines for them have no cost");
    assert_eq!(told, unpriced > 0, "{log}: {}", billed.stderr);
    let own = run(folder.path(), &["analyze", "a.focus.csv", "--cost-mode", "logged", "--json"]);
    if own.code != Some(0) {
        let bill = fs::read_to_string(folder.path().join("a.focus.csv")).expect("written");
        assert_eq!(bill.lines().count(), 1, "{log}: {}", own.stderr);
        return;
    }
    let read: Value = serde_json::from_str(&own.stdout).expect("JSON");
    for part in ["cost_usd", "tokens", "searches", "file_searches"] {
        let nothing = totals[part].is_null() || part == "cost_usd" && total == 0;
        assert!(nothing || read["totals"][part] == totals[part], "{part} of {log} read back");
    }
}

#[test]
fn every_bill_adds_up_to_the_analysis() {
    for folder in ["fixtures/formats", "fixtures/parquet"] {
        for log in fixtures(&project().join(folder)) {
            check_bill(log.to_str().expect("a path"));
        }
    }
    if let Some(samples) = super::support::shared("samples") {
        for log in fixtures(&samples) {
            check_bill(log.to_str().expect("a path"));
        }
    }
}

#[test]
fn the_formats_are_listed() {
    let formats = json(project(), &["formats"]);
    let names = formats["formats"].as_array().expect("a list");
    assert!(names.iter().any(|format| format["name"] == "claude-code"), "{formats}");
    let page = run(project(), &["formats"]);
    assert!(page.stdout.contains("message.usage.input_tokens"), "{}", page.stdout);
}

struct Quiet;

impl Progress for Quiet {
    fn advance(&self, _: u64) {}
}

fn options(dimensions: &[String]) -> ReadOptions {
    ReadOptions {
        dimensions: Dimensions::new(dimensions.iter().map(String::as_str)),
        ..ReadOptions::default()
    }
}

/// What a log is read and written as.
struct Copies {
    /// Its calls, each with its names.
    calls: Vec<(Call, Vec<String>)>,
    lines: Vec<u8>,
    table: Vec<u8>,
    typed: Vec<u8>,
}

fn copies(log: &[u8], ending: &str) -> Copies {
    let folder = folder_with(&format!("log.{ending}"), log);
    let input = Input::File(folder.path().join(format!("log.{ending}")));
    let columns = preview(&input, &options(&[])).map_or_else(Vec::new, |seen| seen.columns);
    let rows = RecordRows::new(&columns, llmcost::report::KeptValues::All);
    let options = options(&rows.dimensions());
    let (mut as_lines, mut as_table) =
        (JsonLines::new(rows.clone()), CsvRecords::new(rows.clone()));
    let mut as_typed = ParquetRecords::new(rows);
    let mut copies =
        Copies { calls: Vec::new(), lines: Vec::new(), table: Vec::new(), typed: Vec::new() };
    as_table.start(&mut copies.table).expect("memory");
    read(&[input], &options, &Quiet, &mut |calls: &Calls| {
        as_lines.write(calls, &mut copies.lines).expect("memory");
        as_table.write(calls, &mut copies.table).expect("memory");
        as_typed.write(calls, &mut copies.typed).expect("memory");
        for row in 0..calls.len() {
            // The place is another; a tier that is known is written in one word for all.
            let call = Call { place: Place::default(), ..calls.call(row) };
            copies.calls.push((call, names(calls, row)));
        }
    });
    as_typed.finish(&mut copies.typed).expect("memory");
    copies
}

/// The names of a call that the log says, with their columns.
fn names(calls: &Calls, row: usize) -> Vec<String> {
    let named = calls.dimensions.iter().enumerate().filter_map(|(place, dimension)| {
        let name = calls.name(place, row);
        let said = !name.is_empty() && dimension.name != "<service_tier>";
        said.then(|| format!("{}={name}", dimension.name))
    });
    let mut found: Vec<String> = named.collect();
    found.sort();
    found
}

/// Texts that something between a log and its copy could take for something else.
fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        "-",
        "null",
        "None",
        "NaN",
        "{}",
        "[]",
        "=1+1",
        "@a",
        "+1",
        "'a",
        "\"a\"",
        "\"",
        "a\"b",
        " a ",
        "\ta",
        "a\nb",
        "a\r\nb",
        "a,b",
        "\\N",
        "\\",
        "0.10",
        "1e3",
        "true",
        "{\"a\":1}",
        "\u{0}",
        "\u{feff}a",
        "\u{a0}a",
        "é",
        "\u{1f600}",
    ]);
    prop_oneof![odd.prop_map(str::to_owned), "\\PC{0,6}"]
}

fn record() -> impl Strategy<Value = Map<String, Value>> {
    let counts = prop::collection::vec(prop::option::of(0u64..2_000), 8);
    let texts = prop::collection::vec(text(), 6);
    let rest = (prop::option::of(0i64..4_000_000_000_000), 0usize..9, -9i64..9, 0u64..3);
    (counts, texts, rest).prop_map(|(counts, texts, (millis, word, cost, id))| {
        let mut record = Map::new();
        record.insert("input_tokens".to_owned(), 9_000.into());
        record.insert("output_tokens".to_owned(), 7_000.into());
        let names = [
            "cache_read_tokens",
            "cache_write_tokens",
            "cache_write_1h_tokens",
            "audio_input_tokens",
            "reasoning_tokens",
            "image_output_tokens",
            "max_tokens",
            "calls",
        ];
        for (name, count) in names.into_iter().zip(counts) {
            record.extend(count.map(|count| (name.to_owned(), count.into())));
        }
        let names = ["model", "request_model", "conversation", "team", "a.b", "=x"];
        for (name, text) in names.into_iter().zip(texts) {
            record.insert(name.to_owned(), text.into());
        }
        record.extend(millis.map(|millis| ("time".to_owned(), (millis + 200_000_000_000).into())));
        let tier = ["standard", "batch", "fast", "odd lane", "null"].get(word);
        record.extend(tier.map(|tier| ("service_tier".to_owned(), (*tier).into())));
        let status = ["ok", "error", "429", "queued"].get(word);
        record.extend(status.map(|status| ("status".to_owned(), (*status).into())));
        record.insert("cost_usd".to_owned(), format!("{cost}.{}", word * 1_001).into());
        record.extend((id > 0).then(|| ("id".to_owned(), format!("-{id}").into())));
        record
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_copy_is_read_as_the_same_calls_and_copied_to_the_same_bytes(
        records in prop::collection::vec(record(), 1..6)
    ) {
        let log: Vec<String> =
            records.into_iter().map(|record| Value::Object(record).to_string()).collect();
        let first = copies(log.join("\n").as_bytes(), "jsonl");
        let kinds =
            [(&first.lines, "jsonl"), (&first.table, "csv"), (&first.typed, "parquet")];
        for (copy, ending) in kinds {
            let again = copies(copy, ending);
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            prop_assert_eq!(&again.calls, &first.calls, "{}", text(copy));
            prop_assert_eq!(text(&again.lines), text(&first.lines));
            prop_assert_eq!(text(&again.table), text(&first.table));
        }
    }
}
