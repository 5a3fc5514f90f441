//! Parquet files as JSON lines: one row an object, so that whatever is read from JSON lines can be
//! read from Parquet. Memory holds a page of each column and some rows of text, never the file.

mod cell;
mod column;
mod levels;

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use hashbrown::HashSet;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use parquet::schema::types::Type;

use super::open::Source;
use column::Column;

/// The first bytes of a Parquet file; the second kind has an encrypted end.
pub(super) const STARTS: [[u8; 4]; 2] = [*b"PAR1", *b"PARE"];

/// The key in a file's metadata that says that llmcost wrote it: its texts are names as they
/// stand, even one that says `null`.
pub const OWN_KEY: &str = "llmcost.records";

/// Rows that are turned into text at once, at most.
const ROWS_MAX: u64 = 4096;

/// What those rows may take.
const BATCH_BYTES: u64 = 4 << 20;

/// The rows of a Parquet file as JSON lines.
///
/// # Errors
/// When it is no whole Parquet file.
pub(super) fn lines<R: ChunkReader + 'static>(source: R) -> io::Result<Source> {
    let file = guarded(|| SerializedFileReader::new(source))?;
    guarded(|| check_rows(file.metadata()))?;
    let about = file.metadata().file_metadata();
    if let Some(name) = repeated(about.schema_descr().root_schema()) {
        let message =
            format!("its schema has the column `{name}` twice: which one is meant cannot be known");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let metadata = about.key_value_metadata();
    let is_own = metadata.is_some_and(|pairs| pairs.iter().any(|pair| pair.key == OWN_KEY));
    let rows =
        Rows { file, group: 0, columns: Vec::new(), left: 0, batch: 1, is_own, is_first: true };
    Ok(Box::new(Lines { rows, text: Vec::new(), at: 0 }))
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

struct Rows<R: ChunkReader> {
    file: SerializedFileReader<R>,
    /// The row group that comes next.
    group: usize,
    /// The columns of the row group at hand.
    columns: Vec<Column>,
    /// Its rows that were not read yet.
    left: u64,
    /// How many of them are read at once.
    batch: u64,
    is_own: bool,
    /// Whether no row was read yet. The first names every column, as who reads the file looks for
    /// them there; in the others what is missing is left out.
    is_first: bool,
}

impl<R: ChunkReader + 'static> Rows<R> {
    /// Adds the next rows to `text`; says whether there were any.
    fn next(&mut self, text: &mut Vec<u8>) -> Result<bool, ParquetError> {
        while self.left == 0 {
            if self.group == self.file.num_row_groups() {
                return Ok(false);
            }
            self.open_group()?;
        }
        let rows = self.left.min(self.batch);
        self.left -= rows;
        let count = usize::try_from(rows).expect("it is at most ROWS_MAX");
        let columns = &mut self.columns;
        let cells = columns.iter_mut().map(|column| column.cells(count));
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        for row in 0..count {
            let mut before = b'{';
            for (column, cells) in self.columns.iter().zip(&cells) {
                let cell = cells.get(row);
                if cell.is_empty() && !self.is_first {
                    continue;
                }
                text.push(before);
                before = b',';
                text.extend_from_slice(column.key());
                text.extend_from_slice(if cell.is_empty() { b"null" } else { cell });
            }
            text.extend_from_slice(if before == b'{' { b"{}\n" } else { b"}\n" });
            self.is_first = false;
        }
        Ok(true)
    }

    fn open_group(&mut self) -> Result<(), ParquetError> {
        let group = self.file.get_row_group(self.group)?;
        self.group += 1;
        let about = group.metadata();
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        self.left = count(about.num_rows());
        let row_bytes = count(about.total_byte_size()) / self.left.max(1);
        self.batch = (BATCH_BYTES / row_bytes.max(1)).clamp(1, ROWS_MAX);
        self.columns = Column::of(&*group, self.is_own)?;
        Ok(())
    }
}

struct Lines<R: ChunkReader> {
    rows: Rows<R>,
    text: Vec<u8>,
    /// How much of the text was given out.
    at: usize,
}

impl<R: ChunkReader + 'static> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() {
            self.text.clear();
            self.at = 0;
            let Self { rows, text, .. } = self;
            if !guarded(|| rows.next(text))? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
