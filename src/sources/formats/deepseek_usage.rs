//! `DeepSeek`'s usage export (`amount-….csv`): one row for each count of a day, model and key.
//!
//! Source: exported files: cache hits and misses are apart from each other; the day is local time
//! with its offset, or in older files a date without separators.

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;
use crate::units::{TokenClass, Tokens};
use crate::usage::Counting;

/// Sums of calls over a day, with each count in a row of its own.
pub(in crate::sources) static DEEPSEEK_USAGE: Format = Format {
    name: "deepseek-usage",
    summary: "DeepSeek's usage export (amount CSV); one row a count, rows are sums of a day",
    provider: "deepseek",
    recognises: |_| false,
    recognises_columns: |columns| {
        ["type", "price", "amount", "model"]
            .iter()
            .all(|name| columns.iter().any(|column| column == name))
    },
    fields: &[
        ("start_time_iso", Field::Time),
        ("utc_date", Field::Time),
        ("end_time_iso", Field::BucketEnd),
        ("model", Field::Model),
        ("user_id", Field::User),
        ("api_key_name", Field::Project),
        ("api_key", Field::ApiKey),
        ("type", Field::Metric),
        ("amount", Field::Amount),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Pivot,
    screen: |values| {
        if values.has(Field::Amount) { Screen::WithoutTokens } else { Screen::NoCall }
    },
    session: None,
    refine,
};

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let text = values.text(Field::Amount);
    let bad = || (Code::BadNumber, format!("`{}` is no count", quoted(&text)));
    let count = values.count(Field::Amount).ok().flatten().ok_or_else(bad)?;
    let metric = values.text(Field::Metric);
    let class = match &*metric {
        "input_cache_hit_tokens" => TokenClass::CacheRead,
        "input_cache_miss_tokens" | "input_tokens" => TokenClass::Input,
        "output_tokens" => TokenClass::Output,
        "request_count" => {
            draft.call.calls = count.max(1);
            return Ok(());
        }
        _ => {
            return Err((
                Code::MissingUsage,
                format!("`{}` is no count that is known", quoted(&metric)),
            ));
        }
    };
    draft.call.tokens[class] = Tokens::new(count);
    draft.call.counting = Counting::Unknown;
    Ok(())
}
