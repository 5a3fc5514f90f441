//! What stands out in an analysis: facts of the log that say where the leverage is.

use crate::units::{Share, TokenClass, Tokens, Usd};
use crate::usage::{Instant, ServiceTier};

use super::analysis::Analysis;
use super::tally::CallsAndCost;

/// Prompts above this many tokens are long.
const LONG_PROMPT: u64 = 64_000;

/// A fact that stands out. The numbers are exact sums over the log; only the largest lever is a
/// bound, and says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// Output is the largest part of the cost.
    OutputLeads {
        /// Its part of the cost of all tokens.
        cost_share: Share,
        /// Its part of the tokens.
        token_share: Share,
    },
    /// Plain, uncached input is the largest part of the cost.
    InputLeads {
        /// Its part of the cost of all tokens.
        cost_share: Share,
        /// The part of all input that was read from the cache.
        cache_share: Share,
    },
    /// The prompt cache costs more than it saves, in dollars.
    CacheLoses {
        /// How much more.
        loss: Usd,
    },
    /// The prompt cache saves more than it costs, in dollars.
    CacheSaves {
        /// How much it saved.
        saving: Usd,
    },
    /// Long prompts cost more than their part of the calls.
    LongPrompts {
        /// Prompts of more tokens than this.
        above: u64,
        /// Their part of the calls.
        call_share: Share,
        /// Their part of the cost.
        cost_share: Share,
    },
    /// No call went through the cheaper batch tier.
    NoBatch,
    /// Calls that failed were billed.
    FailuresBilled {
        /// How many failed, and what they cost.
        total: CallsAndCost,
    },
    /// Calls stopped at their output limit.
    CutOff {
        /// How many, and what they cost.
        total: CallsAndCost,
    },
    /// A few calls carry most of the cost.
    DearestFifth {
        /// The part of the cost the dearest fifth of calls carry.
        cost_share: Share,
    },
    /// Prompts that a cache had were paid for again.
    CacheLost {
        /// Their tokens.
        tokens: Tokens,
        /// What reading them would have saved, in dollars.
        cost: Usd,
    },
    /// Tokens were written to a cache and never read.
    WritesUnread {
        /// How many, at least.
        tokens: Tokens,
        /// What they cost beyond plain input, in dollars.
        premium: Usd,
    },
    /// Attempts that a sound retry policy would not have made.
    RetriesWasted {
        /// How many, and what they cost.
        total: CallsAndCost,
    },
    /// One prompt was sent over and over.
    PromptsRepeated {
        /// How many times that happened.
        runs: u64,
        /// What the calls beyond the first four of each cost, in dollars.
        excess: Usd,
    },
    /// A day or an hour cost far more than usual.
    UnusualSpend {
        /// When it began.
        at: Instant,
        /// Whether it is an hour, not a day.
        is_hour: bool,
        /// What it cost beyond the usual, in dollars.
        excess: Usd,
    },
    /// The technique that could save most without changing an answer.
    LargestLever {
        /// Its name for people.
        label: &'static str,
        /// The most it could save, in dollars.
        most: Usd,
        /// The same as a part of the bill.
        share: Share,
    },
}

impl Finding {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OutputLeads { .. } => "output-leads",
            Self::InputLeads { .. } => "input-leads",
            Self::CacheLoses { .. } => "cache-loses",
            Self::CacheSaves { .. } => "cache-saves",
            Self::LongPrompts { .. } => "long-prompts",
            Self::NoBatch => "no-batch",
            Self::FailuresBilled { .. } => "failures-billed",
            Self::CutOff { .. } => "cut-off",
            Self::DearestFifth { .. } => "dearest-fifth",
            Self::CacheLost { .. } => "cache-lost",
            Self::WritesUnread { .. } => "writes-unread",
            Self::RetriesWasted { .. } => "retries-wasted",
            Self::PromptsRepeated { .. } => "prompts-repeated",
            Self::UnusualSpend { .. } => "unusual-spend",
            Self::LargestLever { .. } => "largest-lever",
        }
    }
}

/// The findings of an analysis that is otherwise complete.
pub(super) fn find(analysis: &Analysis) -> Vec<Finding> {
    let found = [
        leading_class(analysis),
        cache(analysis),
        long_prompts(analysis),
        dearest_fifth(analysis),
        failures(analysis),
        cut_off(analysis),
        no_batch(analysis),
    ];
    found.into_iter().flatten().collect()
}

fn leading_class(analysis: &Analysis) -> Option<Finding> {
    let whole: Usd = analysis.classes.iter().map(|class| class.cost).sum();
    let all_tokens: i128 = analysis.classes.iter().map(|c| i128::from(c.tokens.get())).sum();
    let (mut output, mut output_tokens, mut input) = (Usd::ZERO, 0, Usd::ZERO);
    for class in &analysis.classes {
        if !class.class.is_input() {
            output += class.cost;
            output_tokens += i128::from(class.tokens.get());
        } else if class.class == TokenClass::Input {
            input += class.cost;
        }
    }
    let rest = whole - output - input;
    if output > input && output > rest {
        return Some(Finding::OutputLeads {
            cost_share: Share::of(output.atto(), whole.atto())?,
            token_share: Share::of(output_tokens, all_tokens)?,
        });
    }
    if input > rest {
        return Some(Finding::InputLeads {
            cost_share: Share::of(input.atto(), whole.atto())?,
            cache_share: analysis.cache.read_share()?,
        });
    }
    None
}

fn cache(analysis: &Analysis) -> Option<Finding> {
    let saving = analysis.cache.net_saving?;
    if saving < Usd::ZERO {
        Some(Finding::CacheLoses { loss: -saving })
    } else {
        (!saving.is_zero()).then_some(Finding::CacheSaves { saving })
    }
}

fn long_prompts(analysis: &Analysis) -> Option<Finding> {
    let mut whole = CallsAndCost::default();
    let mut long = CallsAndCost::default();
    for band in &analysis.bands {
        whole.merge(band.total);
        if band.above.is_some_and(|above| above >= LONG_PROMPT) {
            long.merge(band.total);
        }
    }
    if long.calls == 0 {
        return None;
    }
    Some(Finding::LongPrompts {
        above: LONG_PROMPT,
        call_share: Share::of(i128::from(long.calls), i128::from(whole.calls))?,
        cost_share: Share::of(long.cost.atto(), whole.cost.atto())?,
    })
}

fn dearest_fifth(analysis: &Analysis) -> Option<Finding> {
    let cost_share = analysis.concentration.dearest_fifth?;
    (Some(cost_share) >= Share::of(1, 2)).then_some(Finding::DearestFifth { cost_share })
}

fn failures(analysis: &Analysis) -> Option<Finding> {
    let total = analysis.failed;
    (total.cost > Usd::ZERO).then_some(Finding::FailuresBilled { total })
}

fn cut_off(analysis: &Analysis) -> Option<Finding> {
    let total = analysis.cut_off;
    (total.calls > 0).then_some(Finding::CutOff { total })
}

fn no_batch(analysis: &Analysis) -> Option<Finding> {
    let costs = analysis.totals.cost > Usd::ZERO;
    let unused = analysis.tiers.iter().all(|tier| tier.tier != ServiceTier::Batch);
    (costs && unused).then_some(Finding::NoBatch)
}
