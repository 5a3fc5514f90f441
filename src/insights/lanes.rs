//! Sums over the calls of one kind, priced by a list that is found once.
//!
//! Of very many calls, almost all are plain: one call, at prices that hold for its kind around that
//! time. Their tokens are summed here and handed over once a table; whatever is not plain goes
//! through the [`Pricer`](super::pricer::Pricer), row by row, with the same result.

use crate::pricing::{Bill, ModelId, PriceBook, PriceList, RateCard};
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{
    Calls, ClassColumn, Counting, FinishReason, Instant, Kind, KindId, Row, Status, column,
};

use super::sizes::Sizes;
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
    /// The sizes of its calls.
    pub(super) sizes: Sizes,
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

/// One plain call: its tokens, those of its prompt, and what it cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainCall {
    pub(super) counts: [u32; CLASSES],
    pub(super) prompt: u64,
    pub(super) cost: Usd,
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

/// What is known of a kind.
pub(super) enum At<'l, 'a> {
    /// Its lane.
    Lane(&'l mut Lane<'a>),
    /// Its calls have to be looked at one by one.
    Various,
    /// Nothing yet, or nothing for that time.
    Unknown,
}

impl<'a> Lanes<'a> {
    /// Makes room for the kinds of a table; sums were handed over before.
    pub(super) fn enter(&mut self, kinds: usize) {
        self.lanes.clear();
        self.lanes.resize(kinds, State::Unknown);
    }

    /// What is known of a kind at a time.
    #[inline]
    pub(super) fn at(&mut self, kind: KindId, time: Instant) -> At<'_, 'a> {
        match &mut self.lanes[kind.index()] {
            State::Known(lane) if lane.from <= time && time < lane.before => At::Lane(lane),
            State::Various => At::Various,
            State::Known(_) | State::Unknown => At::Unknown,
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

    /// Takes out all lanes, each with the place of its kind.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (usize, Box<Lane<'a>>)> {
        self.lanes.drain(..).enumerate().filter_map(|(kind, state)| match state {
            State::Known(lane) => Some((kind, lane)),
            State::Unknown | State::Various => None,
        })
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
            sizes: Sizes::of(book, steady.model, steady.card),
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

    /// Adds the call of a row, with its tokens of these classes, and answers it; nothing, and adds
    /// nothing, where its prices are not those of the lane.
    #[inline]
    pub(super) fn add(&mut self, classes: &[ClassColumn<'_>], row: Row) -> Option<PlainCall> {
        let (mut counts, mut bill) = ([0; CLASSES], Bill::default());
        let (mut prompt, mut answer) = (0, 0);
        for column in classes {
            let count = column.tokens(row);
            counts[column.class as usize] = count;
            *(if column.class.is_input() { &mut prompt } else { &mut answer }) += u64::from(count);
            self.prices.bill(column.class, count, &mut bill);
        }
        let is_short = prompt < self.prompts_below;
        let is_empty = (self.needs_output && answer == 0) || (self.needs_input && prompt == 0);
        if !is_short || is_empty {
            return None;
        }
        let cost = bill.total()?;
        self.calls += 1;
        self.cost += cost;
        if !self.is_failed {
            self.sizes.add(prompt, answer);
        }
        for column in classes {
            let place = column.class as usize;
            self.tokens[place] += u64::from(counts[place]);
        }
        Some(PlainCall { counts, prompt, cost })
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
