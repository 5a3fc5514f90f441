//! Langfuse: trace downloads, pages of its interface, exports as CSV, JSON or JSON lines.
//!
//! Source: downloads of 2025 and the field list of its exports: only generations and embeddings
//! are calls, everything else groups them. What `usageDetails` includes depends on the program
//! that sent it: Langfuse itself takes the details out of `input` and `output`, some programs
//! send maps where they are inside; the total of the map shows which.

use crate::diagnostics::Code;
use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at};
use crate::sources::rows::{Row, list_in};
use crate::sources::values::Values;
use crate::usage::Status;

/// Observations, bare, in a trace or in a table.
pub(in crate::sources) static LANGFUSE: Format = Format {
    name: "langfuse",
    summary: "Langfuse trace downloads and exports of observations (CSV, JSON)",
    provider: "",
    recognises: |record| {
        let first = |list: &str| at(record, list).and_then(|list| list.get(0)).is_some_and(is_one);
        let of_trace = at(record, "trace.id").is_some() || at(record, "projectId").is_some();
        let empty = of_trace && at(record, "observations").is_some_and(serde_json::Value::is_array);
        is_one(record) || first("observations") || first("data") || empty
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("usageDetails") || has("traceId") && (has("observationType") || has("type"))
    },
    fields: &[
        ("startTime", Field::Time),
        ("endTime", Field::EndTime),
        ("model", Field::Model),
        ("providedModelName", Field::Model),
        ("promptName", Field::CallType),
        ("name", Field::CallType),
        ("type", Field::RecordType),
        ("observationType", Field::RecordType),
        ("usageDetails.input", Field::Input),
        ("promptTokens", Field::Input),
        ("usage.input", Field::Input),
        ("inputUsage", Field::Input),
        ("usageDetails.input_cached_tokens", Field::CacheRead),
        ("usageDetails.input_cache_read", Field::CacheRead),
        ("usageDetails.input_cache_read_input_tokens", Field::CacheRead),
        ("usageDetails.cache_read_input_tokens", Field::CacheRead),
        (r"usageDetails.prompt_details\.cache_read", Field::CacheRead),
        (r"usageDetails.prompt_details\.cached_tokens", Field::CacheRead),
        ("usageDetails.input_cache_creation", Field::CacheWrite),
        ("usageDetails.cache_creation_input_tokens", Field::CacheWrite),
        ("usageDetails.input_cache_creation_5m", Field::CacheWrite5m),
        ("usageDetails.input_cache_creation_1h", Field::CacheWrite1h),
        ("usageDetails.output", Field::Output),
        ("completionTokens", Field::Output),
        ("usage.output", Field::Output),
        ("outputUsage", Field::Output),
        ("usageDetails.output_reasoning", Field::Reasoning),
        ("usageDetails.output_reasoning_tokens", Field::Reasoning),
        (r"usageDetails.completion_details\.reasoning", Field::Reasoning),
        (r"usageDetails.completion_details\.reasoning_tokens", Field::Reasoning),
        ("usageDetails.total", Field::Total),
        ("totalTokens", Field::Total),
        ("usage.total", Field::Total),
        ("totalUsage", Field::Total),
        ("level", Field::Status),
        ("modelParameters.max_tokens", Field::MaxTokens),
        ("id", Field::RequestId),
        ("sessionId", Field::Conversation),
        ("trace.sessionId", Field::Conversation),
        ("traceId", Field::Conversation),
        ("totalCost", Field::CostUsd),
        ("calculatedTotalCost", Field::CostUsd),
        ("costDetails.total", Field::CostUsd),
        ("input", Field::Prompt),
        ("input", Field::PromptContext),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: Some(|text| {
        let list = |key| list_in(text, key).filter(|list| !list.is_empty());
        let found = list("observations").or_else(|| list("data"))?;
        Some(found.into_iter().map(|part| Row::part(text, part)).collect())
    }),
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values: &Values<'_>| match &*values.text(Field::RecordType).to_ascii_uppercase() {
        "GENERATION" | "EMBEDDING" => Screen::Call,
        "" if values.has(Field::Input) || values.has(Field::Output) => Screen::Call,
        _ => Screen::NoCall,
    },
    session: None,
    refine: |values, draft| {
        let counted = !(draft.call.input_total() + draft.call.output_total()).is_zero();
        if !counted && !matches!(draft.call.status, Status::Error(_)) {
            // Its columns are zero where a program sent nothing.
            return Err((Code::MissingUsage, "no token counts in the observation".to_owned()));
        }
        settle(
            values,
            Convention { output_includes_reasoning: false, ..Convention::EXCLUSIVE },
            draft,
        )
    },
};

/// Whether a record is an observation.
fn is_one(record: &serde_json::Value) -> bool {
    const TYPES: [&str; 10] = [
        "GENERATION",
        "EMBEDDING",
        "SPAN",
        "EVENT",
        "AGENT",
        "TOOL",
        "CHAIN",
        "RETRIEVER",
        "EVALUATOR",
        "GUARDRAIL",
    ];
    let kind = at(record, "type").and_then(serde_json::Value::as_str);
    at(record, "traceId").is_some() && kind.is_some_and(|kind| TYPES.contains(&kind))
}
