//! The values of a column that is read straight, a batch of rows at a time: numbers as numbers, and
//! of texts each different one once.

use std::ops::Range;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;

use crate::usage::Instant;

use super::super::ride::Ride;
use super::super::roles::Role;
use super::super::values::{COUNT_MAX, Values, is_nothing, plain_digits};
use super::super::words::WordBook;
use super::cell::{Address, Cell, Kind, Style};
use super::column::{read_flat, too_few_rows};
use super::straight::Way;

/// In the place of a number that is not there, and of a value that is no number; no count is as
/// large.
const NO_NUMBER: u64 = u64::MAX;
const ODD_NUMBER: u64 = u64::MAX - 1;

/// In the place of a time that is not there.
const NO_TIME: i64 = i64::MIN;

/// So many different bytes are found again without being written anew.
const KNOWN: usize = 256;

/// The values of some rows.
enum Cells {
    /// Whole numbers that may be counts.
    Numbers(Vec<u64>),
    /// Milliseconds since 1970.
    Times(Vec<i64>),
    /// Whatever has to be looked at as text.
    Texts(Texts),
}

/// The different texts of a column.
#[derive(Default)]
struct Texts {
    /// One after another, as JSON.
    text: Vec<u8>,
    /// Where each ends. The first one is empty: it stands for no value.
    ends: Vec<usize>,
    /// The number of each as a word, where they are words; zero is none.
    words: Vec<u16>,
    /// The text of each row, by its place.
    rows: Vec<u32>,
}

impl Texts {
    fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
        self.words.clear();
        self.ends.clear();
        self.ends.push(0);
    }

    /// Where one stands.
    #[inline]
    fn range(&self, place: u32) -> Range<usize> {
        let place = place as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[place]
    }

    #[inline]
    fn get(&self, place: u32) -> &[u8] {
        &self.text[self.range(place)]
    }

    fn get_text(&self, place: u32) -> &str {
        std::str::from_utf8(self.get(place)).expect("JSON is text")
    }

    /// Adds a value, and answers its place: the first one if it says nothing.
    fn add(&mut self, value: &impl Cell, style: Style) -> u32 {
        let start = self.text.len();
        value.write(style, &mut self.text);
        if is_nothing(&self.text[start..]) {
            self.text.truncate(start);
            return 0;
        }
        self.ends.push(self.text.len());
        u32::try_from(self.ends.len() - 1).expect("a batch has few rows")
    }
}

/// A column that is read straight, with its values in the rows at hand.
pub(super) struct Typed {
    reader: ColumnReader,
    cells: Cells,
    /// Whether one of the rows has a value.
    pub(super) is_there: bool,
    levels: Vec<i16>,
    known: Vec<(Address, u32)>,
}

impl Typed {
    /// The column of a row group that a way leads to, from its start.
    pub(super) fn new(way: &Way, reader: ColumnReader) -> Self {
        let is_moment = matches!(way.style.kind, Kind::Timestamp(..))
            && matches!(reader, ColumnReader::Int64ColumnReader(_));
        let cells = match way.role {
            Role::Number(_) => Cells::Numbers(Vec::new()),
            Role::Time if is_moment => Cells::Times(Vec::new()),
            _ => Cells::Texts(Texts::default()),
        };
        Self { reader, cells, is_there: false, levels: Vec::new(), known: Vec::new() }
    }

    /// Passes over some rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        skip(&mut self.reader, rows)
    }

    /// Reads as many rows as `odd` has, and marks those there with a value that needs a closer look.
    pub(super) fn read(
        &mut self,
        way: &Way,
        words: &mut WordBook,
        odd: &mut [bool],
    ) -> Result<(), ParquetError> {
        let Self { reader, cells, levels, known, .. } = self;
        levels.clear();
        let mut batch = Batch { way, levels, known, odd };
        self.is_there = match reader {
            ColumnReader::BoolColumnReader(column) => batch.read(column, cells),
            ColumnReader::Int32ColumnReader(column) => batch.read(column, cells),
            ColumnReader::Int64ColumnReader(column) => batch.read(column, cells),
            ColumnReader::Int96ColumnReader(column) => batch.read(column, cells),
            ColumnReader::FloatColumnReader(column) => batch.read(column, cells),
            ColumnReader::DoubleColumnReader(column) => batch.read(column, cells),
            ColumnReader::ByteArrayColumnReader(column) => batch.read(column, cells),
            ColumnReader::FixedLenByteArrayColumnReader(column) => batch.read(column, cells),
        }?;
        if let (true, Cells::Texts(texts)) = (self.is_there, cells) {
            look_closer(texts, way, words, odd);
        }
        Ok(())
    }

    /// Takes the value of a row; says whether it wants the rest of the row.
    #[inline]
    pub(super) fn take<'b>(
        &'b self,
        way: &Way,
        row: usize,
        ride: &mut Ride<'b>,
        words: &mut WordBook,
    ) -> bool {
        match (&self.cells, way.role) {
            (Cells::Numbers(numbers), Role::Number(place)) => {
                let number = numbers[row];
                number == NO_NUMBER || ride.take_number(place, way.slot, number)
            }
            (Cells::Numbers(_), _) => false,
            (Cells::Times(times), _) => {
                let time = times[row];
                time == NO_TIME || ride.take_time(way.slot, Instant::from_millis(time))
            }
            (Cells::Texts(texts), role) => {
                let place = texts.rows[row];
                if place == 0 {
                    return true;
                }
                match role {
                    Role::Word => {
                        let word = texts.words[place as usize];
                        ride.take_known(way.slot, word, texts.get(place))
                    }
                    Role::Kept(kept) => ride.take_kept(kept, way.slot, texts.get_text(place)),
                    Role::Time => {
                        let range = texts.range(place);
                        ride.take_time_text(way.slot, &texts.text, range, words)
                    }
                    Role::Several => {
                        let text = texts.get_text(place);
                        way.targets.iter().all(|target| ride.take(*target, text, words))
                    }
                    role => ride.take_as(role, way.slot, texts.get_text(place), words),
                }
            }
        }
    }

    /// The text of the value of a row, if it has none of its own to be taken from.
    pub(super) fn spelled(&self, row: usize) -> Option<String> {
        match &self.cells {
            Cells::Numbers(numbers) => Some(numbers[row])
                .filter(|known| *known != NO_NUMBER)
                .map(|known| known.to_string()),
            Cells::Times(times) => {
                let time = Some(times[row]).filter(|known| *known != NO_TIME)?;
                Some(format!("\"{}\"", Instant::from_millis(time).to_iso()))
            }
            Cells::Texts(_) => None,
        }
    }

    /// Sets the value of a row, whose text is `spelled` if it has none of its own.
    pub(super) fn set<'b>(
        &'b self,
        way: &Way,
        row: usize,
        spelled: Option<&'b str>,
        values: &mut Values<'b>,
    ) {
        let raw = match &self.cells {
            Cells::Texts(texts) => texts.get_text(texts.rows[row]),
            Cells::Numbers(_) | Cells::Times(_) => spelled.unwrap_or_default(),
        };
        for target in &way.targets {
            values.set(target.slot, target.rank, raw);
        }
    }
}

/// Passes over some rows of a column.
pub(super) fn skip(reader: &mut ColumnReader, rows: usize) -> Result<(), ParquetError> {
    let skipped = match reader {
        ColumnReader::BoolColumnReader(column) => column.skip_records(rows),
        ColumnReader::Int32ColumnReader(column) => column.skip_records(rows),
        ColumnReader::Int64ColumnReader(column) => column.skip_records(rows),
        ColumnReader::Int96ColumnReader(column) => column.skip_records(rows),
        ColumnReader::FloatColumnReader(column) => column.skip_records(rows),
        ColumnReader::DoubleColumnReader(column) => column.skip_records(rows),
        ColumnReader::ByteArrayColumnReader(column) => column.skip_records(rows),
        ColumnReader::FixedLenByteArrayColumnReader(column) => column.skip_records(rows),
    }?;
    if skipped == rows { Ok(()) } else { Err(too_few_rows()) }
}

/// Numbers words, and marks the rows with a text that needs a closer look.
fn look_closer(texts: &mut Texts, way: &Way, words: &mut WordBook, odd: &mut [bool]) {
    let is_odd: &dyn Fn(u32) -> bool = match way.role {
        Role::Word => {
            texts.words.push(0);
            for place in 1..texts.ends.len() {
                let raw = &texts.text[texts.ends[place - 1]..texts.ends[place]];
                texts.words.push(words.word(way.slot, raw).unwrap_or(0));
            }
            if texts.words[1..].iter().all(|word| *word != 0) {
                return;
            }
            &|place| texts.words[place as usize] == 0
        }
        Role::Closer => &|_| true,
        _ => return,
    };
    for (place, odd) in texts.rows.iter().zip(odd) {
        *odd |= *place != 0 && is_odd(*place);
    }
}

/// What is needed to read some rows of a column.
struct Batch<'b> {
    way: &'b Way,
    levels: &'b mut Vec<i16>,
    known: &'b mut Vec<(Address, u32)>,
    odd: &'b mut [bool],
}

impl Batch<'_> {
    /// Reads the values; says whether there are any.
    fn read<T: DataType<T: Cell>>(
        &mut self,
        column: &mut ColumnReaderImpl<T>,
        cells: &mut Cells,
    ) -> Result<bool, ParquetError> {
        let (rows, present, style) = (self.odd.len(), self.way.present, self.way.style);
        let values = read_flat(column, rows, present, self.levels)?;
        if values.is_empty() {
            return Ok(false);
        }
        let mut values = values.iter();
        let levels = &*self.levels;
        let each = (0..rows)
            .map(|row| if present == 0 || levels[row] == present { values.next() } else { None });
        match cells {
            Cells::Numbers(numbers) => {
                let mut text = Vec::new();
                let number = |value: Option<&T::T>| {
                    let Some(value) = value else { return NO_NUMBER };
                    value.count(style).unwrap_or_else(|| told_count(value, style, &mut text))
                };
                numbers.clear();
                numbers.extend(each.map(number));
                for (number, odd) in numbers.iter().zip(&mut *self.odd) {
                    *odd |= *number == ODD_NUMBER;
                }
            }
            Cells::Times(times) => {
                times.clear();
                times.extend(each.zip(&mut *self.odd).map(|(value, odd)| {
                    let time = value.map(|value| value.millis(style));
                    *odd |= time == Some(None);
                    time.flatten().unwrap_or(NO_TIME)
                }));
            }
            Cells::Texts(texts) => {
                texts.clear();
                self.known.clear();
                self.known.resize(KNOWN, ((0, 0), 0));
                let known = &mut *self.known;
                for value in each {
                    let place = value.map_or(0, |value| place_of(value, style, texts, known));
                    texts.rows.push(place);
                }
            }
        }
        Ok(true)
    }
}

/// What the text of a value says as a count.
fn told_count(value: &impl Cell, style: Style, text: &mut Vec<u8>) -> u64 {
    text.clear();
    value.write(style, text);
    if is_nothing(text) {
        return NO_NUMBER;
    }
    let digits = std::str::from_utf8(text).ok().and_then(plain_digits);
    digits.filter(|count| *count <= COUNT_MAX).unwrap_or(ODD_NUMBER)
}

/// The place of a value's text among `texts`; one that was met before is not written again.
#[inline]
fn place_of(
    value: &impl Cell,
    style: Style,
    texts: &mut Texts,
    known: &mut [(Address, u32)],
) -> u32 {
    let Some(address) = value.address() else { return texts.add(value, style) };
    let near = &mut known[(address.0 >> 10 ^ address.0 >> 2 ^ address.1) % KNOWN];
    if near.0 != address {
        *near = (address, texts.add(value, style));
    }
    near.1
}
