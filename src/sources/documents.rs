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
    let Some(skip) = start_of_record(&bytes[from..]) else {
        return Next::End;
    };
    let start = from + skip;
    if bytes[start] == b'{' {
        return object(bytes, start);
    }
    if bytes[start] == 0 {
        let zeros = bytes[start..].iter().take_while(|byte| **byte == 0).count();
        return Next::Record(start, start + zeros);
    }
    word_end(bytes, start).map_or(Next::Incomplete(start), |end| Next::Record(start, end))
}

/// The place of the first byte that does not only separate records.
pub(super) fn start_of_record(bytes: &[u8]) -> Option<usize> {
    let separates = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    bytes.iter().position(|byte| !separates(byte))
}

/// The object that starts at `start`: up to the bracket that closes it. Only where a line inside
/// starts an object as far to the left as this one does, the parser is asked.
fn object(bytes: &[u8], start: usize) -> Next {
    let margin = margin(bytes, start);
    let mut brackets = Brackets::default();
    let mut at = start;
    while let Some((length, stop)) = brackets.advance(&bytes[at..]) {
        at += length;
        if stop == Stop::Closed {
            return Next::Record(start, at);
        }
        let starts = bytes[at..].strip_prefix(margin);
        if starts.is_some_and(|rest| rest.first() == Some(&b'{')) {
            return whole_or_torn(bytes, start, at - 1);
        }
    }
    Next::Incomplete(start)
}

/// Where reading may go on behind the torn object at `start`, of which the text has no end: before the
/// next line that starts an object as far to the left, or else before the next object that starts with
/// the same key and is valid. The end of the text, when there is none.
pub(super) fn torn_end(bytes: &[u8], start: usize) -> usize {
    /// Where so many like it are torn too, there is nothing left to save.
    const TRIED_MAX: usize = 100;
    let margin = margin(bytes, start);
    let starts = |line_end: &usize| {
        let line = bytes[line_end + 1..].strip_prefix(margin);
        line.is_some_and(|rest| rest.first() == Some(&b'{'))
    };
    let mut line_ends = memchr::memchr_iter(b'\n', &bytes[start..]).map(|at| start + at);
    if let Some(line_end) = line_ends.find(starts) {
        return line_end;
    }
    let rest = &bytes[start..];
    let key_end = memchr::memchr2_iter(b'"', b'\n', rest).nth(1);
    let key = key_end.map_or(rest, |end| &rest[..=end]);
    let alike = memchr::memmem::find_iter(&rest[key.len()..], key);
    let mut alike = alike.map(|at| start + key.len() + at).take(TRIED_MAX).filter_map(|at| {
        let before = bytes[..at].trim_ascii_end();
        let separated = before.ends_with(b",") || before.ends_with(b"[");
        separated.then_some((before.len(), at))
    });
    let is_whole = |(_, at): &(usize, usize)| {
        let parser = serde_json::Deserializer::from_slice(&bytes[*at..]);
        parser.into_iter::<serde::de::IgnoredAny>().next().is_some_and(|found| found.is_ok())
    };
    alike.find(is_whole).map_or(bytes.trim_ascii_end().len(), |(end, _)| end)
}

/// The blanks before `start`, if there is nothing else before it on its line.
fn margin(bytes: &[u8], start: usize) -> &[u8] {
    let blanks =
        bytes[..start].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let first = start - blanks;
    if first == 0 || bytes[first - 1] == b'\n' { &bytes[first..start] } else { &[] }
}

/// The object at `start` if it is valid; otherwise what there is of it before `torn_at`.
fn whole_or_torn(bytes: &[u8], start: usize, torn_at: usize) -> Next {
    let parser = serde_json::Deserializer::from_slice(&bytes[start..]);
    let mut values = parser.into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Next::Record(start, start + values.byte_offset()),
        Some(Err(error)) if !error.is_eof() => Next::Record(start, torn_at),
        Some(Err(_)) | None => Next::Incomplete(start),
    }
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
        let mut at = 0;
        while let Some((length, stop)) = self.advance(&bytes[at..]) {
            at += length;
            if stop == Stop::Closed {
                return Some(at);
            }
        }
        None
    }

    /// Goes to behind the next line end or the bracket that closes the object, whichever is first.
    fn advance(&mut self, bytes: &[u8]) -> Option<(usize, Stop)> {
        for (offset, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' {
                self.escaped = false;
                return Some((offset + 1, Stop::LineEnd));
            }
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
                        return Some((offset + 1, Stop::Closed));
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Where the brackets of an object are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Behind the bracket that closes it.
    Closed,
    /// Behind a line end inside it.
    LineEnd,
}

/// Something that is no object, up to the end of its line, the next separator or an object: what stands
/// between two records must not cost the second.
fn word_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b',' | b']' | b'{'));
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
        check("{}\u{2028}{} oops {}", &["{}", "\u{2028}", "{}", "oops ", "{}"], Next::End);
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
