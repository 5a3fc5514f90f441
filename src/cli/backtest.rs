//! `llmcost backtest`: how far a prediction is off from what was billed.

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use crate::insights::{AnalysisOptions, Analyzer, Window};
use crate::render::{write_backtest, write_withheld};
use crate::report::{BacktestBasis, BacktestReport, WithheldReport, summarize};
use crate::simulation::{
    BacktestError, BacktestOptions, Hidden, Withheld, WithheldError, backtest, withhold,
};
use crate::techniques::warmth::Term;
use crate::units::Tokens;
use crate::usage::{Calls, Dimensions};

use super::args::CommonArgs;
use super::exit_status::ExitStatus;
use super::failure::{Failure, warn};
use super::intake::Intake;
use super::memory::{Held, REPLAYED};
use super::output::deliver;
use super::settings::Settings;
use super::supplies::{Prices, judge};

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost backtest ~/.claude/projects
  llmcost backtest session.jsonl --cache-ttl 1h
  llmcost backtest logs/ --calibrate --json
  llmcost backtest gateway.jsonl --hide served-model
  llmcost backtest calls.jsonl --map conversation=thread --chain agent";

/// What `llmcost explain backtest` says.
pub(super) const DOCS: &str = "\
# backtest

## What it does
Hides what a log says about caching (all input becomes one count), predicts what was read and written \
from what is left (total input, output, time, conversation, chain, model), prices that with the price \
book, and compares it with what the log's own counters cost at the same prices. No counter of the \
predicted calls is looked at. Every file is a log of its own.

## How it predicts
- Caches that write at a price and keep entries for a time (Anthropic; OpenAI from GPT-5.6): a call \
reads the prompt before it in its conversation, chain and model, if that is not longer than its own. \
The longer the gap from start to start, the more often the whole prompt is lost: 0.3 % at once, 12 % \
after two minutes and 29 % after five of a cache of five minutes; 4 % up to half an hour of one of an \
hour; 56 % just after the end and 95 % half a minute later. Where nothing else can be read, 62 % of \
the static start still is: of the shortest prompt of the model, at most 20,000 tokens. What is not \
read is written.
- Automatic caches (DeepSeek; OpenAI up to GPT-5.5): whole blocks of the prompt before, and of half of \
its answer.
- The sizes of blocks, shortest prompts, lifetimes and prices are those of the price tables.

## What it prints
- The point of each log: losses as in a typical log. The expected value, for totals: losses as on \
average, of which few logs have most. One without the other would mislead: so both are printed.
- The range: from no loss inside the lifetime to as many as one log in a hundred has (the JSON also has \
one in twenty), or the largest prompt lost once. Of automatic caches, from all of the answers and of the static start \
read, to 2.6 % and what chance adds to it for so few calls not read. For several logs the ends are added up, which is \
wider than need be.
- The simplest rule beside it: read = the prompt before, if the lifetime has not passed.
- The same by cause, model and conversation.

## Settings
- `--hide served-model`: instead of the cache counters, which model answered; predicted as often as in \
the first half of the log for the same requested model. `--hide output=1000`: what answers hold beyond \
1,000 tokens; predicted as long as those of the first half that reached it (same model and call type, \
else call type, else all). The second half is scored, beside what no prediction at all gives.
- `--cache-ttl 5m|1h`: the lifetime, the default or the longest one of the cache; without it both are \
predicted, and the range spans both.
- `--calibrate`: the first half of the calls of every log, with its counters, teaches how often \
prompts are lost, how much of the static start is read and which lifetime is used; the second half is \
scored. What it learns is printed, and whether it helped.
- `--chain COLUMN`: the column that tells sub-agents of one conversation apart, `chain` unless given; \
without such a column the call type does.

## Limits
How often whole prompts are lost inside their lifetime differs from log to log and cannot be foreseen \
from what is visible. A call that another program makes on the same prompt is not seen. Rows that sum \
up several calls take no part.

## Sources
25,783 recorded calls to Anthropic models, measured in November 2026; the price tables.
";

/// `llmcost backtest`.
#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    #[command(flatten)]
    prediction: PredictionArgs,
    #[command(flatten)]
    common: CommonArgs,
}

/// What is hidden and declared.
#[derive(Debug, Args)]
struct PredictionArgs {
    /// What is hidden before calls are predicted: cache counters, which model answered, or what
    /// answers hold beyond so many tokens.
    #[arg(long, value_name = "cache|served-model|output=TOKENS", default_value = "cache",
          value_parser = hidden)]
    hide: HideArg,
    /// How long cached input lives; both are predicted where this is not known.
    #[arg(long, value_enum, value_name = "5m|1h")]
    cache_ttl: Option<LifetimeArg>,
    /// Learn from the first half of every log, score the second.
    #[arg(long)]
    calibrate: bool,
    /// The column that tells the chains (sub-agents) of a conversation apart; `chain` by default.
    #[arg(long, value_name = "COLUMN")]
    chain: Option<String>,
}

/// What can be hidden.
#[derive(Clone, Copy, Debug)]
enum HideArg {
    /// What was read from and written to caches.
    Cache,
    /// Another field of the log.
    Field(Withheld),
}

/// Reads `cache`, `served-model` or `output=1000`.
fn hidden(text: &str) -> Result<HideArg, String> {
    let cap = text.strip_prefix("output=").map(str::parse::<u32>);
    match (text, cap) {
        ("cache", _) => Ok(HideArg::Cache),
        ("served-model", _) => Ok(HideArg::Field(Withheld::ServedModel)),
        (_, Some(Ok(cap))) if cap > 0 => {
            Ok(HideArg::Field(Withheld::OutputBeyond(Tokens::new(u64::from(cap)))))
        }
        (_, Some(_)) => Err("an answer has at least 1 token; write output=1000".to_owned()),
        _ => Err("what can be hidden is cache, served-model or output=TOKENS".to_owned()),
    }
}

/// The lifetimes that can be declared.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LifetimeArg {
    /// The default one.
    #[value(name = "5m")]
    Short,
    /// The longest one.
    #[value(name = "1h")]
    Long,
}

pub(super) fn run(args: BacktestArgs) -> Result<ExitStatus, Failure> {
    if !args.common.output.by.is_empty() && !args.common.output.quiet {
        warn("--by has no effect: a backtest is told by log, cause, model and conversation");
    }
    let mut settings = Settings::resolve(args.common)?;
    settings.by.clear();
    if let HideArg::Field(withheld) = args.prediction.hide {
        return run_withheld(&settings, &args.prediction, withheld);
    }
    let (options, basis) = options(&args.prediction);
    let prices = Prices::load(&settings)?;
    let mut columns = vec![BacktestOptions::CONVERSATION.to_owned()];
    // A column that is named must be there; the usual one may be.
    let mut optional = Vec::new();
    match args.prediction.chain {
        Some(chain) => columns.push(chain),
        None => optional.push(options.chain.clone()),
    }
    let (calls, window, intake) = read(&settings, &prices, &columns, &optional)?;
    let found = backtest(&calls, &prices.book, &options).map_err(failure)?;
    let unpriced = found.left_out.unpriced;
    let input = intake.accounting();
    let diagnostics = summarize(&intake.reading.ledger, &input);
    let report = BacktestReport::new(
        found,
        basis,
        window,
        input,
        diagnostics,
        prices.source(),
        settings.top,
    );
    deliver(settings.output.as_deref(), |out| {
        write_backtest(&report, settings.format, settings.style, out)
    })?;
    judge(settings.strict, &intake.reading, unpriced)
}

/// Reads the whole log, in order of time.
fn read(
    settings: &Settings,
    prices: &Prices,
    columns: &[String],
    optional: &[String],
) -> Result<(Calls, Option<Window>, Intake), Failure> {
    let mut held = Held::new(REPLAYED)?;
    let options = AnalysisOptions { days: settings.days, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    let intake = Intake::read_with(settings, columns, optional, &mut |calls| {
        analyzer.add(calls);
        held.add(calls);
    })?;
    intake.refuse_rollups("backtest", "it needs single calls; give it the log itself")?;
    let calls =
        held.into_table()?.unwrap_or_else(|| Calls::new(Dimensions::new([]))).into_time_order();
    Ok((calls, analyzer.finish().window, intake))
}

fn run_withheld(
    settings: &Settings,
    args: &PredictionArgs,
    withheld: Withheld,
) -> Result<ExitStatus, Failure> {
    let cache_flags = [
        ("--cache-ttl", args.cache_ttl.is_some()),
        ("--calibrate", args.calibrate),
        ("--chain", args.chain.is_some()),
    ];
    if let Some((flag, _)) = cache_flags.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(anyhow!("{flag} is about caches: it goes with --hide cache")));
    }
    let prices = Prices::load(settings)?;
    let (calls, window, intake) = read(settings, &prices, &[], &[])?;
    let result = withhold(&calls, &prices.book, withheld).map_err(withheld_failure)?;
    let ledger = &intake.reading.ledger;
    let report = WithheldReport::new(result, window, intake.accounting(), ledger, prices.source());
    deliver(settings.output.as_deref(), |out| {
        write_withheld(&report, settings.format, settings.style, out)
    })?;
    judge(settings.strict, &intake.reading, 0)
}

fn withheld_failure(error: WithheldError) -> Failure {
    let failure = match error {
        WithheldError::NoPrice | WithheldError::TooLarge => Failure::pricing(error),
        _ => Failure::input(error),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn options(args: &PredictionArgs) -> (BacktestOptions, BacktestBasis) {
    let (lifetime, name) = match args.cache_ttl {
        Some(LifetimeArg::Short) => (Some(Term::Default), "5m"),
        Some(LifetimeArg::Long) => (Some(Term::Long), "1h"),
        None => (None, "unknown"),
    };
    let usual = BacktestOptions::default();
    let options = BacktestOptions {
        hidden: Hidden::CacheCounters,
        lifetime,
        calibrate: args.calibrate,
        chain: args.chain.clone().unwrap_or(usual.chain),
    };
    let basis =
        BacktestBasis { hidden: options.hidden.name(), lifetime: name, calibrated: args.calibrate };
    (options, basis)
}

fn failure(error: BacktestError) -> Failure {
    let hint = error.hint();
    let failure = match error {
        BacktestError::NoPrice | BacktestError::TooLarge => Failure::pricing(error),
        _ => Failure::input(error),
    };
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
