//! Databases in: the calls that programs keep in SQLite, read without a trace.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use super::support::{folder_with, json, run, run_with_input};

const OLD: &str = "CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, \
    conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, \
    output_tokens INTEGER, token_details TEXT)";
const NEW: &str = "CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, model TEXT, \
    resolved_model TEXT, options_json TEXT, input_tokens INTEGER, output_tokens INTEGER, \
    token_details TEXT, duration_ms INTEGER, datetime_utc TEXT)";
const DETAILS: &str = r#"{"prompt_tokens_details":{"cached_tokens":64}}"#;
const MESSAGE: &str = r#"{"role":"assistant","modelID":"claude-sonnet-4-5","providerID":"anthropic","time":{"created":1762000000000},"cost":0.0123,"tokens":{"input":900,"output":210,"reasoning":0,"cache":{"read":4000,"write":600}}}"#;

fn database(folder: &Path, name: &str, statements: &[&str]) -> Connection {
    let connection = Connection::open(folder.join(name)).expect("opens");
    connection.execute_batch(&statements.join(";")).expect("a valid statement");
    connection
}

fn turn(id: &str) -> String {
    format!(
        "INSERT INTO turns VALUES ('{id}', 't', 'gpt-4o', 'gpt-4o-2024-08-06', NULL, 100, 7, \
         '{DETAILS}', 900, '2026-10-01T12:00:00+00:00')"
    )
}

fn message(id: &str) -> String {
    format!("INSERT INTO message VALUES ('{id}', 's', 1762000000000, '{MESSAGE}')")
}

const MESSAGES: &str =
    "CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT)";

fn totals(folder: &Path, log: &str) -> Value {
    json(folder, &["analyze", log])["totals"].clone()
}

#[test]
fn both_tables_of_the_llm_command_are_read() {
    let log = format!(
        r#"{{"id":"a","model":"gpt-4o","prompt":"secret","conversation_id":"c","duration_ms":900,"datetime_utc":"2026-09-01T12:00:00","input_tokens":30,"output_tokens":2}}
{{"id":"b","model":"gpt-4o","resolved_model":"gpt-4o-2024-08-06","conversation_id":"t","duration_ms":900,"datetime_utc":"2026-10-01T12:00:00+00:00","input_tokens":100,"output_tokens":7,"token_details":{DETAILS}}}"#
    );
    let folder = folder_with("logs.jsonl", log);
    let old = "INSERT INTO responses VALUES ('a', 'gpt-4o', 'secret', 'c', 900, \
               '2026-09-01T12:00:00', 30, 2, NULL)";
    let connection = database(folder.path(), "logs.db", &[OLD, old, NEW, &turn("b")]);
    drop(connection);
    assert_eq!(totals(folder.path(), "logs.db"), totals(folder.path(), "logs.jsonl"));
    let report = json(folder.path(), &["analyze", "logs.db"]);
    assert_eq!((&report["input"]["lines"], &report["input"]["records"]), (&2.into(), &2.into()));
    let copy = run(folder.path(), &["convert", "logs.db", "--format", "jsonl"]).stdout;
    assert!(copy.contains("gpt-4o") && !copy.contains("secret"), "{copy}");
}

#[test]
fn more_rows_than_fit_a_page_are_all_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut statements = vec![OLD.to_owned(), NEW.to_owned(), "BEGIN".to_owned()];
    statements.extend((0..2_500).map(|number| turn(&format!("t{number}"))));
    statements.push("COMMIT".to_owned());
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    drop(database(folder.path(), "logs.db", &statements));
    assert_eq!(totals(folder.path(), "logs.db")["calls"], 2_500);
}

#[test]
fn messages_of_opencode_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = "INSERT INTO message VALUES ('u', 's', 1, '{\"role\":\"user\"}')";
    let statements = [MESSAGES, &message("m"), &message("n"), asked];
    drop(database(folder.path(), "opencode.db", &statements));
    let found = totals(folder.path(), "opencode.db");
    assert_eq!((&found["calls"], &found["tokens"]["output"]), (&2.into(), &420.into()));
    assert_eq!(totals(folder.path(), "."), found);
}

/// The names of the files of a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> =
        entries.map(name).map(|name| name.into_string().expect("text")).collect();
    names.sort();
    names
}

/// While its program has it open, after a crash, and as it is left at the end.
#[test]
fn rows_of_a_write_ahead_log_are_read_and_no_file_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (open, left, ended) = ("open/logs.db", "left/logs.db", "ended/logs.db");
    for name in ["open", "left", "ended"] {
        fs::create_dir(folder.path().join(name)).expect("creates");
    }
    let wal = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0";
    let connection = database(folder.path(), open, &[wal, NEW, &turn("a")]);
    for ending in ["", "-wal"] {
        let [from, to] = [open, left].map(|name| folder.path().join(format!("{name}{ending}")));
        fs::copy(from, to).expect("copies");
    }
    drop(database(folder.path(), ended, &[wal, NEW, &turn("a")]));
    for (name, files) in [(open, 3), (left, 2), (ended, 1)] {
        let place = folder.path().join(name);
        let before = names(place.parent().expect("inside"));
        assert_eq!(before.len(), files, "{before:?}");
        let bytes = fs::read(&place).expect("reads");
        assert_eq!(totals(folder.path(), name)["calls"], 1, "{name}");
        assert_eq!(names(place.parent().expect("inside")), before);
        assert_eq!(fs::read(&place).expect("reads"), bytes);
    }
    connection.execute_batch(&turn("b")).expect("the program goes on");
    assert_eq!(totals(folder.path(), open)["calls"], 2);
}

fn check(folder: &Path, name: &str, expected: &str) {
    let run = run(folder, &["analyze", name]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    drop(database(path, "other.db", &["CREATE TABLE calls (a)", "CREATE TABLE bills (a)"]));
    check(path, "other.db", "with the tables bills, calls; export");
    drop(database(path, "empty.db", &[NEW]));
    check(path, "empty.db", "there is nothing in it");
    drop(database(path, "none.db", &["CREATE TABLE a (b)", "DROP TABLE a"]));
    check(path, "none.db", "without a table");
    let mut bytes = fs::read(path.join("other.db")).expect("reads");
    bytes[100..].fill(0x5a);
    fs::write(path.join("corrupt.db"), &bytes).expect("writes");
    check(path, "corrupt.db", "SQLite database that cannot be read");
    fs::write(path.join("cut.db"), &bytes[..60]).expect("writes");
    check(path, "cut.db", "SQLite database that cannot be read");
    let piped = run_with_input(path, &["analyze", "-"], &bytes);
    assert!(piped.stderr.contains("only from a file of its own"), "{}", piped.stderr);
}
