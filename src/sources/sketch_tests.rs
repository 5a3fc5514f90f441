//! A sketch finds what [`detect`] finds, whatever the records are.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::sources::format::Format;
use crate::sources::quick::tests::files_below;

/// A detection without what cannot be compared.
fn told(found: &Result<Detection, Unknown>) -> String {
    match found {
        Ok(found) => {
            let envelope = found.envelope.map(|envelope| envelope.format.name);
            let Detection { format, framing, columns, list, .. } = found;
            format!("{} {framing:?} {columns:?} {envelope:?} {list:?}", format.name)
        }
        Err(unknown) => format!("{unknown:?}"),
    }
}

fn check(sketches: &mut Sketches, sample: &[u8]) {
    for complete in [true, false] {
        let found = sketches.detect(sample, complete, Hint::default());
        let expected = detect(sample, complete, Hint::default());
        let text = String::from_utf8_lossy(sample);
        assert_eq!(told(&found), told(&expected), "complete: {complete}, {text}");
    }
}

const ANSWER: &str = r#"{"parentUuid":"a","sessionId":"s","type":"assistant","uuid":"u","message":{"id":"m","model":"claude-opus-4-5","role":"assistant","content":[{"type":"text","text":"an \"answer\" é\n"}],"usage":{"input_tokens":3,"cache_creation":{},"output_tokens":5}},"timestamp":"2026-01-01T00:00:00Z"}"#;
const QUESTION: &str = r#"{"sessionId":"s","type":"user","uuid":"u","message":{"role":"user","content":"why?"},"isMeta":false,"n":1.5}"#;

#[test]
fn a_session_like_those_before_is_known_by_its_shapes() {
    let mut sketches = Sketches::default();
    let one = format!("{QUESTION}\n{ANSWER}\n{ANSWER}\n");
    let other = one.replace("\"s\"", "\"another one\"");
    let first = sketches.known(one.as_bytes(), true).expect("a session");
    let second = sketches.known(other.as_bytes(), true).expect("a session");
    assert_eq!(first.format.name, "claude-code");
    assert!(Arc::ptr_eq(&first.columns, &second.columns));
    assert_eq!(sketches.shapes.len(), 2);
    check(&mut sketches, one.as_bytes());
    // The other way round, the columns come in another order.
    check(&mut sketches, format!("{ANSWER}\n{QUESTION}\n").as_bytes());
    let hint = Hint { mapped: true, ..Hint::default() };
    let mapped = sketches.detect(one.as_bytes(), true, hint).expect("mapped");
    assert_eq!(told(&Ok(mapped)), told(&detect(one.as_bytes(), true, hint)));
}

#[test]
fn a_record_that_tells_more_than_those_of_its_shape_before_is_heard() {
    let record = |kind: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"sessionId\":\"s\",\"uuid\":\"u\",\"payload\":{{\"id\":\"i\"}}}}\n"
        )
    };
    let kinds = ["nothing", "session_meta", "user", "turn_context"];
    for one in kinds {
        for two in kinds {
            for three in kinds {
                let sample = record(one) + &record(two) + &record(three);
                check(&mut Sketches::default(), sample.as_bytes());
            }
        }
    }
}

#[test]
fn what_the_parser_may_see_in_another_way_has_no_shape() {
    for (record, is_certain) in [
        (r#"{"a":1}"#, true),
        ("{ \"a\" : [ 1 , {\"b\":null} ] ,\t\"c\":{\"d\":-0.25} }\r", true),
        (r#"{"":{},"e":[],"t":true,"f":false,"s":"\u00e9\\\"\/"}"#, true),
        (r#"{"a":01}"#, false),
        (r#"{"a":1e999}"#, false),
        (r#"{"a":123456789012345678}"#, false),
        (r#"{"a":"\ud83d\ude00"}"#, false),
        (r#"{"a":"\x"}"#, false),
        (r#"{"a":"b}"#, false),
        ("{\"a\":\"\u{1}\"}", false),
        (r#"{"a\n":1}"#, false),
        (r#"{"a":1,}"#, false),
        (r#"{"a":[1,]}"#, false),
        (r#"{"a":1}}"#, false),
        (r#"{"a":tru}"#, false),
        (r#"{"a":1."#, false),
        (r#"{"$serde_json::private::RawValue":"{}"}"#, false),
        ("{\"a\":1}\u{c}", false),
        ("{\"a\":1}\0", false),
        ("[1]", false),
        ("{", false),
        ("{\"a\":", false),
    ] {
        let found = Outline { bytes: record.as_bytes(), at: 0 }.record(&mut Vec::new());
        assert_eq!(found.is_some(), is_certain, "{record}");
        if is_certain {
            assert!(serde_json::from_str::<serde_json::Value>(record).is_ok(), "{record}");
        }
    }
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for (depth, is_certain) in [(60, true), (200, false)] {
        let text = nested(depth);
        let found = Outline { bytes: text.as_bytes(), at: 0 }.record(&mut Vec::new());
        assert_eq!(found.is_some(), is_certain);
    }
}

#[test]
fn fixtures_are_what_they_are_one_after_another() {
    let mut paths = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut paths);
    let mut sketches = Sketches::default();
    let mut known = Vec::new();
    for _ in 0..2 {
        for path in &paths {
            let bytes = fs::read(path).expect("reads");
            let sample = &bytes[..bytes.len().min(100_000)];
            check(&mut sketches, sample);
            known.extend(sketches.known(sample, true).map(|found| found.format));
        }
    }
    let is_known = |name: &str| known.iter().any(|format: &&Format| format.name == name);
    for name in ["claude-code", "codex"] {
        assert!(is_known(name), "{name} is always looked at from the start");
    }
}

/// Some keys that matter and some that do not.
/// A record in which a member, or one inside of a member, is gone or says nothing.
fn poorer(record: &Value) -> Vec<Value> {
    let Some(members) = record.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in members {
        let mut without = members.clone();
        without.remove(key);
        found.push(Value::Object(without));
        let inner = poorer(value).into_iter();
        for other in inner.chain([Value::Null, Value::String(String::new())]) {
            let mut changed = members.clone();
            changed.insert(key.clone(), other);
            found.push(Value::Object(changed));
        }
    }
    found
}

/// What a format asks of a record is said a second time for shapes: a record that lacks something of it
/// must not be taken for one of the format, or the other way round.
#[test]
fn records_that_lack_something_are_what_the_formats_take_them_for() {
    let mut paths = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut paths);
    let mut checked = 0;
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let records: Vec<Value> = text.lines().take(12).flat_map(serde_json::from_str).collect();
        for record in records.iter().filter(|record| record.is_object()) {
            for other in poorer(record).into_iter().take(300) {
                check(&mut Sketches::default(), format!("{other}\n{record}\n").as_bytes());
                check(&mut Sketches::default(), format!("{other}\n").as_bytes());
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

fn key() -> impl Strategy<Value = String> {
    let known = [
        "sessionId",
        "session_id",
        "type",
        "uuid",
        "message",
        "usage",
        "parts",
        "systemPayload",
        "input_tokens",
        "output_tokens",
        "snapshot",
        "leafUuid",
        "payload",
        "data",
        "events",
        "rollup",
        "model",
        "requestId",
        "thread_id",
        "projectHash",
        "messages",
        "startTime",
        "tokens",
        "input",
    ];
    prop_oneof![
        8 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[a-z.é ]{0,3}",
    ]
}

fn scalar() -> impl Strategy<Value = String> {
    let known =
        ["user", "assistant", "summary", "session_meta", "result", "gemini", "turn.completed"];
    prop_oneof![
        3 => proptest::sample::select(known.to_vec()).prop_map(|text| format!("\"{text}\"")),
        3 => "-?[0-9]{1,3}(\\.[0-9]{1,2})?",
        1 => "-?[0-9]{0,20}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{1,3})?",
        1 => proptest::sample::select(vec!["true", "false", "null", "nul", "{}", "[]"])
            .prop_map(str::to_owned),
        2 => "\"([ -!#-\\[\\]-~é]|\\\\[\"\\\\/bfnrtx]|\\\\u[0-9a-fA-F]{4}){0,6}\"",
    ]
}

fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            3 => proptest::collection::vec((key(), inner.clone()), 0..6).prop_map(|members| {
                let mut text = String::new();
                for (key, value) in members {
                    let comma = if text.is_empty() { "" } else { "," };
                    write!(text, "{comma}\"{key}\":{value}").expect("writes");
                }
                format!("{{{text}}}")
            }),
            1 => proptest::collection::vec(inner, 0..3)
                .prop_map(|values| format!("[{}]", values.join(","))),
        ]
    })
}

fn record() -> impl Strategy<Value = String> {
    let members = proptest::collection::vec((key(), value()), 0..6);
    let made = members.prop_map(|members| {
        let members = members.iter().map(|(key, value)| format!("\"{key}\":{value}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    prop_oneof![3 => made, 2 => Just(ANSWER.to_owned()), 2 => Just(QUESTION.to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn sketches_change_nothing(
        samples in proptest::collection::vec(
            (proptest::collection::vec(record(), 0..5), any::<proptest::sample::Index>(), any::<u8>(), 0u8..4),
            1..5,
        ),
    ) {
        let mut sketches = Sketches::default();
        for (records, at, byte, change) in samples {
            let mut sample = records.join("\n").into_bytes();
            if change == 0 && !sample.is_empty() {
                let at = at.index(sample.len());
                sample[at] = byte;
            }
            if change == 1 {
                sample.truncate(at.index(sample.len() + 1));
            }
            check(&mut sketches, &sample);
        }
    }
}
