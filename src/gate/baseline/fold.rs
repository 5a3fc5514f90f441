//! Many groups as few: the dearest apart, the others together.

use hashbrown::HashMap;

use crate::pricing::PriceBook;
use crate::units::Usd;

use super::super::measurement::{MeasuredGroup, Measurement};
use super::super::price_row::PriceRow;
use super::super::spread::{Entry, Spread, merged};
use super::super::unit::Unit;

/// How many groups are kept apart.
const KEPT: usize = 40;

/// What the others are called.
const REST: &str = "(all others)";

/// So many names of small groups are kept. Of more, groups that are not kept apart count among them,
/// whatever they are called.
const NAMES_KEPT: usize = 500;

/// The measurement with its dearest groups apart and the others together. Test cases are always
/// apart: each counts alike.
pub(in super::super) fn folded(mut of: Measurement, book: &PriceBook) -> Measurement {
    if of.measure.unit == Unit::Case || of.groups.len() <= KEPT + 1 {
        return of;
    }
    of.groups.sort_by(|one, other| other.cost.cmp(&one.cost).then(one.key.cmp(&other.key)));
    let small = of.groups.split_off(KEPT);
    let columns = of.measure.group_by.len();
    of.groups.push(together(small, columns, book));
    of.groups.sort_by(|one, other| one.key.cmp(&other.key));
    of
}

/// The measurement with those groups together that another one has together.
pub(in super::super) fn folded_like(
    mut of: Measurement,
    other: &Measurement,
    book: &PriceBook,
) -> Measurement {
    let (small, kept): (Vec<_>, Vec<_>) =
        of.groups.into_iter().partition(|group| other.is_small(&group.key));
    of.groups = kept;
    if !small.is_empty() {
        of.groups.push(together(small, of.measure.group_by.len(), book));
    }
    of.groups.sort_by(|one, other| one.key.cmp(&other.key));
    of
}

fn together(groups: Vec<MeasuredGroup>, columns: usize, book: &PriceBook) -> MeasuredGroup {
    let lots = |group: &MeasuredGroup| match &group.spread {
        Spread::Lots(entries) => entries.clone(),
        // Only what was just measured is folded.
        Spread::Drawn(_) => Vec::new(),
    };
    let each: Vec<Vec<Entry>> = groups.iter().map(lots).collect();
    let entries = merged(each.iter().map(Vec::as_slice));
    let mut key = vec![String::new(); columns.max(1)];
    REST.clone_into(&mut key[0]);
    let mut members: Vec<_> = groups.iter().map(|group| group.key.clone()).collect();
    members.sort();
    if members.len() > NAMES_KEPT {
        members.clear();
    }
    MeasuredGroup {
        key,
        is_rest: true,
        members,
        units: groups.iter().map(|group| group.units).sum(),
        cost: groups.iter().map(|group| group.cost).sum(),
        logged: groups.iter().map(|group| group.logged).sum::<Usd>(),
        clusters: u64::try_from(entries.len()).expect("a count"),
        spread: Spread::Lots(entries),
        rows: by_price(groups.into_iter().flat_map(|group| group.rows), book),
    }
}

/// Rows of one model and price as one.
fn by_price(rows: impl Iterator<Item = PriceRow>, book: &PriceBook) -> Vec<PriceRow> {
    let mut sums: Vec<PriceRow> = Vec::new();
    let mut places: HashMap<(String, String, String, Option<usize>), usize> = HashMap::new();
    for row in rows {
        let price = row.card(book).map(|card| std::ptr::from_ref(card).addr());
        let key = (row.provider.clone(), row.model.clone(), row.geo.clone(), price);
        if let Some(place) = places.get(&key) {
            sums[*place].absorb(&row);
        } else {
            places.insert(key, sums.len());
            sums.push(row);
        }
    }
    sums
}
