//! Where the money went: one pass over the calls, in memory that grows with groups, not with calls.
//!
//! [`Analyzer`] takes tables of calls as they are read and may be merged with others; the order of
//! tables never changes the [`Analysis`].

mod analysis;
mod analyzer;
mod bounded;
mod calendar;
mod change;
mod charges;
mod classes;
mod concentration;
mod context_bands;
mod cost_histogram;
mod costliest;
mod findings;
mod forecast;
mod grouping;
mod inspection;
mod key_columns;
mod lanes;
mod oddity;
mod options;
mod pricer;
mod reconciliation;
mod remarks;
mod run_rate;
mod sanity;
mod sizes;
mod spread;
mod swaps;
mod tally;
mod unpriced;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sanity_tests;

pub use analysis::{
    Analysis, Band, CacheHealth, ClassCost, Concentration, CostlyCall, DayTotal, Group,
    LoggedCosts, TierTotal, UnpricedModel, Window,
};
pub use analyzer::Analyzer;
pub use bounded::{Folding, OTHER};
pub use change::{
    Change, ChangeError, ChangeFinder, Driver, EFFECTS, Effect, GATE_EFFECTS, GroupChange,
    GroupUse, MIX_PARTS, PRICE_VOLUME_MIX, Part, Period, Player, Presence, Side, Span,
    VOLUME_PARTS, explain, split,
};
pub use charges::{Charge, ChargeCost, Charges, Meter};
pub use concentration::intensity;
pub use context_bands::BAND_LIMITS;
pub use findings::Finding;
pub use forecast::{MonthForecast, month_forecasts};
pub use inspection::{
    COLUMNS as INSPECTED_COLUMNS, Inspection, InspectionOptions, TOPICS, Topic, Waste, inspect,
};
pub use key_columns::KeyColumns;
pub use oddity::{ODDITIES, Oddity, OddityPage};
pub use options::{AnalysisOptions, CostMode};
pub use pricer::{Calculated, Price, Pricer, Reason, priced_rows};
pub use reconciliation::{Cause, Explanation, Reconciliation};
pub use remarks::{BorrowedPrice, Doubt, PriceRemarks, SellerTotal};
pub use run_rate::RunRate;
pub use spread::{Crossing, DaySpread, Spread};
pub use swaps::ModelSwap;
pub use tally::{CallsAndCost, Tally};
