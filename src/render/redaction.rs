//! What is masked in a report: keys and e-mail addresses that a log has in its names.
//!
//! It is done at the doors of this room, where a report that was composed becomes text: whatever
//! a sentence, a table or a document is made of, it passes one of them. Nothing before that knows
//! of it, so groups, conditions and totals are those of the names as they are.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::figures::counted;
use super::names::visible;
use super::secrets::{Kind, find};

/// What the user wants to be masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redact {
    /// Keys, in what is sent to people: pages, Markdown, and what a check tells a CI system.
    #[default]
    Auto,
    /// Keys, in every form.
    Keys,
    /// Keys and e-mail addresses, in every form.
    All,
    /// Nothing.
    None,
}

/// Who a report is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever ran the program, or a program of theirs.
    Oneself,
    /// People it is sent to.
    Others,
}

/// Masks texts, and remembers what it masked.
#[derive(Debug)]
pub(super) struct Mask {
    keys: bool,
    emails: bool,
    masked: RefCell<BTreeSet<(Kind, String)>>,
}

impl Mask {
    pub(super) fn new(redact: Redact, reader: Reader) -> Self {
        let keys = match redact {
            Redact::Auto => reader == Reader::Others,
            Redact::Keys | Redact::All => true,
            Redact::None => false,
        };
        Self { keys, emails: redact == Redact::All, masked: RefCell::default() }
    }

    /// Whether it changes no text.
    pub(super) const fn is_off(&self) -> bool {
        !self.keys && !self.emails
    }

    /// A text with masks for what it must not say. Equal values have equal masks, in every report,
    /// and others have others.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_off() {
            return Cow::Borrowed(text);
        }
        let found = find(text, self.keys, self.emails);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
        for (range, kind) in found {
            masked.push_str(&text[from..range.start]);
            let mask = mask(kind, &text[range.clone()]);
            masked.push_str(&mask);
            self.masked.borrow_mut().insert((kind, mask));
            from = range.end;
        }
        masked.push_str(&text[from..]);
        Cow::Owned(masked)
    }

    /// A text as a reader may see it: masked, and with what a terminal would obey made visible.
    pub(super) fn shown(&self, text: &str) -> String {
        visible(&self.text(text))
    }

    /// How many different values of a kind were masked so far.
    pub(super) fn count(&self, kind: Kind) -> u64 {
        self.masked.borrow().iter().filter(|(known, _)| *known == kind).count() as u64
    }

    /// What was masked so far, for people; nothing where that is nothing.
    pub(super) fn summary(&self) -> Option<String> {
        let kinds = [
            (Kind::Key, "value that looks like a key", "values that look like keys"),
            (Kind::Email, "e-mail address", "e-mail addresses"),
            (Kind::Hash, "hash cut to its first digits", "hashes cut to their first digits"),
        ];
        let parts = kinds.iter().filter_map(|(kind, one, many)| {
            let number = self.count(*kind);
            (number > 0).then(|| counted(number, one, many))
        });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() {
            return None;
        }
        Some(format!("masked (--redact): {}; totals and groups are unchanged", parts.join(", ")))
    }
}

/// A text for whoever runs the program, on stderr for example.
pub fn masked_text(text: &str, redact: Redact) -> String {
    Mask::new(redact, Reader::Oneself).text(text).into_owned()
}

/// What stands for a value: a fingerprint of 40 bits, so that two of a million values have the same
/// one in every second log. The first ten digits of a hash are that by themselves, and git
/// finds a commit by them.
fn mask(kind: Kind, value: &str) -> String {
    let word = match kind {
        Kind::Key => "key",
        Kind::Email => "email",
        Kind::Hash => return format!("{}…", &value[..10]),
    };
    let digest = Sha256::digest(value.as_bytes());
    let start = digest.iter().take(5).fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
    format!("{word}-{start:010x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-Ab3xQ9w2Er45Ty67UiPa0sDf8GhJ1kLz";

    fn check(redact: Redact, reader: Reader, masks_keys: bool, masks_emails: bool) {
        let mask = Mask::new(redact, reader);
        assert_eq!(!mask.text(KEY).contains(KEY), masks_keys, "{redact:?}");
        assert_eq!(!mask.text("a@b.example").contains('@'), masks_emails, "{redact:?}");
    }

    #[test]
    fn what_is_sent_to_people_has_no_keys_unless_they_are_wanted() {
        check(Redact::Auto, Reader::Oneself, false, false);
        check(Redact::Auto, Reader::Others, true, false);
        check(Redact::Keys, Reader::Oneself, true, false);
        check(Redact::All, Reader::Oneself, true, true);
        check(Redact::None, Reader::Others, false, false);
    }

    #[test]
    fn values_that_differ_stay_different_and_equal_ones_equal() {
        let mask = Mask::new(Redact::All, Reader::Others);
        let text = |text: &str| mask.text(text).into_owned();
        assert_eq!(text("a@b.example"), "email-ebb18a030b");
        assert_ne!(text("a@b.example"), text("A@b.example"));
        let together = text(&format!("{KEY} of a@b.example, {KEY}"));
        assert_eq!(together, format!("{0} of email-ebb18a030b, {0}", text(KEY)));
        assert_eq!(text(&together), together, "a mask is not masked again");
        assert_eq!(text("9fceb02d0ae598e95dc970b74767f19372d61af8"), "9fceb02d0a…");
        let summary = mask.summary().expect("something was masked");
        assert!(summary.contains("1 value that looks like a key, 2 e-mail addresses, 1 hash"));
    }
}
