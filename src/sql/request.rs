//! What a query is asked to do.

use crate::sources::TableColumns;
use crate::usage::Instant;

use super::name::Name;

/// What a query is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// The table with the log.
    pub table: Name,
    /// What its columns mean.
    pub columns: TableColumns,
    /// The columns to keep apart besides those of every roll-up: their names there, and in the table.
    pub by: Vec<(String, Name)>,
    /// How long a bucket is.
    pub every: Every,
    /// The first instant that counts.
    pub since: Option<Instant>,
    /// The first instant that is too late.
    pub before: Option<Instant>,
    /// What the column of times holds.
    pub times: Times,
    /// Whether records with the id and the contents of another count too.
    pub keeps_copies: bool,
    /// The model of records that name none; empty for none.
    pub assumed_model: String,
    /// The call type of records that name none; empty for none.
    pub assumed_call_type: String,
    /// The last sizes of the classes of prompts, in tokens and in order.
    pub boundaries: Vec<u64>,
    /// When prices begin or end: buckets are cut there.
    pub changes: Vec<Instant>,
    /// The minutes of a day of UTC at which other prices begin for some hours: hours are cut there.
    pub minutes: Vec<i64>,
    /// The command line, for the comment at the beginning.
    pub command: String,
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// A day of UTC.
    Day,
    /// An hour.
    Hour,
}

impl Every {
    /// Its length in milliseconds.
    pub(super) const fn millis(self) -> i64 {
        match self {
            Self::Day => 86_400_000,
            Self::Hour => 3_600_000,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// What a column of times holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Points in time, or days, as the engine has them.
    Timestamps,
    /// Texts such as `2026-05-01T10:00:00Z`.
    Texts,
    /// Numbers since 1970.
    Numbers,
}
