//! Bedrock's log of model invocations: from S3, from `CloudWatch`, from Firehose.
//!
//! Source: the user guide (2026-08-22) and logged records: input, cache reads and cache writes are
//! apart from each other; how long what was written lives is told in the response's body alone.

use serde_json::Value;

use crate::sources::envelope::{Envelope, list, open_text};
use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, at, every_record, no_table,
};
use crate::sources::values::Values;

use super::bedrock_converse::{refine_lifetimes, without_arn};

const SCHEMA: &str = "ModelInvocationLog";

/// One invocation a record.
pub(in crate::sources) static BEDROCK_LOG: Format = Format {
    name: "bedrock-log",
    summary: "AWS Bedrock model invocation log (S3, CloudWatch, Firehose)",
    provider: "bedrock",
    recognises: |record| at(record, "schemaType").is_some_and(|kind| kind == SCHEMA),
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("modelId", Field::Model),
        ("requestMetadata.task", Field::CallType),
        ("requestMetadata.task_type", Field::CallType),
        ("requestMetadata.session", Field::Conversation),
        ("requestMetadata.session_id", Field::Conversation),
        ("identity.arn", Field::User),
        ("input.inputTokenCount", Field::Input),
        ("output.outputBodyJson.usage.inputTokens", Field::Input),
        ("input.cacheReadInputTokenCount", Field::CacheRead),
        ("output.outputBodyJson.usage.cacheReadInputTokens", Field::CacheRead),
        ("input.cacheWriteInputTokenCount", Field::CacheWrite),
        ("output.outputBodyJson.usage.cacheWriteInputTokens", Field::CacheWrite),
        ("output.outputBodyJson.usage.cacheDetails", Field::CacheLifetimes),
        (
            "output.outputBodyJson.usage.cache_creation.ephemeral_5m_input_tokens",
            Field::CacheWrite5m,
        ),
        (
            "output.outputBodyJson.usage.cache_creation.ephemeral_1h_input_tokens",
            Field::CacheWrite1h,
        ),
        ("output.outputTokenCount", Field::Output),
        ("output.outputBodyJson.usage.outputTokens", Field::Output),
        ("output.outputBodyJson.stopReason", Field::FinishReason),
        ("output.outputBodyJson.stop_reason", Field::FinishReason),
        ("output.outputBodyJson.metrics.latencyMs", Field::LatencyMs),
        ("input.inputBodyJson.inferenceConfig.maxTokens", Field::MaxTokens),
        ("input.inputBodyJson.max_tokens", Field::MaxTokens),
        ("serviceTier", Field::ServiceTier),
        ("errorCode", Field::Error),
        ("requestId", Field::RequestId),
        ("input.inputBodyJson.messages", Field::Prompt),
        ("input.inputBodyJson.messages", Field::PromptContext),
        ("input.inputBodyJson.system", Field::SystemPrompt),
        ("input.inputBodyJson.toolConfig", Field::Tools),
        ("input.inputBodyJson.tools", Field::Tools),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { settled: true, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine,
};

/// Records that hold others as text.
pub(in crate::sources) static BEDROCK_EVENTS: Envelope = Envelope {
    format: &BEDROCK_LOG,
    is_one: |record| {
        let text = |event: &Value| {
            let text = event.get("message").and_then(Value::as_str);
            text.is_some_and(|text| text.contains(SCHEMA))
        };
        let lists = ["events", "logEvents"].map(|key| record.get(key).and_then(Value::as_array));
        text(record) || lists.into_iter().flatten().flatten().any(text)
    },
    open: |mut record| {
        let mut events = list(&mut record, "events");
        events.extend(list(&mut record, "logEvents"));
        if events.is_empty() {
            events.push(record);
        }
        for event in &mut events {
            let mut message = event.get_mut("message").map(Value::take).unwrap_or_default();
            open_text(&mut message);
            *event = message;
        }
        events.retain(Value::is_object);
        events
    },
};

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    without_arn(draft);
    refine_lifetimes(values, draft)
}
