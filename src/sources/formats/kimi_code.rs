//! Kimi Code's wire log: the only agent's log that shows retries.
//!
//! Source: logs of protocol 1.4 and of the program before it. A step's usage stands in its
//! `step.end` and again in the `usage.record` behind it; the usage of a compaction only in the
//! latter. Input excludes cached tokens. A request that is a second or later attempt shows
//! that the one before it failed.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen, at, no_table};
use crate::sources::session::{Keep, Session};
use crate::sources::values::Values;
use crate::usage::Status;

/// The files `wire.jsonl` of sessions.
pub(in crate::sources) static KIMI_CODE: Format = Format {
    name: "kimi-code",
    summary: "Kimi Code wire logs (~/.kimi/sessions)",
    provider: "moonshot",
    recognises: |record| {
        let is = |path, wanted: &str| at(record, path).is_some_and(|found| found == wanted);
        is("type", "usage.record")
            || is("type", "llm.request")
            || is("event.type", "step.end")
            || at(record, "message.payload.token_usage.input_other").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::RecordType),
        ("time", Field::Time),
        ("timestamp", Field::Time),
        ("event.messageId", Field::RequestId),
        ("message.payload.message_id", Field::RequestId),
        ("time", Field::RequestId),
        ("model", Field::Model),
        ("agentId", Field::Sidechain),
        ("usageScope", Field::CallType),
        ("kind", Field::Foreign),
        ("attempt", Field::RetryOf),
        // Without counts only an error is a call.
        ("attempt", Field::Error),
        ("usage.inputOther", Field::Input),
        ("usage.inputCacheRead", Field::CacheRead),
        ("usage.inputCacheCreation", Field::CacheWrite),
        ("usage.output", Field::Output),
        ("event.usage.inputOther", Field::Input),
        ("event.usage.inputCacheRead", Field::CacheRead),
        ("event.usage.inputCacheCreation", Field::CacheWrite),
        ("event.usage.output", Field::Output),
        ("event.finishReason", Field::FinishReason),
        ("event.llmStreamDurationMs", Field::LatencyMs),
        ("message.payload.token_usage.input_other", Field::Input),
        ("message.payload.token_usage.input_cache_read", Field::CacheRead),
        ("message.payload.token_usage.input_cache_creation", Field::CacheWrite),
        ("message.payload.token_usage.output", Field::Output),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        let counted = values.has(Field::Input) || values.has(Field::Output);
        let again = failed_attempt(values).is_some();
        if counted || again { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session {
        speaks: |values| values.text(Field::RecordType) == "llm.request",
        carries: &[(Field::Model, Keep::Latest)],
        echoes: |values| values.text(Field::CallType) == "turn",
        ..Session::PLAIN
    }),
    refine,
};

/// The number of the attempt before this one, if there was one: `2/10` is the second of ten.
fn failed_attempt(values: &Values<'_>) -> Option<u16> {
    let text = values.text(Field::RetryOf);
    let number: u16 = text.split('/').next()?.parse().ok()?;
    number.checked_sub(1).filter(|before| *before > 0)
}

#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    draft.call.retry_of = 0;
    if let Some(attempt) = failed_attempt(values) {
        draft.call.attempt = attempt;
        draft.call.status = Status::Error(0);
    }
    // The program writes a model with or without its own name for the seller.
    if let Some((_, model)) = draft.model.rsplit_once('/') {
        draft.model = model.to_owned().into();
    }
    let kind = values.text(Field::Foreign);
    let aside = !matches!(&*values.text(Field::Sidechain), "" | "main");
    draft.call_type = match () {
        () if draft.call_type == "session" || kind == "compaction" => "compaction",
        () if aside => "sub-agent",
        () => "main",
    }
    .into();
    Ok(())
}
