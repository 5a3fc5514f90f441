//! A bounded account of diagnostics: all are counted, the first few of each kind are kept.

use std::collections::BTreeMap;

use super::code::Code;

/// How many diagnostics of one kind are kept with their place and message.
const KEPT_PER_CODE: usize = 3;

/// Where in the input something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the file in the list of inputs.
    pub file: u32,
    /// Line of the file, from 1; 0 speaks of the file as a whole.
    pub line: u64,
}

/// One thing that was wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of trouble.
    pub code: Code,
    /// Where it was seen.
    pub place: Place,
    /// What was expected and what was found.
    pub message: String,
}

/// All diagnostics of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// How often it was seen.
    pub count: u64,
    /// The first ones, in input order.
    pub first: Vec<Diagnostic>,
}

impl Entry {
    /// Whether a diagnostic of this place is among the first.
    fn has_room_before(&self, place: Place) -> bool {
        self.first.len() < KEPT_PER_CODE || self.first.last().is_some_and(|last| place < last.place)
    }

    /// Keeps a diagnostic in its place: some are only known after later ones.
    fn keep(&mut self, diagnostic: Diagnostic) {
        let at = self.first.partition_point(|known| known.place <= diagnostic.place);
        self.first.insert(at, diagnostic);
        self.first.truncate(KEPT_PER_CODE);
    }
}

/// Counts every diagnostic and keeps the first few of each kind, so that ten million bad lines
/// cost no more memory than ten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: BTreeMap<Code, Entry>,
}

impl Ledger {
    /// Records a diagnostic. The message is only built when it will be kept.
    pub fn push(&mut self, code: Code, place: Place, message: impl FnOnce() -> String) {
        let entry = self.entries.entry(code).or_default();
        entry.count += 1;
        if entry.has_room_before(place) {
            entry.keep(Diagnostic { code, place, message: message() });
        }
    }

    /// Counts more of a kind, of which nothing else is known.
    pub fn count_more(&mut self, code: Code, count: u64) {
        if count > 0 {
            self.entries.entry(code).or_default().count += count;
        }
    }

    /// Moves the places of all diagnostics: a chunk counts lines from its own start.
    pub fn shift_places(&mut self, file: u32, lines_before: u64) {
        for diagnostic in self.entries.values_mut().flat_map(|entry| &mut entry.first) {
            diagnostic.place.file = file;
            diagnostic.place.line += lines_before;
        }
    }

    /// Takes over what another ledger saw later in the input.
    pub fn append(&mut self, later: Self) {
        for (code, entry) in later.entries {
            let mine = self.entries.entry(code).or_default();
            mine.count += entry.count;
            for diagnostic in entry.first {
                if mine.has_room_before(diagnostic.place) {
                    mine.keep(diagnostic);
                }
            }
        }
    }

    /// Each kind that was seen, in a fixed order.
    pub fn entries(&self) -> impl Iterator<Item = (Code, &Entry)> {
        self.entries.iter().map(|(code, entry)| (*code, entry))
    }

    /// How often a kind was seen.
    pub fn count(&self, code: Code) -> u64 {
        self.entries.get(&code).map_or(0, |entry| entry.count)
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_all_and_keeps_the_first_few() {
        let mut ledger = Ledger::default();
        for line in 1..=100 {
            ledger.push(Code::InvalidJson, Place { file: 0, line }, || format!("line {line}"));
        }
        ledger.count_more(Code::InvalidJson, 10);
        let mut later = Ledger::default();
        later.push(Code::InvalidJson, Place { file: 1, line: 1 }, || "later".to_owned());
        ledger.append(later);
        assert_eq!(ledger.count(Code::InvalidJson), 111);
        let lines: Vec<_> = ledger
            .entries()
            .flat_map(|(_, entry)| entry.first.iter().map(|kept| kept.place.line))
            .collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn the_first_ones_are_kept_in_the_order_of_the_input() {
        let mut ledger = Ledger::default();
        for line in [5, 9, 7, 0, 6] {
            ledger.push(Code::InvalidJson, Place { file: 0, line }, String::new);
        }
        let entry = &ledger.entries[&Code::InvalidJson];
        let lines: Vec<_> = entry.first.iter().map(|kept| kept.place.line).collect();
        assert_eq!((entry.count, lines), (5, vec![0, 5, 6]));
    }
}
