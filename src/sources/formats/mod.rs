//! The list of formats, most particular first: detection takes the first that recognises.

mod aider;
mod anthropic_costs;
mod anthropic_messages;
mod anthropic_usage;
mod azure_diagnostics;
mod azure_gateway;
mod azure_trace;
mod bedrock_converse;
mod bedrock_log;
mod braintrust;
mod burstgpt;
mod claude_code;
mod claude_code_analytics;
mod claude_code_result;
mod claude_trace;
mod cline;
mod codex;
mod cohere;
mod copilot;
mod cursor;
mod deepseek_costs;
mod deepseek_usage;
mod focus;
mod gemini;
mod gemini_cli;
mod helicone;
mod kimi_code;
mod kv_cache_tester;
mod langchain;
mod langfuse;
mod langsmith;
mod litellm;
mod mooncake;
mod needs;
mod ollama;
mod openai_chat;
mod openai_costs;
mod openai_responses;
mod openai_usage;
mod opencode;
mod openrouter;
mod openrouter_activity;
mod otel;
mod otel_fields;
mod otel_unfold;
mod own;
mod pi;
mod portkey;
mod qwen_bailian;
mod qwen_code;
mod reports;
mod rollup;
mod sglang;
mod simonw_llm;
mod table;

use super::envelope::Envelope;
use super::format::Format;

pub(super) use needs::{first_that_may_recognise, may_be_envelope};
pub(super) use own::is_signed;
pub(super) use table::{counts_inside_input, is_other_money, usual_field};

/// Every format that is known. Order matters: shapes overlap, and the first match wins. What the first
/// ones recognise is also told in `needs.rs`.
pub static FORMATS: &[&Format] = &[
    // Its columns begin like those of llmcost's own records.
    &rollup::ROLLUP,
    // Coding agents.
    &qwen_code::QWEN_CODE,
    &claude_code::CLAUDE_CODE,
    &claude_code_result::CLAUDE_CODE_RESULT,
    &codex::CODEX,
    &codex::CODEX_EXEC,
    &gemini_cli::GEMINI_CLI,
    &opencode::OPENCODE,
    &cursor::CURSOR,
    &cursor::CURSOR_EVENTS,
    &copilot::COPILOT,
    &copilot::COPILOT_BILLING,
    &aider::AIDER,
    &cline::CLINE,
    &pi::PI,
    &kimi_code::KIMI_CODE,
    // Gateways, telemetry and traces.
    &langfuse::LANGFUSE,
    &langsmith::LANGSMITH,
    &litellm::LITELLM,
    &helicone::HELICONE,
    &portkey::PORTKEY,
    &braintrust::BRAINTRUST,
    &otel::OTEL,
    &simonw_llm::SIMONW_LLM,
    &claude_trace::CLAUDE_TRACE,
    &sglang::SGLANG,
    &ollama::OLLAMA,
    &mooncake::MOONCAKE,
    &qwen_bailian::QWEN_BAILIAN,
    &kv_cache_tester::KV_CACHE_TESTER,
    &azure_trace::AZURE_TRACE,
    &burstgpt::BURSTGPT,
    &focus::FOCUS,
    // Exports of providers.
    &openai_costs::OPENAI_COSTS,
    &openai_usage::OPENAI_USAGE,
    &anthropic_costs::ANTHROPIC_COSTS,
    &anthropic_usage::ANTHROPIC_USAGE,
    &claude_code_analytics::CLAUDE_CODE_ANALYTICS,
    &deepseek_costs::DEEPSEEK_COSTS,
    &deepseek_usage::DEEPSEEK_USAGE,
    &openrouter_activity::OPENROUTER_ACTIVITY,
    &openrouter::OPENROUTER,
    &bedrock_log::BEDROCK_LOG,
    &azure_gateway::AZURE_GATEWAY,
    &azure_diagnostics::AZURE_DIAGNOSTICS,
    &bedrock_converse::BEDROCK_CONVERSE,
    &cohere::COHERE,
    // Responses of providers.
    &gemini::GEMINI,
    &anthropic_messages::ANTHROPIC_MESSAGES,
    &openai_responses::OPENAI_RESPONSES,
    &openai_chat::OPENAI_CHAT,
    &langchain::LANGCHAIN,
    &own::LLMCOST,
    &table::TABLE,
];

/// Every kind of record that holds others; the keys of each are also told in [`needs`].
pub(super) static ENVELOPES: &[&Envelope] = &[
    &openai_costs::OPENAI_COSTS_PAGE,
    &openai_usage::OPENAI_USAGE_PAGE,
    &anthropic_costs::ANTHROPIC_COSTS_PAGE,
    &anthropic_usage::ANTHROPIC_USAGE_PAGE,
    &claude_code_analytics::CLAUDE_CODE_ANALYTICS_PAGE,
    &openrouter_activity::OPENROUTER_ACTIVITY_PAGE,
    &bedrock_log::BEDROCK_EVENTS,
    &azure_gateway::AZURE_GATEWAY_RECORD,
];

/// llmcost's own format, which also stands in for what only `--map` explains.
pub(super) static OWN: &Format = &own::LLMCOST;

/// The format of a name.
pub fn find_format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name).copied()
}
