//! What each call of a log in order of time cost, and what it would have cost otherwise.

use std::collections::BTreeMap;

use crate::pricing::{ModelId, PriceBook};
use crate::techniques::Facts;
use crate::units::Usd;
use crate::usage::{Call, Calls, Row, Symbol, column};

use super::super::options::CostMode;
use super::super::pricer::Pricer;

/// A model and a call type, as symbols of the log.
pub(super) type Route = (Symbol, Symbol);

/// The calls that count, each with its cost.
pub(super) struct Bill<'a> {
    /// The log and the prices.
    pub(super) facts: Facts<'a>,
    /// The rows that count, in order of time.
    pub(super) rows: Vec<Row>,
    paid: Vec<Option<Usd>>,
    /// Whether the cost comes from prices, so that another usage can be priced beside it.
    has_price: Vec<bool>,
}

impl<'a> Bill<'a> {
    /// Prices a log in order of time.
    pub(super) fn of(
        calls: &'a Calls,
        book: &'a PriceBook,
        mode: CostMode,
        seller: Option<String>,
    ) -> Self {
        let mut pricer = Pricer::new(book, None, mode, seller);
        let (mut rows, mut paid) = (Vec::new(), vec![None; calls.len()]);
        let mut has_price = vec![false; calls.len()];
        for row in 0..calls.len() {
            if !pricer.is_wanted(calls, row) {
                continue;
            }
            rows.push(row);
            let price = pricer.price(calls, row, &calls.call(row));
            paid[row] = price.cost.ok();
            has_price[row] = !price.from_log && price.calculated.is_some();
        }
        Self { facts: Facts::new(calls, book), rows, paid, has_price }
    }

    /// A call.
    pub(super) fn call(&self, row: Row) -> Call {
        self.facts.calls.call(row)
    }

    /// What a call cost, from prices or from the log; nothing when that is not known.
    pub(super) fn paid(&self, row: Row) -> Option<Usd> {
        self.paid[row]
    }

    /// What a call cost at prices, and its model; nothing where the log's own cost counts.
    pub(super) fn priced(&self, row: Row) -> Option<(Usd, ModelId)> {
        self.paid[row].filter(|_| self.has_price[row]).zip(self.facts.model(row))
    }

    /// What another usage would have cost in place of a call; nothing where it has no price.
    pub(super) fn instead(&self, row: Row, call: &Call) -> Option<Usd> {
        let geo = self.facts.calls.name(column::GEO, row);
        self.facts.cost(self.facts.model(row)?, call, geo).ok()
    }

    /// All that was paid.
    pub(super) fn total(&self) -> Usd {
        self.rows.iter().filter_map(|row| self.paid[*row]).sum()
    }

    /// The model and call type of a call.
    pub(super) fn route(&self, row: Row) -> Route {
        let symbol = |place| self.facts.calls.symbol(place, row);
        (symbol(column::MODEL), symbol(column::CALL_TYPE))
    }

    /// The names of a route.
    pub(super) fn names(&self, route: Route) -> [String; 2] {
        let name = |place: usize, symbol| self.facts.calls.dimensions[place].resolve(symbol);
        [name(column::MODEL, route.0), name(column::CALL_TYPE, route.1)].map(str::to_owned)
    }

    /// The place of a column that the log fills; nothing where it does not.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let dimensions = &self.facts.calls.dimensions;
        dimensions.position(name).filter(|place| !dimensions[*place].is_empty())
    }

    /// Sums by route.
    pub(super) fn by_route<T: Default>(
        &self,
        mut add: impl FnMut(&mut T, Row, &Call),
    ) -> BTreeMap<Route, T> {
        let mut sums = BTreeMap::<Route, T>::new();
        for row in &self.rows {
            add(sums.entry(self.route(*row)).or_default(), *row, &self.call(*row));
        }
        sums
    }
}
