//! Which calls ask a question that may have been answered before, and which question.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::usage::{Call, FinishReason, Instant, Row, ServiceTier, Status, Symbol, column};

use super::super::conversations;
use super::super::facts::{Facts, Scene};
use super::super::scope::Selection;
use super::guards::guard;
use super::likeness::{Level, Likeness, form};

/// Columns of text, by the names of what a format finds in a record.
pub(super) const PROMPT: &str = "<prompt>";
pub(super) const PROMPT_HASH: &str = "<prompt_hash>";
pub(super) const EMBEDDING: &str = "<embedding>";
pub(super) const ELIGIBLE: &str = "<eligible>";

/// What keeps questions apart beside the columns of the user.
pub(super) const AROUND: [&str; 3] = ["<prompt_context>", "<system_prompt>", "<tools>"];

/// How long an answer took where the log does not say.
const LATENCY_MS: i64 = 2_000;

/// A call that asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) row: Row,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// When the answer was there.
    pub(super) answered: i64,
    /// Which question, by number.
    pub(super) question: u32,
    /// With which it may share an answer.
    pub(super) scope: u32,
    /// The same where numbers, ids and negations must be equal as well.
    pub(super) guarded: u32,
    /// What the log says the question means.
    pub(super) label: Symbol,
    /// Whether its answer is worth keeping.
    pub(super) is_kept: bool,
}

/// Calls that do not ask, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) sums: u64,
    pub(super) without_time: u64,
    pub(super) without_question: u64,
    pub(super) later_turns: u64,
    pub(super) tools: u64,
    pub(super) batch: u64,
    pub(super) excluded: u64,
    pub(super) unpriced: u64,
}

/// The calls that ask, in order of time, and what they ask.
#[derive(Debug)]
pub(super) struct Questions {
    pub(super) asked: Vec<Asked>,
    pub(super) likeness: Likeness,
    pub(super) left_out: LeftOut,
    /// Calls whose latency the log does not say.
    pub(super) without_latency: u64,
    /// Whether there are texts that guards can look at.
    pub(super) has_text: bool,
}

/// What the questions of a log are taken by.
pub(super) struct Choice<'a> {
    pub(super) level: Level,
    pub(super) selection: &'a Selection,
    /// Columns that keep questions apart.
    pub(super) scope: &'a [String],
    /// The column that says what a question means.
    pub(super) label: Option<&'a str>,
    /// Whether later turns of conversations ask as well.
    pub(super) all_turns: bool,
    /// Whether a call can be looked up: what that takes has a price.
    pub(super) is_payable: &'a dyn Fn(&Scene<'_>, &Call) -> bool,
}

/// What distinguishes two scopes: the model, and names by place.
type ScopeKey = (crate::pricing::ModelId, Vec<Symbol>);

impl Questions {
    /// Goes through the log.
    pub(super) fn of(facts: &Facts<'_>, choice: &Choice<'_>) -> Self {
        let mut reader = Reader::new(facts, choice);
        let mut found: Vec<(Asked, Symbol)> = Vec::new();
        for row in 0..facts.calls.len() {
            found.extend(reader.asked(row));
        }
        let numbers = reader.number();
        let asked = found.into_iter().map(|(asked, symbol)| {
            let question = numbers[&symbol];
            Asked { question, ..asked }
        });
        let asked = asked.collect();
        let Reader { forms, left_out, without_latency, text, .. } = reader;
        let mut distinct: Vec<&str> = forms.values().map(String::as_str).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let likeness = Likeness::of(choice.level, distinct.into_iter());
        Self { asked, likeness, left_out, without_latency, has_text: text.is_some() }
    }
}

/// What has been seen of the log so far.
struct Reader<'a> {
    facts: &'a Facts<'a>,
    choice: &'a Choice<'a>,
    /// The places of the columns, where the log has them.
    text: Option<usize>,
    source: Option<usize>,
    eligible: Option<usize>,
    apart: Vec<usize>,
    label: Option<usize>,
    /// Since when each conversation goes.
    starts: Option<(usize, Vec<i64>)>,
    scopes: HashMap<ScopeKey, u32>,
    guards: HashMap<(u32, String), u32>,
    /// The form of each text that was asked, by its symbol.
    forms: HashMap<Symbol, String>,
    guarded: HashMap<Symbol, String>,
    left_out: LeftOut,
    without_latency: u64,
}

impl<'a> Reader<'a> {
    fn new(facts: &'a Facts<'a>, choice: &'a Choice<'a>) -> Self {
        let place = |name: &str| facts.calls.dimensions.position(name);
        let used = |name| place(name).filter(|place| !facts.calls.dimensions[*place].is_empty());
        let text = used(PROMPT);
        let source = match choice.level {
            Level::Embeddings => used(EMBEDDING),
            Level::Exact => text.or_else(|| used(PROMPT_HASH)),
            Level::Normalized | Level::Lexical => text,
        };
        let columns = AROUND.into_iter().chain(choice.scope.iter().map(String::as_str));
        Self {
            facts,
            choice,
            text,
            source,
            eligible: used(ELIGIBLE),
            apart: columns.filter_map(place).chain([column::CALL_TYPE]).collect(),
            label: choice.label.and_then(place),
            starts: used(conversations::COLUMN).map(|place| (place, starts(facts, place))),
            scopes: HashMap::new(),
            guards: HashMap::new(),
            forms: HashMap::new(),
            guarded: HashMap::new(),
            left_out: LeftOut::default(),
            without_latency: 0,
        }
    }

    /// What a row asks, its question by the symbol of the text; nothing where it does not.
    fn asked(&mut self, row: Row) -> Option<(Asked, Symbol)> {
        let calls = self.facts.calls;
        if !self.choice.selection.holds(row) {
            return None;
        }
        // A call without a price is in no figure, and nobody knows what became of it.
        let model = self.facts.model(row)?;
        let call = calls.call(row);
        let scene = Scene { facts: self.facts, row, geo: calls.name(column::GEO, row) };
        self.facts.cost(model, &call, scene.geo).ok()?;
        let symbol = self.source.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
        let at = self.may_ask(row, &call, symbol)?;
        if !(self.choice.is_payable)(&scene, &call) {
            self.left_out.unpriced += 1;
            return None;
        }
        self.without_latency += u64::from(call.latency_ms.is_none());
        let took = call.latency_ms.map_or(LATENCY_MS, i64::from);
        let names = self.apart.iter().map(|place| calls.symbol(*place, row)).collect();
        let next = u32::try_from(self.scopes.len()).expect("fewer scopes than calls");
        let scope = *self.scopes.entry((model, names)).or_insert(next);
        let place = self.source.expect("there is a symbol");
        if !self.forms.contains_key(&symbol) {
            self.forms.insert(symbol, form(self.choice.level, calls.name(place, row)));
        }
        let is_answer = !matches!(call.status, Status::Error(_))
            && !matches!(
                call.finish_reason,
                FinishReason::Error | FinishReason::Length | FinishReason::Refusal
            );
        let asked = Asked {
            row,
            at,
            answered: at.saturating_add(took),
            question: 0,
            scope,
            guarded: self.guarded(row, scope),
            label: self.label.map_or(Symbol::EMPTY, |place| calls.symbol(place, row)),
            is_kept: is_answer,
        };
        Some((asked, symbol))
    }

    /// When a call may ask; otherwise counts why it may not.
    fn may_ask(&mut self, row: Row, call: &Call, question: Symbol) -> Option<i64> {
        let said = self.eligible.map(|place| self.facts.calls.name(place, row));
        let said = said.unwrap_or_default().to_lowercase();
        let is_said = |words: &[&str]| words.contains(&said.as_str());
        let reason = if !call.is_single() {
            &mut self.left_out.sums
        } else if call.time.is_missing() {
            &mut self.left_out.without_time
        } else if question.is_empty() {
            &mut self.left_out.without_question
        } else if is_said(&["false", "f", "0", "no", "n"]) {
            &mut self.left_out.excluded
        } else if is_said(&["true", "t", "1", "yes", "y"]) {
            return call.time.known().map(Instant::millis);
        } else if call.finish_reason == FinishReason::ToolUse
            || call.searches > 0
            || call.file_searches > 0
        {
            &mut self.left_out.tools
        } else if call.service_tier == ServiceTier::Batch {
            &mut self.left_out.batch
        } else if !self.choice.all_turns && self.is_later_turn(row, call) {
            &mut self.left_out.later_turns
        } else {
            return call.time.known().map(Instant::millis);
        };
        *reason += 1;
        None
    }

    fn is_later_turn(&self, row: Row, call: &Call) -> bool {
        let Some((place, starts)) = &self.starts else { return false };
        let conversation = self.facts.calls.symbol(*place, row);
        !conversation.is_empty() && call.time.millis() > starts[conversation.index()]
    }

    /// The scope of a row within which numbers, ids and negations are equal.
    fn guarded(&mut self, row: Row, scope: u32) -> u32 {
        let calls = self.facts.calls;
        let symbol = self.text.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
        let text = self.text.map_or("", |place| calls.name(place, row));
        let guard = self.guarded.entry(symbol).or_insert_with(|| guard(text)).clone();
        let next = u32::try_from(self.guards.len()).expect("fewer scopes than calls");
        *self.guards.entry((scope, guard)).or_insert(next)
    }

    /// Numbers the questions in the order of their texts, so that the order of a file means
    /// nothing.
    fn number(&self) -> HashMap<Symbol, u32> {
        let mut numbers: BTreeMap<&str, u32> =
            self.forms.values().map(|form| (form.as_str(), 0)).collect();
        for (place, number) in (0..).zip(numbers.values_mut()) {
            *number = place;
        }
        self.forms.iter().map(|(symbol, form)| (*symbol, numbers[form.as_str()])).collect()
    }
}

/// When the first call of each conversation was made, by symbol.
fn starts(facts: &Facts<'_>, place: usize) -> Vec<i64> {
    let mut starts = vec![i64::MAX; facts.calls.dimensions[place].len()];
    for row in 0..facts.calls.len() {
        let time = facts.calls.call(row).time;
        if !time.is_missing() {
            let start = &mut starts[facts.calls.symbol(place, row).index()];
            *start = (*start).min(time.millis());
        }
    }
    starts
}
