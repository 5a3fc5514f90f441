//! `OpenAI` Responses, bare, wrapped or from a batch.
//!
//! Source: the `OpenAPI` description of 2026-08-21: `input_tokens` includes cached and written
//! tokens, `output_tokens` includes reasoning.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, at, every_record, no_table, wrapped};

use super::openai_chat::{WRAPPERS, refine};

/// Responses API responses, one a record.
pub(in crate::sources) static OPENAI_RESPONSES: Format = Format {
    name: "openai-responses",
    summary: "OpenAI Responses API responses, bare, wrapped or batch output",
    provider: "",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usage.input_tokens_details").is_some()
                || at(inner, "usage.output_tokens_details.reasoning_tokens").is_some()
                || at(inner, "object").is_some_and(|kind| kind == "response")
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("created_at", Field::Time),
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("provider", Field::Provider),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("model", Field::OuterModel),
        ("call_type", Field::CallType),
        ("request.metadata.task", Field::CallType),
        ("metadata.task", Field::CallType),
        ("usage.input_tokens", Field::Input),
        ("usage.input_tokens_details.cached_tokens", Field::CacheRead),
        ("usage.input_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("usage.input_tokens_details.audio_tokens", Field::AudioInput),
        ("usage.output_tokens", Field::Output),
        ("usage.output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("usage.output_tokens_details.audio_tokens", Field::AudioOutput),
        ("usage.output_tokens_details.image_tokens", Field::ImageOutput),
        ("usage.total_tokens", Field::Total),
        ("usage.cache_read_input_tokens", Field::Foreign),
        ("usage.cache_creation_input_tokens", Field::Foreign),
        ("usage.cost", Field::CostUsd),
        ("cost_usd", Field::CostUsd),
        ("service_tier", Field::ServiceTier),
        ("custom_id", Field::Batch),
        ("response.status_code", Field::HttpStatus),
        ("incomplete_details.reason", Field::FinishReason),
        ("status", Field::FinishReason),
        ("max_output_tokens", Field::MaxTokens),
        ("request.max_output_tokens", Field::MaxTokens),
        ("id", Field::RequestId),
        ("conversation.id", Field::Conversation),
        ("session_id", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
        ("duration_ms", Field::LatencyMs),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine,
};
