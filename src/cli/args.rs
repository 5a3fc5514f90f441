//! What can be typed.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::render::Redact;

use super::asked::AskedArgs;
use super::backtest::BacktestArgs;
use super::check_args::CheckArgs;
use super::config::{ConfigArgs, InitArgs};
use super::convert::ConvertArgs;
use super::estimate::EstimateArgs;
use super::formats::FormatsArgs;
use super::manual::{CompletionsArgs, ManArgs};
use super::prices::PricesCommand;
use super::rollup::RollupArgs;
use super::sql::SqlArgs;
use super::technique_args::TechniqueArgs;

/// More threads than this only cost memory.
pub(super) const THREADS_MAX: i64 = 512;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  the report was delivered; of a check: it passed, or could not judge
  1  the check failed: dearer than the baseline, or over a limit
  2  a flag, a plan or a configuration is wrong, or no command was named
  3  nothing readable; with --strict, a record was skipped or a mapped column is nowhere
  4  a price table is invalid; with --strict, usage has no price
  5  the report could not be written
  6  with --strict, the check could not judge
  101  a bug, or figures that contradict each other: please report it";

/// Where an LLM bill goes, and what each way of spending less would have saved on those very calls.
#[derive(Debug, Parser)]
#[command(name = "llmcost", version, styles = STYLES, after_long_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Where the money went: by model, call type or any column.
    #[command(after_help = ANALYZE_EXAMPLES)]
    Analyze(Box<AnalyzeArgs>),
    /// What techniques would have saved on these calls, alone and together.
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(Box<SimulateArgs>),
    /// Whether calls became dearer: fails, and says why. For CI.
    #[command(after_help = super::check_args::EXAMPLES)]
    Check(Box<CheckArgs>),
    /// As simulate, for calls that are only declared: what they will cost, without a log.
    #[command(after_help = super::estimate::EXAMPLES)]
    Estimate(Box<EstimateArgs>),
    /// How far a prediction without the log's cache counters is off from what was billed.
    #[command(after_help = super::backtest::EXAMPLES)]
    Backtest(Box<BacktestArgs>),
    /// A plan to start from: every technique and setting, with comments.
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
    /// What models cost: list, show, check a table, compare two, import.
    #[command(after_help = PRICES_EXAMPLES)]
    Prices {
        /// What to do with prices.
        #[command(subcommand)]
        command: PricesCommand,
    },
    /// The records of any log, in one shape: llmcost's own JSONL or CSV, or the lines of a bill.
    #[command(after_help = super::convert::EXAMPLES)]
    Convert(Box<ConvertArgs>),
    /// A log as sums of calls that bill alike: small, to be added up, for the same figures.
    #[command(after_help = super::rollup::EXAMPLES)]
    Rollup(Box<RollupArgs>),
    /// The query that rolls a log up where it is stored, in the SQL of eight engines.
    #[command(after_help = super::sql::EXAMPLES)]
    Sql(Box<SqlArgs>),
    /// The log formats that are read.
    #[command(after_help = super::formats::EXAMPLES)]
    Formats(FormatsArgs),
    /// What is in force where no flag says otherwise, and who said so.
    #[command(after_help = super::config::CONFIG_EXAMPLES)]
    Config(ConfigArgs),
    /// A commented llmcost.toml for the log there is.
    #[command(after_help = super::config::INIT_EXAMPLES)]
    Init(InitArgs),
    /// A technique, a log format, a diagnostic, an exit code and more, in words.
    #[command(after_help = super::explain::EXAMPLES)]
    Explain(ExplainArgs),
    /// A script that completes commands and flags in a shell.
    #[command(after_help = super::manual::COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// The manual: one page of everything, or a page for each command in a folder.
    #[command(after_help = super::manual::MAN_EXAMPLES)]
    Man(ManArgs),
}

const ANALYZE_EXAMPLES: &str = "\
Examples:
  llmcost analyze usage.jsonl
  llmcost analyze logs/ --by product,day --top 0
  llmcost analyze ~/.claude/projects --since 2026-11-01
  llmcost analyze calls.csv --map input_tokens=tok_in,output_tokens=tok_out
  zcat big.jsonl.gz | llmcost analyze - --where \"model LIKE 'claude%'\" --json
  llmcost analyze usage.jsonl --compare-at 2026-10-15
  llmcost analyze october.jsonl --provider anthropic --invoice 48210.07
  llmcost analyze --demo";

const SIMULATE_EXAMPLES: &str = "\
Examples:
  llmcost simulate --cache-hit 0.95
  llmcost simulate usage.jsonl --tier 0.6=claude-haiku-4-5 --batch report
  llmcost simulate usage.jsonl --tier rules.toml --discount 10%
  llmcost plan --example > plan.toml && llmcost simulate --plan plan.toml
  llmcost simulate --demo --cache-hit 0.9 --batch report";

const PLAN_EXAMPLES: &str = "\
Examples:
  llmcost plan --example > plan.toml
  llmcost simulate usage.jsonl --plan plan.toml";

const PRICES_EXAMPLES: &str = "\
Examples:
  llmcost prices list --provider anthropic
  llmcost prices show claude-sonnet-4-6
  llmcost prices check mine.toml";

/// `llmcost analyze`.
#[derive(Debug, Args)]
pub(super) struct AnalyzeArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// Which cost counts: calculated where there is a price else logged, or only one of them.
    #[arg(long, value_enum, value_name = "MODE", env = "LLMCOST_COST_MODE")]
    pub(super) cost_mode: Option<CostModeArg>,
    /// Only calls that this provider, cloud or gateway bills.
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// Also show these tables, or all; with --format csv the one table to write.
    #[arg(long, value_name = "TABLE,…", value_delimiter = ',')]
    pub(super) show: Vec<String>,
    /// So many groups are kept apart, the others are `(other)`; 200,000 by default, 0 for all. Models
    /// that the price tables know are always apart.
    #[arg(long, value_name = "N", env = "LLMCOST_MAX_GROUPS")]
    pub(super) max_groups: Option<usize>,
    /// Look for what hurts in logs of any length; without it, in those of up to 200,000 calls.
    #[arg(long)]
    pub(super) deep: bool,
    /// By how much the forecast of months grows a month, such as 10%, compounding.
    #[arg(long, value_name = "RATE")]
    pub(super) growth: Option<String>,
    /// Say why the days from this one on cost other than those before it.
    #[arg(long, value_name = "DAY")]
    pub(super) compare_at: Option<String>,
    /// What the provider billed for these calls, in dollars: shows where the difference may be.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub(super) invoice: Option<String>,
}

/// Which cost of a call counts.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CostModeArg {
    /// Calculated; logged where the book has no price.
    Auto,
    /// Calculated only.
    Calculate,
    /// Logged only.
    Logged,
}

/// `llmcost simulate`.
#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    pub(super) techniques: TechniqueArgs,
    #[command(flatten)]
    pub(super) asked: AskedArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// Also show these tables, or all; with --format csv the one table to write.
    #[arg(long, value_name = "TABLE,…", value_delimiter = ',')]
    pub(super) show: Vec<String>,
}

/// `llmcost plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Print a commented plan with every technique.
    #[arg(long, required = true)]
    pub(super) example: bool,
}

/// `llmcost explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// What to explain; without it, everything that can be explained is listed.
    #[arg(value_name = "TOPIC")]
    pub(super) topic: Vec<String>,
}

/// What every command over a log takes.
#[derive(Clone, Debug, Args)]
pub(super) struct CommonArgs {
    /// Logs: files, patterns, folders, or - for standard input.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
    /// Use the sample month that is part of the program.
    #[arg(long, conflicts_with = "files")]
    pub(super) demo: bool,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Price tables that add to and override the built-in ones: files, or folders of them.
    #[arg(long, value_name = "FILE", env = "LLMCOST_PRICES", value_delimiter = ',')]
    pub(super) prices: Vec<PathBuf>,
    /// Price every call as if made on this day, at its own hour; `log`, its own day, is the default.
    #[arg(long, value_name = "DAY|log", env = "LLMCOST_AS_OF")]
    pub(super) as_of: Option<String>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// Fail if a record was skipped or a mapped column is nowhere (3) or usage has no price (4).
    #[arg(long, env = "LLMCOST_STRICT", value_parser = FalseyValueParser::new())]
    pub(super) strict: bool,
    /// How many threads read and simulate; all cores by default.
    #[arg(long, value_name = "N", env = "LLMCOST_THREADS",
          value_parser = clap::value_parser!(u16).range(1..=THREADS_MAX))]
    pub(super) threads: Option<u16>,
    /// The project's configuration instead of ./llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    pub(super) config: Option<PathBuf>,
}

/// How the log is read.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct InputArgs {
    /// The format of the log, instead of what its first records say.
    #[arg(long, value_name = "NAME", env = "LLMCOST_SOURCE_FORMAT")]
    pub(super) source_format: Option<String>,
    /// Where a field stands in the log, such as `time=ts,input_tokens=usage.in`.
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',', env = "LLMCOST_MAP")]
    pub(super) map: Vec<String>,
    /// Only calls for which this SQL expression over the columns holds.
    #[arg(long = "where", value_name = "EXPRESSION")]
    pub(super) condition: Option<String>,
    /// Only calls from this day on.
    #[arg(long, value_name = "DAY")]
    pub(super) since: Option<String>,
    /// Only calls up to this day, which is included.
    #[arg(long, value_name = "DAY")]
    pub(super) until: Option<String>,
    /// The time zone of days, such as Europe/Berlin; UTC by default.
    #[arg(long, value_name = "ZONE", env = "LLMCOST_TIMEZONE")]
    pub(super) timezone: Option<String>,
    /// The model of records that name none.
    #[arg(long, value_name = "MODEL", env = "LLMCOST_ASSUME_MODEL")]
    pub(super) assume_model: Option<String>,
    /// The call type of records that name none.
    #[arg(long, value_name = "CALL_TYPE", env = "LLMCOST_ASSUME_CALL_TYPE")]
    pub(super) assume_call_type: Option<String>,
    /// Count every record, even a copy of another: for logs whose ids are no ids.
    #[arg(long, env = "LLMCOST_KEEP_DUPLICATES", value_parser = FalseyValueParser::new())]
    pub(super) keep_duplicates: bool,
    /// The most that one compressed input may unpack to, such as 50G, or `off`; by default 8 GiB, or
    /// 800 times its size where that is more.
    #[arg(long, value_name = "SIZE", env = "LLMCOST_MAX_UNPACKED")]
    pub(super) max_unpacked: Option<String>,
    /// Records up to this size are read, such as 1G; 256M by default. Those that are longer by more than
    /// a few blocks of 4 MiB are passed over and counted.
    #[arg(long, value_name = "SIZE", env = "LLMCOST_MAX_RECORD")]
    pub(super) max_record: Option<String>,
}

/// How the report is given out.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct OutputArgs {
    /// The columns that make a group: model, day, team, …
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', env = "LLMCOST_BY")]
    pub(super) by: Vec<String>,
    /// How many groups to show, 0 for all; by default 15 on a screen, 100 in a browser and all for
    /// programs.
    #[arg(long, value_name = "N", env = "LLMCOST_TOP")]
    pub(super) top: Option<usize>,
    /// The form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", env = "LLMCOST_FORMAT")]
    pub(super) format: Option<FormatArg>,
    /// Short for --format json.
    #[arg(long)]
    pub(super) json: bool,
    /// Write the report to a file; its ending tells the format unless --format does.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Show amounts in another currency, at so many units for a dollar: EUR=0.92, or with the day
    /// of the rate EUR=0.92@2026-11-20. JSON and CSV stay in dollars.
    #[arg(long, value_name = "CODE=RATE", env = "LLMCOST_CURRENCY")]
    pub(super) currency: Option<String>,
    /// Mask what the log has of keys and e-mail addresses in its names: auto, the default, masks keys in
    /// HTML, Markdown and what CI shows; keys masks them in every form, all addresses too, none
    /// nothing. Without a value: all. Sums, groups and conditions are those of the names as they are.
    #[arg(long, value_enum, value_name = "WHAT", env = "LLMCOST_REDACT", num_args = 0..=1,
          require_equals = true, default_missing_value = "all")]
    pub(super) redact: Option<RedactArg>,
    /// When to use colours.
    #[arg(long, value_enum, value_name = "WHEN", env = "LLMCOST_COLOR")]
    pub(super) color: Option<ColorArg>,
    /// No progress and no remarks on stderr, only errors.
    #[arg(short, long, env = "LLMCOST_QUIET", value_parser = FalseyValueParser::new())]
    pub(super) quiet: bool,
    /// Say on stderr which files were read as what, by which prices, and how long it took.
    #[arg(short, long, env = "LLMCOST_VERBOSE", value_parser = FalseyValueParser::new(),
          conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatArg {
    /// For people at a terminal.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For pull requests and wikis.
    Markdown,
    /// For browsers: one file, which can be sent.
    Html,
}

/// What of a log is masked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RedactArg {
    /// Keys, where a report is sent to people.
    Auto,
    /// Keys, everywhere.
    Keys,
    /// Keys and e-mail addresses, everywhere.
    All,
    /// Nothing.
    None,
}

impl RedactArg {
    /// What it asks of a report.
    pub(super) const fn meaning(self) -> Redact {
        match self {
            Self::Auto => Redact::Auto,
            Self::Keys => Redact::Keys,
            Self::All => Redact::All,
            Self::None => Redact::None,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ColorArg {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
