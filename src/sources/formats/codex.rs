//! Codex CLI: session files, and what `codex exec --json` prints.
//!
//! Source: the session files of versions 0.4x to 0.156 and the output of `exec` in 0.154. Input
//! includes cached and written tokens, output includes reasoning. The counts are totals of the
//! session so far: the difference to the total before is what was used. An event is often written
//! twice, a fork starts with the events of its parent under new times, and after a compaction
//! an event without counts but with a total tells how full the context is. The model is the one of
//! the turn.

use serde::Deserialize;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Refusal, Screen, at, no_table};
use crate::sources::quoting::told;
use crate::sources::session::{Keep, Session, Totals};
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::Counting;

/// Session files below `~/.codex/sessions` and `~/.codex/archived_sessions`.
pub(in crate::sources) static CODEX: Format = Format {
    name: "codex",
    summary: "Codex CLI session files (~/.codex/sessions)",
    provider: "openai",
    recognises: |record| {
        let kind = at(record, "type").and_then(serde_json::Value::as_str);
        let known = ["session_meta", "turn_context", "event_msg", "response_item", "compacted"];
        kind.is_some_and(|kind| known.contains(&kind)) && at(record, "payload").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("type", Field::RecordType),
        ("payload.id", Field::Conversation),
        ("payload.session_id", Field::SecondId),
        ("payload.forked_from_id", Field::Parent),
        ("payload.parent_thread_id", Field::Parent),
        (SPAWNED_BY, Field::Parent),
        (SPAWNED_BY, Field::Sidechain),
        ("payload.source.subagent", Field::Sidechain),
        ("payload.model_provider", Field::Provider),
        ("payload.info.model", Field::Model),
        ("payload.model", Field::Model),
        ("payload.info.total_token_usage.input_tokens", Field::Input),
        ("payload.info.total_token_usage.cached_input_tokens", Field::CacheRead),
        ("payload.info.total_token_usage.cache_write_input_tokens", Field::CacheWrite),
        ("payload.info.total_token_usage.output_tokens", Field::Output),
        ("payload.info.total_token_usage.reasoning_output_tokens", Field::Reasoning),
        ("payload.info.last_token_usage", Field::Parts),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Running,
    // An event with nothing but limits is no call; one with the last call alone is refused.
    screen: |values| {
        let counted = values.has(Field::Input) || values.has(Field::Parts);
        if counted { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session {
        speaks: |values| {
            matches!(&*values.text(Field::RecordType), "session_meta" | "turn_context")
        },
        carries: &[
            (Field::Conversation, Keep::First),
            (Field::Sidechain, Keep::First),
            (Field::Provider, Keep::First),
            (Field::Model, Keep::Latest),
        ],
        totals: Totals::OfSession,
        ..Session::PLAIN
    }),
    refine: |values, draft| {
        if !values.has(Field::Input) {
            let text = "a last call without the session's total".to_owned();
            return Err((Code::MissingUsage, text));
        }
        let aside = values.has(Field::Sidechain);
        draft.call_type = if aside { "sub-agent" } else { "main" }.into();
        match last_call(values) {
            Ok(last) => draft.last = last,
            Err((Code::ImplausibleCount, why)) => return Err((Code::ImplausibleCount, why)),
            // It only bears out what the totals say.
            Err((_, why)) => draft.remarks.push((Code::InconsistentCounts, why)),
        }
        Ok(())
    },
};

/// Who started a helper of the session.
const SPAWNED_BY: &str = "payload.source.subagent.thread_spawn.parent_thread_id";

/// Lines that `codex exec --json` prints.
pub(in crate::sources) static CODEX_EXEC: Format = Format {
    name: "codex-exec",
    summary: "what `codex exec --json` prints: one usage record a turn, without model or time",
    provider: "openai",
    recognises: |record| {
        let is = |kind: &str| at(record, "type").is_some_and(|found| found == kind);
        let turn = is("turn.completed") || is("turn.failed");
        is("thread.started") && at(record, "thread_id").is_some()
            || turn && at(record, "usage.input_tokens").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("thread_id", Field::Conversation),
        ("type", Field::RecordType),
        ("timestamp", Field::Time),
        ("model", Field::Model),
        ("usage.input_tokens", Field::Input),
        ("usage.cached_input_tokens", Field::CacheRead),
        ("usage.cache_write_input_tokens", Field::CacheWrite),
        ("usage.output_tokens", Field::Output),
        ("usage.reasoning_output_tokens", Field::Reasoning),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Running,
    screen: |values| if values.has(Field::Input) { Screen::Call } else { Screen::NoCall },
    session: Some(&Session {
        speaks: |values| values.text(Field::RecordType) == "thread.started",
        carries: &[(Field::Conversation, Keep::Latest)],
        totals: Totals::OfSession,
        ..Session::PLAIN
    }),
    refine: |_, draft| {
        draft.call.counting = Counting::Unknown;
        Ok(())
    },
};

/// The counts of one call.
#[derive(Deserialize)]
struct Usage {
    #[serde(default, deserialize_with = "lenient", rename = "input_tokens")]
    input: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "cached_input_tokens")]
    read: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "cache_write_input_tokens")]
    written: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "output_tokens")]
    output: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "reasoning_output_tokens")]
    reasoning: Option<u64>,
}

fn last_call(values: &Values<'_>) -> Result<Option<PerClass<Tokens>>, Refusal> {
    if !values.has(Field::Parts) {
        return Ok(None);
    }
    let refused = |text: String| (Code::BadNumber, format!("last_token_usage: {text}"));
    let usage: Usage = serde_json::from_str(values.raw(Field::Parts.slot()))
        .map_err(|error| refused(told(&error)))?;
    let count = |count| bounded(count, "last_token_usage");
    let (read, written) = (count(usage.read)?, count(usage.written)?);
    let reasoning = count(usage.reasoning)?;
    let more = || refused("more in a part than in the whole".to_owned());
    let mut tokens = PerClass::default();
    tokens[TokenClass::Input] = count(usage.input)?.checked_sub(read + written).ok_or_else(more)?;
    tokens[TokenClass::CacheRead] = read;
    tokens[TokenClass::CacheWrite5m] = written;
    tokens[TokenClass::Output] = count(usage.output)?.checked_sub(reasoning).ok_or_else(more)?;
    tokens[TokenClass::Reasoning] = reasoning;
    Ok(Some(tokens))
}
