//! `llmcost rollup`: a log as sums of calls that bill alike.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use crate::diagnostics::{Ledger, Severity};
use crate::gate::{COLUMNS as LOT_COLUMNS, lots};
use crate::render::{RollupShape, Style, write_conversion, write_rollup};
use crate::report::{ConversionReport, RollupTable, Written};
use crate::rollup::{COLUMNS, Every, RollupBuilder, RollupOptions};
use crate::sources::{Field, is_taken};
use crate::usage::{Calls, DerivedColumn};

use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::intake::Intake;
use super::log_args::LogArgs;
use super::memory::{ROLLED, room, too_many_rows};
use super::output::deliver;
use super::settings::Settings;
use super::supplies::{Prices, judge};

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost rollup logs/ -o october.jsonl
  llmcost rollup logs/ --by team,user -o october.parquet
  llmcost rollup usage.jsonl --every hour --format csv
  llmcost rollup usage.jsonl --lots -o for-check.parquet
  llmcost analyze september.jsonl october.jsonl
  cat shard-*.jsonl | llmcost simulate - --cache-hit 0.95";

/// `llmcost rollup`.
#[derive(Debug, Args)]
pub(super) struct RollupArgs {
    /// Write to this file; its ending tells the format: .jsonl, .csv or .parquet.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of what is written, whatever the ending; without a file, to standard output.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<ShapeArg>,
    /// How long a bucket is: a day by default; an hour of UTC.
    #[arg(long, value_enum, value_name = "SPAN")]
    every: Option<EveryArg>,
    /// The other columns of the log to keep: reports can group and select by these only.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    by: Vec<String>,
    /// Keep rows apart by the lots that `check` draws for its interval: more rows, and the whole log
    /// is held in memory.
    #[arg(long)]
    lots: bool,
    #[command(flatten)]
    log: LogArgs,
    /// Fail if a record was skipped or a mapped column is nowhere (3).
    #[arg(long, env = "LLMCOST_STRICT", value_parser = FalseyValueParser::new())]
    strict: bool,
}

/// The form of a roll-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShapeArg {
    /// One JSON record a row.
    Jsonl,
    /// A table.
    Csv,
    /// A table with types.
    Parquet,
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EveryArg {
    /// A day; an hour for models whose prices depend on the hour.
    Day,
    /// An hour.
    Hour,
}

pub(super) fn run(args: RollupArgs) -> Result<ExitStatus, Failure> {
    let shape = shape(&args)?;
    let (by, has_lots) = (columns(&args.by)?, args.lots);
    let every = match args.every {
        None | Some(EveryArg::Day) => Every::Day,
        Some(EveryArg::Hour) => Every::Hour,
    };
    let mut settings = Settings::resolve(args.log.common(args.output, args.strict))?;
    // Groups of reports, which the configuration may name, are nothing to a roll-up.
    settings.by.clear();
    let prices = Prices::load(&settings)?;
    let options = RollupOptions { every, days: settings.days, by };
    let dimensions = options.dimensions();
    let mut builder = RollupBuilder::new(&prices.book, options);
    let mut wishes = RollupOptions::wishes();
    if has_lots {
        wishes.extend(LOT_COLUMNS.map(str::to_owned));
    }
    let (room, mut table): (_, Option<Calls>) = (room()?, None);
    let is_too_much = |rows: u64| room.is_some_and(|room| rows.saturating_mul(ROLLED) > room);
    let intake = Intake::read_with(&settings, &dimensions, &wishes, &mut |calls| {
        if has_lots {
            table.get_or_insert_with(|| Calls::new(calls.dimensions.emptied())).append(calls);
        } else if !is_too_much(builder.rows()) {
            builder.add(calls);
        }
    })?;
    if let Some(room) = room.filter(|_| is_too_much(builder.rows())) {
        return Err(too_many_rows(builder.rows(), room));
    }
    intake
        .refuse_rollups("rollup", "its rows are sums already: read several of them as they are")?;
    if let Some(calls) = table.map(|table| table.sorted_by_time()) {
        let lots = lots(&calls, &prices.book);
        builder.add_with(&calls, |row| Some((lots[row].lot, lots[row].requests)));
    }
    let rollup = builder.finish(&left_out(&intake.reading.ledger));
    let written = Written::Rollup {
        rows: rollup.rows.len() as u64,
        calls: rollup.calls,
        unordered: rollup.unordered,
        forgotten: rollup.forgotten,
    };
    let table = RollupTable::new(rollup);
    deliver(settings.output.as_deref(), |out| write_rollup(&table, shape, out))?;
    tell(&settings, &intake, written);
    judge(settings.strict, &intake.reading, 0)
}

/// How many records were skipped, by reason.
fn left_out(ledger: &Ledger) -> Vec<(&'static str, u64)> {
    let skipped = ledger.entries().filter(|(code, _)| code.severity() == Severity::Skipped);
    skipped.map(|(code, entry)| (code.name(), entry.count)).collect()
}

fn shape(args: &RollupArgs) -> Result<RollupShape, Failure> {
    let shape = args.format.map_or_else(|| shape_of(args.output.as_deref()), Ok)?;
    Ok(match shape {
        ShapeArg::Jsonl => RollupShape::Jsonl,
        ShapeArg::Csv => RollupShape::Csv,
        ShapeArg::Parquet => RollupShape::Parquet,
    })
}

/// What the ending of a file asks for.
fn shape_of(output: Option<&Path>) -> Result<ShapeArg, Failure> {
    const HINT: &str =
        "say -o sums.jsonl, sums.csv or sums.parquet; or --format jsonl, csv or parquet";
    let Some(path) = output else {
        return Err(Failure::usage(anyhow!("it is not said in which form to write")).hint(HINT));
    };
    let name = path.to_string_lossy().to_lowercase();
    let endings = [
        (".csv", ShapeArg::Csv),
        (".parquet", ShapeArg::Parquet),
        (".jsonl", ShapeArg::Jsonl),
        (".ndjson", ShapeArg::Jsonl),
    ];
    let found = endings.into_iter().find(|(ending, _)| name.ends_with(ending));
    found.map(|(_, shape)| shape).ok_or_else(|| {
        let shown = path.display();
        Failure::usage(anyhow!("the ending of {shown} says no format")).hint(HINT)
    })
}

/// The columns that are kept besides those of every roll-up.
fn columns(asked: &[String]) -> Result<Vec<String>, Failure> {
    let mut kept: Vec<String> = Vec::new();
    for name in asked.iter().filter(|name| !name.is_empty()) {
        if matches!(
            DerivedColumn::named(name),
            Some(DerivedColumn::Day | DerivedColumn::Month | DerivedColumn::Hour)
        ) {
            let failure = Failure::usage(anyhow!("--by: `{name}` is made from the time of a row"));
            return Err(failure.hint("--every hour keeps hours apart; days always are"));
        }
        if COLUMNS.contains(&name.as_str()) {
            continue;
        }
        let is_number = Field::named(name).is_some() && name != "conversation";
        if is_number || is_taken(name) && name != "conversation" {
            let failure = Failure::usage(anyhow!(
                "--by: `{name}` has another meaning in llmcost's own records, and differs from call \
                 to call"
            ));
            return Err(failure.hint("--by is for columns that many calls share, such as team"));
        }
        if !kept.contains(name) {
            kept.push(name.clone());
        }
    }
    Ok(kept)
}

/// Says what was written and left out, on stderr: standard output may be the roll-up.
fn tell(settings: &Settings, intake: &Intake, written: Written) {
    if settings.quiet {
        return;
    }
    let report = ConversionReport::new(intake.accounting(), &intake.reading.ledger, written);
    let style = Style { color: false, ..settings.style };
    let mut text = Vec::new();
    // With stderr gone there is nobody left to tell.
    let _ = write_conversion(&report, style, &mut text);
    let _ = io::stderr().write_all(&text);
}
