//! Aider's analytics log.
//!
//! Source: the log that the project publishes. There is no split by cache: the prompt counts all of
//! the input. The cost is Aider's own computation, that of the message; `total_cost` is its
//! running sum.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, as_read, at, no_table};

/// The file named after `--analytics-log`.
pub(in crate::sources) static AIDER: Format = Format {
    name: "aider",
    summary: "Aider's analytics log (--analytics-log)",
    provider: "",
    recognises: |record| {
        // Logs of events with properties are common; those with a model that edits are not.
        at(record, "event").is_some_and(serde_json::Value::is_string)
            && at(record, "properties.main_model").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("time", Field::Time),
        // A message has no id; no two of one second are alike.
        ("time", Field::RequestId),
        ("event", Field::RecordType),
        ("properties.main_model", Field::Model),
        ("properties.edit_format", Field::CallType),
        ("properties.prompt_tokens", Field::Input),
        ("properties.completion_tokens", Field::Output),
        ("properties.cost", Field::CostUsd),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        let sent = values.text(Field::RecordType) == "message_send";
        if sent { Screen::Call } else { Screen::NoCall }
    },
    session: None,
    refine: as_read,
};
