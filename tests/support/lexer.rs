//! Rust text → the tokens of its production code: no comments, no texts, no test modules.
//!
//! Not a compiler: just enough to know which names a file uses, and on which line.

use std::ops::Range;

/// What stands where a string or character literal stood.
pub(crate) const TEXT: &str = "\"\"";

/// The words that begin an item which may be marked `#[cfg(test)]`, after its visibility.
const ITEM_WORDS: [&str; 14] = [
    "mod",
    "fn",
    "use",
    "impl",
    "struct",
    "enum",
    "trait",
    "const",
    "static",
    "type",
    "async",
    "unsafe",
    "extern",
    "macro_rules",
];

/// A word, a number, `::`, or one other sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The token as written; [`TEXT`] for any literal text.
    pub(crate) text: String,
    /// What stands between the quotes of a literal text, escapes as written.
    pub(crate) literal: String,
    /// Its line, from 1.
    pub(crate) line: usize,
}

impl Token {
    /// Whether this is a name or a keyword.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }

    /// Whether this is a number with a fraction, an exponent, or the suffix of a float.
    pub(crate) fn is_float(&self) -> bool {
        let digits = |sign: char| sign.is_ascii_digit() || sign == '_';
        let rest = self.text.trim_start_matches(digits);
        self.text.starts_with(|first: char| first.is_ascii_digit())
            && (rest.starts_with(['.', 'e', 'E']) || rest == "f64" || rest == "f32")
    }
}

/// The production code of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Production {
    /// Its tokens, without the items marked `#[cfg(test)]`.
    pub(crate) tokens: Vec<Token>,
    /// The names of modules marked `#[cfg(test)]` that live in files of their own.
    pub(crate) test_modules: Vec<String>,
    /// The files of such modules, beside this one, where a `#[path]` names them.
    pub(crate) test_files: Vec<String>,
}

/// Reads a file.
pub(crate) fn production(text: &str) -> Production {
    let tokens = Lexer { signs: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() }.run();
    if starts(&tokens, 0, &["#", "!", "[", "cfg", "(", "test", ")", "]"]) {
        return Production::default();
    }
    let mut result = Production::default();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(item) = test_item(&tokens, at) {
            note_test_module(&tokens[item.clone()], &mut result);
            at = item.end;
        } else {
            result.tokens.push(tokens[at].clone());
            at += 1;
        }
    }
    result
}

/// Notes the file of a test module, if the item is a module in a file of its own.
fn note_test_module(item: &[Token], result: &mut Production) {
    if item.last().is_none_or(|token| token.text != ";") {
        return;
    }
    let places = 0..item.len();
    let path = places.clone().find(|at| starts(item, *at, &["[", "path", "=", TEXT, "]"]));
    let name = places.clone().find(|at| starts(item, *at, &["mod"]));
    match (path, name) {
        (Some(path), Some(_)) => result.test_files.push(item[path + 3].literal.clone()),
        (None, Some(name)) => result.test_modules.push(item[name + 1].text.clone()),
        _ => {}
    }
}

/// Whether these texts stand at `at`.
pub(crate) fn starts(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    texts
        .iter()
        .enumerate()
        .all(|(offset, text)| tokens.get(at + offset).is_some_and(|token| token.text == *text))
}

/// The extent of the item marked `#[cfg(test)]` at `at`, if one is.
fn test_item(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    if !starts(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
        return None;
    }
    let mut word = at;
    while starts(tokens, word, &["#", "["]) {
        word = closing(tokens, word + 1) + 1;
    }
    if starts(tokens, word, &["pub"]) {
        word += 1;
        if starts(tokens, word, &["("]) {
            word = closing(tokens, word) + 1;
        }
    }
    // A field or an arm has no such end; it is read as production code, which is the safe side.
    let kind = tokens.get(word).map(|token| token.text.as_str())?;
    ITEM_WORDS.contains(&kind).then(|| at..end_of_item(tokens, word))
}

/// The place after an item: after its semicolon, or after its block.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let has_value = ["use", "const", "static", "type"].contains(&tokens[start].text.as_str());
    let mut at = start;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" => return at + 1,
            "{" if !has_value => return closing(tokens, at) + 1,
            "(" | "[" | "{" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    at
}

/// The place of the bracket that closes the one at `open`; the last token when none does.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

struct Lexer {
    signs: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn run(mut self) -> Vec<Token> {
        while let Some(sign) = self.sign(0) {
            match sign {
                '/' if self.sign(1) == Some('/') => self.skip_line(),
                '/' if self.sign(1) == Some('*') => self.skip_comment(),
                '"' => self.text(),
                '\'' => self.character_or_lifetime(),
                ':' if self.sign(1) == Some(':') => self.push(2),
                _ if sign.is_whitespace() => self.step(),
                _ if sign.is_ascii_digit() => self.number(),
                _ if sign.is_alphanumeric() || sign == '_' => self.word(),
                _ => self.push(1),
            }
        }
        self.tokens
    }

    fn sign(&self, ahead: usize) -> Option<char> {
        self.signs.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        if self.sign(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn push(&mut self, length: usize) {
        let text = self.signs[self.at..self.at + length].iter().collect();
        self.tokens.push(Token { text, literal: String::new(), line: self.line });
        self.at += length;
    }

    /// Pushes a literal whose content began at `start` and whose end has just been read.
    fn push_text(&mut self, line: usize, start: usize) {
        let end = self.at.min(self.signs.len()).saturating_sub(1).max(start);
        let literal = self.signs[start..end].iter().collect();
        self.tokens.push(Token { text: TEXT.to_owned(), literal, line });
    }

    fn skip_line(&mut self) {
        while self.sign(0).is_some_and(|sign| sign != '\n') {
            self.at += 1;
        }
    }

    /// Block comments nest.
    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(sign) = self.sign(0) {
            match (sign, self.sign(1)) {
                ('/', Some('*')) => (depth, self.at) = (depth + 1, self.at + 2),
                ('*', Some('/')) => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.step(),
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn text(&mut self) {
        let line = self.line;
        self.step();
        let start = self.at;
        while let Some(sign) = self.sign(0) {
            self.step();
            match sign {
                '\\' => self.step(),
                '"' => break,
                _ => {}
            }
        }
        self.push_text(line, start);
    }

    /// The opening quote is `hashes` signs ahead.
    fn raw_text(&mut self, hashes: usize) {
        let line = self.line;
        self.at += hashes + 1;
        let start = self.at;
        while let Some(sign) = self.sign(0) {
            self.step();
            if sign == '"' && (0..hashes).all(|ahead| self.sign(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
        }
        self.push_text(line, start);
    }

    fn character_or_lifetime(&mut self) {
        let line = self.line;
        self.at += 1;
        let start = self.at;
        if self.sign(0) != Some('\\') && self.sign(1) != Some('\'') {
            while self.sign(0).is_some_and(|sign| sign.is_alphanumeric() || sign == '_') {
                self.at += 1;
            }
            return;
        }
        while let Some(sign) = self.sign(0) {
            self.step();
            match sign {
                '\\' => self.step(),
                '\'' => break,
                _ => {}
            }
        }
        self.push_text(line, start);
    }

    fn number(&mut self) {
        // In `pair.0.1` the digits are fields, not a fraction.
        let is_field = self.tokens.last().is_some_and(|token| token.text == ".");
        let mut length = self.run_of_word_signs(0);
        let next = self.sign(length + 1);
        let ends = next.is_none_or(|sign| !sign.is_alphabetic() && sign != '_' && sign != '.');
        if !is_field && self.sign(length) == Some('.') && ends {
            length += 1;
            length += self.run_of_word_signs(length);
        }
        self.push(length);
    }

    fn word(&mut self) {
        let length = self.run_of_word_signs(0);
        let word: String = self.signs[self.at..self.at + length].iter().collect();
        let may_prefix = ["r", "b", "c", "br", "cr"].contains(&word.as_str());
        let is_raw = word.ends_with('r');
        let rest = self.signs[self.at + length..].iter();
        let hashes = rest.take_while(|sign| **sign == '#').count();
        match self.sign(length + hashes) {
            Some('"') if may_prefix && is_raw => {
                self.at += length;
                self.raw_text(hashes);
            }
            Some('"') if may_prefix && hashes == 0 => {
                self.at += length;
                self.text();
            }
            Some('\'') if word == "b" && hashes == 0 => self.at += length,
            Some(_) if word == "r" && hashes == 1 => self.at += 2,
            _ => self.push(length),
        }
    }

    fn run_of_word_signs(&self, ahead: usize) -> usize {
        let rest = self.signs[self.at + ahead..].iter();
        rest.take_while(|sign| sign.is_alphanumeric() || **sign == '_').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let tokens = production(text).tokens;
        let texts: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, expected, "{text}");
    }

    #[test]
    fn comments_and_texts_hide_nothing_behind_them() {
        check("a // b\nc", &["a", "c"]);
        check("a /* b /* c */ d */ e", &["a", "e"]);
        check(r#"a("b \" c") d"#, &["a", "(", TEXT, ")", "d"]);
        check("r#\"a \" b\"# c", &[TEXT, "c"]);
        check("br##\"a\"# b\"## c", &[TEXT, "c"]);
        check("b\"a\" c\"b\" d", &[TEXT, TEXT, "d"]);
        check("\"// no comment\" a", &[TEXT, "a"]);
        check("\"\\\\\" a", &[TEXT, "a"]);
    }

    #[test]
    fn characters_are_not_lifetimes() {
        check("'a' b", &[TEXT, "b"]);
        check("'\"' b '\"'", &[TEXT, "b", TEXT]);
        check(r"'\'' b", &[TEXT, "b"]);
        check("b'\\n' c", &[TEXT, "c"]);
        check("&'a str", &["&", "str"]);
        check("<'a, 'b>", &["<", ",", ">"]);
        check("r#type::a", &["type", "::", "a"]);
    }

    #[test]
    fn tokens_know_their_line() {
        let lines: Vec<_> = production("a\n/* x\ny */ b \"p\nq\"\nc")
            .tokens
            .iter()
            .map(|token| (token.text.clone(), token.line))
            .collect();
        let expected = [("a", 1), ("b", 3), (TEXT, 3), ("c", 5)];
        assert_eq!(lines, expected.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn test_code_is_left_out_and_what_follows_is_not() {
        check("a; #[cfg(test)] mod tests { use b::{c}; fn d() { {} } } e", &["a", ";", "e"]);
        check("#[cfg(test)] use a::{b, c}; d", &["d"]);
        check("#[cfg(test)] #[rustfmt::skip] pub(crate) fn a() -> u8 { 1 } b", &["b"]);
        check("#[cfg(test)] const A: [u8; 2] = [1, 2]; b", &["b"]);
        check("#![cfg(test)] a", &[]);
        check(
            "#[cfg(not(test))] a",
            &["#", "[", "cfg", "(", "not", "(", "test", ")", ")", "]", "a"],
        );
        let code = production("#[cfg(test)] mod cases; mod lines;");
        assert_eq!((code.test_modules, code.tokens.len()), (vec!["cases".to_owned()], 3));
        let code = production("#[cfg(test)] #[path = \"a_tests.rs\"] mod tests; mod lines;");
        assert_eq!((code.test_files, code.tokens.len()), (vec!["a_tests.rs".to_owned()], 3));
        assert_eq!(code.test_modules, Vec::<String>::new());
    }

    #[test]
    fn floats_are_told_from_integers_fields_and_ranges() {
        let floats = |text: &str| production(text).tokens.iter().filter(|t| t.is_float()).count();
        assert_eq!(floats("0.5 1e9 2.5e-3 1_000.25 3f64 4. + 1"), 6);
        assert_eq!(floats("1 0..5 pair.0.1 0xfe 1usize 1_000 2.max(3) 7_u64"), 0);
    }
}
