//! Gemini CLI sessions: one JSON document, or since version 0.40 one JSON object a line.
//!
//! Source: session files of 2026-01 and 2026-04, in which the total of each of 33 messages is
//! input + output + thoughts + tool: cached tokens are inside the input, thoughts outside the
//! output. A later record with the same id replaces the earlier one. A `$rewindTo` takes messages
//! out of the conversation, but not off the bill.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at, no_table};
use crate::sources::session::{Keep, Session};

/// Session files below `~/.gemini`.
pub(in crate::sources) static GEMINI_CLI: Format = Format {
    name: "gemini-cli",
    summary: "Gemini CLI session files (below ~/.gemini)",
    provider: "google",
    recognises: |record| {
        let is_answer = |message: &serde_json::Value| message.get("type").is_some_and(is_gemini);
        let messages = at(record, "messages").and_then(serde_json::Value::as_array);
        let started = at(record, "projectHash").is_some() && at(record, "startTime").is_some();
        let answered = messages.is_some_and(|messages| messages.iter().any(is_answer));
        at(record, "sessionId").is_some() && (started || answered)
            || is_answer(record) && at(record, "tokens.input").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("messages", Field::Rows),
        ("timestamp", Field::Time),
        ("model", Field::Model),
        ("kind", Field::CallType),
        ("sessionId", Field::Conversation),
        ("sessionId", Field::SecondId),
        ("id", Field::RequestId),
        ("tokens.input", Field::Input),
        ("tokens.cached", Field::CacheRead),
        ("tokens.tool", Field::ToolInput),
        ("tokens.output", Field::Output),
        ("tokens.thoughts", Field::Reasoning),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { output_includes_reasoning: false, ..Convention::INCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Stream,
    screen: |values| {
        let counted = values.has(Field::Input) || values.has(Field::Output);
        if counted { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session {
        speaks: |values| values.has(Field::Conversation) && !values.has(Field::RequestId),
        carries: &[
            (Field::Conversation, Keep::First),
            (Field::SecondId, Keep::First),
            (Field::CallType, Keep::First),
        ],
        ..Session::PLAIN
    }),
    refine: |_, draft| {
        let aside = !matches!(&*draft.call_type, "" | "main");
        draft.call_type = if aside { "sub-agent" } else { "main" }.into();
        Ok(())
    },
};

fn is_gemini(kind: &serde_json::Value) -> bool {
    kind == "gemini"
}
