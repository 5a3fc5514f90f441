//! A request as hashes of blocks of its text: tools, then instructions, then messages.
//!
//! Blocks end every so many characters, and where a tool, a message or a part of one ends. So two
//! requests have the same blocks as far as their text is the same. What says where a cache is to be
//! written is no part of the text.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::usage::push_text_block;

use super::prompts::text_of;

/// The length of a block in characters: about 64 tokens of prose.
const BLOCK_CHARACTERS: usize = 256;

/// A picture, a sound or a file counts like so many characters (about a thousand tokens): its data
/// says nothing about its tokens.
const MEDIA_CHARACTERS: u64 = 4_000;

/// Texts longer than this in one place that is no text are data.
const DATA_CHARACTERS: usize = 1_000;

/// The keys of requests in which there are tools, instructions and messages.
const TOOLS: [&str; 3] = ["tools", "toolConfig", "functions"];
const SYSTEM: [&str; 4] = ["system", "instructions", "system_instruction", "systemInstruction"];
const MESSAGES: [&str; 5] = ["messages", "contents", "input", "inputs", "prompt"];

/// The blocks of a request as a dimension takes them; empty when it holds no text.
pub(super) fn text_blocks(tools: &str, system: &str, prompt: &str) -> String {
    let mut blocks = Blocks::default();
    blocks.list(&read(tools));
    blocks.list(&read(system));
    match read(prompt) {
        Value::Object(request) => {
            for key in TOOLS.into_iter().chain(SYSTEM).chain(MESSAGES) {
                request.get(key).into_iter().for_each(|value| blocks.list(value));
            }
        }
        messages => blocks.list(&messages),
    }
    blocks.list
}

/// A JSON list or object as such, anything else as the text it is.
fn read(text: &str) -> Value {
    let is_json = text.trim_start().starts_with(['[', '{']);
    let value = is_json.then(|| serde_json::from_str(text).ok()).flatten();
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[derive(Default)]
struct Blocks {
    list: String,
}

impl Blocks {
    /// The tools, the instructions or the messages.
    fn list(&mut self, value: &Value) {
        match value {
            Value::Array(elements) => elements.iter().for_each(|element| self.element(element)),
            other => self.element(other),
        }
    }

    /// A message, a tool or a part of the instructions.
    fn element(&mut self, element: &Value) {
        let Value::Object(members) = element else {
            return self.part(element);
        };
        let mut rest = members.clone();
        let role = rest.remove("role");
        let content = ["content", "parts"].map(|key| rest.remove(key));
        let name = role.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mut content = content.into_iter().flatten();
        let Some(first) = content.next() else {
            return self.part(element);
        };
        if !name.is_empty() {
            // The role is a token or two; it keeps what the user and the model said apart.
            self.hash(name, 4);
        }
        match &first {
            Value::Array(parts) => parts.iter().for_each(|part| self.part(part)),
            other => self.part(other),
        }
        for key in ["cache_control", "cachePoint", "type", "id", "status"] {
            rest.remove(key);
        }
        rest.retain(|_, value| !value.is_null());
        if !rest.is_empty() {
            self.part(&Value::Object(rest));
        }
    }

    /// A text, or something else as the JSON it is.
    fn part(&mut self, part: &Value) {
        if let Some(text) = text_of(part) {
            return self.text(text);
        }
        let mut part = part.clone();
        let media = strip(&mut part);
        if part.is_null() {
            return;
        }
        self.text(&part.to_string());
        for data in media {
            self.hash(&data, MEDIA_CHARACTERS);
        }
    }

    /// Text up to its end, in blocks.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.char_indices().nth(BLOCK_CHARACTERS).map_or(rest.len(), |(end, _)| end);
            let (block, after) = rest.split_at(end);
            let characters =
                if after.is_empty() { block.chars().count() } else { BLOCK_CHARACTERS };
            self.hash(block, characters as u64);
            rest = after;
        }
    }

    fn hash(&mut self, block: &str, characters: u64) {
        let digest = Sha256::digest(block);
        let hash = digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        push_text_block(&mut self.list, hash, characters);
    }
}

/// Takes marks of caches and data out of JSON; returns the data.
fn strip(value: &mut Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Object(members) => {
            members.remove("cache_control");
            let is_media = |key: &str| matches!(key, "data" | "url" | "image_url" | "file_data");
            for (key, member) in members {
                match member {
                    Value::String(text) if is_media(key) && text.len() > DATA_CHARACTERS => {
                        found.push(std::mem::take(text));
                    }
                    other => found.extend(strip(other)),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|it| found.extend(strip(it))),
        _ => {}
    }
    found
}

#[cfg(test)]
#[path = "text_blocks_tests.rs"]
mod tests;
