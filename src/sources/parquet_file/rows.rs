//! Rows as text: each a JSON object on a line of its own.

use std::io::{self, Read};
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;

use super::column::{Cells, Column};
use super::{Table, guarded};

/// A number of the file's metadata, which has signs.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The rows of a file, as far as they were read.
pub(super) struct Rows {
    table: Arc<Table>,
    /// The row group that comes next.
    group: usize,
    /// The columns of the row group at hand.
    columns: Vec<Column>,
    /// Its rows that were not read yet.
    left: u64,
    /// How many of them are read at once.
    batch: u64,
}

/// Some rows, not yet text.
pub(super) struct Batch {
    cells: Vec<Cells>,
    pub(super) rows: usize,
    /// Whether the file starts with them.
    is_first: bool,
}

impl Rows {
    /// All rows.
    pub(super) const fn all(table: Arc<Table>) -> Self {
        Self::from(table, 0)
    }

    /// The rows of a row group and of those behind it.
    pub(super) const fn from(table: Arc<Table>, group: usize) -> Self {
        Self { table, group, columns: Vec::new(), left: 0, batch: 1 }
    }

    /// Passes over some rows of the row group at hand, or of the next one if there is none.
    pub(super) fn skip(&mut self, rows: u64) -> Result<(), ParquetError> {
        if rows == 0 {
            return Ok(());
        }
        if self.left == 0 && self.group < self.table.file.num_row_groups() {
            self.open_group()?;
        }
        self.left = self.left.saturating_sub(rows);
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        self.columns.iter_mut().try_for_each(|column| column.skip(rows))
    }

    /// The next rows; nothing where there are none.
    pub(super) fn next(&mut self) -> Result<Option<Batch>, ParquetError> {
        let is_first = self.group == 0;
        while self.left == 0 {
            if self.group == self.table.file.num_row_groups() {
                return Ok(None);
            }
            self.open_group()?;
        }
        let rows = self.left.min(self.batch);
        self.left -= rows;
        let rows = usize::try_from(rows).expect("a batch has few rows");
        let cells = self.columns.iter_mut().map(|column| column.cells(rows));
        Ok(Some(Batch { cells: cells.collect::<Result<_, _>>()?, rows, is_first }))
    }

    /// Adds a row to `text`. The first one of a file names every column, as who reads the file looks
    /// for them there; in the others what is missing is left out.
    pub(super) fn write(&self, batch: &Batch, row: usize, text: &mut Vec<u8>) {
        let mut before = b'{';
        for (column, cells) in self.columns.iter().zip(&batch.cells) {
            let start = text.len();
            text.push(before);
            text.extend_from_slice(column.key());
            let key_end = text.len();
            cells.write(row, text);
            if text.len() == key_end {
                if !(batch.is_first && row == 0) {
                    text.truncate(start);
                    continue;
                }
                text.extend_from_slice(b"null");
            }
            before = b',';
        }
        text.extend_from_slice(if before == b'{' { b"{}\n" } else { b"}\n" });
    }

    fn open_group(&mut self) -> Result<(), ParquetError> {
        let group = self.table.file.get_row_group(self.group)?;
        self.group += 1;
        self.left = count(group.metadata().num_rows());
        self.batch = self.table.batch_of(group.metadata());
        self.columns = Column::of(&*group, self.table.is_own)?;
        Ok(())
    }
}

/// All rows as text.
pub(super) struct Lines {
    rows: Rows,
    text: Vec<u8>,
    /// How much of the text was given out.
    at: usize,
}

impl Lines {
    pub(super) const fn of(table: Arc<Table>) -> Self {
        Self { rows: Rows::all(table), text: Vec::new(), at: 0 }
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() {
            self.text.clear();
            self.at = 0;
            let Self { rows, text, .. } = self;
            let has_more = guarded(|| {
                let batch = rows.next()?;
                let batch = batch.inspect(|batch| {
                    (0..batch.rows).for_each(|row| rows.write(batch, row, text));
                });
                Ok(batch.is_some())
            })?;
            if !has_more {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
