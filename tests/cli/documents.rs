//! Documents of earlier versions: today's schemas accept them, and today's program still writes
//! every key that they have, as the same type. `docs/json.md` has the rule that this holds.

use serde_json::{Map, Value};

use super::support::{project, run};

/// The documents of `fixtures/documents/v1`: the file, its schema, and what writes it.
const WRITTEN: [(&str, &str, &str); 14] = [
    (
        "analyze",
        "analyze",
        "analyze fixtures/usage.jsonl.gz --top 3 --compare-at 2026-10-15 --invoice 1500",
    ),
    ("analyze-logged", "analyze", "analyze fixtures/formats/llmcost/usage.jsonl"),
    (
        "simulate",
        "simulate",
        "simulate fixtures/usage.jsonl.gz --cache-hit 0.9 --batch report --tier \
         0.5=claude-haiku-4-5 --output-cap p95 --best --top 3",
    ),
    (
        "estimate",
        "simulate",
        "estimate --model claude-sonnet-4-6 --calls-per-day 1000 --input-tokens 2000 \
         --output-tokens 300 --cache-hit 0.9",
    ),
    (
        "check",
        "check",
        "check fixtures/gate/before.jsonl.gz fixtures/gate/clean.jsonl.gz --max-cost 500",
    ),
    ("check-fail", "check", "check fixtures/gate/before.jsonl.gz fixtures/gate/model.jsonl.gz"),
    ("backtest", "backtest", "backtest fixtures/formats/llmcost/usage.jsonl"),
    (
        "backtest-withheld",
        "backtest-withheld",
        "backtest fixtures/usage.jsonl.gz --hide output=300",
    ),
    ("prices-list", "prices-list", "prices list --model claude-haiku-4-5"),
    ("prices-show", "prices-show", "prices show claude-sonnet-4-6 --as-of 2026-10-01"),
    ("prices-diff", "prices-diff", "prices diff fixtures/prices/acme.toml builtin"),
    (
        "prices-import",
        "prices-import",
        "prices import fixtures/prices/litellm.json --checked-on 2026-11-10",
    ),
    ("formats", "formats", "formats"),
    ("formats-guess", "formats-guess", "formats guess fixtures/guess/abrechnung.csv"),
];

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(project().join(path));
    serde_json::from_str(&text.unwrap_or_else(|error| panic!("{path}: {error}"))).expect("JSON")
}

fn old(name: &str) -> Value {
    read(&format!("fixtures/documents/v1/{name}.json"))
}

fn validator(schema: &str) -> jsonschema::Validator {
    let schema = read(&format!("docs/schema/{schema}.schema.json"));
    jsonschema::draft202012::new(&schema).expect("a schema")
}

/// What the program writes today.
fn today(command: &str) -> Value {
    let words: Vec<&str> = command.split_whitespace().chain(["--format", "json"]).collect();
    let run = run(project(), &words);
    assert!(matches!(run.code, Some(0 | 1)), "{command}\n{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What a reader of `before` misses in `after`. The values may differ: prices and advice change.
fn missing(place: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        // What is not known today may be known tomorrow, and the other way round: a schema says so.
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let place = format!("{place}.{key}");
                match after.get(key) {
                    Some(other) => missing(&place, value, other, found),
                    None => found.push(format!("{place} is gone")),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (number, value) in before.iter().enumerate() {
                in_list(&format!("{place}[{number}]"), value, after, found);
            }
        }
        _ if kind(before) == kind(after) => {}
        _ => found.push(format!("{place} was {} and is {}", kind(before), kind(after))),
    }
}

/// What stands under a name is looked for by it; of anything else the first serves.
fn in_list(place: &str, value: &Value, after: &[Value], found: &mut Vec<String>) {
    let same_name = |other: &&Value| other["name"] == value["name"];
    let is_named = value["name"].is_string();
    match if is_named { after.iter().find(same_name) } else { after.first() } {
        Some(other) => missing(place, value, other, found),
        None if is_named => found.push(format!("{place} ({}) is gone", value["name"])),
        None => {}
    }
}

#[test]
fn the_schemas_of_today_accept_the_documents_of_version_1_0() {
    for (name, schema, _) in WRITTEN {
        let (document, validator) = (old(name), validator(schema));
        assert_eq!(document["schema_version"], "1.0", "{name}");
        let faults: Vec<_> = validator
            .iter_errors(&document)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{name} is no longer valid:\n{}", faults.join("\n"));
    }
}

#[test]
fn every_key_of_version_1_0_is_still_written_as_the_same_type() {
    for (name, schema, command) in WRITTEN {
        let (before, after) = (old(name), today(command));
        let version = after["schema_version"].as_str().expect("a text");
        assert!(version.starts_with("1."), "{name}: a new first number needs new documents");
        let mut found = Vec::new();
        missing(name, &before, &after, &mut found);
        assert!(
            found.is_empty(),
            "a reader of version 1 breaks; raise the first number, or keep them:\n{}",
            found.join("\n")
        );
        assert!(validator(schema).is_valid(&after), "{name}: {schema}");
    }
}

#[test]
fn a_key_that_goes_or_changes_its_type_is_found() {
    let before = serde_json::json!({"a": [{"name": "x", "b": "1"}], "c": null, "d": 2});
    let check = |after: Value, expected: &[&str]| {
        let mut found = Vec::new();
        missing("", &before, &after, &mut found);
        assert_eq!(found, expected);
    };
    check(before.clone(), &[]);
    let more = serde_json::json!({"a": [{"name": "w"}, {"name": "x", "b": "9", "z": 0}], "c": 1, "d": 2.5});
    check(more, &[]);
    let retyped = serde_json::json!({"a": [{"name": "x", "b": 1}], "c": 1, "d": "2"});
    check(retyped, &[".a[0].b was a text and is a number", ".d was a number and is a text"]);
    let gone = serde_json::json!({"a": [{"name": "y", "b": "1"}], "d": 2});
    check(gone, &[".a[0] (\"x\") is gone", ".c is gone"]);
}

#[test]
fn every_schema_is_one_of_a_document_and_the_other_way_round() {
    let folder = std::fs::read_dir(project().join("docs/schema")).expect("a folder");
    let names =
        folder.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let mut known: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(".schema.json")?.to_owned())).collect();
    known.sort();
    // What `config show` says depends on the machine; the room that writes it has a test of its own.
    let others = ["baseline", "config-show", "record", "rollup"].map(str::to_owned);
    let mut used: Vec<String> =
        WRITTEN.iter().map(|(_, schema, _)| (*schema).to_owned()).chain(others).collect();
    used.sort();
    used.dedup();
    assert_eq!(known, used);
}

#[test]
fn machine_output_of_other_kinds_follows_its_schema() {
    let record = validator("record");
    let run =
        run(project(), &["convert", "fixtures/formats/llmcost/usage.jsonl", "--format", "jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for line in run.stdout.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let faults: Vec<_> = record.iter_errors(&line).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}");
    }
    assert!(!record.is_valid(&Value::Object(Map::from_iter([("calls".to_owned(), "x".into())]))));
    let row = validator("rollup");
    let sums = super::support::run(
        project(),
        &["rollup", "fixtures/formats/llmcost/usage.jsonl", "--by", "product", "--format", "jsonl"],
    );
    assert_eq!(sums.code, Some(0), "{}", sums.stderr);
    for line in sums.stdout.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let faults: Vec<_> = row.iter_errors(&line).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("baseline.json");
    let path = path.to_str().expect("text");
    let arguments = ["check", "fixtures/gate/before.jsonl.gz", "--save-baseline", path];
    let saved = super::support::run(project(), &arguments);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    let baseline: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("reads")).expect("JSON");
    let faults: Vec<_> =
        validator("baseline").iter_errors(&baseline).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}
