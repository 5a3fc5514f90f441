//! What a backtest finds.

use crate::techniques::warmth::{Calibration, Cause};
use crate::units::{Tokens, Usd};

/// One figure for each way of telling what was predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Predicted<T> {
    /// For one log: losses as in a typical one.
    pub point: T,
    /// For the total of many: losses as on average.
    pub expected: T,
    /// By the simplest rule: the prompt before is read if the lifetime has not passed.
    pub simplest: T,
}

/// Calls with what was billed for them and what was predicted, in dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many calls.
    pub calls: u64,
    /// All their input, in tokens.
    pub input: Tokens,
    /// What the counters say was read.
    pub read: Tokens,
    /// What was predicted to be.
    pub predicted_read: Predicted<Tokens>,
    /// What their tokens cost by the counters.
    pub billed: Usd,
    /// What they cost as predicted.
    pub predicted: Predicted<Usd>,
}

/// The ends of what a log may have cost, in dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillRange {
    /// The low end.
    pub low: Usd,
    /// The high end that one log in twenty exceeds.
    pub likely_high: Usd,
    /// The high end that one log in a hundred exceeds.
    pub high: Usd,
}

impl BillRange {
    /// Whether an amount lies within.
    pub fn covers(self, amount: Usd) -> bool {
        self.low <= amount && amount <= self.high
    }
}

/// What was learned from the first half of a log, and how well it predicts the second without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The calls it was learned from.
    pub calls: u64,
    /// The factors; nothing where the log has no cache that writes at a price.
    pub calibration: Option<Calibration>,
    /// What the second half was predicted to cost without them, in dollars.
    pub uncalibrated: Usd,
}

/// One log: what came from one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogComparison {
    /// The place of the input among all of them.
    pub file: u32,
    /// Its calls.
    pub comparison: Comparison,
    /// What it may have cost.
    pub range: BillRange,
    /// With calibration, what was learned.
    pub learned: Option<Learned>,
}

/// The calls of one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CauseComparison {
    /// Why their prompts may not have been read.
    pub cause: Cause,
    /// The calls.
    pub comparison: Comparison,
    /// The calls that read less than half of the prompt before (of their own, where there is
    /// none).
    pub lost: u64,
    /// How many of them were expected, in billionths of a call.
    pub predicted_lost: Predicted<u64>,
}

/// The calls of one name: a conversation, a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedComparison {
    /// The name.
    pub name: String,
    /// The calls.
    pub comparison: Comparison,
}

/// Calls that take no part, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOutCalls {
    /// Rows that sum up several calls.
    pub sums: u64,
    /// Calls without a price.
    pub unpriced: u64,
    /// Calls without a conversation.
    pub without_conversation: u64,
    /// Calls without a time.
    pub without_time: u64,
    /// Calls of inputs that have no cache counter at all.
    pub without_counters: u64,
    /// Calls that the factors were learned from.
    pub learned_from: u64,
}

/// Everything a backtest finds. All sums are exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backtest {
    /// Every input, in input order.
    pub logs: Vec<LogComparison>,
    /// All of them together.
    pub total: Comparison,
    /// The sum of the ends of all logs: wider than need be for several.
    pub range: BillRange,
    /// By conversation, the dearest first.
    pub conversations: Vec<NamedComparison>,
    /// By model, the dearest first.
    pub models: Vec<NamedComparison>,
    /// By cause.
    pub causes: Vec<CauseComparison>,
    /// The conversations without any cache counter, and their calls: most likely nobody asked for
    /// caching there, which is not visible.
    pub uncached: (u64, Comparison),
    /// Whether any of the caches has lifetimes to declare.
    pub has_lifetimes: bool,
    /// What took no part.
    pub left_out: LeftOutCalls,
}

impl Comparison {
    /// The sum of several.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.merge(one);
        }
        sum
    }

    /// Adds other calls.
    pub(super) fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.input += other.input;
        self.read += other.read;
        self.billed += other.billed;
        let (mine, theirs) = (&mut self.predicted_read, &other.predicted_read);
        mine.point += theirs.point;
        mine.expected += theirs.expected;
        mine.simplest += theirs.simplest;
        let (mine, theirs) = (&mut self.predicted, &other.predicted);
        mine.point += theirs.point;
        mine.expected += theirs.expected;
        mine.simplest += theirs.simplest;
    }
}
