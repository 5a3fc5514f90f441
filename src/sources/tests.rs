//! Every format on its fixture, whose numbers were worked out by hand.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Calls, Dimensions, column};

pub(super) struct Quiet;

impl Progress for Quiet {
    fn advance(&self, _: u64) {}
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

pub(super) fn options() -> ReadOptions {
    ReadOptions::default()
}

pub(super) fn read_all(inputs: &[Input], options: &ReadOptions) -> (Calls, Reading) {
    let mut calls = Calls::new(options.dimensions.clone());
    let reading = read(inputs, options, &Quiet, &mut |batch| calls.append(batch));
    (calls, reading)
}

/// Compares one run with what its fixture expects.
fn check_run(folder: &Path, run: &Value) {
    let names = run["inputs"].as_array().expect("a list");
    let inputs: Vec<_> =
        names.iter().map(|name| Input::File(folder.join(name.as_str().expect("a name")))).collect();
    let (calls, reading) = read_all(&inputs, &options());
    let total = reading.total();
    let where_ = format!("{}: {names:?}\n{:#?}", folder.display(), reading.ledger);
    assert!(total.balance(), "{where_}");
    let number = |name: &str| run[name].as_u64().expect(name);
    assert_eq!(total.lines, number("lines"), "lines of {where_}");
    assert_eq!(total.records, number("records"), "records of {where_}");
    // A header is a line that belongs to the others.
    let continuation = number("continuation") + number("header");
    assert_eq!(total.continuation, continuation, "continuation of {where_}");
    assert_eq!(total.duplicates, number("duplicates"), "duplicates of {where_}");
    assert_eq!(total.blank, number("blank"), "blank of {where_}");
    for (code, count) in run["skipped"].as_object().expect("a map") {
        let seen = reading.ledger.entries().find(|(known, _)| known.name() == code);
        assert_eq!(seen.map(|(_, entry)| entry.count), count.as_u64(), "{code} of {where_}");
    }
    for class in TokenClass::ALL {
        let sum: u64 = calls.token_column(class).map(Tokens::get).sum();
        // A class that is not there is a class without tokens.
        let expected = run["tokens"][class.name()].as_u64().unwrap_or(0);
        assert_eq!(sum, expected, "{} of {where_}", class.name());
    }
    let counted: u64 = (0..calls.len()).map(|row| calls.call(row).calls).sum();
    assert_eq!(counted, number("calls"), "calls of {where_}");
    let searches: u64 = (0..calls.len()).map(|row| u64::from(calls.call(row).searches)).sum();
    assert_eq!(searches, number("searches"), "searches of {where_}");
    let in_files: u64 = (0..calls.len()).map(|row| u64::from(calls.call(row).file_searches)).sum();
    let expected = run["file_searches"].as_u64().unwrap_or(0);
    assert_eq!(in_files, expected, "searches in files of {where_}");
    check_each(&calls, run, &where_);
}

/// The calls one by one; the calls of one record may come in any order.
fn check_each(calls: &Calls, run: &Value, where_: &str) {
    let mut found: Vec<_> = (0..calls.len())
        .map(|row| {
            let call = calls.call(row);
            let tokens = TokenClass::ALL.map(|class| call.tokens[class].get());
            let model = calls.name(column::MODEL, row).to_owned();
            (call.place.line, model, call.service_tier.name().to_owned(), tokens)
        })
        .collect();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut expected: Vec<_> = run["each"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|each| {
            let count = |class: TokenClass| each["tokens"][class.name()].as_u64().unwrap_or(0);
            let line = each["line"].as_u64().expect("a line");
            (line, text(&each["model"]), text(&each["service_tier"]), TokenClass::ALL.map(count))
        })
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "calls of {where_}");
}

/// Reads `text` as a file.
pub(super) fn read_text(text: &str, options: &ReadOptions) -> (Calls, Reading) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::write(&path, text).expect("writes");
    let found = read_all(&[Input::File(path)], options);
    assert!(found.1.total().balance(), "{:?}", found.1);
    found
}

#[test]
fn every_format_reads_its_fixture_as_worked_out_by_hand() {
    for format in FORMATS {
        let folder = fixtures().join("formats").join(format.name.replace('-', "_"));
        let folder =
            if format.name == "table" { folder.with_file_name("homemade") } else { folder };
        let expected = std::fs::read_to_string(folder.join("expected.json"));
        let expected: Value = serde_json::from_str(&expected.expect("a fixture")).expect("JSON");
        for run in expected["runs"].as_array().expect("a list") {
            check_run(&folder, run);
        }
    }
}

#[test]
fn the_sample_month_reads_as_derived_independently() {
    let expected = std::fs::read_to_string(fixtures().join("expected.json")).expect("reads");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    let (calls, reading) = read_all(&[Input::File(fixtures().join("usage.jsonl"))], &options());
    let total = reading.total();
    assert!(total.balance());
    let input = |name: &str| expected["input"][name].as_u64().expect("a count");
    assert_eq!(total.lines, input("lines"));
    assert_eq!(total.records, input("records"));
    assert_eq!(total.duplicates, input("duplicates"));
    assert_eq!(total.blank, input("blank"));
    assert_eq!(Some(calls.len() as u64), expected["totals"]["calls"].as_u64());
    for (code, count) in expected["input"]["skipped"].as_object().expect("a map") {
        let seen = reading.ledger.entries().find(|(known, _)| known.name() == code);
        assert_eq!(seen.map(|(_, entry)| entry.count), count.as_u64(), "{code}");
    }
}

#[test]
fn threads_and_twins_change_nothing() {
    let one = read_all(&[Input::File(fixtures().join("usage.jsonl"))], &options());
    let many = ReadOptions { threads: NonZeroUsize::new(7).expect("seven"), ..options() };
    let columns = |calls: &Calls| -> Vec<_> {
        let row = |row| (calls.call(row), calls.name(column::MODEL, row).to_owned());
        (0..calls.len()).map(row).collect()
    };
    for name in ["usage.jsonl", "usage.jsonl.gz"] {
        let other = read_all(&[Input::File(fixtures().join(name))], &many);
        assert_eq!(columns(&one.0), columns(&other.0), "{name}");
        assert_eq!(one.1.total(), other.1.total(), "{name}");
        assert_eq!(one.1.ledger, other.1.ledger, "{name}");
    }
    // Together with its twin, every call of the log is there once.
    let both = ["usage.jsonl", "usage.csv"].map(|name| Input::File(fixtures().join(name)));
    let (calls, reading) = read_all(&both, &many);
    assert_eq!(calls.len(), one.0.len());
    assert_eq!(reading.files[1].lines.duplicates, one.0.len() as u64);
}

#[test]
fn a_mapping_names_what_no_format_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("odd.jsonl");
    std::fs::write(&path, "{\"m\":\"x\",\"u\":{\"i\":9,\"c\":4},\"o\":2,\"who\":\"me\"}\n")
        .expect("writes");
    let map = [
        ("model", "m"),
        ("input_tokens", "u.i"),
        ("cache_read_tokens", "u.c"),
        ("output_tokens", "o"),
        ("input_includes_cache", "true"),
    ];
    let map = map.map(|(field, path)| (field.to_owned(), path.to_owned())).to_vec();
    let options = ReadOptions { map, dimensions: Dimensions::new(["who"]), ..options() };
    let (calls, reading) = read_all(&[Input::File(path)], &options);
    assert_eq!(reading.total().records, 1, "{reading:?}");
    let call = calls.call(0);
    assert_eq!(call.tokens[TokenClass::Input].get(), 5);
    assert_eq!(call.tokens[TokenClass::CacheRead].get(), 4);
    assert_eq!(calls.name(column::FIXED.len(), 0), "me");
}
