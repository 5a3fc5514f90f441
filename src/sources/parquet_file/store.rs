//! Where the bytes of a Parquet file are: several threads read from one place.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// What is read at any place.
pub(in crate::sources) trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// A file, or what stood in a pipe.
#[derive(Clone)]
pub(in crate::sources) enum Store {
    /// A file has one place at which it is read next, whoever reads: nobody moves it while another
    /// one reads.
    File(Arc<Mutex<dyn Seekable>>, u64),
    Memory(Bytes),
}

impl Store {
    /// A file of so many bytes.
    pub(in crate::sources) fn file(file: impl Seekable + 'static, length: u64) -> Self {
        Self::File(Arc::new(Mutex::new(file)), length)
    }

    /// Reads what is at a place, as much as `read` takes.
    fn read_at<T>(
        &self,
        place: u64,
        read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> io::Result<T> {
        match self {
            Self::File(file, _) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(place))?;
                read(&mut *file)
            }
            Self::Memory(bytes) => {
                let place = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                read(&mut bytes.slice(place..).reader())
            }
        }
    }
}

impl Length for Store {
    fn len(&self) -> u64 {
        match self {
            Self::File(_, length) => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Store {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(From { store: self.clone(), place: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if let Self::Memory(bytes) = self {
            return bytes.get_bytes(start, length);
        }
        let mut bytes = Vec::with_capacity(length);
        self.read_at(start, |source| source.take(length as u64).read_to_end(&mut bytes))?;
        if bytes.len() < length {
            let read = bytes.len();
            let message = format!("Expected to read {length} bytes, read only {read}");
            return Err(ParquetError::EOF(message));
        }
        Ok(bytes.into())
    }
}

/// What is from a place on.
pub(in crate::sources) struct From {
    store: Store,
    place: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.store.read_at(self.place, |source| source.read(buffer))?;
        self.place += read as u64;
        Ok(read)
    }
}
