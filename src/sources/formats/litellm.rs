//! `LiteLLM`: rows of its spend log, its logging payload, its tables by day; JSON or CSV.
//!
//! Source: its table definitions and its own test payloads: `prompt_tokens` includes what was read
//! from and written to the cache, for Anthropic's models too; `completion_tokens` includes
//! reasoning. `metadata` is an object or, from PostgreSQL, its text. A request answered by the
//! proxy's own cache called no model.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at};
use crate::sources::rows::decoded;

/// Requests through the proxy, or their sums by day.
pub(in crate::sources) static LITELLM: Format = Format {
    name: "litellm",
    summary: "LiteLLM spend logs, logging payloads and exports by day (JSON, CSV)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        let request = has("call_type") && (has("startTime") || has("custom_llm_provider"));
        let payload = has("response_cost") || has("spend") || has("model_parameters");
        request && payload
            || has("spend") && has("startTime")
            || has("api_requests") && has("spend")
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("spend") && has("prompt_tokens") && (has("startTime") || has("api_requests"))
    },
    fields: &[
        ("startTime", Field::Time),
        ("date", Field::Time),
        ("endTime", Field::EndTime),
        ("custom_llm_provider", Field::Provider),
        ("model", Field::Model),
        ("model_group", Field::RequestModel),
        ("call_type", Field::CallType),
        ("prompt_tokens", Field::Input),
        ("metadata.usage_object.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("metadata.usage_object.cache_read_input_tokens", Field::CacheRead),
        ("metadata.additional_usage_values.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("metadata.additional_usage_values.cache_read_input_tokens", Field::CacheRead),
        ("response.usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("response.usage.cache_read_input_tokens", Field::CacheRead),
        ("cache_read_input_tokens", Field::CacheRead),
        ("metadata.usage_object.prompt_tokens_details.cache_creation_tokens", Field::CacheWrite),
        ("metadata.usage_object.prompt_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("metadata.usage_object.cache_creation_input_tokens", Field::CacheWrite),
        (
            "metadata.additional_usage_values.prompt_tokens_details.cache_creation_tokens",
            Field::CacheWrite,
        ),
        ("metadata.additional_usage_values.cache_creation_input_tokens", Field::CacheWrite),
        ("response.usage.prompt_tokens_details.cache_creation_tokens", Field::CacheWrite),
        ("response.usage.cache_creation_input_tokens", Field::CacheWrite),
        ("cache_creation_input_tokens", Field::CacheWrite),
        (
            "metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens",
            Field::CacheWrite5m,
        ),
        (
            "metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens",
            Field::CacheWrite1h,
        ),
        (
            "response.usage.prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens",
            Field::CacheWrite5m,
        ),
        (
            "response.usage.prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens",
            Field::CacheWrite1h,
        ),
        ("metadata.usage_object.prompt_tokens_details.audio_tokens", Field::AudioInput),
        ("response.usage.prompt_tokens_details.audio_tokens", Field::AudioInput),
        ("completion_tokens", Field::Output),
        ("metadata.usage_object.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        (
            "metadata.additional_usage_values.completion_tokens_details.reasoning_tokens",
            Field::Reasoning,
        ),
        ("response.usage.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        ("metadata.usage_object.completion_tokens_details.audio_tokens", Field::AudioOutput),
        ("response.usage.completion_tokens_details.audio_tokens", Field::AudioOutput),
        ("total_tokens", Field::Total),
        ("status", Field::Status),
        ("error_information.error_code", Field::HttpStatus),
        ("metadata.error_information.error_code", Field::HttpStatus),
        ("response.service_tier", Field::ServiceTier),
        ("model_parameters.max_tokens", Field::MaxTokens),
        ("model_parameters.max_completion_tokens", Field::MaxTokens),
        ("request_duration_ms", Field::LatencyMs),
        ("spend", Field::CostUsd),
        ("response_cost", Field::CostUsd),
        ("api_requests", Field::Calls),
        ("request_id", Field::RequestId),
        ("id", Field::RequestId),
        ("session_id", Field::Conversation),
        ("trace_id", Field::Conversation),
        ("cache_hit", Field::RecordType),
        ("messages", Field::Prompt),
        ("messages", Field::PromptContext),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: Some(|text| decoded(text, &["metadata", "response"])),
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        let hit = values.text(Field::RecordType).eq_ignore_ascii_case("true");
        if hit { Screen::NoCall } else { Screen::Call }
    },
    session: None,
    refine: |values, draft| {
        // Its CSV export guards cells that a spreadsheet would take for a formula.
        if let Some(model) = draft.model.strip_prefix('\'').filter(|model| model.starts_with('@')) {
            draft.model = model.to_owned().into();
        }
        settle(values, Convention::INCLUSIVE, draft)
    },
};
