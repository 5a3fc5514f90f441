//! The program: flags to options, inputs to reports, failures to exit codes.
//!
//! The only room that knows clap, the terminal, the environment and the clock.

mod analyze;
mod args;
mod asked;
mod backtest;
mod bug;
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
mod given;
mod guess;
mod help;
mod inputs;
mod inspection;
mod intake;
mod interruption;
mod journal;
mod log_args;
mod manual;
mod memory;
mod output;
mod plan;
mod prices;
mod progress;
mod rolled;
mod rollup;
mod settings;
mod show;
mod simulate;
mod sorter;
mod sources;
mod sql;
mod supplies;
mod technique_args;
mod what_if;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Cli, Command};
use exit_status::ExitStatus;
use failure::{Failure, harmless, say};

/// What was typed.
fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = help::command();
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// Prints help and version, which come this way too, where clap wants them; or what is wrong.
fn tell(error: &clap::Error) {
    const NO_NUMBER: &str = "invalid digit found in string";
    let told = error.to_string();
    if told.contains(NO_NUMBER) {
        say(told.replace(NO_NUMBER, "expected a whole number, such as 15").trim_end());
        return;
    }
    if error.use_stderr() && harmless(&told) != told {
        // A pattern of a shell may have made a flag of the name of a file.
        say(told.trim_end());
        return;
    }
    let _ = error.print();
}

/// Runs the program with these arguments, the first being its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let code = bug::guarded(|| run_guarded(arguments));
    interruption::obey();
    code
}

fn run_guarded(arguments: Vec<OsString>) -> ExitCode {
    if arguments.len() < 2 {
        // No command is a slip in a script: the page goes to people, the code to the script.
        say(help::START.trim_end());
        return ExitCode::from(ExitStatus::Usage.code());
    }
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            tell(&error);
            let code = error.exit_code();
            return ExitCode::from(u8::try_from(code).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let result = match cli.command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Simulate(args) => simulate::run(*args),
        Command::Estimate(args) => estimate::run(*args),
        Command::Check(args) => check::run(*args),
        Command::Backtest(args) => backtest::run(*args),
        Command::Plan(args) => plan::run(&args),
        Command::Convert(args) => convert::run(*args),
        Command::Sql(args) => sql::run(&args),
        Command::Rollup(args) => rollup::run(*args),
        Command::Formats(args) => formats::run(args),
        Command::Prices { command } => prices::run(command),
        Command::Config(args) => config::run(args),
        Command::Init(args) => config::init(args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    };
    let status = result.unwrap_or_else(|failure: Failure| {
        failure.report();
        failure.status()
    });
    ExitCode::from(status.code())
}
