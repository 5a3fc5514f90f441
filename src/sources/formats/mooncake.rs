//! Mooncake's traces of requests with hashes of their prompts.
//!
//! Source: its description: times count in ms from the start of the trace and name no day; prompts
//! are given as hashes of blocks of 512 tokens. No model is named.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at, every_record, no_table};

/// Requests of a trace, one a record.
pub(in crate::sources) static MOONCAKE: Format = Format {
    name: "mooncake",
    summary: "Mooncake traces with block hashes; name a model with --assume-model",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("input_length")
            && has("output_length")
            && (has("hash_ids") || has("timestamp"))
            && !has("chat_id")
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::CallType),
        ("input_length", Field::Input),
        ("output_length", Field::Output),
        ("hash_ids", Field::Blocks),
        ("timestamp", Field::ElapsedMillis),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: as_read,
};
