//! Anthropic's usage by period: the Admin API's report and the CSV of the Console, old and new.
//!
//! Source: the API reference and exported files: every count is apart from the others, output
//! includes thinking; no row says how many calls it sums up; what a report is not grouped by is
//! null. The range of prompt sizes, where there is one, says which prices hold.

use serde_json::Value;

use crate::sources::envelope::{Envelope, grouped, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at};
use crate::sources::values::Values;
use crate::usage::Counting;

use super::reports::{grouped_by_model, screen_sum, uncounted};

/// Sums of calls over a minute, an hour or a day, without the number of calls.
pub(in crate::sources) static ANTHROPIC_USAGE: Format = Format {
    name: "anthropic-usage",
    summary: "Anthropic's usage by period: Admin API, Console tokens CSV; rows are sums",
    provider: "anthropic",
    recognises: |record| {
        at(record, "uncached_input_tokens").is_some() && at(record, "output_tokens").is_some()
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("usage_input_tokens_no_cache") || has("usage_date_utc") && has("usage_output_tokens")
    },
    fields: &[
        ("starting_at", Field::Time),
        ("usage_date_utc", Field::Time),
        ("ending_at", Field::BucketEnd),
        ("model", Field::Model),
        ("model_version", Field::Model),
        ("workspace_id", Field::Project),
        ("workspace", Field::Project),
        ("api_key_id", Field::ApiKey),
        ("api_key", Field::ApiKey),
        ("account_id", Field::User),
        ("service_account_id", Field::User),
        ("service_tier", Field::ServiceTier),
        ("usage_type", Field::ServiceTier),
        ("context_window", Field::ContextWindow),
        ("inference_geo", Field::Geo),
        ("speed", Field::Speed),
        ("uncached_input_tokens", Field::Input),
        ("usage_input_tokens_no_cache", Field::Input),
        ("cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("usage_input_tokens_cache_write_5m", Field::CacheWrite5m),
        ("cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("usage_input_tokens_cache_write_1h", Field::CacheWrite1h),
        ("usage_input_tokens_cache_write", Field::CacheWrite),
        ("cache_read_input_tokens", Field::CacheRead),
        ("usage_input_tokens_cache_read", Field::CacheRead),
        ("output_tokens", Field::Output),
        ("usage_output_tokens", Field::Output),
        ("server_tool_use.web_search_requests", Field::Searches),
        ("web_search_count", Field::Searches),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention { settled: true, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine,
};

/// Pages of the API; a page of empty days is taken for one of usage.
pub(in crate::sources) static ANTHROPIC_USAGE_PAGE: Envelope = Envelope {
    format: &ANTHROPIC_USAGE,
    is_one: |record| {
        let buckets = record.get("data").and_then(Value::as_array);
        let is_bucket = |bucket: &Value| {
            bucket.get("starting_at").is_some()
                && bucket.get("results").is_some_and(Value::is_array)
        };
        buckets.is_some_and(|buckets| buckets.iter().any(is_bucket))
    },
    open: |mut page| grouped(list(&mut page, "data"), "results"),
};

#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    uncounted(values, draft);
    // `0-200k` and `≤ 200k`, or `200k-1M` and `> 200k`.
    let window = values.text(Field::ContextWindow);
    if window.starts_with("200k") || window.starts_with('>') {
        draft.call.counting = Counting::UnknownLong;
    }
    grouped_by_model(draft);
    Ok(())
}
