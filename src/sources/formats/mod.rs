//! The list of formats, most particular first: detection takes the first that recognises.

mod anthropic_costs;
mod anthropic_messages;
mod anthropic_usage;
mod azure_diagnostics;
mod azure_gateway;
mod bedrock_converse;
mod bedrock_log;
mod claude_code;
mod claude_code_analytics;
mod cohere;
mod deepseek_costs;
mod deepseek_usage;
mod gemini;
mod langchain;
mod openai_chat;
mod openai_costs;
mod openai_responses;
mod openai_usage;
mod openrouter;
mod openrouter_activity;
mod own;
mod reports;
mod table;

use super::envelope::Envelope;
use super::format::Format;

pub(super) use table::is_other_money;

/// Every format that is known. Order matters: shapes overlap, and the first match wins.
pub static FORMATS: &[&Format] = &[
    &claude_code::CLAUDE_CODE,
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
    &gemini::GEMINI,
    &anthropic_messages::ANTHROPIC_MESSAGES,
    &openai_responses::OPENAI_RESPONSES,
    &openai_chat::OPENAI_CHAT,
    &langchain::LANGCHAIN,
    &own::LLMCOST,
    &table::TABLE,
];

/// Every kind of record that holds others.
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
