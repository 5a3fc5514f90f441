//! The account of what was read: every line of the input is counted once.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::{Code, Ledger};

use super::guess::Guess;

/// Lines by what became of them. `lines = records + continuation + duplicates + skipped + blank`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// All lines. A record that shares its line with others counts as a line of its own.
    pub lines: u64,
    /// Lines that became a call (or several, where a record has parts).
    pub records: u64,
    /// Lines that belong to something else: a header, a further line of one record, a further
    /// snapshot of one response, a record that by its nature is no call.
    pub continuation: u64,
    /// Copies of a call that was counted elsewhere.
    pub duplicates: u64,
    /// Records that could not be used; the ledger says why.
    pub skipped: u64,
    /// Further records that could not be used, no lines of their own: a skipped row of a roll-up tells
    /// of several.
    pub rolled_skipped: u64,
    /// Empty lines.
    pub blank: u64,
}

impl Lines {
    /// Adds another account.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.records += other.records;
        self.continuation += other.continuation;
        self.duplicates += other.duplicates;
        self.skipped += other.skipped;
        self.rolled_skipped += other.rolled_skipped;
        self.blank += other.blank;
    }

    /// All records that could not be used.
    pub const fn skipped_records(&self) -> u64 {
        self.skipped + self.rolled_skipped
    }

    /// Whether there are lines, but none that became a call, repeated one or should have been one.
    pub fn is_without_calls(&self) -> bool {
        self.continuation > 0 && self.records + self.duplicates + self.skipped == 0
    }

    /// Whether every line is accounted for once.
    pub fn balance(&self) -> bool {
        self.lines == self.accounted()
    }

    /// The lines of which it is known what became of them.
    pub fn accounted(&self) -> u64 {
        self.records + self.continuation + self.duplicates + self.skipped + self.blank
    }
}

/// What was read of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReading {
    /// The name as the user gave it or as it was found.
    pub name: String,
    /// The format, or nothing when the file was empty or could not be read.
    pub format: Option<&'static str>,
    /// The saved source that took it.
    pub saved: Option<String>,
    /// Its lines.
    pub lines: Lines,
    /// The names of the columns or keys of its first records.
    pub columns: Arc<Vec<String>>,
    /// Those that only later ones have, where they were asked for.
    pub late_columns: BTreeSet<String>,
}

/// What was read in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Each input, in order.
    pub files: Vec<FileReading>,
    /// What was wrong.
    pub ledger: Ledger,
    /// Whether copies of calls count, because the user said so.
    pub keeps_duplicates: bool,
    /// Inputs that could not be opened or whose format is unknown: name and reason.
    pub failures: Vec<(String, String)>,
    /// What the columns of inputs of an unknown format could mean.
    pub guesses: Vec<Guess>,
    /// Inputs that could not be read to their end: name, the lines before it, and the reason.
    pub cut_off: Vec<(String, u64, String)>,
}

impl Reading {
    /// Whether every input was read to its end.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.ledger.count(Code::UnreadableFile) == 0
    }

    /// The lines of all files together.
    pub fn total(&self) -> Lines {
        let mut total = Lines::default();
        for file in &self.files {
            total.add(&file.lines);
        }
        total
    }
}
