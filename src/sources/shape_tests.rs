//! The same records in other dress, for every format: what is read is the same.

use std::path::PathBuf;

use serde_json::Value;

use super::chunk::Limits;
use super::reader::read_within;
use super::tests::{Quiet, options, read_all};
use super::*;
use crate::units::TokenClass;
use crate::usage::{Calls, column};

/// The fixtures of every format: its name, and the files.
fn fixtures() -> Vec<(&'static str, Vec<PathBuf>)> {
    let formats = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let of = |format: &&'static Format| {
        let name = format.name.replace('-', "_");
        let folder = formats.join(if name == "table" { "homemade".to_owned() } else { name });
        let entries = std::fs::read_dir(folder).expect("a fixture");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("reads").path()).collect();
        files.retain(|file| !file.ends_with("expected.json"));
        files.sort();
        (format.name, files)
    };
    FORMATS.iter().map(of).collect()
}

/// Calls in a fixed order: model and tokens.
fn content(calls: &Calls) -> Vec<(String, [u64; TokenClass::ALL.len()])> {
    let row = |row| {
        let tokens = calls.call(row).tokens;
        (
            calls.name(column::MODEL, row).to_owned(),
            TokenClass::ALL.map(|class| tokens[class].get()),
        )
    };
    let mut found: Vec<_> = (0..calls.len()).map(row).collect();
    found.sort();
    found
}

fn read_text(text: &[u8]) -> (Calls, Reading) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::write(&path, text).expect("writes");
    let found = read_all(&[Input::File(path)], &options());
    assert!(found.1.total().balance(), "{:?}", found.1);
    found
}

/// The keys of all objects in the opposite order.
fn turned(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<_> = object.iter().collect();
            keys.sort_by_key(|(key, _)| (*key).clone());
            let pair = |(key, value): &(&String, &Value)| {
                format!("{} : {}", Value::from(key.as_str()), turned(value))
            };
            format!("{{ {} }}", keys.iter().rev().map(pair).collect::<Vec<_>>().join(" , "))
        }
        Value::Array(list) => {
            format!("[ {} ]", list.iter().map(turned).collect::<Vec<_>>().join(" , "))
        }
        other => other.to_string(),
    }
}

/// The valid records of a file, however they are laid out.
fn records(text: &str) -> Vec<Value> {
    if let Ok(whole) = serde_json::from_str::<Value>(text) {
        return match whole {
            Value::Array(list) => list,
            one => vec![one],
        };
    }
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn a_fixture_is_taken_for_its_own_format_and_no_other() {
    for (name, files) in fixtures() {
        for file in files {
            let (_, reading) = read_all(&[Input::File(file.clone())], &options());
            let found = reading.files[0].format.expect("a format");
            // A table may have our own names, which say more.
            let own_names = name == "table" && found == "llmcost";
            assert!(found == name || own_names, "{found}: {}", file.display());
        }
    }
}

#[test]
fn where_a_file_is_cut_into_chunks_changes_nothing() {
    let limits = Limits { chunk: 64, ..Limits::default() };
    for (name, files) in fixtures() {
        let inputs: Vec<_> = files.into_iter().map(Input::File).collect();
        let (calls, reading) = read_all(&inputs, &options());
        let mut found = Calls::new(options().dimensions);
        let sink = &mut |batch: &Calls| found.append(batch);
        let again = read_within(limits, &inputs, &options(), &Quiet, sink);
        assert_eq!(content(&found), content(&calls), "{name}");
        assert_eq!(again.total(), reading.total(), "{name}");
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    for (name, files) in fixtures() {
        for file in files {
            let text = std::fs::read_to_string(&file).expect("text").replace("\r\n", "\n");
            let (calls, reading) = read_text(text.as_bytes());
            for other in [format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
                let (found, again) = read_text(other.as_bytes());
                assert_eq!(content(&found), content(&calls), "{name}: {}", file.display());
                assert_eq!(again.total(), reading.total(), "{name}: {}", file.display());
            }
        }
    }
}

#[test]
fn records_laid_out_another_way_are_the_same_calls() {
    for (name, files) in fixtures() {
        for file in files {
            let text = std::fs::read_to_string(&file).expect("text");
            let records = records(&text);
            if records.is_empty() {
                continue;
            }
            let calls = content(&read_text(text.as_bytes()).0);
            let lines: Vec<_> = records.iter().map(Value::to_string).collect();
            let turned: Vec<_> = records.iter().map(turned).collect();
            let pretty: Vec<_> = records
                .iter()
                .map(|record| serde_json::to_string_pretty(record).expect("JSON"))
                .collect();
            for (dress, other) in [
                ("lines", lines.join("\n")),
                ("keys turned round, with spaces", turned.join("\n")),
                ("a list on one line", format!("[{}]", lines.join(","))),
                ("a laid-out list", format!("[\n{}\n]\n", pretty.join(",\n"))),
                ("objects one after another", pretty.join("\n")),
            ] {
                let found = content(&read_text(other.as_bytes()).0);
                assert_eq!(found, calls, "{name}, {dress}: {}", file.display());
            }
        }
    }
}
