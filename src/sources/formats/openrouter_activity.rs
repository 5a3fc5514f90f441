//! `OpenRouter`'s activity by day: the CSV of its activity page, and the activity endpoint.
//!
//! Source: its `OpenAPI` description of 2026-08-21 and exported files: a row sums up the requests
//! of a day and model; the completion includes reasoning, cached tokens are not told; the usage is
//! what was charged, in dollars, without what was paid upstream with a key of one's own.

use serde_json::Value;

use crate::sources::envelope::{Envelope, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, at};

use super::reports::screen_sum;

/// Sums of calls over a day, with the number of calls and what they cost.
pub(in crate::sources) static OPENROUTER_ACTIVITY: Format = Format {
    name: "openrouter-activity",
    summary: "OpenRouter's activity by day: CSV, activity endpoint; rows are sums",
    provider: "openrouter",
    recognises: |record| {
        at(record, "model_permaslug").is_some() && at(record, "requests").is_some()
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("Slug") && has("Prompt Tokens") || has("model_permaslug") && has("requests")
    },
    fields: &[
        ("date", Field::Time),
        ("Date", Field::Time),
        ("model_permaslug", Field::Model),
        ("Slug", Field::Model),
        ("endpoint_id", Field::SecondId),
        ("requests", Field::Calls),
        ("Requests", Field::Calls),
        ("prompt_tokens", Field::Input),
        ("Prompt Tokens", Field::Input),
        ("completion_tokens", Field::Output),
        ("Completion Tokens", Field::Output),
        ("reasoning_tokens", Field::Reasoning),
        ("Reasoning Tokens", Field::Reasoning),
        ("usage", Field::CostUsd),
        ("Usage", Field::CostUsd),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine: as_read,
};

/// Answers of the activity endpoint.
pub(in crate::sources) static OPENROUTER_ACTIVITY_PAGE: Envelope = Envelope {
    format: &OPENROUTER_ACTIVITY,
    is_one: |record| {
        let rows = record.get("data").and_then(Value::as_array);
        rows.is_some_and(|rows| rows.iter().any(OPENROUTER_ACTIVITY.recognises))
    },
    open: |mut page| list(&mut page, "data"),
};
