//! The words that a column or path is made of.

/// A column or path, taken apart.
#[derive(Debug)]
pub(super) struct Name {
    /// The last key without case and separators.
    pub(super) plain: String,
    /// The words of the last key.
    pub(super) last: Vec<String>,
    /// The words of the key around it.
    pub(super) parent: Vec<String>,
    /// All words, those of the last key first, then those around it from the inside out.
    pub(super) all: Vec<String>,
}

/// Words for tokens.
pub(super) const TOKENS: &[&str] = &["tokens", "token", "toks", "tok", "tkns", "tkn"];

/// Words for a sum.
pub(super) const TOTAL: &[&str] =
    &["total", "totals", "tot", "sum", "summe", "overall", "gesamt", "insgesamt", "all"];

/// Words for thousands and for millions.
const THOUSANDS: &[&str] = &["kilo", "k", "thousand", "thousands", "tausend", "tsd"];
const MILLIONS: &[&str] = &["mega", "million", "millions", "millionen", "mio"];

/// Words for a sum over a record and those before it.
const RUNNING: &[&str] = &[
    "cumulative",
    "cumulated",
    "cum",
    "running",
    "accumulated",
    "kumuliert",
    "kumulierte",
    "kumulativ",
    "laufend",
];

/// Signs of money, which are words by themselves.
const SIGNS: &[char] = &['¢', '$', '€', '£', '¥'];

/// Words for a part that is counted in another column too.
const OF_WHICH: &[&str] = &["davon", "darunter", "thereof", "included", "including", "incl"];

impl Name {
    pub(super) fn of(path: &str) -> Self {
        let mut keys = path.split('.').rev();
        let key = keys.next().unwrap_or_default();
        let last = words(key);
        let parent = keys.next().map(words).unwrap_or_default();
        let all = last.iter().chain(&parent).cloned().chain(keys.flat_map(words)).collect();
        Self { plain: crate::sources::paths::plain(key), last, parent, all }
    }

    /// Whether it is a total and nothing more: `total`, `sum_tokens`.
    pub(super) fn is_bare_total(&self) -> bool {
        let is = |list: &[&str], word: &String| list.contains(&word.as_str());
        self.says(TOTAL).is_some()
            && self.last.iter().all(|word| is(TOTAL, word) || is(TOKENS, word))
    }

    /// Whether it says that it is part of another count: `of_which_cached`.
    pub(super) fn is_of_which(&self) -> bool {
        let pair = |pair: &[String]| pair[0] == "of" && pair[1] == "which";
        self.last.windows(2).any(pair) || self.says(OF_WHICH).is_some()
    }

    /// Why its numbers are not those of each call, one by one.
    pub(super) fn is_not_counted_singly(&self) -> Option<String> {
        let scale = |words, scale| {
            let word = self.says(words)?;
            Some(format!("`{word}`: it counts in {scale}, and no mapping multiplies"))
        };
        scale(THOUSANDS, "thousands").or_else(|| scale(MILLIONS, "millions")).or_else(|| {
            let word = self.says_somewhere(RUNNING)?;
            Some(format!("`{word}`: a running total, not what each call used"))
        })
    }

    /// The first of these words in the last key.
    pub(super) fn says(&self, words: &[&str]) -> Option<&str> {
        self.last.iter().map(String::as_str).find(|word| words.contains(word))
    }

    /// The first of these words in the whole path.
    pub(super) fn says_somewhere(&self, words: &[&str]) -> Option<&str> {
        self.all.iter().map(String::as_str).find(|word| words.contains(word))
    }
}

/// The words of a key: `promptTokens`, `prompt_tokens` and `prompttokens` have the same two.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in key.chars() {
        let ends = !character.is_alphanumeric();
        // The sign of another dollar has letters before it.
        if SIGNS.contains(&character) && !before.is_alphabetic() {
            words.extend([character.to_string(), String::new()]);
        } else if ends || character.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if !ends {
            let word = words.last_mut().expect("one to begin with");
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().flat_map(without_tokens).collect()
}

/// `tokin` as `in` and `tok`.
fn without_tokens(word: String) -> Vec<String> {
    let found = TOKENS.iter().find(|tokens| word.starts_with(**tokens) || word.ends_with(**tokens));
    match found {
        Some(tokens) if word.len() > tokens.len() => {
            let rest = word.strip_prefix(tokens).or_else(|| word.strip_suffix(tokens));
            vec![rest.unwrap_or_default().to_owned(), (*tokens).to_owned()]
        }
        _ => vec![word],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_into_words() {
        for (key, expected) in [
            ("promptTokens", "prompt tokens"),
            ("prompt_tokens", "prompt tokens"),
            ("prompttokens", "prompt tokens"),
            ("tokin", "in tok"),
            ("Cost (USD)", "cost usd"),
            ("Preis [¢]", "preis ¢"),
            ("Cost HK$", "cost hk"),
            ("inputKTokens", "input k tokens"),
            ("tokens", "tokens"),
        ] {
            assert_eq!(words(key).join(" "), expected, "{key}");
        }
        assert_eq!(Name::of("usage.cache.readTokens").all, ["read", "tokens", "cache", "usage"]);
    }
}
