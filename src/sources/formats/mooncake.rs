//! Traces of requests with hashes of their prompts: Mooncake and Qwen-Bailian.
//!
//! Source: the descriptions of both: times count from the start of the trace, in ms and in s, and
//! name no day; prompts are given as hashes of blocks of 512 and 16 tokens. No model is named.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at, every_record, no_table};

/// Requests of a trace, one a record.
pub(in crate::sources) static MOONCAKE: Format = Format {
    name: "mooncake",
    summary: "Mooncake and Qwen-Bailian traces with block hashes; name a model with --assume-model",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("input_length") && has("output_length") && (has("hash_ids") || has("timestamp"))
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::CallType),
        ("input_length", Field::Input),
        ("output_length", Field::Output),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: as_read,
};
