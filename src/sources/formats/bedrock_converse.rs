//! Responses of Bedrock's Converse, and of its Llama and Titan models, bare or wrapped.
//!
//! Source: the API reference (2026-08-22) and 205 recorded bodies: input excludes cached tokens,
//! the total is the sum of all four counts; some dumps have each count of the cache under two
//! names.

use serde::Deserialize;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, at, every_record, no_table, wrapped,
};
use crate::sources::quoting::told;
use crate::sources::values::{Values, bounded, lenient};
use crate::units::{TokenClass, Tokens};

const WRAPPERS: &[&str] = &["", "response", "response.body", "body", "data"];

/// Beside the last event of a stream.
const STREAM: &str = "amazon-bedrock-invocationMetrics";

/// Converse responses, one a record.
pub(in crate::sources) static BEDROCK_CONVERSE: Format = Format {
    name: "bedrock-converse",
    summary: "AWS Bedrock Converse responses, bare or wrapped",
    provider: "bedrock",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            let usage = |key| at(inner, &format!("usage.{key}")).is_some();
            let native = ["generation_token_count", "inputTextTokenCount", STREAM];
            if native.iter().any(|key| inner.get(*key).is_some()) {
                return true;
            }
            let counts = usage("inputTokens") && usage("outputTokens");
            let ours = ["cacheReadInputTokens", "cacheWriteInputTokens", "serverToolUsage"];
            let body = ["metrics.latencyMs", "stopReason", "output.message"];
            let told = ours.into_iter().any(usage)
                || at(inner, "usage.serverToolUsage").is_some()
                || body.iter().any(|path| at(inner, path).is_some());
            counts && told
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("modelId", Field::Model),
        ("model", Field::Model),
        ("request.modelId", Field::RequestModel),
        ("call_type", Field::CallType),
        ("usage.inputTokens", Field::Input),
        ("prompt_token_count", Field::Input),
        ("inputTextTokenCount", Field::Input),
        ("amazon-bedrock-invocationMetrics.inputTokenCount", Field::Input),
        ("generation_token_count", Field::Output),
        ("amazon-bedrock-invocationMetrics.outputTokenCount", Field::Output),
        ("amazon-bedrock-invocationMetrics.cacheReadInputTokenCount", Field::CacheRead),
        ("amazon-bedrock-invocationMetrics.cacheWriteInputTokenCount", Field::CacheWrite),
        ("usage.cacheReadInputTokens", Field::CacheRead),
        ("usage.cacheReadInputTokenCount", Field::CacheRead),
        ("usage.cacheWriteInputTokens", Field::CacheWrite),
        ("usage.cacheWriteInputTokenCount", Field::CacheWrite),
        ("usage.cacheDetails", Field::CacheLifetimes),
        ("usage.outputTokens", Field::Output),
        ("usage.totalTokens", Field::Total),
        ("stopReason", Field::FinishReason),
        ("metrics.latencyMs", Field::LatencyMs),
        ("latency_ms", Field::LatencyMs),
        ("serviceTier.type", Field::ServiceTier),
        ("performanceConfig.latency", Field::Metric),
        ("ResponseMetadata.RequestId", Field::RequestId),
        ("requestId", Field::RequestId),
        ("conversation", Field::Conversation),
        ("session_id", Field::Conversation),
        ("cost_usd", Field::CostUsd),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine: |values, draft| {
        without_arn(draft);
        refine_lifetimes(values, draft)
    },
};

/// An inference profile has the model in its name; an application's own profile hides it.
pub(super) fn without_arn(draft: &mut Draft<'_>) {
    if draft.model.starts_with("arn:")
        && let Some((_, name)) = draft.model.rsplit_once('/')
    {
        draft.model = name.to_owned().into();
    }
}

/// What was written to the cache for so long.
#[derive(Deserialize)]
struct Lifetime {
    ttl: Option<String>,
    #[serde(default, deserialize_with = "lenient", rename = "inputTokens")]
    input_tokens: Option<u64>,
}

/// Moves what lives for an hour out of what lives for five minutes.
pub(super) fn refine_lifetimes(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if !values.has(Field::CacheLifetimes) {
        return Ok(());
    }
    let found = serde_json::from_str::<Vec<Lifetime>>(values.raw(Field::CacheLifetimes.slot()));
    let lifetimes = found.unwrap_or_else(|error| {
        let text =
            format!("cacheDetails: {}; all is counted as written for five minutes", told(&error));
        draft.remarks.push((Code::InconsistentCounts, text));
        Vec::new()
    });
    let hour = lifetimes.iter().filter(|lifetime| lifetime.ttl.as_deref() == Some("1h"));
    let long: Tokens = hour
        .map(|lifetime| bounded(lifetime.input_tokens, "cacheDetails"))
        .sum::<Result<_, _>>()?;
    let tokens = &mut draft.call.tokens;
    let written = tokens[TokenClass::CacheWrite5m];
    tokens[TokenClass::CacheWrite5m] = written.checked_sub(long).ok_or_else(|| {
        let text = format!("{long} tokens written for an hour, but {written} written in all");
        (Code::CacheExceedsInput, text)
    })?;
    tokens[TokenClass::CacheWrite1h] += long;
    Ok(())
}
