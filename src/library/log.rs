//! A log that was read, and what can be asked of it.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::thread;

use crate::insights::{Analysis, AnalysisOptions, Analyzer};
use crate::pricing::PriceBook;
use crate::simulation::{Outcome, Plan, WhatIf, simulate_on};
use crate::sources::{Format, Input, Progress, ReadOptions, Reading, discover, find_format, read};
use crate::usage::{Calls, DerivedColumn, Dimensions, column};

use super::error::LibraryError;

/// The calls of one or several files, in order of time, and an account of every line.
#[derive(Debug)]
pub struct Log {
    calls: Calls,
    reading: Reading,
    /// The columns that were asked for.
    asked: BTreeSet<String>,
    threads: NonZeroUsize,
}

/// How a log is to be read.
#[derive(Clone, Debug, Default)]
pub struct LogReader {
    columns: Vec<String>,
    map: Vec<(String, String)>,
    format: Option<String>,
    assume_model: String,
    assume_call_type: String,
    threads: Option<NonZeroUsize>,
}

impl Log {
    /// Starts to say how a log is read.
    #[must_use]
    pub fn reader() -> LogReader {
        LogReader::default()
    }

    /// Reads files, folders and patterns with their formats recognised.
    ///
    /// # Errors
    /// As [`LogReader::read`].
    pub fn read<Name: AsRef<str>>(
        names: impl IntoIterator<Item = Name>,
    ) -> Result<Self, LibraryError> {
        Self::reader().read(names)
    }

    /// The calls, in order of time. Copies of a call are dropped.
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// What became of every line, and what was wrong with some.
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Where the money went, by these columns; each call at the price of its own day. A call without
    /// a price is in [`Analysis::unpriced`] and in no sum of money.
    ///
    /// # Errors
    /// When a column was not read, or no record has it.
    pub fn analyze(&self, prices: &PriceBook, by: &[&str]) -> Result<Analysis, LibraryError> {
        let is_usual =
            |name: &&str| column::FIXED.contains(name) || DerivedColumn::named(name).is_some();
        for name in by.iter().copied().filter(|name| !is_usual(name)) {
            let place = self.calls.dimensions.position(name);
            let place = place.ok_or_else(|| LibraryError::UnreadColumn(name.to_owned()))?;
            if self.calls.dimensions[place].is_empty() && !self.calls.is_empty() {
                return Err(LibraryError::UnknownColumn(name.to_owned()));
            }
        }
        let group_by = by.iter().map(|name| (*name).to_owned()).collect();
        let options = AnalysisOptions { group_by, ..AnalysisOptions::default() };
        let mut analyzer = Analyzer::new(prices, options);
        analyzer.add(&self.calls);
        Ok(analyzer.finish())
    }

    /// What the same calls would have cost under a plan, alone and together. The columns that the
    /// plan looks at are read if [`LogReader::plan`] was told of it.
    ///
    /// # Errors
    /// When a column of the plan was not read, a model of it has no price, or an amount is beyond
    /// 10¹¹ dollars.
    pub fn simulate(&self, prices: &PriceBook, plan: &Plan) -> Result<Outcome, LibraryError> {
        self.check_read(plan)?;
        Ok(simulate_on(&self.calls, prices, plan, self.threads)?)
    }

    /// What a few settings at any strength would make of the bill; nothing when no call has a price.
    /// [`WhatIf::reading_plan`] is the plan to read a log for.
    ///
    /// # Errors
    /// As [`Log::simulate`].
    pub fn what_if(&self, prices: &PriceBook) -> Result<Option<WhatIf>, LibraryError> {
        self.check_read(&WhatIf::reading_plan())?;
        Ok(WhatIf::of(&self.calls, prices, self.threads, None)?)
    }

    /// A column that was not read looks like one that the log does not have, and that changes what a
    /// plan does.
    fn check_read(&self, plan: &Plan) -> Result<(), LibraryError> {
        let needed = plan.dimensions().into_iter().chain(plan.wishes());
        let mut unread = needed.filter(|name| !self.asked.contains(name));
        unread.next().map_or(Ok(()), |name| Err(LibraryError::UnreadColumn(name)))
    }
}

impl LogReader {
    /// Keeps a column of the log, such as `team`, beside those that every log has.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.columns.push(name.into());
        self
    }

    /// Keeps every column that a plan looks at.
    #[must_use]
    pub fn plan(mut self, plan: &Plan) -> Self {
        self.columns.extend(plan.dimensions());
        self.columns.extend(plan.wishes());
        self
    }

    /// Says which column or path of the log holds a field, such as `input_tokens` and `tok_in`.
    #[must_use]
    pub fn map(mut self, field: impl Into<String>, column: impl Into<String>) -> Self {
        self.map.push((field.into(), column.into()));
        self
    }

    /// Reads everything as one format, whatever it looks like: a name of `llmcost formats`.
    #[must_use]
    pub fn format(mut self, name: impl Into<String>) -> Self {
        self.format = Some(name.into());
        self
    }

    /// The model of records that name none.
    #[must_use]
    pub fn assume_model(mut self, model: impl Into<String>) -> Self {
        self.assume_model = model.into();
        self
    }

    /// The call type of records that name none.
    #[must_use]
    pub fn assume_call_type(mut self, call_type: impl Into<String>) -> Self {
        self.assume_call_type = call_type.into();
        self
    }

    /// How many threads read and simulate; all cores unless given. It changes no figure.
    #[must_use]
    pub const fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Reads files, folders and patterns, compressed or not. A bad record never stops it.
    ///
    /// # Errors
    /// When a name means nothing, an input cannot be opened or has no format that is known.
    pub fn read<Name: AsRef<str>>(
        self,
        names: impl IntoIterator<Item = Name>,
    ) -> Result<Log, LibraryError> {
        let mut inputs: Vec<Input> = Vec::new();
        for name in names {
            inputs.extend(discover(name.as_ref())?.inputs);
        }
        let format = self.format.as_deref().map(named).transpose()?;
        let threads = self.threads.or_else(|| thread::available_parallelism().ok());
        let threads = threads.unwrap_or(NonZeroUsize::MIN);
        let options = ReadOptions {
            format,
            map: self.map,
            dimensions: Dimensions::new(self.columns.iter().map(String::as_str)),
            assume_model: self.assume_model,
            assume_call_type: self.assume_call_type,
            threads,
            ..ReadOptions::default()
        };
        let mut calls = Calls::new(options.dimensions.emptied());
        let reading = read(&inputs, &options, &Unheard, &mut |batch| calls.append(batch));
        if let Some((name, reason)) = reading.failures.first() {
            return Err(LibraryError::Unreadable(name.clone(), reason.clone()));
        }
        let asked = self.columns.into_iter().collect();
        if let Some(file) = reading.files.iter().find(|file| file.format == Some("rollup")) {
            return Err(LibraryError::RolledUp(file.name.clone()));
        }
        Ok(Log { calls: calls.into_time_order(), reading, asked, threads })
    }
}

fn named(name: &str) -> Result<&'static Format, LibraryError> {
    find_format(name).ok_or_else(|| LibraryError::UnknownFormat(name.to_owned()))
}

/// Nobody looks on.
struct Unheard;

impl Progress for Unheard {
    fn advance(&self, _: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: &str = "fixtures/library/week.jsonl";

    fn check_refused(error: &LibraryError, expected: &str) {
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_log_is_read_once_and_asked_often() {
        let prices = PriceBook::embedded();
        let log = Log::reader().column("team").read([WEEK]).expect("reads");
        let analysis = log.analyze(&prices, &["team"]).expect("a column");
        let teams: Vec<_> = analysis
            .groups
            .iter()
            .map(|group| (group.key[0].as_str(), group.tally.calls))
            .collect();
        assert_eq!(teams, [("support", 2), ("search", 2)]);
        let by_day = log.analyze(&prices, &["day"]).expect("a column of every log");
        assert_eq!(by_day.totals.cost, analysis.totals.cost);
        assert_eq!(log.reading().total().records, 4);
        assert!(log.what_if(&prices).is_err(), "conversations were not read");
        let slip = Log::reader().column("tema").read([WEEK]).expect("reads");
        check_refused(&slip.analyze(&prices, &["tema"]).expect_err("a slip"), "no column `tema`");
    }

    #[test]
    fn a_plan_says_which_columns_it_needs() {
        let prices = PriceBook::embedded();
        let plan =
            Plan::parse("plan.toml", "[batch]\nwhere = \"team = 'search'\"").expect("a plan");
        let without = Log::read([WEEK]).expect("reads").simulate(&prices, &plan);
        check_refused(&without.expect_err("not read"), "without the column `conversation`");
        let half = Log::reader().column("conversation").column("team").read([WEEK]).expect("reads");
        check_refused(&half.simulate(&prices, &plan).expect_err("not read"), "`deadline`");
        let outcome = Log::reader().plan(&plan).read([WEEK]).expect("reads");
        let outcome = outcome.simulate(&prices, &plan).expect("runs");
        assert!(outcome.projected < outcome.baseline);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        check_refused(&Log::read(["fixtures/none.jsonl"]).expect_err("missing"), "none.jsonl");
        let reader = Log::reader().format("jsonlines");
        check_refused(&reader.read([WEEK]).expect_err("no format"), "no source format `jsonlines`");
        let unknown = Log::read(["README.md"]).expect_err("no log");
        check_refused(&unknown, "README.md");
    }
}
