//! Which cached prompts were paid for again although the call before had them, and why.

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::pricing::ModelId;
use crate::techniques::warmth::{CacheRules, Cause, History, Sight, Term};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, Symbol, column};

use super::bill::Bill;

/// Caches store whole blocks, at most this many tokens at the providers there are; less than that,
/// and less than a hundredth of the prompt, is not lost but rounded.
const BLOCK: u64 = 128;
const ROUNDED_PART: u64 = 100;

/// Why tokens were not read, as far as the log shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The call came after the entry had died.
    Expired,
    /// Another model than the one before.
    ModelSwitch,
    /// The prompt became a little shorter than the one before.
    Edit,
    /// The prompt became much shorter than the one before.
    Compaction,
    /// Within the lifetime only a start was read: something behind it changed.
    PrefixChanged,
    /// Nothing was read or written: the call did not ask for a cache that is asked for.
    NotAsked,
    /// Within the lifetime nothing was read.
    Unexplained,
}

impl Why {
    const ALL: [Self; 7] = [
        Self::Expired,
        Self::NotAsked,
        Self::PrefixChanged,
        Self::Unexplained,
        Self::ModelSwitch,
        Self::Edit,
        Self::Compaction,
    ];

    const fn words(self) -> &'static str {
        match self {
            Self::Expired => "gap over the lifetime",
            Self::ModelSwitch => "another model",
            Self::Edit => "prompt became a little shorter (edit)",
            Self::Compaction => "prompt became much shorter (compacted)",
            Self::PrefixChanged => "in time, but only a start was read",
            Self::NotAsked => "neither read nor written: sent without cache marks",
            Self::Unexplained => "in time, and nothing was read",
        }
    }
}

/// What one reason lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) calls: u64,
    pub(super) tokens: u64,
    /// What the calls cost beyond what they would have with these tokens read.
    pub(super) cost: Usd,
}

/// What was lost, and how many calls could be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Losses {
    pub(super) by_reason: Vec<(Why, Lost)>,
    /// Calls that follow another of their conversation.
    pub(super) followed: u64,
    /// Tokens that they could have read: what the calls before them had in a cache.
    pub(super) stake: u64,
}

impl Losses {
    /// What all of it cost.
    pub(super) fn cost(&self) -> Usd {
        self.by_reason.iter().map(|(_, lost)| lost.cost).sum()
    }

    /// How many tokens it was.
    pub(super) fn tokens(&self) -> u64 {
        self.by_reason.iter().map(|(_, lost)| lost.tokens).sum()
    }

    /// The losses of a log. Only models that the log shows to have read or written a cache count:
    /// for the others the counters may just be missing.
    pub(super) fn of(bill: &Bill<'_>) -> Self {
        let mut found = Self::default();
        let Some(chains) = Chains::of(bill) else { return found };
        let sights: Vec<(Row, Call, Sight)> = chains.sights(bill);
        let mut history = History::of(sights.iter().map(|(_, _, sight)| sight));
        let mut turns: HashMap<(Symbol, Symbol), (Tokens, Term)> = HashMap::new();
        let mut sums = [Lost::default(); Why::ALL.len()];
        for (row, call, sight) in &sights {
            let rules = bill.facts.cache_rules(*row, sight.model, call);
            let prospect = history.meet(sight, rules);
            let chain = (sight.conversation, sight.chain);
            let before = turns.get(&chain).copied();
            let is_written = matches!(rules, CacheRules::Written { .. });
            let term = term_of(call).or(before.map(|(_, term)| term)).unwrap_or(Term::Default);
            if !sight.input.is_zero() {
                // What is cached on request is there as far as it was asked for.
                let cached = call.tokens[TokenClass::CacheRead] + call.cache_written();
                turns.insert(chain, (if is_written { cached } else { sight.input }, term));
            }
            let Some((previous, term)) = before else { continue };
            let stake = previous.min(sight.input);
            found.followed += 1;
            found.stake += stake.get();
            let lost = stake.saturating_sub(call.tokens[TokenClass::CacheRead]);
            if lost.get() <= BLOCK.max(stake.get() / ROUNDED_PART) {
                continue;
            }
            let cause = prospect.cause_under(Some(term));
            let Some(why) = why(cause, call, is_written) else { continue };
            let sum = &mut sums[why as usize];
            sum.calls += 1;
            sum.tokens += lost.get();
            let warm = bill.instead(*row, &warmed(call, lost));
            let paid = bill.priced(*row).map(|(paid, _)| paid);
            sum.cost += paid.zip(warm).map_or(Usd::ZERO, |(paid, warm)| paid - warm);
        }
        found.by_reason = Why::ALL.into_iter().map(|why| (why, sums[why as usize])).collect();
        found.by_reason.retain(|(_, lost)| lost.calls > 0);
        found.by_reason.sort_by_key(|(why, lost)| (std::cmp::Reverse(lost.tokens), *why));
        found
    }

    /// The reasons, most tokens first.
    pub(super) fn exhibit(&self, has_conversations: bool) -> Exhibit {
        let mut sheet = Exhibit::new(
            "cache_losses",
            "Cached prompts that were paid for again",
            &[
                ("reason", "reason"),
                ("cost_usd", "cost"),
                ("tokens", "tokens"),
                ("token_share", "of tokens"),
                ("calls", "calls"),
            ],
        );
        let whole = i128::from(self.tokens());
        for (why, lost) in &self.by_reason {
            sheet.push([
                Cell::text(why.words()),
                Cell::Usd(lost.cost),
                Cell::Tokens(Tokens::new(lost.tokens)),
                Cell::share_of(i128::from(lost.tokens), whole),
                Cell::Count(lost.calls),
            ]);
        }
        sheet.notes.push(if has_conversations {
            format!(
                "{} calls follow another of their conversation, which had {} tokens in a cache; the \
                 cost is what reading the lost ones would have saved",
                self.followed, self.stake
            )
        } else {
            "cannot tell: the log names no conversations, and matching prompts by their length is \
             wrong far more often than right"
                .to_owned()
        });
        sheet
    }
}

/// The lifetime that a call writes for; nothing where it writes nothing.
fn term_of(call: &Call) -> Option<Term> {
    let [short, long] =
        [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h].map(|class| call.tokens[class]);
    if long > short { Some(Term::Long) } else { (!short.is_zero()).then_some(Term::Default) }
}

/// The reason for a loss; nothing where no cache could have had the prompt.
fn why(cause: Cause, call: &Call, is_written: bool) -> Option<Why> {
    let is_silent = call.tokens[TokenClass::CacheRead].is_zero() && call.cache_written().is_zero();
    Some(match cause {
        Cause::ColdStart | Cause::BelowMinimum | Cause::NoRules => return None,
        _ if is_silent && is_written => Why::NotAsked,
        Cause::OverLifetime | Cause::BetweenLifetimes => Why::Expired,
        Cause::ModelSwitch => Why::ModelSwitch,
        Cause::Edit => Why::Edit,
        Cause::Compaction => Why::Compaction,
        Cause::WithinLifetime if call.tokens[TokenClass::CacheRead].is_zero() => Why::Unexplained,
        Cause::WithinLifetime => Why::PrefixChanged,
    })
}

/// The same call with so many more tokens read: written ones first, then plain ones.
fn warmed(call: &Call, lost: Tokens) -> Call {
    let mut warm = *call;
    let mut left = lost;
    for class in [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h, TokenClass::Input] {
        let moved = left.min(warm.tokens[class]);
        warm.tokens[class] = warm.tokens[class].saturating_sub(moved);
        warm.tokens[TokenClass::CacheRead] += moved;
        left = left.saturating_sub(moved);
    }
    warm
}

/// Where the names stand that calls are followed by.
pub(super) struct Chains {
    conversation: usize,
    chain: usize,
}

impl Chains {
    /// Nothing where the log names no conversations.
    pub(super) fn of(bill: &Bill<'_>) -> Option<Self> {
        let conversation = bill.column("conversation")?;
        Some(Self { conversation, chain: bill.column("chain").unwrap_or(column::CALL_TYPE) })
    }

    /// The conversation and chain of a call; nothing for one without a conversation.
    pub(super) fn of_row(&self, bill: &Bill<'_>, row: Row) -> Option<(Symbol, Symbol)> {
        let symbol = |place| bill.facts.calls.symbol(place, row);
        let conversation = symbol(self.conversation);
        (!conversation.is_empty()).then(|| (conversation, symbol(self.chain)))
    }

    /// The name of the conversation of a call.
    pub(super) fn name<'b>(&self, bill: &'b Bill<'_>, row: Row) -> &'b str {
        bill.facts.calls.name(self.conversation, row)
    }

    /// The calls that can be followed: single ones of a conversation, with a time, whose model has
    /// cache counters in this log.
    pub(super) fn sights(&self, bill: &Bill<'_>) -> Vec<(Row, Call, Sight)> {
        let mut counted: HashMap<ModelId, bool> = HashMap::new();
        let mut sights = Vec::new();
        for row in bill.rows.iter().copied() {
            let call = bill.call(row);
            let Some((conversation, chain)) = self.of_row(bill, row) else { continue };
            let Some((_, model)) = bill.priced(row) else { continue };
            if !call.is_single() || call.time.is_missing() {
                continue;
            }
            let cached = call.cache_read() + call.cache_written();
            *counted.entry(model).or_default() |= !cached.is_zero();
            let input = call.tokens[TokenClass::Input]
                + call.tokens[TokenClass::CacheRead]
                + call.cache_written();
            let output = call.tokens[TokenClass::Output];
            let sight = Sight { conversation, chain, model, time: call.time, input, output };
            sights.push((row, call, sight));
        }
        sights.retain(|(_, _, sight)| counted.get(&sight.model) == Some(&true));
        sights
    }
}
