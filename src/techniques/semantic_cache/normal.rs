//! Texts as one writes them when spelling does not matter.

/// The text in lower case, with full-width letters as plain ones, and each run of spaces and
/// punctuation as one space. Symbols that carry meaning (`+`, `#`, `%`, `$`, `/`) stay. Composed
/// and decomposed accents stay apart: there is no table of them here.
pub(super) fn normalized(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().map(narrow) {
        if is_between_words(letter) {
            if !plain.is_empty() && !plain.ends_with(' ') {
                plain.push(' ');
            }
        } else {
            plain.extend(letter.to_lowercase());
        }
    }
    plain.truncate(plain.trim_end().len());
    // Nothing but punctuation: then that is what was asked.
    if plain.is_empty() { text.trim().to_owned() } else { plain }
}

/// A full-width form as the plain one.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(letter) - 0xfee0).expect("it is one of ASCII")
        }
        '\u{2019}' => '\'',
        other => other,
    }
}

fn is_between_words(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '`' | '-' | '_')
        || matches!(letter, '(' | ')' | '[' | ']' | '{' | '}' | '¿' | '¡' | '«' | '»' | '…')
        || matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' | '\u{3001}' | '\u{3002}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(normalized(text), expected, "{text}");
    }

    #[test]
    fn spelling_goes_and_meaning_stays() {
        check("  How do I   reset, my PASSWORD?! ", "how do i reset my password");
        check("Ｈello　world", "hello world");
        check("C++ or C#?", "c++ or c#");
        check("can\u{2019}t", "can t");
        check("Straße — ÄRGER", "straße ärger");
        check(" ??? ", "???");
    }
}
