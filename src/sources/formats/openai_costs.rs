//! `OpenAI`'s costs by day: the organization API and the CSV of its dashboard.
//!
//! Source: the `OpenAPI` description of 2026-08-21 and exported files: amounts in dollars; a line
//! item such as `gpt-4o-2024-08-06, input` where the report is grouped by it, else none.

use serde_json::Value;

use crate::sources::envelope::{Envelope, grouped, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at};
use crate::sources::values::Values;

use super::reports::{cost_alone, screen_sum};

const KIND: &str = "organization.costs.result";

/// Amounts of money by day and line item, without usage.
pub(in crate::sources) static OPENAI_COSTS: Format = Format {
    name: "openai-costs",
    summary: "OpenAI's costs by day: organization costs API, dashboard CSV; no tokens",
    provider: "openai",
    recognises: |record| at(record, "object").is_some_and(|kind| kind == KIND),
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("amount_value") && (has("start_time_iso") || has("line_item"))
    },
    fields: &[
        ("start_time", Field::Time),
        ("start_time_iso", Field::Time),
        ("end_time", Field::BucketEnd),
        ("amount.value", Field::CostUsd),
        ("amount_value", Field::CostUsd),
        ("amount.currency", Field::Currency),
        ("amount_currency", Field::Currency),
        ("line_item", Field::Metric),
        ("project_id", Field::Project),
        ("api_key_id", Field::ApiKey),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine,
};

/// Pages of the API.
pub(in crate::sources) static OPENAI_COSTS_PAGE: Envelope = Envelope {
    format: &OPENAI_COSTS,
    is_one: |record| {
        let page = at(record, "object").is_some_and(|kind| kind == "page");
        let buckets = record.get("data").and_then(Value::as_array);
        let results = |bucket: &Value| {
            let results = bucket.get("results").and_then(Value::as_array);
            results.is_some_and(|results| results.iter().any(OPENAI_COSTS.recognises))
        };
        page && buckets.is_some_and(|buckets| buckets.iter().any(results))
    },
    open: |mut page| grouped(list(&mut page, "data"), "results"),
};

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let item = values.text(Field::Metric);
    if let Some((model, _)) = item.split_once(", ")
        && !model.contains(' ')
    {
        draft.model = model.to_owned().into();
    }
    cost_alone(values, draft)
}
