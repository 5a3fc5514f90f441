//! Which calls of a log can be predicted, and what is visible of them.

use std::collections::BTreeMap;

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

/// Where the names stand that a call is followed by.
struct Columns {
    conversation: Option<usize>,
    chain: usize,
}

impl Columns {
    fn of(facts: &Facts<'_>, options: &BacktestOptions) -> Self {
        let dimensions = &facts.calls.dimensions;
        let chain = dimensions.position(&options.chain);
        Self {
            conversation: dimensions.position(BacktestOptions::CONVERSATION),
            chain: chain
                .filter(|place| !dimensions[*place].is_empty())
                .unwrap_or(column::CALL_TYPE),
        }
    }
}

/// The calls of every input that take part, and how many do not.
pub(super) fn logs(
    facts: &Facts<'_>,
    options: &BacktestOptions,
) -> Result<(Vec<Log>, LeftOutCalls), BacktestError> {
    let columns = Columns::of(facts, options);
    let mut left_out = LeftOutCalls::default();
    let mut files: BTreeMap<u32, Vec<Entry>> = BTreeMap::new();
    for row in 0..facts.calls.len() {
        let call = facts.calls.call(row);
        if let Some(entry) = entry(facts, options, &columns, row, &mut left_out) {
            files.entry(call.place.file).or_default().push(entry);
        }
    }
    if files.is_empty() {
        return Err(refusal(&left_out));
    }
    let logs = files.into_iter().map(|(file, entries)| Log { file, entries });
    let has_counters = |log: &Log| log.entries.iter().any(|entry| entry.counted.is_anything());
    let (counted, silent): (Vec<_>, Vec<_>) = logs.partition(has_counters);
    if counted.is_empty() {
        return Err(BacktestError::NothingToCompare);
    }
    left_out.without_counters = silent.iter().map(|log| log.entries.len() as u64).sum();
    Ok((counted, left_out))
}

/// One call; nothing when it takes no part, which is counted.
fn entry(
    facts: &Facts<'_>,
    options: &BacktestOptions,
    columns: &Columns,
    row: Row,
    left_out: &mut LeftOutCalls,
) -> Option<Entry> {
    let call = facts.calls.call(row);
    let symbol = |place: usize| facts.calls.symbol(place, row);
    let conversation = columns.conversation.map_or(Symbol::EMPTY, symbol);
    if !call.is_single() {
        left_out.sums += call.calls;
        return None;
    }
    if conversation.is_empty() {
        left_out.without_conversation += 1;
        return None;
    }
    if call.time.is_missing() {
        left_out.without_time += 1;
        return None;
    }
    let visible = hide(&call, options.hidden);
    let Some((model, billed)) = priced(facts, row, &call, &visible) else {
        left_out.unpriced += 1;
        return None;
    };
    let sight = Sight {
        conversation,
        chain: symbol(columns.chain),
        model,
        time: call.time,
        input: visible.tokens[TokenClass::Input],
        // Reasoning is no part of the prompts after it.
        output: call.tokens[TokenClass::Output],
    };
    let counted = Counted {
        read: call.tokens[TokenClass::CacheRead],
        written: call.tokens[TokenClass::CacheWrite5m],
        written_long: call.tokens[TokenClass::CacheWrite1h],
    };
    let rules = facts.cache_rules(row, model, &visible);
    let name = symbol(column::MODEL);
    Some(Entry { row, model, name, visible, sight, rules, counted, billed })
}

/// The model of a call and what it cost; nothing where either form of it has no price.
fn priced(facts: &Facts<'_>, row: Row, call: &Call, visible: &Call) -> Option<(ModelId, Usd)> {
    let model = facts.model(row)?;
    let geo = facts.calls.name(column::GEO, row);
    let billed = facts.cost(model, call, geo).ok()?;
    // What cannot be priced without counters cannot be predicted either.
    facts.cost(model, visible, geo).ok().map(|_| (model, billed))
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
