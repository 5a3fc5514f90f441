//! `llmcost formats`: what can be read, and what an unknown log could be.

use clap::{Args, Subcommand};

use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::guess::{self, GuessArgs};

/// `llmcost formats`.
#[derive(Debug, Args)]
pub(super) struct FormatsArgs {
    #[command(subcommand)]
    command: FormatsCommand,
}

/// Questions about one file.
#[derive(Debug, Subcommand)]
enum FormatsCommand {
    /// What the columns of a log could mean, and the mapping to paste.
    Guess(GuessArgs),
}

pub(super) fn run(args: FormatsArgs) -> Result<ExitStatus, Failure> {
    match args.command {
        FormatsCommand::Guess(args) => guess::run(args),
    }
}
