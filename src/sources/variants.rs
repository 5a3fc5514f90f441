//! Every fixture written otherwise says the same: spaces, key order, lists, line ends, marks.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::chunk::Limits;
use super::reader::read_within;
use super::tests::{Quiet, options, read_all};
use super::*;
use crate::units::TokenClass;
use crate::usage::{Calls, column};

/// The fixtures of a format, and the name of the format.
fn fixtures() -> Vec<(&'static str, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut found = Vec::new();
    for format in FORMATS {
        let name = if format.name == "table" { "homemade" } else { format.name };
        let files = std::fs::read_dir(root.join(name.replace('-', "_"))).expect("a folder");
        let files = files.map(|file| file.expect("reads").path());
        let logs =
            files.filter(|path| path.file_name().is_some_and(|name| name != "expected.json"));
        found.extend(logs.map(|path| (format.name, path)));
    }
    found.sort();
    found
}

/// What a log says, whatever it looks like: its format and its calls in order of their names.
type Said = (Option<&'static str>, Vec<(String, Vec<u64>)>);

fn said(text: &str) -> Said {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("writes");
    let (calls, reading) = read_all(&[Input::File(file.path().to_owned())], &options());
    assert!(reading.total().balance(), "{:?}\n{text}", reading.total());
    (reading.files[0].format, each(&calls))
}

fn each(calls: &Calls) -> Vec<(String, Vec<u64>)> {
    let tokens = |row| {
        let call = calls.call(row);
        let counts = TokenClass::ALL.map(|class| call.tokens[class].get());
        let time = call.time.known().map_or(0, |time| time.millis().unsigned_abs());
        [&counts[..], &[call.calls, time]].concat()
    };
    let call = |row| (calls.name(column::MODEL, row).to_owned(), tokens(row));
    let mut found: Vec<_> = (0..calls.len()).map(call).collect();
    found.sort();
    found
}

/// The records of a JSON log; torn ones are left out.
fn records(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list,
        Ok(record) => vec![record],
        Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    }
}

/// A value with the keys of every object in the other order.
fn turned(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(turned).collect::<Vec<_>>().join(","))
        }
        Value::Object(object) => {
            let member = |(key, value)| format!("{}:{}", Value::from(key), turned(value));
            let members = object.iter().map(|(key, value)| (key.as_str(), value));
            format!("{{{}}}", members.rev().map(member).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// A value with a space behind every colon and comma.
fn spaced(value: &Value) -> String {
    let mut text = String::new();
    for line in serde_json::to_string_pretty(value).expect("writes").lines() {
        let _ = write!(text, "{} ", line.trim_start());
    }
    text
}

fn check(path: &Path, how: &str, text: &str, expected: &Said) {
    assert!(*expected == said(text), "{how}: {}\n{text}\n{:?}", path.display(), said(text));
}

/// Nothing off the diagonal.
#[test]
fn every_fixture_is_taken_for_its_own_format_and_no_other() {
    for (name, path) in fixtures() {
        // A home-made table whose names are all our own is in our own format.
        let own = path.ends_with("homemade/usage.csv");
        let expected = if own { "llmcost" } else { name };
        let text = std::fs::read_to_string(&path).expect("reads");
        assert_eq!(said(&text).0, Some(expected), "{}", path.display());
    }
}

#[test]
fn json_says_the_same_however_it_is_laid_out() {
    for (_, path) in fixtures() {
        let text = std::fs::read_to_string(&path).expect("reads");
        if !text.trim_start().starts_with(['{', '[']) {
            continue;
        }
        let records = records(&text);
        let lines = |write: &dyn Fn(&Value) -> String| {
            records.iter().map(|record| write(record) + "\n").collect::<String>()
        };
        let compact = lines(&Value::to_string);
        let expected = said(&compact);
        let pretty = |record: &Value| serde_json::to_string_pretty(record).expect("writes");
        check(&path, "spaced", &lines(&spaced), &expected);
        check(&path, "turned", &lines(&turned), &expected);
        check(&path, "pretty", &lines(&pretty), &expected);
        let list = Value::Array(records.clone());
        check(&path, "a list on a line", &list.to_string(), &expected);
        check(&path, "a pretty list", &pretty(&list), &expected);
    }
}

#[test]
fn line_ends_and_marks_change_nothing() {
    for (_, path) in fixtures() {
        let text = std::fs::read_to_string(&path).expect("reads").replace("\r\n", "\n");
        let expected = said(&text);
        check(&path, "line ends", &text.replace('\n', "\r\n"), &expected);
        check(&path, "mark", &format!("\u{feff}{text}"), &expected);
        check(&path, "no last line end", text.trim_end_matches('\n'), &expected);
    }
}

/// Also where records hold several calls, and where a line is torn between two chunks.
#[test]
fn a_log_says_the_same_however_it_is_cut_into_chunks() {
    for (_, path) in fixtures() {
        let inputs = [Input::File(path.clone())];
        let (whole, reading) = read_all(&inputs, &options());
        for chunk in [1, 100, 700] {
            let limits = Limits { chunk, sample: 1 << 16, record: 1 << 20 };
            let mut calls = Calls::new(options().dimensions);
            let sink = &mut |batch: &Calls| calls.append(batch);
            let found = read_within(limits, &inputs, &options(), &Quiet, sink);
            assert_eq!(found.total(), reading.total(), "{chunk}: {}", path.display());
            assert_eq!(found.ledger, reading.ledger, "{chunk}: {}", path.display());
            assert_eq!(each(&calls), each(&whole), "{chunk}: {}", path.display());
        }
    }
}

#[test]
fn a_log_that_is_cut_off_anywhere_is_accounted_for() {
    for (_, path) in fixtures() {
        let text = std::fs::read_to_string(&path).expect("reads");
        for part in 1..12 {
            let end = text.len() * part / 12;
            let end = (end..text.len()).find(|end| text.is_char_boundary(*end));
            // What is said is accounted for.
            let _ = said(&text[..end.unwrap_or(text.len())]);
        }
    }
}
