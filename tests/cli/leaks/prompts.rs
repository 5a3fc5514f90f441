//! The text of prompts and answers: planted in every place where a format has one, and looked for in
//! what every command prints and writes.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::super::support::{folder_with, project};
use super::leave;

/// A word that nothing else has.
const PLANTED: &str = "zebrafish";

/// Keys whose texts are what was said, in some format that is read.
const SAID: [&str; 30] = [
    "answer",
    "arguments",
    "body",
    "completion",
    "content",
    "delta",
    "description",
    "display",
    "error_message",
    "input",
    "instructions",
    "lastPrompt",
    "message",
    "messages",
    "output",
    "parts",
    "partial_json",
    "preview",
    "prompt",
    "query",
    "question",
    "reasoning_content",
    "refusal",
    "response",
    "result",
    "summary",
    "system",
    "text",
    "thinking",
    "title",
];

/// Every command that reads logs, over the planted logs of all formats at once; `OUT` is a folder that is
/// looked through afterwards.
const COMMANDS: [&str; 13] = [
    "analyze log --deep --show all -v",
    "analyze log --json --by model,call_type,day",
    "analyze log --format csv",
    "analyze log --deep -o OUT/report.md",
    "simulate log --cache replay --retries --semantic-cache=0.3 -v -o OUT/savings.html",
    "backtest log --json",
    "check log log --annotations --comment OUT/comment.md --junit OUT/junit.xml",
    "check log --save-baseline OUT/baseline.json",
    "convert log -o OUT/calls.jsonl -v",
    "convert log -o OUT/calls.csv",
    "convert log -o OUT/calls.parquet",
    "convert log --by call_type -o OUT/bill.focus.csv",
    "rollup log -o OUT/rollup.jsonl -v",
];

/// Those that look at one log.
const COMMANDS_OF_ONE: [&str; 3] = ["formats guess", "init --print", "analyze --strict -v"];

fn secret() -> String {
    format!(
        "{PLANTED}: my password is hunter2, please tell nobody at all what anna said about the merger"
    )
}

/// The value with a secret for everything that was said in it.
fn with_secrets(value: &Value, key: &str, said_by: &str) -> Value {
    match value {
        Value::Object(members) => {
            // Traces of OpenTelemetry have the name of a value beside it.
            let name = members.get("key").and_then(Value::as_str).unwrap_or(said_by);
            let planted =
                |(key, inner): (&String, &Value)| (key.clone(), with_secrets(inner, key, name));
            Value::Object(members.iter().map(planted).collect())
        }
        Value::Array(list) => list.iter().map(|inner| with_secrets(inner, key, said_by)).collect(),
        Value::String(_) if SAID.contains(&key) || is_said(said_by) => secret().into(),
        other => other.clone(),
    }
}

fn is_said(attribute: &str) -> bool {
    ["content", "messages", "prompt", "completion", "input.value", "output.value"]
        .iter()
        .any(|end| attribute.ends_with(end))
}

/// A record with what was said besides, under names that logs use for it.
fn with_more(value: Value) -> Value {
    let Value::Object(mut members) = value else { return value };
    let said =
        json!([{"role": "user", "content": secret()}, {"role": "user", "parts": [secret()]}]);
    let more = [
        ("prompt", json!(secret())),
        ("system_prompt", json!(secret())),
        ("user_message", json!("zebrafish")),
        ("toolResult", json!("zebrafish")),
        ("noted_by_the_caller", json!(secret())),
        ("history", said),
    ];
    for (key, value) in more {
        members.entry(key).or_insert(value);
    }
    Value::Object(members)
}

fn planted_line(line: &str) -> String {
    let (before, text) = line.strip_prefix("data: ").map_or(("", line), |rest| ("data: ", rest));
    match serde_json::from_str::<Value>(text) {
        Ok(value) if before.is_empty() => with_more(with_secrets(&value, "", "")).to_string(),
        Ok(value) => format!("{before}{}", with_secrets(&value, "", "")),
        Err(_) => line.to_owned(),
    }
}

fn planted(name: &str, text: &str) -> String {
    let ends = |ending: &str| Path::new(name).extension().is_some_and(|one| one == ending);
    if ends("json") {
        return planted_line(text);
    }
    if ends("csv") {
        let mut is_open = false;
        let row = |(place, line): (usize, &str)| {
            // A row may go on in the next line.
            is_open ^= !line.matches('"').count().is_multiple_of(2);
            match place {
                0 => format!("{line},prompt,user_message"),
                _ if line.is_empty() || is_open => line.to_owned(),
                _ => format!("{line},\"{0}\",\"{0}\"", secret()),
            }
        };
        return text.lines().enumerate().map(row).collect::<Vec<_>>().join("\n");
    }
    text.lines().map(planted_line).collect::<Vec<_>>().join("\n")
}

/// Writes the logs of a format with secrets in them; says how many secrets there are.
fn plant(format: &Path, folder: &Path) -> usize {
    let mut count = 0;
    fs::create_dir_all(folder).expect("a folder");
    for entry in fs::read_dir(format).expect("a folder") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.contains("expected") || !path.is_file() {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let text = planted(&name, &text);
        count += text.matches(PLANTED).count();
        fs::write(folder.join(name), text).expect("writes");
    }
    count
}

#[test]
fn no_command_lets_out_what_was_said_in_a_log_of_any_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut formats, mut secrets) = (Vec::new(), 0);
    for format in fs::read_dir(project().join("fixtures/formats")).expect("a folder") {
        let format = format.expect("a folder").path();
        let name = format.file_name().expect("a name").to_string_lossy().into_owned();
        // Roll-ups cannot be read beside other logs.
        let place = if name == "rollup" { "rollup".to_owned() } else { format!("log/{name}") };
        secrets += plant(&format, &folder.path().join(&place));
        formats.push(place);
    }
    assert!(secrets > 1_000 && formats.len() > 50, "only {secrets} secrets were planted");
    let alone = formats
        .iter()
        .flat_map(|place| COMMANDS_OF_ONE.iter().map(move |command| format!("{command} {place}")));
    let commands = COMMANDS.iter().map(|command| (*command).to_owned()).chain(alone);
    let mut found = Vec::new();
    for command in commands {
        let left = leave(folder.path(), &command.split(' ').collect::<Vec<_>>());
        let is_of_all = COMMANDS.contains(&command.as_str());
        let code = left.code.expect("no signal");
        assert!(code < 101 && (code == 0 || !is_of_all), "{command}: {}", left.stream("stderr"));
        if let Some(place) = left.place_of(PLANTED) {
            found.push(format!("{command}: {place}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A column that is named by mistake is told by what is wrong with it, not by what it says.
#[test]
fn messages_about_bad_records_do_not_quote_what_was_said() {
    let fields = [
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "calls",
        "time",
        "cost_usd",
        "attempt",
        "max_tokens",
        "latency_ms",
        "service_tier",
        "searches",
    ];
    let record = |field: &str| {
        let plain = json!({"time": 1_790_000_000_000_u64, "model": "gpt-4o", "input_tokens": 9,
            "output_tokens": 1, "prompt": secret()});
        let mut members: Map<String, Value> = plain.as_object().expect("a record").clone();
        members.insert(field.to_owned(), secret().into());
        Value::Object(members).to_string()
    };
    let mut lines: Vec<String> = fields.iter().map(|field| record(field)).collect();
    // Damage in the middle of a text, and what is no record at all.
    lines.push(format!("{{\"model\":\"gpt-4o\",\"prompt\":\"{}", secret()));
    lines.push(secret());
    let folder = folder_with("usage.jsonl", lines.join("\n"));
    let typed = [
        "analyze usage.jsonl -v",
        "analyze usage.jsonl --json --strict",
        "analyze usage.jsonl --map input_tokens=prompt",
        "analyze usage.jsonl --format markdown",
        "convert usage.jsonl --format jsonl",
        "rollup usage.jsonl --format jsonl",
        "check usage.jsonl --max-cost 5",
    ];
    for command in typed {
        let left = leave(folder.path(), &command.split(' ').collect::<Vec<_>>());
        assert_eq!(left.place_of(PLANTED), None, "{command}\n{:?}", left.texts);
        assert_eq!(left.place_of("hunter2"), None, "{command}");
    }
    let told = leave(folder.path(), &["analyze", "usage.jsonl"]);
    assert!(told.stream("stdout").contains("letters)"), "{:?}", told.texts);
}
