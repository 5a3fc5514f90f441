//! `llmcost prices`: what models cost, from which day, by which source.

mod args;
mod check;
mod diff;
mod import;
mod list;
mod show;

use anyhow::anyhow;

use crate::pricing::PriceBook;
use crate::report::{Currency, PriceSource};
use crate::usage::{Days, Instant};

use self::args::BookArgs;
use super::args::OutputArgs;
use super::config::Config;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::settings::fill;
use super::supplies::price_book;

pub(super) use self::args::{FormArgs, PricesCommand};

pub(super) fn run(command: PricesCommand) -> Result<ExitStatus, Failure> {
    match command {
        PricesCommand::List(args) => list::run(args),
        PricesCommand::Show(args) => show::run(args),
        PricesCommand::Check(args) => check::run(&args),
        PricesCommand::Diff(args) => diff::run(*args),
        PricesCommand::Import(args) => import::run(&args),
    }
}

/// The name of the prices that were in force when the tables were checked.
const NEWEST: &str = "table";

/// The book that the flags or the configuration ask for.
fn book(args: &BookArgs) -> Result<(PriceBook, Config), Failure> {
    let config = Config::load(args.config.as_deref())?;
    let named = config.paths("prices");
    let book = price_book(if args.prices.is_empty() { &named } else { &args.prices })?;
    Ok((book, config))
}

/// How the answer is given out, with what the configuration says of it.
fn form(args: FormArgs, config: &Config) -> OutputArgs {
    let mut output = OutputArgs::from(args);
    fill(&mut output, config);
    output
}

/// Where the prices of an answer come from.
fn source(book: &PriceBook, as_of: &str) -> PriceSource {
    let (oldest, newest) = book.checked_on();
    PriceSource {
        as_of: as_of.to_owned(),
        book_sha256: book.sha256().to_owned(),
        checked_on: (oldest.to_owned(), newest.to_owned()),
        // What a contract takes off is not in a table.
        contracts: Vec::new(),
        // What models cost is published in dollars.
        currency: Currency::DOLLARS,
    }
}

/// The moment whose prices are wanted, and its name for the report.
fn moment(as_of: Option<&str>) -> Result<(Instant, String), Failure> {
    let Some(text) = as_of else { return Ok((Instant::MISSING, NEWEST.to_owned())) };
    let day = Days::parse_day(text);
    let start = day.and_then(|day| Some((Days::UTC.start_of(day)?, Days::name(day))));
    start.ok_or_else(|| {
        Failure::usage(anyhow!("--as-of: `{text}` is no day")).hint("write it as 2026-10-31")
    })
}
