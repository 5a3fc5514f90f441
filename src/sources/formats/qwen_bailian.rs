//! Qwen-Bailian's traces of requests with hashes of their prompts.
//!
//! Source: the description of the traces: times count in seconds from the start and name no day;
//! prompts are given as hashes of blocks of 16 tokens, which mean the same in every chat. No model
//! is named.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at, every_record, no_table};

/// Requests of a trace, one a record.
pub(in crate::sources) static QWEN_BAILIAN: Format = Format {
    name: "qwen-bailian",
    summary: "Qwen-Bailian traces with block hashes; name a model with --assume-model",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("chat_id") && has("input_length") && has("output_length")
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::CallType),
        ("chat_id", Field::Conversation),
        ("input_length", Field::Input),
        ("output_length", Field::Output),
        ("hash_ids", Field::Blocks),
        ("timestamp", Field::ElapsedSeconds),
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
