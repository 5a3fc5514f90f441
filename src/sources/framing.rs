//! Where a log may be cut so that no record is torn.

use super::documents::{Next, next_record};
use super::events::streams;

/// How records follow each other in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// One record a line.
    Lines,
    /// Delimited text: a record ends at a line end outside quotes.
    Delimited {
        /// The byte between fields.
        delimiter: u8,
    },
    /// JSON objects, however they are laid out.
    Documents,
    /// Server-sent events, of which several make a record.
    Events,
}

impl Framing {
    /// How much of `bytes`, which start at a record, is complete records; 0 when not even one is.
    pub(super) fn cut(self, bytes: &[u8]) -> usize {
        match self {
            Self::Lines => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            Self::Delimited { delimiter } => last_unquoted_newline(bytes, delimiter),
            Self::Events => {
                let streams = streams(bytes);
                streams.iter().rfind(|stream| stream.closed).map_or(0, |stream| stream.end)
            }
            Self::Documents => {
                let mut at = 0;
                loop {
                    match next_record(bytes, at) {
                        Next::Record(_, end) => at = end,
                        Next::Incomplete(_) | Next::End => return at + rest_of_line(&bytes[at..]),
                    }
                }
            }
        }
    }
}

/// The separators after a record up to its line end, if only they follow: so that a line is not
/// torn between two chunks.
fn rest_of_line(bytes: &[u8]) -> usize {
    let line = memchr::memchr(b'\n', bytes).map_or(0, |at| at + 1);
    let separates = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    if bytes[..line].iter().all(separates) { line } else { 0 }
}

/// Behind the last line end that ends a row. As the CSV parser has it, a quote opens quoting only
/// where a field starts (`5" screen` has none), and a doubled one inside quotes stands for itself.
fn last_unquoted_newline(bytes: &[u8], delimiter: u8) -> usize {
    let (mut quoted, mut end, mut doubled) = (false, 0, usize::MAX);
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        if at == doubled {
            continue;
        }
        if bytes[at] == b'\n' {
            end = if quoted { end } else { at + 1 };
        } else if !quoted {
            let before = at.checked_sub(1).map(|before| bytes[before]);
            quoted = before.is_none_or(|byte| byte == delimiter || matches!(byte, b'\n' | b'\r'));
        } else if bytes.get(at + 1) == Some(&b'"') {
            doubled = at + 1;
        } else {
            quoted = false;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_record_is_torn() {
        let delimited = Framing::Delimited { delimiter: b',' };
        for (framing, text, expected) in [
            (Framing::Lines, "a\nb\nc", "a\nb\n"),
            (Framing::Lines, "abc", ""),
            (delimited, "a,\"b\nc\"\nd,\"e\n", "a,\"b\nc\"\n"),
            (delimited, "a,\"b\"\"\n\"\n", "a,\"b\"\"\n\"\n"),
            (delimited, "5\" screen,1\n6\" one,2\nx", "5\" screen,1\n6\" one,2\n"),
            (delimited, "\"a\"b\",1\nx", "\"a\"b\",1\n"),
            (delimited, "\"a\"\"\",\"\"\nx", "\"a\"\"\",\"\"\n"),
            (Framing::Documents, "[{\"a\":\n1},{\"b\"", "[{\"a\":\n1}"),
            (Framing::Documents, "[{\"a\":1},\n{\"b\"", "[{\"a\":1},\n"),
        ] {
            assert_eq!(&text[..framing.cut(text.as_bytes())], expected, "{text:?}");
        }
    }
}
