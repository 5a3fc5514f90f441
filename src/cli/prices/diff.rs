//! `llmcost prices diff`: what changed between two tables, and what that means for a log.

use std::path::Path;

use anyhow::anyhow;

use crate::insights::{AnalysisOptions, Analyzer, CostMode, priced_rows};
use crate::pricing::{PriceBook, TableOutline};
use crate::render::write_price_diff;
use crate::report::{PriceDiff, PriceSide};

use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::intake::Intake;
use super::super::output::deliver;
use super::super::rolled::RolledPrices;
use super::super::settings::Settings;
use super::super::supplies::{judge, read_table};
use super::args::DiffArgs;

/// The word for the tables in the program.
const BUILTIN: &str = "builtin";

pub(super) fn run(args: DiffArgs) -> Result<ExitStatus, Failure> {
    let tables = [load(&args.old)?, load(&args.new)?];
    let has_log = args.demo || !args.files.is_empty();
    let names = [args.old.clone(), args.new.clone()];
    let settings = Settings::resolve(args.common())?;
    let sides = [0, 1].map(|side| PriceSide {
        name: names[side].clone(),
        book: &tables[side].0,
        outline: tables[side].1.clone(),
        source: super::source(&tables[side].0, super::NEWEST),
    });
    let mut diff = PriceDiff::new(&sides[0], &sides[1]);
    let mut status = Ok(ExitStatus::Delivered);
    if has_log {
        let billed = [billed(sides[0].book, &settings)?, billed(sides[1].book, &settings)?];
        let by =
            if settings.by.is_empty() { vec!["model".to_owned()] } else { settings.by.clone() };
        let analyzers = || {
            billed.each_ref().map(|book| {
                let options = AnalysisOptions {
                    group_by: by.clone(),
                    days: settings.days,
                    // The tables are compared, not what the log says.
                    cost_mode: CostMode::Calculate,
                    ..AnalysisOptions::default()
                };
                Analyzer::new(book, options)
            })
        };
        let (mut common, mut rest) = (analyzers(), analyzers());
        let mut rolled = RolledPrices::new(billed.each_ref());
        let intake = Intake::read(&settings, &[], &mut |calls| {
            rolled.look(calls);
            let [old, new] = billed.each_ref().map(|book| priced_rows(calls, book));
            // A call that loses its price is no saving.
            let both: Vec<_> = old.iter().zip(new).map(|(old, new)| *old && new).collect();
            let not_both: Vec<_> = both.iter().map(|both| !both).collect();
            let parts =
                [(&mut common, calls.filtered(&both)), (&mut rest, calls.filtered(&not_both))];
            for (analyzers, calls) in parts {
                for analyzer in analyzers {
                    analyzer.add(&calls);
                }
            }
        })?;
        rolled.judge(&intake.reading)?;
        let (common, rest) = (common.map(Analyzer::finish), rest.map(Analyzer::finish));
        let unpriced = rest[1].unpriced.iter().map(|model| model.calls).sum();
        diff = diff.with_effect(common, rest, intake.accounting(), &intake.reading.ledger);
        status = judge(settings.strict, &intake.reading, unpriced);
    }
    deliver(settings.output.as_deref(), |out| {
        write_price_diff(&diff, settings.format, settings.style, out)
    })?;
    status
}

/// The prices of a side on the day and under the contracts that the user has.
fn billed(list: &PriceBook, settings: &Settings) -> Result<PriceBook, Failure> {
    let mut book = list.clone();
    if let Some((instant, _)) = &settings.as_of {
        book = book.pinned(*instant);
    }
    book.under(&settings.contracts).map_err(|error| Failure::usage(anyhow!("{error}")))
}

/// A table over those in the program, and what it states itself.
fn load(name: &str) -> Result<(PriceBook, Option<TableOutline>), Failure> {
    let path = Path::new(name);
    if name == BUILTIN {
        return Ok((PriceBook::embedded(), None));
    }
    let (file, text) = read_table(path).map_err(|failure| {
        failure.hint(format!("a table is a file, or `{BUILTIN}` for those in the program"))
    })?;
    let outline = TableOutline::read(&text);
    let book = PriceBook::with_overrides(&[(file, text)]);
    let book = book.map_err(|error| {
        Failure::pricing(anyhow!("{error}"))
            .hint(format!("`llmcost prices check {name}` looks for all there is"))
    })?;
    Ok((book, outline))
}
