//! Records that are too long: they are read past and counted, and never kept as a whole.

use std::io::{self, Read};

use super::buffers::Buffer;
use super::chunk::{Limits, newlines};
use super::detect::start_of;
use super::documents::{Brackets, Next, next_record, start_of_record};
use super::framing::Framing;

/// A record that was passed over.
#[derive(Clone, Copy, Debug)]
pub(super) struct PassedOver {
    /// Its line ends.
    pub(super) newlines: u64,
    /// Its lines, at least one, without a first one that was counted with what is before it.
    pub(super) lines: u64,
    /// Whether what is behind it begins inside its last line.
    pub(super) ends_inside: bool,
    /// The longest that is read, in bytes.
    pub(super) longest: usize,
}

impl PassedOver {
    /// What it is, in words.
    pub(super) fn what(&self) -> String {
        match (self.longest >> 20, self.longest % (1 << 20)) {
            (whole, 0) => format!("a record of more than {whole} MiB"),
            _ => format!("a record of more than {} bytes", self.longest),
        }
    }
}

/// A record that is being read past, piece by piece.
///
/// Of JSON lines, its line. Of laid-out JSON, up to the bracket that closes it: what is inside
/// must not be taken for records. Of a table only the first line: a row of this length is a
/// quote that was never closed, and the lines below it are rows.
pub(super) struct Passing {
    framing: Framing,
    brackets: Brackets,
    begun: bool,
    newlines: u64,
}

impl Passing {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, brackets: Brackets::default(), begun: false, newlines: 0 }
    }

    /// How much of the next piece it takes to end the record; nothing when it goes on.
    pub(super) fn end(&mut self, piece: &[u8]) -> Option<usize> {
        let start = self.start(piece);
        let record = &piece[start..];
        let end = match self.framing {
            Framing::Documents => self.brackets.close(record),
            Framing::Lines | Framing::Delimited(_) | Framing::Events => {
                memchr::memchr(b'\n', record).map(|at| at + 1)
            }
        };
        let end = end.map(|end| start + end);
        self.newlines += newlines(&piece[..end.unwrap_or(piece.len())]);
        end
    }

    /// Where the record begins in a piece. What is before it would be taken for its end: an empty line,
    /// and the bracket of a list, which only the end of the list closes.
    fn start(&mut self, piece: &[u8]) -> usize {
        let start = match self.framing {
            _ if self.begun => Some(0),
            Framing::Lines => Some(start_of(piece)),
            Framing::Documents => start_of_record(piece),
            Framing::Delimited(_) | Framing::Events => Some(0),
        };
        self.begun |= start.is_some();
        start.unwrap_or(piece.len())
    }

    /// What was passed over, once it is at its end. `inside_line` says whether the line it begins in
    /// was counted before.
    pub(super) fn over(&self, inside_line: bool, ends_inside: bool, longest: usize) -> PassedOver {
        let lines = self.newlines + u64::from(ends_inside);
        let lines = lines.saturating_sub(u64::from(inside_line)).max(1);
        PassedOver { newlines: self.newlines, lines, ends_inside, longest }
    }
}

/// Whether a source begins with a record of JSON of which `sample` is not all, and how such records
/// follow each other.
pub(super) fn begins_inside(sample: &[u8]) -> Option<Framing> {
    let sample = &sample[start_of(sample)..];
    let is_object = match sample.first()? {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    if is_object && memchr::memchr(b'\n', sample).is_none() {
        return Some(Framing::Lines);
    }
    matches!(next_record(sample, 0), Next::Incomplete(_)).then_some(Framing::Documents)
}

/// Reads past the record that `sample` begins with; leaves what was read of those behind it.
///
/// # Errors
/// When the source fails.
pub(super) fn pass_first(
    sample: &mut Buffer,
    source: &mut impl Read,
    framing: Framing,
    inside_line: bool,
    limits: Limits,
) -> io::Result<PassedOver> {
    let mut passing = Passing::new(framing);
    loop {
        let end = passing.end(sample);
        if end.is_some() || sample.is_empty() {
            let (passed, rest) = sample.split_at(end.unwrap_or(0));
            let ends_inside = end.is_some() && !passed.ends_with(b"\n");
            let mut left = Buffer::default();
            if framing == Framing::Documents {
                // Brackets and commas between records are nothing, but with one of them it is JSON.
                left.put(b"[");
            }
            left.put(rest);
            *sample = left;
            return Ok(passing.over(inside_line, ends_inside, limits.record));
        }
        sample.cut(0);
        sample.read(source, limits.chunk)?;
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::Code;

    use super::super::regressions::{OWN, read_tiny};
    use super::*;

    const LIMITS: Limits = Limits { chunk: 64, sample: 64, record: 512 };

    fn long(separator: &str) -> String {
        format!("{{\"x\":[{}0]}}", format!(" {{\"input_tokens\":1}},{separator}").repeat(100))
    }

    /// A first record that was too long once cost the whole file.
    #[test]
    fn behind_first_records_that_are_too_long_the_others_are_read() {
        let (line, spread) = (long(""), long("\n"));
        for (text, passed, first_line) in [
            (format!("{line}\n{OWN}\n{OWN}\n"), 1, 2),
            (format!("\n\n{line}\n{line}\n{line}\n{OWN}\n{OWN}"), 3, 6),
            (format!("[{line},\n{OWN},\n{OWN}]"), 1, 2),
            (format!("[\n{spread},{spread},\n{OWN},\n{OWN}\n]"), 2, 203),
            (format!("{spread}\n{OWN}\n{OWN}"), 1, 102),
        ] {
            let (calls, reading) = read_tiny(&text, LIMITS);
            let total = reading.total();
            assert_eq!(calls.len(), 2, "{text}\n{reading:?}");
            assert_eq!(calls.call(0).place.line, first_line, "{text}\n{reading:?}");
            assert_eq!(reading.ledger.count(Code::RecordTooLong), passed, "{text}\n{reading:?}");
            assert_eq!(total.skipped, passed, "{text}");
            assert_eq!(total.lines, text.lines().count() as u64, "{text}");
        }
    }

    #[test]
    fn with_nothing_known_behind_it_the_file_says_why() {
        for rest in ["", "\n", "\n{\"a\":1}\n"] {
            let text = format!("{}{rest}", long(""));
            let (calls, reading) = read_tiny(&text, LIMITS);
            assert_eq!(
                (calls.len(), reading.ledger.count(Code::UnknownFormat)),
                (0, 1),
                "{rest:?}"
            );
            let said = format!("{reading:?}");
            assert!(said.contains("a record of more than 512 bytes"), "{said}");
            assert!(said.contains("--max-record"), "{said}");
        }
    }
}
