//! Which group each call belongs to.

use hashbrown::HashMap;

use crate::usage::{Calls, Days, DerivedColumn, Dimension, Row, Symbol};

use super::error::SimulationError;

/// The groups of a log by some of its columns.
pub(super) struct Grouping {
    groups: Vec<u32>,
    /// The values of each group.
    pub(super) keys: Vec<Vec<String>>,
}

/// Where the values of a column come from.
enum Column {
    /// A dimension of the log.
    Logged(usize),
    /// The fields of the call; the dictionary holds the values seen.
    Derived(DerivedColumn, Dimension),
}

impl Column {
    fn named(calls: &Calls, name: &str) -> Result<Self, SimulationError> {
        if let Some(derived) = DerivedColumn::named(name) {
            return Ok(Self::Derived(derived, Dimension::new(name)));
        }
        let place = calls.dimensions.position(name);
        place.map(Self::Logged).ok_or_else(|| SimulationError::UnknownColumn(name.to_owned()))
    }

    fn symbol(&mut self, calls: &Calls, row: Row, days: Days) -> Symbol {
        match self {
            Self::Logged(place) => calls.symbol(*place, row),
            Self::Derived(derived, values) => values.intern(&derived.value(&calls.call(row), days)),
        }
    }

    fn name<'a>(&'a self, calls: &'a Calls, symbol: Symbol) -> &'a str {
        match self {
            Self::Logged(place) => calls.dimensions[*place].resolve(symbol),
            Self::Derived(_, values) => values.resolve(symbol),
        }
    }
}

impl Grouping {
    /// Groups the calls of a log, with days of a time zone.
    pub(super) fn new(
        calls: &Calls,
        columns: &[String],
        days: Days,
    ) -> Result<Self, SimulationError> {
        let columns = columns.iter().map(|name| Column::named(calls, name));
        let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
        let mut known: HashMap<Vec<Symbol>, u32> = HashMap::new();
        let mut keys = Vec::new();
        let mut symbols = vec![Symbol::EMPTY; columns.len()];
        let mut groups = Vec::with_capacity(calls.len());
        for row in 0..calls.len() {
            for (symbol, column) in symbols.iter_mut().zip(&mut columns) {
                *symbol = column.symbol(calls, row, days);
            }
            if let Some(group) = known.get(&symbols) {
                groups.push(*group);
                continue;
            }
            let group = u32::try_from(keys.len()).expect("fewer groups than 2^32");
            let named = columns.iter().zip(&symbols);
            keys.push(named.map(|(column, at)| column.name(calls, *at).to_owned()).collect());
            known.insert(symbols.clone(), group);
            groups.push(group);
        }
        Ok(Self { groups, keys })
    }

    /// The group of a call.
    pub(super) fn of(&self, row: Row) -> usize {
        self.groups[row] as usize
    }
}
