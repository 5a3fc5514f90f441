//! OpenTelemetry: spans and events of model calls, as OTLP JSON, flat or with attributes.
//!
//! Source: the semantic conventions for generative AI, old names and new, those of
//! `OpenInference`, `OpenLLMetry` and the Vercel AI SDK, and the events of coding agents. By
//! convention the input includes cached tokens and the output reasoning; older instrumentations
//! of Anthropic, and Claude Code's events, count cached tokens apart. Spans of agents, chains and
//! of `ai.generateText` repeat the counts of the spans inside them and are no calls.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen, at, wrapped};
use crate::sources::values::Values;
use crate::usage::{FinishReason, Status};

use super::otel_fields::FIELDS;
use super::otel_unfold::unfold;

const WRAPPERS: &[&str] = &["", "attributes"];

/// Spans and events, one a call.
pub(in crate::sources) static OTEL: Format = Format {
    name: "otel",
    summary: "OpenTelemetry spans and events of model calls (OTLP JSON, OpenInference, AI SDK)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("resourceSpans")
            || has("resourceLogs")
            || has("resourceMetrics")
            || wrapped(record, WRAPPERS, |inner| {
                let known = |(key, value): (&String, &serde_json::Value)| is_known(key, value);
                inner.as_object().is_some_and(|object| object.iter().any(known))
            })
    },
    recognises_columns: |columns| {
        columns.iter().any(|column| column == "attributes.llm.token_count.prompt")
    },
    fields: FIELDS,
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: Some(unfold),
    identity: Identity::Response,
    screen,
    refine,
};

/// Whether an attribute is one of a dialect that is read.
fn is_known(key: &str, value: &serde_json::Value) -> bool {
    const STARTS: [&str; 7] = [
        "gen_ai.",
        "llm.token_count.",
        "llm.usage.",
        "llm.model_name",
        "openinference.span.kind",
        "ai.operationId",
        "ai.usage.",
    ];
    let nested = matches!(key, "gen_ai" | "openinference") && value.is_object();
    nested || STARTS.iter().any(|start| key.starts_with(start))
}

/// Operations and kinds of spans that call a model.
const CALLS: [&str; 10] = [
    "llm",
    "embedding",
    "chat",
    "completion",
    "generate_content",
    "text_completion",
    "embeddings",
    "api_request",
    "api_error",
    "gemini_cli.api_response",
];

/// Operations and kinds of spans that do not, though some repeat the counts of those inside them.
const OTHERS: [&str; 14] = [
    "agent",
    "chain",
    "create_agent",
    "evaluator",
    "execute_tool",
    "guardrail",
    "invoke_agent",
    "invoke_workflow",
    "prompt",
    "reranker",
    "retrieval",
    "retriever",
    "task",
    "tool",
];

/// The end of a call, among what streams.
const COMPLETED: &str = "response.completed";

fn screen(values: &Values<'_>) -> Screen {
    let kind = values.text(Field::RecordType).to_ascii_lowercase();
    let kind = kind.strip_prefix("claude_code.").unwrap_or(&kind);
    let call = if values.has(Field::Sidechain) {
        // The spans inside it are there, with counts of their own.
        false
    } else if kind.starts_with("ai.") {
        ["dogenerate", "dostream", "doembed"].iter().any(|end| kind.ends_with(end))
    } else if kind == "codex.sse_event" {
        values.text(Field::SecondId) == COMPLETED
    } else if CALLS.contains(&kind) {
        true
    } else {
        let counted = values.has(Field::Input) || values.has(Field::Output);
        counted && !OTHERS.contains(&kind)
    };
    if call { Screen::Call } else { Screen::NoCall }
}

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let (seller, dialect) = draft.provider.split_once('.').unwrap_or((&draft.provider, ""));
    if matches!(dialect, "responses" | "chat" | "completion" | "messages" | "embedding") {
        // The AI SDK names the interface behind the provider.
        draft.provider = seller.to_owned().into();
    }
    if draft.request_model == draft.model {
        draft.request_model = "".into();
    }
    let reason = values.text(Field::FinishReason);
    if let Some(list) = reason.strip_prefix('[') {
        let first = list.split(['"', ',']).map(str::trim).find(|part| !part.is_empty());
        draft.call.finish_reason = FinishReason::parse(first.unwrap_or_default());
    } else if reason == "tool-calls" {
        draft.call.finish_reason = FinishReason::ToolUse;
    }
    let status = values.text(Field::Speed);
    if matches!(&*status, "2" | "ERROR" | "STATUS_CODE_ERROR")
        && draft.call.status == Status::Unknown
    {
        draft.call.status = Status::Error(0);
    }
    settle(values, usual(values), draft)
}

/// What the counts include, where the numbers do not show it.
fn usual(values: &Values<'_>) -> Convention {
    match &*values.text(Field::RecordType) {
        "api_request" | "claude_code.api_request" => Convention::EXCLUSIVE,
        "gemini_cli.api_response" => {
            Convention { output_includes_reasoning: false, ..Convention::INCLUSIVE }
        }
        _ => Convention::INCLUSIVE,
    }
}
