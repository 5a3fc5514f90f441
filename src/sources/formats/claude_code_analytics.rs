//! Anthropic's report of Claude Code: tokens and estimated cost by day, user and model.
//!
//! Source: the reference of the Admin API (2026-08-22): counts are apart from each other, cache
//! writes not told by lifetime, amounts in hundredths of a dollar and estimates; no row says how
//! many calls it sums up.

use serde_json::Value;

use crate::sources::envelope::{Envelope, beside, list};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, at, no_table};
use crate::sources::values::Values;

use super::reports::{screen_sum, uncounted};

/// Sums of calls over a day, without the number of calls.
pub(in crate::sources) static CLAUDE_CODE_ANALYTICS: Format = Format {
    name: "claude-code-analytics",
    summary: "Anthropic's Claude Code report by day and user (Admin API); rows are sums",
    provider: "anthropic",
    recognises: |record| {
        at(record, "estimated_cost").is_some() && at(record, "tokens.cache_creation").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("date", Field::Time),
        ("model", Field::Model),
        ("user", Field::User),
        ("customer_type", Field::Project),
        ("terminal_type", Field::SecondId),
        ("tokens.input", Field::Input),
        ("tokens.cache_read", Field::CacheRead),
        ("tokens.cache_creation", Field::CacheWrite),
        ("tokens.output", Field::Output),
        ("estimated_cost.amount", Field::CostCents),
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

/// Pages of the API.
pub(in crate::sources) static CLAUDE_CODE_ANALYTICS_PAGE: Envelope = Envelope {
    format: &CLAUDE_CODE_ANALYTICS,
    is_one: |record| {
        let days = record.get("data").and_then(Value::as_array);
        let of_a_user = |day: &Value| at(day, "actor").and(day.get("model_breakdown")).is_some();
        days.is_some_and(|days| days.iter().any(of_a_user))
    },
    open: |mut page| list(&mut page, "data").into_iter().flat_map(models_of).collect(),
};

/// The models of one user on one day.
fn models_of(mut day: Value) -> Vec<Value> {
    let rows = list(&mut day, "model_breakdown");
    let names = ["actor.email_address", "actor.api_key_name"];
    let user = names.iter().find_map(|name| at(&day, name)).cloned().unwrap_or_default();
    let Value::Object(mut around) = day else { return Vec::new() };
    around.insert("user".to_owned(), user);
    rows.into_iter().map(|row| beside(row, &around)).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    uncounted(values, draft);
    Ok(())
}
