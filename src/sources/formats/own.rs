//! llmcost's own JSONL and CSV: one flat record a call, fields named as in the README.

use crate::diagnostics::Code;
use crate::sources::counts::{cached, count};
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, every_record};
use crate::sources::values::Values;

/// Input is uncached input only; output includes reasoning; any other column is a dimension.
pub(in crate::sources) static LLMCOST: Format = Format {
    name: "llmcost",
    summary: "one flat record a call, fields as in the README",
    provider: "",
    recognises: |record| {
        record.as_object().is_some_and(|object| {
            let names: Vec<_> = object.keys().cloned().collect();
            is_own(&names)
        })
    },
    recognises_columns: is_own,
    fields: FIELDS,
    wrappers: &[""],
    loose_names: false,
    // Its own names say what they count; a total beside them proves nothing.
    convention: |_| Convention { settled: true, ..Convention::EXCLUSIVE },
    unfold: None,
    quick: Some(&[]),
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine,
};

/// Says so where the total of a record is that of its input and output alone: then cached tokens
/// are hardly beside the input.
fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    if !values.has(Field::Total) || values.writing().says_where_cache_is() {
        return Ok(());
    }
    let [total, input, output] =
        [Field::Total, Field::Input, Field::Output].map(|field| count(values, field));
    let (input, cached) = (input?, cached(values)?);
    if total? == input + output? && !cached.is_zero() && cached <= input {
        let text = "the total says that cached tokens are inside the input, which by its name \
                    leaves them out; they are read as beside it";
        draft.remarks.push((Code::InconsistentCounts, text.to_owned()));
    }
    Ok(())
}

/// Its own names, then common synonyms that mean exactly the same.
pub(in crate::sources) const FIELDS: &[(&str, Field)] = &[
    ("time", Field::Time),
    ("timestamp", Field::Time),
    ("created_at", Field::Time),
    ("provider", Field::Provider),
    ("model", Field::Model),
    ("response_model", Field::Model),
    ("request_model", Field::RequestModel),
    ("call_type", Field::CallType),
    ("task_type", Field::CallType),
    ("geo", Field::Geo),
    ("inference_geo", Field::Geo),
    ("input_tokens", Field::Input),
    ("cache_read_tokens", Field::CacheRead),
    ("cache_read_input_tokens", Field::CacheRead),
    ("cache_write_tokens", Field::CacheWrite),
    ("cache_creation_input_tokens", Field::CacheWrite),
    ("cache_write_5m_tokens", Field::CacheWrite5m),
    ("cache_write_1h_tokens", Field::CacheWrite1h),
    ("audio_input_tokens", Field::AudioInput),
    ("audio_cache_read_tokens", Field::AudioCacheRead),
    ("image_input_tokens", Field::ImageInput),
    ("output_tokens", Field::Output),
    ("reasoning_tokens", Field::Reasoning),
    ("audio_output_tokens", Field::AudioOutput),
    ("image_output_tokens", Field::ImageOutput),
    ("total_tokens", Field::Total),
    ("searches", Field::Searches),
    ("web_searches", Field::Searches),
    ("file_searches", Field::FileSearches),
    ("service_tier", Field::ServiceTier),
    ("batch", Field::Batch),
    ("speed", Field::Speed),
    ("status", Field::Status),
    ("http_status", Field::HttpStatus),
    ("error", Field::Error),
    ("finish_reason", Field::FinishReason),
    ("stop_reason", Field::FinishReason),
    ("max_tokens", Field::MaxTokens),
    ("attempt", Field::Attempt),
    ("retry_of", Field::RetryOf),
    ("request_id", Field::RequestId),
    ("id", Field::RequestId),
    ("conversation", Field::Conversation),
    ("conversation_id", Field::Conversation),
    ("session", Field::Conversation),
    ("session_id", Field::Conversation),
    ("latency_ms", Field::LatencyMs),
    ("cost_usd", Field::CostUsd),
    ("cost", Field::CostUsd),
    ("total_cost", Field::CostUsd),
    ("spend", Field::CostUsd),
    ("calls", Field::Calls),
    ("requests", Field::Calls),
    ("num_requests", Field::Calls),
    ("n_requests", Field::Calls),
    ("prompt_blocks", Field::Blocks),
    ("block_scope", Field::BlockScope),
    ("prompt", Field::Prompt),
    ("prompt_hash", Field::PromptHash),
    ("prompt_context", Field::PromptContext),
    // Where it is a list of messages, those before the question.
    ("prompt", Field::PromptContext),
    ("system_prompt", Field::SystemPrompt),
    ("tools", Field::Tools),
    ("embedding", Field::Embedding),
    ("eligible", Field::Eligible),
    // Names that say that cached tokens are inside the input.
    ("cached_tokens", Field::Foreign),
    ("cached_input_tokens", Field::Foreign),
    ("tokens_cached", Field::Foreign),
    ("prompt_tokens", Field::Foreign),
    ("tokens_prompt", Field::Foreign),
];

/// Whether the columns are those that llmcost itself writes, all of which its first record and its
/// header name. Then no other column, whatever it holds, makes it another format.
pub(in crate::sources) fn is_signed(has: impl Fn(&str) -> bool) -> bool {
    const SIGNATURE: [&str; 6] = [
        "request_model",
        "input_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "audio_cache_read_tokens",
        "output_tokens",
    ];
    SIGNATURE.into_iter().all(&has) && !super::rollup::is_rollup(has)
}

/// Has the two counts under their own names, and no column that only home-made tables have: one
/// that counts inside another, or a value that has no column of its own here.
fn is_own(names: &[String]) -> bool {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let holds = |field: Field| FIELDS.iter().any(|(name, known)| *known == field && has(name));
    let is_home_made = |name: &String| {
        super::table::counts_inside_input(name)
            || super::table::usual_field(name).is_some_and(|field| !holds(field))
    };
    has("input_tokens")
        && has("output_tokens")
        && (is_signed(has) || !names.iter().any(is_home_made))
}
