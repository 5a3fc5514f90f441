//! Puts what the threads parsed in order: drops copies and keeps the account of every line.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use foldhash::quality::FixedState;
use hashbrown::HashMap;

use crate::diagnostics::{Code, Place};
use crate::usage::{Call, Calls, Row, Symbol};

use super::decode::UNCOUNTED;
use super::discover::Input;
use super::duplicates::{CallKey, Duplicates, Verdict};
use super::format::{Format, Identity};
use super::formats::find_format;
use super::guess::Guess;
use super::parse::{Parsed, RecordKey};
use super::reader::ReadOptions;
use super::reading::{FileReading, Lines, Reading};
use super::sums::Sums;
use super::threads::Threads;

/// What comes to the thread that puts in order.
pub(super) enum Step {
    /// A file begins: its format and columns.
    Opened {
        file: u32,
        format: &'static Format,
        /// The name of the saved source that takes it.
        saved: Option<String>,
        columns: Arc<Vec<String>>,
        /// A column of money that is not in dollars and is left out.
        other_money: Option<String>,
    },
    /// A file has no records.
    Empty { file: u32, blank: u64 },
    /// A file cannot be read at all, or not further.
    Failed { file: u32, code: Code, reason: String, opened: bool, guess: Option<Box<Guess>> },
    /// A chunk of a file, or all of them.
    Parsed { file: u32, identity: Identity, parsed: Vec<Parsed>, failure: Option<String> },
    /// A thread that parses has panicked; nothing more will come in order.
    Broken,
}

/// From 1970, where logs without a calendar begin, to 2100.
const POSSIBLE_MILLIS: Range<i64> = 0..4_102_444_800_000;

/// Puts chunks in order, drops copies and keeps the account.
pub(super) struct Assembly {
    reading: Reading,
    /// Lines of text so far, by file.
    newlines: Vec<u64>,
    duplicates: Duplicates,
    threads: Threads,
    /// How often a sum of this name was met in the file it is about.
    numbers: HashMap<CallKey, u128, FixedState>,
    numbered: u32,
    /// The file that failed last while it was read; steps come file by file, so no other matters.
    failed: Option<u32>,
    /// Files in which the counts of a sum have rows of their own.
    pivots: BTreeSet<u32>,
    sums: Sums,
}

impl Assembly {
    pub(super) fn new(inputs: &[Input], options: &ReadOptions) -> Self {
        let named = |input: &Input| FileReading { name: input.name(), ..FileReading::default() };
        let files = inputs.iter().map(named).collect();
        let duplicates = Duplicates::new(Calls::new(options.dimensions.emptied()));
        let threads = Threads::new(Calls::new(options.dimensions.emptied()));
        let newlines = vec![0; inputs.len()];
        Self {
            reading: Reading {
                files,
                keeps_duplicates: options.keep_duplicates,
                ..Reading::default()
            },
            newlines,
            duplicates,
            threads,
            numbers: HashMap::with_hasher(FixedState::default()),
            numbered: 0,
            failed: None,
            pivots: BTreeSet::new(),
            sums: Sums::default(),
        }
    }

    pub(super) fn take(&mut self, step: Step, sink: &mut dyn FnMut(Calls)) {
        match step {
            Step::Opened { file, format, saved, columns, other_money } => {
                let reading = &mut self.reading.files[file as usize];
                reading.format = Some(format.name);
                reading.saved = saved;
                if let Some(column) = other_money {
                    let place = Place { file, line: 0 };
                    self.reading.ledger.push(Code::BadCost, place, || {
                        format!("`{column}` is not in dollars; it was left out")
                    });
                }
                reading.columns = columns;
            }
            Step::Empty { file, blank } => {
                self.reading.files[file as usize].lines =
                    Lines { lines: blank, blank, ..Lines::default() };
                self.reading.ledger.push(Code::EmptyFile, Place { file, line: 0 }, || {
                    "there is nothing in it".to_owned()
                });
            }
            Step::Broken => {}
            Step::Failed { file, code, reason, opened, guess } => {
                let name = &self.reading.files[file as usize].name;
                let guess = guess.map(|guess| Guess { file: name.clone(), ..*guess });
                self.reading.guesses.extend(guess);
                let place = Place { file, line: 0 };
                self.reading.ledger.push(code, place, || reason.clone());
                let name = self.reading.files[file as usize].name.clone();
                if opened {
                    self.reading.cut_off.push((name, self.newlines[file as usize], reason));
                } else {
                    self.reading.failures.push((name, reason));
                }
            }
            // What comes behind a failure was read at the same time.
            Step::Parsed { file, .. } if self.failed == Some(file) => {}
            Step::Parsed { file, identity, parsed, failure } => {
                for parsed in parsed {
                    self.chunk(file, identity, parsed, sink);
                }
                if let Some(reason) = failure {
                    self.failed = Some(file);
                    let (code, opened) = (Code::UnreadableFile, true);
                    self.take(Step::Failed { file, code, reason, opened, guess: None }, sink);
                }
            }
        }
    }

    fn chunk(
        &mut self,
        file: u32,
        identity: Identity,
        mut parsed: Parsed,
        sink: &mut dyn FnMut(Calls),
    ) {
        let before = &mut self.newlines[file as usize];
        parsed.calls.shift_places(file, *before);
        parsed.ledger.shift_places(file, *before);
        *before += parsed.newlines;
        self.tell_of_far_times(&parsed.calls);
        let late_columns = std::mem::take(&mut parsed.late_columns);
        self.reading.files[file as usize].late_columns.extend(late_columns);
        self.reading.ledger.append(std::mem::take(&mut parsed.ledger));
        if identity == Identity::Running {
            self.reading.files[file as usize].lines.add(&parsed.lines);
            self.threads.take(&parsed);
            self.settle(false, sink);
            return;
        }
        let verdicts: Vec<Verdict> = match identity {
            Identity::Unknown => Vec::new(),
            Identity::WholeRecord => self.whole_records(&parsed),
            Identity::Bucket => {
                self.number(file, &mut parsed.keys);
                self.tell_of_differing_sums(&parsed);
                self.snapshots(&parsed, Calls::supersede)
            }
            Identity::Pivot => {
                self.pivots.insert(file);
                self.snapshots(&parsed, Calls::complete)
            }
            Identity::Response | Identity::Stream | Identity::Running => {
                self.snapshots(&parsed, Calls::grow)
            }
        };
        let sums = self.sums.take(file, &parsed);
        for (row, above) in &sums {
            parsed.lines.records -= 1;
            parsed.lines.continuation += 1;
            self.reading.ledger.push(Code::AggregatedRow, parsed.calls.call(*row).place, || {
                format!("the row is the sum of the {above} rows above it; it is no call")
            });
        }
        let is_sum = |row: usize| sums.iter().any(|(sum, _)| *sum == row);
        for (row, (verdict, record)) in verdicts.iter().zip(&parsed.keys).enumerate() {
            if is_sum(row) || !record.counts_line || *verdict == Verdict::New {
                continue;
            }
            parsed.lines.records -= 1;
            match verdict {
                Verdict::Snapshot if matches!(identity, Identity::Stream | Identity::Pivot) => {
                    parsed.lines.continuation += 1;
                }
                _ => parsed.lines.duplicates += 1,
            }
        }
        self.reading.files[file as usize].lines.add(&parsed.lines);
        if !matches!(identity, Identity::WholeRecord | Identity::Unknown) {
            if let Some(calls) = self.duplicates.release(false) {
                self.give(calls, sink);
            }
            return;
        }
        if sums.is_empty() && verdicts.iter().all(|verdict| *verdict == Verdict::New) {
            return sink(parsed.calls);
        }
        // Without verdicts, every call is new.
        let is_new = |row: usize| verdicts.get(row).is_none_or(|known| *known == Verdict::New);
        let rows = 0..parsed.calls.len();
        let keep: Vec<bool> = rows.map(|row| is_new(row) && !is_sum(row)).collect();
        sink(parsed.calls.filtered(&keep));
    }

    /// Says which calls were made when there were no models, or will be when nobody knows what there is:
    /// the clock was wrong, or something else stands in the column.
    fn tell_of_far_times(&mut self, calls: &Calls) {
        for (row, time) in calls.time_column().iter().enumerate() {
            if !time.is_missing() && !POSSIBLE_MILLIS.contains(&time.millis()) {
                self.reading.ledger.push(Code::OutOfRange, calls.call(row).place, || {
                    format!(
                        "no call of a model was made at {}; it was taken as it is",
                        time.to_iso()
                    )
                });
            }
        }
    }

    /// Tells apart the sums of one file that have the same name.
    fn number(&mut self, file: u32, keys: &mut [RecordKey]) {
        if self.numbered != file {
            self.numbers.clear();
            self.numbered = file;
        }
        for record in keys {
            let number = self.numbers.entry(record.key).or_default();
            record.key = record.key.wrapping_add(*number).max(1);
            *number += 1;
        }
    }

    /// Records are copies where their ids and contents are equal. Where the id is short and no time
    /// of the day stands beside it, equal ones may be two calls: both count, and that is said.
    fn whole_records(&mut self, parsed: &Parsed) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(parsed.keys.len());
        for (row, record) in parsed.keys.iter().enumerate() {
            let mut verdict = self.duplicates.record(record.key);
            if verdict == Verdict::Duplicate && record.is_loose {
                verdict = Verdict::New;
                if record.counts_line {
                    let place = parsed.calls.call(row).place;
                    self.reading.ledger.push(Code::PossibleCopy, place, || {
                        "its short id and its counts were there before; without a time that may be \
                         another call, so it counts"
                            .to_owned()
                    });
                }
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    /// Says where another file has a sum of the same name with other counts: two exports of one
    /// account on different days, or of two accounts that nothing tells apart.
    fn tell_of_differing_sums(&mut self, parsed: &Parsed) {
        for (row, record) in parsed.keys.iter().enumerate() {
            let call = parsed.calls.call(row);
            let known = self.duplicates.waiting(record.key).filter(|_| record.key != 0);
            let Some(known) = known.filter(|known| known.place.file != call.place.file) else {
                continue;
            };
            if known.tokens != call.tokens || known.logged_cost != call.logged_cost {
                let earlier = &self.reading.files[known.place.file as usize].name;
                let line = known.place.line;
                self.reading.ledger.push(Code::InconsistentCounts, call.place, || {
                    format!(
                        "{earlier}:{line} has a sum of the same period and names with other counts; \
                         the larger one is taken. If these are two accounts, read them one by one"
                    )
                });
            }
        }
    }

    /// Gives out calls that nothing can be added to any more.
    fn give(&mut self, calls: Calls, sink: &mut dyn FnMut(Calls)) {
        for place in calls.uncounted().filter(|place| self.pivots.contains(&place.file)) {
            self.reading.ledger.push(Code::AggregatedRow, place, || UNCOUNTED.to_owned());
        }
        sink(calls);
    }

    fn snapshots(&mut self, parsed: &Parsed, grow: fn(&mut Calls, Row, &Call)) -> Vec<Verdict> {
        let remap = self.duplicates.adopt(&parsed.calls);
        let mut symbols = vec![Symbol::EMPTY; parsed.calls.dimensions.len()];
        let keys = parsed.keys.iter().enumerate();
        keys.map(|(row, record)| {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = remap[place][parsed.calls.symbol(place, row).index()];
            }
            self.duplicates.snapshot(record.key, &parsed.calls.call(row), &symbols, grow)
        })
        .collect()
    }

    /// Gives out the calls of sessions that may repeat each other.
    fn settle(&mut self, at_end: bool, sink: &mut dyn FnMut(Calls)) {
        let Some((calls, copies)) = self.threads.release(at_end) else { return };
        for file in copies {
            let lines = &mut self.reading.files[file as usize].lines;
            lines.records -= 1;
            lines.duplicates += 1;
        }
        sink(calls);
    }

    /// Says which files are logs without a single call. Among others of their format, such as the
    /// sessions of a folder, they are not worth a word.
    fn tell_of_files_without_calls(&mut self) {
        let files = &self.reading.files;
        let is_used = |file: &&FileReading| !file.lines.is_without_calls();
        let used: Vec<_> = files.iter().filter(is_used).map(|file| file.format).collect();
        for (number, file) in (0..).zip(files) {
            let Some(format) = file.format.and_then(find_format) else { continue };
            if !file.lines.is_without_calls() || used.contains(&file.format) {
                continue;
            }
            self.reading.ledger.push(Code::NoCalls, Place { file: number, line: 0 }, || {
                let (name, summary) = (format.name, format.summary);
                format!("it is read as `{name}` ({summary}), but none of its records is a call")
            });
        }
    }

    pub(super) fn finish(mut self, sink: &mut dyn FnMut(Calls)) -> Reading {
        self.settle(true, sink);
        self.tell_of_files_without_calls();
        if let Some(calls) = self.duplicates.release(true) {
            self.give(calls, sink);
        }
        if self.duplicates.forgot {
            self.reading.ledger.push(Code::DuplicateWindow, Place::default(), || {
                "more request ids than are remembered".to_owned()
            });
        }
        self.reading
    }
}
