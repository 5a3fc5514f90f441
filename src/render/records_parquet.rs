//! Records as Parquet: llmcost's own log format with the types of its columns.

use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use crate::report::{Cell, RecordRows};
use crate::sources::PARQUET_KEY;
use crate::units::{Excess, Usd};
use crate::usage::{Calls, Instant};

/// Rows that are kept until they are written together.
const ROWS_MAX: usize = 1 << 16;

/// Text of such rows.
const BYTES_MAX: usize = 32 << 20;

/// Digits of an amount, before and behind the point, and behind it.
const PRECISION: i32 = 38;
const SCALE: i32 = 18;

/// Writes records, a row group at a time: no more of them are in memory.
pub struct ParquetRecords {
    rows: RecordRows,
    table: ParquetTable,
}

/// Writes rows of cells as Parquet, a row group at a time.
pub(super) struct ParquetTable {
    group: Group,
    file: SerializedFileWriter<Vec<u8>>,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Instants.
    Times,
    /// Whole numbers.
    Counts,
    /// Dollars.
    Amounts,
    /// Texts.
    Texts,
}

/// The rows of one row group.
struct Group {
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
}

struct Column {
    /// 1 where a row has a value, else 0.
    levels: Vec<i16>,
    values: Values,
}

/// The values of a column, without those that are missing.
enum Values {
    /// Milliseconds since 1970.
    Times(Vec<i64>),
    Counts(Vec<i64>),
    Amounts(Vec<FixedLenByteArray>),
    Texts(Vec<ByteArray>),
}

impl ParquetRecords {
    /// A writer of records with these columns.
    pub fn new(rows: RecordRows) -> Self {
        let columns = rows.columns().iter().map(|name| (name.clone(), Kind::of(name)));
        Self { table: ParquetTable::new(&columns.collect::<Vec<_>>()), rows }
    }

    /// Writes calls.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&mut self, calls: &Calls, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { rows, table } = self;
        rows.each(calls, |cells| table.write(cells, out))
    }

    /// Writes the rows that are left and the end of the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn finish(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        self.table.finish(out)
    }
}

impl ParquetTable {
    /// A table with these columns.
    pub(super) fn new(columns: &[(String, Kind)]) -> Self {
        let properties = WriterProperties::builder()
            .set_created_by(concat!("llmcost ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_key_value_metadata(Some(vec![KeyValue::new(PARQUET_KEY.to_owned(), None)]))
            .build();
        let file = SerializedFileWriter::new(Vec::new(), schema(columns), Arc::new(properties))
            .expect("the schema is good, and memory takes everything");
        let columns = columns.iter().map(|(_, kind)| Column::new(*kind)).collect();
        Self { group: Group { columns, rows: 0, bytes: 0 }, file }
    }

    /// Writes a row.
    pub(super) fn write(&mut self, cells: &[Cell<'_>], out: &mut dyn io::Write) -> io::Result<()> {
        let Self { group, file } = self;
        group.push(cells)?;
        if group.rows >= ROWS_MAX || group.bytes >= BYTES_MAX {
            group.write(file)?;
            hand_on(file, out)?;
        }
        Ok(())
    }

    /// Writes the rows that are left and the end of the file.
    pub(super) fn finish(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        self.group.write(&mut self.file)?;
        self.file.finish()?;
        hand_on(&mut self.file, out)
    }
}

/// Gives what was written so far to its reader.
fn hand_on(file: &mut SerializedFileWriter<Vec<u8>>, out: &mut dyn io::Write) -> io::Result<()> {
    file.flush()?;
    let written = file.inner_mut();
    out.write_all(written)?;
    written.clear();
    Ok(())
}

fn schema(columns: &[(String, Kind)]) -> TypePtr {
    let fields = columns.iter().map(|(name, kind)| {
        let field = match kind {
            Kind::Times => Type::primitive_type_builder(name, Physical::INT64)
                .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
            Kind::Counts => Type::primitive_type_builder(name, Physical::INT64),
            Kind::Amounts => Type::primitive_type_builder(name, Physical::FIXED_LEN_BYTE_ARRAY)
                .with_length(16)
                .with_logical_type(Some(LogicalType::decimal(SCALE, PRECISION)))
                .with_precision(PRECISION)
                .with_scale(SCALE),
            Kind::Texts => Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
                .with_logical_type(Some(LogicalType::String)),
        };
        let field = field.with_repetition(Repetition::OPTIONAL).build();
        Arc::new(field.expect("each kind of column is a valid type"))
    });
    let schema = Type::group_type_builder("records").with_fields(fields.collect()).build();
    Arc::new(schema.expect("names of columns are distinct"))
}

impl Kind {
    fn of(column: &str) -> Self {
        match column {
            "time" => Self::Times,
            "cost_usd" => Self::Amounts,
            "searches" | "file_searches" | "http_status" | "max_tokens" | "attempt"
            | "latency_ms" => Self::Counts,
            tokens if tokens.ends_with("_tokens") && is_own(tokens) => Self::Counts,
            _ => Self::Texts,
        }
    }
}

/// Whether it is no column of the log that only happens to have such a name.
fn is_own(column: &str) -> bool {
    crate::report::RECORD_COLUMNS.contains(&column)
}

impl Column {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Times => Values::Times(Vec::new()),
            Kind::Counts => Values::Counts(Vec::new()),
            Kind::Amounts => Values::Amounts(Vec::new()),
            Kind::Texts => Values::Texts(Vec::new()),
        };
        Self { levels: Vec::new(), values }
    }

    /// Adds a value; says how many bytes of text it has.
    fn push(&mut self, cell: &Cell<'_>) -> io::Result<usize> {
        let text = match cell {
            Cell::Absent => {
                self.levels.push(0);
                return Ok(0);
            }
            Cell::Count(count) => count.to_string(),
            Cell::Text(text) => text.clone().into_owned(),
        };
        let bytes = text.len();
        let refused = || io::Error::other(format!("{text} does not fit its Parquet column"));
        match &mut self.values {
            Values::Times(times) => {
                times.push(Instant::parse(&text).map_err(|_| refused())?.millis());
            }
            Values::Counts(counts) => counts.push(text.parse().map_err(|_| refused())?),
            Values::Amounts(amounts) => {
                let amount = Usd::parse(&text, Excess::Reject).map_err(|_| refused())?;
                let digits = amount.atto().to_be_bytes().to_vec();
                amounts.push(ByteArray::from(digits).into());
            }
            Values::Texts(texts) => texts.push(ByteArray::from(text.into_bytes())),
        }
        self.levels.push(1);
        Ok(bytes)
    }

    fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    ) -> Result<(), ParquetError> {
        let levels = &mut self.levels;
        match &mut self.values {
            Values::Times(values) | Values::Counts(values) => {
                write_values::<Int64Type>(group, values, levels)
            }
            Values::Amounts(values) => write_values::<FixedLenByteArrayType>(group, values, levels),
            Values::Texts(values) => write_values::<ByteArrayType>(group, values, levels),
        }
    }
}

fn write_values<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &mut Vec<T::T>,
    levels: &mut Vec<i16>,
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.expect("the schema has every column");
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    values.clear();
    levels.clear();
    column.close()
}

impl Group {
    fn push(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += column.push(cell)?;
        }
        self.rows += 1;
        Ok(())
    }

    fn write(&mut self, file: &mut SerializedFileWriter<Vec<u8>>) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = file.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}
