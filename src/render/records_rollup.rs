//! A roll-up as JSON lines, CSV or Parquet.

use std::io;

use csv::Writer;

use crate::report::{ColumnKind, RollupTable};

use super::records_csv::{write_header, write_row};
use super::records_jsonl::write_record;
use super::records_parquet::{Kind, ParquetTable};

/// The form of a roll-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollupShape {
    /// One JSON record a row.
    Jsonl,
    /// A table.
    Csv,
    /// A table with types.
    Parquet,
}

/// Writes a roll-up.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_rollup(
    table: &RollupTable,
    shape: RollupShape,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let names: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
    match shape {
        RollupShape::Jsonl => {
            for (number, cells) in table.rows().enumerate() {
                write_record(&names, &cells, number == 0, out)?;
            }
            Ok(())
        }
        RollupShape::Csv => {
            write_header(&names, out)?;
            let cost = names.iter().position(|name| name == "cost_usd");
            let mut writer: Writer<&mut dyn io::Write> = Writer::from_writer(out);
            for cells in table.rows() {
                write_row(&mut writer, &cells, cost)?;
            }
            writer.flush()
        }
        RollupShape::Parquet => {
            let kinds = table.columns.iter().map(|(name, kind)| (name.clone(), kind_of(*kind)));
            let mut file = ParquetTable::new(&kinds.collect::<Vec<_>>());
            for cells in table.rows() {
                file.write(&cells, out)?;
            }
            file.finish(out)
        }
    }
}

const fn kind_of(kind: ColumnKind) -> Kind {
    match kind {
        ColumnKind::Times => Kind::Times,
        ColumnKind::Counts => Kind::Counts,
        ColumnKind::Amounts => Kind::Amounts,
        ColumnKind::Texts => Kind::Texts,
    }
}
