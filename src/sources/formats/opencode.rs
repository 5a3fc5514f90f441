//! `OpenCode` messages: one JSON file each, or rows exported from its database.
//!
//! Source: message files of 2025 and the schema of its database, whose table `message` holds the
//! same JSON as text in `data`. Input excludes cached tokens, reasoning is beside the output; the
//! cost is its own, from list prices, and zero for a subscription.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at};
use crate::sources::session::Session;
use crate::usage::Instant;

/// Message files below `~/.local/share/opencode/storage/message`.
pub(in crate::sources) static OPENCODE: Format = Format {
    name: "opencode",
    summary: "OpenCode: its database, message files, or its table `message` as CSV or JSON",
    provider: "",
    recognises: |record| {
        let has = |path| at(record, path).is_some();
        let data = at(record, "data").and_then(serde_json::Value::as_str);
        let inside = data.is_some_and(|data| data.contains("\"modelID\""));
        has("sessionID") && (has("modelID") && has("providerID") || has("role") && has("time"))
            || has("session_id") && inside
    },
    recognises_columns: |columns| {
        ["id", "session_id", "time_created", "data"]
            .iter()
            .all(|wanted| columns.iter().any(|column| column == wanted))
    },
    fields: &[
        ("data", Field::Inside),
        ("id", Field::RequestId),
        ("sessionID", Field::Conversation),
        ("session_id", Field::Conversation),
        ("time.created", Field::Time),
        ("time_created", Field::Time),
        ("time.completed", Field::SecondId),
        ("providerID", Field::Provider),
        ("modelID", Field::Model),
        ("agent", Field::CallType),
        ("mode", Field::CallType),
        ("finish", Field::FinishReason),
        ("error.name", Field::Error),
        ("tokens.input", Field::Input),
        ("tokens.cache.read", Field::CacheRead),
        ("tokens.cache.write", Field::CacheWrite),
        ("tokens.output", Field::Output),
        ("tokens.reasoning", Field::Reasoning),
        ("cost", Field::CostUsd),
        ("cost.total", Field::CostUsd),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { output_includes_reasoning: false, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Response,
    // What the user wrote, and answers that never came, have no counts.
    screen: |values| {
        let counted = values.has(Field::Input) || values.has(Field::Output);
        if counted { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session::PLAIN),
    refine: |values, draft| {
        let ended = Instant::parse(&values.text(Field::SecondId)).ok();
        let start = draft.call.time.millis();
        let lasted = ended.and_then(|ended| ended.millis().checked_sub(start));
        draft.call.latency_ms = lasted.and_then(|lasted| u32::try_from(lasted).ok());
        Ok(())
    },
};
