//! GitHub Copilot: sessions of its command line, and its billing reports.
//!
//! Source: events of version 1.0 of the program, and the three generations of the report. The end of
//! a session tells the totals of each model so far; input includes cached tokens there, but not in
//! `tokenDetails`, which splits the bill. A message has its output alone. The reports count
//! premium requests or credits, a day's of a user in a row; only those since 2026 have tokens.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen, at, no_table};
use crate::sources::quoting::told;
use crate::sources::session::{Keep, Session, Totals};
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::{Call, Counting};

/// The files `events.jsonl` below `~/.copilot/session-state`.
pub(in crate::sources) static COPILOT: Format = Format {
    name: "copilot",
    summary: "GitHub Copilot CLI sessions (~/.copilot/session-state)",
    provider: "",
    recognises: |record| {
        let kind = at(record, "type").and_then(Value::as_str).unwrap_or("");
        let known = ["session.", "assistant.", "user.message", "tool.execution_"];
        let named = known.iter().any(|start| kind.starts_with(start));
        named
            && at(record, "data").is_some_and(Value::is_object)
            && record.get("parentId").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("type", Field::RecordType),
        ("timestamp", Field::Time),
        ("data.sessionId", Field::Conversation),
        ("data.currentModel", Field::Model),
        ("data.modelMetrics", Field::Parts),
        ("data.tokenDetails.input.tokenCount", Field::Input),
        ("data.tokenDetails.cache_read.tokenCount", Field::CacheRead),
        ("data.tokenDetails.cache_write.tokenCount", Field::CacheWrite),
        ("data.tokenDetails.output.tokenCount", Field::Output),
        ("data.outputTokens", Field::Foreign),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Running,
    screen: |values| {
        let ended = values.text(Field::RecordType) == "session.shutdown";
        let counted = values.has(Field::Input) || values.has(Field::Parts);
        if ended && counted { Screen::Call } else { Screen::NoCall }
    },
    session: Some(&Session {
        speaks: |values| values.text(Field::RecordType) == "session.start",
        carries: &[(Field::Conversation, Keep::First)],
        totals: Totals::OfModel,
        partial: |values| {
            let message = values.text(Field::RecordType) == "assistant.message";
            message && values.count(Field::Foreign).is_ok_and(|count| count > Some(0))
        },
        ..Session::PLAIN
    }),
    refine,
};

/// What one model did so far.
#[derive(Deserialize)]
struct Metrics {
    requests: Option<Value>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default, deserialize_with = "lenient", rename = "inputTokens")]
    input: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "outputTokens")]
    output: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "cacheReadTokens")]
    read: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "cacheWriteTokens")]
    written: Option<u64>,
    #[serde(default, deserialize_with = "lenient", rename = "reasoningTokens")]
    reasoning: Option<u64>,
}

/// Takes the totals by model, where the end of the session has them.
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if !values.has(Field::Parts) {
        return Ok(());
    }
    let metrics: BTreeMap<String, Metrics> = serde_json::from_str(values.raw(Field::Parts.slot()))
        .map_err(|error| (Code::BadNumber, format!("modelMetrics: {}", told(&error))))?;
    let mut requests_of_all = 0;
    let mut parts = Vec::new();
    for (model, metrics) in metrics {
        let requests = metrics.requests.as_ref().map(|found| found.get("count").unwrap_or(found));
        let requests = requests.and_then(Value::as_u64).unwrap_or(0);
        requests_of_all += requests;
        if let Some(usage) = metrics.usage {
            let tokens = tokens_of(&usage)?;
            let counting = if requests == 0 { Counting::Unknown } else { Counting::Known };
            parts.push((model, Call { tokens, calls: requests.max(1), counting, ..draft.call }));
        }
    }
    let mut parts = parts.into_iter();
    if let Some((model, call)) = parts.next() {
        draft.model = model.into();
        draft.call = call;
        draft.parts.extend(parts);
    } else {
        draft.call.calls = requests_of_all.max(1);
        if requests_of_all == 0 {
            draft.call.counting = Counting::Unknown;
        }
    }
    Ok(())
}

fn tokens_of(usage: &Usage) -> Result<PerClass<Tokens>, Refusal> {
    let count = |count| bounded(count, "modelMetrics");
    let (read, written) = (count(usage.read)?, count(usage.written)?);
    let reasoning = count(usage.reasoning)?;
    let rest = |whole: Option<u64>, part: Tokens| {
        let text = "modelMetrics: more in a part than in the whole".to_owned();
        count(whole)?.checked_sub(part).ok_or((Code::CacheExceedsInput, text))
    };
    let mut tokens = PerClass::default();
    tokens[TokenClass::Input] = rest(usage.input, read + written)?;
    tokens[TokenClass::CacheRead] = read;
    tokens[TokenClass::CacheWrite5m] = written;
    tokens[TokenClass::Output] = rest(usage.output, reasoning)?;
    tokens[TokenClass::Reasoning] = reasoning;
    Ok(tokens)
}

/// The billing reports.
pub(in crate::sources) static COPILOT_BILLING: Format = Format {
    name: "copilot-billing",
    summary: "GitHub Copilot's billing reports; those before 2026 count requests, not tokens",
    provider: "",
    recognises: |_| false,
    recognises_columns: |columns| {
        ["aic_quantity", "applied_cost_per_quantity", "Requests Used"]
            .iter()
            .any(|wanted| columns.iter().any(|column| column == wanted))
    },
    fields: &[
        ("date", Field::Time),
        ("Timestamp", Field::Time),
        ("model", Field::Model),
        ("Model", Field::Model),
        ("product", Field::CallType),
        ("input", Field::Input),
        ("cache_read", Field::CacheRead),
        ("cache_write", Field::CacheWrite),
        ("output", Field::Output),
        ("net_amount", Field::CostUsd),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { settled: true, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        if values.has(Field::Input) || values.has(Field::Output) {
            Screen::Call
        } else {
            Screen::NoTokens("it counts premium requests, not tokens: there is nothing to price")
        }
    },
    session: None,
    refine: |_, draft| {
        draft.call.counting = Counting::Unknown;
        Ok(())
    },
};
