//! Qwen Code sessions: Claude Code's rows around Gemini's usage.
//!
//! Source: a session of version 0.18. The counts are those of an `OpenAI` response under Gemini's
//! names, so thoughts may be inside the candidates; the total shows it. Each call has a
//! `ui_telemetry` row with the same counts beside its own.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, as_read, at, no_table};

/// Session files below `~/.qwen/projects`.
pub(in crate::sources) static QWEN_CODE: Format = Format {
    name: "qwen-code",
    summary: "Qwen Code session files (~/.qwen/projects)",
    provider: "",
    recognises: |record| {
        let payload = at(record, "systemPayload").is_some();
        let parts = at(record, "message.parts").is_some();
        at(record, "sessionId").is_some() && at(record, "uuid").is_some() && (payload || parts)
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("type", Field::RecordType),
        ("model", Field::Model),
        ("sessionId", Field::Conversation),
        ("uuid", Field::RequestId),
        ("usageMetadata.promptTokenCount", Field::Input),
        ("usageMetadata.cachedContentTokenCount", Field::CacheRead),
        ("usageMetadata.candidatesTokenCount", Field::Output),
        ("usageMetadata.thoughtsTokenCount", Field::Reasoning),
        ("usageMetadata.totalTokenCount", Field::Total),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: |values| {
        let counted = values.has(Field::Input) || values.has(Field::Output);
        let is_answer = counted && values.text(Field::RecordType) == "assistant";
        if is_answer { Screen::Call } else { Screen::NoCall }
    },
    session: None,
    refine: as_read,
};
