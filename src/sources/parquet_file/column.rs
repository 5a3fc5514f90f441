//! One column of a row group, or all that are inside one object or list, batch by batch.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;

use super::cell::{Cell, Kind, Style};
use super::levels::{Node, Step, leaves};

/// Texts one after another.
#[derive(Debug, Default)]
pub(super) struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    /// One of them; empty for what has no value.
    pub(super) fn get(&self, place: usize) -> &[u8] {
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
    values: Cells,
    /// The level at which there is a value, where there are cells for the others too.
    gaps: Option<i16>,
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

    /// The next values, one a row.
    pub(super) fn cells(&mut self, rows: usize) -> Result<Cells, ParquetError> {
        if let (true, [leaf]) = (self.is_flat, &mut self.leaves[..]) {
            return Ok(leaf.read(rows, true)?.values);
        }
        let batches = self.leaves.iter_mut().map(|leaf| leaf.read(rows, false));
        let batches = batches.collect::<Result<Vec<_>, _>>()?;
        let mut cells = Cells::default();
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
        Ok(cells)
    }
}

impl Leaf {
    /// The next rows; `by_row` says whether there is a cell for each, even where there is no value.
    fn read(&mut self, rows: usize, by_row: bool) -> Result<Batch, ParquetError> {
        let (present, style) = (self.present, self.style);
        let gaps = by_row.then_some(present).filter(|present| *present > 0);
        let mut batch = Batch { gaps, ..Batch::default() };
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
        let expected = if present == 0 || by_row { rows } else { counted };
        if read != rows || batch.values.ends.len() != expected {
            return Err(ParquetError::General("a column has fewer rows than the file".to_owned()));
        }
        Ok(batch)
    }
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
    let mut values = values.iter();
    if let Some(present) = batch.gaps {
        for level in &batch.definition {
            let value = if *level == present { values.next() } else { None };
            batch.values.push(|text| value.into_iter().for_each(|value| value.write(style, text)));
        }
    }
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
