//! Takes the calls of two periods and explains what they cost.

use hashbrown::HashMap;

use crate::diagnostics::Place;
use crate::exhibits::Exhibit;
use crate::pricing::{PriceBook, RateCard, cost_of_tokens};
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Counting, Days, Instant, Row, Symbol};

use super::super::key_columns::KeyColumns;
use super::super::options::AnalysisOptions;
use super::super::pricer::Pricer;
use super::error::ChangeError;
use super::explain::explain;
use super::period::{GroupUse, Period, Side};
use super::player::EFFECTS;
use super::tables;

const WEEK_MILLIS: i64 = 7 * 86_400_000;

/// The days of a period and what is known of its calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first and the last instant with a call.
    pub ends: Option<(Instant, Instant)>,
    /// Its first and last day, as numbers since 1970-01-01, where they are known.
    pub days: Option<(i32, i32)>,
    /// Calls whose cost was calculated.
    pub calls: u64,
    /// Tokens of these by class.
    pub tokens: PerClass<Tokens>,
    /// What these cost in all, fees included, in dollars.
    pub cost: Usd,
    /// Fees of their searches and requests, in dollars.
    pub fees: Usd,
    /// Calls that count at the log's own cost.
    pub logged_calls: u64,
    /// What these cost, in dollars.
    pub logged: Usd,
    /// Calls without a known cost.
    pub unpriced_calls: u64,
    /// Rows of which the log does not say how many calls they sum up.
    pub uncounted: u64,
}

impl Span {
    /// Takes over the calls of another part of the period.
    fn merge(&mut self, other: &Self) {
        let ends = self.ends.iter().chain(&other.ends);
        self.ends = ends.copied().reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
        self.calls += other.calls;
        for class in TokenClass::ALL {
            self.tokens[class] += other.tokens[class];
        }
        self.cost += other.cost;
        self.fees += other.fees;
        self.logged_calls += other.logged_calls;
        self.logged += other.logged;
        self.unpriced_calls += other.unpriced_calls;
        self.uncounted += other.uncounted;
    }

    /// How many days it has; 1 where that is not known.
    pub fn length(&self) -> u64 {
        self.days.map_or(1, |(first, last)| u64::from(last.abs_diff(first)) + 1)
    }
}

/// A group: calls of one model and call type to which one price applies at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    model: Symbol,
    call_type: Symbol,
    /// The prices that would hold in one and the same week, by address: the lane, the place, the
    /// hour and the size of the prompt in one.
    lane: usize,
}

/// When a call was, and of those of one instant, where it stands.
type When = (Instant, Place);

/// What a period used of a group, and when it was last priced.
#[derive(Clone, Copy, Debug, Default)]
struct Used<'a> {
    group: GroupUse,
    latest: Option<(When, &'a RateCard)>,
}

impl<'a> Used<'a> {
    /// Keeps the card of the latest call.
    fn price_at(&mut self, when: When, card: &'a RateCard) {
        if self.latest.is_none_or(|(latest, _)| when >= latest) {
            self.latest = Some((when, card));
        }
    }
}

impl Used<'_> {
    /// What was used, with the last prices for what was not.
    fn listed(&self) -> GroupUse {
        let mut group = self.group;
        if let Some((_, card)) = self.latest {
            group.list = TokenClass::ALL.map(|class| {
                let mut one = PerClass::default();
                one[class] = Tokens::new(1);
                cost_of_tokens(&one, card).ok()
            });
        }
        group
    }
}

/// Takes calls and splits them in two by their day.
#[derive(Clone, Debug)]
pub struct ChangeFinder<'a> {
    pricer: Pricer<'a>,
    columns: KeyColumns,
    key: Vec<Symbol>,
    days: Days,
    boundary: i32,
    start: Instant,
    groups: HashMap<Key, [Used<'a>; 2]>,
    spans: [Span; 2],
    undated: u64,
}

impl<'a> ChangeFinder<'a> {
    /// A finder that compares the calls before a day with those from it on. Nothing when there is
    /// no such day.
    pub fn new(book: &'a PriceBook, options: &AnalysisOptions, boundary: i32) -> Option<Self> {
        let columns = ["model", "call_type"].map(str::to_owned);
        Some(Self {
            pricer: Pricer::new(book, None, options.cost_mode, options.seller.clone()),
            columns: KeyColumns::new(&columns, options.days),
            key: Vec::new(),
            days: options.days,
            boundary,
            start: options.days.start_of(boundary)?,
            groups: HashMap::new(),
            spans: [Span::default(); 2],
            undated: 0,
        })
    }

    /// Adds every call of a table.
    pub fn add(&mut self, calls: &Calls) {
        self.columns.enter(calls);
        self.pricer.enter();
        for row in 0..calls.len() {
            let call = calls.call(row);
            if !self.pricer.is_wanted(calls, row) {
                continue;
            }
            match self.days.day_of(call.time).filter(|_| !call.time.is_missing()) {
                Some(day) => self.add_row(calls, row, &call, usize::from(day >= self.boundary)),
                None => self.undated += call.calls,
            }
        }
    }

    fn add_row(&mut self, calls: &Calls, row: Row, call: &Call, side: usize) {
        let price = self.pricer.price(calls, row, call);
        let span = &mut self.spans[side];
        let (first, last) = span.ends.unwrap_or((call.time, call.time));
        span.ends = Some((first.min(call.time), last.max(call.time)));
        let (Ok(cost), false, Some(found)) = (price.cost, price.from_log, price.calculated) else {
            match price.cost {
                Ok(cost) => {
                    span.logged_calls += call.calls;
                    span.logged += cost;
                }
                Err(_) => span.unpriced_calls += call.calls,
            }
            return;
        };
        let by_class = found.by_class(call);
        span.calls += call.calls;
        span.cost += cost;
        span.fees += cost - by_class.iter().map(|(_, cost)| *cost).sum();
        span.uncounted += u64::from(!matches!(call.counting, Counting::Known | Counting::Rolled));
        for class in TokenClass::ALL {
            span.tokens[class] += call.tokens[class];
        }
        self.columns.key_of(calls, row, call, &mut self.key);
        let week = call.time.millis() - self.start.millis();
        let at = Instant::from_millis(self.start.millis() + week.rem_euclid(WEEK_MILLIS));
        let lane = self.pricer.card_at(calls, row, call, at);
        let lane = lane.map_or(0, |card| std::ptr::from_ref(card).addr());
        let key = Key { model: self.key[0], call_type: self.key[1], lane };
        let used = &mut self.groups.entry(key).or_default()[side];
        used.group.add(call.calls, &call.tokens, &by_class);
        used.price_at((call.time, call.place), found.card);
    }

    /// Takes over what another finder of the same periods found.
    pub fn merge(&mut self, other: Self) {
        self.undated += other.undated;
        for (mine, theirs) in self.spans.iter_mut().zip(&other.spans) {
            mine.merge(theirs);
        }
        for (key, theirs) in other.groups {
            let names = self.columns.adopt(&other.columns, &[key.model, key.call_type]);
            let key = Key { model: names[0], call_type: names[1], ..key };
            let mine = self.groups.entry(key).or_default();
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                mine.group.merge(&theirs.group);
                theirs.latest.iter().for_each(|(when, card)| mine.price_at(*when, card));
            }
        }
    }

    /// The tables that explain the change; `top` groups are shown one by one, 0 for all.
    ///
    /// # Errors
    /// When a period has no call whose cost was calculated, or the amounts do not fit.
    pub fn finish(mut self, top: usize) -> Result<Vec<Exhibit>, ChangeError> {
        let day = |at: Instant| self.days.day_of(at);
        if let Some((first, _)) = self.spans[0].ends {
            self.spans[0].days = day(first).map(|first| (first, self.boundary - 1));
        }
        if let Some((_, last)) = self.spans[1].ends {
            self.spans[1].days = day(last).map(|last| (self.boundary, last));
        }
        let columns = &self.columns;
        let names = |key: &Key| columns.names(&[key.model, key.call_type]);
        let pairs = self.groups.iter();
        let mut groups: Vec<(Vec<String>, [GroupUse; 2])> =
            pairs.map(|(key, used)| (names(key), used.map(|used| used.listed()))).collect();
        // Lanes have no order of their own: that of their figures does not depend on the run.
        groups.sort();
        let period = |side: usize| {
            let groups = groups.iter().map(|(_, pair)| pair[side]).collect();
            Period::of_calls(self.spans[side].length(), groups)
        };
        let [before, after] = [0, 1].map(period);
        let change = explain(&before, &after, &EFFECTS)?;
        let keys: Vec<_> = groups
            .iter()
            .map(|(names, [before, after])| (names.as_slice(), before.calls, after.calls))
            .collect();
        let facts = tables::Facts { change: &change, spans: &self.spans, undated: self.undated };
        Ok(vec![facts.effects(), facts.periods(), facts.groups(&keys, top)])
    }

    /// What a period had.
    pub const fn span(&self, side: Side) -> &Span {
        &self.spans[side as usize]
    }
}
