//! The diagnostics of a run, with places as the reader knows them.

use crate::diagnostics::{Code, Ledger, Severity};

use super::input_accounting::InputAccounting;

/// All diagnostics of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagnosticSummary {
    /// The kind.
    pub code: Code,
    /// How often it was seen.
    pub count: u64,
    /// The first ones.
    pub first: Vec<Sighting>,
}

impl DiagnosticSummary {
    /// Whether the records concerned are lost.
    pub fn is_loss(&self) -> bool {
        self.code.severity() == Severity::Skipped
    }
}

/// One diagnostic, where the reader can find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The file as the user named it.
    pub file: String,
    /// Its line, from 1; 0 speaks of the file as a whole.
    pub line: u64,
    /// What was expected and what was found.
    pub message: String,
}

/// The diagnostics of a ledger, in the order of their codes.
pub fn summarize(ledger: &Ledger, input: &InputAccounting) -> Vec<DiagnosticSummary> {
    let entries = ledger.entries().map(|(code, entry)| DiagnosticSummary {
        code,
        count: entry.count,
        first: entry
            .first
            .iter()
            .map(|diagnostic| Sighting {
                file: input.file_name(diagnostic.place.file).to_owned(),
                line: diagnostic.place.line,
                message: by_column(&diagnostic.message),
            })
            .collect(),
    });
    entries.collect()
}

/// A parser that is given one line at a time always says `line 1`, which is not the reader's
/// line; the column is.
fn by_column(message: &str) -> String {
    message.replace(" at line 1 column ", " at column ")
}

#[cfg(test)]
mod tests {
    use super::super::FileAccounting;
    use super::*;
    use crate::diagnostics::Place;

    #[test]
    fn a_parsers_own_line_is_not_printed_beside_the_real_one() {
        let text = "EOF while parsing a string at line 1 column 97";
        assert_eq!(by_column(text), "EOF while parsing a string at column 97");
    }

    #[test]
    fn places_carry_the_name_of_the_file() {
        let file = FileAccounting { name: "usage.jsonl".to_owned(), ..<_>::default() };
        let input = InputAccounting { files: vec![file], ..InputAccounting::default() };
        let mut ledger = Ledger::default();
        ledger.push(Code::InvalidJson, Place { file: 0, line: 7 }, || "cut off".to_owned());
        let summaries = summarize(&ledger, &input);
        let first = &summaries[0].first[0];
        assert_eq!((first.file.as_str(), first.line), ("usage.jsonl", 7));
        assert!(summaries[0].is_loss());
    }
}
