//! Values of a record in messages: a word or a number as it is, and of anything else how long it is. A
//! column that was named by mistake, or one that is used for something else, may hold prompts or keys.

use std::borrow::Cow;

/// A word without digits is no longer, nor a number or a time, of which digits are a third.
const LETTERS_MAX: usize = 40;

/// Whatever it is: no key is so short.
const SHORT: usize = 12;

/// What may stand in a message for a value.
pub(super) fn quoted(value: &str) -> Cow<'_, str> {
    let letters = value.chars().count();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let is_word = letters <= LETTERS_MAX && digits == 0 && !value.contains(char::is_whitespace);
    let is_number = letters <= LETTERS_MAX && digits * 3 >= letters;
    let is_short = letters <= SHORT;
    if is_word || is_number || is_short {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("(a text of {letters} letters)"))
}

/// What a parser says of a value, without the value where that is no word or number: it quotes texts
/// whole.
pub(super) fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let Some(sign) = text.find(['"', '`']) else { return text };
    let mark = if text[sign..].starts_with('"') { '"' } else { '`' };
    let Some(end) = text.rfind(mark).filter(|end| *end > sign) else { return text };
    let inside = &text[sign + 1..end];
    match quoted(inside) {
        Cow::Borrowed(_) => text,
        Cow::Owned(length) => format!("{}{length}{}", &text[..sign], &text[end + 1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_times_are_quoted() {
        for value in [
            "n/a",
            "code_interpreter_sessions",
            "12.5",
            "1 234,50",
            "2026-10-05T10:00:00.123456+02:00",
        ] {
            assert_eq!(quoted(value), value);
        }
        assert_eq!(quoted("Mon Nov 23 08:14:08 UTC 2026"), "Mon Nov 23 08:14:08 UTC 2026");
    }

    #[test]
    fn sentences_and_keys_are_not() {
        assert_eq!(quoted("my password is hunter2"), "(a text of 22 letters)");
        assert_eq!(quoted("sk-Ab3xQ9w2Er45Ty67UiPa"), "(a text of 23 letters)");
        let prompt = "\"what did \\\"anna\\\" say about the merger?\"";
        let error = serde_json::from_str::<u64>(prompt).expect_err("no number");
        let shown = told(&error);
        assert!(shown.starts_with("invalid type: string (a text of"), "{shown}");
        assert!(!shown.contains("anna") && shown.contains("expected u64"), "{shown}");
        let error = serde_json::from_str::<u64>("\"n/a\"").expect_err("no number");
        assert!(told(&error).contains("\"n/a\""));
    }
}
