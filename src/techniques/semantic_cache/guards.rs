//! What two questions must share to the letter, however alike they are otherwise.

/// Words that turn a question round, in English and German.
const NEGATIONS: [&str; 17] = [
    "not", "no", "never", "none", "nothing", "without", "cannot", "neither", "nor", "nicht",
    "kein", "keine", "keinen", "nie", "niemals", "ohne", "nichts",
];

/// The numbers, ids, dates, addresses, identifiers of code and negations of a text, each as often
/// as it stands there, as one text: questions may share an answer only where these are equal.
pub(super) fn guard(text: &str) -> String {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(is_around).trim_start_matches('-');
        if word.is_empty() {
            continue;
        }
        if is_negation(word) {
            found.push("not".to_owned());
        } else if word.contains(|letter: char| letter.is_numeric()) || is_address(word) {
            found.push(with_sign(text, word).to_lowercase());
        } else if is_identifier(word) {
            found.push(word.to_owned());
        }
    }
    found.sort_unstable();
    found.join("\n")
}

/// A number is another one with a minus before it.
fn with_sign<'t>(text: &'t str, word: &'t str) -> &'t str {
    let start = word.as_ptr().addr() - text.as_ptr().addr();
    let is_number = word.starts_with(|first: char| first.is_numeric());
    if is_number && text[..start].ends_with('-') {
        return &text[start - 1..start + word.len()];
    }
    word
}

/// Punctuation around words.
fn is_around(letter: char) -> bool {
    matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '`' | '…' | '*')
        || matches!(letter, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '¿' | '¡')
        || matches!(letter, '\u{2018}'..='\u{201f}')
}

fn is_negation(word: &str) -> bool {
    let plain = word.to_lowercase().replace('\u{2019}', "'");
    plain.ends_with("n't") || NEGATIONS.contains(&plain.as_str())
}

/// An address of the web, of mail, or a path.
fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains('@') || word.contains('\\') || word.starts_with("www.")
}

/// `snake_case`, `camelCase`, `a::b`, `file.name`, `call()`; not `e.g.`.
fn is_identifier(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let is_camel = |pair: &[char]| pair[0].is_lowercase() && pair[1].is_uppercase();
    let is_dotted =
        word.split_once('.').is_some_and(|(name, rest)| name.len() > 1 && rest.len() > 1);
    word.contains('_') || word.contains("::") || is_dotted || letters.windows(2).any(is_camel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_same(one: &str, other: &str) {
        assert_eq!(guard(one), guard(other), "{one} / {other}");
    }

    fn check_apart(one: &str, other: &str) {
        assert_ne!(guard(one), guard(other), "{one} / {other}");
    }

    #[test]
    fn what_must_be_equal_is_found() {
        check_same("How do I reset my password?", "How can I reset the password");
        check_same("Orders 12 and 7?", "orders 7, 12!");
        check_apart("Where is order 1234?", "Where is order 1235?");
        check_apart("Is it open on 2026-10-05?", "Is it open on 2026-10-06?");
        check_apart("Is this refundable?", "Is this not refundable?");
        check_apart("I can log in", "I can't log in");
        check_same("I can\u{2019}t log in", "I cannot log in");
        check_apart("Open https://a.example/x", "Open https://a.example/y");
        check_apart("What does read_line do?", "What does read_file do?");
        check_apart("What is parseInt?", "What is parseFloat?");
        check_apart("std::fs or not", "std::io or not");
        check_apart("What is 5 plus 3?", "What is -5 plus 3?");
        check_same("Fruit, e.g. apples", "Fruit, for instance apples");
    }

    #[test]
    fn how_often_counts() {
        check_apart("5 and 5", "5");
    }
}
