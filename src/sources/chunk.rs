//! Cuts a source into chunks of whole records, in bounded memory.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::buffers::{Buffer, Buffers};
use super::framing::Framing;
use super::oversized::{PassedOver, Passing};

/// What a chunk aims at. Large enough that a layout is learnt rarely, small enough that a chunk
/// and its calls stay near the processor. Calls of one chunk come in order of time into a roll-up, so
/// turns of conversations that are out of order depend on it.
const CHUNK_BYTES: usize = 1 << 22;

/// A record longer than this is passed over, unless the user says otherwise.
pub(super) const RECORD_BYTES_MAX: usize = 256 << 20;

/// How much of a file is looked at to find its format, unless its first record is longer.
const SAMPLE_BYTES: usize = 1 << 20;

/// The sizes in which a file is read, in bytes; tests make them small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// What a chunk aims at.
    pub(super) chunk: usize,
    /// The first look at a file.
    pub(super) sample: usize,
    /// The longest record.
    pub(super) record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { chunk: CHUNK_BYTES, sample: SAMPLE_BYTES, record: RECORD_BYTES_MAX }
    }
}

impl Limits {
    /// How much to read next, beside what is there: as much again, but not past the longest record.
    pub(super) fn more(self, least: usize, there: usize) -> usize {
        least.max(there.min(self.record.saturating_sub(there)))
    }
}

/// Some whole records of one file.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Buffer,
    /// Whether it starts inside a line, the start of which was counted with the chunk before.
    pub(super) inside_line: bool,
    /// Instead of records, one that is too long.
    pub(super) passed_over: Option<PassedOver>,
}

/// Reads a source chunk by chunk. The cuts depend on the bytes alone, never on timing or threads.
pub(super) struct Chunks<R> {
    source: R,
    framing: Framing,
    limits: Limits,
    rest: Vec<u8>,
    inside_line: bool,
    ended: bool,
    /// What was passed over before the rest was given to this.
    before: VecDeque<PassedOver>,
    /// A failure that is told once the records before it are given out.
    failure: Option<io::Error>,
    buffers: Buffers,
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(source: R, framing: Framing, limits: Limits) -> Self {
        Self {
            source,
            framing,
            limits,
            rest: Vec::new(),
            inside_line: false,
            ended: false,
            before: VecDeque::new(),
            failure: None,
            buffers: Buffers::default(),
        }
    }

    /// As [`Chunks::new`], in buffers that were used before.
    pub(super) fn with_buffers(mut self, buffers: Buffers) -> Self {
        self.buffers = buffers;
        self
    }

    /// As [`Chunks::new`], behind records that were passed over.
    pub(super) fn behind(mut self, passed_over: Vec<PassedOver>) -> Self {
        self.before = passed_over.into();
        self
    }

    /// The next chunk, or nothing at the end.
    ///
    /// # Errors
    /// When the source fails. What was read before is given out first.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        if let Some(passed_over) = self.before.pop_front() {
            return Ok(Some(self.passed(passed_over)));
        }
        let rest = std::mem::take(&mut self.rest);
        let mut buffer = self.buffers.take();
        buffer.put(&rest);
        loop {
            if !self.ended
                && let Err(error) = self.fill(&mut buffer)
            {
                self.ended = true;
                self.failure = Some(error);
            }
            let bytes = &buffer[..];
            if bytes.is_empty() {
                return self.failure.take().map_or(Ok(None), Err);
            }
            let end = if self.ended { bytes.len() } else { self.framing.cut(bytes) };
            if end > 0 {
                self.rest = bytes[end..].to_vec();
                let inside_line = self.inside_line;
                buffer.cut(end);
                self.inside_line = !buffer.ends_with(b"\n");
                return Ok(Some(Chunk { bytes: buffer, inside_line, passed_over: None }));
            }
            if bytes.len() >= self.limits.record {
                return self.pass_over(buffer.into_bytes()).map(Some);
            }
        }
    }

    fn fill(&mut self, buffer: &mut Buffer) -> io::Result<()> {
        // Doubling keeps the cost of looking for a cut in one long record in proportion.
        let wanted = self.limits.more(self.limits.chunk, buffer.len());
        self.ended = !buffer.read(&mut self.source, wanted)?;
        Ok(())
    }

    /// Drops a record that is too long.
    fn pass_over(&mut self, mut bytes: Vec<u8>) -> io::Result<Chunk> {
        let mut passing = Passing::new(self.framing);
        loop {
            let end = passing.end(&bytes);
            if let Some(end) = end {
                self.rest = bytes.split_off(end);
            }
            if end.is_some() || self.ended {
                let ends_inside = !bytes.ends_with(b"\n");
                let over = passing.over(self.inside_line, ends_inside, self.limits.record);
                return Ok(self.passed(over));
            }
            let mut buffer = Buffer::default();
            self.fill(&mut buffer)?;
            bytes = buffer.into_bytes();
        }
    }

    /// A chunk that is nothing but a record that was passed over.
    fn passed(&mut self, passed_over: PassedOver) -> Chunk {
        let inside_line = std::mem::replace(&mut self.inside_line, passed_over.ends_inside);
        Chunk { bytes: Buffer::default(), inside_line, passed_over: Some(passed_over) }
    }
}

/// How many line ends there are.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out its bytes a few at a time, then fails if told to.
    struct Slow {
        bytes: Vec<u8>,
        at: usize,
        fails: bool,
    }

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.at == self.bytes.len() && self.fails {
                return Err(io::Error::other("torn"));
            }
            let count = buffer.len().min(self.bytes.len() - self.at).min(1000);
            buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
            self.at += count;
            Ok(count)
        }
    }

    #[test]
    fn chunks_hold_every_byte_once_and_end_at_records() {
        let text: Vec<u8> =
            (0..200_000).flat_map(|n| format!("record {n}\n").into_bytes()).collect();
        let source = Slow { bytes: text.clone(), at: 0, fails: false };
        let mut chunks = Chunks::new(source, Framing::Lines, Limits::default());
        let mut read = Vec::new();
        while let Some(chunk) = chunks.next().expect("reads") {
            assert!(chunk.bytes.ends_with(b"\n"));
            read.extend_from_slice(&chunk.bytes);
        }
        assert_eq!(read, text);
    }

    #[test]
    fn records_before_a_failure_are_given_out() {
        let source = Slow { bytes: b"a\nb\n".to_vec(), at: 0, fails: true };
        let mut chunks = Chunks::new(source, Framing::Lines, Limits::default());
        let first = chunks.next().expect("reads").expect("a chunk");
        assert_eq!(&first.bytes[..], b"a\nb\n");
        assert!(chunks.next().is_err());
        assert!(chunks.next().expect("ended").is_none());
    }
}
