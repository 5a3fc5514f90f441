//! `llmcost check` from the outside: the committed weeks, baselines, and every way a run can end.

mod baselines;
mod damage;
mod endings;
mod outputs;
mod scenarios;
mod verdicts;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use super::support::{Run, atto, project, run};

/// A file below `fixtures/gate`, from anywhere.
fn gate(name: &str) -> String {
    project().join("fixtures/gate").join(name).display().to_string()
}

/// A check that must end with a code.
fn checked(folder: &Path, code: i32, arguments: &[&str]) -> Run {
    let run = run(folder, &[&["check"], arguments].concat());
    assert_eq!(run.code, Some(code), "{arguments:?}\n{}{}", run.stdout, run.stderr);
    run
}

/// The document of a check that must end with a code.
fn judged(folder: &Path, code: i32, arguments: &[&str]) -> Value {
    let run = checked(folder, code, &[arguments, &["--json"]].concat());
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// The calls of a log below `fixtures/gate`, each as `change` leaves it.
fn rewritten(name: &str, mut change: impl FnMut(usize, &mut Map<String, Value>)) -> String {
    let mut text = String::new();
    let file = File::open(gate(name)).expect(name);
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("text");
    let changed = text.lines().enumerate().map(|(place, line)| {
        let mut call: Map<String, Value> = serde_json::from_str(line).expect("JSON");
        change(place, &mut call);
        serde_json::to_string(&call).expect("JSON") + "\n"
    });
    changed.collect()
}

/// The sum of exact amounts of an object, in 10⁻¹⁸ dollars.
fn sum(amounts: &Value) -> i128 {
    amounts.as_object().expect("an object").values().map(atto).sum()
}

/// The judgements about groups of one name; of the gate itself when the name is empty.
fn judgement<'d>(document: &'d Value, what: &str, group: &str) -> &'d Value {
    let all = document["judgements"].as_array().expect("a list");
    let is_asked = |one: &&Value| {
        one["what"] == what && (group.is_empty() || one["key"]["call_type"] == group)
    };
    all.iter().find(is_asked).unwrap_or_else(|| panic!("{what} {group}"))
}

/// A price table with a model that nobody else sells, and one that costs nothing.
const ACME: &str = r#"[provider]
id = "acme"

[[model]]
id = "acme-9"
tokenizer = "o200k"

[[model.period]]
source = "made up"
checked_on = "2026-11-10"
prices = { input = "1", cache_read = "0.1", cache_write_5m = "1.25", output = "4", reasoning = "4" }

[[model]]
id = "acme-free"
tokenizer = "o200k"

[[model.period]]
source = "made up"
checked_on = "2026-11-10"
prices = { input = "0", cache_read = "0", cache_write_5m = "0", output = "0", reasoning = "0" }
"#;
