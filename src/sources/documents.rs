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
pub(super) fn next_record(bytes: &[u8], from: usize) -> Next {
    let separator = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    let Some(skip) = bytes[from..].iter().position(|byte| !separator(byte)) else {
        return Next::End;
    };
    let start = from + skip;
    let end = if bytes[start] == b'{' { object_end(bytes, start) } else { word_end(bytes, start) };
    end.map_or(Next::Incomplete(start), |end| Next::Record(start, end))
}

/// Behind the brace that closes the object at `start`. Brackets are only counted: whether the
/// text between them is valid, the parser decides.
fn object_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (offset, byte) in bytes[start..].iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(start + offset + 1);
                }
            }
            _ => {}
        }
    }
    None
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
}
