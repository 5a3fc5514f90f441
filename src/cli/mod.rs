//! The program: flags to options, inputs to reports, failures to exit codes.
//!
//! The only room that knows clap, the terminal, the environment and the clock.

mod analyze;
mod args;
mod asked;
mod backtest;
mod check;
mod check_args;
mod check_baseline;
mod check_options;
mod config;
mod contracts;
mod convert;
mod currency;
mod embed_endpoint;
mod estimate;
mod exit_status;
mod explain;
mod failure;
mod flags;
mod formats;
mod guess;
mod inspection;
mod intake;
mod journal;
mod output;
mod plan;
mod prices;
mod progress;
mod settings;
mod show;
mod simulate;
mod sources;
mod supplies;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use exit_status::ExitStatus;
use failure::Failure;

/// Runs the program with these arguments, the first being its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, with code 0; clap knows which stream they want.
            let _ = error.print();
            let code = error.exit_code();
            return ExitCode::from(u8::try_from(code).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let result = match cli.command {
        Command::Analyze(args) => analyze::run(*args),
        Command::Simulate(args) => simulate::run(*args),
        Command::Estimate(args) => estimate::run(*args),
        Command::Check(args) => check::run(*args),
        Command::Backtest(args) => backtest::run(*args),
        Command::Plan(args) => plan::run(&args),
        Command::Convert(args) => convert::run(*args),
        Command::Formats(args) => formats::run(args),
        Command::Prices { command } => prices::run(command),
        Command::Explain(args) => explain::run(&args),
    };
    let status = result.unwrap_or_else(|failure: Failure| {
        failure.report();
        failure.status()
    });
    ExitCode::from(status.code())
}
