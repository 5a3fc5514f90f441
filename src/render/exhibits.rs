//! Exhibits as blocks of a page, as a part of a document, and as rows of a spreadsheet.

use std::io;

use csv::Writer;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::exhibits::{Cell, Column as ExhibitColumn, Exhibit};
use crate::report::Currency;
use crate::units::{Rate, Share};

use super::csv_rows::{inert, io_error};
use super::dates::{duration, moment};
use super::figures::{DASH, Money, count, growth, multiple, name, percent, tokens};
use super::screen::{Column, Grid, GridRow, Keep, Screen, Tone};
use super::wire::{Dollars, Ratio};

/// Adds the tables that belong on the page, and names those that do not.
pub(super) fn blocks(screen: &mut Screen, exhibits: &[Exhibit], money: Money) {
    for exhibit in exhibits.iter().filter(|exhibit| !exhibit.is_detail) {
        block(screen, exhibit, money);
    }
    let hidden = exhibits.iter().filter(|exhibit| exhibit.is_detail).map(|exhibit| exhibit.name);
    let hidden: Vec<_> = hidden.collect();
    if !hidden.is_empty() {
        screen.heading("More tables");
        screen.line(Tone::Quiet, format!("--show NAME, or all: {}", hidden.join(", ")));
    }
}

pub(super) fn block(screen: &mut Screen, exhibit: &Exhibit, money: Money) {
    screen.heading(name(&exhibit.title));
    if !exhibit.rows.is_empty() {
        let columns = exhibit.columns.iter().enumerate();
        let columns = columns.map(|(place, column)| page_column(exhibit, place, column));
        let rows = exhibit.rows.iter().enumerate().map(|(place, row)| {
            let is_strong = exhibit.highlight == Some(place);
            let tone = if is_strong { Tone::Strong } else { Tone::Plain };
            let units = unit_money(row, money.currency());
            GridRow::Cells(tone, row.iter().map(|cell| shown(cell, money, units)).collect())
        });
        screen.grid(Grid { columns: columns.collect(), rows: rows.collect() });
    }
    for note in &exhibit.notes {
        screen.line(Tone::Quiet, name(note));
    }
}

/// Figures stand to the right. Where there is no room the last columns go first; words that would
/// go are printed below the table.
fn page_column(exhibit: &Exhibit, place: usize, column: &ExhibitColumn) -> Column {
    let order = u8::try_from(place).unwrap_or(u8::MAX);
    let is_figure = exhibit.rows.iter().any(|row| row[place].is_figure());
    match (place, is_figure) {
        (0, false) => Column::text(&column.label, Keep::Always),
        (0, true) => Column::number(&column.label, Keep::Always),
        (_, false) => Column::text(&column.label, Keep::Below(order)),
        (_, true) => Column::number(&column.label, Keep::Drop(order)),
    }
}

/// The digits of the costs of units in a row, which are compared with each other.
fn unit_money(row: &[Cell], currency: Currency) -> Money {
    let amounts = row.iter().filter_map(|cell| match cell {
        Cell::UnitUsd(amount) => Some(*amount),
        _ => None,
    });
    Money::for_units(amounts, currency)
}

/// A cell for people.
fn shown(cell: &Cell, money: Money, units: Money) -> String {
    match cell {
        Cell::Text(text) => name(text),
        Cell::Word(word) => word.replace('_', " "),
        Cell::Count(number) => count(*number),
        Cell::Tokens(number) => tokens(*number),
        Cell::Usd(amount) => money.text(*amount),
        Cell::UnitUsd(amount) => units.text(*amount),
        Cell::UsdChange(amount) => money.difference(*amount),
        Cell::Rate(rate) => share_of(*rate).map_or_else(String::new, percent),
        Cell::Share(share) => percent(*share),
        Cell::ShareChange(share) => growth(*share),
        Cell::Factor(factor) => format!("{factor}×"),
        Cell::Multiple(share) => multiple(*share),
        Cell::Time(at) => moment(*at),
        Cell::Seconds(seconds) => duration(*seconds),
        Cell::Missing => DASH.to_owned(),
    }
}

fn share_of(rate: Rate) -> Option<Share> {
    Share::of(i128::from(rate.parts()), i128::from(Rate::ONE.parts()))
}

/// Writes one exhibit with every digit: a header of column names, then its rows.
pub(super) fn write_rows(exhibit: &Exhibit, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(exhibit.columns.iter().map(|column| column.name)).map_err(io_error)?;
    for row in &exhibit.rows {
        writer.write_record(row.iter().map(exact)).map_err(io_error)?;
    }
    writer.flush()
}

/// A cell for a spreadsheet.
pub(super) fn exact(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => inert(text.clone()),
        Cell::Word(word) => (*word).to_owned(),
        Cell::Count(number) | Cell::Seconds(number) => number.to_string(),
        Cell::Tokens(number) => number.get().to_string(),
        Cell::Usd(amount) | Cell::UnitUsd(amount) | Cell::UsdChange(amount) => amount.to_string(),
        Cell::Rate(rate) => rate.to_string(),
        Cell::Share(share) | Cell::ShareChange(share) | Cell::Multiple(share) => {
            share.ratio().to_string()
        }
        Cell::Factor(factor) => factor.to_string(),
        Cell::Time(at) => at.to_iso(),
        Cell::Missing => String::new(),
    }
}

/// An exhibit in a document.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct ExhibitDocument<'a> {
    name: &'static str,
    title: &'a str,
    columns: ColumnsDocument<'a>,
    rows: RowsDocument<'a>,
    notes: &'a [String],
}

impl<'a> From<&'a Exhibit> for ExhibitDocument<'a> {
    fn from(exhibit: &'a Exhibit) -> Self {
        Self {
            name: exhibit.name,
            title: &exhibit.title,
            columns: ColumnsDocument(&exhibit.columns),
            rows: RowsDocument(exhibit),
            notes: &exhibit.notes,
        }
    }
}

/// Names of columns with their labels, in order.
#[derive(Clone, Copy, Debug)]
struct ColumnsDocument<'a>(&'a [ExhibitColumn]);

impl Serialize for ColumnsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|column| (column.name, &column.label)))
    }
}

/// Rows as objects by name of column.
#[derive(Clone, Copy, Debug)]
struct RowsDocument<'a>(&'a Exhibit);

impl Serialize for RowsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = &self.0.columns;
        serializer.collect_seq(self.0.rows.iter().map(|cells| RowDocument { columns, cells }))
    }
}

struct RowDocument<'a> {
    columns: &'a [ExhibitColumn],
    cells: &'a [Cell],
}

impl Serialize for RowDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            map.serialize_entry(column.name, &CellDocument(cell))?;
        }
        map.end()
    }
}

struct CellDocument<'a>(&'a Cell);

impl Serialize for CellDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Word(word) => serializer.serialize_str(word),
            Cell::Count(number) | Cell::Seconds(number) => serializer.serialize_u64(*number),
            Cell::Tokens(number) => serializer.serialize_u64(number.get()),
            Cell::Usd(amount) | Cell::UnitUsd(amount) | Cell::UsdChange(amount) => {
                Dollars(*amount).serialize(serializer)
            }
            Cell::Rate(rate) => share_of(*rate).map(Ratio).serialize(serializer),
            Cell::Share(share) | Cell::ShareChange(share) | Cell::Multiple(share) => {
                Ratio(*share).serialize(serializer)
            }
            Cell::Factor(factor) => serializer.collect_str(factor),
            Cell::Time(at) => serializer.serialize_str(&at.to_iso()),
            Cell::Missing => serializer.serialize_none(),
        }
    }
}
