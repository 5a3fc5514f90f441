//! What the gate found.

use crate::units::{Factor, Rate, Usd};

use super::acknowledgement::Judged;
use super::baseline::Repricing;
use super::cause::Cause;
use super::estimate::Estimate;
use super::limits::LimitCheck;
use super::measurement::Measurement;

/// The answer of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is dearer than allowed.
    Pass,
    /// The logs are too small, or too much is unknown, to say.
    Inconclusive,
    /// Something is dearer than allowed.
    Fail,
}

impl Verdict {
    /// The name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

/// Why a judgement is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The whole interval lies within the threshold.
    Within,
    /// The whole interval lies beyond it.
    Beyond,
    /// The threshold lies inside the interval.
    Straddles,
    /// Dearer, by less a month than anybody cares about.
    BelowFloor,
    /// Dearer, and somebody accepted it for this reason.
    Acknowledged(String),
    /// The cost is spread over too few clusters to say anything about others.
    FewClusters,
    /// The baseline cannot be priced again surely enough.
    Repriced,
    /// No test case has enough trials on both sides.
    FewTrials,
    /// The logs have no group in common.
    NothingInCommon,
    /// It cost nothing before, and nothing now.
    NoCost,
    /// It cost nothing before, and something now.
    FromNothing,
}

impl Why {
    /// The name in documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Within => "within_threshold",
            Self::Beyond => "beyond_threshold",
            Self::Straddles => "threshold_within_interval",
            Self::BelowFloor => "below_min_impact",
            Self::Acknowledged(_) => "acknowledged",
            Self::FewClusters => "few_clusters",
            Self::Repriced => "repricing_uncertain",
            Self::FewTrials => "few_trials",
            Self::NothingInCommon => "nothing_in_common",
            Self::NoCost => "no_cost",
            Self::FromNothing => "cost_nothing_before",
        }
    }
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What is compared.
    pub what: Judged,
    /// So many times the baseline is still allowed.
    pub threshold: Factor,
    /// What it cost before, in dollars: a unit, the log, or the call at the percentile.
    pub before: Usd,
    /// What it costs now, in dollars.
    pub after: Usd,
    /// The ratio of both; nothing where it cost nothing before or nothing could be drawn.
    pub estimate: Option<Estimate>,
    /// The least rise that would fail in four of five logs like these, as a multiple.
    pub minimum_detectable: Option<Factor>,
    /// How many units both logs would need for a ratio like this one to be decided.
    pub units_needed: Option<u64>,
    /// What the difference comes to in a month, in dollars; nothing where the volume is not known.
    pub impact: Option<Usd>,
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub why: Why,
    /// Whether it decides the run; others are for information.
    pub decides: bool,
}

/// Why a pass is not sure: something that may hide a rise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Calls without a price and records that could not be read, of all there are.
    Unseen {
        /// Whether it is the later log.
        is_later: bool,
        /// Calls without a price.
        unpriced: u64,
        /// Records that could not be read.
        skipped: u64,
        /// All calls and records.
        all: u64,
    },
    /// Calls of no conversation, which are in no unit, of all calls.
    WithoutConversation {
        /// Whether it is the later log.
        is_later: bool,
        /// Calls of no conversation.
        calls: u64,
        /// All calls.
        all: u64,
    },
    /// The percentile that was asked for is not in the baseline, or not at these prices.
    NoPercentile,
    /// The percentile that was asked for is not known of the later log, which is a roll-up.
    RolledPercentile,
    /// A roll-up does not keep apart what an interval goes by: whether it is of the later log.
    Unspread {
        /// Whether it is.
        is_later: bool,
    },
    /// Cost of groups that the baseline does not have, of all cost.
    NotCompared {
        /// Their cost, in dollars.
        cost: Usd,
        /// That of the log, in dollars.
        all: Usd,
    },
}

impl Doubt {
    /// The name in documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unseen { .. } => "unpriced_or_skipped",
            Self::WithoutConversation { .. } => "without_conversation",
            Self::NoPercentile | Self::RolledPercentile => "no_percentile",
            Self::Unspread { .. } => "unspread",
            Self::NotCompared { .. } => "not_compared",
        }
    }
}

/// What to know about a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caution {
    /// The cost of a log is spread like over so few equal clusters: whether it is the later one, and
    /// how many.
    FewClusters(bool, u64),
    /// The baseline was saved with other price tables.
    OtherTables,
    /// Models without a price in these tables, which keep the prices of the baseline.
    KeptPrices(Vec<String>),
    /// Calls that belong to no test case, or to no conversation.
    WithoutCase(u64),
    /// Test cases with fewer than five trials, which are not compared.
    FewTrials(usize),
    /// An acknowledgement that has run out: what it was about, its last day and its reason.
    Expired(Judged, i32, String),
    /// Neither log has times, so the floor in dollars a month does not apply.
    NoVolume,
}

/// A comparison of two logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The earlier log at the prices of the comparison.
    pub before: Measurement,
    /// Every question that was asked, the deciding one first.
    pub judgements: Vec<Judgement>,
    /// Groups of the later log that the earlier one does not have.
    pub new: Vec<GroupSum>,
    /// Groups that only the earlier one has.
    pub retired: Vec<GroupSum>,
    /// Why the logs cost differently; nothing where a log has no call priced from tables.
    pub cause: Option<Cause>,
    /// What pricing the baseline again has changed; nothing for two logs.
    pub repricing: Option<Repricing>,
    /// What to know about it.
    pub cautions: Vec<Caution>,
}

/// The sums of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSum {
    /// Its names.
    pub key: Vec<String>,
    /// Its units.
    pub units: u64,
    /// What they cost, in dollars.
    pub cost: Usd,
}

/// What the gate found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The answer.
    pub verdict: Verdict,
    /// The later log.
    pub after: Measurement,
    /// The comparison with the earlier one, where there is one.
    pub comparison: Option<Comparison>,
    /// The limits that were asked for.
    pub limits: Vec<LimitCheck>,
    /// What keeps a pass from being sure.
    pub doubts: Vec<Doubt>,
    /// The part of replicates that intervals hold.
    pub confidence: Rate,
}

impl Outcome {
    /// The judgement that decides, where two logs are compared.
    pub fn main(&self) -> Option<&Judgement> {
        self.comparison.as_ref().and_then(|comparison| comparison.judgements.first())
    }
}
