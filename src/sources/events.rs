//! Recorded event streams to records: the events of one response become that response.
//!
//! Sources: the server-sent events of `OpenAI`'s Chat Completions (usage in a last chunk, if it was
//! asked for) and Responses (in `response.completed`), of Anthropic's Messages (the input in
//! `message_start`, the output in `message_delta`, whose counts are cumulative), and of Gemini (each
//! chunk repeats the counts so far).

use serde_json::{Map, Value};

/// One response of a recorded stream.
#[derive(Debug, PartialEq)]
pub(super) struct Stream {
    /// Where its first event starts.
    pub(super) start: usize,
    /// Behind its last event.
    pub(super) end: usize,
    /// Whether nothing more can belong to it.
    pub(super) closed: bool,
    /// The response as its events tell it.
    pub(super) response: Map<String, Value>,
}

/// The responses of a text, which starts with one.
pub(super) fn streams(bytes: &[u8]) -> Vec<Stream> {
    let mut found: Vec<Stream> = Vec::new();
    let (mut at, mut name) = (0, String::new());
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |line| at + line + 1);
        let payload = bytes[at..end].trim_ascii().strip_prefix(b"data:").map(<[u8]>::trim_ascii);
        if payload == Some(b"[DONE]") {
            if let Some(stream) = found.last_mut() {
                (stream.closed, stream.end) = (true, end);
            }
        } else if let Some(Value::Object(event)) =
            payload.and_then(|payload| serde_json::from_slice(payload).ok())
        {
            let id = response_id(&event);
            let other = id.is_some_and(|id| !name.is_empty() && id != name);
            if found.last().is_none_or(|stream| stream.closed || other) {
                if let Some(before) = found.last_mut() {
                    before.closed = true;
                }
                name.clear();
                found.push(Stream { start: at, end, closed: false, response: Map::new() });
            }
            if let Some(id) = id {
                id.clone_into(&mut name);
            }
            let stream = found.last_mut().expect("there is one by now");
            stream.closed = is_last(&event);
            stream.end = end;
            take_over(&mut stream.response, event);
        }
        at = end;
    }
    found
}

/// The id of the response that an event belongs to, if it says.
fn response_id(event: &Map<String, Value>) -> Option<&str> {
    let inner = event.get("message").or_else(|| event.get("response"));
    let known = inner.and_then(|inner| inner.get("id").or_else(|| inner.get("responseId")));
    // Other events of a typed stream have the ids of pieces.
    let own = || if event.contains_key("type") { None } else { event.get("id") };
    let id = known.or_else(own).or_else(|| event.get("responseId"));
    id.and_then(Value::as_str).filter(|id| !id.is_empty())
}

fn kind(event: &Map<String, Value>) -> &str {
    event.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn is_last(event: &Map<String, Value>) -> bool {
    let ends = ["message_stop", "response.completed", "response.incomplete", "response.failed"];
    ends.contains(&kind(event))
}

/// Adds what an event says of its response.
fn take_over(response: &mut Map<String, Value>, mut event: Map<String, Value>) {
    let is_piece = event.contains_key("type") && !event.contains_key("choices");
    let inner = ["message", "response"].iter().find_map(|key| event.remove(*key));
    if let Some(Value::Object(inner)) = inner {
        overlay(response, inner);
    } else if kind(&event) == "message_delta" {
        let delta = event.remove("delta");
        event.remove("type");
        overlay(response, event);
        if let Some(Value::Object(delta)) = delta {
            overlay(response, delta);
        }
    } else if !is_piece {
        event.remove("choices");
        overlay(response, event);
    }
}

/// Later values win; what is nothing leaves what was there.
fn overlay(known: &mut Map<String, Value>, later: Map<String, Value>) {
    for (key, value) in later {
        match (known.get_mut(&key), value) {
            (_, Value::Null) => {}
            (Some(Value::Object(known)), Value::Object(later)) => overlay(known, later),
            (Some(_), Value::String(text)) if text.is_empty() => {}
            (_, value) => {
                known.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expected: &[(bool, Value)]) {
        let found: Vec<_> = streams(text.as_bytes())
            .into_iter()
            .map(|stream| (stream.closed, Value::Object(stream.response)))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_counts_of_both_sides_come_together() {
        let text = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\
            \"m1\",\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\ndata: {\"type\":\"ping\"}\n\
            data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":\
            {\"output_tokens\":7}}\ndata: {\"type\":\"message_stop\"}\n";
        let usage = json!({"input_tokens": 9, "output_tokens": 7});
        check(text, &[(true, json!({"id": "m1", "usage": usage, "stop_reason": "end_turn"}))]);
    }

    #[test]
    fn chunks_of_gemini_may_be_wrapped() {
        let chunk = |id: &str, count: u32| {
            format!("data: {{\"response\":{{\"responseId\":\"{id}\",\"n\":{count}}}}}\n\n")
        };
        check(
            &[chunk("a", 1), chunk("a", 2), chunk("b", 1)].concat(),
            &[
                (true, json!({"responseId": "a", "n": 2})),
                (false, json!({"responseId": "b", "n": 1})),
            ],
        );
    }

    #[test]
    fn a_stream_ends_at_its_end_mark_or_where_another_starts() {
        let text = "data: {\"id\":\"a\",\"choices\":[]}\ndata: {\"id\":\"a\",\"usage\":{\"n\":1}}\n\
            data: {\"id\":\"b\",\"usage\":null}\r\ndata: [DONE]\r\ndata: {\"id\":\"b\"}\n: comment\n";
        check(
            text,
            &[
                (true, json!({"id": "a", "usage": {"n": 1}})),
                (true, json!({"id": "b"})),
                (false, json!({"id": "b"})),
            ],
        );
    }
}
