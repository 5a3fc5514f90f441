//! `LangSmith` runs, as its client and its interface write them, one a record or nested.
//!
//! Source: runs printed by its client (2026-02) and the token details of `LangChain`: the counts
//! of a prompt include what was cached, those of an answer include reasoning. Chains and roots
//! carry the sums of the runs below them, so only runs of models count. `session_id` is the
//! project; the conversation is the thread.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, as_read, at};
use crate::sources::rows::{Row, list_in};

/// Runs of models.
pub(in crate::sources) static LANGSMITH: Format = Format {
    name: "langsmith",
    summary: "LangSmith runs (JSON, JSON lines, CSV)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("run_type") && (has("dotted_order") || has("trace_id") || has("session_id"))
            || has("trace_id") && has("prompt_token_details")
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("run_type") && (has("dotted_order") || has("trace_id")) && has("prompt_tokens")
    },
    fields: &[
        ("start_time", Field::Time),
        ("end_time", Field::EndTime),
        ("extra.metadata.ls_provider", Field::Provider),
        ("extra.metadata.ls_model_name", Field::Model),
        ("extra.invocation_params.model", Field::Model),
        ("extra.invocation_params.model_name", Field::Model),
        ("name", Field::CallType),
        ("run_type", Field::RecordType),
        ("prompt_tokens", Field::Input),
        ("outputs.usage_metadata.input_tokens", Field::Input),
        ("outputs.llm_output.token_usage.prompt_tokens", Field::Input),
        ("prompt_token_details.cache_read", Field::CacheRead),
        ("outputs.usage_metadata.input_token_details.cache_read", Field::CacheRead),
        ("prompt_token_details.cache_creation", Field::CacheWrite),
        ("outputs.usage_metadata.input_token_details.cache_creation", Field::CacheWrite),
        ("prompt_token_details.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("prompt_token_details.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("prompt_token_details.audio", Field::AudioInput),
        ("completion_tokens", Field::Output),
        ("outputs.usage_metadata.output_tokens", Field::Output),
        ("outputs.llm_output.token_usage.completion_tokens", Field::Output),
        ("completion_token_details.reasoning", Field::Reasoning),
        ("outputs.usage_metadata.output_token_details.reasoning", Field::Reasoning),
        ("completion_token_details.audio", Field::AudioOutput),
        ("total_tokens", Field::Total),
        ("total_cost", Field::CostUsd),
        ("status", Field::Status),
        ("error", Field::Error),
        ("extra.invocation_params.max_tokens", Field::MaxTokens),
        ("id", Field::RequestId),
        ("extra.metadata.thread_id", Field::Conversation),
        ("extra.metadata.session_id", Field::Conversation),
        ("extra.metadata.conversation_id", Field::Conversation),
        ("trace_id", Field::Conversation),
        ("inputs.messages", Field::Prompt),
        ("inputs.messages", Field::PromptContext),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: Some(|text| {
        let children = list_in(text, "child_runs").filter(|list| !list.is_empty());
        let mut parts = Vec::new();
        for run in children.or_else(|| list_in(text, "runs"))? {
            collect(run, &mut parts);
        }
        let mut rows: Vec<_> = parts.into_iter().map(|part| Row::alone(text, part)).collect();
        rows.push(Row::alone(text, text));
        Some(rows)
    }),
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| match &*values.text(Field::RecordType) {
        "llm" | "embedding" => Screen::Call,
        "" if values.has(Field::Input) || values.has(Field::Output) => Screen::Call,
        _ => Screen::NoCall,
    },
    session: None,
    refine: as_read,
};

/// A run and those below it, the innermost first.
fn collect<'a>(run: &'a str, parts: &mut Vec<&'a str>) {
    for child in list_in(run, "child_runs").unwrap_or_default() {
        collect(child, parts);
    }
    parts.push(run);
}
