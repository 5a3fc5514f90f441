//! Parquet files. One row is an object, and may be read as a line of JSON, so that whatever is read
//! from JSON lines can be read from Parquet. Where all that a log has to say stands in plain columns,
//! most rows become calls without being text before. Memory holds a page of each column and some
//! rows, never the file.

mod cell;
mod column;
mod levels;
#[cfg(test)]
mod made;
mod piece;
mod rows;
mod store;
mod straight;
mod typed;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashSet;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

use super::open::{Counted, Source};
use rows::{Lines, count};

pub(super) use piece::{Piece, Pieces};
pub(super) use store::Store;

/// The first bytes of a Parquet file; the second kind has an encrypted end.
pub(super) const STARTS: [[u8; 4]; 2] = [*b"PAR1", *b"PARE"];

/// The key in a file's metadata that says that llmcost wrote it: its texts are names as they
/// stand, even one that says `null`.
pub const OWN_KEY: &str = "llmcost.records";

/// What the rows of a batch may take.
const BATCH_BYTES: u64 = 4 << 20;

/// How many rows go together, at most; tests make them few.
#[derive(Clone, Copy)]
struct Sizes {
    /// Rows that are decoded at once.
    batch: u64,
    /// Rows that go to one thread: so many that it does not matter what each has to pass over, so
    /// few that their calls may wait in memory.
    piece: u64,
}

impl Sizes {
    const USUAL: Self = Self { batch: 1 << 12, piece: 1 << 16 };
}

/// A Parquet file that is open.
pub(super) struct Table {
    file: SerializedFileReader<Store>,
    is_own: bool,
    sizes: Sizes,
    /// How much of it was read.
    stored: Mutex<Counted<()>>,
}

impl Table {
    /// Opens one; what is read of it goes to `stored`.
    ///
    /// # Errors
    /// When it is no whole Parquet file.
    pub(super) fn open(store: Store, stored: Counted<()>) -> io::Result<Arc<Self>> {
        Self::open_in(Sizes::USUAL, store, stored)
    }

    fn open_in(sizes: Sizes, store: Store, stored: Counted<()>) -> io::Result<Arc<Self>> {
        let file = guarded(|| SerializedFileReader::new(store))?;
        guarded(|| check_rows(file.metadata()))?;
        let about = file.metadata().file_metadata();
        if let Some(name) = repeated(about.schema_descr().root_schema()) {
            let message = format!(
                "its schema has the column `{name}` twice: which one is meant cannot be known"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let metadata = about.key_value_metadata();
        let is_own = metadata.is_some_and(|pairs| pairs.iter().any(|pair| pair.key == OWN_KEY));
        Ok(Arc::new(Self { file, is_own, sizes, stored: Mutex::new(stored) }))
    }

    /// Its rows as JSON lines.
    pub(super) fn lines(self: &Arc<Self>) -> Source {
        Box::new(Lines::of(Arc::clone(self)))
    }

    /// How many rows of a row group are decoded at once.
    fn batch_of(&self, group: &RowGroupMetaData) -> u64 {
        let row_bytes = count(group.total_byte_size()) / count(group.num_rows()).max(1);
        (BATCH_BYTES / row_bytes.max(1)).clamp(1, self.sizes.batch)
    }

    /// Tells that so many bytes of it were read.
    fn count(&self, bytes: u64) {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner).count(bytes);
    }
}

/// The row groups must hold as many rows as the file says it has.
fn check_rows(about: &ParquetMetaData) -> Result<(), ParquetError> {
    let mut left = Some(about.file_metadata().num_rows());
    for group in about.row_groups() {
        left = left.filter(|_| group.num_rows() >= 0);
        left = left.and_then(|left| left.checked_sub(group.num_rows()));
    }
    if left == Some(0) {
        return Ok(());
    }
    Err(ParquetError::General("its row groups do not have the rows of the file".to_owned()))
}

/// A name that stands twice among the columns, or inside one of them.
fn repeated(group: &Type) -> Option<&str> {
    let mut seen = HashSet::new();
    let mut fields = group.get_fields().iter();
    fields.find_map(|field| {
        if !seen.insert(field.name()) {
            return Some(field.name());
        }
        if field.is_group() { repeated(field) } else { None }
    })
}

/// Runs what reads a file; a file that is damaged in a way that the library does not expect must
/// not end the run, in which there may be other files.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> io::Result<T> {
    let reason = match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(ParquetError::General(reason) | ParquetError::EOF(reason))) => reason,
        Ok(Err(ParquetError::NYI(reason))) => format!("not supported: {reason}"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its pages are not what it says of them".to_owned(),
    };
    let message = format!("it is a Parquet file that cannot be read: {reason}");
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}

#[cfg(test)]
mod tests;
