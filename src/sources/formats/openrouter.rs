//! `OpenRouter`'s generations: the CSV of its activity page, and the generation endpoint.
//!
//! Source: its `OpenAPI` description of 2026-08-21 and exported files: the prompt includes cached
//! tokens, the completion reasoning; native counts are those of the model and are billed; the cost
//! is what was charged. A variant such as `free` is part of the model's name.

use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Draft, Format, Identity, Refusal, at, every_record, wrapped,
};
use crate::sources::values::Values;

const WRAPPERS: &[&str] = &["", "data"];

/// One generation a record, with what it cost.
pub(in crate::sources) static OPENROUTER: Format = Format {
    name: "openrouter",
    summary: "OpenRouter generations: activity CSV by generation, generation endpoint",
    provider: "openrouter",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| at(inner, "native_tokens_prompt").is_some())
            || at(record, "generation_id").is_some() && at(record, "tokens_prompt").is_some()
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("tokens_prompt") && (has("generation_id") || has("model_permaslug"))
    },
    fields: &[
        ("created_at", Field::Time),
        ("model_permaslug", Field::Model),
        ("model", Field::Model),
        ("variant", Field::Metric),
        ("native_tokens_prompt", Field::Input),
        ("tokens_prompt", Field::Input),
        ("native_tokens_cached", Field::CacheRead),
        ("tokens_cached", Field::CacheRead),
        ("native_tokens_completion", Field::Output),
        ("tokens_completion", Field::Output),
        ("native_tokens_reasoning", Field::Reasoning),
        ("tokens_reasoning", Field::Reasoning),
        ("native_tokens_completion_images", Field::ImageOutput),
        ("service_tier", Field::ServiceTier),
        ("cost_total", Field::CostUsd),
        ("total_cost", Field::CostUsd),
        ("usage", Field::CostUsd),
        ("finish_reason_normalized", Field::FinishReason),
        ("finish_reason", Field::FinishReason),
        ("generation_time_ms", Field::LatencyMs),
        ("generation_time", Field::LatencyMs),
        ("generation_id", Field::RequestId),
        ("id", Field::RequestId),
        ("session_id", Field::Conversation),
        ("api_key_name", Field::ApiKey),
        ("user", Field::User),
        ("external_user", Field::User),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: every_record,
    session: None,
    refine,
};

#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let variant = values.text(Field::Metric);
    if !matches!(&*variant, "" | "standard") && !draft.model.contains(':') {
        draft.model = format!("{}:{variant}", draft.model).into();
    }
    Ok(())
}
