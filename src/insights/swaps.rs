//! Calls that another model answered than the one that was asked for, and what that changed.

use hashbrown::HashMap;

use crate::pricing::{ModelId, PriceBook};
use crate::units::Usd;
use crate::usage::{Call, Calls, Dimension, Row, Symbol, column};

use super::grouping::KeyTable;
use super::pricer::{Price, Pricer};

/// Calls for one model that another one answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSwap {
    /// The model that was asked for, as the log has it.
    pub requested: String,
    /// The model that answered, as the log has it.
    pub served: String,
    /// How many calls.
    pub calls: u64,
    /// Those of them that are priced both ways.
    pub compared_calls: u64,
    /// What these cost on the model that answered, in dollars.
    pub cost: Usd,
    /// What these would have cost on the model that was asked for, in dollars, for the same tokens.
    pub requested_cost: Usd,
}

impl ModelSwap {
    /// What the swap made the calls dearer by, in dollars; negative when it made them cheaper.
    pub fn difference(&self) -> Usd {
        self.cost - self.requested_cost
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    calls: u64,
    compared_calls: u64,
    cost: Usd,
    requested_cost: Usd,
}

/// Finds swaps while calls are priced.
#[derive(Clone, Debug)]
pub(super) struct Swaps<'a> {
    book: &'a PriceBook,
    names: [Dimension; 2],
    table: KeyTable<Sums>,
    /// The model that was asked for, where the names in the current table differ.
    asked: HashMap<(Symbol, Symbol), Option<ModelId>>,
}

impl<'a> Swaps<'a> {
    /// None yet.
    pub(super) fn new(book: &'a PriceBook) -> Self {
        Self {
            book,
            names: ["requested", "served"].map(Dimension::new),
            table: KeyTable::new(2),
            asked: HashMap::new(),
        }
    }

    /// Forgets the symbols of the table before.
    pub(super) fn enter(&mut self) {
        self.asked.clear();
    }

    /// Counts a row if another model answered it than was asked for. Names that no price table
    /// has, such as those of deployments, say nothing about the model.
    pub(super) fn add(
        &mut self,
        pricer: &Pricer<'_>,
        calls: &Calls,
        row: Row,
        call: &Call,
        price: &Price<'_>,
    ) {
        let requested = calls.symbol(column::REQUEST_MODEL, row);
        if requested.is_empty() {
            return;
        }
        let Some(asked) = self.asked(calls, row) else { return };
        let Some(found) = &price.calculated else { return };
        // Before its first known price, a name may have meant what answered it.
        let first_known = self.book.model(asked).first_known;
        if !call.time.is_missing() && first_known.is_some_and(|first| call.time < first) {
            return;
        }
        let means = |id| self.book.meaning(id, call.time);
        if self.book.is_same_model(means(asked), means(found.model)) {
            return;
        }
        let requested_cost = pricer.cost_on(asked, calls, row, call);
        let key = [column::REQUEST_MODEL, column::MODEL].map(|place| calls.name(place, row));
        let sums = self.entry(key);
        sums.calls += call.calls;
        if let Some(requested_cost) = requested_cost {
            sums.compared_calls += call.calls;
            sums.cost += found.cost;
            sums.requested_cost += requested_cost;
        }
    }

    /// Whether no call of the names of this row can be a swap.
    pub(super) fn may_ignore(&mut self, calls: &Calls, row: Row) -> bool {
        let [requested, served] =
            [column::REQUEST_MODEL, column::MODEL].map(|place| calls.name(place, row));
        requested.is_empty() || requested == served || self.asked(calls, row).is_none()
    }

    fn asked(&mut self, calls: &Calls, row: Row) -> Option<ModelId> {
        let provider = calls.symbol(column::PROVIDER, row);
        let symbols = (provider, calls.symbol(column::REQUEST_MODEL, row));
        *self.asked.entry(symbols).or_insert_with(|| {
            let provider = calls.name(column::PROVIDER, row);
            self.book.find(provider, calls.name(column::REQUEST_MODEL, row)).ok()
        })
    }

    fn entry(&mut self, names: [&str; 2]) -> &mut Sums {
        let mut key = [Symbol::EMPTY; 2];
        for ((symbol, dictionary), name) in key.iter_mut().zip(&mut self.names).zip(names) {
            *symbol = dictionary.intern(name);
        }
        self.table.entry(&key)
    }

    /// Takes over what another found.
    pub(super) fn merge(&mut self, other: &Self) {
        for (key, theirs) in other.table.iter() {
            let names = [0, 1].map(|place| other.names[place].resolve(key[place]));
            let mine = self.entry(names);
            mine.calls += theirs.calls;
            mine.compared_calls += theirs.compared_calls;
            mine.cost += theirs.cost;
            mine.requested_cost += theirs.requested_cost;
        }
    }

    /// The swaps, the largest difference first.
    pub(super) fn finish(&self) -> Vec<ModelSwap> {
        let rows = self.table.iter().map(|(key, sums)| ModelSwap {
            requested: self.names[0].resolve(key[0]).to_owned(),
            served: self.names[1].resolve(key[1]).to_owned(),
            calls: sums.calls,
            compared_calls: sums.compared_calls,
            cost: sums.cost,
            requested_cost: sums.requested_cost,
        });
        let mut swaps: Vec<_> = rows.collect();
        swaps.sort_by(|a, b| {
            let size = |swap: &ModelSwap| (swap.difference().atto().abs(), swap.calls);
            let names = |swap: &ModelSwap| (swap.requested.clone(), swap.served.clone());
            size(b).cmp(&size(a)).then_with(|| names(a).cmp(&names(b)))
        });
        swaps
    }
}
