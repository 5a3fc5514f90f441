//! Helicone requests: its export as CSV, JSON or JSON lines.
//!
//! Source: its export script and the fields of its request table. Whether the prompt count
//! includes cached tokens depends on whose response it is: Anthropic's does not. The usage in the
//! response itself, where the export has it, comes before the columns. A request that the
//! gateway answered from its own cache called no model.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at};
use crate::usage::Status;

/// Requests, one a record.
pub(in crate::sources) static HELICONE: Format = Format {
    name: "helicone",
    summary: "Helicone exports of requests (CSV, JSON, JSON lines)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        let named = has("request_created_at") || has("response_created_at");
        named && (has("request_id") || has("response_id") || has("request_properties"))
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("request_created_at") && (has("request_body") || has("request_properties"))
    },
    fields: &[
        ("request_created_at", Field::Time),
        ("response_created_at", Field::EndTime),
        ("response_model", Field::Model),
        ("model", Field::Model),
        ("request_model", Field::RequestModel),
        ("provider", Field::Provider),
        ("prompt_id", Field::CallType),
        ("request_path", Field::CallType),
        ("response_body.usage.prompt_tokens", Field::Input),
        ("response_body.usage.input_tokens", Field::Input),
        ("prompt_tokens", Field::Input),
        ("response_body.usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("response_body.usage.input_tokens_details.cached_tokens", Field::CacheRead),
        ("response_body.usage.cache_read_input_tokens", Field::CacheRead),
        ("prompt_cache_read_tokens", Field::CacheRead),
        ("response_body.usage.cache_creation_input_tokens", Field::CacheWrite),
        ("prompt_cache_write_tokens", Field::CacheWrite),
        ("prompt_audio_tokens", Field::AudioInput),
        ("response_body.usage.completion_tokens", Field::Output),
        ("response_body.usage.output_tokens", Field::Output),
        ("completion_tokens", Field::Output),
        ("reasoning_tokens", Field::Reasoning),
        ("completion_audio_tokens", Field::AudioOutput),
        ("response_body.usage.total_tokens", Field::Total),
        ("total_tokens", Field::Total),
        ("response_body.usage.cache_creation_input_tokens", Field::Foreign),
        ("response_body.usage.cache_read_input_tokens", Field::Foreign),
        ("response_status", Field::HttpStatus),
        ("delay_ms", Field::LatencyMs),
        ("latency", Field::LatencyMs),
        ("cost", Field::CostUsd),
        ("costUSD", Field::CostUsd),
        ("cost_usd", Field::CostUsd),
        ("request_id", Field::RequestId),
        ("response_id", Field::RequestId),
        ("request_properties.Helicone-Session-Id", Field::Conversation),
        ("properties.Helicone-Session-Id", Field::Conversation),
        ("cache_reference_id", Field::SecondId),
        ("request_body.messages", Field::Prompt),
        ("request_body.messages", Field::PromptContext),
        ("request_body.system", Field::SystemPrompt),
        ("request_body.tools", Field::Tools),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        // An id of zeros says that there is none.
        let hit = values.text(Field::SecondId).bytes().any(|byte| !matches!(byte, b'0' | b'-'));
        if hit { Screen::NoCall } else { Screen::Call }
    },
    session: None,
    refine: |values, draft| {
        if values.text(Field::HttpStatus).starts_with('-') {
            // Its own numbers for what ended before there was an answer.
            draft.call.status = Status::Error(0);
        }
        let anthropic = draft.provider.eq_ignore_ascii_case("anthropic");
        let exclusive = anthropic || values.has(Field::Foreign);
        settle(values, if exclusive { Convention::EXCLUSIVE } else { Convention::INCLUSIVE }, draft)
    },
};
