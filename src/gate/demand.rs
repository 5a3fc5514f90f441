//! To which unit, group and cluster each row of a log belongs.

use hashbrown::{HashMap, HashSet};

use crate::insights::KeyColumns;
use crate::pricing::PriceBook;
use crate::techniques::{Attempts, Facts, RetryPolicy};
use crate::units::{mixed, seed_of};
use crate::usage::{Calls, Clusters, Days, Row, Symbol};

use super::measurement::Measure;
use super::spread::lot_of;
use super::unit::Unit;

/// The column with the conversation of a call.
const CONVERSATION: &str = "conversation";

/// Names longer than this are replaced by a number: they may be prompts.
const NAME_LENGTH_MAX: usize = 100;

/// Where a row belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Belonging {
    /// Its group, a place among [`Demand::keys`].
    pub(super) group: usize,
    /// The units that begin with it.
    pub(super) units: u64,
    /// The lot of its cluster.
    pub(super) lot: u32,
}

/// Assigns rows, which come in their order.
pub(super) struct Demand<'c> {
    calls: &'c Calls,
    unit: Unit,
    columns: KeyColumns,
    key: Vec<Symbol>,
    groups: HashMap<Vec<Symbol>, usize>,
    further: HashSet<Row>,
    clusters: Clusters,
    conversation: Option<usize>,
    /// The group of each conversation that has begun; of a test case, its trials.
    begun: HashMap<(Symbol, usize), usize>,
    /// A number of the names of each group, where that is needed.
    seeds: Vec<u64>,
}

impl<'c> Demand<'c> {
    pub(super) fn new(facts: &'c Facts<'_>, measure: &Measure) -> Self {
        let calls = facts.calls;
        let mut columns = KeyColumns::new(&measure.group_by, measure.days);
        columns.enter(calls);
        let further = Attempts::follow(facts, &RetryPolicy::default()).further;
        let place = calls.dimensions.position(CONVERSATION);
        let named = place.filter(|place| !calls.dimensions[*place].is_empty());
        let clusters = match measure.unit {
            Unit::Call | Unit::Session => Clusters::of(calls),
            // A trial is a conversation, or else a call.
            Unit::Case if named.is_some() => Clusters::of(calls),
            Unit::Case => Clusters::single(calls),
        };
        Self {
            calls,
            unit: measure.unit,
            columns,
            key: Vec::new(),
            groups: HashMap::new(),
            further: further.into_iter().collect(),
            clusters,
            conversation: named,
            begun: HashMap::new(),
            seeds: Vec::new(),
        }
    }

    /// Where a row belongs; nothing when it belongs to no test case or conversation.
    pub(super) fn of(&mut self, row: Row) -> Option<Belonging> {
        let call = self.calls.call(row);
        self.columns.key_of(self.calls, row, &call, &mut self.key);
        if self.unit == Unit::Case && self.key.iter().any(|symbol| symbol.is_empty()) {
            return None;
        }
        let next = self.groups.len();
        let own = *self.groups.entry(self.key.clone()).or_insert(next);
        if let Some(rolled) = self.calls.rolled(row) {
            let units = rolled.requests.unwrap_or(call.calls);
            return Some(Belonging { group: own, units, lot: rolled.lot.unwrap_or_default() });
        }
        let calls = if self.further.contains(&row) { 0 } else { call.calls };
        let conversation = self.conversation.map(|place| self.calls.symbol(place, row));
        let conversation = conversation.filter(|symbol| !symbol.is_empty());
        let (group, units) = match (self.unit, conversation) {
            (Unit::Call, _) | (Unit::Case, None) => (own, calls),
            (Unit::Session, None) => return None,
            (Unit::Session, Some(name)) => self.begin((name, 0), own),
            (Unit::Case, Some(name)) => (own, self.begin((name, own), own).1),
        };
        let mut seed = self.clusters.seed(row);
        if self.unit == Unit::Case {
            // Trials of one case are no sign of those of another.
            seed = mixed(seed ^ mixed(self.seed_of_group(own)));
        }
        Some(Belonging { group, units, lot: lot_of(seed) })
    }

    /// The group of a conversation, and a unit when it begins.
    fn begin(&mut self, name: (Symbol, usize), own: usize) -> (usize, u64) {
        let mut units = 0;
        let group = *self.begun.entry(name).or_insert_with(|| {
            units = 1;
            own
        });
        (group, units)
    }

    /// A number of the names of a group, which was just looked up.
    fn seed_of_group(&mut self, group: usize) -> u64 {
        if let Some(seed) = self.seeds.get(group) {
            return *seed;
        }
        let seed = seed_of(&self.columns.names(&self.key).join("\u{1f}"));
        self.seeds.push(seed);
        seed
    }

    /// The names of all groups, in the order of their places.
    pub(super) fn keys(&self) -> Vec<Vec<String>> {
        let mut keys = vec![Vec::new(); self.groups.len()];
        for (key, place) in &self.groups {
            keys[*place] = self.columns.names(key).into_iter().map(short).collect();
        }
        keys
    }

    /// What a cluster is.
    pub(super) fn cluster(&self) -> &'static str {
        self.clusters.what()
    }
}

/// What a check goes by besides costs, of one row of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The lot of the bootstrap into which the row's cluster falls.
    pub lot: u32,
    /// The calls of the row that are no further attempt of an earlier request.
    pub requests: u64,
}

/// The lot and the requests of each row of a log, whose rows are in order of time, as a check of
/// requests takes them.
///
/// # Panics
/// Never: a request belongs somewhere.
pub fn lots(calls: &Calls, book: &PriceBook) -> Vec<Lot> {
    let facts = Facts::new(calls, book);
    let measure = Measure { unit: Unit::Call, group_by: Vec::new(), days: Days::UTC };
    let mut demand = Demand::new(&facts, &measure);
    let rows = 0..calls.len();
    rows.map(|row| {
        let found = demand.of(row).expect("every call is a request");
        Lot { lot: found.lot, requests: found.units }
    })
    .collect()
}

/// A long name as a number that stands for it in every log.
fn short(name: String) -> String {
    if name.chars().count() <= NAME_LENGTH_MAX {
        return name;
    }
    format!("#{:016x}", seed_of(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_a_prompt_is_not_kept() {
        assert_eq!(short("chat".to_owned()), "chat");
        let long = "Summarise ".repeat(20);
        let found = short(long.clone());
        assert_eq!((found.len(), found.starts_with('#')), (17, true));
        assert_eq!(found, short(long));
    }
}
