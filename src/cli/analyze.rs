//! `llmcost analyze`: where the money went.

use anyhow::anyhow;

use crate::insights::{AnalysisOptions, Analyzer, CostMode};
use crate::render::write_analysis;
use crate::report::AnalysisReport;
use crate::usage::{Days, Instant};

use super::args::{AnalyzeArgs, CostModeArg};
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::intake::Intake;
use super::output::deliver;
use super::settings::Settings;
use super::supplies::{judge, price_book, price_source};

pub(super) fn run(args: AnalyzeArgs) -> Result<ExitStatus, Failure> {
    let settings = Settings::resolve(args.common)?;
    let (as_of, as_of_name) = as_of(args.as_of.as_deref(), settings.days)?;
    let book = price_book(&settings.prices)?;
    let defaults = AnalysisOptions::default();
    let by = if settings.by.is_empty() { defaults.group_by } else { settings.by.clone() };
    let options = AnalysisOptions {
        group_by: by,
        days: settings.days,
        as_of,
        cost_mode: match args.cost_mode {
            None | Some(CostModeArg::Auto) => CostMode::Auto,
            Some(CostModeArg::Calculate) => CostMode::Calculate,
            Some(CostModeArg::Logged) => CostMode::Logged,
        },
        ..defaults
    };
    let mut analyzer = Analyzer::new(&book, options);
    let intake = Intake::read(&settings, &[], &mut |calls| analyzer.add(calls))?;
    let analysis = analyzer.finish();
    let unpriced = analysis.unpriced.iter().map(|model| model.calls).sum();
    let report = AnalysisReport::new(
        analysis,
        intake.accounting(),
        &intake.reading.ledger,
        price_source(&book, &as_of_name),
        settings.top,
    );
    deliver(settings.output.as_deref(), |out| {
        write_analysis(&report, settings.format, settings.style, out)
    })?;
    judge(settings.strict, &intake.reading, unpriced)
}

/// The instant at which all calls are priced, and its name for the report.
fn as_of(text: Option<&str>, days: Days) -> Result<(Option<Instant>, String), Failure> {
    match text {
        None | Some("log") => Ok((None, "log".to_owned())),
        Some(text) => {
            let day = Days::parse_day(text);
            let instant = day.and_then(|day| days.start_of(day)).ok_or_else(|| {
                Failure::usage(anyhow!("--as-of: `{text}` is no day"))
                    .hint("write it as 2026-10-31, or `log` for each call's own day")
            })?;
            Ok((Some(instant), text.to_owned()))
        }
    }
}
