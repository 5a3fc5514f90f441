//! Keys and e-mail addresses in the names of a log: masked where they should be, with figures and
//! groups as they are.

use serde_json::{Value, json};

use super::super::support::{finish, folder_with, json as report_of, llmcost, run};
use super::leave;

const EMAILS: [&str; 2] = ["anna.b@example.com", "carl@mail.example.org"];

/// Keys in the shapes that providers give out, put together here so that no scanner takes them for
/// real ones.
fn keys() -> Vec<String> {
    let random = "Ab3xQ9w2Er45Ty67UiPa0sDf8GhJ1kLz";
    vec![
        format!("sk-ant-api03-{random}{random}-{random}AA"),
        format!("sk-proj-{random}"),
        format!("AKIA{}", "IOSFODNN7EXAMPLE"),
        format!("ghp_{random}abcd"),
        format!("xoxb-{}-{random}", "123456789012"),
        format!("AIza{random}abc"),
        format!("eyJ{random}.eyJ{random}.{random}"),
    ]
}

/// Calls of two users with a key each; what stays is named too.
fn log() -> String {
    let lines = keys().into_iter().enumerate().map(|(place, key)| {
        let record = json!({
            "time": 1_790_000_000_000_u64 + place as u64 * 3_600_000,
            "model": "gpt-4o",
            "call_type": format!("job of {}", EMAILS[place % 2]),
            "user": EMAILS[place % 2],
            "api_key": key,
            "conversation": "550e8400-e29b-41d4-a716-446655440000",
            "input_tokens": 1_000 * (place + 1),
            "output_tokens": 10,
        });
        record.to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every way to give out a report, with names in groups, findings, tables and sentences.
const REPORTS: [&str; 9] = [
    "analyze LOG --by api_key,user --deep --show all",
    "analyze LOG --by api_key,user --deep --json",
    "analyze LOG --by api_key,user --format csv",
    "analyze LOG --by api_key,user --deep --format markdown",
    "analyze LOG --by api_key,user --deep --format html",
    "simulate LOG --by api_key,user --batch 0.5 --format html",
    "simulate LOG --by api_key,user --batch 0.5 --json",
    "estimate --model gpt-4o --call-type carl@mail.example.org --calls-per-day 9 --input-tokens 9 --output-tokens 9",
    "check LOG LOG --by api_key,user --group-threshold 1% --annotations --comment OUT/c.md --junit OUT/j.xml -v",
];

fn typed<'w>(command: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    let words = command.split(' ').map(|word| if word == "LOG" { "usage.jsonl" } else { word });
    words.chain(more.iter().copied()).collect()
}

#[test]
fn nothing_of_a_key_or_an_address_is_shown_with_redact() {
    let folder = folder_with("usage.jsonl", log());
    for command in REPORTS {
        let left = leave(folder.path(), &typed(command, &["--redact"]));
        assert!(left.code.is_some_and(|code| code < 2), "{command}: {}", left.stream("stderr"));
        for secret in keys().iter().map(String::as_str).chain(EMAILS) {
            assert_eq!(left.place_of(secret), None, "{command}: {secret}");
            // Nor the first half, as a narrow table would show it.
            let half = &secret[..secret.len() / 2];
            assert_eq!(left.place_of(half), None, "{command}: {half}");
        }
    }
}

#[test]
fn keys_are_masked_without_being_asked_in_what_is_sent_to_people() {
    let folder = folder_with("usage.jsonl", log());
    for command in REPORTS {
        let left = leave(folder.path(), &typed(command, &[]));
        let is_sent = |(name, _): &&(String, String)| {
            (command.contains("html")
                || command.contains("markdown")
                || name.starts_with(['c', 'j']))
                && name != "stderr"
        };
        for (name, text) in left.texts.iter().filter(is_sent) {
            assert!(keys().iter().all(|key| !text.contains(key)), "{command}: {name}");
        }
    }
    let page = leave(folder.path(), &typed(REPORTS[3], &[]));
    let text = page.stream("stdout");
    assert!(text.contains("7 values that look like keys"), "{text}");
    let open = leave(folder.path(), &typed(REPORTS[3], &["--redact=none"]));
    assert!(open.stream("stdout").contains("AKIA"), "{}", open.stream("stdout"));
}

#[test]
fn masks_change_no_figure_no_group_and_no_condition() {
    let folder = folder_with("usage.jsonl", log());
    let words = ["analyze", "usage.jsonl", "--by", "api_key,user"];
    let plain = report_of(folder.path(), &words);
    let masked = report_of(folder.path(), &[&words[..], &["--redact"]].concat());
    assert_eq!(plain["totals"], masked["totals"]);
    let groups = |report: &Value| report["groups"].as_array().expect("a list").clone();
    let (plain, shown) = (groups(&plain), groups(&masked));
    let figures = |groups: &[Value]| -> Vec<Value> {
        groups.iter().map(|group| group["cost_usd"].clone()).collect()
    };
    assert_eq!(figures(&plain), figures(&shown));
    let mut names: Vec<String> = shown.iter().map(|group| group["key"].to_string()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(masked["masked"], json!({"keys": 7, "emails": 2, "hashes": 0}));
    let condition = format!("call_type = 'job of {}'", EMAILS[0]);
    let words = ["analyze", "usage.jsonl", "--where", &condition, "--by", "user", "--redact"];
    assert_eq!(report_of(folder.path(), &words)["totals"]["calls"], 4);
}

#[test]
fn masking_may_be_a_setting_and_is_equal_in_every_run() {
    let folder = folder_with("usage.jsonl", log());
    let words = ["analyze", "usage.jsonl", "--by", "user", "--format", "csv"];
    let flag = run(folder.path(), &[&words[..], &["--redact=all"]].concat()).stdout;
    assert!(flag.contains("email-") && !flag.contains('@'), "{flag}");
    let variable = finish(llmcost(folder.path()).env("LLMCOST_REDACT", "all").args(words)).stdout;
    std::fs::write(folder.path().join("llmcost.toml"), "redact = \"all\"\n").expect("writes");
    let setting = run(folder.path(), &words).stdout;
    assert_eq!((&variable, &setting), (&flag, &flag));
    let typed = run(folder.path(), &[&words[..], &["--redact=none"]].concat()).stdout;
    assert!(typed.contains(EMAILS[0]), "{typed}");
}

#[test]
fn masked_documents_hold_to_their_schema() {
    let folder = folder_with("usage.jsonl", log());
    for (command, schema) in [
        ("analyze usage.jsonl --by user", "analyze"),
        ("simulate usage.jsonl --by user --batch 0.5", "simulate"),
        ("check usage.jsonl usage.jsonl", "check"),
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--redact"]).collect();
        let document = report_of(folder.path(), &words);
        let path =
            super::super::support::project().join(format!("docs/schema/{schema}.schema.json"));
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{command}: {faults:?}");
    }
}
