//! One column of a row group, or all that are inside one object or list, batch by batch.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;

use super::cell::{Cell, Kind, Style};
use super::levels::{Node, Step, leaves};
use super::typed::skip;

/// What a key has in some rows.
pub(super) enum Cells {
    /// Values, which become text when they are asked for.
    Flat(Box<dyn Flat>),
    /// Texts of objects and lists.
    Nested(Texts),
}

impl Cells {
    /// Writes what it has in a row; nothing where there is no value.
    pub(super) fn write(&self, row: usize, text: &mut Vec<u8>) {
        match self {
            Self::Flat(values) => values.write(row, text),
            Self::Nested(texts) => text.extend_from_slice(texts.get(row)),
        }
    }
}

/// One value a row, or none.
pub(super) trait Flat {
    /// Writes the value of a row.
    fn write(&self, row: usize, text: &mut Vec<u8>);
}

/// The values of a flat column.
struct FlatValues<T> {
    values: Vec<T>,
    /// Where among them that of each row is.
    places: Vec<Option<usize>>,
    style: Style,
}

impl<T: Cell> Flat for FlatValues<T> {
    fn write(&self, row: usize, text: &mut Vec<u8>) {
        if let Some(place) = self.places[row] {
            self.values[place].write(self.style, text);
        }
    }
}

/// Texts one after another.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    /// One of them; empty for what has no value.
    fn get(&self, place: usize) -> &[u8] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }

    fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }
}

/// One key of a row.
pub(super) struct Column {
    /// Its name and a colon, as JSON.
    key: Vec<u8>,
    leaves: Vec<Leaf>,
    /// Whether it holds one value a row, not an object or list.
    is_flat: bool,
}

/// One column of the file.
struct Leaf {
    reader: ColumnReader,
    style: Style,
    /// The way to its values from the top of the row.
    steps: Vec<Step>,
    /// The level at which there is a value.
    present: i16,
}

/// Values of a leaf, with the levels that say where they belong.
#[derive(Default)]
struct Batch {
    definition: Vec<i16>,
    repetition: Vec<i16>,
    values: Texts,
}

impl Column {
    /// The columns of a row group, from its start.
    pub(super) fn of(
        group: &dyn RowGroupReader,
        exact_texts: bool,
    ) -> Result<Vec<Self>, ParquetError> {
        let schema = group.metadata().schema_descr_ptr();
        let mut next = 0;
        let mut columns = Vec::new();
        for field in schema.root_schema().get_fields() {
            let mut inner = Vec::new();
            for steps in leaves(field) {
                let about = schema.column(next);
                let style = Style { kind: Kind::of(&about), exact_texts };
                let reader = group.get_column_reader(next)?;
                inner.push(Leaf { reader, style, steps, present: about.max_def_level() });
                next += 1;
            }
            let mut key = serde_json::to_vec(field.name()).expect("a text is JSON");
            key.push(b':');
            let is_flat = field.is_primitive()
                && !inner[0].steps.iter().any(|step| matches!(step, Step::Repeated { .. }));
            columns.push(Self { key, leaves: inner, is_flat });
        }
        Ok(columns)
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Passes over the next rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.leaves.iter_mut().try_for_each(|leaf| leaf.skip(rows))
    }

    /// The next values, one a row.
    pub(super) fn cells(&mut self, rows: usize) -> Result<Cells, ParquetError> {
        if let (true, [leaf]) = (self.is_flat, &mut self.leaves[..]) {
            return leaf.flat(rows).map(Cells::Flat);
        }
        let batches = self.leaves.iter_mut().map(|leaf| leaf.read(rows));
        let batches = batches.collect::<Result<Vec<_>, _>>()?;
        let mut cells = Texts::default();
        let mut cursors = vec![Cursor::default(); batches.len()];
        for _ in 0..rows {
            let mut node = Node::Nothing;
            for ((leaf, batch), cursor) in self.leaves.iter().zip(&batches).zip(&mut cursors) {
                cursor.row(leaf, batch, &mut node);
            }
            cells.push(|text| {
                if node != Node::Nothing {
                    node.write(text);
                }
            });
        }
        Ok(Cells::Nested(cells))
    }
}

impl Leaf {
    /// Passes over the next rows.
    fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        skip(&mut self.reader, rows)
    }

    /// The next rows, where each has one value or none.
    fn flat(&mut self, rows: usize) -> Result<Box<dyn Flat>, ParquetError> {
        let (present, style) = (self.present, self.style);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::Int32ColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::Int64ColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::Int96ColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::FloatColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::DoubleColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::ByteArrayColumnReader(column) => flat(column, rows, present, style),
            ColumnReader::FixedLenByteArrayColumnReader(column) => {
                flat(column, rows, present, style)
            }
        }
    }

    /// The next rows.
    fn read(&mut self, rows: usize) -> Result<Batch, ParquetError> {
        let (present, style) = (self.present, self.style);
        let mut batch = Batch::default();
        let read = match &mut self.reader {
            ColumnReader::BoolColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::Int32ColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::Int64ColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::Int96ColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::FloatColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::DoubleColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::ByteArrayColumnReader(column) => values(column, rows, style, &mut batch),
            ColumnReader::FixedLenByteArrayColumnReader(column) => {
                values(column, rows, style, &mut batch)
            }
        }?;
        let counted = batch.definition.iter().filter(|level| **level == present).count();
        let expected = if present == 0 { rows } else { counted };
        if read != rows || batch.values.ends.len() != expected {
            return Err(too_few_rows());
        }
        Ok(batch)
    }
}

/// What is said of a column that ends too early.
pub(super) fn too_few_rows() -> ParquetError {
    ParquetError::General("a column has fewer rows than the file".to_owned())
}

/// Reads rows of a flat column: values, and levels where some may be missing.
pub(super) fn read_flat<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    present: i16,
    levels: &mut Vec<i16>,
) -> Result<Vec<T::T>, ParquetError> {
    let mut values = Vec::with_capacity(rows);
    let (read, ..) = column.read_records(rows, Some(levels), None, &mut values)?;
    let has_levels = present > 0;
    let counted = levels.iter().filter(|level| **level == present).count();
    let expected = if has_levels { counted } else { rows };
    if read != rows || values.len() != expected || has_levels && levels.len() != rows {
        return Err(too_few_rows());
    }
    Ok(values)
}

fn flat<T: DataType<T: Cell>>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    present: i16,
    style: Style,
) -> Result<Box<dyn Flat>, ParquetError> {
    let mut levels = Vec::new();
    let values = read_flat(column, rows, present, &mut levels)?;
    let mut next = 0..values.len();
    let is_there = |row: usize| present == 0 || levels[row] == present;
    let places = (0..rows).map(|row| if is_there(row) { next.next() } else { None }).collect();
    Ok(Box::new(FlatValues { values, places, style }))
}

/// Reads whole rows of a column, and says how many.
fn values<T: DataType<T: Cell>>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    style: Style,
    batch: &mut Batch,
) -> Result<usize, ParquetError> {
    let mut values = Vec::new();
    let Batch { definition, repetition, .. } = batch;
    let (read, ..) = column.read_records(rows, Some(definition), Some(repetition), &mut values)?;
    for value in values {
        batch.values.push(|text| value.write(style, text));
    }
    Ok(read)
}

/// Where in a batch the next row starts.
#[derive(Clone, Debug, Default)]
struct Cursor {
    level: usize,
    value: usize,
}

impl Cursor {
    /// Puts the values of the next row where they belong.
    fn row(&mut self, leaf: &Leaf, batch: &Batch, node: &mut Node) {
        let mut places = Vec::new();
        let start = self.level;
        loop {
            let level = batch.definition.get(self.level).copied().unwrap_or(0);
            let repeated = batch.repetition.get(self.level).copied().unwrap_or(0);
            if self.level > start && repeated == 0 {
                return;
            }
            let depth = usize::try_from(repeated).unwrap_or(0);
            match depth.checked_sub(1) {
                Some(last) => {
                    places.resize(depth, 0);
                    places[last] += 1;
                }
                None => places.clear(),
            }
            let is_present = level == leaf.present;
            let value = if is_present { batch.values.get(self.value) } else { &[] };
            node.put(&leaf.steps, level, &places, value);
            self.value += usize::from(is_present);
            self.level += 1;
            if self.level >= batch.definition.len() {
                return;
            }
        }
    }
}
