//! How much a compressed input may unpack to. An archive of some kilobytes can hold terabytes of one
//! letter, and nobody waits for the end of those.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::open::Source;

/// As much may be in any archive.
const FREE_BYTES: u64 = 8 << 30;

/// Beyond that, an archive may hold so many times what it takes. Logs of calls take a fifth to a fiftieth
/// of their size, and lines that only repeat each other some 500th; `gzip` ends at 1,032.
const TIMES: u64 = 800;

/// How much one compressed input may unpack to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MostUnpacked {
    /// What no honest log comes near to: 8 GiB, or 800 times its size where that is more.
    #[default]
    Usual,
    /// So many bytes.
    Bytes(u64),
    /// As much as there is.
    Any,
}

impl MostUnpacked {
    /// The limit of an input of which so many bytes are stored.
    fn of(self, stored: u64) -> Option<u64> {
        match self {
            Self::Usual => Some(FREE_BYTES.max(stored.saturating_mul(TIMES))),
            Self::Bytes(most) => Some(most),
            Self::Any => None,
        }
    }
}

/// What is read of a pipe, whose size is not known before.
struct Tap {
    source: Source,
    read: Arc<AtomicU64>,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What comes out of an archive, up to a limit.
struct Limited {
    plain: Source,
    unpacked: u64,
    most: MostUnpacked,
    /// The bytes that are stored: all of them, or of a pipe those that came so far.
    stored: Arc<AtomicU64>,
}

impl Read for Limited {
    /// Gives out exactly as much as is allowed, however much is asked for at once: where reading ends
    /// must not depend on the sizes of buffers.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(most) = self.most.of(self.stored.load(Ordering::Relaxed)) else {
            return self.plain.read(buffer);
        };
        let left = usize::try_from(most.saturating_sub(self.unpacked)).unwrap_or(usize::MAX);
        if left == 0 {
            let is_all = self.plain.read(&mut [0])? == 0;
            return if is_all { Ok(0) } else { Err(self.too_much(most)) };
        }
        let end = left.min(buffer.len());
        let read = self.plain.read(&mut buffer[..end])?;
        self.unpacked += read as u64;
        Ok(read)
    }
}

impl Limited {
    fn too_much(&self, most: u64) -> io::Error {
        let why = match self.most {
            MostUnpacked::Usual => format!(" and {TIMES} times its size, as a zip bomb does"),
            MostUnpacked::Bytes(_) | MostUnpacked::Any => String::new(),
        };
        let message = format!(
            "it unpacks to more than {most} bytes{why}; if that is right, --max-unpacked SIZE or \
             =off reads more"
        );
        io::Error::new(io::ErrorKind::InvalidData, message)
    }
}

/// What `unpack` makes of a source, up to a limit. `stored` is the size of a file.
pub(super) fn limited(
    source: Source,
    stored: Option<u64>,
    most: MostUnpacked,
    unpack: impl FnOnce(Source) -> io::Result<Source>,
) -> io::Result<Source> {
    let (source, stored) = if let Some(stored) = stored {
        (source, Arc::new(AtomicU64::new(stored)))
    } else {
        let read = Arc::new(AtomicU64::new(0));
        (Box::new(Tap { source, read: Arc::clone(&read) }) as Source, read)
    };
    Ok(Box::new(Limited { plain: unpack(source)?, unpacked: 0, most, stored }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(most: MostUnpacked, bytes: u64, piece: usize, expected: Result<u64, &str>) {
        let source: Source = Box::new(io::repeat(b'x').take(bytes));
        let mut source = limited(source, Some(1), most, Ok).expect("opens");
        let (mut buffer, mut read) = (vec![0; piece], 0);
        let ended = loop {
            match source.read(&mut buffer) {
                Ok(0) => break Ok(read),
                Ok(some) => read += some as u64,
                Err(error) => break Err((read, error.to_string())),
            }
        };
        match (ended, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected),
            (Err((read, said)), Err(expected)) => {
                assert_eq!(most, MostUnpacked::Bytes(read));
                assert!(said.contains(expected), "{said}");
            }
            (ended, _) => panic!("{ended:?} of {bytes} bytes"),
        }
    }

    #[test]
    fn what_is_allowed_is_given_out_whatever_is_asked_for_at_once() {
        for piece in [1, 7, 1000] {
            check(MostUnpacked::Bytes(100), 100, piece, Ok(100));
            check(MostUnpacked::Bytes(100), 101, piece, Err("more than 100 bytes"));
            check(MostUnpacked::Any, 5000, piece, Ok(5000));
            check(MostUnpacked::Usual, 5000, piece, Ok(5000));
        }
    }

    #[test]
    fn a_large_archive_may_hold_more() {
        let gib = 1 << 30;
        assert_eq!(MostUnpacked::Usual.of(1000), Some(8 * gib));
        assert_eq!(MostUnpacked::Usual.of(gib), Some(800 * gib));
    }
}
