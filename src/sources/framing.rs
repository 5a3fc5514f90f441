//! Where a log may be cut so that no record is torn.

use super::documents::{Next, next_record};
use super::events::streams;
use super::quotes::Rows;

/// How records follow each other in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// One record a line.
    Lines,
    /// Delimited text: a record ends at a line end outside quotes.
    Delimited(Rows),
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
            Self::Delimited(rows) => rows.scan(bytes, false, |_| {}),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_record_is_torn() {
        let delimited = Framing::Delimited(Rows { delimiter: b',', columns: 2 });
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
