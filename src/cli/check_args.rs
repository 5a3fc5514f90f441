//! What can be typed after `llmcost check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::CommonArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost check usage.jsonl --save-baseline llmcost-baseline.json
  llmcost check usage.jsonl --baseline llmcost-baseline.json
  llmcost check before.jsonl after.jsonl --threshold 10%
  llmcost check usage.jsonl --baseline base.json --comment comment.md --annotations
  llmcost check evals.jsonl --baseline evals.json --unit case --case prompt_id
  llmcost check usage.jsonl --max-cost-per-call 0.02 --budget 50/day
  llmcost check usage.jsonl --baseline base.json --acknowledge \"longer answers, agreed\" \\
      --acknowledge-until 2026-12-31

Exit codes: 0 pass, or inconclusive without --strict · 1 fail · 6 inconclusive with --strict";

/// `llmcost check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) gate: GateArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// The comparison and its limits; `help` says under which heading each stands.
#[derive(Debug, Args)]
pub(super) struct GateArgs {
    /// Compare with a saved baseline, or several added up. Without it, two inputs are an old and a
    /// new log.
    #[arg(long, value_name = "FILE", env = "LLMCOST_BASELINE")]
    pub(super) baseline: Vec<PathBuf>,
    /// Save the log as a baseline; after a comparison only if it passes.
    #[arg(long, value_name = "FILE")]
    pub(super) save_baseline: Option<PathBuf>,
    /// Whose cost is compared: a request with its further attempts, a conversation, a test case.
    #[arg(long, value_enum, value_name = "UNIT", default_value = "call")]
    pub(super) unit: UnitArg,
    /// The column with the test case, with --unit case; `case` if not given.
    #[arg(long, value_name = "COLUMN")]
    pub(super) case: Option<String>,
    /// What must not be dearer: a unit at the mix of the baseline, or the whole log.
    #[arg(long, value_enum, value_name = "TARGET", default_value = "unit")]
    pub(super) gate: TargetArg,
    /// By how much it may be dearer.
    #[arg(long, value_name = "RATE", default_value = "5%", allow_negative_numbers = true)]
    pub(super) threshold: String,
    /// Judge every group too: by how much one may be dearer.
    #[arg(long, value_name = "RATE")]
    pub(super) group_threshold: Option<String>,
    /// Judge the 95th percentile of the cost of a call too.
    #[arg(long, value_name = "RATE")]
    pub(super) p95_threshold: Option<String>,
    /// How sure a verdict must be.
    #[arg(long, value_name = "RATE", default_value = "95%")]
    pub(super) confidence: String,
    /// A rise of fewer dollars a month does not fail.
    #[arg(long, value_name = "USD", default_value = "10")]
    pub(super) min_impact: String,
    /// Units of a month, where the log's own volume says nothing.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) units_per_month: Option<u64>,
    /// Calls and records without a price or a meaning beyond this part leave a pass undecided.
    #[arg(long, value_name = "RATE", default_value = "1%")]
    pub(super) max_unpriced: String,
    /// Cost in groups that the baseline does not have beyond this part leaves a pass undecided.
    #[arg(long, value_name = "RATE", default_value = "10%")]
    pub(super) max_new: String,
    /// The most that the log may cost, in dollars.
    #[arg(long, value_name = "USD")]
    pub(super) max_cost: Option<String>,
    /// The most that a unit may cost, in dollars.
    #[arg(long, value_name = "USD", visible_alias = "max-cost-per-call")]
    pub(super) max_cost_per_unit: Option<String>,
    /// The most that a day or a month may cost: `50/day`, `900/month`.
    #[arg(long, value_name = "USD/PERIOD")]
    pub(super) budget: Vec<String>,
    /// Accept what fails now, for this reason, in the baseline.
    #[arg(long, value_name = "REASON", requires = "acknowledge_until", requires = "baseline")]
    pub(super) acknowledge: Option<String>,
    /// The last day of logs for which that holds.
    #[arg(long, value_name = "DAY", requires = "acknowledge")]
    pub(super) acknowledge_until: Option<String>,
    /// Also write a short Markdown report for a pull request, with a marker to find it again.
    #[arg(long, value_name = "FILE")]
    pub(super) comment: Option<PathBuf>,
    /// Also write the judgements as `JUnit` XML.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Also print GitHub annotations, after the report.
    #[arg(long)]
    pub(super) annotations: bool,
}

/// Whose cost is compared.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum UnitArg {
    /// A request with its further attempts.
    Call,
    /// A conversation.
    Session,
    /// A test case, each counting alike.
    Case,
}

/// What must not be dearer.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TargetArg {
    /// A unit, at the mix of the baseline.
    Unit,
    /// The whole log.
    Total,
}
