//! What a gate is asked for.

use crate::units::{Excess, Factor, Rate, Usd};

use super::limits::Limit;

/// What must not become dearer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The cost of a unit, at the mix of the baseline: neither more of the same nor another mix of
    /// what is asked for fails.
    #[default]
    Unit,
    /// The cost of the whole log.
    Total,
}

impl Target {
    /// The name in flags and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Total => "total",
        }
    }
}

/// What a gate is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateOptions {
    /// What must not become dearer.
    pub target: Target,
    /// So many times the baseline are still allowed.
    pub threshold: Factor,
    /// The same for each group; groups are only shown where it is not given.
    pub group_threshold: Option<Factor>,
    /// The same for the 95th percentile of the cost of a call, where it is asked for.
    pub percentile_threshold: Option<Factor>,
    /// The part of replicates that intervals hold.
    pub confidence: Rate,
    /// A rise of fewer dollars a month does not fail.
    pub min_impact: Usd,
    /// Units of a month, instead of those of the log carried on.
    pub units_per_month: Option<u64>,
    /// The part of calls and records without a price or a meaning up to which a pass is one.
    pub max_unpriced: Rate,
    /// The part of the later log's cost in groups that the baseline does not have up to which a
    /// pass is one.
    pub max_not_compared: Rate,
    /// The part of a baseline's cost that may be guessed when it is priced again.
    pub max_uncertain: Rate,
    /// Limits in dollars.
    pub limits: Vec<Limit>,
}

impl Default for GateOptions {
    fn default() -> Self {
        let rate = |text| Rate::parse(text).expect("a constant");
        Self {
            target: Target::Unit,
            threshold: Factor::parse("1.05").expect("a constant"),
            group_threshold: None,
            percentile_threshold: None,
            confidence: rate("0.95"),
            min_impact: Usd::parse("10", Excess::Reject).expect("a constant"),
            units_per_month: None,
            max_unpriced: rate("0.01"),
            max_not_compared: rate("0.1"),
            max_uncertain: rate("0.01"),
            limits: Vec::new(),
        }
    }
}
