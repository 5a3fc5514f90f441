//! Gemini responses with `usageMetadata`, in camel or snake case, bare or wrapped.
//!
//! Source: the `GenerateContentResponse` reference (2026-08-22): the prompt count includes cached
//! tokens; thoughts are outside the candidates; the tool-use prompt is outside the prompt count
//! and billed as input. Vertex's log of requests and responses may hold but a sample of them, and
//! does not say so.

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, at, every_record, no_table, wrapped,
};
use crate::sources::quoting::told;
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::ServiceTier;

const WRAPPERS: &[&str] = &["", "response", "response.body", "body", "full_response", "data"];

/// `generateContent` responses, one a record.
pub(in crate::sources) static GEMINI: Format = Format {
    name: "gemini",
    summary: "Gemini and Vertex generateContent responses with usageMetadata",
    provider: "google",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usageMetadata.promptTokenCount").is_some()
                || at(inner, "usage_metadata.prompt_token_count").is_some()
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("createTime", Field::Time),
        ("create_time", Field::Time),
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("logging_time", Field::Time),
        ("modelVersion", Field::Model),
        ("model_version", Field::Model),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("model", Field::OuterModel),
        ("call_type", Field::CallType),
        ("usageMetadata.promptTokenCount", Field::Input),
        ("usage_metadata.prompt_token_count", Field::Input),
        ("usageMetadata.cachedContentTokenCount", Field::CacheRead),
        ("usage_metadata.cached_content_token_count", Field::CacheRead),
        ("usageMetadata.toolUsePromptTokenCount", Field::ToolInput),
        ("usage_metadata.tool_use_prompt_token_count", Field::ToolInput),
        ("usageMetadata.candidatesTokenCount", Field::Output),
        ("usage_metadata.candidates_token_count", Field::Output),
        ("usageMetadata.thoughtsTokenCount", Field::Reasoning),
        ("usage_metadata.thoughts_token_count", Field::Reasoning),
        ("usageMetadata.totalTokenCount", Field::Total),
        ("candidates", Field::OutputItems),
        ("usageMetadata.promptTokensDetails", Field::InputModalities),
        ("usage_metadata.prompt_tokens_details", Field::InputModalities),
        ("usageMetadata.cacheTokensDetails", Field::CacheModalities),
        ("usage_metadata.cache_tokens_details", Field::CacheModalities),
        ("usageMetadata.candidatesTokensDetails", Field::OutputModalities),
        ("usage_metadata.candidates_tokens_details", Field::OutputModalities),
        ("usageMetadata.serviceTier", Field::ServiceTier),
        ("usageMetadata.trafficType", Field::ServiceTier),
        ("usage_metadata.traffic_type", Field::ServiceTier),
        ("request.generationConfig.maxOutputTokens", Field::MaxTokens),
        ("responseId", Field::RequestId),
        ("response_id", Field::RequestId),
        ("conversation", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
        ("metadata.request_latency", Field::LatencyMs),
        // Lines of a batch's output, of the Gemini API and of Vertex.
        ("key", Field::Batch),
        ("processed_time", Field::Batch),
        ("cost_usd", Field::CostUsd),
        ("request.contents", Field::Prompt),
        ("request.contents", Field::PromptContext),
        ("contents", Field::Prompt),
        ("contents", Field::PromptContext),
        ("request.systemInstruction", Field::SystemPrompt),
        ("request.tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention { output_includes_reasoning: false, ..Convention::INCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine,
};

/// The tokens of one kind of content.
#[derive(Deserialize)]
struct Modality {
    #[serde(default)]
    modality: Value,
    #[serde(default, deserialize_with = "lenient", alias = "token_count", rename = "tokenCount")]
    token_count: Option<u64>,
}

/// Moves audio, and images that came out, out of the text classes, where the lists say how much
/// there was.
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if values.has(Field::Batch) {
        draft.call.service_tier = ServiceTier::Batch;
    }
    draft.call.searches = draft.call.searches.max(searches(values));
    let mut tokens = draft.call.tokens;
    match split_modalities(values, &mut tokens) {
        Ok(()) => draft.call.tokens = tokens,
        Err((Code::ImplausibleCount, why)) => return Err((Code::ImplausibleCount, why)),
        Err((_, why)) => {
            let text = format!("{why}; all tokens are counted as text");
            draft.remarks.push((Code::InconsistentCounts, text));
        }
    }
    Ok(())
}

fn split_modalities(values: &Values<'_>, tokens: &mut PerClass<Tokens>) -> Result<(), Refusal> {
    let cached = of_modality(values, Field::CacheModalities, "audio")?;
    let input = of_modality(values, Field::InputModalities, "audio")?;
    let output = of_modality(values, Field::OutputModalities, "audio")?;
    let drawn = of_modality(values, Field::OutputModalities, "image")?;
    shift(tokens, TokenClass::CacheRead, TokenClass::AudioCacheRead, cached)?;
    let uncached = input.checked_sub(cached).ok_or_else(|| refused("cached audio", "audio"))?;
    shift(tokens, TokenClass::Input, TokenClass::AudioInput, uncached)?;
    shift(tokens, TokenClass::Output, TokenClass::AudioOutput, output)?;
    shift(tokens, TokenClass::Output, TokenClass::ImageOutput, drawn)
}

/// What candidates say about where their facts come from.
#[derive(Deserialize)]
struct Candidate {
    #[serde(default, alias = "grounding_metadata", rename = "groundingMetadata")]
    grounding: Option<Grounding>,
}

#[derive(Deserialize)]
struct Grounding {
    #[serde(default, alias = "web_search_queries", rename = "webSearchQueries")]
    queries: Option<Vec<serde::de::IgnoredAny>>,
}

/// How many queries were sent to the search engine. Whether each of them is billed, or the prompt
/// that led to them, is the model's price.
fn searches(values: &Values<'_>) -> u32 {
    let candidates = values.raw(Field::OutputItems.slot());
    // The texts of answers are long, and few of them were searched for.
    if memchr::memmem::find(candidates.as_bytes(), b"rounding").is_none() {
        return 0;
    }
    let candidates: Vec<Candidate> = serde_json::from_str(candidates).unwrap_or_default();
    let queries = |found: Candidate| found.grounding?.queries.map(|queries| queries.len());
    u32::try_from(candidates.into_iter().filter_map(queries).sum::<usize>()).unwrap_or(u32::MAX)
}

fn of_modality(values: &Values<'_>, field: Field, modality: &str) -> Result<Tokens, Refusal> {
    if !values.has(field) {
        return Ok(Tokens::ZERO);
    }
    let list: Vec<Modality> = serde_json::from_str(values.raw(field.slot())).map_err(|error| {
        (Code::BadNumber, format!("token details by modality: {}", told(&error)))
    })?;
    let found = list.iter().filter(|entry| is_modality(&entry.modality, modality));
    found.map(|entry| bounded(entry.token_count, "token details by modality")).sum()
}

/// Whether it is this modality, by name or by its number in the protocol.
fn is_modality(found: &Value, wanted: &str) -> bool {
    let number = match wanted {
        "audio" => 4,
        _ => 2,
    };
    found.as_str().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        || found.as_u64() == Some(number)
}

fn shift(
    tokens: &mut PerClass<Tokens>,
    from: TokenClass,
    to: TokenClass,
    count: Tokens,
) -> Result<(), Refusal> {
    tokens[from] =
        tokens[from].checked_sub(count).ok_or_else(|| refused(to.name(), from.name()))?;
    tokens[to] += count;
    Ok(())
}

fn refused(part: &str, whole: &str) -> Refusal {
    (Code::CacheExceedsInput, format!("more {part} tokens than {whole} tokens"))
}
