//! `llmcost check`: whether calls became dearer.

use std::path::Path;

use anyhow::anyhow;

use crate::gate::{
    Against, Baseline, COLUMNS, GateOptions, GatePrices, Measure, Measurement, Outcome, Unit,
    Verdict, measure, run as judge,
};
use crate::insights::{AnalysisOptions, Analyzer, Window};
use crate::pricing::PriceBook;
use crate::render::{check_reason, write_annotations, write_check, write_comment, write_junit};
use crate::report::{CheckReport, ComparedWith};
use crate::sources::Input;
use crate::usage::{Calls, Days, DerivedColumn, Dimensions, Instant};

use super::args::CommonArgs;
use super::check_args::{CheckArgs, GateArgs, UnitArg};
use super::check_baseline::{
    acknowledge, acknowledged_until, read_baseline, refuse_repeats, save_fresh,
};
use super::check_options::{measure as how, options};
use super::config::Config;
use super::exit_status::ExitStatus;
use super::failure::{Failure, note, say};
use super::inputs::keep_log;
use super::intake::Intake;
use super::memory::{Held, REPLAYED};
use super::output::deliver;
use super::rolled::RolledPrices;
use super::settings::Settings;
use super::supplies::{Prices, judge as judge_reading, settled};

/// One log as it was read.
struct Read {
    calls: Calls,
    window: Option<Window>,
    intake: Intake,
}

pub(super) fn run(args: CheckArgs) -> Result<ExitStatus, Failure> {
    let config = Config::load(args.common.config.as_deref())?;
    let gate = args.gate.complete(&config);
    let options = options(&gate)?;
    acknowledged_until(&gate)?;
    let is_by_typed = !args.common.output.by.is_empty();
    let (before, mut settings) = inputs(args.common, &gate, &config)?;
    if matches!(gate.unit(), UnitArg::Case) && !is_by_typed {
        // The groups that the configuration wants of reports are none of test cases.
        settings.by.clear();
    }
    config.tell(settings.quiet);
    tell_of_limits(before.as_ref(), &settings, &options);
    let how = how(&gate, &settings)?;
    refuse_repeats(&gate.baseline)?;
    let saved = gate.baseline.iter().map(|path| read_baseline(path, &how));
    let saved = saved.collect::<Result<Vec<Baseline>, Failure>>()?;
    if saved.is_empty()
        && before.is_none()
        && gate.save_baseline.is_none()
        && options.limits.is_empty()
    {
        return Err(nothing_to_compare(settings.files.len()));
    }
    let prices = Prices::load(&settings)?;
    keep_log_of(&settings, gate.save_baseline.as_deref())?;
    let log = read(&settings, &how, &prices)?;
    let old = before.as_ref().map(|settings| read(settings, &how, &prices)).transpose()?;
    // Prices of the day of the last call hold for both, unless the user named a day.
    let last = last_instant(&log.calls).filter(|_| settings.as_of.is_none());
    let level = GatePrices::new(&prices.book, last.and_then(start_of_day));
    refuse_sums([Some(&log), old.as_ref()], [&prices.book, level.level()], &gate, &how)?;
    let measured = measured(&log, &level, &how)?;
    let against = match &old {
        _ if !saved.is_empty() => Against::Baselines(saved.clone()),
        Some(old) => Against::Log(Box::new(self::measured(old, &level, &how)?)),
        None => Against::Nothing,
    };
    let fresh =
        gate.save_baseline.is_some().then(|| Baseline::new(measured.clone(), &level, VERSION));
    if let (Some(path), Some(fresh), Against::Nothing, true) =
        (&gate.save_baseline, &fresh, &against, options.limits.is_empty())
    {
        save_fresh(path, fresh, None, settings.quiet)?;
        let unpriced = fresh.measurement.unpriced_calls();
        return judge_reading(settings.strict, &log.intake.reading, unpriced);
    }
    let outcome = judge(measured, against, &level, &options);
    let report = CheckReport::new(
        outcome,
        log.window,
        log.intake.accounting(),
        &log.intake.reading.ledger,
        prices.source(),
        settings.top,
    )
    .compared_with(compared_with(old.as_ref(), &gate));
    settled(&report)?;
    deliver_all(&report, &gate, &settings)?;
    let status = conclude(&report.outcome, &settings, &check_reason(&report));
    if let (Some(path), Some(fresh)) = (&gate.save_baseline, &fresh) {
        save_fresh(path, fresh, Some(&report.outcome), settings.quiet)?;
    }
    if let Some(reason) = &gate.acknowledge {
        return acknowledge(reason, &gate, saved, &report.outcome);
    }
    if status == ExitStatus::Delivered {
        let unpriced = report.outcome.after.unpriced_calls();
        for read in old.iter().chain([&log]) {
            judge_reading(settings.strict, &read.intake.reading, unpriced)?;
        }
    }
    Ok(status)
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A baseline must not take the place of its log.
fn keep_log_of(settings: &Settings, baseline: Option<&Path>) -> Result<(), Failure> {
    let named = settings.files.iter().map(|name| Input::File(name.into()));
    baseline.map_or(Ok(()), |path| keep_log(&named.collect::<Vec<_>>(), path))
}

/// The settings of the old log, where two are compared, and those of the log that is judged.
fn inputs(
    mut common: CommonArgs,
    gate: &GateArgs,
    config: &Config,
) -> Result<(Option<Settings>, Settings), Failure> {
    let saves = gate.save_baseline.is_some();
    let (is_pair, place) = (common.files.len() == 2, gate.said_by("--baseline"));
    let compares = gate.baseline.is_empty() && !saves && is_pair;
    if !compares {
        let settings = Settings::with(common, config)?;
        if is_pair && place != "--baseline" && !settings.quiet {
            note(&format!("both inputs are one log, compared with the baseline of {place}"));
        }
        return Ok((None, settings));
    }
    let new = common.files.split_off(1);
    let old = common.clone();
    common.files = new;
    let mut old = Settings::with(old, config)?;
    old.journal.is_not_last();
    Ok((Some(old), Settings::with(common, config)?))
}

/// Limits beside two logs hold for one of them, which a pattern of files may not have meant.
fn tell_of_limits(before: Option<&Settings>, settings: &Settings, options: &GateOptions) {
    let Some(old) = before.filter(|_| !options.limits.is_empty() && !settings.quiet) else {
        return;
    };
    note(&format!(
        "limits hold for {}, which is compared with {}; quote a pattern or name a folder to judge \
         both as one log",
        settings.files.join(" "),
        old.files.join(" ")
    ));
}

fn compared_with(old: Option<&Read>, gate: &GateArgs) -> ComparedWith {
    match (old, &gate.baseline[..]) {
        (Some(old), _) => ComparedWith::Log(old.intake.accounting()),
        (None, []) => ComparedWith::Nothing,
        (None, paths) => {
            let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            ComparedWith::Baseline(names.join(" + "))
        }
    }
}

fn nothing_to_compare(inputs: usize) -> Failure {
    let what = if inputs > 2 {
        anyhow!(
            "{inputs} inputs without a baseline: two are compared with each other, an old and a new one"
        )
    } else {
        anyhow!("there is nothing to compare the log with")
    };
    Failure::usage(what)
        .hint("--baseline FILE compares with a saved one; --save-baseline FILE saves one")
        .hint("two inputs, an old and a new log, are compared with each other")
        .hint("--max-cost, --max-cost-per-unit and --budget are limits that need neither")
}

fn read(settings: &Settings, how: &Measure, prices: &Prices) -> Result<Read, Failure> {
    let mut held = Held::new(REPLAYED)?;
    let options = AnalysisOptions { days: settings.days, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    let optional: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let conversation = (how.unit == Unit::Session).then(|| "conversation".to_owned());
    let own = |name: &String| DerivedColumn::named(name).is_none();
    let needed = how.group_by.iter().cloned().chain(conversation).filter(own);
    let needed: Vec<String> = needed.collect();
    let intake = Intake::read_with(settings, &needed, &optional, &mut |calls| {
        analyzer.add(calls);
        held.add(calls);
    })?;
    let calls =
        held.into_table()?.unwrap_or_else(|| Calls::new(Dimensions::new([]))).into_time_order();
    Ok(Read { calls, window: analyzer.finish().window, intake })
}

/// Measures a log of which at least one call has a price.
fn measured(log: &Read, prices: &GatePrices<'_>, how: &Measure) -> Result<Measurement, Failure> {
    let mut found = measure(&log.calls, prices, how);
    found.skipped = log.intake.reading.total().skipped_records();
    let files = log.intake.accounting();
    let names: Vec<_> = files.files.iter().map(|file| file.name.as_str()).collect();
    let names = names.join(", ");
    if found.units() > 0 {
        found.check_sums().map_err(|imbalance| Failure::bug(&imbalance))?;
        return Ok(found);
    }
    if found.without_case > 0 {
        return Err(match how.unit {
            Unit::Session => Failure::input(anyhow!("no call of {names} names its conversation"))
                .hint("--map conversation=COLUMN says which column does"),
            Unit::Call | Unit::Case => {
                Failure::input(anyhow!("no call of {names} names its test case"))
                    .hint("--case COLUMN says which column does")
            }
        });
    }
    if found.unpriced.is_empty() {
        return Err(Failure::input(anyhow!("there is no call to judge in {names}"))
            .hint("--since, --until and --where may have left out all of them"));
    }
    let known = found.unpriced.iter().filter(|one| !one.model.is_empty());
    let models: Vec<_> = known.take(5).map(|one| &*one.model).collect();
    if models.is_empty() {
        return Err(Failure::pricing(anyhow!("no call of {names} names its model"))
            .hint("--assume-model MODEL prices calls that name none"));
    }
    Err(Failure::pricing(anyhow!("no call of {names} has a price: {}", models.join(", ")))
        .hint("add the prices with --prices FILE.toml; `llmcost analyze` says what is missing"))
}

/// Refuses rows of roll-ups that bill at several prices, and what they do not tell.
fn refuse_sums(
    logs: [Option<&Read>; 2],
    books: [&PriceBook; 2],
    gate: &GateArgs,
    how: &Measure,
) -> Result<(), Failure> {
    let mut rollups = logs.into_iter().flatten().filter(|read| read.intake.has_rollups);
    rollups.try_for_each(|read| refuse_sum(read, books, gate, how))
}

fn refuse_sum(
    read: &Read,
    books: [&PriceBook; 2],
    gate: &GateArgs,
    how: &Measure,
) -> Result<(), Failure> {
    let mut rolled = RolledPrices::new(books);
    rolled.look(&read.calls);
    rolled.judge(&read.intake.reading)?;
    if how.unit != Unit::Call {
        let why =
            "its rows are of requests, not of conversations or test cases; give it the log itself";
        read.intake.refuse_rollups("check --unit", why)?;
    }
    let rows = (0..read.calls.len()).filter_map(|row| read.calls.rolled(row));
    let has_lots = rows.map(|rolled| rolled.lot).all(|lot| lot.is_some());
    if gate.save_baseline.is_some() && !has_lots {
        let why = "a baseline keeps what an interval needs; roll up with --lots";
        read.intake.refuse_rollups("check --save-baseline", why)?;
    }
    Ok(())
}

fn last_instant(calls: &Calls) -> Option<Instant> {
    (0..calls.len()).filter_map(|row| calls.last_time(row).known()).max()
}

/// Prices change at moments of UTC, whatever the zone of the report.
fn start_of_day(at: Instant) -> Option<Instant> {
    Days::UTC.day_of(at).and_then(|day| Days::UTC.start_of(day))
}

fn deliver_all(report: &CheckReport, gate: &GateArgs, settings: &Settings) -> Result<(), Failure> {
    deliver(settings.output.as_deref(), |out| {
        write_check(report, settings.format, settings.style, out)?;
        if gate.annotations && settings.output.is_none() {
            write_annotations(report, settings.style, out)?;
        }
        Ok(())
    })?;
    if gate.annotations && settings.output.is_some() {
        deliver(None, |out| write_annotations(report, settings.style, out))?;
    }
    if let Some(path) = &gate.comment {
        deliver(Some(path), |out| write_comment(report, settings.style, out))?;
    }
    if let Some(path) = &gate.junit {
        deliver(Some(path), |out| write_junit(report, settings.style, out))?;
    }
    Ok(())
}

/// The verdict in one line on stderr, and as an exit code.
fn conclude(outcome: &Outcome, settings: &Settings, reason: &str) -> ExitStatus {
    let status = match outcome.verdict {
        Verdict::Fail => ExitStatus::Dearer,
        Verdict::Inconclusive if settings.strict => ExitStatus::Undecided,
        Verdict::Inconclusive | Verdict::Pass => ExitStatus::Delivered,
    };
    if !(settings.quiet && outcome.verdict == Verdict::Pass) {
        say(&format!("{}: {reason}", outcome.verdict.name()));
    }
    status
}
