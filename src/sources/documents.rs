//! JSON that is not one record a line: lists, pretty-printed objects, objects one after another.

/// What comes next in a text of JSON records.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record, from its first byte to behind its last.
    Record(usize, usize),
    /// A record that starts here and is not complete.
    Incomplete(usize),
    /// Nothing but separators.
    End,
}

/// Finds the next record. Brackets and commas between records only separate them, so a list and
/// a sequence of objects read alike, from any record on.
///
/// A record that was cut off never closes its brackets. It ends where the next line starts an
/// object at its own indentation, unless what is there so far is valid.
pub(super) fn next_record(bytes: &[u8], from: usize) -> Next {
    let separator = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    let Some(skip) = bytes[from..].iter().position(|byte| !separator(byte)) else {
        return Next::End;
    };
    let start = from + skip;
    let end = if bytes[start] == b'{' {
        let end = Brackets::default().close(&bytes[start..]).map(|length| start + length);
        torn_end(bytes, start, end.unwrap_or(bytes.len())).or(end)
    } else {
        word_end(bytes, start)
    };
    end.map_or(Next::Incomplete(start), |end| Next::Record(start, end))
}

/// Where the record at `start` was cut off, if it was: before the first line that starts an object
/// as far to the left as the record does, when the text up to `end` is no valid JSON.
fn torn_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let line = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
    let indentation = &bytes[line..start];
    let indentation =
        if indentation.trim_ascii().is_empty() { indentation } else { Default::default() };
    let next_line = [b"\n", indentation, b"{"].concat();
    let text = &bytes[start..end];
    let length = memchr::memmem::find(text, &next_line)?;
    let checked = serde_json::from_slice::<serde::de::IgnoredAny>(text);
    checked.is_err_and(|error| !error.is_eof()).then_some(start + length)
}

/// The open brackets of an object. They are only counted: whether the text between them is valid,
/// the parser decides.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl Brackets {
    /// How much of `bytes`, the next piece of the object, it takes to close all brackets; nothing
    /// when they stay open.
    pub(super) fn close(&mut self, bytes: &[u8]) -> Option<usize> {
        for (offset, byte) in bytes.iter().enumerate() {
            if self.quoted {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.quoted = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(offset + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Something that is no object, up to the end of its line or the next separator.
fn word_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b',' | b']'));
    length.map(|length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str], rest: Next) {
        let mut found = Vec::new();
        let mut at = 0;
        loop {
            match next_record(text.as_bytes(), at) {
                Next::Record(start, end) => {
                    found.push(&text[start..end]);
                    at = end;
                }
                last => {
                    assert_eq!((found.as_slice(), last), (expected, rest), "{text}");
                    return;
                }
            }
        }
    }

    #[test]
    fn records_are_found_in_lists_and_sequences() {
        check("[{\"a\":1},\n {\"b\":[2]} ]\n", &["{\"a\":1}", "{\"b\":[2]}"], Next::End);
        check("{\n \"a\": \"}\\\"{\"\n}\n{}", &["{\n \"a\": \"}\\\"{\"\n}", "{}"], Next::End);
        check("oops\n{}", &["oops", "{}"], Next::End);
        check("{} {\"a\":", &["{}"], Next::Incomplete(3));
    }

    /// One torn object once took everything behind it.
    #[test]
    fn a_torn_record_ends_where_the_next_one_starts() {
        let torn = "{\n \"a\": {\n";
        check(&format!("{torn}{{\n}}\n{{}}"), &[torn.trim_end(), "{\n}", "{}"], Next::End);
        let torn = "{\n \"a\": \"b\n";
        check(&format!("{torn}{{\n}}\n"), &[torn.trim_end(), "{\n}"], Next::End);
        let list = "[\n  {\n    \"a\":\n  {\n    \"b\": 1\n  },\n  {}\n]";
        check(list, &["{\n    \"a\":", "{\n    \"b\": 1\n  }", "{}"], Next::End);
    }

    #[test]
    fn a_valid_record_may_have_objects_at_the_left_margin() {
        let whole = "{\"rows\": [\n{\"a\":1},\n{\"b\":2}\n]}";
        check(whole, &[whole], Next::End);
        check("{\"rows\": [\n{\"a\":1},\n{\"b\"", &[], Next::Incomplete(0));
    }
}
