//! `llmcost convert`: the records of any log in one shape.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use crate::insights::Charges;
use crate::render::{
    CsvRecords, JsonLines, ParquetRecords, Style, write_billing_lines, write_conversion,
};
use crate::report::{
    ConversionReport, KeptValues, RECORD_COLUMNS, RecordRows, Written, billing_lines,
};
use crate::sources::{Field, Statement, find_format, is_taken, worth_keeping};
use crate::usage::Calls;

use super::args::CommonArgs;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::intake::Intake;
use super::log_args::LogArgs;
use super::output::{Undelivered, deliver, deliver_while};
use super::settings::Settings;
use super::supplies::{Prices, judge};

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost convert ~/.claude/projects -o calls.jsonl
  llmcost convert logs/ -o calls.parquet
  llmcost convert logs/ --since 2026-10-01 --columns team,user -o october.csv
  llmcost convert usage.jsonl --by team -o october.focus.csv
  zcat big.jsonl.gz | llmcost convert - --columns team --format jsonl";

/// `llmcost convert`.
#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// Write to this file; its ending tells the format: .jsonl, .csv, .parquet or
    /// .focus.csv.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of what is written, whatever the ending; without a file, to standard output.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<ShapeArg>,
    /// The other columns of the log to keep; all that its first records have by default.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// The columns that split the lines of a bill, besides day, provider and model.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    by: Vec<String>,
    #[command(flatten)]
    log: LogArgs,
    /// Price every call as if made on this day instead of its own; `log` is the default.
    #[arg(long, value_name = "DAY|log", env = "LLMCOST_AS_OF")]
    as_of: Option<String>,
    /// Fail if a record was skipped or a mapped column is nowhere (3), or a line of a bill has no price (4).
    #[arg(long, env = "LLMCOST_STRICT", value_parser = FalseyValueParser::new())]
    strict: bool,
}

/// What records are converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShapeArg {
    /// llmcost's own log format, one JSON record a line.
    Jsonl,
    /// The same as a table.
    Csv,
    /// The same as a table with types.
    Parquet,
    /// Lines of a bill, in the columns of FOCUS 1.2.
    Focus,
}

pub(super) fn run(mut args: ConvertArgs) -> Result<ExitStatus, Failure> {
    let shape = shape(&args)?;
    let (columns, by) = (args.columns.take(), args.by);
    let mut common = args.log.common(args.output, args.strict);
    common.output.by.clone_from(&by);
    let mut settings = Settings::resolve(CommonArgs { as_of: args.as_of, ..common })?;
    // Groups of reports, which the configuration may name, are nothing to records.
    settings.by = by;
    match shape {
        ShapeArg::Focus => bill(&settings),
        ShapeArg::Jsonl => records(&settings, columns, |rows| Box::new(JsonLines::new(rows))),
        ShapeArg::Csv => records(&settings, columns, |rows| Box::new(CsvRecords::new(rows))),
        ShapeArg::Parquet => {
            records(&settings, columns, |rows| Box::new(ParquetRecords::new(rows)))
        }
    }
}

fn shape(args: &ConvertArgs) -> Result<ShapeArg, Failure> {
    let shape = args.format.map_or_else(|| shape_of(args.output.as_deref()), Ok)?;
    let is_bill = shape == ShapeArg::Focus;
    if is_bill && args.columns.is_some() {
        let failure = Failure::usage(anyhow!("--columns is for records, not for lines of a bill"));
        return Err(failure.hint("--by COLUMN,… splits them by columns of the log"));
    }
    if !is_bill && !args.by.is_empty() {
        let failure = Failure::usage(anyhow!("--by is for lines of a bill (--format focus)"));
        return Err(failure.hint("--columns COLUMN,… says which columns records keep"));
    }
    Ok(shape)
}

/// What the ending of a file asks for.
fn shape_of(output: Option<&Path>) -> Result<ShapeArg, Failure> {
    const HINT: &str = "say -o calls.jsonl, calls.csv, calls.parquet or calls.focus.csv; or --format jsonl, csv, \
         parquet or focus";
    let Some(path) = output else {
        return Err(Failure::usage(anyhow!("it is not said what to convert to")).hint(HINT));
    };
    let name = path.to_string_lossy().to_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    if ends(".focus.csv") {
        Ok(ShapeArg::Focus)
    } else if ends(".csv") {
        Ok(ShapeArg::Csv)
    } else if ends(".parquet") {
        Ok(ShapeArg::Parquet)
    } else if ends(".jsonl") || ends(".ndjson") {
        Ok(ShapeArg::Jsonl)
    } else {
        let shown = path.display();
        Err(Failure::usage(anyhow!("the ending of {shown} says no format")).hint(HINT))
    }
}

/// Writes records batch by batch.
trait Records {
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
    fn write(&mut self, calls: &Calls, out: &mut dyn Write) -> io::Result<()>;
    fn finish(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

impl Records for JsonLines {
    fn write(&mut self, calls: &Calls, out: &mut dyn Write) -> io::Result<()> {
        Self::write(self, calls, out)
    }
}

impl Records for CsvRecords {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        Self::start(self, out)
    }
    fn write(&mut self, calls: &Calls, out: &mut dyn Write) -> io::Result<()> {
        Self::write(self, calls, out)
    }
}

impl Records for ParquetRecords {
    fn write(&mut self, calls: &Calls, out: &mut dyn Write) -> io::Result<()> {
        Self::write(self, calls, out)
    }
    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        Self::finish(self, out)
    }
}

fn records(
    settings: &Settings,
    columns: Option<Vec<String>>,
    writer: impl FnOnce(RecordRows) -> Box<dyn Records>,
) -> Result<ExitStatus, Failure> {
    let kept = Kept::new(settings, columns)?;
    let rows = RecordRows::new(&kept.columns, kept.values);
    let dimensions = rows.dimensions();
    let mut writer = writer(rows);
    let made = deliver_while(settings.output.as_deref(), |out| {
        writer.start(out)?;
        let (mut written, mut failed) = (0, Ok(()));
        let intake = Intake::read_noting(settings, &dimensions, !kept.is_named, &mut |calls| {
            if failed.is_ok() {
                failed = writer.write(calls, out);
                written += calls.len() as u64;
            }
        });
        let intake = intake.map_err(Undelivered::Failed)?;
        let refused = intake.refuse_rollups("convert", "its rows are no calls");
        refused.map_err(Undelivered::Failed)?;
        failed?;
        writer.finish(out)?;
        Ok((intake, written))
    })?;
    let Some((intake, records)) = made else { return Ok(ExitStatus::Delivered) };
    let late = kept.late(settings, &intake);
    tell(settings, &intake, Written::Records { records, texts: kept.texts, late });
    judge(settings.strict, &intake.reading, 0)
}

/// The columns besides a call's own that records keep.
struct Kept {
    columns: Vec<String>,
    /// Which of their values: a log may hold what was said in any column.
    values: KeptValues,
    /// Columns that were left out because of their names.
    texts: Vec<String>,
    /// Whether the user named the columns.
    is_named: bool,
}

impl Kept {
    fn new(settings: &Settings, named: Option<Vec<String>>) -> Result<Self, Failure> {
        if let Some(mut columns) = named {
            columns.retain(|name| !name.is_empty());
            check_names(&columns)?;
            let values = KeptValues::All;
            return Ok(Self { columns, values, texts: Vec::new(), is_named: true });
        }
        let mapped = settings.map.iter().chain(&settings.dimensions).map(|(name, _)| name.clone());
        let is_other =
            |name: &String| Statement::named(name).is_none() && Field::named(name).is_none();
        let mut columns: Vec<String> = mapped.filter(is_other).collect();
        check_names(&columns)?;
        let (mut values, mut texts) = (KeptValues::Short, Vec::new());
        for preview in Intake::previews(settings)? {
            if !preview.is_flat {
                values = KeptValues::Labels;
            }
            columns.extend(preview.columns);
            texts.extend(preview.texts);
        }
        texts.sort_unstable();
        texts.dedup();
        Ok(Self { columns, values, texts, is_named: false })
    }

    /// Columns that would have been kept if a first look at the log had shown them.
    fn late(&self, settings: &Settings, intake: &Intake) -> Vec<String> {
        if self.is_named {
            return Vec::new();
        }
        let mut found = BTreeSet::new();
        for file in &intake.reading.files {
            let Some(format) = file.format.and_then(find_format) else { continue };
            // What a saved source does with the columns that it knows is its own matter.
            let known = if file.saved.is_some() { &[] } else { &file.columns[..] };
            let columns: Vec<String> = known.iter().chain(&file.late_columns).cloned().collect();
            found.extend(worth_keeping(format, &columns, &settings.map));
        }
        found.into_iter().filter(|name| !self.columns.contains(name)).collect()
    }
}

/// A column that would be read back as something else cannot be kept under its name.
fn check_names(columns: &[String]) -> Result<(), Failure> {
    let own = |name: &&String| RECORD_COLUMNS.contains(&name.as_str());
    let taken = columns.iter().filter(|name| !own(name)).find(|name| is_taken(name));
    taken.map_or(Ok(()), |name| {
        let failure = Failure::usage(anyhow!(
            "--columns: `{name}` has another meaning in llmcost's own records"
        ));
        Err(failure
            .hint(format!("give it another name: --map my_{name}={name} --columns my_{name}")))
    })
}

fn bill(settings: &Settings) -> Result<ExitStatus, Failure> {
    let prices = Prices::load(settings)?;
    let list = prices.list.as_ref();
    let mut charges = Charges::new(&prices.book, list, &settings.by, settings.days);
    let intake = Intake::read_priced(settings, &prices, &[], &[], &mut |calls| charges.add(calls))?;
    let lines = billing_lines(charges.finish(), &settings.by, settings.days);
    deliver(settings.output.as_deref(), |out| write_billing_lines(&lines, out))?;
    let unpriced_calls = charges.unpriced_calls();
    let written = Written::BillingLines { lines: lines.len() as u64, unpriced_calls };
    tell(settings, &intake, written);
    judge(settings.strict, &intake.reading, unpriced_calls)
}

/// Says what was written and left out, on stderr: standard output may be the records.
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
