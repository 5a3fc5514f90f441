//! The folders in which programs keep their sessions: which of their files are logs.

use std::path::Path;

/// A program's own folder, and where below it the sessions are.
const STORES: &[(&str, &[&str])] = &[
    (".claude", &["projects"]),
    (".codex", &["sessions", "archived_sessions"]),
    (".copilot", &["session-state"]),
    (".gemini", &["tmp"]),
    (".kimi", &["sessions"]),
    (".kimi-code", &["sessions"]),
    (".pi", &["agent/sessions"]),
    (".qwen", &["projects", "tmp"]),
    // What it keeps is in its database; beside that are keys.
    ("io.datasette.llm", &[]),
    ("opencode", &["storage/message"]),
    ("opencode/storage", &["message"]),
];

/// Databases with calls: how their names start and end.
const DATABASES: &[(&str, &str)] = &[("logs", ".db"), ("opencode", ".db")];

/// Files that stand beside a log and are none.
const BESIDE: &[(&str, &[&str])] = &[
    ("chats", &["logs.json"]),
    ("ui_messages.json", &["api_conversation_history.json", "task_metadata.json"]),
    ("wire.jsonl", &["context.jsonl", "state.json"]),
];

/// Where the sessions are below a folder, if it is a program's own.
pub(super) fn sessions_below(folder: &Path) -> Option<&'static [&'static str]> {
    STORES.iter().find(|(store, _)| folder.ends_with(store)).map(|(_, sessions)| *sessions)
}

/// Whether a file is the database of a known program, by its name.
pub(super) fn is_database(name: &str) -> bool {
    DATABASES.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end))
}

/// Whether a file stands beside a log and is none, given what else its folder holds.
pub(super) fn is_beside(name: &str, others: &[String]) -> bool {
    BESIDE
        .iter()
        .any(|(log, beside)| beside.contains(&name) && others.iter().any(|other| other == log))
}
