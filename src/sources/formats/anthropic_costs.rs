//! Anthropic's costs by day: the Admin API's report and the CSV of the Console.
//!
//! Source: the API reference and exported files: the API states hundredths of a dollar as text,
//! the Console dollars, what was billed beside the list price; models go by their display names.

use serde_json::Value;

use crate::sources::envelope::{Envelope, grouped, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at};
use crate::sources::values::Values;
use crate::usage::ServiceTier;

use super::reports::{cost_alone, screen_sum};

/// Amounts of money by day, model and kind of token, without usage.
pub(in crate::sources) static ANTHROPIC_COSTS: Format = Format {
    name: "anthropic-costs",
    summary: "Anthropic's costs by day: Admin API, Console cost CSV; no tokens",
    provider: "anthropic",
    recognises: |record| {
        at(record, "amount").is_some()
            && (at(record, "cost_type").is_some() || at(record, "starting_at").is_some())
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("usage_date_utc") && has("cost_usd")
    },
    fields: &[
        ("starting_at", Field::Time),
        ("usage_date_utc", Field::Time),
        ("ending_at", Field::BucketEnd),
        ("model", Field::Model),
        ("workspace_id", Field::Project),
        ("workspace", Field::Project),
        ("api_key_id", Field::ApiKey),
        ("api_key", Field::ApiKey),
        ("service_tier", Field::ServiceTier),
        ("usage_type", Field::ServiceTier),
        ("context_window", Field::ContextWindow),
        ("inference_geo", Field::Geo),
        ("speed", Field::Speed),
        ("token_type", Field::Metric),
        ("cost_type", Field::RecordType),
        ("description", Field::SecondId),
        ("amount", Field::CostCents),
        ("cost_usd", Field::CostUsd),
        ("currency", Field::Currency),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine,
};

/// Pages of the API.
pub(in crate::sources) static ANTHROPIC_COSTS_PAGE: Envelope = Envelope {
    format: &ANTHROPIC_COSTS,
    is_one: |record| {
        let buckets = record.get("data").and_then(Value::as_array);
        let results = |bucket: &Value| {
            let results = bucket.get("results").and_then(Value::as_array);
            results.is_some_and(|results| results.iter().any(ANTHROPIC_COSTS.recognises))
        };
        buckets.is_some_and(|buckets| buckets.iter().any(results))
    },
    open: |mut page| grouped(list(&mut page, "data"), "results"),
};

/// `Claude Opus 4.6` is `claude-opus-4-6`.
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if draft.model.contains(' ') {
        draft.model = draft.model.to_ascii_lowercase().replace([' ', '.'], "-").into();
    }
    if values.text(Field::ServiceTier) == "message" {
        draft.call.service_tier = ServiceTier::Standard;
    }
    cost_alone(values, draft)
}
