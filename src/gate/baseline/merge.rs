//! Several baselines as one: those of shards, of days, of services.
//!
//! A cluster has the same weight in every log, so sums of replicates may be added up like the costs
//! they are of.

use super::super::measurement::{MeasuredGroup, Measurement};
use super::super::spread::{Spread, merged as merged_lots};

/// Both measurements as one, at the same prices and measured alike. The percentile of both together
/// is in neither, so it is left out.
pub(in super::super) fn merged(mut one: Measurement, mut other: Measurement) -> Measurement {
    // A small group of one of them is one of the others in both.
    fold_small(&mut one, &other);
    fold_small(&mut other, &one);
    let [mine, theirs] = [one.cost().atto(), other.cost().atto()];
    one.effective_clusters =
        effective([(mine, one.effective_clusters), (theirs, other.effective_clusters)]);
    for group in other.groups {
        match one.groups.iter_mut().find(|known| known.key == group.key) {
            Some(known) => add(known, group),
            None => one.groups.push(group),
        }
    }
    one.groups.sort_by(|a, b| a.key.cmp(&b.key));
    one.clusters += other.clusters;
    one.span = match (one.span, other.span) {
        (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
        (known, none) => known.or(none),
    };
    one.is_unspread |= other.is_unspread;
    one.calls += other.calls;
    one.billed += other.billed;
    for (day, cost) in other.by_day {
        *one.by_day.entry(day).or_default() += cost;
    }
    one.unpriced.extend(other.unpriced);
    one.without_case += other.without_case;
    one.skipped += other.skipped;
    one.percentile = None;
    one
}

/// Puts groups that another measurement has among its small ones with those of this one.
fn fold_small(of: &mut Measurement, other: &Measurement) {
    let Some(rest) = other.rest() else { return };
    let groups = std::mem::take(&mut of.groups);
    let is_small = |group: &MeasuredGroup| group.is_rest || other.is_small(&group.key);
    let (small, kept): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_small);
    of.groups = kept;
    let named = small.into_iter().map(|mut group| {
        let key = std::mem::replace(&mut group.key, rest.key.clone());
        if !group.is_rest {
            (group.is_rest, group.members) = (true, vec![key]);
        }
        group
    });
    of.groups.extend(named.reduce(|mut sum, group| {
        add(&mut sum, group);
        sum
    }));
}

fn add(into: &mut MeasuredGroup, group: MeasuredGroup) {
    // Names that are not kept stay unknown.
    if into.members.is_empty() || (group.is_rest && group.members.is_empty()) {
        into.members.clear();
    } else {
        into.members.extend(group.members);
        into.members.sort();
        into.members.dedup();
    }
    into.units += group.units;
    into.cost += group.cost;
    into.logged += group.logged;
    into.clusters += group.clusters;
    into.rows.extend(group.rows);
    let mine = std::mem::replace(&mut into.spread, Spread::Lots(Vec::new()));
    into.spread = match (mine, group.spread) {
        (Spread::Drawn(mine), Spread::Drawn(theirs)) => Spread::Drawn(
            mine.into_iter().zip(theirs).map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect(),
        ),
        (Spread::Lots(mine), Spread::Lots(theirs)) => {
            Spread::Lots(merged_lots([&mine[..], &theirs[..]]))
        }
        // Both were measured alike, so one of them is no log.
        (drawn @ Spread::Drawn(_), _) | (_, drawn) => drawn,
    };
}

/// Over how many equal clusters the cost of two logs without common ones is spread:
/// `(a + b)² / (a²/e + b²/f)`.
fn effective(parts: [(i128, u64); 2]) -> u64 {
    let whole: i128 = parts.iter().map(|(cost, _)| cost).sum();
    // In millionths of the whole.
    let part =
        |cost: i128| cost.max(0).cast_unsigned() / (whole / 1_000_000).max(1).cast_unsigned();
    let squares: u128 = parts
        .iter()
        .filter(|(_, clusters)| *clusters > 0)
        .map(|(cost, clusters)| part(*cost) * part(*cost) / u128::from(*clusters))
        .sum();
    let equal = 1_000_000_000_000_u128.checked_div(squares);
    let all = parts.iter().map(|(_, clusters)| clusters).sum();
    equal.map_or(all, |equal| u64::try_from(equal).unwrap_or(u64::MAX).min(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::samples::{Log, SONNET, saved_text};
    use crate::gate::{Baseline, Unit};

    #[test]
    fn two_equal_logs_are_spread_over_twice_as_many_clusters() {
        assert_eq!(effective([(500, 40), (500, 40)]), 80);
        assert_eq!(effective([(1_000_000_000, 100), (0, 7)]), 100);
        assert_eq!(effective([(0, 5), (0, 6)]), 11);
    }

    fn halves(conversations: std::ops::Range<u64>) -> Log {
        conversations.fold(Log::new(), |log, number| {
            let name = format!("c{number}");
            let call_type = ["chat", "report"][usize::from(number % 3 == 0)];
            log.with(1 + number % 4, [SONNET, call_type, &name, ""], [900 + number * 7, 200])
        })
    }

    #[test]
    fn baselines_of_two_halves_are_that_of_the_whole() {
        let saved = |log: &Log| {
            Baseline::parse(&saved_text(log, Unit::Call)).expect("it was just written").measurement
        };
        let both = merged(saved(&halves(0..90)), saved(&halves(90..150)));
        let whole = saved(&halves(0..150));
        assert_eq!(
            (both.units(), both.cost(), both.calls),
            (whole.units(), whole.cost(), whole.calls)
        );
        for (found, expected) in both.groups.iter().zip(&whole.groups) {
            assert_eq!((&found.key, found.units), (&expected.key, expected.units));
            let (Spread::Drawn(found), Spread::Drawn(expected)) = (&found.spread, &expected.spread)
            else {
                panic!("saved groups hold replicates");
            };
            for ((units, cost), (all, exact)) in found.iter().zip(expected) {
                assert_eq!(units, all);
                // Files keep millionths of the cost.
                assert!((cost - exact).abs() <= exact / 200_000, "{cost} {exact}");
            }
        }
    }
}
