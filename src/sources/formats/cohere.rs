//! Cohere's responses: chat, embeddings and rerank, bare or wrapped.
//!
//! Source: the API reference (2026-08-22) and recorded bodies: `billed_units` is what is billed,
//! `tokens` what was processed, templates and cached tokens included.

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at, no_table, wrapped};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;

use super::openai_chat::WRAPPERS;
use super::reports::screen_sum;

/// Cohere responses, one a record.
pub(in crate::sources) static COHERE: Format = Format {
    name: "cohere",
    summary: "Cohere chat, embed and rerank responses with billed units",
    provider: "cohere",
    recognises: |record| {
        wrapped(record, WRAPPERS, |inner| {
            at(inner, "usage.billed_units").is_some() || at(inner, "meta.billed_units").is_some()
        })
    },
    recognises_columns: no_table,
    fields: &[
        ("timestamp", Field::Time),
        ("time", Field::Time),
        ("created_at", Field::Time),
        ("model", Field::Model),
        ("request.model", Field::RequestModel),
        ("call_type", Field::CallType),
        ("usage.billed_units.input_tokens", Field::Input),
        ("meta.billed_units.input_tokens", Field::Input),
        ("usage.billed_units.output_tokens", Field::Output),
        ("meta.billed_units.output_tokens", Field::Output),
        ("usage.billed_units.image_tokens", Field::ImageInput),
        ("meta.billed_units.image_tokens", Field::ImageInput),
        ("usage.billed_units.search_units", Field::Amount),
        ("meta.billed_units.search_units", Field::Amount),
        ("finish_reason", Field::FinishReason),
        ("id", Field::RequestId),
        ("conversation", Field::Conversation),
        ("session_id", Field::Conversation),
        ("latency_ms", Field::LatencyMs),
        ("cost_usd", Field::CostUsd),
        ("request.messages", Field::Prompt),
        ("request.messages", Field::PromptContext),
        ("messages", Field::Prompt),
        ("messages", Field::PromptContext),
        ("request.tools", Field::Tools),
    ],
    wrappers: WRAPPERS,
    loose_names: false,
    convention: |_| Convention { includes_media: false, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Response,
    screen: screen_sum,
    session: None,
    refine,
};

fn refine(values: &Values<'_>, _: &mut Draft<'_>) -> Result<(), Refusal> {
    if values.has(Field::Input) || values.has(Field::Output) {
        return Ok(());
    }
    let units = values.text(Field::Amount);
    let text =
        format!("{} search units of a rerank, which are not billed by the token", quoted(&units));
    Err((Code::MissingUsage, text))
}
