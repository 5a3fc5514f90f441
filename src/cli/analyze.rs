//! `llmcost analyze`: where the money went.

use anyhow::anyhow;

use crate::diagnostics::{Code, Ledger, Place, did_you_mean};
use crate::insights::{
    Analysis, AnalysisOptions, Analyzer, ChangeError, ChangeFinder, CostMode, Folding, OTHER,
};
use crate::pricing::PriceBook;
use crate::render::{OutputFormat, write_analysis, write_exhibit};
use crate::report::AnalysisReport;
use crate::sources::Share;
use crate::units::{Excess, Rate, Usd};
use crate::usage::{Calls, Days, Dimensions};

use super::args::{AnalyzeArgs, CostModeArg};
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::inspection::{Keeper, reading_words};
use super::intake::Intake;
use super::output::deliver;
use super::rolled::RolledPrices;
use super::settings::Settings;
use super::show;
use super::supplies::{Prices, judge, settled};
use super::what_if;

/// A trillion dollars: nobody is billed more.
const LARGEST_INVOICE: Usd = Usd::from_atto(1_000_000_000_000 * 1_000_000_000_000_000_000);

/// The monthly growth of a forecast.
fn growth(text: &str) -> Result<Rate, Failure> {
    Rate::parse(text).map_err(|_| {
        Failure::usage(anyhow!("--growth: `{text}` is not a rate between 0 and 1"))
            .hint("write ten percent a month as 10% or 0.1")
    })
}

fn cost_mode(asked: Option<CostModeArg>) -> CostMode {
    match asked {
        None | Some(CostModeArg::Auto) => CostMode::Auto,
        Some(CostModeArg::Calculate) => CostMode::Calculate,
        Some(CostModeArg::Logged) => CostMode::Logged,
    }
}

pub(super) fn run(args: &AnalyzeArgs) -> Result<ExitStatus, Failure> {
    let input = reading_words(&args.common);
    let mut settings = Settings::resolve(args.common.clone())?;
    let prices = Prices::load(&settings)?;
    let invoice = args.invoice.as_deref().map(amount).transpose()?;
    let seller = args.provider.as_deref().map(|name| seller(&prices.book, name));
    let options = options(args, &settings, seller)?;
    let compare_at = args.compare_at.as_deref();
    let finder = compare_at.map(|text| finder(text, &prices.book, &options)).transpose()?;
    // `simulate` has no such choice of calls.
    let has_panel = settings.format == OutputFormat::Html && args.provider.is_none();
    let keeper = Keeper::new(&options, input.clone(), args.deep, settings.threads);
    let [needed, mut wished] = what_if::columns(settings.format);
    wished.extend(Keeper::columns());
    // The panel of a page runs all calls again, with all columns.
    let lapsed = (!has_panel).then(|| keeper.lapsed());
    let begin = || Sums {
        analyzer: Analyzer::with_list(&prices.book, prices.list.as_ref(), options.clone()),
        finder: finder.clone(),
        keeper: &keeper,
        table: has_panel.then(Vec::new),
        rolled: RolledPrices::new(prices.books()),
    };
    let (mut intake, shares) = Intake::read_shared(&settings, &needed, &wished, lapsed, &begin)?;
    let Sums { analyzer, finder, table, rolled, .. } =
        shares.into_iter().reduce(Sums::merged).expect("there is at least one thread");
    rolled.judge(&intake.reading)?;
    settings.journal.stage("reading and adding up");
    let calls = table.filter(|_| !intake.has_rollups).map(in_order);
    let panel =
        calls.map_or(Ok(None), |calls| what_if::panel(&calls, &prices.book, &settings, &input))?;
    let mut analysis = analyzer.finish();
    let inspection = keeper.inspect(&prices.book);
    analysis.exhibits.extend(inspection.exhibits);
    if let Some(finder) = finder {
        let told = finder.finish(settings.top).map_err(compared)?;
        analysis.exhibits.splice(0..0, told);
    }
    analysis.findings.extend(inspection.findings);
    if let Some(name) = &args.provider {
        check_seller(&prices.book, name, analysis.totals.calls)?;
    }
    tell_of_many_groups(&analysis, &mut intake.reading.ledger);
    let unpriced = analysis.unpriced.iter().map(|model| model.calls).sum();
    let report = AnalysisReport::new(
        analysis,
        intake.accounting(),
        &intake.reading.ledger,
        prices.source(),
        settings.top,
    )
    .with_what_if(panel);
    let mut report = match invoice {
        Some(invoice) => report.reconciled(invoice),
        None => report,
    };
    report.reveal(&args.show).map_err(|error| show::unknown(&error))?;
    settings.journal.stage("analysing");
    give_out(&report, &args.show, &settings)?;
    judge(settings.strict, &intake.reading, unpriced)
}

/// Writes the one table that was asked for, or the report.
fn give_out(report: &AnalysisReport, shown: &[String], settings: &Settings) -> Result<(), Failure> {
    settled(report)?;
    let single = show::single(&report.analysis.exhibits, shown, settings.format)?;
    deliver(settings.output.as_deref(), |out| match single {
        Some(exhibit) => write_exhibit(exhibit, settings.style, out),
        None => write_analysis(report, settings.format, settings.style, out),
    })
}

/// What is asked for.
fn options(
    args: &AnalyzeArgs,
    settings: &Settings,
    seller: Option<String>,
) -> Result<AnalysisOptions, Failure> {
    let defaults = AnalysisOptions::default();
    let by = if settings.by.is_empty() { defaults.group_by } else { settings.by.clone() };
    Ok(AnalysisOptions {
        group_by: by,
        days: settings.days,
        cost_mode: cost_mode(args.cost_mode.or(settings.cost_mode)),
        seller,
        pictures: settings.format == OutputFormat::Html,
        most_groups: args
            .max_groups
            .or_else(|| usize::try_from(settings.max_groups?).ok())
            .map_or(defaults.most_groups, most_groups),
        growth: args.growth.as_deref().map(growth).transpose()?.unwrap_or(Rate::ZERO),
        ..defaults
    })
}

/// None is no limit.
fn most_groups(asked: usize) -> usize {
    if asked == 0 { usize::MAX } else { asked }
}

/// Says what went together because there are so many groups.
fn tell_of_many_groups(analysis: &Analysis, ledger: &mut Ledger) {
    let Some(Folding { kept, about }) = analysis.folding else { return };
    let others = analysis.groups.iter().filter(|group| group.key.iter().any(|name| name == OTHER));
    let (mut calls, mut cost) = (0, Usd::ZERO);
    for group in others {
        calls += group.tally.calls;
        cost += group.tally.cost;
    }
    ledger.push(Code::ManyGroups, Place::default(), || {
        let columns = analysis.group_by.join(", ");
        format!(
            "about {about} groups by {columns}: {kept} of them and those of known models are apart, \
             {calls} calls of the others for ${cost} are in `{OTHER}`"
        )
    });
}

/// What one thread sums up.
struct Sums<'a> {
    analyzer: Analyzer<'a>,
    finder: Option<ChangeFinder<'a>>,
    keeper: &'a Keeper,
    /// All calls, where they are wanted, with their places in the order of the input.
    table: Option<Vec<(u64, Calls)>>,
    rolled: RolledPrices<'a>,
}

impl Share for Sums<'_> {
    fn take(&mut self, order: u64, calls: Calls) {
        self.rolled.look(&calls);
        self.analyzer.add(&calls);
        if let Some(finder) = &mut self.finder {
            finder.add(&calls);
        }
        if let Some(table) = &mut self.table {
            table.push((order, calls.clone()));
        }
        self.keeper.keep(order, calls);
    }
}

impl Sums<'_> {
    fn merged(mut self, other: Self) -> Self {
        self.analyzer.merge(other.analyzer);
        self.rolled.merge(other.rolled);
        if let (Some(mine), Some(theirs)) = (&mut self.finder, other.finder) {
            mine.merge(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.table, other.table) {
            mine.extend(theirs);
        }
        self
    }
}

/// The calls of several threads as one table in order of time.
fn in_order(mut tables: Vec<(u64, Calls)>) -> Calls {
    tables.sort_by_key(|(order, _)| *order);
    let dimensions =
        tables.first().map_or_else(|| Dimensions::new([]), |(_, calls)| calls.dimensions.emptied());
    let mut table = Calls::new(dimensions);
    for (_, calls) in tables {
        table.append(&calls);
    }
    table.into_time_order()
}

/// What compares the calls before a day with those from it on.
fn finder<'a>(
    text: &str,
    book: &'a PriceBook,
    options: &AnalysisOptions,
) -> Result<ChangeFinder<'a>, Failure> {
    let day = Days::parse_day(text);
    day.and_then(|day| ChangeFinder::new(book, options, day)).ok_or_else(|| {
        Failure::usage(anyhow!("--compare-at: `{text}` is no day"))
            .hint("write the first day of the later period as 2026-10-31")
    })
}

fn compared(error: ChangeError) -> Failure {
    let failure = Failure::usage(anyhow!("--compare-at: {error}"));
    match error {
        ChangeError::NoCalls(_) => failure.hint("name a day after the first one of the log"),
        ChangeError::TooLarge => failure,
    }
}

/// The amount of an invoice.
fn amount(text: &str) -> Result<Usd, Failure> {
    let plain = text.trim();
    let plain = plain.strip_prefix('$').unwrap_or(plain);
    let whole = plain.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    // A comma that separates no thousands is most likely a decimal one.
    let is_grouped = plain.matches(',').count() == whole.matches(',').count()
        && groups.all(|group| group.len() == 3)
        && (!plain.contains(',') || (1..=3).contains(&first.len()));
    let refuse = |why: &dyn std::fmt::Display| {
        Failure::usage(anyhow!("--invoice: `{text}` is no amount of dollars: {why}"))
            .hint("write it as 48210.07")
    };
    if !is_grouped {
        return Err(refuse(&"a comma separates groups of three digits"));
    }
    let amount =
        Usd::parse(&plain.replace(',', ""), Excess::Reject).map_err(|error| refuse(&error))?;
    if amount < Usd::ZERO || amount > LARGEST_INVOICE {
        return Err(refuse(&"it must be between nothing and a trillion"));
    }
    Ok(amount)
}

/// Who bills under a name: as the price tables have it, else as it was typed.
fn seller(book: &PriceBook, name: &str) -> String {
    book.seller_named(name).unwrap_or(name).to_owned()
}

/// A provider that neither the price tables nor the log have is a slip.
fn check_seller(book: &PriceBook, name: &str, calls: u64) -> Result<(), Failure> {
    if calls > 0 || book.seller_named(name).is_some() {
        return Ok(());
    }
    let failure = Failure::usage(anyhow!(
        "--provider: neither the log nor a price table has a provider `{name}`"
    ));
    Err(match did_you_mean(name, book.provider_names()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint("`llmcost prices list` shows who sells what"),
    })
}
