//! Cuts a source into chunks of whole records, in bounded memory.

use std::io::{self, Read};

use super::framing::Framing;

/// What a chunk aims at. Large enough that a layout is learnt rarely, small enough that a chunk
/// and its calls stay near the processor.
const CHUNK_BYTES: usize = 1 << 20;

/// A record longer than this is passed over.
const RECORD_BYTES_MAX: usize = 256 << 20;

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

/// Some whole records of one file.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// Not records but the rest of one that is too long, up to its line end.
    pub(super) too_long: bool,
}

/// Reads a source chunk by chunk. The cuts depend on the bytes alone, never on timing or threads.
pub(super) struct Chunks<R> {
    source: R,
    framing: Framing,
    limits: Limits,
    rest: Vec<u8>,
    ended: bool,
    /// A failure that is told once the records before it are given out.
    failure: Option<io::Error>,
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(source: R, framing: Framing, limits: Limits) -> Self {
        Self { source, framing, limits, rest: Vec::new(), ended: false, failure: None }
    }

    /// The next chunk, or nothing at the end.
    ///
    /// # Errors
    /// When the source fails. What was read before is given out first.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            if !self.ended
                && let Err(error) = self.fill(&mut bytes)
            {
                self.ended = true;
                self.failure = Some(error);
            }
            if bytes.is_empty() {
                return self.failure.take().map_or(Ok(None), Err);
            }
            let end = if self.ended { bytes.len() } else { self.framing.cut(&bytes) };
            if end > 0 {
                self.rest = bytes.split_off(end);
                return Ok(Some(Chunk { bytes, too_long: false }));
            }
            if bytes.len() >= self.limits.record {
                return self.pass_over(bytes).map(Some);
            }
        }
    }

    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        // Doubling keeps the cost of looking for a cut in one long record in proportion.
        let wanted = self.limits.chunk.max(bytes.len());
        bytes.reserve(wanted);
        let read = self.source.by_ref().take(wanted as u64).read_to_end(bytes)?;
        self.ended = read < wanted;
        Ok(())
    }

    /// Drops a record that is too long, up to the end of its line.
    fn pass_over(&mut self, mut bytes: Vec<u8>) -> io::Result<Chunk> {
        loop {
            bytes.clear();
            self.fill(&mut bytes)?;
            if let Some(at) = memchr::memchr(b'\n', &bytes) {
                self.rest = bytes.split_off(at + 1);
                return Ok(Chunk { bytes: Vec::new(), too_long: true });
            }
            if self.ended {
                return Ok(Chunk { bytes: Vec::new(), too_long: true });
            }
        }
    }
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
            read.extend(chunk.bytes);
        }
        assert_eq!(read, text);
    }

    #[test]
    fn records_before_a_failure_are_given_out() {
        let source = Slow { bytes: b"a\nb\n".to_vec(), at: 0, fails: true };
        let mut chunks = Chunks::new(source, Framing::Lines, Limits::default());
        let first = chunks.next().expect("reads").expect("a chunk");
        assert_eq!(first.bytes, b"a\nb\n");
        assert!(chunks.next().is_err());
        assert!(chunks.next().expect("ended").is_none());
    }
}
