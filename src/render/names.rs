//! Names of a log as text that can neither command a terminal nor turn its line around.

use super::figures::DASH;

/// What stands for a letter that is not shown.
const HIDDEN: char = '\u{fffd}';

/// Says that what follows runs from left to right; it takes no room.
const LEFT_TO_RIGHT: char = '\u{200e}';

/// A name from a log, with what a terminal would obey made visible as `�`.
pub(super) fn name(text: &str) -> String {
    if text.is_empty() {
        return DASH.to_owned();
    }
    let mut safe: String =
        text.chars().map(|letter| if is_safe(letter) { letter } else { HIDDEN }).collect();
    if safe.chars().any(is_right_to_left) {
        // Else the figures of the next column would become a part of the name and change places
        // with it on terminals that turn lines around.
        safe.push(LEFT_TO_RIGHT);
    }
    safe
}

/// Text with what a terminal would obey made visible: the last door before a reader, for what is no
/// name. The mark that `name` ends a name with stays.
pub fn visible(text: &str) -> String {
    let shown = |letter| if is_safe(letter) || letter == LEFT_TO_RIGHT { letter } else { HIDDEN };
    text.chars().map(shown).collect()
}

/// Whether a text has a letter that [`visible`] would not show.
pub(super) fn has_hidden(text: &str) -> bool {
    text.chars().any(|letter| !is_safe(letter))
}

/// Neither a control character nor one that is not seen: two names that differ must not look alike,
/// and a direction belongs to the line.
///
/// The joiners of U+200C and U+200D stay, which scripts and pictures are spelled with.
pub(super) fn is_safe(letter: char) -> bool {
    !(letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'))
}

/// Whether a letter is of a script that is written from right to left, by the blocks of Unicode.
const fn is_right_to_left(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_command_the_terminal() {
        assert_eq!(name("gpt\u{1b}[31m"), "gpt\u{fffd}[31m");
        assert_eq!(name("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(visible("a\u{9b}31m\n"), "a\u{fffd}31m\u{fffd}");
        assert_eq!(visible("a\u{202e}b\u{feff}\u{200e}"), "a\u{fffd}b\u{fffd}\u{200e}");
        assert_eq!(name(""), DASH);
    }

    #[test]
    fn names_do_not_hide_letters_or_turn_their_line_around() {
        assert_eq!(name("gpt\u{200b}-4o"), "gpt\u{fffd}-4o");
        assert_eq!(name("\u{feff}a\u{ad}"), "\u{fffd}a\u{fffd}");
        assert_eq!(name("مدل"), "مدل\u{200e}");
        assert_eq!(name("模型 👩\u{200d}💻 e\u{301}"), "模型 👩\u{200d}💻 e\u{301}");
    }
}
