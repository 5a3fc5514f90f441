//! The list of formats, most particular first: detection takes the first that recognises.

mod aider;
mod anthropic_messages;
mod claude_code;
mod claude_code_result;
mod cline;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod gemini_cli;
mod kimi_code;
mod openai_chat;
mod openai_responses;
mod opencode;
mod own;
mod pi;
mod qwen_code;
mod table;

use super::format::Format;

pub(super) use table::is_other_money;

/// Every format that is known. Order matters: shapes overlap, and the first match wins.
pub static FORMATS: &[&Format] = &[
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
    // Responses of providers.
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
