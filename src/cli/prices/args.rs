//! What can be typed after `llmcost prices`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueEnum};

use super::super::args::{ColorArg, CommonArgs, FormatArg, InputArgs, OutputArgs};

const LIST_EXAMPLES: &str = "\
Examples:
  llmcost prices list --provider anthropic
  llmcost prices list --model 'gpt-5*' --sort output
  llmcost prices list --all --as-of 2026-03-01 --format csv";

const SHOW_EXAMPLES: &str = "\
Examples:
  llmcost prices show claude-sonnet-4-6
  llmcost prices show bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0
  llmcost prices show gpt-4o --as-of 2024-07-01 --json";

const CHECK_EXAMPLES: &str = "\
Examples:
  llmcost prices check mine.toml
  llmcost prices check prices/*.toml";

const DIFF_EXAMPLES: &str = "\
Examples:
  llmcost prices diff builtin mine.toml
  llmcost prices diff old.toml new.toml
  llmcost prices diff builtin mine.toml usage.jsonl --by model,team";

/// The commands about prices.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PricesCommand {
    /// What models cost, one row each.
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// All about one model: prices of every lane, the rules in words, the prices over time.
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
    /// What is wrong with price tables of your own, with file and line.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// What changed between two tables, and what that means for a log.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Box<DiffArgs>),
    /// Tables made of LiteLLM's, models.dev's or genai-prices' collection.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  llmcost prices import data.json --provider mistral > mistral.toml
  llmcost prices import api.json --checked-on 2026-11-10 -o tables/
  llmcost prices import data.json --format json

What a table cannot hold is left out, so that a call is unpriced rather than too cheap, and is
listed on stderr.";

/// `llmcost prices import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// The file of the collection, or - for standard input.
    pub(super) file: String,
    /// The collection it is from, instead of what the file looks like.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) from: Option<CollectionArg>,
    /// The day the prices were current, which tables state; by default the day of the file.
    #[arg(long, value_name = "DAY")]
    pub(super) checked_on: Option<String>,
    /// The version of the collection, for the sources of the tables.
    #[arg(long, value_name = "TEXT")]
    pub(super) edition: Option<String>,
    /// Only this provider; for the file of one model, who sells it.
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// Only these models.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(super) model: Vec<String>,
    /// Write the table to a file, or one for each provider to a folder.
    #[arg(short, long, value_name = "FILE|FOLDER/")]
    pub(super) output: Option<PathBuf>,
    /// Tables and everything that they leave out as one document.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<ImportFormArg>,
    /// Do not list what was left out.
    #[arg(short, long, env = "LLMCOST_QUIET", value_parser = FalseyValueParser::new())]
    pub(super) quiet: bool,
}

/// A public collection of prices.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum CollectionArg {
    /// `model_prices_and_context_window.json` of LiteLLM.
    Litellm,
    /// `api.json` of models.dev, or the TOML file of one model.
    #[value(name = "models.dev")]
    ModelsDev,
    /// `data.json` of genai-prices.
    GenaiPrices,
}

/// The form of what was imported.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum ImportFormArg {
    /// For programs.
    Json,
}

/// `llmcost prices list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Only models of this provider.
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// Only models with such an id or alias: a part of it, or a pattern with * and ?.
    #[arg(long, value_name = "PATTERN")]
    pub(super) model: Option<String>,
    /// The prices of this day instead of the newest ones.
    #[arg(long, value_name = "DAY")]
    pub(super) as_of: Option<String>,
    /// The order: names from a to z, prices from cheap to dear, days from new to old.
    #[arg(long, value_enum, value_name = "COLUMN")]
    pub(super) sort: Option<SortArg>,
    /// List models that their provider switched off too.
    #[arg(long)]
    pub(super) all: bool,
    /// List only models that their provider switched off.
    #[arg(long, conflicts_with = "all")]
    pub(super) retired: bool,
    #[command(flatten)]
    pub(super) book: BookArgs,
    #[command(flatten)]
    pub(super) form: FormArgs,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum SortArg {
    /// By provider, then model.
    Provider,
    /// By model.
    Model,
    /// By the price of input.
    Input,
    /// By the price of cached input.
    CacheRead,
    /// By the price of a write to the cache.
    CacheWrite,
    /// By the price of output.
    Output,
    /// By the price of input in a batch.
    Batch,
    /// By the context window, longest first.
    Context,
    /// By the day the prices began to hold.
    Since,
    /// By the day they were checked.
    Checked,
}

/// `llmcost prices show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The model, as a log calls it.
    pub(super) model: String,
    /// Who sells it, as a log calls them.
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// The prices of this day instead of the newest ones.
    #[arg(long, value_name = "DAY")]
    pub(super) as_of: Option<String>,
    #[command(flatten)]
    pub(super) book: BookArgs,
    #[command(flatten)]
    pub(super) form: FormArgs,
}

/// `llmcost prices check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// The tables; each is checked over the built-in ones.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
}

/// `llmcost prices diff`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    /// The old table: a file, or `builtin`.
    pub(super) old: String,
    /// The new table: a file, or `builtin`.
    pub(super) new: String,
    /// Logs to price with both: files, patterns, folders, or - for standard input.
    #[arg(value_name = "LOG")]
    pub(super) files: Vec<String>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// Price the sample month that is part of the program with both.
    #[arg(long, conflicts_with = "files")]
    pub(super) demo: bool,
    /// Price every call of the log as if made on this day; `log`, its own, is the default.
    #[arg(long, value_name = "DAY|log", env = "LLMCOST_AS_OF")]
    pub(super) as_of: Option<String>,
    /// Fail if a record of the log was skipped (3) or has no new price (4).
    #[arg(long, env = "LLMCOST_STRICT", value_parser = FalseyValueParser::new())]
    pub(super) strict: bool,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    pub(super) config: Option<PathBuf>,
}

impl DiffArgs {
    /// The arguments of the log as every command over a log has them.
    pub(super) fn common(self) -> CommonArgs {
        CommonArgs {
            files: self.files,
            input: self.input,
            output: self.output,
            demo: self.demo,
            prices: Vec::new(),
            strict: self.strict,
            as_of: self.as_of,
            threads: None,
            config: self.config,
        }
    }
}

/// Which price tables count.
#[derive(Debug, Args)]
pub(in crate::cli) struct BookArgs {
    /// Price tables that add to and override the built-in ones: files, or folders of them.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PRICES", value_delimiter = ',')]
    pub(super) prices: Vec<PathBuf>,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    pub(super) config: Option<PathBuf>,
}

/// How the answer is given out.
#[derive(Debug, Args)]
pub(in crate::cli) struct FormArgs {
    /// The form of the answer.
    #[arg(long, value_enum, value_name = "FORMAT", env = "LLMCOST_FORMAT")]
    format: Option<FormatArg>,
    /// Short for --format json.
    #[arg(long)]
    json: bool,
    /// Write the answer to a file; its ending tells the format unless --format does.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_enum, value_name = "WHEN", env = "LLMCOST_COLOR")]
    color: Option<ColorArg>,
}

impl From<FormArgs> for OutputArgs {
    fn from(form: FormArgs) -> Self {
        Self {
            format: form.format,
            json: form.json,
            output: form.output,
            color: form.color,
            ..Self::default()
        }
    }
}
