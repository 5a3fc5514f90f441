//! Anthropic Messages responses, bare, wrapped, or from a batch's results.
//!
//! Source: Anthropic's API types of 2026-08-08 and its pages on prompt caching, fallback and the
//! advisor tool (2026-08-21): input excludes cached tokens; output includes thinking; the
//! top-level counts are those of the `message` iterations, every other iteration is billed on
//! its own, at its own model.

use serde::Deserialize;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, Screen, at, no_table, wrapped,
};
use crate::sources::quoting::told;
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::{Call, ServiceTier};

const WRAPPERS: &[&str] = &[
    "",
    "response",
    "response.body",
    "body",
    "result.message",
    "message",
    "data",
    "output",
    "modelOutput",
    "full_response",
];

/// Messages API responses, one a record.
pub(in crate::sources) static ANTHROPIC_MESSAGES: Format = MESSAGES;

/// For formats that hold such responses in another way.
pub(super) const MESSAGES: Format = Format {
    name: "anthropic-messages",
    summary: "Anthropic Messages responses, bare, wrapped or batch results",
    provider: "anthropic",
    recognises: |record| {
        let of_batch = at(record, "custom_id").is_some() && at(record, "result.type").is_some();
        of_batch
            || wrapped(record, WRAPPERS, |inner| {
                let usage = |key| at(inner, &format!("usage.{key}")).is_some();
                let is_message = at(inner, "type").is_some_and(|kind| kind == "message");
                let is_cached =
                    usage("cache_creation_input_tokens") || usage("cache_read_input_tokens");
                // Gateways put the same counts into responses in OpenAI's shape.
                (is_cached && !usage("prompt_tokens"))
                    || (usage("input_tokens") && (is_message || is_cached))
            })
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("created_at", Field::Time),
        // Claude in Vertex's log of requests and responses.
        ("logging_time", Field::Time),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("model", Field::OuterModel),
        ("call_type", Field::CallType),
        ("request.metadata.task", Field::CallType),
        ("usage.inference_geo", Field::Geo),
        ("usage.input_tokens", Field::Input),
        ("usage.cache_read_input_tokens", Field::CacheRead),
        ("usage.cache_creation_input_tokens", Field::CacheWrite),
        ("usage.cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("usage.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("usage.output_tokens", Field::Output),
        ("usage.output_tokens_details.thinking_tokens", Field::Reasoning),
        ("usage.server_tool_use.web_search_requests", Field::Searches),
        ("result.type", Field::RecordType),
        ("type", Field::RecordType),
        ("usage.service_tier", Field::ServiceTier),
        ("usage.speed", Field::Speed),
        ("usage.iterations", Field::Parts),
        ("usage.input_tokens_details.cached_tokens", Field::Foreign),
        ("usage.output_tokens_details.reasoning_tokens", Field::Foreign),
        ("usage.total_tokens", Field::Foreign),
        ("custom_id", Field::Batch),
        // Batches on Bedrock.
        ("recordId", Field::Batch),
        ("stop_reason", Field::FinishReason),
        ("request.max_tokens", Field::MaxTokens),
        ("id", Field::RequestId),
        ("conversation", Field::Conversation),
        ("session_id", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
        ("duration_ms", Field::LatencyMs),
        ("cost_usd", Field::CostUsd),
        ("request.messages", Field::Prompt),
        ("request.messages", Field::PromptContext),
        ("messages", Field::Prompt),
        ("messages", Field::PromptContext),
        ("request.system", Field::SystemPrompt),
        ("system", Field::SystemPrompt),
        ("request.tools", Field::Tools),
        ("tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: Some(&[]),
    identity: Identity::Response,
    screen,
    session: None,
    refine: |values, draft| {
        let kind = values.text(Field::RecordType);
        if matches!(&*kind, "message_start" | "message_delta") {
            let text = format!("a `{kind}` event of a stream, not a finished response");
            return Err((Code::StreamPiece, text));
        }
        refine_message(values, draft)
    },
};

/// Requests of a batch that were not answered are not billed, and most events of a stream have
/// nothing to count.
fn screen(values: &Values<'_>) -> Screen {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    let kind = values.text(Field::RecordType);
    let unanswered =
        values.has(Field::Batch) && matches!(&*kind, "errored" | "canceled" | "expired" | "error");
    let event = matches!(
        &*kind,
        "content_block_start"
            | "content_block_delta"
            | "content_block_stop"
            | "message_stop"
            | "ping"
    );
    if !counted && (unanswered || event) { Screen::NoCall } else { Screen::Call }
}

/// One iteration of a response that took several.
#[derive(Deserialize)]
struct Iteration {
    r#type: Option<String>,
    model: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_read_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_creation_input_tokens: Option<u64>,
    cache_creation: Option<CacheCreation>,
    #[serde(default, deserialize_with = "lenient")]
    output_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CacheCreation {
    #[serde(default, deserialize_with = "lenient")]
    ephemeral_1h_input_tokens: Option<u64>,
}

/// Splits off the iterations that the top-level counts leave out.
pub(super) fn refine_message(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if values.has(Field::Batch) {
        draft.call.service_tier = ServiceTier::Batch;
    }
    if !values.has(Field::Parts) {
        return Ok(());
    }
    let iterations: Vec<Iteration> = serde_json::from_str(values.raw(Field::Parts.slot()))
        .map_err(|error| (Code::BadNumber, format!("usage.iterations: {}", told(&error))))?;
    for iteration in iterations.into_iter().filter(is_apart) {
        let model = iteration.model.clone().unwrap_or_else(|| draft.model.to_string());
        let call = Call {
            tokens: tokens_of(&iteration)?,
            searches: 0,
            file_searches: 0,
            logged_cost: None,
            ..draft.call
        };
        draft.parts.push((model, call));
    }
    Ok(())
}

/// Whether the top-level counts leave the iteration out; one that does not say what it is, is inside.
fn is_apart(iteration: &Iteration) -> bool {
    iteration.r#type.as_deref().is_some_and(|kind| kind != "message")
}

fn tokens_of(iteration: &Iteration) -> Result<PerClass<Tokens>, Refusal> {
    let count = |count| bounded(count, "usage.iterations");
    let written = count(iteration.cache_creation_input_tokens)?;
    let long = iteration.cache_creation.as_ref();
    let long = count(long.and_then(|split| split.ephemeral_1h_input_tokens))?;
    let mut tokens = PerClass::default();
    tokens[TokenClass::Input] = count(iteration.input_tokens)?;
    tokens[TokenClass::CacheRead] = count(iteration.cache_read_input_tokens)?;
    tokens[TokenClass::CacheWrite1h] = long;
    tokens[TokenClass::CacheWrite5m] = written.saturating_sub(long);
    tokens[TokenClass::Output] = count(iteration.output_tokens)?;
    Ok(tokens)
}
