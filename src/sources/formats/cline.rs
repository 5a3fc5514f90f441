//! Cline, Roo Code and Kilo Code: what a task showed, and the sessions of Cline's program.
//!
//! Source: the types and the cost functions of both extensions (2026). The counts are JSON inside
//! the text of a message. Input excludes cached tokens, but Roo Code, which also names the
//! protocol, counts them inside since it sums them up itself. The model is in another file of the
//! task unless the message names it.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen, at, no_table};
use crate::sources::values::Values;
use crate::units::TokenClass;

/// The files `ui_messages.json` of tasks.
pub(in crate::sources) static CLINE: Format = Format {
    name: "cline",
    summary: "tasks of Cline, Roo Code and Kilo Code (ui_messages.json), Cline's sessions",
    provider: "",
    recognises: |record| {
        let has = |path| at(record, path).is_some();
        let messages = at(record, "messages").and_then(serde_json::Value::as_array);
        let metered = |message: &serde_json::Value| at(message, "metrics.inputTokens").is_some();
        has("ts") && (has("say") || has("ask"))
            || messages.is_some_and(|all| all.iter().any(metered))
    },
    recognises_columns: no_table,
    fields: &[
        ("messages", Field::Rows),
        ("say", Field::RecordType),
        ("text", Field::Inside),
        ("ts", Field::Time),
        // A request has no id; no two of one millisecond are alike.
        ("ts", Field::RequestId),
        ("modelInfo.providerId", Field::Provider),
        ("modelInfo.provider", Field::Provider),
        ("modelInfo.modelId", Field::Model),
        ("modelInfo.id", Field::Model),
        ("modelInfo.mode", Field::CallType),
        ("tokensIn", Field::Input),
        ("tokensOut", Field::Output),
        ("cacheReads", Field::CacheRead),
        ("cacheWrites", Field::CacheWrite),
        ("cost", Field::CostUsd),
        ("metrics.inputTokens", Field::Input),
        ("metrics.outputTokens", Field::Output),
        ("metrics.cacheReadTokens", Field::CacheRead),
        ("metrics.cacheWriteTokens", Field::CacheWrite),
        ("metrics.cost", Field::CostUsd),
        ("apiProtocol", Field::Foreign),
        ("cancelReason", Field::Error),
        ("streamingFailedMessage", Field::Error),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen,
    session: None,
    refine,
};

/// A request that was interrupted before it had counts is one that failed; one without either is
/// still on its way.
fn screen(values: &Values<'_>) -> Screen {
    let kind = values.text(Field::RecordType);
    let request = matches!(&*kind, "" | "api_req_started");
    let known = values.has(Field::Input) || values.has(Field::Output) || values.has(Field::Error);
    if request && known { Screen::Call } else { Screen::NoCall }
}

#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let cached = draft.call.cache_read() + draft.call.cache_written();
    let input = draft.call.tokens[TokenClass::Input];
    if values.has(Field::Foreign)
        && let Some(uncached) = input.checked_sub(cached)
    {
        draft.call.tokens[TokenClass::Input] = uncached;
    }
    Ok(())
}
