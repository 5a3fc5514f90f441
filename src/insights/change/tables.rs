//! A change of cost as tables.

use std::collections::BTreeMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Tokens, Usd};
use crate::usage::Days;

use super::explain::{Change, Presence};
use super::finder::Span;
use super::period::Side;
use super::player::EFFECTS;

/// Everything that is told of a change.
pub(super) struct Facts<'f> {
    pub(super) change: &'f Change,
    /// Before and after.
    pub(super) spans: &'f [Span; 2],
    /// Calls without a time, which are in neither.
    pub(super) undated: u64,
}

/// A group by its names, and its calls before and after.
pub(super) type Keyed<'k> = (&'k [String], u64, u64);

/// The sums of the groups of one model and call type.
#[derive(Clone, Debug)]
struct Row {
    calls: [u64; 2],
    change: Usd,
    effects: Vec<Usd>,
}

impl Default for Row {
    fn default() -> Self {
        Self { calls: [0; 2], change: Usd::ZERO, effects: vec![Usd::ZERO; EFFECTS.len()] }
    }
}

impl Row {
    fn add(&mut self, calls: [u64; 2], change: Usd, effects: &[Usd]) {
        for (mine, theirs) in self.calls.iter_mut().zip(calls) {
            *mine += theirs;
        }
        self.change += change;
        for (mine, theirs) in self.effects.iter_mut().zip(effects) {
            *mine += *theirs;
        }
    }
}

impl Facts<'_> {
    /// The effects, each also as the step of two ladders.
    pub(super) fn effects(&self) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "cost_change",
            "Why the cost changed",
            &[
                ("effect", ""),
                ("change_usd", "change"),
                ("of_cost_before_share", "of cost before"),
                ("ladder_usd", "in this order"),
                ("reverse_ladder_usd", "in reverse order"),
            ],
        );
        let [before, after] = self.spans.map(|span| span.cost + span.logged);
        let row = |name: &str, change: Usd, ladders: [Usd; 2]| {
            let share = Cell::share_of(change.atto(), before.atto());
            let [ladder, reverse] = ladders.map(Cell::Usd);
            [Cell::text(name), Cell::Usd(change), share, ladder, reverse]
        };
        for effect in &self.change.effects {
            let ladders = [effect.ladder, effect.reverse_ladder];
            exhibit.push(row(effect.player.label, effect.amount, ladders));
        }
        let [old, new] = self.spans;
        let beside =
            [("fees", new.fees - old.fees), ("costs of the log itself", new.logged - old.logged)];
        for (name, change) in beside.into_iter().filter(|(_, change)| !change.is_zero()) {
            exhibit.push(row(name, change, [change; 2]));
        }
        exhibit.push(row("all", after - before, [after - before; 2]));
        exhibit.highlight = Some(exhibit.rows.len() - 1);
        self.note_effects(&mut exhibit);
        exhibit
    }

    fn note_effects(&self, exhibit: &mut Exhibit) {
        exhibit.note(
            "change: the mean over all orders in which these can change (Shapley); a ladder changes \
             one after the other, so its steps depend on the order",
        );
        if !self.change.is_exact {
            exhibit.note("costs of what might have been are cut to 10^-18 dollars a group");
        }
        for (side, span) in Side::ALL.into_iter().zip(self.spans) {
            let name = side.name();
            if span.unpriced_calls > 0 {
                let count = span.unpriced_calls;
                exhibit.note(format!("{name}: calls without a known cost, left out: {count}"));
            }
            if span.uncounted > 0 {
                let count = span.uncounted;
                exhibit.note(format!(
                    "{name}: rows that sum up calls nobody counted, each as one call: {count}"
                ));
            }
        }
        if self.undated > 0 {
            exhibit.note(format!("calls without a time, left out: {}", self.undated));
        }
        let [before, after] = self.spans.map(|span| span.length());
        if before % 7 != 0 || after % 7 != 0 {
            exhibit.note(format!(
                "{before} days against {after}: not whole weeks, so weekdays differ; the first and \
                 the last day may be partial"
            ));
        }
    }

    /// The two periods beside each other.
    pub(super) fn periods(&self) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "cost_change_periods",
            "Before and after",
            &[
                ("period", ""),
                ("first_day", "from"),
                ("last_day", "to"),
                ("days", "days"),
                ("calls", "calls"),
                ("cost_usd", "cost"),
                ("cost_per_day_usd", "a day"),
                ("cost_per_call_usd", "a call"),
                ("input_tokens_per_call", "input a call"),
                ("output_tokens_per_call", "output a call"),
                ("cache_read_share", "read from cache"),
            ],
        );
        for (side, span) in Side::ALL.into_iter().zip(self.spans) {
            exhibit.push(period(side, span));
        }
        exhibit.note("cost and calls are those priced from tables; means are cut");
        exhibit
    }

    /// The groups that changed most, and the rest together.
    pub(super) fn groups(&self, keys: &[Keyed<'_>], top: usize) -> Exhibit {
        let mut rows: BTreeMap<&[String], Row> = BTreeMap::new();
        for ((names, before, after), group) in keys.iter().zip(&self.change.groups) {
            let change = group.after - group.before;
            rows.entry(names).or_default().add([*before, *after], change, &group.effects);
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.change.atto().unsigned_abs()));
        let shown = if top == 0 { rows.len() } else { top.min(rows.len()) };
        let rest = rows.split_off(shown);
        let own = [("model", ""), ("call_type", "call type"), ("period", "in")];
        let effects = [
            ("change_usd", "change"),
            ("days_usd", "days"),
            ("calls_usd", "calls a day"),
            ("mix_usd", "mix"),
            ("input_tokens_usd", "input"),
            ("output_tokens_usd", "output"),
            ("cache_usd", "cache"),
            ("price_usd", "price"),
        ];
        let columns: Vec<_> = own.into_iter().chain(effects).collect();
        let mut exhibit = Exhibit::new("cost_change_groups", "Where the cost changed", &columns);
        let cells = |model: &str, call_type: &str, row: &Row| {
            let [before, after] = row.calls;
            let seen =
                Presence::of(before, after).map_or(Cell::Missing, |seen| Cell::text(seen.name()));
            let amounts = row.effects.iter().copied().map(Cell::Usd);
            let own = [Cell::text(model), Cell::text(call_type), seen, Cell::Usd(row.change)];
            own.into_iter().chain(amounts).collect::<Vec<_>>()
        };
        for (names, row) in &rows {
            exhibit.push(cells(&names[0], &names[1], row));
        }
        if !rest.is_empty() {
            let mut sum = Row::default();
            for (_, row) in &rest {
                sum.add(row.calls, row.change, &row.effects);
            }
            exhibit.push(cells(&format!("{} more", rest.len()), "", &sum));
        }
        exhibit.note(
            "mix is counted against the mean cost of a call, so columns add up and rows need not; \
             of what only one period has, tokens and prices count as unchanged",
        );
        exhibit
    }
}

fn period(side: Side, span: &Span) -> Vec<Cell> {
    let day = |day: Option<i32>| day.map_or(Cell::Missing, |day| Cell::text(Days::name(day)));
    let (first, last) = (span.days.map(|days| days.0), span.days.map(|days| days.1));
    let mean = |amount: Usd, count: u64| {
        Cell::usd_or_missing(amount.atto().checked_div(i128::from(count)).map(Usd::from_atto))
    };
    let (mut input, mut output) = (Tokens::ZERO, Tokens::ZERO);
    for (class, tokens) in span.tokens.iter() {
        if class.is_input() { input += *tokens } else { output += *tokens }
    }
    let each = |tokens: Tokens| {
        let mean = tokens.get().checked_div(span.calls);
        mean.map_or(Cell::Missing, |mean| Cell::Tokens(Tokens::new(mean)))
    };
    let read = span.tokens[crate::units::TokenClass::CacheRead]
        + span.tokens[crate::units::TokenClass::AudioCacheRead];
    vec![
        Cell::text(side.name()),
        day(first),
        day(last),
        Cell::Count(span.length()),
        Cell::Count(span.calls),
        Cell::Usd(span.cost),
        mean(span.cost, span.length()),
        mean(span.cost, span.calls),
        each(input),
        each(output),
        Cell::share_of(i128::from(read.get()), i128::from(input.get())),
    ]
}
