//! `llmcost estimate`: what calls will cost that no log has yet, and what techniques would save.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use clap::builder::FalseyValueParser;

use crate::diagnostics::{Ledger, did_you_mean};
use crate::exhibits::Exhibit;
use crate::insights::{AnalysisOptions, Analyzer};
use crate::pricing::{PriceBook, Unpriced};
use crate::render::{write_exhibit, write_savings};
use crate::report::{InputAccounting, SavingsReport};
use crate::simulation::{
    Arrival, Horizon, Outcome, Plan, Spread, Workload, WorkloadError, cache_exhibit, closed_forms,
    cost_exhibit, declared_for_each, generate, judge_claim, retry_exhibit, simulate_watched,
};
use crate::units::{Factor, Rate};
use crate::usage::{Days, Instant};

use super::args::{CommonArgs, InputArgs, OutputArgs};
use super::asked::{self, AskedArgs};
use super::exit_status::ExitStatus;
use super::failure::{Failure, meant};
use super::flags;
use super::output::deliver;
use super::progress::ReplayProgress;
use super::settings::Settings;
use super::show;
use super::simulate::failure;
use super::supplies::{Prices, settled, unpriced_under_strict};
use super::technique_args::TechniqueArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost estimate --model claude-sonnet-4-6 --calls-per-day 1000 \\
      --input-tokens 3000 --output-tokens 500 \\
      --shared-prompt 2000 --cache-hit 0.95
  llmcost estimate --model gpt-4o --calls-per-month 100000 \\
      --input-tokens 'uniform 500-4000' --output-tokens 'exponential 300' \\
      --batch 0.5
  llmcost estimate --model claude-sonnet-4-6 --calls-per-day 100 \\
      --input-tokens 2000 --output-tokens 0 --shared-prompt 2000 \\
      --arrival poisson --hours 8 --cache replay --cache-ttl 1h
  llmcost estimate --plan plan.toml     (kinds of calls as [[workload]] tables)";

/// The manual of the command, for `explain`.
pub(super) const DOCS: &str = include_str!("estimate.md");

/// `llmcost estimate`.
#[derive(Debug, Args)]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    workload: WorkloadArgs,
    #[command(flatten)]
    techniques: TechniqueArgs,
    #[command(flatten)]
    asked: AskedArgs,
    /// Also show these tables, or all; with --format csv the one table to write.
    #[arg(long, value_name = "TABLE,…", value_delimiter = ',')]
    show: Vec<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Price tables that add to and override the built-in ones: files, or folders of them.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PRICES", value_delimiter = ',')]
    prices: Vec<PathBuf>,
    /// Fail if a call has no price (4).
    #[arg(long, env = "LLMCOST_STRICT", value_parser = FalseyValueParser::new())]
    strict: bool,
    /// How many threads simulate; all cores by default.
    #[arg(long, value_name = "N", env = "LLMCOST_THREADS",
          value_parser = clap::value_parser!(u16).range(1..=super::args::THREADS_MAX))]
    threads: Option<u16>,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
}

/// What is declared; a plan may hold several kinds of calls instead.
#[derive(Debug, Args)]
struct WorkloadArgs {
    /// The model that answers.
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Who bills, where the model alone does not say.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// What the calls are for.
    #[arg(long, value_name = "NAME")]
    call_type: Option<String>,
    /// Calls a day; for kinds of calls of a plan with a share, all of them together.
    #[arg(long, value_name = "N", conflicts_with = "calls_per_month")]
    calls_per_day: Option<u64>,
    /// Calls a month, instead.
    #[arg(long, value_name = "N")]
    calls_per_month: Option<u64>,
    /// Input of a call with its shared prompt: 3000, "uniform 200-800", "exponential 500" or
    /// "mix 300:0.7 2000:0.3".
    #[arg(long, alias = "input", value_name = "TOKENS")]
    input_tokens: Option<String>,
    /// Output of a call, in the same forms.
    #[arg(long, value_name = "TOKENS")]
    output_tokens: Option<String>,
    /// The start of the input that all calls share.
    #[arg(long, value_name = "TOKENS")]
    shared_prompt: Option<u64>,
    /// Calls of one conversation; each sends again what was sent and answered before.
    #[arg(long, value_name = "N")]
    turns: Option<u64>,
    /// When calls come: even, poisson or bursts.
    #[arg(long, value_name = "PATTERN")]
    arrival: Option<String>,
    /// Hours of the day in which calls come.
    #[arg(long, value_name = "HOURS")]
    hours: Option<u64>,
    /// Calls that come within one minute, with --arrival bursts.
    #[arg(long, value_name = "N")]
    burst: Option<u64>,
    /// The part of attempts that fail: says what attempts cost if failures are billed.
    #[arg(long, value_name = "RATE")]
    failures: Option<String>,
    /// The most attempts a call, with --failures.
    #[arg(long, value_name = "N", default_value_t = 5)]
    attempts: u32,
    /// Days to simulate.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u64,
    /// Days of a month: 30.4375 on average.
    #[arg(long, value_name = "DAYS", default_value = "30")]
    month_days: String,
    /// The first day, which says what prices hold; the day the tables were last checked by default.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
}

impl EstimateArgs {
    /// The settings of a command over a log, for one that reads none.
    fn settings(&mut self) -> Result<Settings, Failure> {
        Settings::resolve(CommonArgs {
            files: Vec::new(),
            input: InputArgs::default(),
            output: std::mem::take(&mut self.output),
            demo: false,
            prices: std::mem::take(&mut self.prices),
            as_of: None,
            strict: self.strict,
            threads: self.threads,
            config: self.config.take(),
        })
    }
}

pub(super) fn run(mut args: EstimateArgs) -> Result<ExitStatus, Failure> {
    let mut settings = args.settings()?;
    let mut plan = flags::plan_or_none(&args.techniques, settings.plan.as_ref())?;
    plan.days = settings.days;
    if !settings.by.is_empty() {
        plan.group_by.clone_from(&settings.by);
    }
    let claim = asked::read(&args.asked, &mut plan)?;
    plan.asked.tornado = show::wants("tornado", &args.show, settings.format);
    let (kinds, horizon) = declared(&args.workload, &plan)?;
    let prices = Prices::load(&settings)?;
    let start = start(args.workload.from.as_deref(), &prices.book)?;
    known_models(&kinds, &prices.book)?;
    let sums = claim.is_none() && may_sum(&kinds, &prices.book, &plan);
    let calls = generate(&kinds, &horizon, start, sums).map_err(Failure::usage)?;
    settings.journal.stage("declaring");
    let progress = ReplayProgress::new(settings.quiet);
    let outcome = simulate_watched(&calls, &prices.book, &plan, settings.threads, Some(&progress));
    drop(progress);
    let mut outcome = outcome.map_err(failure)?;
    settings.journal.stage("simulating");
    let each = declared_for_each(&kinds, &horizon).map_err(Failure::usage)?;
    let forms = closed_forms(&kinds, &horizon, &prices.book, start).map_err(Failure::usage)?;
    let mut tables = vec![cost_exhibit(&outcome, &horizon, each)];
    tables.extend(cache_exhibit(&forms));
    tables.extend(attempts(&args.workload, &outcome, &horizon, each)?);
    tables.append(&mut outcome.exhibits);
    outcome.exhibits = tables;
    if let Some(steps) = claim {
        let judged = judge_claim(&steps, &calls, &prices.book, settings.threads);
        outcome.exhibits.push(judged.map_err(failure)?);
    }
    if let Some(warning) = nothing_shared(&kinds, &plan) {
        outcome.warnings.push(warning);
    }
    let options = AnalysisOptions { days: settings.days, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    analyzer.add(&calls);
    let analysis = analyzer.finish();
    let unpriced = outcome.unpriced.calls;
    let report = SavingsReport::new(
        outcome,
        plan.group_by,
        analysis.window,
        InputAccounting::declared(),
        &Ledger::default(),
        prices.source(),
        settings.top,
    )
    .held_to(&analysis.totals)
    .with_unpriced_models(analysis.unpriced);
    let mut report = if args.asked.wants_best_sets() { report } else { report.without_best_sets() };
    report.reveal(&args.show).map_err(|error| show::unknown(&error))?;
    settled(&report)?;
    let single = show::single(&report.exhibits, &args.show, settings.format)?;
    deliver(settings.output.as_deref(), |out| match single {
        Some(exhibit) => write_exhibit(exhibit, settings.style, out),
        None => write_savings(&report, settings.format, settings.style, out),
    })?;
    unpriced_under_strict(settings.strict, unpriced)
}

/// Every model is one that some table has, or was: a bill of nothing for a slip of the keys would look
/// like one that is low.
fn known_models(kinds: &[Workload], book: &PriceBook) -> Result<(), Failure> {
    for kind in kinds.iter().filter(|kind| !kind.model.is_empty()) {
        let Err(why) = book.find(&kind.provider, &kind.model) else { continue };
        let name = &kind.model;
        let failure = match why {
            Unpriced::OtherProvider => {
                Failure::usage(anyhow!("no price table of `{}` has `{name}`", kind.provider))
            }
            Unpriced::UnknownProvider => {
                Failure::usage(anyhow!("no price table is of provider `{}`", kind.provider))
            }
            Unpriced::SeveralSellers => Failure::usage(anyhow!("several providers sell `{name}`"))
                .hint("say who bills: --provider NAME, or provider = in the plan"),
            _ => Failure::usage(anyhow!("the price book has no model `{name}`")),
        };
        return Err(match (why, book.suggest(name)) {
            (Unpriced::SeveralSellers, _) => failure,
            (Unpriced::UnknownModel, Some(similar)) => {
                failure.hint(format!("did you mean `{similar}`?"))
            }
            (Unpriced::UnknownProvider, _) => {
                match did_you_mean(&kind.provider, book.provider_names()) {
                    Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
                    None => failure.hint("`llmcost prices list` shows who sells what"),
                }
            }
            _ => failure.hint("`llmcost prices list` shows every model; --prices FILE adds others"),
        });
    }
    Ok(())
}

/// What failing attempts cost, where it is asked for.
fn attempts(
    args: &WorkloadArgs,
    outcome: &Outcome,
    horizon: &Horizon,
    each: Factor,
) -> Result<Option<Exhibit>, Failure> {
    let Some(text) = &args.failures else { return Ok(None) };
    let failures = Rate::parse(text).map_err(|_| {
        Failure::usage(anyhow!("--failures: `{text}` is not a rate between 0 and 1"))
            .hint("write 20 percent as 0.2 or 20%")
    })?;
    Ok(Some(retry_exhibit(outcome, horizon, each, failures, args.attempts)))
}

/// Prompt caching of a workload that says nothing of a shared prompt.
fn nothing_shared(kinds: &[Workload], plan: &Plan) -> Option<String> {
    let caches = plan.techniques().any(|one| one.info().name == "prompt_caching");
    let nothing = kinds.iter().all(|kind| kind.shared_prompt == 0 && kind.turns == 1);
    (caches && nothing).then(|| {
        "prompt caching: the workload declares no shared prompt and no conversations; give \
         --shared-prompt, --turns or --cacheable"
            .to_owned()
    })
}

/// The kinds of calls that flags and plan declare, and for how long.
fn declared(args: &WorkloadArgs, plan: &Plan) -> Result<(Vec<Workload>, Horizon), Failure> {
    let month_days = Factor::parse(&args.month_days).map_err(|_| {
        Failure::usage(anyhow!("--month-days: `{}` is no number of days", args.month_days))
            .hint("for example 30 or 30.4375")
    })?;
    let mut horizon = Horizon {
        days: args.days,
        month_days,
        calls_per_day: args.calls_per_day,
        calls_per_month: args.calls_per_month,
    };
    if plan.workloads.is_empty() {
        horizon.calls_per_day = None;
        horizon.calls_per_month = None;
        return Ok((vec![flagged(args)?], horizon));
    }
    let of_one_kind = [
        ("--model", args.model.is_some()),
        ("--provider", args.provider.is_some()),
        ("--call-type", args.call_type.is_some()),
        ("--input-tokens", args.input_tokens.is_some()),
        ("--output-tokens", args.output_tokens.is_some()),
        ("--shared-prompt", args.shared_prompt.is_some()),
        ("--turns", args.turns.is_some()),
        ("--arrival", args.arrival.is_some()),
        ("--hours", args.hours.is_some()),
        ("--burst", args.burst.is_some()),
    ];
    if let Some((flag, _)) = of_one_kind.iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(anyhow!(
            "{flag}: the plan declares its own [[workload]] tables"
        ))
        .hint("say it there, or leave them out of the plan"));
    }
    Ok((plan.workloads.clone(), horizon))
}

/// The one kind of call that flags declare.
fn flagged(args: &WorkloadArgs) -> Result<Workload, Failure> {
    let Some(model) = args.model.clone() else {
        return Err(
            Failure::usage(WorkloadError::Nothing).hint("`llmcost estimate --help` has examples")
        );
    };
    let spread = |flag: &str, text: &Option<String>| {
        let read = text.as_deref().map_or(Ok(Spread::default()), Spread::parse);
        read.map_err(|message| Failure::usage(anyhow!("{flag}: {message}")))
    };
    let arrival = args.arrival.as_deref().unwrap_or("even");
    let arrival = Arrival::named(arrival).ok_or_else(|| {
        Failure::usage(anyhow!("--arrival: there is no pattern `{arrival}`"))
            .hint(meant(arrival, &["even", "poisson", "bursts"]))
    })?;
    let missing = match (&args.input_tokens, &args.output_tokens) {
        (Some(_), Some(_)) => None,
        (None, None) => Some("give --input-tokens and --output-tokens"),
        (None, Some(_)) => Some("give --input-tokens; write --input-tokens 0 where there are none"),
        (Some(_), None) => {
            Some("give --output-tokens; write --output-tokens 0 where only input counts")
        }
    };
    if let Some(hint) = missing {
        return Err(Failure::usage(anyhow!("how many tokens does a call have?")).hint(hint));
    }
    Ok(Workload {
        provider: args.provider.clone().unwrap_or_default(),
        model,
        call_type: args.call_type.clone().unwrap_or_default(),
        calls_per_day: args.calls_per_day,
        calls_per_month: args.calls_per_month,
        share: None,
        input_tokens: spread("--input-tokens", &args.input_tokens)?,
        output_tokens: spread("--output-tokens", &args.output_tokens)?,
        shared_prompt: args.shared_prompt.unwrap_or(0),
        turns: args.turns.unwrap_or(1),
        arrival,
        hours: args.hours.unwrap_or(24),
        burst: args.burst.unwrap_or(10),
    })
}

/// The start of the first day.
fn start(from: Option<&str>, book: &PriceBook) -> Result<Instant, Failure> {
    let day = from.unwrap_or(book.checked_on().1);
    Days::parse_day(day).and_then(|day| Days::UTC.start_of(day)).ok_or_else(|| {
        Failure::usage(anyhow!("--from: `{day}` is no day")).hint("write it as 2026-10-31")
    })
}

/// Whether one row may stand for the equal calls of a day: nothing looks at single calls, and no price
/// depends on the hour.
fn may_sum(kinds: &[Workload], book: &PriceBook, plan: &Plan) -> bool {
    let has_hours = |kind: &Workload| {
        let Ok(id) = book.find(&kind.provider, &kind.model) else { return false };
        book.model(id).periods().iter().any(|period| !book.scheduled(id, period).is_empty())
    };
    plan.sums_rows() && !kinds.iter().any(has_hours)
}
