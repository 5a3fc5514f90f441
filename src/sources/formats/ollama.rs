//! Ollama's own responses, one a record.
//!
//! Source: its description of `/api/chat` and `/api/generate`: durations are in nanoseconds; the
//! pieces of a stream have no counts, only the last one, which is `done`.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at, no_table, wrapped};

const WRAPPERS: &[&str] = &["", "response", "response.body", "body"];

/// Responses of a local server.
pub(in crate::sources) static OLLAMA: Format = Format {
    name: "ollama",
    summary: "Ollama's own responses (/api/chat, /api/generate)",
    provider: "ollama",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "eval_count").is_some() && at(inner, "eval_duration").is_some()
                || at(inner, "prompt_eval_count").is_some()
                || at(inner, "done").is_some_and(serde_json::Value::is_boolean)
                    && at(inner, "model").is_some()
                    && at(inner, "created_at").is_some()
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("created_at", Field::Time),
        ("timestamp", Field::Time),
        ("model", Field::Model),
        ("prompt_eval_count", Field::Input),
        ("eval_count", Field::Output),
        ("done_reason", Field::FinishReason),
        ("done", Field::RecordType),
        ("total_duration", Field::SecondId),
        ("options.num_predict", Field::MaxTokens),
        ("request.options.num_predict", Field::MaxTokens),
        ("id", Field::RequestId),
        ("session_id", Field::Conversation),
        ("request.messages", Field::Prompt),
        ("request.messages", Field::PromptContext),
        ("messages", Field::Prompt),
        ("messages", Field::PromptContext),
        ("request.tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        let piece = values.truth(Field::RecordType) == Some(false);
        if piece && !values.has(Field::Output) { Screen::NoCall } else { Screen::Call }
    },
    session: None,
    refine: |values, draft| {
        const NANOS_PER_MILLI: u64 = 1_000_000;
        let nanos = values.count(Field::SecondId).ok().flatten();
        draft.call.latency_ms = nanos.and_then(|nanos| (nanos / NANOS_PER_MILLI).try_into().ok());
        Ok(())
    },
};
