//! Many groups as few: the dearest apart, the others together.

use crate::units::Usd;

use super::super::measurement::{MeasuredGroup, Measurement};
use super::super::spread::{Entry, Spread, merged};
use super::super::unit::Unit;

/// How many groups are kept apart.
const KEPT: usize = 20;

/// What the others are called.
const REST: &str = "(all others)";

/// The measurement with its dearest groups apart and the others together. Test cases are always
/// apart: each counts alike.
pub(in super::super) fn folded(mut of: Measurement) -> Measurement {
    if of.measure.unit == Unit::Case || of.groups.len() <= KEPT + 1 {
        return of;
    }
    of.groups.sort_by(|one, other| other.cost.cmp(&one.cost).then(one.key.cmp(&other.key)));
    let small = of.groups.split_off(KEPT);
    let columns = of.measure.group_by.len();
    of.groups.push(together(small, columns));
    of.groups.sort_by(|one, other| one.key.cmp(&other.key));
    of
}

/// The measurement with those groups together that another one has together.
pub(in super::super) fn folded_like(mut of: Measurement, other: &Measurement) -> Measurement {
    for rest in other.groups.iter().filter(|group| !group.members.is_empty()) {
        let (small, kept): (Vec<_>, Vec<_>) =
            of.groups.into_iter().partition(|group| rest.members.contains(&group.key));
        of.groups = kept;
        if !small.is_empty() {
            of.groups.push(together(small, of.measure.group_by.len()));
        }
    }
    of.groups.sort_by(|one, other| one.key.cmp(&other.key));
    of
}

fn together(groups: Vec<MeasuredGroup>, columns: usize) -> MeasuredGroup {
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
    MeasuredGroup {
        key,
        members,
        units: groups.iter().map(|group| group.units).sum(),
        cost: groups.iter().map(|group| group.cost).sum(),
        logged: groups.iter().map(|group| group.logged).sum::<Usd>(),
        clusters: u64::try_from(entries.len()).expect("a count"),
        spread: Spread::Lots(entries),
        rows: groups.into_iter().flat_map(|group| group.rows).collect(),
    }
}
