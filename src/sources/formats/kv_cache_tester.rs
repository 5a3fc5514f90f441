//! Conversations of kv-cache-tester: a document with its requests, prompts as hashes of blocks.
//!
//! Source: its traces: `in` is the whole prompt, of which nothing says what was cached; times are
//! seconds from the start of the conversation and name no day.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at, every_record, no_table};
use crate::sources::rows::{Row, list_in};

/// The requests of a conversation.
pub(in crate::sources) static KV_CACHE_TESTER: Format = Format {
    name: "kv-cache-tester",
    summary: "kv-cache-tester conversations with block hashes",
    provider: "",
    recognises: |record| {
        let listed = at(record, "requests").is_some_and(serde_json::Value::is_array);
        listed && at(record, "block_size").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("model", Field::Model),
        ("in", Field::Input),
        ("out", Field::Output),
        ("stop", Field::FinishReason),
        ("id", Field::Conversation),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: Some(|text| {
        let mut parts = Vec::new();
        for request in list_in(text, "requests")? {
            collect(request, &mut parts);
        }
        Some(parts.into_iter().map(|part| Row::part(text, part)).collect())
    }),
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: as_read,
};

/// A request, or those of the helper that stands in its place.
fn collect<'a>(request: &'a str, parts: &mut Vec<&'a str>) {
    match list_in(request, "requests") {
        Some(inner) => inner.into_iter().for_each(|request| collect(request, parts)),
        None => parts.push(request),
    }
}
