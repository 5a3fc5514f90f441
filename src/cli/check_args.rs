//! What can be typed after `llmcost check`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::CommonArgs;
use super::config::Config;

pub(super) const EXAMPLES: &str = "\
Examples:
  llmcost check usage.jsonl --save-baseline llmcost-baseline.json
  llmcost check usage.jsonl --baseline llmcost-baseline.json
  llmcost check before.jsonl after.jsonl --threshold 10%
  llmcost check usage.jsonl --baseline base.json --comment comment.md
  llmcost check evals.jsonl --baseline evals.json --unit case --case prompt_id
  llmcost check usage.jsonl --max-cost-per-call 0.02 --budget 50/day
  llmcost check usage.jsonl --baseline base.json \\
      --acknowledge \"longer answers, agreed\" --acknowledge-until 2026-12-31

Exit codes: 0 pass, or inconclusive without --strict · 1 fail ·
6 inconclusive with --strict";

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
    /// A request by default.
    #[arg(long, value_enum, value_name = "UNIT")]
    pub(super) unit: Option<UnitArg>,
    /// The column with the test case, with --unit case; `case` if not given.
    #[arg(long, value_name = "COLUMN")]
    pub(super) case: Option<String>,
    /// What must not be dearer: a unit at the mix of the baseline, which is the default, or the whole
    /// log.
    #[arg(long, value_enum, value_name = "TARGET")]
    pub(super) gate: Option<TargetArg>,
    /// By how much it may be dearer; 5% by default.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub(super) threshold: Option<String>,
    /// Judge every group too: by how much one may be dearer.
    #[arg(long, value_name = "RATE")]
    pub(super) group_threshold: Option<String>,
    /// Judge the 95th percentile of the cost of a call too.
    #[arg(long, value_name = "RATE")]
    pub(super) p95_threshold: Option<String>,
    /// How sure a verdict must be; 95% by default.
    #[arg(long, value_name = "RATE")]
    pub(super) confidence: Option<String>,
    /// A rise of fewer dollars a month does not fail; 10 by default.
    #[arg(long, value_name = "USD")]
    pub(super) min_impact: Option<String>,
    /// Units of a month, where the log's own volume says nothing.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) units_per_month: Option<u64>,
    /// Calls and records without a price or a meaning beyond this part leave a pass undecided; 1% by
    /// default.
    #[arg(long, value_name = "RATE")]
    pub(super) max_unpriced: Option<String>,
    /// Cost in groups that the baseline does not have beyond this part leaves a pass undecided; 10%
    /// by default.
    #[arg(long, value_name = "RATE")]
    pub(super) max_new: Option<String>,
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
    #[arg(long, value_name = "REASON", requires = "acknowledge_until")]
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
    /// Where the configuration says what a flag could have said, by flag.
    #[arg(skip)]
    places: BTreeMap<&'static str, String>,
}

impl GateArgs {
    /// Adds what the configuration says and flags do not, then what holds without either.
    pub(super) fn complete(mut self, config: &Config) -> Self {
        let places = &mut self.places;
        let mut note = |flag: &'static str, key: &str| {
            if let Some(place) = config.place(key) {
                places.insert(flag, place);
            }
        };
        for (slot, flag, key) in [
            (&mut self.case, "--case", "gate.case"),
            (&mut self.threshold, "--threshold", "gate.threshold"),
            (&mut self.group_threshold, "--group-threshold", "gate.group_threshold"),
            (&mut self.p95_threshold, "--p95-threshold", "gate.p95_threshold"),
            (&mut self.confidence, "--confidence", "gate.confidence"),
            (&mut self.min_impact, "--min-impact", "gate.min_impact"),
            (&mut self.max_unpriced, "--max-unpriced", "gate.max_unpriced"),
            (&mut self.max_new, "--max-new", "gate.max_new"),
            (&mut self.max_cost, "--max-cost", "gate.max_cost"),
            (&mut self.max_cost_per_unit, "--max-cost-per-unit", "gate.max_cost_per_unit"),
        ] {
            if slot.is_none() {
                note(flag, key);
                *slot = config.text(key).map(str::to_owned);
            }
        }
        for (slot, key) in [
            (&mut self.threshold, "gate.threshold"),
            (&mut self.confidence, "gate.confidence"),
            (&mut self.min_impact, "gate.min_impact"),
            (&mut self.max_unpriced, "gate.max_unpriced"),
            (&mut self.max_new, "gate.max_new"),
        ] {
            slot.get_or_insert_with(|| config.text_or_default(key));
        }
        let unit = config.text("gate.unit").and_then(|word| UnitArg::from_str(word, false).ok());
        self.unit = self.unit.or(unit);
        let gate =
            config.text("gate.target").and_then(|word| TargetArg::from_str(word, false).ok());
        self.gate = self.gate.or(gate);
        self.units_per_month =
            self.units_per_month.or(config.whole("gate.units_per_month").map(u64::from));
        if self.budget.is_empty() {
            note("--budget", "gate.budget");
            self.budget = config.list("gate.budget");
        }
        if self.baseline.is_empty() {
            note("--baseline", "gate.baseline");
            self.baseline = config.paths("gate.baseline");
            if self.save_baseline.is_some() {
                // The first run saves what later ones compare with.
                self.baseline.retain(|path| path.exists());
            }
        }
        self
    }

    /// Who said what a flag says: the flag, or a place in the configuration.
    pub(super) fn said_by(&self, flag: &'static str) -> &str {
        self.places.get(flag).map_or(flag, String::as_str)
    }

    /// Whose cost is compared.
    pub(super) fn unit(&self) -> UnitArg {
        self.unit.unwrap_or(UnitArg::Call)
    }
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
