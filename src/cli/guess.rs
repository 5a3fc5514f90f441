//! `llmcost formats guess`: what the columns of a log could mean.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::render::write_guess;
use crate::sources::{Guess, Input, SavedSource, discover, guess};

use super::args::OutputArgs;
use super::config::Config;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::inputs::missing;
use super::output::deliver;
use super::prices::FormArgs;
use super::settings::{fill, output_format, style};
use super::sources::saved_sources;

/// Why more saved sources did not take a file is too much to read.
const REFUSALS_MAX: usize = 3;

/// `llmcost formats guess`.
#[derive(Debug, Args)]
pub(super) struct GuessArgs {
    /// The log, or - for standard input.
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    form: FormArgs,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: GuessArgs) -> Result<ExitStatus, Failure> {
    let config = Config::load(args.config.as_deref())?;
    let sources = saved_sources(&config.source)?;
    let found = guess(&input(&args.file)?, &sources)
        .map_err(|error| Failure::input(anyhow!("cannot read {}: {error}", args.file)))?;
    let mut output = OutputArgs::from(args.form);
    fill(&mut output, &config);
    let format = output_format(&output)?;
    deliver(output.output.as_deref(), |out| write_guess(&found, format, style(&output), out))?;
    // The page says what is missing; a script sees that there is nothing to paste.
    let answered = found.fits.is_some() || found.proposal.is_some() || found.inside.is_some();
    Ok(if answered { ExitStatus::Delivered } else { ExitStatus::Input })
}

/// One file: two logs are two questions.
fn input(name: &str) -> Result<Input, Failure> {
    let mut inputs = discover(name).map_err(missing)?.inputs;
    if inputs.len() > 1 {
        return Err(
            Failure::usage(anyhow!("{name} names {} files", inputs.len())).hint("name one of them")
        );
    }
    inputs.pop().ok_or_else(|| Failure::input(anyhow!("cannot read {name}")))
}

/// Says what the columns of a file could mean, as hints to a failure to read it.
pub(super) fn proposed(failure: Failure, guess: &Guess, sources: &[SavedSource]) -> Failure {
    let columns: Vec<String> = guess.findings.iter().map(|found| found.path.clone()).collect();
    let refusals = sources.iter().filter_map(|source| {
        let why = source.refuses(&guess.file, &columns)?;
        Some(format!("the source `{}` ({}) is not for it: {why}", source.name, source.place))
    });
    let failure = refusals.take(REFUSALS_MAX).fold(failure, Failure::hint);
    let file = crate::sources::quoted_for_shell(&guess.file);
    let known = guess.inside.as_ref().filter(|inside| inside.format.is_some());
    if let Some(inside) = known {
        let line = inside.command(&guess.file, "");
        return failure.hint(format!("its records are inside others; try {line}"));
    }
    let Some(proposal) = &guess.proposal else {
        let missing = guess.missing.join(" or ");
        return doubted(failure, guess).hint(format!(
            "no column looks like {missing}; `llmcost formats guess {file}` shows them all"
        ));
    };
    let failure = match proposal.flags() {
        Some(flags) => failure.hint(match &guess.inside {
            Some(inside) => {
                let line = inside.command(&guess.file, &flags);
                format!("its records are inside others; try {line}")
            }
            None => format!("by its columns, try {flags}"),
        }),
        None => failure.hint("a name has a comma, which ends a pair of --map"),
    };
    doubted(failure, guess)
        .hint(format!("`llmcost formats guess {file}` says why, and how to save it"))
}

fn doubted(failure: Failure, guess: &Guess) -> Failure {
    let doubts = guess.doubts.iter().map(|doubt| format!("to be checked: {doubt}"));
    doubts.fold(failure, Failure::hint)
}
