//! Home-made tables: CSV or flat JSON with the names people give their columns.

use serde_json::Value;

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, every_record};
use crate::sources::paths::plain;
use crate::sources::quoting::quoted;
use crate::sources::values::Values;

/// A table with a column for input and one for output, whatever they are called.
pub(in crate::sources) static TABLE: Format = Format {
    name: "table",
    summary: "a home-made table: model, task, tokens in, tokens out, cost, time",
    provider: "",
    recognises: |record| {
        record.as_object().is_some_and(|object| {
            // `input` and `output` of a JSON record are often its texts.
            let is_text = |name: &str, value: &Value| {
                matches!(plain(name).as_str(), "input" | "output") && !value.is_number()
            };
            let counts = object.iter().filter(|(name, value)| !is_text(name, value));
            has_counts(&counts.map(|(name, _)| name.clone()).collect::<Vec<_>>())
        })
    },
    recognises_columns: has_counts,
    fields: FIELDS,
    wrappers: &[""],
    loose_names: true,
    convention,
    unfold: None,
    quick: Some(&[]),
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: |values, draft| {
        leave_other_currencies(values, draft);
        Ok(())
    },
};

/// An amount beside the name of another currency is no amount of dollars.
fn leave_other_currencies(values: &Values<'_>, draft: &mut Draft<'_>) {
    let currency = values.text(Field::Currency);
    let is_dollars = matches!(&*currency.to_ascii_uppercase(), "" | "USD" | "$" | "US$");
    if !is_dollars && draft.call.logged_cost.take().is_some() {
        let text = format!("the cost is in {}, not in dollars; it was left out", quoted(&currency));
        draft.remarks.push((Code::BadCost, text));
    }
}

/// Names collected from public schemas (`formats` of many small trackers), best first.
const FIELDS: &[(&str, Field)] = &[
    ("input_tokens", Field::Input),
    ("prompt_tokens", Field::Input),
    ("tokens_in", Field::Input),
    ("in_tokens", Field::Input),
    ("tokens_prompt", Field::Input),
    ("tokens_input", Field::Input),
    ("n_input", Field::Input),
    ("request_tokens", Field::Input),
    ("context_tokens", Field::Input),
    ("input", Field::Input),
    ("output_tokens", Field::Output),
    ("completion_tokens", Field::Output),
    ("tokens_out", Field::Output),
    ("out_tokens", Field::Output),
    ("tokens_completion", Field::Output),
    ("tokens_output", Field::Output),
    ("n_output", Field::Output),
    ("response_tokens", Field::Output),
    ("generated_tokens", Field::Output),
    ("output", Field::Output),
    ("cached_tokens", Field::CacheRead),
    ("cached_input_tokens", Field::CacheRead),
    ("tokens_cached", Field::CacheRead),
    ("cache_read_tokens", Field::CacheRead),
    ("cache_read_input_tokens", Field::CacheRead),
    ("cache_write_tokens", Field::CacheWrite),
    ("cache_creation_tokens", Field::CacheWrite),
    ("cache_creation_input_tokens", Field::CacheWrite),
    ("cache_write_5m_tokens", Field::CacheWrite5m),
    ("cache_write_1h_tokens", Field::CacheWrite1h),
    ("audio_input_tokens", Field::AudioInput),
    ("audio_cache_read_tokens", Field::AudioCacheRead),
    ("image_input_tokens", Field::ImageInput),
    ("audio_output_tokens", Field::AudioOutput),
    ("image_output_tokens", Field::ImageOutput),
    // Names that say that cached tokens are inside the input.
    ("cached_tokens", Field::Foreign),
    ("cached_input_tokens", Field::Foreign),
    ("tokens_cached", Field::Foreign),
    ("reasoning_tokens", Field::Reasoning),
    ("thinking_tokens", Field::Reasoning),
    ("thoughts_tokens", Field::Reasoning),
    ("total_tokens", Field::Total),
    ("created_at", Field::Time),
    ("timestamp", Field::Time),
    ("time", Field::Time),
    ("ts", Field::Time),
    ("date", Field::Time),
    ("datetime", Field::Time),
    ("logged_at", Field::Time),
    ("called_at", Field::Time),
    ("started_at", Field::Time),
    ("request_time", Field::Time),
    ("day", Field::Time),
    ("recorded_at", Field::Time),
    ("executed_at", Field::Time),
    ("bucket_date", Field::Time),
    ("currency", Field::Currency),
    ("cost_currency", Field::Currency),
    ("cost_usd", Field::CostUsd),
    ("total_cost_usd", Field::CostUsd),
    ("estimated_cost_usd", Field::CostUsd),
    ("price_usd", Field::CostUsd),
    ("amount_usd", Field::CostUsd),
    ("cost", Field::CostUsd),
    ("total_cost", Field::CostUsd),
    ("spend", Field::CostUsd),
    ("estimated_cost", Field::CostUsd),
    ("usd", Field::CostUsd),
    ("model", Field::Model),
    ("response_model", Field::Model),
    ("model_name", Field::Model),
    ("model_id", Field::Model),
    ("llm_model", Field::Model),
    ("engine", Field::Model),
    ("deployment", Field::Model),
    ("request_model", Field::RequestModel),
    ("geo", Field::Geo),
    ("inference_geo", Field::Geo),
    ("provider", Field::Provider),
    ("model_provider", Field::Provider),
    ("llm_provider", Field::Provider),
    ("vendor", Field::Provider),
    ("call_type", Field::CallType),
    ("task_type", Field::CallType),
    ("task", Field::CallType),
    ("operation", Field::CallType),
    ("purpose", Field::CallType),
    ("feature", Field::CallType),
    ("endpoint", Field::CallType),
    ("action", Field::CallType),
    ("route", Field::CallType),
    ("function_name", Field::CallType),
    ("generation_type", Field::CallType),
    ("workflow_key", Field::CallType),
    ("prompt_name", Field::CallType),
    ("agent", Field::CallType),
    ("node", Field::CallType),
    ("step", Field::CallType),
    ("stage", Field::CallType),
    ("kind", Field::CallType),
    ("conversation", Field::Conversation),
    ("conversation_id", Field::Conversation),
    ("session_id", Field::Conversation),
    ("thread_id", Field::Conversation),
    ("session", Field::Conversation),
    ("request_id", Field::RequestId),
    ("response_id", Field::RequestId),
    ("call_id", Field::RequestId),
    ("id", Field::RequestId),
    ("service_tier", Field::ServiceTier),
    ("batch", Field::Batch),
    ("speed", Field::Speed),
    ("searches", Field::Searches),
    ("web_searches", Field::Searches),
    ("file_searches", Field::FileSearches),
    ("status", Field::Status),
    ("success", Field::Status),
    ("ok", Field::Status),
    ("outcome", Field::Status),
    ("http_status", Field::HttpStatus),
    ("status_code", Field::HttpStatus),
    ("error", Field::Error),
    ("error_message", Field::Error),
    ("finish_reason", Field::FinishReason),
    ("stop_reason", Field::FinishReason),
    ("max_tokens", Field::MaxTokens),
    ("attempt", Field::Attempt),
    ("retry_of", Field::RetryOf),
    ("latency_ms", Field::LatencyMs),
    ("duration_ms", Field::LatencyMs),
    ("calls", Field::Calls),
    ("n_calls", Field::Calls),
    ("request_count", Field::Calls),
    ("n_requests", Field::Calls),
    ("num_requests", Field::Calls),
    ("requests", Field::Calls),
];

/// The field that people mean by a name, case and separators aside.
pub(in crate::sources) fn usual_field(name: &str) -> Option<Field> {
    let name = plain(name);
    FIELDS.iter().find(|(known, _)| plain(known) == name).map(|(_, field)| *field)
}

fn has_counts(names: &[String]) -> bool {
    let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
    let has = |wanted: Field| {
        FIELDS.iter().any(|(name, field)| *field == wanted && names.contains(&plain(name)))
    };
    has(Field::Input) && has(Field::Output)
}

/// The name of the cache column says whether it is inside the input: who writes `cached_tokens`
/// or `prompt_tokens` follows `OpenAI`, whose input includes them; who writes `cache_read…`
/// follows Anthropic, whose input does not.
fn convention(names: &[String]) -> Convention {
    if names.iter().any(|name| counts_inside_input(name)) {
        Convention::INCLUSIVE
    } else {
        Convention::EXCLUSIVE
    }
}

/// The words of a name, in lower case: `costCents`, `cost_cents` and `Cost cents` have the same.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for character in name.chars() {
        if was_lower && character.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = character.is_lowercase();
        spaced.extend(character.to_lowercase());
    }
    spaced.split(['_', ' ', '-', '.']).map(str::to_owned).collect()
}

/// Whether a column of this name holds money that is not counted in dollars.
pub(in crate::sources) fn is_other_money(name: &str) -> bool {
    const UNITS: [&str; 10] =
        ["cents", "micros", "jpy", "eur", "gbp", "cny", "inr", "krw", "chf", "ticks"];
    let is_unit =
        |word: &str| UNITS.contains(&word) || (word.starts_with("micro") && word != "microsoft");
    let words = words(name);
    let is_money = |word: &str| matches!(word, "cost" | "costs" | "amount" | "price" | "spend");
    words.iter().any(|word| is_money(word)) && words.iter().any(|word| is_unit(word))
}

/// Whether a column of this name shows that cached tokens are counted inside the input.
pub(in crate::sources) fn counts_inside_input(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "cachedtokens" | "cachedinputtokens" | "tokenscached" | "prompttokens" | "tokensprompt"
    )
}
