//! Sessions of pi and of agents built on it.
//!
//! Source: sessions of 2025 and 2026, in which `totalTokens` is the sum of the four counts and the
//! cost is the list price of every call. A fork copies the entries of its parent with their ids
//! and times.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, as_read, at, no_table};
use crate::sources::session::{Keep, Session};

/// Session files below `~/.pi/agent/sessions`.
pub(in crate::sources) static PI: Format = Format {
    name: "pi",
    summary: "sessions of pi (~/.pi/agent/sessions) and of agents built on it",
    provider: "",
    recognises: |record| {
        let kind = at(record, "type").and_then(serde_json::Value::as_str);
        let has = |path| at(record, path).is_some();
        match kind {
            Some("session") => has("id") && has("cwd"),
            Some("message" | "message_end") => has("message.usage.cacheRead"),
            _ => false,
        }
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::RecordType),
        ("id", Field::Conversation),
        ("id", Field::RequestId),
        ("message.timestamp", Field::RequestId),
        ("timestamp", Field::Time),
        ("message.timestamp", Field::Time),
        ("message.provider", Field::Provider),
        ("message.model", Field::Model),
        ("message.usage.input", Field::Input),
        ("message.usage.cacheRead", Field::CacheRead),
        ("message.usage.cacheWrite", Field::CacheWrite),
        ("message.usage.output", Field::Output),
        ("message.usage.cost.total", Field::CostUsd),
        ("message.stopReason", Field::FinishReason),
        ("message.errorMessage", Field::Error),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    // Other events show a message again while it grows.
    screen: |values| {
        let kind = values.text(Field::RecordType);
        let counted = values.has(Field::Input) || values.has(Field::Output);
        let whole = matches!(&*kind, "message" | "message_end");
        if counted && whole { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session {
        speaks: |values| values.text(Field::RecordType) == "session",
        carries: &[(Field::Conversation, Keep::First)],
        ..Session::PLAIN
    }),
    refine: as_read,
};
