//! A table of exact figures, with a title and remarks.

use crate::units::{Factor, Rate, Share, Tokens, Usd};
use crate::usage::Instant;

/// A table for the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhibit {
    /// What programs and `--show` call it: lower-case words joined by underscores.
    pub name: &'static str,
    /// What it says, as a heading.
    pub title: String,
    /// Its columns; the first one names the rows and stays however narrow the page is.
    pub columns: Vec<Column>,
    /// Its rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// The row that matters most, if one does: its place.
    pub highlight: Option<usize>,
    /// What to know about it: how it was computed, what follows.
    pub notes: Vec<String>,
    /// Whether a page leaves it out unless it is asked for. Machine output always has it.
    pub is_detail: bool,
}

impl Exhibit {
    /// A table without rows yet. `columns` are names for programs and labels for people.
    pub fn new(
        name: &'static str,
        title: impl Into<String>,
        columns: &[(&'static str, &str)],
    ) -> Self {
        let column = |(name, label): &(&'static str, &str)| Column::new(name, *label);
        Self {
            name,
            title: title.into(),
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
            highlight: None,
            notes: Vec::new(),
            is_detail: false,
        }
    }

    /// The same table, left out of pages unless it is asked for.
    #[must_use]
    pub fn as_detail(mut self) -> Self {
        self.is_detail = true;
        self
    }

    /// Adds a row of as many cells as there are columns.
    ///
    /// # Panics
    /// When it has more or fewer: a bug of whoever makes the table.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        let row: Vec<Cell> = row.into_iter().collect();
        assert_eq!(row.len(), self.columns.len(), "a row of {} is complete", self.name);
        self.rows.push(row);
    }

    /// Adds a remark.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// A column of an exhibit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What programs call it; amounts end in `_usd`, parts of a whole in `_share`.
    pub name: &'static str,
    /// Its title for people.
    pub label: String,
}

impl Column {
    /// A column.
    pub fn new(name: &'static str, label: impl Into<String>) -> Self {
        Self { name, label: label.into() }
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// One of a fixed set of words, as programs call it: lower-case, joined by underscores, which
    /// people see as spaces.
    Word(&'static str),
    /// How many of something.
    Count(u64),
    /// How many tokens.
    Tokens(Tokens),
    /// Dollars.
    Usd(Usd),
    /// Dollars for one unit: with digits of their own, as many as others of the same row.
    UnitUsd(Usd),
    /// Dollars more or less than before: people see the sign.
    UsdChange(Usd),
    /// An exact part of a whole.
    Rate(Rate),
    /// A part of a whole for display; may be negative or above one, as a change is.
    Share(Share),
    /// What became more or less, as a part of what it was: people see the sign.
    ShareChange(Share),
    /// So many times something.
    Factor(Factor),
    /// So many times something, for display: a quotient of amounts.
    Multiple(Share),
    /// A moment.
    Time(Instant),
    /// A span of time in seconds.
    Seconds(u64),
    /// Not known, or not applicable.
    Missing,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A part of a whole, or nothing when there is no whole.
    pub fn share_of(part: i128, whole: i128) -> Self {
        Share::of(part, whole).map_or(Self::Missing, Self::Share)
    }

    /// How many times `whole` something is, or nothing when there is no whole.
    pub fn multiple_of(part: i128, whole: i128) -> Self {
        Share::of(part, whole).map_or(Self::Missing, Self::Multiple)
    }

    /// An amount that may not be known.
    pub fn usd_or_missing(amount: Option<Usd>) -> Self {
        amount.map_or(Self::Missing, Self::Usd)
    }

    /// Whether it is a figure, so that it stands to the right.
    pub const fn is_figure(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Word(_) | Self::Missing)
    }
}
