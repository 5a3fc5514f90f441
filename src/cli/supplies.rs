//! What a run needs besides the log: the price book, and whether the result is good enough.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::diagnostics::{Code, Severity};
use crate::pricing::PriceBook;
use crate::report::{Conserved, Currency, PriceSource};
use crate::sources::Reading;

use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::given;
use super::settings::Settings;

/// The built-in price tables with those of the user over them.
pub(super) fn price_book(files: &[PathBuf]) -> Result<PriceBook, Failure> {
    if files.is_empty() {
        return Ok(PriceBook::embedded());
    }
    let mut tables = Vec::new();
    for path in files {
        if path.is_dir() {
            for table in tables_in(path)? {
                tables.push(read_table(&table)?);
            }
        } else {
            tables.push(read_table(path)?);
        }
    }
    PriceBook::with_overrides(&tables).map_err(|error| Failure::pricing(anyhow!("{error}")))
}

/// The tables of a folder, in the order of their names.
fn tables_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let name = folder.display();
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {name}"))
        .map_err(Failure::pricing)?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml");
    let mut tables: Vec<_> = paths.filter(is_table).collect();
    tables.sort();
    if tables.is_empty() {
        return Err(Failure::pricing(anyhow!("no price table (*.toml) in the folder {name}")));
    }
    Ok(tables)
}

/// The name and text of a price table.
pub(super) fn read_table(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let text = given::text(path)
        .with_context(|| format!("cannot read the price table {name}"))
        .map_err(Failure::pricing)
        .map_err(|failure| failure.hint("`llmcost explain prices` says how one is written"))?;
    Ok((name, text))
}

/// The prices of a run.
pub(super) struct Prices {
    /// What is billed.
    pub(super) book: PriceBook,
    /// The list prices, where contracts change them.
    pub(super) list: Option<PriceBook>,
    as_of: String,
    contracts: Vec<String>,
    currency: Currency,
}

impl Prices {
    /// The price book with the user's tables, day and contracts.
    pub(super) fn load(settings: &Settings) -> Result<Self, Failure> {
        let mut list = price_book(&settings.prices)?;
        let mut as_of = "log".to_owned();
        if let Some((instant, name)) = &settings.as_of {
            list = list.pinned(*instant);
            as_of.clone_from(name);
        }
        let (contracts, currency) = (&settings.contracts, settings.currency);
        let names = contracts.iter().map(ToString::to_string).collect();
        if contracts.is_empty() {
            let prices = Self { book: list, list: None, as_of, contracts: names, currency };
            settings.journal.priced(&prices.source());
            return Ok(prices);
        }
        let book = list.under(contracts).map_err(|error| Failure::usage(anyhow!("{error}")))?;
        let prices = Self { book, list: Some(list), as_of, contracts: names, currency };
        settings.journal.priced(&prices.source());
        Ok(prices)
    }

    /// What is billed, and the list prices where contracts change them.
    pub(super) fn books(&self) -> impl Iterator<Item = &PriceBook> {
        std::iter::once(&self.book).chain(&self.list)
    }

    /// Where the prices come from, for the report.
    pub(super) fn source(&self) -> PriceSource {
        let (oldest, newest) = self.book.checked_on();
        PriceSource {
            as_of: self.as_of.clone(),
            book_sha256: self.book.sha256().to_owned(),
            checked_on: (oldest.to_owned(), newest.to_owned()),
            contracts: self.contracts.clone(),
            currency: self.currency,
        }
    }
}

/// Holds a report to its own sums before it is given out.
pub(super) fn settled(report: &impl Conserved) -> Result<(), Failure> {
    report.check_sums().map_err(|imbalance| Failure::bug(&imbalance))
}

/// With `--strict`, a report that leaves something out is delivered and then fails.
pub(super) fn judge(
    strict: bool,
    reading: &Reading,
    unpriced_calls: u64,
) -> Result<ExitStatus, Failure> {
    if strict && !reading.is_complete() {
        let failure = Failure::input(anyhow!("not every input could be read to its end"));
        return Err(failure.hint("without --strict, the report on the others is enough"));
    }
    let skipped = reading.total().skipped_records();
    if strict && skipped > 0 {
        let reasons = reading.ledger.entries();
        let lost = reasons.filter(|(code, _)| code.severity() == Severity::Skipped);
        let lost: Vec<_> =
            lost.map(|(code, entry)| format!("{} {}", entry.count, code.name())).collect();
        let failure =
            Failure::input(anyhow!("{skipped} records were skipped: {}", lost.join(", ")));
        return Err(failure.hint("the report lists the first ones with file and line"));
    }
    let nowhere = reading.ledger.count(Code::MissingColumn);
    if strict && nowhere > 0 {
        let places = if nowhere == 1 { "place is" } else { "places are" };
        let failure = Failure::input(anyhow!("{nowhere} mapped {places} nowhere in the input"));
        return Err(failure.hint("the report names them, under missing-column"));
    }
    unpriced_under_strict(strict, unpriced_calls)
}

/// With `--strict`, usage without a price fails.
pub(super) fn unpriced_under_strict(
    strict: bool,
    unpriced_calls: u64,
) -> Result<ExitStatus, Failure> {
    if strict && unpriced_calls > 0 {
        let calls = if unpriced_calls == 1 { "call has" } else { "calls have" };
        return Err(Failure::pricing(anyhow!("{unpriced_calls} {calls} no price"))
            .hint("the report lists their models; add them with --prices FILE.toml"));
    }
    Ok(ExitStatus::Delivered)
}
