//! Pieces of a Parquet file that are read straight: some rows of a row group go to one thread, which
//! decodes them itself.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;

use crate::usage::Dimensions;

use super::super::layout::Layouts;
use super::super::parse::{Assumed, Parsed, Parser};
use super::super::plan::FilePlan;
use super::super::quick::{Memory, Quick};
use super::super::ride::Ride;
use super::super::values::Values;
use super::rows::{Batch, Rows, count};
use super::straight::{Way, ways};
use super::typed::Typed;
use super::{Table, guarded};

/// What the values of a piece may take.
const BYTES: u64 = 16 << 20;

/// The pieces of a file, one after another.
pub(in crate::sources) struct Pieces {
    table: Arc<Table>,
    ways: Arc<Vec<Way>>,
    /// Where the next one starts: its row group, and the row in there.
    group: usize,
    row: u64,
}

impl Pieces {
    /// Nothing where the file has to become text.
    pub(in crate::sources) fn of(table: &Arc<Table>, plan: &FilePlan) -> Option<Self> {
        let schema = table.file.metadata().file_metadata().schema_descr();
        let ways = Arc::new(ways(plan, schema, table.is_own)?);
        Some(Self { table: Arc::clone(table), ways, group: 0, row: 0 })
    }

    /// The next piece. Cuts depend on the file alone.
    pub(in crate::sources) fn next(&mut self) -> Option<Piece> {
        let about = self.table.file.metadata();
        while self.group < about.num_row_groups() {
            let group = about.row_group(self.group);
            let (start, all) = (self.row, count(group.num_rows()));
            if start < all {
                let end = all.min(start + self.rows(group));
                self.row = end;
                let share = |bytes: u64| bytes / all * (end - start);
                let place = Place { group: self.group, rows: start..end };
                return Some(Piece {
                    table: Arc::clone(&self.table),
                    ways: Arc::clone(&self.ways),
                    place,
                    bytes: share(count(group.total_byte_size())),
                    stored: share(count(group.compressed_size())),
                });
            }
            (self.group, self.row) = (self.group + 1, 0);
        }
        None
    }

    /// How many rows of a row group are a piece: whole batches, as text would be made of them.
    fn rows(&self, group: &RowGroupMetaData) -> u64 {
        let bytes = self.ways.iter().map(|way| count(group.column(way.leaf).uncompressed_size()));
        let row_bytes = bytes.sum::<u64>() / count(group.num_rows()).max(1);
        let rows = (BYTES / row_bytes.max(1)).min(self.table.sizes.piece);
        let batch = self.table.batch_of(group);
        (rows / batch).max(1) * batch
    }
}

/// Rows of one row group.
#[derive(Clone, Debug)]
struct Place {
    group: usize,
    rows: Range<u64>,
}

/// Some rows that go to one thread.
pub(in crate::sources) struct Piece {
    table: Arc<Table>,
    ways: Arc<Vec<Way>>,
    place: Place,
    /// What they are, and what they are as they are stored; estimated.
    pub(in crate::sources) bytes: u64,
    stored: u64,
}

impl Piece {
    /// Parses its rows; what was read before a failure, and why there is no more.
    pub(in crate::sources) fn parse(
        &self,
        plan: &Arc<FilePlan>,
        assumed: &Assumed,
        dimensions: &Dimensions,
        memory: &mut Memory,
    ) -> (Vec<Parsed>, Option<String>) {
        let mut parsed = Vec::new();
        let read = self.columns().and_then(|mut columns| {
            let mut spelling = Spelling::new(self);
            let about = self.table.file.metadata();
            let batch = self.table.batch_of(about.row_group(self.place.group));
            let mut start = self.place.rows.start;
            while start < self.place.rows.end {
                let end = self.place.rows.end.min(start + batch);
                memory.turn_to(plan, false);
                let parser = Parser::new(plan, assumed, dimensions);
                spelling.turn_to(start);
                let rows = usize::try_from(end - start).expect("a batch has few rows");
                parsed.push(parse_batch(rows, parser, &mut columns, &mut spelling, memory)?);
                start = end;
            }
            Ok(())
        });
        self.table.count(self.stored);
        (parsed, read.err().map(|error| error.to_string()))
    }

    /// Its columns, at its first row.
    fn columns(&self) -> io::Result<Columns<'_>> {
        guarded(|| {
            let group = self.table.file.get_row_group(self.place.group)?;
            let rows = usize::try_from(self.place.rows.start).unwrap_or(usize::MAX);
            let columns = self.ways.iter().map(|way| {
                let mut column = Typed::new(way, group.get_column_reader(way.leaf)?);
                if rows > 0 {
                    column.skip(rows)?;
                }
                Ok((way, column))
            });
            columns.collect()
        })
    }
}

type Columns<'p> = Vec<(&'p Way, Typed)>;

/// Parses the next rows.
fn parse_batch(
    rows: usize,
    mut parser: Parser<'_>,
    columns: &mut Columns<'_>,
    spelling: &mut Spelling,
    memory: &mut Memory,
) -> io::Result<Parsed> {
    parser.calls.reserve(memory.calls);
    let Memory { layouts, quick, .. } = memory;
    let quick = quick.as_mut().expect("a file without a short way is read as text");
    let mut odd = vec![false; rows];
    guarded(|| {
        let mut columns = columns.iter_mut();
        columns.try_for_each(|(way, column)| column.read(way, &mut quick.words, &mut odd))
    })?;
    let there = columns.iter().filter(|(_, column)| column.is_there);
    let columns: Vec<_> = there.map(|(way, column)| (*way, column)).collect();
    let mut ride = quick.ride();
    for (row, line) in (0..rows).zip(1..) {
        parser.lines.lines += 1;
        if odd[row] || !short(&mut parser, &columns, row, line, quick, &mut ride) {
            let text = spelling.row(row)?;
            long(&mut parser, text, line, layouts);
        }
    }
    memory.calls = parser.calls.len();
    Ok(parser.finish(rows as u64))
}

/// Reads a row the short way; says whether that was enough.
#[inline]
fn short<'b>(
    parser: &mut Parser<'_>,
    columns: &[(&Way, &'b Typed)],
    row: usize,
    line: u64,
    quick: &mut Quick,
    ride: &mut Ride<'b>,
) -> bool {
    ride.begin();
    for (way, column) in columns {
        if !column.take(way, row, ride, &mut quick.words) {
            return false;
        }
    }
    parser.ride(quick, ride, line)
        || ride.is_new && {
            learn(parser, columns, row, quick, ride);
            parser.ride(quick, ride, line)
        }
}

/// Keeps what the words of a row say.
fn learn(
    parser: &mut Parser<'_>,
    columns: &[(&Way, &Typed)],
    row: usize,
    quick: &mut Quick,
    ride: &mut Ride<'_>,
) {
    let spelled: Vec<_> = columns.iter().map(|(_, column)| column.spelled(row)).collect();
    let mut values = Values::new(parser.plan.slots).written(parser.plan.writing);
    for ((way, column), spelled) in columns.iter().zip(&spelled) {
        column.set(way, row, spelled.as_deref(), &mut values);
    }
    parser.learn_words(quick, ride, &values);
}

/// Reads a row as the line of JSON that it is as text.
fn long(parser: &mut Parser<'_>, text: &str, line: u64, layouts: &mut Layouts) {
    let mut values = Values::new(parser.plan.slots).written(parser.plan.writing);
    let ends = parser.json_record(text, line, layouts, &mut values);
    parser.count_ends(ends);
}

/// Rows of a piece as text, as they are asked for.
struct Spelling {
    rows: Rows,
    /// How many rows of the row group it passed.
    passed: u64,
    /// Where the rows at hand start, and they themselves if one was asked for.
    start: u64,
    batch: Option<Batch>,
    text: Vec<u8>,
}

impl Spelling {
    fn new(piece: &Piece) -> Self {
        let rows = Rows::from(Arc::clone(&piece.table), piece.place.group);
        Self { rows, passed: 0, start: 0, batch: None, text: Vec::new() }
    }

    /// Turns to the rows from a place on.
    fn turn_to(&mut self, start: u64) {
        (self.start, self.batch) = (start, None);
    }

    /// A row of those at hand.
    fn row(&mut self, row: usize) -> io::Result<&str> {
        let Self { rows, text, passed, start, batch } = self;
        guarded(|| {
            if batch.is_none() {
                rows.skip(*start - *passed)?;
                *batch = rows.next()?;
                *passed = *start + batch.as_ref().map_or(0, |batch| batch.rows as u64);
            }
            text.clear();
            match batch {
                Some(batch) => rows.write(batch, row, text),
                None => return Err(ParquetError::General("it has too few rows".to_owned())),
            }
            text.pop(); // the end of the line
            Ok(())
        })?;
        Ok(std::str::from_utf8(text).expect("JSON is text"))
    }
}
