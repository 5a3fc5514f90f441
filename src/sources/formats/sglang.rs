//! `SGLang` request logs: one record when a request comes, one when it is finished.
//!
//! Source: its description of `--log-requests` in JSON: the prompt count includes the tokens that
//! were cached.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, as_read, at, no_table};

/// Finished requests of a server.
pub(in crate::sources) static SGLANG: Format = Format {
    name: "sglang",
    summary: "SGLang request logs in JSON (--log-requests)",
    provider: "",
    recognises: |record| {
        let event = at(record, "event").and_then(serde_json::Value::as_str);
        let known = event.is_some_and(|event| event.starts_with("request."));
        known && at(record, "rid").is_some() || at(record, "out.meta_info.prompt_tokens").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("event", Field::RecordType),
        ("model", Field::Model),
        ("obj.model", Field::Model),
        ("obj.sampling_params.max_new_tokens", Field::MaxTokens),
        ("out.meta_info.prompt_tokens", Field::Input),
        ("out.meta_info.cached_tokens", Field::CacheRead),
        ("out.meta_info.completion_tokens", Field::Output),
        ("out.meta_info.finish_reason.type", Field::FinishReason),
        ("out.meta_info.id", Field::RequestId),
        ("rid", Field::RequestId),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| match &*values.text(Field::RecordType) {
        "request.finished" | "" => Screen::Call,
        _ => Screen::NoCall,
    },
    session: None,
    refine: as_read,
};
