//! What the replay of a spend cap found, as plain data.

use crate::units::Usd;
use crate::usage::Instant;

use super::settings::SpendCap;

/// When a gateway says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapMode {
    /// Once what is known to be spent has reached the cap. Calls that are under way are not known
    /// yet, so the cap is overshot by them.
    PostHoc,
    /// When what is spent, what is reserved for calls under way, and the most this call can cost
    /// would exceed the cap.
    Reserve,
}

impl CapMode {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PostHoc => "post_hoc",
            Self::Reserve => "reserve",
        }
    }
}

/// Over which calls a cap was replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapLog {
    /// The log as it is.
    AsLogged,
    /// The log with every technique of the plan on.
    WithPlan,
}

impl CapLog {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsLogged => "as_logged",
            Self::WithPlan => "with_plan",
        }
    }
}

/// One cap over one log in one mode. What is blocked is not done; it is not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapReplay {
    /// Over which calls.
    pub log: CapLog,
    /// When it says no.
    pub mode: CapMode,
    /// Calls that it blocks.
    pub blocked_calls: u64,
    /// What those cost, in dollars.
    pub blocked: Usd,
    /// What the calls it lets through cost, in dollars.
    pub let_through: Usd,
    /// Keys and periods, taken together, in which it blocks a call.
    pub blocked_periods: u64,
    /// When the first call is blocked.
    pub first_block: Option<Instant>,
    /// By how much the dearest key and period exceed the cap, in dollars; nothing is zero.
    pub overshoot: Usd,
    /// By how much all keys and periods exceed it together.
    pub overshoot_sum: Usd,
}

/// What the history of a log says about how high a cap should be; each in whole cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapAdvice {
    /// Over which calls.
    pub log: CapLog,
    /// Keys and periods, taken together, that have calls.
    pub periods: u64,
    /// What the dearest of them cost.
    pub dearest: Usd,
    /// The lowest cap that blocks no call, judged by what is known to be spent.
    pub no_block_post_hoc: Usd,
    /// From here on no cap blocks a call, judged with a reservation.
    pub no_block_reserve: Usd,
    /// The lowest cap that blocks at most one call in a thousand, judged by what is known.
    pub one_in_a_thousand: Usd,
    /// 1.5 times the 99th percentile of what keys cost in a period.
    pub recommended: Usd,
}

/// What became of one cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendCapOutcome {
    /// The cap.
    pub cap: SpendCap,
    /// As logged and, where the plan has techniques, with the plan; in both modes each.
    pub replays: Vec<CapReplay>,
    /// The same logs.
    pub advice: Vec<CapAdvice>,
    /// Priced calls without a time: they fall in no period, and no cap holds them.
    pub untimed_calls: u64,
    /// Priced calls without a key: the cap is not for them.
    pub keyless_calls: u64,
    /// Calls in scope whose log does not say how long they took: known to be spent at once.
    pub instant_calls: u64,
    /// Calls in scope without an output limit, whose most is the model's 99th percentile.
    pub unlimited_calls: u64,
    /// Rows in scope that sum up several calls: blocked or let through as a whole.
    pub summed_rows: u64,
}
