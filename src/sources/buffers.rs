//! Buffers that go round: to read into memory that the system has to hand out first takes longer than
//! to read into memory at hand.

use std::io::{self, Read};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// More are not kept than readers use at a time.
const MOST: usize = 64;

/// Larger ones, for records that were very long, go back to the system.
const BYTES_MAX: usize = 8 << 20;

/// As much room a new one has at first.
const ROOM_BYTES: usize = 64 << 10;

/// Buffers that nobody uses at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// One of them, or a new one.
    pub(super) fn take(&self) -> Buffer {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Buffer { bytes: free.pop().unwrap_or_default(), filled: 0 }
    }

    /// Takes one back.
    pub(super) fn give_back(&self, buffer: Buffer) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < MOST && buffer.bytes.capacity() <= BYTES_MAX {
            free.push(buffer.bytes);
        }
    }
}

/// A buffer: what was filled, and behind it whatever was there before.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Deref for Buffer {
    type Target = [u8];

    /// What was filled.
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { filled: bytes.len(), bytes }
    }
}

impl Buffer {
    /// Adds some bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.room(bytes.len());
        self.bytes[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    /// Reads up to so many bytes more; says whether there were as many.
    ///
    /// # Errors
    /// When the source fails; what was read before stays.
    pub(super) fn read(&mut self, source: &mut impl Read, wanted: usize) -> io::Result<bool> {
        let end = self.filled + wanted;
        while self.filled < end {
            if self.filled == self.bytes.len() {
                // A small file takes little room.
                self.room((end - self.filled).min(self.filled.max(ROOM_BYTES)));
            }
            let room = end.min(self.bytes.len());
            match source.read(&mut self.bytes[self.filled..room]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn room(&mut self, wanted: usize) {
        let end = self.filled + wanted;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
    }

    /// Leaves only the first bytes.
    pub(super) fn cut(&mut self, end: usize) {
        self.filled = self.filled.min(end);
    }

    /// What was filled, on its own.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.truncate(self.filled);
        self.bytes
    }
}
