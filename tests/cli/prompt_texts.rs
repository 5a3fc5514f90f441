//! Prompts known by their text: what they share is counted by hand.

use std::fmt::Write as _;

use serde_json::{Value, json as value};

use super::support::{folder_with, json};

/// Text that nothing else has, so many characters long.
fn text(seed: &str, characters: usize) -> String {
    let mut text = String::new();
    let mut place = 0;
    while text.len() < characters {
        let _ = write!(text, "{seed} {place} ");
        place += 1;
    }
    text.truncate(characters);
    text
}

/// 2,048 tokens at four characters each.
fn instructions() -> String {
    text("rule", 8_192)
}

/// Three conversations of four turns that take turns every 20 seconds: questions of 256 tokens and
/// answers of 128, with the word for who speaks.
fn conversations(system: &dyn Fn(usize) -> String) -> Vec<Value> {
    let call = |place: usize| {
        let (turn, conversation) = (place / 3, place % 3);
        let message = |at: usize| {
            let (role, length) =
                if at.is_multiple_of(2) { ("user", 1_020) } else { ("assistant", 503) };
            value!({"role": role, "content": text(&format!("{conversation}.{at}"), length)})
        };
        let messages: Vec<Value> = (0..=2 * turn).map(message).collect();
        let spoken: usize = 1_024 * (turn + 1) + 507 * turn;
        let system = system(place);
        value!({
            "time": 1_790_000_000_000_u64 + place as u64 * 20_000,
            "provider": "anthropic",
            "model": "claude-sonnet-4-6",
            "call_type": "chat",
            "system_prompt": system,
            "prompt": messages,
            "input_tokens": (system.len() + spoken).div_ceil(4),
            "output_tokens": 0,
        })
    };
    (0..12).map(call).collect()
}

fn lines(calls: &[Value]) -> String {
    calls.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn simulated(log: &str, arguments: &[&str]) -> Value {
    let folder = folder_with("usage.jsonl", log);
    json(folder.path(), &[&["simulate"], arguments].concat())
}

fn read(report: &Value, policy: &str) -> i64 {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let table = exhibits.iter().find(|exhibit| exhibit["name"] == "cache_policies");
    let rows = table.expect("a table")["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["policy"] == policy).expect("a row");
    row["read_tokens"].as_i64().expect("a count")
}

fn evidence(report: &Value) -> String {
    report["techniques"][0].to_string()
}

/// Each turn reads all of the prompt before it; the first of the second and third conversation the
/// instructions and the word `user`.
const STARTS: i64 = 2 * 2_049;
const TURNS: i64 = 3 * (2_304 + 2_687 + 3_070);

fn check_near(found: i64, expected: i64, calls: i64) {
    assert!((found - expected).abs() <= calls, "{found} for {expected}");
}

#[test]
fn what_conversations_share_is_found_by_their_text() {
    let report = simulated(&lines(&conversations(&|_| instructions())), &["--cache", "replay"]);
    assert!(evidence(&report).contains("text of the prompts (rung 2)"), "{}", evidence(&report));
    // Ends of blocks are rounded down to the token.
    check_near(read(&report, "replay"), STARTS + TURNS, 12);
    check_near(read(&report, "auto_last"), TURNS, 12);
    check_near(read(&report, "system_only"), 11 * 2_049, 12);
    assert_eq!(read(&report, "off"), 0);
}

/// The same prompts as hashes of blocks of 64 tokens: as much is shared, up to a block a prompt.
#[test]
fn hashes_of_the_same_prompts_say_the_same_within_a_block() {
    let calls = conversations(&|_| instructions());
    let text = simulated(&lines(&calls), &["--cache", "replay"]);
    let mut known: Vec<String> = Vec::new();
    let hashed = calls.iter().map(|call| {
        let mut whole = call["system_prompt"].as_str().expect("text").to_owned();
        for message in call["prompt"].as_array().expect("messages") {
            for key in ["role", "content"] {
                whole.push_str(message[key].as_str().expect("text"));
            }
        }
        let ends = (256..whole.len()).step_by(256).chain([whole.len()]);
        let number = |end: usize| {
            let start = whole[..end].to_owned();
            known.iter().position(|other| *other == start).unwrap_or_else(|| {
                known.push(start);
                known.len() - 1
            })
        };
        let blocks: Vec<usize> = ends.map(number).collect();
        let mut call = call.clone();
        let members = call.as_object_mut().expect("a record");
        members.remove("system_prompt");
        members.remove("prompt");
        members.insert("prompt_blocks".to_owned(), value!(blocks));
        call
    });
    let hashed = simulated(&lines(&hashed.collect::<Vec<_>>()), &["--cache", "replay"]);
    assert!(evidence(&hashed).contains("rung 3"), "{}", evidence(&hashed));
    let [text, hashed] = [text, hashed].map(|report| read(&report, "replay"));
    check_near(text, hashed, 11 * 65);
}

/// Whatever changes at the start of a prompt breaks all of it; at the end of the instructions it
/// breaks nothing before it.
#[test]
fn a_time_at_the_start_breaks_every_prefix_and_is_told() {
    let time = |place: usize| format!("It is 2026-10-01 00:00:{place:02}. ");
    let report = |system: &dyn Fn(usize) -> String| {
        simulated(&lines(&conversations(system)), &["--cache", "replay"])
    };
    let first = report(&|place| time(place) + &instructions());
    assert_eq!(read(&first, "replay"), 0);
    let warnings = first["warnings"].to_string();
    assert!(warnings.contains("call type chat (claude-sonnet-4-6): about 1,9"), "{warnings}");
    assert!(warnings.contains("move what changes to the end"), "{warnings}");
    let last = report(&|place| instructions() + &time(place));
    check_near(read(&last, "replay"), 11 * 2_048, 12);
    let warnings = last["warnings"].to_string();
    assert!(!warnings.contains("stand behind"), "{warnings}");
}

/// Questions without what stood around them say nothing about prompts of 8,000 tokens.
#[test]
fn a_question_alone_is_not_taken_for_the_whole_request() {
    let call = |place: u64| {
        value!({
            "time": 1_790_000_000_000 + place * 20_000,
            "provider": "anthropic",
            "model": "claude-sonnet-4-6",
            "call_type": "chat",
            "prompt": "how are you?",
            "input_tokens": 8_000,
            "output_tokens": 0,
        })
    };
    let report = simulated(&lines(&(0..5).map(call).collect::<Vec<_>>()), &["--cache", "replay"]);
    assert!(!evidence(&report).contains("rung 2"), "{}", evidence(&report));
    let told = report["techniques"][0].to_string();
    assert!(told.contains("it is not the whole request"), "{told}");
}

/// Logs of requests and responses: the breakpoint of the client moves on, the text stays.
#[test]
fn request_bodies_are_known_by_their_text() {
    let call = |place: usize| {
        let message = |at: usize| {
            let mut part = value!({"type": "text", "text": text(&format!("message {at}"), 1_020)});
            if at == place {
                part["cache_control"] = value!({"type": "ephemeral"});
            }
            value!({"role": "user", "content": [part]})
        };
        let messages: Vec<Value> = (0..=place).map(message).collect();
        value!({
            "timestamp": format!("2026-10-01T00:{place:02}:00Z"),
            "request": {
                "model": "claude-sonnet-4-6",
                "max_tokens": 100,
                "system": [{"type": "text", "text": instructions()}],
                "messages": messages,
            },
            "response": {
                "id": format!("msg_{place}"),
                "type": "message",
                "role": "assistant",
                "model": "claude-sonnet-4-6",
                "content": [],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 2_048 + 256 * (place + 1), "output_tokens": 1},
            },
        })
    };
    let calls: Vec<Value> = (0..4).map(call).collect();
    let report = simulated(&lines(&calls), &["--cache", "replay"]);
    assert!(evidence(&report).contains("rung 2"), "{}", evidence(&report));
    // Each prompt reads all of the one before it.
    assert_eq!(read(&report, "replay"), 2_304 + 2_560 + 2_816);
}
