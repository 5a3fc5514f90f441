//! `OpenAI` Chat Completions and everything that speaks its shape, bare, wrapped or from a batch.
//!
//! Source: the `OpenAPI` description of 2026-08-21: `prompt_tokens` includes cached, written and
//! audio tokens; `completion_tokens` includes reasoning, audio and rejected predictions. Others
//! differ, as recorded responses show: xAI and Perplexity count reasoning beside the completion,
//! Perplexity citations beside the prompt and outside the total, and the cached part goes by a
//! name of their own at `DeepSeek`, Mistral, Moonshot and in older responses of xAI.

use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, Screen, at, no_table, wrapped,
};
use crate::sources::values::Values;
use crate::usage::ServiceTier;

/// Where a response may be inside a logged record.
pub(super) const WRAPPERS: &[&str] =
    &["", "response.body", "response", "body", "data", "payload", "output", "x_groq"];

/// Chat Completions responses, one a record.
pub(in crate::sources) static OPENAI_CHAT: Format = Format {
    name: "openai-chat",
    summary: "OpenAI Chat Completions responses, bare, wrapped or batch output",
    provider: "",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usage.prompt_tokens").is_some()
                || at(inner, "usage.completion_tokens").is_some()
                || is_bare(inner)
                || at(inner, "custom_id").is_some() && inner.get("error").is_some()
                || at(inner, "object").is_some_and(|kind| {
                    kind.as_str().is_some_and(|kind| kind.starts_with("chat.completion"))
                })
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("created", Field::Time),
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("created_at", Field::Time),
        ("provider", Field::Provider),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("model", Field::OuterModel),
        ("call_type", Field::CallType),
        ("request.metadata.task", Field::CallType),
        ("metadata.task", Field::CallType),
        ("task", Field::CallType),
        ("usage.prompt_tokens", Field::Input),
        ("usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("usage.prompt_token_details.cached_tokens", Field::CacheRead),
        ("usage.prompt_cache_hit_tokens", Field::CacheRead),
        ("usage.num_cached_tokens", Field::CacheRead),
        ("usage.cached_tokens", Field::CacheRead),
        ("usage.cached_prompt_text_tokens", Field::CacheRead),
        ("usage.prompt_tokens_details.cache_write_tokens", Field::CacheWrite),
        // LiteLLM writes Claude's usage so; its prompt includes both.
        ("usage.cache_read_input_tokens", Field::CacheRead),
        ("usage.prompt_tokens_details.cache_creation_tokens", Field::CacheWrite),
        ("usage.cache_creation_input_tokens", Field::CacheWrite),
        ("usage.prompt_tokens_details.audio_tokens", Field::AudioInput),
        // Perplexity: what was read on the web, at the price of input.
        ("usage.citation_tokens", Field::ToolInput),
        ("usage.num_search_queries", Field::Searches),
        ("usage.completion_tokens", Field::Output),
        ("usage.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        // Perplexity, beside its output.
        ("usage.reasoning_tokens", Field::Reasoning),
        ("usage.completion_tokens_details.audio_tokens", Field::AudioOutput),
        ("usage.completion_tokens_details.image_tokens", Field::ImageOutput),
        ("usage.total_tokens", Field::Total),
        ("usage.cost.total_cost", Field::CostUsd),
        ("usage.cost", Field::CostUsd),
        ("cost_usd", Field::CostUsd),
        ("usage.cost_in_usd_ticks", Field::CostTicks),
        ("cost_in_usd_ticks", Field::CostTicks),
        // Usage on its own, without the response around it.
        ("prompt_tokens", Field::Input),
        ("prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("prompt_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("prompt_tokens_details.audio_tokens", Field::AudioInput),
        ("completion_tokens", Field::Output),
        ("completion_tokens_details.reasoning_tokens", Field::Reasoning),
        ("completion_tokens_details.audio_tokens", Field::AudioOutput),
        ("total_tokens", Field::Total),
        ("cost", Field::CostUsd),
        ("service_tier", Field::ServiceTier),
        ("custom_id", Field::Batch),
        ("error", Field::Error),
        ("response.status_code", Field::HttpStatus),
        ("status_code", Field::HttpStatus),
        ("max_completion_tokens", Field::MaxTokens),
        ("request.max_completion_tokens", Field::MaxTokens),
        ("request.max_tokens", Field::MaxTokens),
        ("id", Field::RequestId),
        // Some servers draw their ids from a thousand: the second of the answer tells them apart.
        ("created", Field::SecondId),
        ("conversation", Field::Conversation),
        ("session_id", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
        ("duration_ms", Field::LatencyMs),
        ("request.messages", Field::Prompt),
        ("request.messages", Field::PromptContext),
        ("messages", Field::Prompt),
        ("messages", Field::PromptContext),
        ("request.tools", Field::Tools),
        ("tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    // The source of a cost depends on the id.
    quick: Some(&[Field::CostUsd]),
    identity: Identity::Response,
    screen: screen_batch,
    session: None,
    refine,
};

/// Requests of a batch that were not answered are not billed.
fn screen_batch(values: &Values<'_>) -> Screen {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    let refused = values.text(Field::HttpStatus).parse().is_ok_and(|status: u16| status >= 400);
    let failed = values.has(Field::Error) || refused;
    if values.has(Field::Batch) && failed && !counted { Screen::NoCall } else { Screen::Call }
}

/// Whether it is a usage object, and not a row of a table with the same names.
fn is_bare(record: &serde_json::Value) -> bool {
    let details = ["prompt_tokens_details", "completion_tokens_details"];
    at(record, "prompt_tokens").is_some()
        && details.iter().any(|key| at(record, key).is_some_and(serde_json::Value::is_object))
}

/// A record with a `custom_id` is a line of a batch's output; one with a cost and an id of its own kind
/// is an answer of `OpenRouter`.
#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
pub(super) fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if values.has(Field::Batch) {
        draft.call.service_tier = ServiceTier::Batch;
    }
    // In OpenRouter's answers `provider` is the host that it chose, and the cost is its charge.
    if values.has(Field::CostUsd) && values.text(Field::RequestId).starts_with("gen-") {
        draft.provider = "openrouter".into();
    }
    Ok(())
}
