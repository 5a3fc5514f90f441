//! Conversations of kv-cache-tester: a document with its requests, prompts as hashes of blocks.
//!
//! Source: its traces: `in` is the whole prompt, of which nothing says what was cached; times are
//! seconds from the start of the conversation and name no day.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at, every_record, no_table};
use crate::sources::rows::{Row, list_in, members};
use crate::units::{Excess, parse_decimal};

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
        ("hash_ids", Field::Blocks),
        ("hash_id_scope", Field::BlockScope),
        ("t", Field::ElapsedSeconds),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: Some(|text| {
        let mut rows = Vec::new();
        for request in list_in(text, "requests")? {
            collect(text, request, 0, &mut rows);
        }
        Some(rows)
    }),
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: as_read,
};

/// A request, or those of the helper that stands in its place, whose times count from its own
/// `start`, in milliseconds.
fn collect<'a>(whole: &str, request: &'a str, start: i128, rows: &mut Vec<Row<'a>>) {
    let Some(inner) = list_in(request, "requests") else {
        rows.push(at_its_time(whole, request, start));
        return;
    };
    let start = start + millis(request).unwrap_or(0);
    for request in inner {
        collect(whole, request, start, rows);
    }
}

fn at_its_time<'a>(whole: &str, request: &'a str, start: i128) -> Row<'a> {
    let row = Row::part(whole, request);
    let own = if start == 0 { None } else { millis(request) };
    let (Some(own), Some(open)) = (own, request.trim_end().strip_suffix('}')) else { return row };
    let time = start + own;
    // Of two values of one name the later one counts.
    let text = format!("{open},\"t\":{}.{:03}}}", time / 1_000, time % 1_000);
    Row { text: text.into(), ..row }
}

/// When a request was sent.
fn millis(request: &str) -> Option<i128> {
    parse_decimal(members(request)?.get("t")?, 3, Excess::Round).ok()
}
