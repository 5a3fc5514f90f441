//! Where the money went. Source: `docs/json.md` and `llmcost analyze --help`: what is left out as a
//! copy, which cost counts, what is summed, what is unpriced and why.

use std::collections::{BTreeMap, BTreeSet};

use super::names::find;
use super::price::{Bill, Call, Reason, bill};
use crate::number::{Q, decimal, zero};
use crate::world::Class;
use crate::world::log::{Counts, Line, Record};
use crate::world::table::Table;

/// What became of the lines of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) lines: u64,
    pub(crate) records: u64,
    pub(crate) duplicates: u64,
    pub(crate) skipped: u64,
    pub(crate) blank: u64,
}

/// The records that count, in the order of the log: a line with the id and the contents of an earlier
/// one is a copy.
pub(crate) fn read(lines: &[Line]) -> (Vec<Record>, Account) {
    let mut records: Vec<Record> = Vec::new();
    let mut account = Account { lines: lines.len() as u64, ..Account::default() };
    for line in lines {
        match line {
            Line::Blank => account.blank += 1,
            Line::Broken(_) => account.skipped += 1,
            Line::Record(record) => {
                if !record.request_id.is_empty() && records.contains(record.as_ref()) {
                    account.duplicates += 1;
                } else {
                    records.push(record.as_ref().clone());
                    account.records += 1;
                }
            }
        }
    }
    (records, account)
}

/// The price of a record, or every reason why it has none.
pub(crate) fn price(table: &Table, record: &Record) -> Result<Bill, BTreeSet<Reason>> {
    let home = find(table, &record.provider, &record.model);
    let home = home.map_err(|reason| BTreeSet::from([reason]))?;
    bill(table, &Call::logged(record, home))
}

/// The sums of some calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) calls: u64,
    pub(crate) tokens: Counts,
    pub(crate) searches: u64,
    pub(crate) file_searches: u64,
    pub(crate) cost: Option<Q>,
    /// Calls and cost at what the log itself says.
    pub(crate) logged: (u64, Option<Q>),
    pub(crate) unpriced: u64,
    pub(crate) unpriced_tokens: Counts,
}

/// The cost that counts: what the tables say, else what the log says.
pub(crate) fn cost(table: &Table, record: &Record) -> Option<(Q, bool)> {
    match (price(table, record), &record.logged_cost) {
        (Ok(bill), _) => Some((bill.total(), false)),
        (Err(_), Some(logged)) => Some((decimal(logged), true)),
        (Err(_), None) => None,
    }
}

fn add(sum: &mut Option<Q>, amount: &Q) {
    *sum = Some(sum.take().unwrap_or_else(zero) + amount);
}

impl Sums {
    fn add(&mut self, table: &Table, record: &Record) {
        self.calls += record.calls;
        self.searches += record.searches;
        self.file_searches += record.file_searches;
        let count = |into: &mut Counts| {
            for class in Class::ALL {
                *into.entry(class).or_insert(0) += record.count(class);
            }
        };
        count(&mut self.tokens);
        if let Some((cost, is_logged)) = cost(table, record) {
            add(&mut self.cost, &cost);
            if is_logged {
                self.logged.0 += record.calls;
                add(&mut self.logged.1, &cost);
            }
        } else {
            self.unpriced += record.calls;
            count(&mut self.unpriced_tokens);
        }
    }
}

/// The sums of a log by a key.
pub(crate) fn groups<Key: Ord>(
    table: &Table,
    records: &[Record],
    key: impl Fn(&Record) -> Key,
) -> BTreeMap<Key, Sums> {
    let mut groups: BTreeMap<Key, Sums> = BTreeMap::new();
    for record in records {
        groups.entry(key(record)).or_default().add(table, record);
    }
    groups
}

/// Tokens and cost of each class, and the fees, of the calls that tables price.
pub(crate) fn classes(table: &Table, records: &[Record]) -> (BTreeMap<Class, (u64, Q)>, Q) {
    let (mut classes, mut fees) = (BTreeMap::<Class, (u64, Q)>::new(), zero());
    for record in records {
        let Ok(bill) = price(table, record) else { continue };
        for class in Class::ALL.into_iter().filter(|class| record.count(*class) > 0) {
            let entry = classes.entry(class).or_insert_with(|| (0, zero()));
            entry.0 += record.count(class);
            entry.1 += bill.tokens.get(&class).cloned().unwrap_or_else(zero);
        }
        fees += bill.fees.unwrap_or_else(zero);
    }
    (classes, fees)
}
