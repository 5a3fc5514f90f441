//! What a plan may ask of a record's text: the question, what stood before it, its vector.
//!
//! A record holds a question as a text, or as the last message of the user in a list of messages.
//! What stood before it (instructions, tools, earlier messages) only has to be told apart, so a
//! hash of it goes on.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::usage::Vector;

use super::field::Field;
use super::text_blocks::text_blocks;
use super::values::Raw;

/// The text of a slot as a dimension takes it.
pub(super) fn told<'a>(values: &impl Raw<'a>, slot: usize) -> Cow<'a, str> {
    if slot == Field::TextBlocks.slot() {
        let [tools, system, prompt] =
            [Field::Tools, Field::SystemPrompt, Field::Prompt].map(|field| values.text(field));
        return Cow::Owned(text_blocks(&tools, &system, &prompt));
    }
    let text = values.text_at(slot);
    if text.is_empty() {
        return text;
    }
    if slot == Field::Prompt.slot() {
        question(&text).map_or(text, Cow::Owned)
    } else if slot == Field::PromptContext.slot() {
        // A text in one place with the question is the question.
        let is_question = values.raw(Field::Prompt.slot()) == values.raw(slot);
        let is_told = !is_question || messages(&text).is_some();
        Cow::Owned(if is_told { context(&text) } else { String::new() })
    } else if [Field::SystemPrompt, Field::Tools].map(Field::slot).contains(&slot) {
        Cow::Owned(context(&text))
    } else if slot == Field::Embedding.slot() {
        // One that is none is as good as missing, and counted by who asks for it.
        Cow::Owned(Vector::parse(&text).map_or(String::new(), |vector| vector.to_text()))
    } else {
        text
    }
}

/// The text of the last message of the user; nothing where the text is no list of messages.
fn question(text: &str) -> Option<String> {
    let messages = messages(text)?;
    let asked = messages.iter().rev().find(|message| is_of_user(message));
    Some(asked.map_or_else(String::new, |message| texts(message).join("\n")))
}

/// A hash of all but the text of the last message of the user.
fn context(text: &str) -> String {
    let digest = match messages(text) {
        Some(mut messages) => {
            forget_question(&mut messages);
            Sha256::digest(Value::Array(messages).to_string())
        }
        None => Sha256::digest(text),
    };
    digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn forget_question(messages: &mut [Value]) {
    if let Some(message) = messages.iter_mut().rev().find(|message| is_of_user(message)) {
        for key in ["content", "parts"] {
            match message.get_mut(key) {
                Some(text @ Value::String(_)) => *text = Value::Null,
                Some(Value::Array(parts)) => parts.retain(|part| text_of(part).is_none()),
                _ => {}
            }
        }
    }
}

fn messages(text: &str) -> Option<Vec<Value>> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let messages: Vec<Value> = serde_json::from_str(text).ok()?;
    messages.iter().any(|message| message.get("role").is_some()).then_some(messages)
}

fn is_of_user(message: &Value) -> bool {
    message.get("role").is_some_and(|role| role == "user") && !texts(message).is_empty()
}

/// The texts of a message, whatever they are wrapped in.
fn texts(message: &Value) -> Vec<&str> {
    let content = message.get("content").or_else(|| message.get("parts"));
    match content {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(parts)) => parts.iter().filter_map(text_of).collect(),
        _ => Vec::new(),
    }
}

/// The text of a part of a message; nothing for images, files and the results of tools.
pub(super) fn text_of(part: &Value) -> Option<&str> {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or("text");
    if !matches!(kind, "text" | "input_text") {
        return None;
    }
    part.as_str().or_else(|| part.get("text").or_else(|| part.get("content"))?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(question(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn the_question_is_the_last_message_of_the_user() {
        check("how are you?", None);
        check(r#"["a","b"]"#, None);
        check(
            r#"[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]"#,
            Some("hi"),
        );
        check(
            r#"[{"role":"user","content":"one"},{"role":"assistant","content":"two"},
                {"role":"user","content":[{"type":"text","text":"three"},{"type":"image"}]}]"#,
            Some("three"),
        );
        check(r#"[{"role":"user","parts":[{"text":"gemini"}]}]"#, Some("gemini"));
        check(r#"[{"role":"user","parts":[{"type":"text","content":"otel"}]}]"#, Some("otel"));
        let result = r#"[{"role":"user","content":"q"},
            {"role":"user","content":[{"type":"tool_result","content":"42"}]}]"#;
        check(result, Some("q"));
    }

    #[test]
    fn only_the_question_leaves_the_context_as_it_is() {
        let of = |system: &str, question: &str, image: &str| {
            context(&format!(
                r#"[{{"role":"system","content":"{system}"}},{{"role":"user","content":
                [{{"type":"text","text":"{question}"}},{{"type":"image","data":"{image}"}}]}}]"#
            ))
        };
        let one = of("be brief", "hi", "x");
        assert_eq!(one, of("be brief", "ho", "x"));
        assert_ne!(one, of("be long", "hi", "x"));
        assert_ne!(one, of("be brief", "hi", "y"));
        assert_eq!(one.len(), 32);
        assert_ne!(context("a system prompt"), context("another one"));
    }
}
