//! What `claude -p --output-format json` prints: the totals of a whole run, by model.
//!
//! Source: results of versions 2.0 and 2.1. Input excludes cached tokens. Beside the rows of
//! the run, as in a stream or a session file, it repeats them and is no call.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, at, every_record, no_table,
};
use crate::sources::quoting::told;
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{Excess, PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Counting};

/// Results of runs, one a record.
pub(in crate::sources) static CLAUDE_CODE_RESULT: Format = Format {
    name: "claude-code-result",
    summary: "what `claude -p --output-format json` prints: a run's totals by model",
    provider: "anthropic",
    recognises: |record| {
        at(record, "type").is_some_and(|kind| kind == "result")
            && (at(record, "modelUsage").is_some() || at(record, "total_cost_usd").is_some())
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("session_id", Field::Conversation),
        ("uuid", Field::RequestId),
        ("session_id", Field::RequestId),
        ("modelUsage", Field::Parts),
        ("usage.input_tokens", Field::Input),
        ("usage.cache_read_input_tokens", Field::CacheRead),
        ("usage.cache_creation_input_tokens", Field::CacheWrite),
        ("usage.cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("usage.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("usage.output_tokens", Field::Output),
        ("usage.server_tool_use.web_search_requests", Field::Searches),
        ("total_cost_usd", Field::CostUsd),
        ("duration_ms", Field::LatencyMs),
        ("api_error_status", Field::HttpStatus),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    #[serde(default, deserialize_with = "lenient")]
    input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    output_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_read_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_creation_input_tokens: Option<u64>,
    web_search_requests: Option<u32>,
    #[serde(rename = "costUSD")]
    cost: Option<serde_json::Number>,
}

/// Takes the totals by model; those of the whole run are the main model's last turn or its sum.
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    draft.call.counting = Counting::Unknown;
    if !values.has(Field::Parts) {
        return Ok(());
    }
    let models: BTreeMap<String, Usage> = serde_json::from_str(values.raw(Field::Parts.slot()))
        .map_err(|error| (Code::BadNumber, format!("modelUsage: {}", told(&error))))?;
    let whole = draft.call;
    let mut parts = Vec::new();
    for (model, usage) in models {
        let cost =
            usage.cost.as_ref().and_then(|cost| Usd::parse(&cost.to_string(), Excess::Round).ok());
        let call = Call {
            tokens: tokens_of(&usage, &whole)?,
            searches: usage.web_search_requests.unwrap_or(0),
            logged_cost: cost,
            ..whole
        };
        parts.push((model, call));
    }
    let mut parts = parts.into_iter();
    if let Some((model, call)) = parts.next() {
        draft.model = model.into();
        draft.call = call;
        draft.parts.extend(parts);
    }
    Ok(())
}

/// The lifetime of what was written is known only for the run: one model's writes may be told by it
/// if they are all of it.
fn tokens_of(usage: &Usage, whole: &Call) -> Result<PerClass<Tokens>, Refusal> {
    let count = |count| bounded(count, "modelUsage");
    let written = count(usage.cache_creation_input_tokens)?;
    let mut tokens = PerClass::default();
    tokens[TokenClass::Input] = count(usage.input_tokens)?;
    tokens[TokenClass::CacheRead] = count(usage.cache_read_input_tokens)?;
    let long = if written == whole.cache_written() {
        whole.tokens[TokenClass::CacheWrite1h]
    } else {
        Tokens::ZERO
    };
    tokens[TokenClass::CacheWrite1h] = long;
    tokens[TokenClass::CacheWrite5m] = written.saturating_sub(long);
    tokens[TokenClass::Output] = count(usage.output_tokens)?;
    Ok(tokens)
}
