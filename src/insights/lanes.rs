//! Sums over the calls of one kind, priced by a list that is found once.
//!
//! Of very many calls, almost all are plain: one call, at prices that hold for its kind around that
//! time. Their tokens are summed here and handed over once a table; whatever is not plain goes
//! through the [`Pricer`](super::pricer::Pricer), row by row, with the same result.

use crate::pricing::{ModelId, PriceBook, PriceList, RateCard};
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{
    Calls, Counting, FinishReason, Instant, Kind, KindId, PlainCalls, Row, Status, column,
};

use super::tally::Tally;

const CLASSES: usize = TokenClass::ALL.len();

/// What the calls of one kind share, and their sums so far.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
pub(super) struct Lane<'a> {
    pub(super) card: &'a RateCard,
    pub(super) model: ModelId,
    pub(super) tier: usize,
    pub(super) is_failed: bool,
    pub(super) is_cut_off: bool,
    pub(super) too_early: bool,
    prices: PriceList,
    from: Instant,
    before: Instant,
    prompts_below: u64,
    needs_output: bool,
    needs_input: bool,
    calls: u64,
    cost: Usd,
    tokens: [u64; CLASSES],
}

/// One plain call: its tokens, and those of its prompt.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainCall {
    pub(super) counts: [u32; CLASSES],
    pub(super) prompt: u64,
}

/// The lanes of the kinds of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes<'a> {
    lanes: Vec<State<'a>>,
}

#[derive(Clone, Debug)]
enum State<'a> {
    /// No call of the kind was met yet.
    Unknown,
    /// Calls of the kind have to be looked at one by one.
    Various,
    Known(Box<Lane<'a>>),
}

impl<'a> Lanes<'a> {
    /// Makes room for the kinds of a table; sums were handed over before.
    pub(super) fn enter(&mut self, kinds: usize) {
        self.lanes.clear();
        self.lanes.resize(kinds, State::Unknown);
    }

    /// Whether the lane of a kind, or that it has none, is known for a time.
    #[inline]
    pub(super) fn holds(&self, kind: KindId, time: Instant) -> bool {
        match &self.lanes[kind.index()] {
            State::Known(lane) => lane.from <= time && time < lane.before,
            State::Various => true,
            State::Unknown => false,
        }
    }

    /// Gives a kind another lane; answers the one before.
    pub(super) fn take(&mut self, kind: KindId, lane: Option<Lane<'a>>) -> Option<Box<Lane<'a>>> {
        let state = lane.map_or(State::Various, |lane| State::Known(Box::new(lane)));
        match std::mem::replace(&mut self.lanes[kind.index()], state) {
            State::Known(lane) => Some(lane),
            State::Unknown | State::Various => None,
        }
    }

    /// The lane of a kind, if it has one.
    #[inline]
    pub(super) fn get(&mut self, kind: KindId) -> Option<&mut Lane<'a>> {
        match &mut self.lanes[kind.index()] {
            State::Known(lane) => Some(lane),
            State::Unknown | State::Various => None,
        }
    }

    /// Takes out all lanes, each with the place of its kind.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (usize, Box<Lane<'a>>)> {
        self.lanes.drain(..).enumerate().filter_map(|(kind, state)| match state {
            State::Known(lane) => Some((kind, lane)),
            State::Unknown | State::Various => None,
        })
    }
}

impl PlainCall {
    /// The call of a row, as far as it has tokens of these classes.
    #[inline]
    pub(super) fn of(plain: &PlainCalls<'_>, classes: &[TokenClass], row: Row) -> Self {
        let mut call = Self { counts: [0; CLASSES], prompt: 0 };
        for class in classes {
            let count = plain.tokens(*class, row);
            call.counts[*class as usize] = count;
            call.prompt += if class.is_input() { u64::from(count) } else { 0 };
        }
        call
    }
}

impl<'a> Lane<'a> {
    /// The lane of a kind around a time; nothing where calls of it have to be looked at one by one.
    pub(super) fn open(
        book: &'a PriceBook,
        model: ModelId,
        calls: &Calls,
        kind: &Kind,
        time: Instant,
    ) -> Option<Self> {
        if kind.counting != Counting::Known {
            return None;
        }
        let geo = calls.dimensions[column::GEO].resolve(kind.names[column::GEO]);
        let steady = book.steady(model, kind, geo, time)?;
        Some(Self {
            card: steady.card,
            model: steady.model,
            tier: kind.service_tier as usize,
            is_failed: matches!(kind.status, Status::Error(_)),
            is_cut_off: kind.finish_reason == FinishReason::Length,
            too_early: steady.too_early,
            prices: PriceList::of(steady.card)?,
            from: steady.from,
            before: steady.before,
            prompts_below: steady.prompts_below,
            needs_output: steady.needs_output,
            // A failed call without usage is counted apart.
            needs_input: steady.card.is_unbilled(),
            calls: 0,
            cost: Usd::ZERO,
            tokens: [0; CLASSES],
        })
    }

    /// Adds a call and answers its cost in dollars; nothing, and adds nothing, where its prices are
    /// not those of the lane.
    #[inline]
    pub(super) fn add(&mut self, classes: &[TokenClass], call: &PlainCall) -> Option<Usd> {
        let is_short = call.prompt < self.prompts_below;
        let is_empty = (self.needs_output && !has_output(&call.counts))
            || (self.needs_input && call.prompt == 0);
        if !is_short || is_empty {
            return None;
        }
        let cost = self.prices.cost(classes, &call.counts)?;
        self.calls += 1;
        self.cost += cost;
        for class in classes {
            self.tokens[*class as usize] += u64::from(call.counts[*class as usize]);
        }
        Some(cost)
    }

    /// The sums of the calls added.
    pub(super) fn tally(&self) -> Tally {
        Tally {
            calls: self.calls,
            tokens: self.tokens(),
            cost: self.cost,
            list_cost: self.cost,
            ..Tally::default()
        }
    }

    /// How many calls were added.
    pub(super) const fn calls(&self) -> u64 {
        self.calls
    }

    /// Their tokens.
    pub(super) fn tokens(&self) -> PerClass<Tokens> {
        PerClass::from_fn(|class| Tokens::new(self.tokens[class as usize]))
    }

    /// What they cost, in dollars.
    pub(super) const fn cost(&self) -> Usd {
        self.cost
    }
}

fn has_output(counts: &[u32; CLASSES]) -> bool {
    TokenClass::ALL.into_iter().any(|class| !class.is_input() && counts[class as usize] > 0)
}
