//! What became of every line of the input.

use std::ops::AddAssign;

/// Counts of lines. Every line is counted once:
/// `lines = records + continuation + duplicates + skipped + blank`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// All lines.
    pub lines: u64,
    /// Lines that became a call.
    pub records: u64,
    /// Lines that belong to a call without being one: headers, the rest of a quoted field, parts
    /// of a stream.
    pub continuation: u64,
    /// Copies of calls already counted.
    pub duplicates: u64,
    /// Lines that could not be used.
    pub skipped: u64,
    /// Empty lines.
    pub blank: u64,
}

impl LineCounts {
    /// Whether every line is accounted for.
    pub const fn adds_up(&self) -> bool {
        let parts = self.records + self.continuation + self.duplicates + self.skipped + self.blank;
        self.lines == parts
    }
}

impl AddAssign for LineCounts {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.records += other.records;
        self.continuation += other.continuation;
        self.duplicates += other.duplicates;
        self.skipped += other.skipped;
        self.blank += other.blank;
    }
}

/// What became of the lines of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileAccounting {
    /// The file as the user named it.
    pub name: String,
    /// The log format it was read as; empty when none was recognised.
    pub format: String,
    /// Its lines.
    pub counts: LineCounts,
}

/// What became of all lines of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputAccounting {
    /// The files, in input order; places of diagnostics and calls are indices of this list.
    pub files: Vec<FileAccounting>,
    /// Records that the user's own conditions left out (`--where`, `--since`, `--until`).
    pub filtered_out: u64,
}

impl InputAccounting {
    /// The lines of all files.
    pub fn total(&self) -> LineCounts {
        let mut total = LineCounts::default();
        for file in &self.files {
            total += file.counts;
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

    #[test]
    fn files_add_up_to_the_total() {
        let counts = LineCounts { lines: 10, records: 7, skipped: 2, blank: 1, ..<_>::default() };
        let file = |name: &str| FileAccounting {
            name: name.to_owned(),
            format: "llmcost".to_owned(),
            counts,
        };
        let input = InputAccounting { files: vec![file("a"), file("b")], filtered_out: 0 };
        assert_eq!((input.total().lines, input.total().records), (20, 14));
        assert!(input.total().adds_up());
        assert_eq!((input.file_name(1), input.file_name(2)), ("b", ""));
    }
}
