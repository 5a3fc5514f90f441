//! Which calls of a log can be predicted, and what is visible of them.

use crate::pricing::ModelId;
use crate::techniques::Facts;
use crate::techniques::warmth::{CacheRules, Counted, Sight};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, Symbol, column};

use super::error::BacktestError;
use super::options::{BacktestOptions, Hidden};
use super::outcome::LeftOutCalls;

/// The cache classes and the plain one that each is when it is hidden.
const HIDDEN: [(TokenClass, TokenClass); 4] = [
    (TokenClass::CacheRead, TokenClass::Input),
    (TokenClass::CacheWrite5m, TokenClass::Input),
    (TokenClass::CacheWrite1h, TokenClass::Input),
    (TokenClass::AudioCacheRead, TokenClass::AudioInput),
];

/// One call that takes part.
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) model: ModelId,
    /// What the log calls the model.
    pub(super) name: Symbol,
    /// The call without what is hidden.
    pub(super) visible: Call,
    pub(super) sight: Sight,
    pub(super) rules: CacheRules,
    /// What the hidden counters say; only looked at to score, and to learn from another period.
    pub(super) counted: Counted,
    pub(super) billed: Usd,
}

/// The calls of one input that take part, in order of time.
pub(super) struct Log {
    pub(super) file: u32,
    pub(super) entries: Vec<Entry>,
}

/// A call with its cache counters merged into the plain classes.
fn hide(call: &Call, hidden: Hidden) -> Call {
    let Hidden::CacheCounters = hidden;
    let mut visible = *call;
    for (class, plain) in HIDDEN {
        visible.tokens[plain] += call.tokens[class];
        visible.tokens[class] = Tokens::ZERO;
    }
    visible
}

/// The rules that hold for a call, of which only those with prices count.
fn rules(facts: &Facts<'_>, row: Row, model: ModelId, call: &Call) -> CacheRules {
    let geo = facts.calls.name(column::GEO, row);
    let Ok(card) = facts.book.card(model, call, call.time, geo) else { return CacheRules::None };
    let placed = facts.book.placed(model, geo).unwrap_or(model);
    let policy = facts.book.cache_policy(placed, call.time);
    CacheRules::of(policy, |class| card.price(class).is_some())
}

/// The calls of every input that take part, and how many do not.
pub(super) fn logs(
    facts: &Facts<'_>,
    options: &BacktestOptions,
) -> Result<(Vec<Log>, LeftOutCalls), BacktestError> {
    let place = |name: &str| facts.calls.dimensions.position(name);
    let conversation = place(BacktestOptions::CONVERSATION);
    let chain = place(&options.chain)
        .filter(|place| !facts.calls.dimensions[*place].is_empty())
        .unwrap_or(column::CALL_TYPE);
    let mut left_out = LeftOutCalls::default();
    let mut logs: Vec<Log> = Vec::new();
    for row in 0..facts.calls.len() {
        let call = facts.calls.call(row);
        let symbol = |place: usize| facts.calls.symbol(place, row);
        let geo = facts.calls.name(column::GEO, row);
        let priced = facts.model(row).and_then(|model| {
            let billed = facts.cost(model, &call, geo).ok()?;
            let visible = hide(&call, options.hidden);
            // What cannot be priced without counters cannot be predicted either.
            facts.cost(model, &visible, geo).ok().map(|_| (model, billed, visible))
        });
        let named = conversation.map_or(Symbol::EMPTY, symbol);
        if !call.is_single() {
            left_out.sums += call.calls;
        } else if named.is_empty() {
            left_out.without_conversation += 1;
        } else if call.time.is_missing() {
            left_out.without_time += 1;
        } else if let Some((model, billed, visible)) = priced {
            // Reasoning is no part of the prompts after it.
            let (input, output) =
                (visible.tokens[TokenClass::Input], call.tokens[TokenClass::Output]);
            let chain = symbol(chain);
            let sight = Sight { conversation: named, chain, model, time: call.time, input, output };
            let counted = Counted {
                read: call.tokens[TokenClass::CacheRead],
                written: call.tokens[TokenClass::CacheWrite5m],
                written_long: call.tokens[TokenClass::CacheWrite1h],
            };
            let name = symbol(column::MODEL);
            let rules = rules(facts, row, model, &visible);
            let entry = Entry { row, model, name, visible, sight, rules, counted, billed };
            let file = call.place.file;
            match logs.iter_mut().find(|log| log.file == file) {
                Some(log) => log.entries.push(entry),
                None => logs.push(Log { file, entries: vec![entry] }),
            }
        } else {
            left_out.unpriced += 1;
        }
    }
    if logs.is_empty() {
        return Err(refusal(&left_out));
    }
    let has_counters = |log: &Log| log.entries.iter().any(|entry| entry.counted.is_anything());
    let (mut counted, silent): (Vec<_>, Vec<_>) = logs.into_iter().partition(has_counters);
    if counted.is_empty() {
        return Err(BacktestError::NothingToCompare);
    }
    left_out.without_counters = silent.iter().map(|log| log.entries.len() as u64).sum();
    counted.sort_by_key(|log| log.file);
    Ok((counted, left_out))
}

/// Why nothing can be predicted: the reason that most calls have.
fn refusal(left_out: &LeftOutCalls) -> BacktestError {
    let reasons = [
        (left_out.sums, BacktestError::OnlySums),
        (left_out.unpriced, BacktestError::NoPrice),
        (left_out.without_time, BacktestError::NoTime),
        (left_out.without_conversation, BacktestError::NoConversation),
    ];
    let most = reasons.into_iter().max_by_key(|(calls, _)| *calls);
    match most {
        Some((calls, error)) if calls > 0 => error,
        _ => BacktestError::NothingToCompare,
    }
}

impl Entry {
    /// What the call costs with its input divided in some way.
    pub(super) fn cost(&self, facts: &Facts<'_>, call: &Call) -> Result<Usd, BacktestError> {
        let geo = facts.calls.name(column::GEO, self.row);
        facts.cost(self.model, call, geo).map_err(|_| BacktestError::TooLarge)
    }
}
