//! `llmcost formats`: the log formats that are read.

use clap::Args;

use crate::render::write_formats;
use crate::sources::FORMATS;

use super::args::OutputArgs;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::output::deliver;
use super::prices::FormArgs;
use super::settings::{output_format, style};

/// `llmcost formats`. A question about one file is a subcommand beside the list.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct FormatsArgs {
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: FormatsArgs) -> Result<ExitStatus, Failure> {
    let output = OutputArgs::from(args.form);
    deliver(output.output.as_deref(), |out| {
        write_formats(FORMATS, output_format(&output), style(&output), out)
    })?;
    Ok(ExitStatus::Delivered)
}
