//! Requests and responses of Claude Code as a recorder between it and the network wrote them.
//!
//! Source: recordings of 2025: a response is either a message or, where it was streamed, the text
//! of the stream. What a stream counts at its start and at its end belongs to one message; the
//! later counts are the final ones.

use serde_json::{Map, Value};

use crate::sources::format::{Format, at};
use crate::sources::rows::{Row, members};

use super::anthropic_messages::MESSAGES;

/// Pairs of a request and its response, one a record.
pub(in crate::sources) static CLAUDE_TRACE: Format = Format {
    name: "claude-trace",
    summary: "recorded traffic of Claude Code (request, response or its stream)",
    recognises: |record| {
        let holds = |path: &str| at(record, path).is_some();
        // A log of one's own may have both bodies, but hardly the method of HTTP.
        let is_whole = holds("response.body.usage") && holds("request.method");
        holds("request") && (holds("response.body_raw") || is_whole)
    },
    unfold: Some(unfold),
    ..MESSAGES
};

fn unfold(text: &str) -> Option<Vec<Row<'_>>> {
    let record = members(text)?;
    let response = members(record.get("response")?)?;
    let raw: String = serde_json::from_str(response.get("body_raw")?).ok()?;
    let value = |text: &&str| serde_json::from_str::<Value>(text).ok();
    let mut whole = Map::new();
    for key in ["timestamp", "status_code"] {
        whole.extend(response.get(key).and_then(value).map(|value| (key.to_owned(), value)));
    }
    whole.insert("body".to_owned(), message(&raw)?);
    let whole = Value::from_iter([("response", Value::Object(whole))]);
    Some(vec![Row::rewritten(text, text, whole.to_string())])
}

/// The message that a stream adds up to, without its contents; nothing when none begins in it.
fn message(stream: &str) -> Option<Value> {
    let events = stream.lines().filter_map(|line| line.strip_prefix("data:"));
    let mut message: Option<Map<String, Value>> = None;
    for event in events.filter_map(|event| serde_json::from_str::<Value>(event).ok()) {
        match (event.get("type").and_then(Value::as_str), &mut message) {
            (Some("message_start"), _) => message = event.get("message")?.as_object().cloned(),
            (Some("message_delta"), Some(message)) => {
                merge(message, "usage", event.get("usage"));
                let reason = at(&event, "delta.stop_reason").cloned();
                message.extend(reason.map(|reason| ("stop_reason".to_owned(), reason)));
            }
            _ => {}
        }
    }
    message.map(Value::Object)
}

/// Puts the later members of an object over the earlier ones.
fn merge(message: &mut Map<String, Value>, key: &str, later: Option<&Value>) {
    let Some(later) = later.and_then(Value::as_object) else { return };
    let known = message.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if let Some(known) = known.as_object_mut() {
        let counted = later.iter().filter(|(_, value)| !value.is_null());
        known.extend(counted.map(|(key, value)| (key.clone(), value.clone())));
    }
}
