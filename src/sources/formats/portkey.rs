//! Portkey logs: its export as JSON lines.
//!
//! Source: the fields of its log export. Which of them there are is chosen at export, so any may
//! be missing; how much was cached is only in the response. Costs are in cents.

use crate::sources::counts::settle;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at};
use crate::units::Usd;

/// Requests through the gateway, one a record.
pub(in crate::sources) static PORTKEY: Format = Format {
    name: "portkey",
    summary: "Portkey log exports (JSON lines)",
    provider: "",
    recognises: |record| {
        let has = |key| at(record, key).is_some();
        has("ai_model") && (has("ai_org") || has("req_units") || has("is_success"))
            || has("req_units") && has("res_units")
    },
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("ai_model") && has("req_units")
    },
    fields: &[
        ("created_at", Field::Time),
        ("ai_org", Field::Provider),
        ("response.model", Field::Model),
        ("ai_model", Field::Model),
        ("ai_model", Field::RequestModel),
        ("prompt_slug", Field::CallType),
        ("response.usage.prompt_tokens", Field::Input),
        ("response.usage.input_tokens", Field::Input),
        ("req_units", Field::Input),
        ("response.usage.prompt_tokens_details.cached_tokens", Field::CacheRead),
        ("response.usage.input_tokens_details.cached_tokens", Field::CacheRead),
        ("response.usage.cache_read_input_tokens", Field::CacheRead),
        ("response.usage.cache_creation_input_tokens", Field::CacheWrite),
        ("response.usage.completion_tokens", Field::Output),
        ("response.usage.output_tokens", Field::Output),
        ("res_units", Field::Output),
        ("response.usage.completion_tokens_details.reasoning_tokens", Field::Reasoning),
        ("response.usage.output_tokens_details.reasoning_tokens", Field::Reasoning),
        ("response.usage.total_tokens", Field::Total),
        ("total_units", Field::Total),
        ("response.usage.cache_read_input_tokens", Field::Foreign),
        ("response.usage.cache_creation_input_tokens", Field::Foreign),
        ("response_status_code", Field::HttpStatus),
        ("is_success", Field::Status),
        ("response_time", Field::LatencyMs),
        ("request.max_tokens", Field::MaxTokens),
        ("cost", Field::CostUsd),
        ("cost_currency", Field::Currency),
        ("id", Field::RequestId),
        ("metadata._session", Field::Conversation),
        ("trace_id", Field::Conversation),
        ("cache_status", Field::RecordType),
        ("request.messages", Field::Prompt),
        ("request.messages", Field::PromptContext),
        ("request.system", Field::SystemPrompt),
        ("request.tools", Field::Tools),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        // `HIT` and `SEMANTIC HIT`: the gateway answered, no model was called.
        let hit = values.text(Field::RecordType).to_ascii_uppercase().ends_with("HIT");
        if hit { Screen::NoCall } else { Screen::Call }
    },
    session: None,
    refine: |values, draft| {
        let dollars = matches!(&*values.text(Field::Currency), "" | "USD");
        let cents = draft.call.logged_cost.filter(|_| dollars);
        draft.call.logged_cost = cents.map(|cents| Usd::from_atto(cents.atto() / 100));
        let exclusive = values.has(Field::Foreign);
        settle(values, if exclusive { Convention::EXCLUSIVE } else { Convention::INCLUSIVE }, draft)
    },
};
