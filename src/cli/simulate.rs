//! `llmcost simulate`: what techniques would have saved.

use std::io::IsTerminal;

use anyhow::anyhow;

use crate::insights::{Analysis, AnalysisOptions, Analyzer};
use crate::render::{OutputFormat, write_exhibit, write_savings, write_savings_page};
use crate::report::{AnalysisReport, SavingsReport};
use crate::simulation::{ClaimedStep, Plan, SimulationError, judge_claim, simulate_watched};
use crate::sources::Field;
use crate::usage::{Calls, Dimensions};

use super::args::SimulateArgs;
use super::asked::{self, AskedArgs};
use super::embed_endpoint::EmbedEndpoint;
use super::exit_status::ExitStatus;
use super::failure::{Failure, note};
use super::flags;
use super::inspection::reading_words;
use super::intake::Intake;
use super::memory::Held;
use super::output::deliver;
use super::progress::{EmbedProgress, ReplayProgress};
use super::settings::Settings;
use super::show;
use super::supplies::{Prices, judge, settled};
use super::technique_args::TechniqueArgs;
use super::what_if;

pub(super) fn run(mut args: SimulateArgs) -> Result<ExitStatus, Failure> {
    flags::give_back_log(&mut args);
    let input = reading_words(&args.common);
    let mut settings = Settings::resolve(args.common)?;
    let (mut plan, claim) = planned(&args.asked, &args.techniques, &settings)?;
    plan.asked.tornado = show::wants("tornado", &args.show, settings.format);
    let prices = Prices::load(&settings)?;
    let mut held = Held::new(plan.bytes_a_call())?;
    let has_page = settings.format == OutputFormat::Html;
    let options =
        AnalysisOptions { days: settings.days, pictures: has_page, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    let [mut needed, mut wished] = what_if::columns(settings.format);
    needed.extend(plan.dimensions());
    wished.extend(plan.wishes());
    let intake = Intake::read_priced(&settings, &prices, &needed, &wished, &mut |calls| {
        analyzer.add(calls);
        held.add(calls);
    })?;
    refuse(&plan, claim.is_some(), &intake)?;
    let mut calls =
        held.into_table()?.unwrap_or_else(|| Calls::new(Dimensions::new([]))).into_time_order();
    embed(&args.techniques, &settings, &mut calls)?;
    settings.journal.stage("reading");
    let progress = ReplayProgress::new(settings.quiet);
    let outcome = simulate_watched(&calls, &prices.book, &plan, settings.threads, Some(&progress));
    drop(progress);
    let mut outcome = outcome.map_err(failure)?;
    settings.journal.stage("simulating");
    if let Some(steps) = claim {
        let judged = judge_claim(&steps, &calls, &prices.book, settings.threads);
        outcome.exhibits.push(judged.map_err(failure)?);
    }
    let panel = if intake.has_rollups {
        None
    } else {
        what_if::panel(&calls, &prices.book, &settings, &input)?
    };
    let analysis = analyzer.finish();
    let today = has_page.then(|| today(&analysis, &intake, &prices, &settings));
    let unpriced = outcome.unpriced.calls;
    let asked_for_best = args.asked.wants_best_sets();
    let mut report = SavingsReport::new(
        outcome,
        plan.group_by,
        analysis.window,
        intake.accounting(),
        &intake.reading.ledger,
        prices.source(),
        settings.top,
    )
    .by_month(&analysis)
    .with_unpriced_models(analysis.unpriced)
    .with_oddities(analysis.oddities)
    .beside_logged(analysis.logged.used)
    .with_what_if(panel);
    if !intake.has_rollups {
        report = report.held_to(&analysis.totals);
    }
    if !asked_for_best {
        report = report.without_best_sets();
    }
    report.reveal(&args.show).map_err(|error| show::unknown(&error))?;
    give_out(&report, today.as_ref(), &args.show, &settings)?;
    judge(settings.strict, &intake.reading, unpriced)
}

/// The plan with what else is asked, and the steps of a claim, if one is to be judged.
fn planned(
    asked: &AskedArgs,
    techniques: &TechniqueArgs,
    settings: &Settings,
) -> Result<(Plan, Option<Vec<ClaimedStep>>), Failure> {
    let mut plan = if asked.claim.is_some() {
        flags::plan_or_none(techniques, settings.plan.as_ref())?
    } else {
        flags::plan(techniques, settings.plan.as_ref())?
    };
    plan.days = settings.days;
    let claim = asked::read(asked, &mut plan)?;
    if !settings.by.is_empty() {
        plan.group_by.clone_from(&settings.by);
    }
    Ok((plan, claim))
}

/// Refuses what a roll-up does not tell.
fn refuse(plan: &Plan, has_claim: bool, intake: &Intake) -> Result<(), Failure> {
    if !intake.has_rollups {
        return Ok(());
    }
    let claim = has_claim.then_some(("claim", "its steps are judged call by call"));
    plan.against_rollups().or(claim).map_or(Ok(()), |(name, why)| {
        Err(Failure::usage(anyhow!("`{name}` cannot be told from a roll-up: {why}"))
            .hint("give it the log itself")
            .hint("`llmcost explain rollups` says what roll-ups tell"))
    })
}

/// The same calls as `analyze` reports them, for a page.
fn today(
    analysis: &Analysis,
    intake: &Intake,
    prices: &Prices,
    settings: &Settings,
) -> AnalysisReport {
    let (input, ledger) = (intake.accounting(), &intake.reading.ledger);
    AnalysisReport::new(analysis.clone(), input, ledger, prices.source(), settings.top)
}

/// Writes the one table that was asked for, or the report; a page says what `today` says too.
fn give_out(
    report: &SavingsReport,
    today: Option<&AnalysisReport>,
    shown: &[String],
    settings: &Settings,
) -> Result<(), Failure> {
    settled(report)?;
    today.map_or(Ok(()), settled)?;
    let single = show::single(&report.exhibits, shown, settings.format)?;
    deliver(settings.output.as_deref(), |out| match (single, today) {
        (Some(exhibit), _) => write_exhibit(exhibit, settings.style, out),
        (None, Some(today)) => write_savings_page(report, today, settings.style, out),
        (None, None) => write_savings(report, settings.format, settings.style, out),
    })
}

/// Asks the endpoint that was named for the vectors of the questions.
fn embed(args: &TechniqueArgs, settings: &Settings, calls: &mut Calls) -> Result<(), Failure> {
    let (Some(url), Some(model)) = (&args.embed_endpoint, &args.embed_model) else {
        return Ok(());
    };
    let endpoint = EmbedEndpoint::parse(url, model).map_err(Failure::usage)?;
    let place = |field: Field| calls.dimensions.position(&field.dimension()?);
    let (Some(text), Some(vector)) = (place(Field::Prompt), place(Field::Embedding)) else {
        return Err(Failure::usage(anyhow!("--embed-endpoint: nothing in this run takes vectors"))
            .hint("add --semantic-cache, with --semantic-level embeddings or without a level"));
    };
    let progress = EmbedProgress::new(!settings.quiet && std::io::stderr().is_terminal());
    let show = |done, all| progress.show(done, all);
    let sent = endpoint.fill(calls, text, vector, &show).map_err(Failure::input)?;
    if sent == 0 {
        return Err(Failure::input(anyhow!(
            "--embed-endpoint: the log has no text of prompts (column `prompt`)"
        )));
    }
    if !settings.quiet {
        note(&format!("{sent} texts of prompts were sent to {url}"));
    }
    Ok(())
}

/// How the program ends when a simulation cannot be run.
pub(super) fn failure(error: SimulationError) -> Failure {
    match error {
        SimulationError::Technique { .. } | SimulationError::UnknownColumn(_) => {
            Failure::usage(error)
        }
        SimulationError::TooLarge | SimulationError::LostPrice(_) => Failure::pricing(error),
    }
}
