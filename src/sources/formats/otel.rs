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
    quick: None,
    identity: Identity::Response,
    screen,
    session: None,
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
    let event = key == "event.name" && value.as_str().is_some_and(is_event);
    nested || event || STARTS.iter().any(|start| key.starts_with(start))
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

/// Whether coding agents write events of this name.
fn is_event(name: &str) -> bool {
    ["claude_code.", "codex.", "gemini_cli.", "api_request", "api_error"]
        .iter()
        .any(|start| name.starts_with(start))
}

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
    let status = values.text(Field::Metric);
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

#[cfg(test)]
mod tests {
    use crate::diagnostics::Code;
    use crate::sources::Input;
    use crate::sources::tests::{options, read_all};
    use crate::units::TokenClass;

    const CLASSES: [TokenClass; 4] =
        [TokenClass::Input, TokenClass::CacheRead, TokenClass::Output, TokenClass::Reasoning];

    /// The tokens of a record's call by class, and how many remarks there are on it.
    fn check(record: &str, expected: [u64; 4], remarks: u64) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), record).expect("writes");
        let (calls, reading) = read_all(&[Input::File(file.path().to_owned())], &options());
        assert_eq!(reading.files[0].format, Some("otel"), "{record}");
        let call = calls.call(0);
        let found = CLASSES.map(|class| call.tokens[class].get());
        assert_eq!(found, expected, "{record}");
        assert_eq!(reading.ledger.count(Code::InconsistentCounts), remarks, "{record}");
    }

    #[test]
    fn attributes_may_be_keys_with_dots_or_objects_in_objects() {
        let nested = r#"{"gen_ai":{"operation":{"name":"chat"},"usage":{"input_tokens":9,"output_tokens":2}}}"#;
        check(nested, [9, 0, 2, 0], 0);
        let flat =
            r#"{"attributes":{"gen_ai.usage.input_tokens":"9","gen_ai.usage.output_tokens":2}}"#;
        check(flat, [9, 0, 2, 0], 0);
    }

    #[test]
    fn events_of_agents_count_in_their_own_way() {
        let event = |name: &str, counts: &str| format!(r#"{{"event.name":"{name}",{counts}}}"#);
        let claude = r#""input_tokens":100,"cache_read_tokens":60,"output_tokens":5"#;
        check(&event("claude_code.api_request", claude), [100, 60, 5, 0], 0);
        let gemini = r#""input_token_count":100,"cached_content_token_count":60,"output_token_count":50,"thoughts_token_count":7"#;
        check(&event("gemini_cli.api_response", gemini), [40, 60, 50, 7], 0);
    }

    #[test]
    fn what_the_numbers_do_not_show_is_read_as_the_convention_says() {
        let usage = |model: &str, more: &str| {
            format!(
                r#"{{"gen_ai.request.model":"{model}","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":5{more}}}"#
            )
        };
        let read = r#","gen_ai.usage.cache_read.input_tokens":60"#;
        check(&usage("gpt-5", read), [40, 60, 5, 0], 0);
        check(&usage("claude-sonnet-4-6", read), [40, 60, 5, 0], 1);
        // The total shows it, or shows that something was not counted.
        let total = |count: u32| format!(r#"{read},"llm.usage.total_tokens":{count}"#);
        check(&usage("claude-sonnet-4-6", &total(165)), [100, 60, 5, 0], 0);
        check(&usage("claude-sonnet-4-6", &total(105)), [40, 60, 5, 0], 0);
        check(&usage("gemini-3-pro", r#","llm.usage.total_tokens":112"#), [100, 0, 5, 7], 1);
    }
}
