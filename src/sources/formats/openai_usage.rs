//! `OpenAI`'s usage by period: the organization API, the CSV of its dashboard, the older API.
//!
//! Source: the `OpenAPI` description of 2026-08-21 and exported files: input includes cached and
//! written tokens. Where text is counted apart, it includes audio and images as well; in older
//! responses it is text alone. What a report is not grouped by is null.

use serde_json::Value;

use crate::diagnostics::Code;
use crate::sources::envelope::{Envelope, grouped, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;

use super::reports::{grouped_by_model, screen_sum};

/// The kinds of results, as their `object` has them.
const KINDS: &str = "organization.usage.";

/// Sums of calls over an hour or a day, with the number of calls.
pub(in crate::sources) static OPENAI_USAGE: Format = Format {
    name: "openai-usage",
    summary: "OpenAI's usage by period: organization usage API, dashboard CSV; rows are sums",
    provider: "openai",
    recognises: |record| {
        at(record, "object").and_then(Value::as_str).is_some_and(|kind| kind.starts_with(KINDS))
            || at(record, "n_context_tokens_total").is_some()
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        // A period in which nothing was used has only the four columns of time.
        let period = has("start_time") && has("end_time") && has("start_time_iso");
        period && (columns.len() == 4 || has("num_model_requests") || has("num_requests"))
            || has("num_model_requests") && has("input_tokens")
    },
    fields: &[
        ("start_time", Field::Time),
        ("start_time_iso", Field::Time),
        ("aggregation_timestamp", Field::Time),
        ("end_time", Field::BucketEnd),
        ("object", Field::RecordType),
        ("model", Field::Model),
        ("snapshot_id", Field::Model),
        ("project_id", Field::Project),
        ("api_key_id", Field::ApiKey),
        ("user_id", Field::User),
        ("batch", Field::Batch),
        ("service_tier", Field::ServiceTier),
        ("vector_store_id", Field::SecondId),
        ("context_level", Field::SecondId),
        ("size", Field::SecondId),
        ("num_model_requests", Field::Calls),
        ("n_requests", Field::Calls),
        ("input_tokens", Field::Input),
        ("n_context_tokens_total", Field::Input),
        ("input_cached_tokens", Field::CacheRead),
        ("n_cached_context_tokens_total", Field::CacheRead),
        ("input_cache_write_tokens", Field::CacheWrite),
        ("input_audio_tokens", Field::AudioInput),
        ("input_cached_audio_tokens", Field::AudioCacheRead),
        ("input_image_tokens", Field::ImageInput),
        ("output_tokens", Field::Output),
        ("n_generated_tokens_total", Field::Output),
        ("output_audio_tokens", Field::AudioOutput),
        ("output_image_tokens", Field::ImageOutput),
        ("num_requests", Field::Amount),
        ("characters", Field::Foreign),
        ("seconds", Field::Foreign),
        ("images", Field::Foreign),
        ("usage_bytes", Field::Foreign),
        ("num_sessions", Field::Foreign),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |names| {
        let split = ["input_uncached_tokens", "input_text_tokens", "output_text_tokens"];
        let includes_media = names.iter().any(|name| split.contains(&name.as_str()));
        Convention { includes_media, ..Convention::INCLUSIVE }
    },
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine,
};

/// Pages of the API.
pub(in crate::sources) static OPENAI_USAGE_PAGE: Envelope = Envelope {
    format: &OPENAI_USAGE,
    is_one: |record| {
        let page = at(record, "object").is_some_and(|kind| kind == "page");
        let older = at(record, "data.0").is_none() && at(record, "data").is_some_and(is_older);
        page || older
    },
    open: |mut page| {
        let rows = list(&mut page, "data");
        if rows.iter().any(|row| row.get("results").is_some()) {
            return grouped(rows, "results");
        }
        rows
    },
};

fn is_older(rows: &Value) -> bool {
    let rows = rows.as_array();
    rows.is_some_and(|rows| rows.iter().any(|row| at(row, "n_context_tokens_total").is_some()))
}

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let kind = values.text(Field::RecordType);
    let kind = kind.strip_prefix(KINDS).unwrap_or_default();
    let kind = kind.strip_suffix(".result").unwrap_or(kind);
    if values.has(Field::Foreign) {
        let amount = values.text(Field::Foreign);
        let amount = quoted(&amount);
        let of = if kind.is_empty() { "a unit".into() } else { quoted(kind) };
        let text = format!("{amount} of {of}, which are not billed by the token");
        return Err((Code::MissingUsage, text));
    }
    if values.has(Field::Amount) {
        searches(values, kind, draft)?;
    }
    if !matches!(kind, "" | "completions") {
        draft.call_type = kind.to_owned().into();
    }
    grouped_by_model(draft);
    Ok(())
}

fn searches(values: &Values<'_>, kind: &str, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let text = values.text(Field::Amount);
    let count = values.count(Field::Amount).ok().flatten().and_then(|count| count.try_into().ok());
    let bad = || (Code::BadNumber, format!("`{}` is no number of searches", quoted(&text)));
    match kind {
        "web_searches" => draft.call.searches = count.ok_or_else(bad)?,
        "file_searches" => draft.call.file_searches = count.ok_or_else(bad)?,
        _ => {
            let text =
                format!("{} requests of a kind that the export does not name", quoted(&text));
            return Err((Code::MissingUsage, text));
        }
    }
    Ok(())
}
