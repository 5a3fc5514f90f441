//! "Did you mean": the known name most like a wrong one.

/// One slip for so many letters is still the same word.
const LETTERS_PER_SLIP: usize = 4;
const SLIPS_MAX: usize = 3;

/// Anything shorter could be anything.
const WORD_MIN: usize = 3;

/// The known name that was probably meant: the one with the fewest slips, if there are few, or
/// else the only one that starts like the wrong name. Case does not matter; the very same name is
/// no suggestion.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wrong.to_lowercase();
    let letters = wanted.chars().count();
    let allowed = (letters / LETTERS_PER_SLIP).clamp(1, SLIPS_MAX);
    let (mut best, mut beginnings) = (None, Vec::new());
    for name in known.into_iter().filter(|name| *name != wrong) {
        let lower = name.to_lowercase();
        let slips = strsim::damerau_levenshtein(&lower, &wanted);
        if slips <= allowed && letters >= WORD_MIN && best.is_none_or(|(least, _)| slips < least) {
            best = Some((slips, name));
        }
        if letters >= WORD_MIN && lower.starts_with(&wanted) {
            beginnings.push(name);
        }
    }
    // Among several beginnings, any choice would be a guess.
    let only = (beginnings.len() == 1).then(|| beginnings[0]);
    best.map(|(_, name)| name).or(only)
}

/// What follows a message about a wrong name: the name that was probably meant, as a question, or
/// nothing.
pub fn or_did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    did_you_mean(wrong, known).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

/// A message of a reader that lists what there is (``unknown variant `a`, expected one of `b`, `c` ``),
/// with the name that was probably meant.
pub fn with_suggestion(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let is_list =
        message.starts_with("unknown variant `") || message.starts_with("unknown field `");
    let similar = names.next().filter(|_| is_list).map(|wrong| or_did_you_mean(wrong, names));
    format!("{message}{}", similar.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_a_reader_come_with_what_was_meant() {
        let message = "unknown variant `relpay`, expected one of `replay`, `off`";
        assert_eq!(with_suggestion(message), format!("{message}; did you mean `replay`?"));
        assert_eq!(with_suggestion("`off` is no rate"), "`off` is no rate");
    }

    #[test]
    fn slips_are_forgiven_and_guesses_are_not_made() {
        let known = ["model", "call_type", "openai-chat", "claude-haiku-4-5", "hit"];
        for (wrong, meant) in [
            ("modle", Some("model")),
            ("Model", Some("model")),
            ("model", None),
            ("hti", Some("hit")),
            ("claude-haiku-45", Some("claude-haiku-4-5")),
            ("openai", Some("openai-chat")),
            ("sonar-deep-research", None),
            ("x", None),
        ] {
            assert_eq!(did_you_mean(wrong, known), meant, "{wrong}");
        }
    }
}
