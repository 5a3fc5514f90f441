//! Claude Code session files: one response in several rows, histories copied between files.
//!
//! Source: session files of versions 2.0.22 to 2.1, read row by row: the input side is the same
//! in every row of a response, the output of the first rows is a placeholder, and a resumed
//! session repeats the rows of its parent under another session id.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at, no_table};
use crate::sources::values::Values;

use super::anthropic_messages::refine_message;

/// A message the client made up itself; no model was called.
const NO_MODEL: &str = "<synthetic>";

/// Session files below `~/.claude/projects`.
pub(in crate::sources) static CLAUDE_CODE: Format = Format {
    name: "claude-code",
    summary: "Claude Code session files (~/.claude/projects)",
    provider: "anthropic",
    recognises: |record| {
        // A stream that was printed names its session in another way.
        let named = |name| at(record, name).is_some();
        let printed = named("session_id") && (named("message") || named("subtype"));
        let session = named("sessionId") || printed;
        let kind = at(record, "type").and_then(serde_json::Value::as_str);
        let known = matches!(kind, Some("user" | "assistant" | "system" | "summary"));
        let usage = at(record, "message.usage").is_some();
        let summary = kind == Some("summary") && at(record, "leafUuid").is_some();
        let row = named("uuid") || named("subtype") || at(record, "message.content").is_some();
        let snapshot = kind == Some("file-history-snapshot") && named("snapshot");
        (session && known && (row || usage))
            || snapshot
            || summary
            || (usage && (session || at(record, "requestId").is_some()))
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("message.model", Field::Model),
        ("message.usage.inference_geo", Field::Geo),
        ("agentId", Field::CallType),
        ("isSidechain", Field::Sidechain),
        ("message.usage.input_tokens", Field::Input),
        ("message.usage.cache_read_input_tokens", Field::CacheRead),
        ("message.usage.cache_creation_input_tokens", Field::CacheWrite),
        ("message.usage.cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("message.usage.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("message.usage.output_tokens", Field::Output),
        ("message.usage.output_tokens_details.thinking_tokens", Field::Reasoning),
        ("message.usage.server_tool_use.web_search_requests", Field::Searches),
        ("message.usage.service_tier", Field::ServiceTier),
        ("message.usage.speed", Field::Speed),
        ("message.usage.iterations", Field::Parts),
        ("message.stop_reason", Field::FinishReason),
        ("message.id", Field::RequestId),
        ("requestId", Field::SecondId),
        ("sessionId", Field::Conversation),
        ("session_id", Field::Conversation),
        ("costUSD", Field::CostUsd),
        ("type", Field::RecordType),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: Some(&[]),
    identity: Identity::Stream,
    screen,
    session: None,
    refine: |values, draft| {
        let aside = values.truth(Field::Sidechain) == Some(true) || values.has(Field::CallType);
        draft.call_type = if aside { "sub-agent" } else { "main" }.into();
        refine_message(values, draft)
    },
};

/// Only rows with usage are calls; the rest of a session is conversation.
fn screen(values: &Values<'_>) -> Screen {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    let kind = values.text(Field::RecordType);
    let assistant = kind.is_empty() || kind == "assistant";
    if counted && assistant && values.text(Field::Model) != NO_MODEL {
        Screen::Call
    } else {
        Screen::NoCall
    }
}
