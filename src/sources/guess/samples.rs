//! What of a value may be shown: numbers, times and short names, never text of a prompt.

use crate::usage::Instant;

use super::names::Name;
use super::survey::{Cell, Column};

/// Names of columns whose texts are nobody's business, however short.
const PRIVATE: &[&str] = &[
    "prompt",
    "prompts",
    "content",
    "contents",
    "message",
    "messages",
    "msg",
    "text",
    "texts",
    "input",
    "inputs",
    "output",
    "outputs",
    "query",
    "question",
    "q",
    "answer",
    "response",
    "reply",
    "result",
    "results",
    "stdout",
    "stderr",
    "thinking",
    "transcript",
    "arguments",
    "completion",
    "body",
    "system",
    "instruction",
    "instructions",
    "note",
    "notes",
    "comment",
    "title",
    "subject",
    "description",
    "summary",
    "say",
    "chat",
    "utterance",
    "key",
    "token",
    "secret",
    "password",
    "auth",
    "authorization",
    "email",
    "mail",
    "error",
    "search",
    "name",
];

/// A longer text is no name that helps to know a column.
const TAKEN_MAX: usize = 64;
const OTHER_MAX: usize = 24;

/// What the values of a column are, in a word.
pub(super) fn kind(column: &Column, is_time: bool) -> &'static str {
    if column.present().next().is_none() {
        "nothing"
    } else if is_time {
        "time"
    } else if column.is_counts() {
        "whole number"
    } else if column.all(|cell| matches!(cell, Cell::Number(_))) {
        "number"
    } else if column.all(|cell| matches!(cell, Cell::Truth(_))) {
        "true or false"
    } else if column.all(|cell| matches!(cell, Cell::List(_))) {
        "list"
    } else if column.all(|cell| matches!(cell, Cell::Text(_))) {
        "text"
    } else {
        "mixed"
    }
}

/// The first value, or how long it is. `taken` says that the column is a known field.
pub(super) fn sample(column: &Column, taken: bool) -> String {
    match column.present().next() {
        None | Some(Cell::Absent) => String::new(),
        Some(Cell::Truth(truth)) => truth.to_string(),
        Some(Cell::List(1)) => "1 element".to_owned(),
        Some(Cell::List(length)) => format!("{} elements", grouped(*length)),
        Some(Cell::Number(text)) if text.len() <= OTHER_MAX => text.clone(),
        Some(Cell::Text(text)) if may_be_shown(column, taken) => text.clone(),
        Some(Cell::Text(text) | Cell::Number(text)) => {
            let letters = text.chars().count();
            let noun = if letters == 1 { "character" } else { "characters" };
            format!("text, {} {noun}", grouped(letters))
        }
    }
}

fn may_be_shown(column: &Column, taken: bool) -> bool {
    let name = Name::of(&column.path);
    if column.all(|cell| matches!(cell, Cell::Text(text) if Instant::parse(text).is_ok())) {
        return true;
    }
    let longest = if taken { TAKEN_MAX } else { OTHER_MAX };
    if !column.all(|cell| matches!(cell, Cell::Text(text) if is_identifier(text, longest))) {
        return false;
    }
    taken || name.says_somewhere(PRIVATE).is_none() && repeats(column)
}

/// Names of teams and products come again; what people write does not.
fn repeats(column: &Column) -> bool {
    let mut texts: Vec<&str> = column.texts().collect();
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    count >= 4 && 2 * texts.len() <= count
}

fn is_identifier(text: &str, longest: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@+".contains(&byte);
    // Keys of providers begin like this.
    text.len() <= longest && !text.starts_with("sk-") && text.bytes().all(plain)
}

/// `1,204`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, values: &[&str], taken: bool, expected: &str) {
        let cells = values.iter().map(|value| Cell::Text((*value).to_owned())).collect();
        let column = Column { path: path.to_owned(), cells };
        assert_eq!(sample(&column, taken), expected, "{path}");
    }

    #[test]
    fn only_short_names_are_shown() {
        check("model", &["gpt-4o"], true, "gpt-4o");
        check("team", &["search", "chat", "search", "chat"], false, "search");
        check("team", &["search", "chat", "ads", "mail"], false, "text, 6 characters");
        check("prompt", &["hello", "hello", "hello", "hello"], false, "text, 5 characters");
        check("body.value", &["hello", "hello", "hello", "hello"], false, "text, 5 characters");
        check("model", &["what is the answer?"], true, "text, 19 characters");
        check("owner", &["sk-1", "sk-1", "sk-1", "sk-1"], false, "text, 4 characters");
        check("when", &["2026-10-01 10:00:00"], false, "2026-10-01 10:00:00");
        check("note", &[&"x ".repeat(602)], false, "text, 1,204 characters");
    }
}
