//! JSON that can be printed: what a terminal would obey is written as escapes, and what is masked is
//! masked in every text of a document.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use super::names::has_hidden;
use super::redaction::Mask;
use super::secrets::Kind;

/// Writes a text so that it is read back as itself.
pub(super) fn write_json_text(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut written = serde_json::to_string(text)?;
    if has_hidden(&written) {
        written = escaped(&written);
    }
    out.write_all(written.as_bytes())
}

/// A document of several lines that another room wrote, as it can be printed.
pub fn printable_json(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escaped).collect();
    lines.join("\n")
}

/// What no reader sees, as escapes. JSON itself asks for those of the first 32 alone; a terminal
/// takes some of the others for the beginning of a command, and an editor turns a line around.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        let mut bytes = [0; 4];
        let part = letter.encode_utf8(&mut bytes);
        if has_hidden(part) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                // Text in memory takes everything.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// How documents are written: indented, with escapes and masks, and at the end what was masked.
pub(super) struct HarmlessJson<'m> {
    pretty: PrettyFormatter<'static>,
    mask: &'m Mask,
    /// The text that is being written, where it may have to be masked.
    text: Option<String>,
    is_key: bool,
    /// Whether the value is a fingerprint of the program's own, by its key.
    is_own_hash: bool,
    depth: usize,
}

impl<'m> HarmlessJson<'m> {
    pub(super) fn new(mask: &'m Mask) -> Self {
        Self {
            pretty: PrettyFormatter::new(),
            mask,
            text: None,
            is_key: false,
            is_own_hash: false,
            depth: 0,
        }
    }

    /// The account of what was masked, as the last member of the document.
    fn write_account<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let counts = [("keys", Kind::Key), ("emails", Kind::Email), ("hashes", Kind::Hash)];
        let counts = counts.map(|(name, kind)| format!("\"{name}\": {}", self.mask.count(kind)));
        write!(writer, ",\n  \"masked\": {{\n    {}\n  }}", counts.join(",\n    "))
    }
}

impl Formatter for HarmlessJson<'_> {
    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if !self.mask.is_off() {
            self.text = Some(String::new());
        }
        self.pretty.begin_string(writer)
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if let Some(text) = self.text.take() {
            let is_kept = self.is_key || self.is_own_hash;
            let shown = if is_kept { text.as_str().into() } else { self.mask.text(&text) };
            let mut written = Vec::new();
            write_json_text(&shown, &mut written)?;
            writer.write_all(&written[1..written.len() - 1])?;
            if self.is_key {
                self.is_own_hash = text.ends_with("_sha256");
            }
        }
        self.pretty.end_string(writer)
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        match &mut self.text {
            Some(text) => {
                text.push_str(fragment);
                Ok(())
            }
            None if has_hidden(fragment) => writer.write_all(escaped(fragment).as_bytes()),
            None => writer.write_all(fragment.as_bytes()),
        }
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let Some(text) = &mut self.text else {
            return self.pretty.write_char_escape(writer, escape);
        };
        text.push(match escape {
            CharEscape::Quote => '"',
            CharEscape::ReverseSolidus => '\\',
            CharEscape::Solidus => '/',
            CharEscape::Backspace => '\u{8}',
            CharEscape::FormFeed => '\u{c}',
            CharEscape::LineFeed => '\n',
            CharEscape::CarriageReturn => '\r',
            CharEscape::Tab => '\t',
            CharEscape::AsciiControl(byte) => char::from(byte),
        });
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.depth == 0 && !self.mask.is_off() {
            self.write_account(writer)?;
        }
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_key = true;
        self.pretty.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_key = false;
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::super::redaction::{Reader, Redact};
    use super::*;

    const KEY: &str = "sk-Ab3xQ9w2Er45Ty67UiPa0sDf8GhJ1kLz";

    fn written(document: &Value, redact: Redact) -> String {
        let (mask, mut out) = (Mask::new(redact, Reader::Oneself), Vec::new());
        let format = HarmlessJson::new(&mask);
        let mut json = serde_json::Serializer::with_formatter(&mut out, format);
        document.serialize(&mut json).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_read_back() {
        let odd = "a\"\\\n\u{1b}[31m\u{7f}\u{9b}m\u{202e}\u{200b}\u{feff}\u{e0041}é模";
        for redact in [Redact::Auto, Redact::All] {
            let text = written(&json!({"name": odd, "list": [odd, 1]}), redact);
            assert!(text.lines().all(|line| !has_hidden(line)), "{text}");
            assert!(text.contains("\\u009b") && text.contains("\\udb40\\udc41"), "{text}");
            let read: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!((&read["name"], &read["list"][0]), (&json!(odd), &json!(odd)));
        }
        let mut line = Vec::new();
        write_json_text(odd, &mut line).expect("memory takes everything");
        assert_eq!(serde_json::from_slice::<String>(&line).expect("JSON"), odd);
        assert!(!has_hidden(&String::from_utf8(line).expect("text")));
    }

    #[test]
    fn lines_of_a_printable_document_stay() {
        let text = "{\n  \"a\u{202e}\": 1\n}\n";
        assert_eq!(printable_json(text), "{\n  \"a\\u202e\": 1\n}\n");
    }

    #[test]
    fn plain_documents_are_those_of_serde() {
        let document = json!({"a": [1, "two", {}], "b": {"c": null, "d": []}, "e": 0.5});
        let plain = serde_json::to_string_pretty(&document).expect("JSON");
        assert_eq!(written(&document, Redact::Auto), plain);
    }

    #[test]
    fn every_text_is_masked_but_the_programs_own_fingerprints() {
        let hash = "9fceb02d0ae598e95dc970b74767f19372d61af8";
        let document = json!({
            "groups": [{"team": KEY, "user": "a@b.example"}],
            "prices": {"book_sha256": hash, "commit": hash},
        });
        let read: Value = serde_json::from_str(&written(&document, Redact::All)).expect("JSON");
        assert!(!read.to_string().contains(KEY), "{read}");
        assert_eq!(read["groups"][0]["user"], "email-ebb18a030b");
        assert_eq!(read["prices"], json!({"book_sha256": hash, "commit": "9fceb02d0a…"}));
        assert_eq!(read["masked"], json!({"keys": 1, "emails": 1, "hashes": 1}));
    }
}
