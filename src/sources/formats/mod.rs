//! The list of formats, most particular first: detection takes the first that recognises.

mod anthropic_messages;
mod claude_code;
mod gemini;
mod openai_chat;
mod openai_responses;
mod own;
mod table;

use super::format::Format;

pub(super) use own::is_signed;
pub(super) use table::is_other_money;

/// Every format that is known. Order matters: shapes overlap, and the first match wins.
pub static FORMATS: &[&Format] = &[
    &claude_code::CLAUDE_CODE,
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
