//! Parquet in: a table says the same as the lines it was made of, whatever its types.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::{json, project, run, run_with_input};

fn fixture(name: &str) -> PathBuf {
    project().join("fixtures/parquet").join(name)
}

/// What a report says, without the names of files.
fn figures(log: &Path) -> Value {
    let log = log.to_str().expect("a path");
    let mut report = json(project(), &["analyze", log, "--by", "team,model,day"]);
    for call in report["costliest"].as_array_mut().expect("a list") {
        call.as_object_mut().expect("an object").remove("file");
    }
    for table in report["exhibits"].as_array_mut().expect("a list") {
        for row in table["rows"].as_array_mut().expect("a list") {
            // Commands to try next name the file.
            row.as_object_mut().expect("an object").remove("command");
        }
    }
    for file in report["input"]["by_file"].as_array_mut().into_iter().flatten() {
        file.as_object_mut().expect("an object").remove("name");
    }
    report
}

fn check(name: &str, twin: &str) {
    let (found, expected) = (figures(&fixture(name)), figures(&fixture(twin)));
    for (part, expected) in expected.as_object().expect("an object") {
        let differs = found[part] != *expected;
        assert!(!differs, "{part} of {name}:\n{}\ninstead of\n{expected}", found[part]);
    }
}

#[test]
fn every_compression_and_type_says_the_same() {
    let mut count = 0;
    for entry in fs::read_dir(fixture("")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        if name.ends_with(".parquet") && name.starts_with("calls_") && name != "calls_empty.parquet"
        {
            check(&name, "calls.jsonl");
            count += 1;
        }
    }
    assert!(count >= 10, "there are fixtures");
}

/// Its exact amounts, not only their sum.
#[test]
fn decimals_are_exact() {
    let copy = |name: &str| {
        let log = fixture(name);
        let log = log.to_str().expect("a path");
        run(project(), &["convert", log, "--format", "jsonl", "-q"]).stdout
    };
    let expected = copy("calls.jsonl");
    assert!(expected.contains("0.000864197523086415"), "{expected}");
    for name in ["calls_zstd", "calls_small", "calls_doubles"] {
        assert_eq!(copy(&format!("{name}.parquet")), expected, "{name}");
    }
}

#[test]
fn objects_lists_and_maps_are_read() {
    let by = |name: &str| {
        let log = fixture(name);
        let log = log.to_str().expect("a path");
        json(project(), &["analyze", log, "--by", "metadata.team"])["totals"].clone()
    };
    assert_eq!(by("responses.parquet"), by("responses.jsonl"));
}

#[test]
fn the_name_and_the_way_in_do_not_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(fixture("calls_zstd.parquet")).expect("reads");
    fs::write(folder.path().join("calls.csv"), &bytes).expect("writes");
    let totals = |report: &Value| report["totals"].clone();
    let expected = totals(&json(project(), &["analyze", "fixtures/parquet/calls.jsonl"]));
    assert_eq!(totals(&json(folder.path(), &["analyze", "calls.csv"])), expected);
    fs::write(folder.path().join("calls.zst"), zstd::encode_all(&bytes[..], 1).expect("encodes"))
        .expect("writes");
    assert_eq!(totals(&json(folder.path(), &["analyze", "calls.zst"])), expected);
    let piped = run_with_input(folder.path(), &["analyze", "-", "--json"], &bytes);
    assert_eq!(totals(&serde_json::from_str(&piped.stdout).expect("JSON")), expected);
    fs::remove_file(folder.path().join("calls.zst")).expect("removes");
    fs::rename(folder.path().join("calls.csv"), folder.path().join("a.parquet")).expect("renames");
    assert_eq!(totals(&json(folder.path(), &["analyze", "."])), expected);
}

#[test]
fn columns_can_be_named_and_compared() {
    let log = fixture("calls_int96.parquet");
    let log = log.to_str().expect("a path");
    let calls = |arguments: &[&str]| {
        let report = json(project(), &[&["analyze", log], arguments].concat());
        report["totals"]["calls"].clone()
    };
    assert_eq!(calls(&["--where", "team = 'red'"]), 2);
    assert_eq!(calls(&["--map", "request_id=id,call_type=team"]), 7);
    let wrong = run(project(), &["analyze", log, "--by", "taem"]);
    assert!(wrong.stderr.contains("did you mean `team`?"), "{}", wrong.stderr);
}

#[test]
fn a_bad_row_is_told_by_its_number() {
    let log = fixture("calls_none.parquet");
    let log = log.to_str().expect("a path");
    let wrong = run(project(), &["analyze", log, "--map", "input_tokens=team"]);
    assert!(wrong.stdout.contains("calls_none.parquet:3: input_tokens"), "{}", wrong.stdout);
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(fixture("calls_snappy.parquet")).expect("reads");
    for end in [4, 12, bytes.len() / 2, bytes.len() - 1] {
        fs::write(folder.path().join("cut.parquet"), &bytes[..end]).expect("writes");
        let cut = run(folder.path(), &["analyze", "cut.parquet"]);
        assert_eq!(cut.code, Some(3), "{end}: {}", cut.stderr);
        assert!(cut.stderr.contains("Parquet file that cannot be read"), "{}", cut.stderr);
    }
    let empty = fixture("calls_empty.parquet");
    let empty = run(project(), &["analyze", empty.to_str().expect("a path")]);
    assert_eq!(empty.code, Some(3));
    assert!(empty.stderr.contains("there is nothing in it"), "{}", empty.stderr);
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let log = fixture("twice.parquet");
    let twice = run(project(), &["analyze", log.to_str().expect("a path")]);
    assert_eq!(twice.code, Some(3), "{}", twice.stderr);
    assert!(twice.stderr.contains("the column `model` twice"), "{}", twice.stderr);
}

/// Whatever is damaged, the run ends with a report or an error, and never for another file.
#[test]
fn damage_ends_no_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(fixture("calls_lz4.parquet")).expect("reads");
    fs::copy(fixture("calls.jsonl"), folder.path().join("good.jsonl")).expect("copies");
    for place in (4..bytes.len()).step_by(bytes.len() / 40) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 0x5a;
        fs::write(folder.path().join("bad.parquet"), bytes).expect("writes");
        let run = run(folder.path(), &["analyze", "bad.parquet", "good.jsonl"]);
        assert_eq!(run.code, Some(0), "{place}: {}", run.stderr);
    }
}

/// The first rows were lost without a word when a page among them was damaged.
#[test]
fn damage_costs_no_row_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let calls = |name: &str| {
        let strict = run(folder.path(), &["analyze", name, "--strict", "--json"]);
        let report: Option<Value> = serde_json::from_str(&strict.stdout).ok();
        (strict.code, report.map(|report| report["totals"]["calls"].clone()))
    };
    let mut text = String::new();
    for row in 0..2000 {
        let call = "\"model\":\"gpt-4o\",\"output_tokens\":1";
        writeln!(text, "{{{call},\"input_tokens\":{row},\"id\":\"{row}\"}}").expect("memory");
    }
    fs::write(folder.path().join("log.jsonl"), text).expect("writes");
    run(folder.path(), &["convert", "log.jsonl", "-o", "log.parquet"]);
    assert_eq!(calls("log.parquet"), (Some(0), Some(2000.into())));
    let bytes = fs::read(folder.path().join("log.parquet")).expect("reads");
    let mut told = 0;
    for place in (4..bytes.len()).step_by(bytes.len() / 60) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 0x5a;
        fs::write(folder.path().join("bad.parquet"), bytes).expect("writes");
        match calls("bad.parquet") {
            (Some(3), _) => told += 1,
            found => assert_eq!(found, (Some(0), Some(2000.into())), "{place}"),
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn the_checksums_of_pages_are_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(fixture("calls_checked.parquet")).expect("reads");
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().expect("four"));
    let pages = bytes.len() - 8 - usize::try_from(length).expect("it fits");
    let totals = |bytes: &[u8]| {
        fs::write(folder.path().join("log.parquet"), bytes).expect("writes");
        let strict = run(folder.path(), &["analyze", "log.parquet", "--strict", "--json"]);
        let report: Option<Value> = serde_json::from_str(&strict.stdout).ok();
        (strict.code, report.map(|report| report["totals"].clone()))
    };
    let whole = totals(&bytes);
    for place in (4..pages).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 0x04;
        let found = totals(&bytes);
        assert!(found.0 == Some(3) || found == whole, "{place}: {found:?}");
    }
}
