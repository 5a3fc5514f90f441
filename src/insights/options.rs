//! What an analysis is asked for.

use crate::units::Rate;
use crate::usage::Days;

/// Which cost of a call counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CostMode {
    /// The calculated cost; the cost the log states where the price book has no price.
    #[default]
    Auto,
    /// The calculated cost only.
    Calculate,
    /// The cost the log states only.
    Logged,
}

impl CostMode {
    /// The name in flags and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Calculate => "calculate",
            Self::Logged => "logged",
        }
    }
}

/// What an analysis is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnalysisOptions {
    /// The columns that make a group: dimensions by name, or
    /// [`DerivedColumn`](crate::usage::DerivedColumn)s.
    pub group_by: Vec<String>,
    /// The time zone of days, months and hours.
    pub days: Days,
    /// How many of the costliest calls to keep.
    pub costliest: usize,
    /// Which cost counts.
    pub cost_mode: CostMode,
    /// Only calls that this provider, cloud or gateway bills; all of them for nothing.
    pub seller: Option<String>,
    /// By how much a forecast grows a month, compounding.
    pub growth: Rate,
    /// Whether pictures are wanted, which need a [`Spread`](super::Spread).
    pub pictures: bool,
    /// So many groups are kept apart, beside those of models that the price book knows.
    pub most_groups: usize,
}

/// Far more than anybody reads; sums of so many take some hundred megabytes.
const GROUPS_MAX: usize = 200_000;

impl Default for AnalysisOptions {
    fn default() -> Self {
        Self {
            group_by: vec!["model".to_owned(), "call_type".to_owned()],
            days: Days::UTC,
            costliest: 5,
            cost_mode: CostMode::Auto,
            seller: None,
            growth: Rate::ZERO,
            pictures: false,
            most_groups: GROUPS_MAX,
        }
    }
}
