//! Which calls are alike because they belong together, so that a bootstrap draws them together.

use hashbrown::HashMap;

use crate::units::{mixed, seed_of};

use super::calls::{Calls, Row};
use super::dimension::column;

/// The columns that tell clusters apart, the best one first.
const COLUMNS: [&str; 3] = ["conversation", "user", "prompt_hash"];

/// The cluster of each row, and what clusters are.
#[derive(Clone, Debug)]
pub struct Clusters {
    of_row: Vec<u32>,
    seeds: Vec<u64>,
    what: &'static str,
}

impl Clusters {
    /// The columns that make clusters where a log has them.
    pub const COLUMNS: [&str; 3] = COLUMNS;

    /// By conversation, or else by user, or else by prompt, or else each row on its own. Calls
    /// without a name are each on their own too.
    pub fn of(calls: &Calls) -> Self {
        let named = COLUMNS.into_iter().find_map(|name| {
            let place = calls.dimensions.position(name)?;
            (!calls.dimensions[place].is_empty()).then_some((place, name))
        });
        let Some((place, what)) = named else { return Self::single(calls) };
        let mut known = HashMap::new();
        let mut seeds = Vec::new();
        let mut rows = RowSeeds::new(calls);
        let of_row = (0..calls.len()).map(|row| {
            let symbol = calls.symbol(place, row);
            if symbol.is_empty() {
                return numbered(&mut seeds, rows.seed(row));
            }
            *known.entry(symbol).or_insert_with(|| {
                let name = calls.dimensions[place].resolve(symbol);
                numbered(&mut seeds, seed_of(name))
            })
        });
        let of_row = of_row.collect();
        Self { of_row, seeds, what }
    }

    /// Each row on its own.
    pub fn single(calls: &Calls) -> Self {
        let (rows, mut seeds) = (0..calls.len(), RowSeeds::new(calls));
        Self {
            of_row: rows.clone().map(|row| u32::try_from(row).unwrap_or(u32::MAX)).collect(),
            seeds: rows.map(|row| seeds.seed(row)).collect(),
            what: "call",
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.seeds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.seeds.is_empty()
    }

    /// What a cluster is: the column that tells them apart, or `call`.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The cluster of a row, from 0.
    ///
    /// # Panics
    /// Never: an index of 32 bits is a place.
    pub fn of_row(&self, row: Row) -> usize {
        usize::try_from(self.of_row[row]).expect("a place")
    }

    /// A number that depends only on the name of a row's cluster, or on the call where it has none:
    /// the same in every log and on every machine.
    pub fn seed(&self, row: Row) -> u64 {
        self.seeds[self.of_row(row)]
    }
}

fn numbered(seeds: &mut Vec<u64>, seed: u64) -> u32 {
    seeds.push(seed);
    u32::try_from(seeds.len() - 1).unwrap_or(u32::MAX)
}

/// Numbers of rows that depend on what they say and on how many before them said the same: not on
/// their order.
struct RowSeeds<'c> {
    calls: &'c Calls,
    /// The numbers of the names in the dictionaries of model and call type.
    names: [Vec<u64>; 2],
    seen: HashMap<u64, u64>,
}

impl<'c> RowSeeds<'c> {
    fn new(calls: &'c Calls) -> Self {
        let names = [column::MODEL, column::CALL_TYPE]
            .map(|place| calls.dimensions[place].names().map(|(_, name)| seed_of(name)).collect());
        Self { calls, names, seen: HashMap::new() }
    }

    fn seed(&mut self, row: Row) -> u64 {
        let call = self.calls.call(row);
        let mut seed = mixed(call.time.millis().cast_unsigned());
        for (_, tokens) in call.tokens.iter() {
            seed = mixed(seed ^ tokens.get());
        }
        for (names, place) in self.names.iter().zip([column::MODEL, column::CALL_TYPE]) {
            seed = mixed(seed ^ names[self.calls.symbol(place, row).index()]);
        }
        let before = self.seen.entry(seed).or_default();
        *before += 1;
        mixed(seed ^ *before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Call, Dimensions, Symbol};

    fn calls(column: &str, names: &[&str]) -> Calls {
        let mut calls = Calls::new(Dimensions::new([column]));
        for name in names {
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            let place = column::FIXED.len();
            symbols[place] = calls.dimensions[place].intern(name);
            calls.push(&Call::default(), &symbols);
        }
        calls
    }

    #[test]
    fn calls_of_a_name_are_one_cluster_and_others_are_alone() {
        let clusters = Clusters::of(&calls("user", &["ann", "bob", "ann", "", ""]));
        let found: Vec<_> = (0..5).map(|row| clusters.of_row(row)).collect();
        assert_eq!(found, [0, 1, 0, 2, 3]);
        assert_eq!((clusters.len(), clusters.what()), (4, "user"));
    }

    #[test]
    fn the_seed_of_a_name_is_the_same_in_every_log() {
        let one = Clusters::of(&calls("user", &["ann", "bob"]));
        let other = Clusters::of(&calls("user", &["carl", "bob"]));
        assert_eq!(one.seed(1), other.seed(1));
        assert_ne!(one.seed(0), other.seed(0));
    }

    #[test]
    fn the_seeds_of_calls_do_not_depend_on_their_order() {
        let log = |millis: &[i64]| {
            let mut calls = Calls::new(Dimensions::new([]));
            for time in millis {
                let time = crate::usage::Instant::from_millis(*time);
                let symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
                calls.push(&Call { time, ..Call::default() }, &symbols);
            }
            let clusters = Clusters::of(&calls);
            let seeds = (0..millis.len()).map(|row| clusters.seed(row));
            seeds.collect::<std::collections::BTreeSet<_>>()
        };
        let (one, other) = (log(&[5, 7, 7, 9]), log(&[7, 9, 5, 7]));
        assert_eq!((one.len(), &one), (4, &other));
    }

    #[test]
    fn without_names_each_call_is_a_cluster() {
        let clusters = Clusters::of(&calls("user", &["", ""]));
        assert_eq!((clusters.len(), clusters.what()), (2, "call"));
        assert_ne!(clusters.seed(0), clusters.seed(1));
    }
}
