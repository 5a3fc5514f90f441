//! What commands take that turn a log into another table instead of a report.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::args::{CommonArgs, FormatArg, InputArgs, OutputArgs, THREADS_MAX};

/// Which log is read, and how.
#[derive(Clone, Debug, Args)]
pub(super) struct LogArgs {
    /// Logs: files, patterns, folders, or - for standard input.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    input: InputArgs,
    /// Use the sample month that is part of the program.
    #[arg(long, conflicts_with = "files")]
    demo: bool,
    /// Price tables that add to and override the built-in ones.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PRICES", value_delimiter = ',')]
    prices: Vec<PathBuf>,
    /// How many threads read; all cores by default.
    #[arg(long, value_name = "N", env = "LLMCOST_THREADS",
          value_parser = clap::value_parser!(u16).range(1..=THREADS_MAX))]
    threads: Option<u16>,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
    /// No progress and no account on stderr, only errors.
    #[arg(short, long, env = "LLMCOST_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    /// Say on stderr which files were read as what, by which prices, and how long it took.
    #[arg(short, long, env = "LLMCOST_VERBOSE", value_parser = FalseyValueParser::new(),
          conflicts_with = "quiet")]
    verbose: bool,
}

impl LogArgs {
    /// The same as what every command over a log takes; its table is written to `output`.
    pub(super) fn common(self, output: Option<PathBuf>, strict: bool) -> CommonArgs {
        let output = OutputArgs {
            // The endings of tables are none of a report's.
            format: Some(FormatArg::Table),
            output,
            quiet: self.quiet,
            verbose: self.verbose,
            ..OutputArgs::default()
        };
        CommonArgs {
            files: self.files,
            input: self.input,
            output,
            demo: self.demo,
            prices: self.prices,
            as_of: None,
            strict,
            threads: self.threads,
            config: self.config,
        }
    }
}
