//! `llmcost simulate`: what techniques would have saved.

use crate::insights::{AnalysisOptions, Analyzer};
use crate::render::{write_exhibit, write_savings};
use crate::report::SavingsReport;
use crate::simulation::{SimulationError, simulate_on};
use crate::usage::{Calls, Dimensions};

use super::args::SimulateArgs;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::flags;
use super::intake::Intake;
use super::output::deliver;
use super::settings::Settings;
use super::show;
use super::supplies::{Prices, judge};

pub(super) fn run(args: SimulateArgs) -> Result<ExitStatus, Failure> {
    let settings = Settings::resolve(args.common)?;
    let mut plan = flags::plan(&args.techniques, settings.plan.as_deref())?;
    plan.days = settings.days;
    if !settings.by.is_empty() {
        plan.group_by.clone_from(&settings.by);
    }
    let prices = Prices::load(&settings)?;
    let mut table: Option<Calls> = None;
    let options = AnalysisOptions { days: settings.days, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    let intake = Intake::read_with(
        &settings,
        &plan.dimensions(),
        &plan.optional_dimensions(),
        &mut |calls| {
            analyzer.add(calls);
            let table = table.get_or_insert_with(|| Calls::new(calls.dimensions.emptied()));
            table.append(calls);
        },
    )?;
    let calls = table.unwrap_or_else(|| Calls::new(Dimensions::new([]))).sorted_by_time();
    let outcome = simulate_on(&calls, &prices.book, &plan, settings.threads).map_err(failure)?;
    let analysis = analyzer.finish();
    let unpriced = outcome.unpriced.calls;
    let asked_for_best = args.best;
    let report = SavingsReport::new(
        outcome,
        plan.group_by,
        analysis.window,
        intake.accounting(),
        &intake.reading.ledger,
        prices.source(),
        settings.top,
    )
    .with_unpriced_models(analysis.unpriced)
    .beside_logged(analysis.logged.used);
    let mut report = if asked_for_best { report } else { report.without_best_sets() };
    report.reveal(&args.show).map_err(|error| show::unknown(&error))?;
    let single = show::single(&report.exhibits, &args.show, settings.format)?;
    deliver(settings.output.as_deref(), |out| match single {
        Some(exhibit) => write_exhibit(exhibit, out),
        None => write_savings(&report, settings.format, settings.style, out),
    })?;
    judge(settings.strict, &intake.reading, unpriced)
}

fn failure(error: SimulationError) -> Failure {
    match error {
        SimulationError::Technique { .. } | SimulationError::UnknownColumn(_) => {
            Failure::usage(error)
        }
        SimulationError::TooLarge | SimulationError::LostPrice(_) => Failure::pricing(error),
    }
}
