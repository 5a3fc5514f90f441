//! What a record must have to be recognised: where it has none of it, nobody has to look closer.

use serde_json::Value;

use crate::sources::format::Format;

/// The first formats of [`FORMATS`](super::FORMATS), in that order, each with places of which a record has
/// at least one where the format recognises it. The formats behind them may recognise anything.
const NEEDS: [(&Format, &[&str]); 15] = [
    (&super::rollup::ROLLUP, &["rollup"]),
    (&super::qwen_code::QWEN_CODE, &["systemPayload", "message.parts"]),
    (
        &super::claude_code::CLAUDE_CODE,
        &["sessionId", "session_id", "snapshot", "leafUuid", "message.usage"],
    ),
    (&super::claude_code_result::CLAUDE_CODE_RESULT, &["modelUsage", "total_cost_usd"]),
    (&super::codex::CODEX, &["payload"]),
    (&super::codex::CODEX_EXEC, &["thread_id", "usage.input_tokens"]),
    (&super::gemini_cli::GEMINI_CLI, &["projectHash", "messages", "tokens.input"]),
    (&super::opencode::OPENCODE, &["sessionID", "session_id"]),
    (&super::cursor::CURSOR, &[]),
    (&super::cursor::CURSOR_EVENTS, &["usageEventsDisplay", "tokenUsage.inputTokens"]),
    (&super::copilot::COPILOT, &["parentId"]),
    (&super::copilot::COPILOT_BILLING, &[]),
    (&super::aider::AIDER, &["properties.main_model"]),
    (&super::cline::CLINE, &["say", "ask", "messages"]),
    (&super::pi::PI, &["cwd", "message.usage.cacheRead"]),
];

/// Keys of which an envelope has at least one.
const AROUND: [&str; 6] = ["data", "object", "events", "logEvents", "category", "records"];

/// Whether a record has something at a path of keys, be it null.
fn has(record: &Value, path: &str) -> bool {
    path.split('.').try_fold(record, |value, key| value.get(key)).is_some()
}

/// The number of the first format of [`FORMATS`](super::FORMATS) that may recognise a record with these
/// keys, whatever their values are.
pub(in crate::sources) fn first_that_may_recognise(record: &Value) -> usize {
    let may = |(_, needs): &(&Format, &[&str])| needs.iter().any(|path| has(record, path));
    NEEDS.iter().position(may).unwrap_or(NEEDS.len())
}

/// Whether a record with these keys may be an envelope, whatever their values are.
pub(in crate::sources) fn may_be_envelope(record: &Value) -> bool {
    // A batch of events may come as one, whose message is a text.
    let is_event = has(record, "message") && !record["message"].is_object();
    is_event || AROUND.iter().any(|key| has(record, key))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::{ENVELOPES, FORMATS};
    use super::*;
    use crate::sources::quick::tests::files_below;

    /// The objects in a value, also those deep inside.
    fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| objects(value, found)),
            Value::Object(members) => {
                found.push(value);
                members.values().for_each(|value| objects(value, found));
            }
            _ => {}
        }
    }

    #[test]
    fn needs_are_in_the_order_of_the_formats() {
        for ((needy, _), format) in NEEDS.iter().zip(FORMATS) {
            assert_eq!(needy.name, format.name);
        }
    }

    #[test]
    fn nothing_is_recognised_without_what_it_needs() {
        let mut paths = Vec::new();
        files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut paths);
        let (mut seen, mut held) = (vec![false; FORMATS.len()], vec![false; ENVELOPES.len()]);
        for path in paths {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
            for document in documents.map_while(Result::ok) {
                let mut records = Vec::new();
                objects(&document, &mut records);
                for record in records {
                    let first = FORMATS.iter().position(|format| (format.recognises)(record));
                    if let Some(first) = first {
                        seen[first] = true;
                        assert!(first_that_may_recognise(record) <= first, "{record}");
                    }
                    for (envelope, held) in ENVELOPES.iter().zip(&mut held) {
                        if (envelope.is_one)(record) {
                            *held = true;
                            assert!(may_be_envelope(record), "{record}");
                        }
                    }
                }
            }
        }
        for (format, seen) in FORMATS.iter().zip(&seen).take(NEEDS.len()) {
            let is_table = ["cursor", "copilot-billing"].contains(&format.name);
            assert!(*seen || is_table, "no fixture of {}", format.name);
        }
        assert!(held.iter().all(|held| *held), "an envelope without a fixture: {held:?}");
    }
}
