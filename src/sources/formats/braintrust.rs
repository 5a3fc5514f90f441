//! Braintrust spans, as its interface and its exports write them.
//!
//! Source: the metrics of its client: the prompt count includes cached tokens, the completion
//! count includes reasoning. Spans of other types than `llm` group those.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at, no_table};

/// Spans of models.
pub(in crate::sources) static BRAINTRUST: Format = Format {
    name: "braintrust",
    summary: "Braintrust spans (JSON, JSON lines)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("metrics.prompt_tokens") || has("metrics.tokens") || has("span_attributes.type")
    },
    recognises_columns: no_table,
    fields: &[
        ("metrics.start", Field::Time),
        ("created", Field::Time),
        ("metrics.end", Field::EndTime),
        ("metadata.provider", Field::Provider),
        ("metadata.model", Field::Model),
        ("span_attributes.purpose", Field::CallType),
        ("span_attributes.name", Field::CallType),
        ("span_attributes.type", Field::RecordType),
        ("metrics.prompt_tokens", Field::Input),
        ("metrics.prompt_cached_tokens", Field::CacheRead),
        ("metrics.prompt_cache_creation_tokens", Field::CacheWrite),
        ("metrics.completion_tokens", Field::Output),
        ("metrics.completion_reasoning_tokens", Field::Reasoning),
        ("metrics.tokens", Field::Total),
        ("metrics.estimated_cost", Field::CostUsd),
        ("error", Field::Error),
        ("metadata.max_tokens", Field::MaxTokens),
        ("span_id", Field::RequestId),
        ("id", Field::RequestId),
        ("metadata.session_id", Field::Conversation),
        ("root_span_id", Field::Conversation),
        ("input", Field::Prompt),
        ("input", Field::PromptContext),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| match &*values.text(Field::RecordType) {
        "llm" => Screen::Call,
        "" if values.has(Field::Input) || values.has(Field::Output) => Screen::Call,
        _ => Screen::NoCall,
    },
    session: None,
    refine: |values, draft| settle(values, Convention::INCLUSIVE, draft),
};
