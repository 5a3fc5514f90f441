//! The flags that ask a simulation for more than the bill before and after.

use anyhow::anyhow;
use clap::Args;

use crate::simulation::{ClaimedStep, Guard, Plan, parse_claim};
use crate::units::Factor;

use super::failure::{Failure, meant};

/// What else to say.
#[derive(Debug, Args)]
pub(super) struct AskedArgs {
    /// Also say which techniques are the best if only so many, or so many days of work, can be done.
    #[arg(long)]
    pub(super) best: bool,
    /// With --best: at most so many days of work.
    #[arg(long, value_name = "DAYS", requires = "best")]
    pub(super) max_effort: Option<String>,
    /// With --best: leave out what may change answers, delay them, or show prompts to others.
    #[arg(long, value_name = "quality|latency|privacy", value_delimiter = ',', requires = "best")]
    pub(super) guard: Vec<String>,
    /// Show the four numbers of each technique, and what pairs save together.
    #[arg(long)]
    pub(super) attribution: bool,
    /// Judge a published row of savings by what the levers can reach: "cache 40%, output 35%".
    #[arg(long, value_name = "STEPS")]
    pub(super) claim: Option<String>,
    /// Say how much of the saving is the luck of these calls: a bootstrap over conversations or users.
    #[arg(long)]
    pub(super) interval: bool,
}

impl AskedArgs {
    /// Whether the cheapest set of each size is wanted: under guards it might be one of those that
    /// are out of the question.
    pub(super) fn wants_best_sets(&self) -> bool {
        self.best && self.guard.is_empty() && self.max_effort.is_none()
    }
}

/// Puts the questions into a plan; gives the steps of a claim, if one is to be judged.
pub(super) fn read(args: &AskedArgs, plan: &mut Plan) -> Result<Option<Vec<ClaimedStep>>, Failure> {
    let asked = &mut plan.asked;
    (asked.best, asked.attribution, asked.interval) = (args.best, args.attribution, args.interval);
    if let Some(days) = &args.max_effort {
        let days = Factor::parse(days).map_err(|_| {
            Failure::usage(anyhow!("--max-effort: `{days}` is no number of days"))
                .hint("for example 5 or 2.5")
        })?;
        asked.max_effort = Some(days);
    }
    for name in &args.guard {
        let guard = Guard::named(name).ok_or_else(|| {
            Failure::usage(anyhow!("--guard: there is no guard `{name}`"))
                .hint(meant(name, &["quality", "latency", "privacy"]))
        })?;
        asked.guards.push(guard);
    }
    let steps = args.claim.as_deref().map(parse_claim).transpose();
    steps.map_err(|message| Failure::usage(anyhow!("--claim: {message}")))
}
