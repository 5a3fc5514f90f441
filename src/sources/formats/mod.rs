//! The list of formats, most particular first: detection takes the first that recognises.

mod anthropic_messages;
mod azure_trace;
mod braintrust;
mod burstgpt;
mod claude_code;
mod claude_trace;
mod focus;
mod gemini;
mod helicone;
mod kv_cache_tester;
mod langfuse;
mod langsmith;
mod litellm;
mod mooncake;
mod ollama;
mod openai_chat;
mod openai_responses;
mod otel;
mod otel_fields;
mod otel_unfold;
mod own;
mod portkey;
mod sglang;
mod simonw_llm;
mod table;

use super::format::Format;

pub(super) use table::is_other_money;

/// Every format that is known. Order matters: shapes overlap, and the first match wins.
pub static FORMATS: &[&Format] = &[
    &claude_code::CLAUDE_CODE,
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
    &kv_cache_tester::KV_CACHE_TESTER,
    &azure_trace::AZURE_TRACE,
    &burstgpt::BURSTGPT,
    &focus::FOCUS,
    &gemini::GEMINI,
    &anthropic_messages::ANTHROPIC_MESSAGES,
    &openai_responses::OPENAI_RESPONSES,
    &openai_chat::OPENAI_CHAT,
    &own::LLMCOST,
    &table::TABLE,
];

/// llmcost's own format, which also stands in for what only `--map` explains.
pub(super) static OWN: &Format = &own::LLMCOST;

/// The format of a name.
pub fn find_format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name).copied()
}
