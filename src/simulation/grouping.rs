//! Which group each call belongs to.

use hashbrown::HashMap;

use crate::usage::{Calls, Row, Symbol};

use super::error::SimulationError;

/// The groups of a log by some of its columns.
pub(super) struct Grouping {
    groups: Vec<u32>,
    /// The values of each group.
    pub(super) keys: Vec<Vec<String>>,
}

impl Grouping {
    /// Groups the calls of a log.
    pub(super) fn new(calls: &Calls, columns: &[String]) -> Result<Self, SimulationError> {
        let places = columns.iter().map(|name| {
            let place = calls.dimensions.position(name);
            place.ok_or_else(|| SimulationError::UnknownColumn(name.clone()))
        });
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let mut known: HashMap<Vec<Symbol>, u32> = HashMap::new();
        let mut keys = Vec::new();
        let mut symbols = vec![Symbol::EMPTY; places.len()];
        let groups = (0..calls.len()).map(|row| {
            for (symbol, place) in symbols.iter_mut().zip(&places) {
                *symbol = calls.symbol(*place, row);
            }
            if let Some(group) = known.get(&symbols) {
                return *group;
            }
            let group = u32::try_from(keys.len()).expect("fewer groups than 2^32");
            keys.push(places.iter().map(|place| calls.name(*place, row).to_owned()).collect());
            known.insert(symbols.clone(), group);
            group
        });
        let groups = groups.collect();
        Ok(Self { groups, keys })
    }

    /// The group of a call.
    pub(super) fn of(&self, row: Row) -> usize {
        self.groups[row] as usize
    }
}
