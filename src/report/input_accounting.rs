//! What became of every line of the input.

use crate::sources::{Lines, Reading};

/// What became of the lines of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileAccounting {
    /// The file as the user named it.
    pub name: String,
    /// The log format it was read as; empty when none was recognised.
    pub format: String,
    /// Its lines.
    pub lines: Lines,
}

/// What became of all lines of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputAccounting {
    /// The files, in input order; places of diagnostics and calls are indices of this list.
    pub files: Vec<FileAccounting>,
    /// Records that the user's own conditions left out (`--where`, `--since`, `--until`).
    pub filtered_out: u64,
    /// Whether copies of calls count, because the user said so.
    pub keeps_duplicates: bool,
}

/// What stands for the format where no file was read; no format has this name.
const DECLARED: &str = "declared";

impl InputAccounting {
    /// The account of what was read, of which the user's conditions left out some records.
    pub fn new(reading: &Reading, filtered_out: u64) -> Self {
        let files = reading.files.iter().map(|file| FileAccounting {
            name: file.name.clone(),
            format: file.saved.as_deref().or(file.format).unwrap_or_default().to_owned(),
            lines: file.lines,
        });
        let keeps_duplicates = reading.keeps_duplicates;
        Self { files: files.collect(), filtered_out, keeps_duplicates }
    }

    /// The account of a run that reads nothing, on calls that are only declared.
    pub fn declared() -> Self {
        let (name, format) = ("declared workload".to_owned(), DECLARED.to_owned());
        let nothing = FileAccounting { name, format, lines: Lines::default() };
        Self { files: vec![nothing], ..Self::default() }
    }

    /// Whether nothing was read and the calls are only declared.
    pub fn is_declared(&self) -> bool {
        self.files.iter().all(|file| file.format == DECLARED) && !self.files.is_empty()
    }

    /// The lines of all files.
    pub fn total(&self) -> Lines {
        let mut total = Lines::default();
        for file in &self.files {
            total.add(&file.lines);
        }
        total
    }

    /// The name of the file at a place.
    pub fn file_name(&self, place: u32) -> &str {
        let file = usize::try_from(place).ok().and_then(|place| self.files.get(place));
        file.map_or("", |file| &file.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::FileReading;

    #[test]
    fn files_add_up_to_the_total() {
        let lines = Lines { lines: 10, records: 7, skipped: 2, blank: 1, ..Lines::default() };
        let file = |name: &str| FileReading {
            name: name.to_owned(),
            format: Some("llmcost"),
            lines,
            ..FileReading::default()
        };
        let reading = Reading { files: vec![file("a"), file("b")], ..Reading::default() };
        let input = InputAccounting::new(&reading, 0);
        assert_eq!((input.total().lines, input.total().records), (20, 14));
        assert!(input.total().balance());
        assert_eq!((input.file_name(1), input.file_name(2)), ("b", ""));
    }
}
