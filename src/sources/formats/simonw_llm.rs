//! The logs of the `llm` command, as `llm logs --json` prints them.
//!
//! Source: the schema of version 0.36: `token_details` holds what the provider reported beside
//! its two counts, so what they include is the provider's own way: Anthropic's input leaves out
//! cached tokens, that of the others has them inside.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, every_record, no_table};
use crate::sources::rows::decoded;

/// Prompts and their responses, one a record.
pub(in crate::sources) static SIMONW_LLM: Format = Format {
    name: "simonw-llm",
    summary: "logs of the `llm` command: logs.db, or `llm logs --json -n 0`",
    provider: "",
    recognises: |record| {
        let has = |key: &str| record.get(key).is_some();
        has("datetime_utc") && has("duration_ms") && (has("conversation_id") || has("prompt"))
    },
    recognises_columns: no_table,
    fields: &[
        ("datetime_utc", Field::Time),
        ("resolved_model", Field::Model),
        ("model", Field::Model),
        ("model", Field::RequestModel),
        ("input_tokens", Field::Input),
        ("token_details.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("token_details.input_tokens_details.cached_tokens", Field::CacheRead),
        ("token_details.cache_read_input_tokens", Field::CacheRead),
        ("token_details.cachedContentTokenCount", Field::CacheRead),
        ("token_details.cache_creation_input_tokens", Field::CacheWrite),
        ("token_details.cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        ("token_details.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        ("output_tokens", Field::Output),
        ("token_details.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        ("token_details.output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("token_details.cache_read_input_tokens", Field::Foreign),
        ("token_details.cache_creation_input_tokens", Field::Foreign),
        ("options_json.max_tokens", Field::MaxTokens),
        ("duration_ms", Field::LatencyMs),
        ("id", Field::RequestId),
        ("conversation_id", Field::Conversation),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: Some(|text| decoded(text, &["token_details"])),
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: |values, draft| {
        if draft.request_model == draft.model {
            draft.request_model = "".into();
        }
        let exclusive = values.has(Field::Foreign);
        settle(values, if exclusive { Convention::EXCLUSIVE } else { Convention::INCLUSIVE }, draft)
    },
};
