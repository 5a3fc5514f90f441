//! The first records of a file as columns, whatever its layout.

use hashbrown::HashMap;
use serde_json::Value;

use crate::sources::detect::{Hint, detect};
use crate::sources::documents::{Next, next_record};
use crate::sources::events::streams;
use crate::sources::formats::OWN;
use crate::sources::framing::Framing;
use crate::sources::quotes::Rows;
use crate::sources::values::is_nothing;
use crate::sources::writing::without_groups;
use crate::units::{Excess, parse_decimal};

use super::names::{Name, TOKENS};

/// How many records are looked at.
pub(super) const RECORDS_MAX: usize = 200;
/// How many columns are kept: records with free-form keys could have any number.
const COLUMNS_MAX: usize = 400;

/// Records as columns.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) layout: &'static str,
    pub(super) records: usize,
    pub(super) columns: Vec<Column>,
    /// Columns beyond those that are kept.
    pub(super) left_out: u64,
    /// Whether numbers have commas for points.
    pub(super) decimal_comma: bool,
    /// Whether only the points between the thousands of counts show that.
    pub(super) by_points: bool,
}

/// One column or path.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) path: String,
    /// One a record.
    pub(super) cells: Vec<Cell>,
}

/// A value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Cell {
    #[default]
    Absent,
    /// A decimal number, as it can be read by [`parse_decimal`].
    Number(String),
    Text(String),
    Truth(bool),
    List(usize),
}

impl Column {
    pub(super) fn present(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| **cell != Cell::Absent)
    }

    /// Whether there are values, and all are of a kind.
    pub(super) fn all(&self, test: impl Fn(&Cell) -> bool) -> bool {
        self.present().next().is_some() && self.present().all(test)
    }

    /// Whether all values are counts.
    pub(super) fn is_counts(&self) -> bool {
        self.all(|cell| cell.count().is_some())
    }

    /// The texts; nothing for other values.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.present().filter_map(|cell| match cell {
            Cell::Text(text) | Cell::Number(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

impl Cell {
    /// A whole number that is not below zero.
    pub(super) fn count(&self) -> Option<u64> {
        let Self::Number(text) = self else { return None };
        u64::try_from(parse_decimal(text, 0, Excess::Reject).ok()?).ok()
    }

    fn of_text(text: &str) -> Self {
        let text = text.trim();
        match text {
            "true" | "True" | "TRUE" => Self::Truth(true),
            "false" | "False" | "FALSE" => Self::Truth(false),
            nothing if is_nothing(nothing.as_bytes()) => Self::Absent,
            _ if parse_decimal(text, 18, Excess::Round).is_ok() => Self::Number(text.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }
}

/// The first records of a sample; nothing if it holds none.
pub(super) fn survey(sample: &[u8], complete: bool) -> Option<Survey> {
    let hint = Hint { format: Some(OWN), mapped: true };
    let found = detect(sample, complete, hint).ok()?;
    let (layout, mut table) = match found.framing {
        Framing::Lines => ("JSON lines", table_of(&lines(sample, complete))),
        Framing::Documents => ("JSON records", table_of(&documents(sample))),
        Framing::Events => ("streams of events", events(sample)),
        Framing::Delimited(Rows { delimiter, .. }) => {
            (separated(delimiter), delimited(sample, complete, delimiter, &found.columns))
        }
    };
    table.columns.retain(|column| !column.path.is_empty());
    for column in &mut table.columns {
        column.cells.resize(table.records, Cell::Absent);
    }
    let is_table = matches!(found.framing, Framing::Delimited(_));
    let by_commas = is_table && table.has_commas();
    let by_points = is_table && !by_commas && table.has_points();
    let decimal_comma = by_commas || by_points;
    if decimal_comma {
        table.read(with_point);
    } else {
        table.read(grouped_number);
    }
    let Table { columns, records, left_out, .. } = table;
    let survey = Survey { layout, records, columns, left_out, decimal_comma, by_points };
    (records > 0).then_some(survey)
}

const fn separated(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "a table with semicolons",
        b'\t' => "a table with tabs",
        b'|' => "a table with bars",
        _ => "a table with commas",
    }
}

/// Columns in the making.
#[derive(Debug, Default)]
struct Table {
    columns: Vec<Column>,
    places: HashMap<String, usize>,
    records: usize,
    left_out: u64,
}

impl Table {
    fn set(&mut self, path: &str, cell: Cell) {
        let place = match self.places.get(path) {
            Some(place) => *place,
            None if self.columns.len() == COLUMNS_MAX => {
                // Only the number of further names is told, so none is told twice.
                self.left_out +=
                    u64::from(self.places.insert(path.to_owned(), COLUMNS_MAX).is_none());
                COLUMNS_MAX
            }
            None => {
                let place = self.columns.len();
                self.places.insert(path.to_owned(), place);
                self.columns.push(Column { path: path.to_owned(), cells: Vec::new() });
                place
            }
        };
        if let Some(column) = self.columns.get_mut(place) {
            column.cells.resize(self.records, Cell::Absent);
            column.cells.push(cell);
        }
    }

    /// Takes a record apart; says whether it was one.
    fn add(&mut self, record: &[u8]) {
        if let Ok(Value::Object(object)) = serde_json::from_slice(record) {
            self.add_record(&object);
        }
    }

    fn add_record(&mut self, object: &serde_json::Map<String, Value>) {
        self.add_object("", object);
        self.records += 1;
    }

    fn add_object(&mut self, path: &str, object: &serde_json::Map<String, Value>) {
        for (key, value) in object {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match value {
                Value::Object(inner) => self.add_object(&path, inner),
                Value::Null => self.set(&path, Cell::Absent),
                Value::Bool(truth) => self.set(&path, Cell::Truth(*truth)),
                Value::Number(number) => self.set(&path, Cell::Number(number.to_string())),
                Value::String(text) => self.set(&path, Cell::of_text(text)),
                Value::Array(list) => self.set(&path, Cell::List(list.len())),
            }
        }
    }

    /// Whether some numbers can only be decimal ones with a comma, and none one with a point.
    fn has_commas(&self) -> bool {
        let cells = || self.columns.iter().flat_map(Column::texts);
        let point = |text: &str| {
            let fraction = text.split_once('.').map(|(_, fraction)| fraction.len());
            parse_decimal(text, 18, Excess::Round).is_ok()
                && fraction.is_some_and(|length| length != 3)
        };
        let comma = |text: &str| {
            let fraction = text.split_once(',').map(|(_, fraction)| fraction.len());
            with_point(text).is_some() && fraction.is_some_and(|length| length != 3)
        };
        cells().any(comma) && !cells().any(point)
    }

    /// Whether counts of tokens are only whole with points between their thousands, and no number
    /// has a comma or a point anywhere else.
    fn has_points(&self) -> bool {
        let is_grouped = |text: &str| {
            let first = text.split('.').next().unwrap_or_default();
            let whole = (1..=3).contains(&first.len()) && !first.starts_with('0');
            whole && !text.contains(',') && with_point(text).is_some()
        };
        let speaks_against = |text: &str| {
            let point = text.contains('.') && parse_decimal(text, 18, Excess::Round).is_ok();
            let comma = text.contains(',') && grouped_number(text).is_some();
            comma || point && !is_grouped(text)
        };
        let counts = |column: &&Column| Name::of(&column.path).says_somewhere(TOKENS).is_some();
        let mut counted = self.columns.iter().filter(counts).flat_map(Column::texts);
        counted.any(|text| text.contains('.') && is_grouped(text))
            && !self.columns.iter().flat_map(Column::texts).any(speaks_against)
    }

    /// Takes the columns whose values are all written so for numbers.
    fn read(&mut self, plain: fn(&str) -> Option<String>) {
        for column in &mut self.columns {
            if !column.all(|cell| {
                matches!(cell, Cell::Text(text) | Cell::Number(text) if plain(text).is_some())
            }) {
                continue;
            }
            for cell in &mut column.cells {
                if let Cell::Text(text) | Cell::Number(text) = cell
                    && let Some(plain) = plain(text)
                {
                    *cell = Cell::Number(plain);
                }
            }
        }
    }
}

/// `1.234,5` as `1234.5`; nothing if it is no such number.
fn with_point(text: &str) -> Option<String> {
    let plain = text.trim_start_matches('-');
    let (whole, fraction) = plain.split_once(',').unwrap_or((plain, "0"));
    let point = if plain.contains(',') { format!(".{fraction}") } else { String::new() };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split('.');
    let first = groups.next().is_some_and(digits);
    let rest = groups.all(|group| group.len() == 3 && digits(group));
    let sign = if plain.len() == text.len() { "" } else { "-" };
    let number = || format!("{sign}{}{point}", whole.replace('.', ""));
    (first && rest && digits(fraction)).then(number)
}

/// `1,234.5` or `$0.5` as a plain number; nothing if it is neither that nor one already.
fn grouped_number(text: &str) -> Option<String> {
    let number = without_groups(text.strip_prefix('$').unwrap_or(text))?;
    parse_decimal(&number, 18, Excess::Round).is_ok().then_some(number)
}

/// The first JSON records of a sample; none of other layouts.
pub(super) fn records(sample: &[u8], complete: bool) -> Vec<Value> {
    let hint = Hint { format: Some(OWN), mapped: true };
    let records = match detect(sample, complete, hint).map(|found| found.framing) {
        Ok(Framing::Lines) => lines(sample, complete),
        Ok(Framing::Documents) => documents(sample),
        _ => Vec::new(),
    };
    records.into_iter().filter_map(|record| serde_json::from_slice(record).ok()).collect()
}

fn table_of(records: &[&[u8]]) -> Table {
    let mut table = Table::default();
    for record in records {
        table.add(record);
    }
    table
}

fn lines(sample: &[u8], complete: bool) -> Vec<&[u8]> {
    let end = if complete { sample.len() } else { end_of_lines(sample) };
    let lines = sample[..end].split(|byte| *byte == b'\n');
    lines.filter(|line| !line.trim_ascii().is_empty()).take(RECORDS_MAX).collect()
}

fn end_of_lines(sample: &[u8]) -> usize {
    memchr::memrchr(b'\n', sample).map_or(0, |at| at + 1)
}

fn documents(sample: &[u8]) -> Vec<&[u8]> {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Next::Record(start, end) = next_record(sample, at)
        && records.len() < RECORDS_MAX
    {
        records.push(&sample[start..end]);
        at = end;
    }
    records
}

fn events(sample: &[u8]) -> Table {
    let mut table = Table::default();
    for stream in streams(sample).iter().take(RECORDS_MAX) {
        table.add_record(&stream.response);
    }
    table
}

fn delimited(sample: &[u8], complete: bool, delimiter: u8, names: &[String]) -> Table {
    let mut table = Table::default();
    for name in names {
        table.set(name, Cell::Absent);
    }
    for column in &mut table.columns {
        column.cells.clear();
    }
    let end = if complete { sample.len() } else { end_of_lines(sample) };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(&sample[..end]);
    for row in reader.records().flatten().take(RECORDS_MAX) {
        if row.len() == names.len() {
            for (name, cell) in names.iter().zip(row.iter()) {
                table.set(name, Cell::of_text(cell));
            }
            table.records += 1;
        }
    }
    table
}
