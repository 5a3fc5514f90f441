//! `OpenAI` Responses, images and transcriptions, bare, wrapped or from a batch.
//!
//! Source: the `OpenAPI` description of 2026-08-21: `input_tokens` includes cached and written
//! tokens, audio and images, `output_tokens` includes reasoning. What a model that draws puts out
//! are images, unless its response says otherwise.

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, Screen, at, no_table, wrapped,
};
use crate::sources::values::Values;
use crate::units::{TokenClass, Tokens};

use super::openai_chat::{WRAPPERS, refine as refine_batch};

/// Responses API responses, one a record.
pub(in crate::sources) static OPENAI_RESPONSES: Format = Format {
    name: "openai-responses",
    summary: "OpenAI Responses, images and transcriptions, bare, wrapped, batch output or stream",
    provider: "",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usage.input_tokens_details").is_some()
                || at(inner, "usage.input_token_details").is_some()
                || at(inner, "usage.output_tokens_details.reasoning_tokens").is_some()
                || at(inner, "usage.total_tokens").and(at(inner, "usage.input_tokens")).is_some()
                || at(inner, "usage.type").is_some_and(|kind| kind == "duration")
                || is_bare(inner)
                || at(inner, "object").is_some_and(|kind| kind == "response")
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("created_at", Field::Time),
        ("created", Field::Time),
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("provider", Field::Provider),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("model", Field::OuterModel),
        ("call_type", Field::CallType),
        ("request.metadata.task", Field::CallType),
        ("metadata.task", Field::CallType),
        ("type", Field::RecordType),
        ("usage.input_tokens", Field::Input),
        ("usage.input_tokens_details.cached_tokens", Field::CacheRead),
        ("usage.input_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("usage.input_tokens_details.audio_tokens", Field::AudioInput),
        ("usage.input_token_details.audio_tokens", Field::AudioInput),
        ("usage.input_tokens_details.image_tokens", Field::ImageInput),
        ("usage.seconds", Field::Amount),
        ("usage.output_tokens", Field::Output),
        ("usage.output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("usage.output_tokens_details.audio_tokens", Field::AudioOutput),
        ("usage.output_tokens_details.image_tokens", Field::ImageOutput),
        ("usage.total_tokens", Field::Total),
        ("output", Field::OutputItems),
        ("usage.cache_read_input_tokens", Field::Foreign),
        ("usage.cache_creation_input_tokens", Field::Foreign),
        ("usage.cost", Field::CostUsd),
        ("cost_usd", Field::CostUsd),
        ("usage.cost_in_usd_ticks", Field::CostTicks),
        ("cost_in_usd_ticks", Field::CostTicks),
        // Usage on its own, without the response around it.
        ("input_tokens", Field::Input),
        ("input_tokens_details.cached_tokens", Field::CacheRead),
        ("input_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("input_tokens_details.audio_tokens", Field::AudioInput),
        ("output_tokens", Field::Output),
        ("output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("total_tokens", Field::Total),
        ("cost", Field::CostUsd),
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
        ("request.input", Field::Prompt),
        ("request.input", Field::PromptContext),
        ("input", Field::Prompt),
        ("input", Field::PromptContext),
        ("request.instructions", Field::SystemPrompt),
        ("instructions", Field::SystemPrompt),
        ("request.tools", Field::Tools),
        ("tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: |values| {
        // Events of a stream before its last have nothing to count.
        let event = values.text(Field::RecordType);
        let early = event.starts_with("response.") && !values.has(Field::Input);
        if early && !matches!(&*event, "response.failed" | "response.completed") {
            Screen::NoCall
        } else if values.has(Field::Amount) {
            Screen::WithoutTokens
        } else {
            Screen::Call
        }
    },
    session: None,
    refine,
};

/// Whether it is a usage object, and not a row of a table with the same names.
fn is_bare(record: &Value) -> bool {
    let details = ["input_tokens_details", "output_tokens_details"];
    at(record, "input_tokens").is_some()
        && details.iter().any(|key| at(record, key).is_some_and(Value::is_object))
}

/// A piece of an answer.
#[derive(Deserialize)]
struct Item {
    r#type: Option<String>,
    action: Option<Action>,
}

/// What a call of a tool did.
#[derive(Deserialize)]
struct Action {
    r#type: Option<String>,
}

/// The calls of the search tools, which are billed beside the tokens; opening a page that was
/// found is not.
fn count_searches(values: &Values<'_>, draft: &mut Draft<'_>) {
    let raw = values.raw(Field::OutputItems.slot());
    if memchr::memmem::find(raw.as_bytes(), b"_search_call").is_none() {
        return;
    }
    let items: Vec<Item> = serde_json::from_str(raw).unwrap_or_default();
    let count = |kind: &str| {
        let searches = |item: &&Item| {
            let action = item.action.as_ref().and_then(|action| action.r#type.as_deref());
            item.r#type.as_deref() == Some(kind) && matches!(action, None | Some("search"))
        };
        u32::try_from(items.iter().filter(searches).count()).unwrap_or(u32::MAX)
    };
    draft.call.searches = count("web_search_call");
    draft.call.file_searches = count("file_search_call");
}

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if values.has(Field::Amount) && !values.has(Field::Input) {
        let seconds = values.text(Field::Amount);
        let text = format!("{seconds} seconds of speech, which are not billed by the token");
        return Err((Code::MissingUsage, text));
    }
    count_searches(values, draft);
    let tokens = &mut draft.call.tokens;
    if draft.model.contains("gpt-image") && tokens[TokenClass::ImageOutput].is_zero() {
        tokens[TokenClass::ImageOutput] = tokens[TokenClass::Output];
        tokens[TokenClass::Output] = Tokens::ZERO;
    }
    refine_batch(values, draft)
}
