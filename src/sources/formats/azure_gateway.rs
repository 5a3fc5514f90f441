//! Azure API Management in front of Azure `OpenAI`: its gateway log with bodies, its LLM log.
//!
//! Source: the reference of the log tables (2026-08-22) and captured records: the bodies are
//! `OpenAI`'s, as text; the LLM log states the counts, and spreads long messages over rows that
//! share a correlation id.

use serde_json::Value;

use crate::sources::envelope::{Envelope, open_text};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen, at};
use crate::sources::values::Values;

const LLM_LOG: &str = "ApiManagementGatewayLlmLog";

/// One call a record, or several records of the LLM log.
pub(in crate::sources) static AZURE_GATEWAY: Format = Format {
    name: "azure-gateway",
    summary: "Azure API Management: GatewayLogs with bodies, ApiManagementGatewayLlmLog",
    provider: "azure",
    recognises: |record| {
        let of_gateway = at(record, "category").is_some_and(|kind| kind == "GatewayLogs");
        of_gateway || is_llm_row(record) || at(record, "properties").is_some_and(is_llm_row)
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("PromptTokens") && has("CompletionTokens") && has("CorrelationId")
    },
    fields: &[
        ("time", Field::Time),
        ("TimeGenerated", Field::Time),
        ("body.model", Field::Model),
        ("ModelName", Field::Model),
        ("properties.ModelName", Field::Model),
        ("deployment", Field::RequestModel),
        ("DeploymentName", Field::RequestModel),
        ("properties.DeploymentName", Field::RequestModel),
        ("operationName", Field::RecordType),
        ("body.usage.prompt_tokens", Field::Input),
        ("body.usage.input_tokens", Field::Input),
        ("PromptTokens", Field::Input),
        ("properties.PromptTokens", Field::Input),
        ("body.usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("body.usage.input_tokens_details.cached_tokens", Field::CacheRead),
        ("body.usage.prompt_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("body.usage.input_tokens_details.cache_write_tokens", Field::CacheWrite),
        ("body.usage.prompt_tokens_details.audio_tokens", Field::AudioInput),
        ("body.usage.completion_tokens", Field::Output),
        ("body.usage.output_tokens", Field::Output),
        ("CompletionTokens", Field::Output),
        ("properties.CompletionTokens", Field::Output),
        ("body.usage.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        ("body.usage.output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("body.usage.completion_tokens_details.audio_tokens", Field::AudioOutput),
        ("body.usage.total_tokens", Field::Total),
        ("TotalTokens", Field::Total),
        ("properties.TotalTokens", Field::Total),
        ("body.service_tier", Field::ServiceTier),
        ("properties.responseCode", Field::HttpStatus),
        ("durationMs", Field::LatencyMs),
        ("correlationId", Field::RequestId),
        ("CorrelationId", Field::RequestId),
        ("properties.CorrelationId", Field::RequestId),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Stream,
    screen,
    session: None,
    refine,
};

/// Records whose properties and bodies are JSON as text.
pub(in crate::sources) static AZURE_GATEWAY_RECORD: Envelope = Envelope {
    format: &AZURE_GATEWAY,
    is_one: |record| {
        let category = at(record, "category").and_then(Value::as_str);
        matches!(category, Some("GatewayLogs" | LLM_LOG))
            || at(record, "records.0").is_none() && is_batch(record)
    },
    open: |mut record| {
        let Some(Value::Array(records)) = record.get_mut("records").map(Value::take) else {
            return vec![with_bodies(record)];
        };
        records.into_iter().map(with_bodies).collect()
    },
};

fn is_llm_row(record: &Value) -> bool {
    let category = at(record, "category").is_some_and(|kind| kind == LLM_LOG);
    category || at(record, "PromptTokens").is_some() && at(record, "CompletionTokens").is_some()
}

/// What a diagnostic setting writes to a storage account or an event hub.
fn is_batch(record: &Value) -> bool {
    let records = record.get("records").and_then(Value::as_array);
    records.is_some_and(|records| records.iter().any(AZURE_GATEWAY.recognises))
}

fn with_bodies(mut record: Value) -> Value {
    let Some(properties) = record.get_mut("properties") else { return record };
    open_text(properties);
    let mut body = properties.get_mut("backendResponseBody").map(Value::take).unwrap_or_default();
    open_text(&mut body);
    let url = properties.get("backendUrl").and_then(Value::as_str).unwrap_or_default();
    let deployment = url.split("/deployments/").nth(1).and_then(|rest| rest.split('/').next());
    let deployment = Value::from(deployment);
    if let Some(record) = record.as_object_mut() {
        record.insert("body".to_owned(), body);
        record.insert("deployment".to_owned(), deployment);
    }
    record
}

/// A further row of a long message has nothing to count.
fn screen(values: &Values<'_>) -> Screen {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    let of_gateway = values.text(Field::RecordType).ends_with("GatewayLogs");
    if counted || of_gateway || values.has(Field::HttpStatus) {
        Screen::Call
    } else {
        Screen::NoCall
    }
}

/// The deployment is what was asked for, and all that is known of the model of a failed call.
#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(_: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if draft.model.is_empty() {
        draft.model = draft.request_model.clone();
    }
    Ok(())
}
