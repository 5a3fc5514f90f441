//! `LangChain` messages as they are dumped: plain, or as serialised objects with `kwargs`.
//!
//! Source: its reference of usage metadata (2026-08-22) and dumped messages: input includes cached
//! and written tokens whoever answered, output includes reasoning; what the provider said itself
//! stands beside it.

use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Format, Identity, as_read, at, every_record, no_table, wrapped,
};

const WRAPPERS: &[&str] =
    &["", "kwargs", "message", "message.kwargs", "response", "data", "output"];

/// One message of a model a record.
pub(in crate::sources) static LANGCHAIN: Format = Format {
    name: "langchain",
    summary: "LangChain messages as dumped, with usage_metadata or token_usage",
    provider: "",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usage_metadata.input_tokens").is_some()
                || at(inner, "response_metadata.token_usage").is_some()
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("created_at", Field::Time),
        ("response_metadata.created_at", Field::Time),
        ("response_metadata.model_name", Field::Model),
        ("response_metadata.model", Field::Model),
        ("response_metadata.model_provider", Field::Provider),
        ("call_type", Field::CallType),
        ("usage_metadata.input_tokens", Field::Input),
        ("response_metadata.token_usage.prompt_tokens", Field::Input),
        ("usage_metadata.input_token_details.cache_read", Field::CacheRead),
        ("response_metadata.token_usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("usage_metadata.input_token_details.cache_creation", Field::CacheWrite),
        (
            "response_metadata.token_usage.prompt_tokens_details.cache_write_tokens",
            Field::CacheWrite,
        ),
        ("usage_metadata.input_token_details.audio", Field::AudioInput),
        ("usage_metadata.output_tokens", Field::Output),
        ("response_metadata.token_usage.completion_tokens", Field::Output),
        ("usage_metadata.output_token_details.reasoning", Field::Reasoning),
        (
            "response_metadata.token_usage.completion_tokens_details.reasoning_tokens",
            Field::Reasoning,
        ),
        ("usage_metadata.output_token_details.audio", Field::AudioOutput),
        ("usage_metadata.total_tokens", Field::Total),
        ("response_metadata.token_usage.total_tokens", Field::Total),
        ("response_metadata.service_tier", Field::ServiceTier),
        ("response_metadata.finish_reason", Field::FinishReason),
        ("response_metadata.stop_reason", Field::FinishReason),
        ("response_metadata.id", Field::RequestId),
        ("conversation", Field::Conversation),
        ("session_id", Field::Conversation),
        ("thread_id", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine: as_read,
};
