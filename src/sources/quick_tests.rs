//! The short way must say exactly what the long way says, for any record.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::both_ways::{check, parsed, plan_of, told_of};
use super::Memory;

#[test]
fn what_was_learnt_of_a_file_holds_for_one_that_is_read_alike() {
    let one = format!("{}\n", USUAL[1]).repeat(3);
    // Another first record: its columns come in another order, and there is one more.
    let other =
        format!("{{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"u\",\"more\":1}}\n{one}");
    let third = format!("{}\n", USUAL[3]).repeat(3);
    let mut memory = Memory::default();
    let mut taken = Vec::new();
    for text in [&one, &other, &third, &other, &one] {
        let plan = plan_of(text).expect("a log");
        memory.turn_to(&plan, true);
        let before = memory.quick.as_ref().map_or(0, |quick| quick.taken);
        let short = parsed(text, &plan, &mut memory);
        let long = parsed(text, &plan, &mut Memory::default());
        for row in 0..long.calls.len() {
            assert_eq!(told_of(&short, row), told_of(&long, row), "{text}");
        }
        assert_eq!((short.lines, &short.ledger), (long.lines, &long.ledger), "{text}");
        taken.push(memory.quick.as_ref().map_or(0, |quick| quick.taken) - before);
    }
    // Of the third, which is of another format, all is learnt anew, and so of the one behind it.
    assert_eq!(taken[1], 3, "{taken:?}");
    assert!(taken[0] < 3 && taken[3] < 3 && taken[4] == 3, "{taken:?}");
}

const USUAL: [&str; 4] = [
    r#"{"timestamp":"2026-01-01T00:00:00.571Z","model":"gpt-5","call_type":"chat","team":"a","session_id":"s1","request_id":"req_0001","input_tokens":690,"cache_read_input_tokens":3,"cache_creation_input_tokens":20,"output_tokens":15,"status":"ok","latency_ms":534}"#,
    r#"{"type":"assistant","timestamp":"2026-01-01T00:00:04.454Z","sessionId":"s","isSidechain":false,"uuid":"u","requestId":"req_1","message":{"model":"claude-sonnet-4-5","id":"msg_1","stop_reason":"end_turn","content":[{"type":"text","text":"a \"b\""}],"usage":{"input_tokens":13,"cache_creation_input_tokens":5,"cache_read_input_tokens":16,"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":0},"output_tokens":15,"service_tier":"standard"}}}"#,
    r#"{"id":"chatcmpl-1","object":"chat.completion","created":1767225624,"model":"gpt-5","usage":{"prompt_tokens":538,"completion_tokens":82,"total_tokens":620,"prompt_tokens_details":{"cached_tokens":356,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":48,"audio_tokens":0}},"service_tier":"default"}"#,
    r#"{"timestamp":"2026-01-01T00:00:00Z","type":"message","id":"msg_1","model":"claude-haiku-4-5","stop_reason":"end_turn","usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":3,"output_tokens":4,"service_tier":"standard"}}"#,
];

#[test]
fn usual_records_go_the_short_way() {
    for record in USUAL {
        assert_eq!(check(&format!("{record}\n{record}\n")), Some(2), "{record}");
    }
}

/// Cells with quotes around some of them are handed on without anything between them: an empty cell once
/// took the digits of the next one.
#[test]
fn an_empty_cell_takes_nothing_of_its_neighbour() {
    let text = "time,model,input_tokens,cache_read_tokens,output_tokens,latency_ms,note\n\
        2026-10-01T01:26:39Z,gpt-5,41853,,2691,,\"a, b\"\n\
        2026-10-01T01:26:40Z,gpt-5,4,7,12,9,\"a, b\"\n";
    assert_eq!(check(text), Some(2));
}

/// An empty id behind the id of a record once took its place, and copies were counted twice.
#[test]
fn a_second_place_that_says_nothing_leaves_what_the_first_one_said() {
    for second in [r#""id":"""#, r#""id":"None""#, r#""request_id":"""#, r#""session_id":"""#] {
        let record = format!("{},{second}}}", &USUAL[0][..USUAL[0].len() - 1]);
        check(&format!("{record}\n{record}\n{}\n{record}\n", USUAL[0]));
        let plan = plan_of(&record).expect("a log");
        let mut memory = Memory::default();
        memory.turn_to(&plan, true);
        let parsed = parsed(&format!("{record}\n").repeat(9), &plan, &mut memory);
        let keys: Vec<_> = parsed.keys.iter().map(|known| known.key).collect();
        assert!(
            keys.len() == 9 && keys[0] != 0 && keys.iter().all(|key| *key == keys[0]),
            "{second}"
        );
        assert_eq!(told_of(&parsed, 8).1, told_of(&parsed, 0).1, "{second}");
    }
}

/// Values in the place of others: as they are written, and as nobody should write them.
const ODD: [&str; 27] = [
    "null",
    "\"\"",
    "\"None\"",
    "0",
    "1",
    "7",
    "-3",
    "12.0",
    "12.5",
    "\"12\"",
    "1e3",
    "1000000000000",
    "1000000000001",
    "99999999999999999999",
    "true",
    "false",
    "\"error\"",
    "\"batch\"",
    "\"fast\"",
    "500",
    "\"unknown\"",
    "\"2026-01-01\"",
    "\"2026-02-30T00:00:00Z\"",
    "1767225624123",
    "\"01.02.2026 10:00\"",
    "\"caf\\u00e9 \\\"x\\\"\"",
    "[1,2]",
];

/// A usual record, in which a value or two are others, a key is new, and some stand at its end in
/// place of its start, or there too.
fn record() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..ODD.len() + 1);
    let added = proptest::option::of((0usize..ADDED.len(), 0..ODD.len()));
    let moved = prop_oneof![3 => Just((0, false)), 1 => (1usize..4, any::<bool>())];
    (0..USUAL.len(), proptest::collection::vec(change, 0..3), added, moved).prop_map(
        |(usual, changes, added, (moved, stays))| {
            let mut text = USUAL[usual].to_owned();
            for (place, value) in changes {
                let places = scalars(&text);
                let (start, end) = places[place.index(places.len())];
                match ODD.get(value) {
                    Some(value) => text.replace_range(start..end, value),
                    // Another of the same form.
                    None => text.replace_range(start..end, &other(&text[start..end])),
                }
            }
            if let Some((name, value)) = added {
                text.insert_str(1, &format!("\"{}\":{},", ADDED[name], ODD[value]));
            }
            for _ in 0..moved {
                let (_, end) = scalars(&text)[0];
                if text.as_bytes()[end] == b',' {
                    let first = text[1..end].to_owned();
                    text.insert_str(text.len() - 1, &format!(",{first}"));
                    text.replace_range(1..if stays { 1 } else { end + 1 }, "");
                }
            }
            text
        },
    )
}

const ADDED: [&str; 19] = [
    "cost_usd",
    "total_tokens",
    "batch",
    "speed",
    "error",
    "calls",
    "attempt",
    "max_tokens",
    "reasoning_tokens",
    "provider",
    "cached_tokens",
    "geo",
    "http_status",
    "prompt",
    "id",
    "session_id",
    "conversation_id",
    "team",
    "sessionId",
];

fn other(value: &str) -> String {
    value.replace('1', "2").replace("gpt-5", "gpt-4o")
}

/// Where the scalars of a record stand that are values.
fn scalars(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = text[at..].find("\":") {
        let start = at + colon + 2;
        let end = match text.as_bytes()[start] {
            b'"' => text[start + 1..].find('"').map(|end| start + 2 + end),
            b'{' | b'[' => None,
            _ => text[start..].find([',', '}', ']']).map(|end| start + end),
        };
        found.extend(end.map(|end| (start, end)));
        at = start;
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn both_ways_say_the_same(records in proptest::collection::vec(record(), 1..6)) {
        check(&(records.join("\n") + "\n"));
    }
}

/// All files below a folder, by name.
pub(in crate::sources) fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("reads").path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files_below(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

/// Where the logs of others are.
#[expect(clippy::disallowed_methods, reason = "no output depends on it, only what is tested")]
#[expect(clippy::print_stderr, reason = "a test says what it left out")]
pub(in crate::sources) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("LLMCOST_SHARED").map_or(beside, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    eprintln!("left out: logs of others, which LLMCOST_SHARED may name");
    None
}

/// Fixtures always; samples and traces of others where they are.
#[test]
fn both_ways_say_the_same_of_real_logs() {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut files);
    if let Some(shared) = shared() {
        for part in ["samples", "traces"] {
            files_below(&shared.join(part), &mut files);
        }
    }
    let mut checked = 0;
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        checked += usize::from(text.len() < 40_000_000 && check(&text).is_some());
    }
    assert!(checked > 50, "{checked}");
}
