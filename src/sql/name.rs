//! Names of tables and columns as users type them, taken apart so that they can be quoted.

use std::fmt;

/// A name of one or several parts: `calls`, `billing.calls`, `project.dataset.calls`.
///
/// A point divides parts. A part that begins with a quote (`"`, `` ` `` or `[`) goes on to the one
/// that closes it, so that a name may have points: `public."llm.calls"`. Anything else is taken as it
/// stands, whatever it looks like; quoting is the dialect's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Vec<Part>);

/// One part of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) text: String,
    /// Whether the user quoted it: then its letters are as they are.
    pub(super) is_exact: bool,
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// A part has no letters.
    Empty,
    /// A quote is not closed, or closed before the part ends.
    Unclosed,
    /// A character that no name has and that could hide what a query does.
    Invisible(char),
    /// More parts than names of that kind have in the dialect; how many those may have.
    TooManyParts(usize),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a part of it is empty"),
            Self::Unclosed => f.write_str("a quoted part of it does not end with its quote"),
            Self::Invisible(letter) => {
                write!(f, "it has the invisible character U+{:04X}", u32::from(*letter))
            }
            Self::TooManyParts(1) => {
                f.write_str("a point divides it, and it can have one part only")
            }
            Self::TooManyParts(most) => write!(f, "it has more than {most} parts"),
        }
    }
}

impl std::error::Error for NameError {}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    /// When a part is empty, a quote is left open or a character cannot be seen.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if let Some(letter) = text.chars().find(|letter| is_invisible(*letter)) {
            return Err(NameError::Invisible(letter));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let (part, after) = first_part(rest)?;
            if part.text.trim().is_empty() {
                return Err(NameError::Empty);
            }
            parts.push(part);
            match after.strip_prefix('.') {
                Some(next) => rest = next,
                None => return Ok(Self(parts)),
            }
        }
    }

    /// Whether its last part is this, in letters of any case.
    pub(super) fn ends_with(&self, text: &str) -> bool {
        self.0.last().is_some_and(|part| part.text.eq_ignore_ascii_case(text))
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }
}

/// The part at the start of a text, and what is after it: nothing, or a point and more.
fn first_part(text: &str) -> Result<(Part, &str), NameError> {
    let close = match text.chars().next() {
        Some('"') => '"',
        Some('`') => '`',
        Some('[') => ']',
        _ => {
            let (part, _) = text.split_once('.').unwrap_or((text, ""));
            let plain = Part { text: part.to_owned(), is_exact: false };
            return Ok((plain, &text[part.len()..]));
        }
    };
    let mut inner = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != close {
            inner.push(letter);
        } else if letters.next_if(|(_, next)| *next == close).is_some() {
            inner.push(close);
        } else {
            let after = &text[at + close.len_utf8()..];
            let is_end = after.is_empty() || after.starts_with('.');
            let part = Part { text: inner, is_exact: true };
            return if is_end { Ok((part, after)) } else { Err(NameError::Unclosed) };
        }
    }
    Err(NameError::Unclosed)
}

/// Characters that end a comment, or that an editor does not show: no table is named so, and a query
/// must be what it looks like.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{00AD}' | '\u{061C}' | '\u{FEFF}')
        || ('\u{200B}'..='\u{200F}').contains(&letter)
        || ('\u{2028}'..='\u{202E}').contains(&letter)
        || ('\u{2060}'..='\u{206F}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[&str], NameError>) {
        let name = Name::parse(text);
        let parts = name.map(|name| name.0.into_iter().map(|part| part.text).collect::<Vec<_>>());
        let expected = expected.map(|parts| parts.iter().map(|part| (*part).to_owned()).collect());
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn points_divide_a_name_unless_it_is_quoted() {
        check("calls", Ok(&["calls"]));
        check("my-project.billing.calls", Ok(&["my-project", "billing", "calls"]));
        check("public.\"llm.calls\"", Ok(&["public", "llm.calls"]));
        check("[a.b].`c.d`", Ok(&["a.b", "c.d"]));
        check("\"a\"\"b\"", Ok(&["a\"b"]));
        check("a\"b", Ok(&["a\"b"]));
        check("x; drop table y", Ok(&["x; drop table y"]));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "a.", ".a", "a..b", "\"\"", " "] {
            check(text, Err(NameError::Empty));
        }
        for text in ["\"a", "\"a\"b", "[a", "`a.b"] {
            check(text, Err(NameError::Unclosed));
        }
        check("a\nb", Err(NameError::Invisible('\n')));
        check("a\u{202e}b", Err(NameError::Invisible('\u{202e}')));
    }
}
