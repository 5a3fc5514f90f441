//! `llmcost formats`: what can be read, and what an unknown log could be.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::render::write_formats;
use crate::sources::FORMATS;

use super::args::OutputArgs;
use super::config::Config;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::guess::{self, GuessArgs};
use super::output::deliver;
use super::prices::FormArgs;
use super::settings::{fill, output_format, style};
use super::sources::saved_sources;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost formats
  llmcost formats --json
  llmcost formats guess gateway.jsonl";

const GUESS_EXAMPLES: &str = "\
Examples:
  llmcost formats guess gateway.jsonl
  head -100 export.csv | llmcost formats guess -";

/// `llmcost formats`: the list, or a question about one file.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct FormatsArgs {
    #[command(subcommand)]
    command: Option<FormatsCommand>,
    #[command(flatten)]
    form: FormArgs,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
}

/// Questions about one file.
#[derive(Debug, Subcommand)]
enum FormatsCommand {
    /// What the columns of a log could mean, and the mapping to paste.
    #[command(after_help = GUESS_EXAMPLES)]
    Guess(GuessArgs),
}

pub(super) fn run(args: FormatsArgs) -> Result<ExitStatus, Failure> {
    if let Some(FormatsCommand::Guess(args)) = args.command {
        return guess::run(args);
    }
    let config = Config::load(args.config.as_deref())?;
    let saved = saved_sources(&config.source)?;
    let mut output = OutputArgs::from(args.form);
    fill(&mut output, &config);
    let format = output_format(&output)?;
    deliver(output.output.as_deref(), |out| {
        write_formats(FORMATS, &saved, format, style(&output), out)
    })?;
    Ok(ExitStatus::Delivered)
}
