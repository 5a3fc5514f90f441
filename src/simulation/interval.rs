//! How much of a saved share is the luck of this log: a bootstrap over its clusters.
//!
//! Calls of a conversation, or of a user, are alike, so whole clusters are drawn: each with a weight
//! that is Poisson with mean one, from a hash of seed, cluster and replicate. (Chamandy, Muralidharan,
//! Najmi and Naidu: *Estimating Uncertainty for Massive Data Streams*, Google 2012.)

use std::num::NonZeroUsize;

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, Prepared};
use crate::units::{Share, effective_count, mixed, poisson_weight};
use crate::usage::{Clusters, Row};

use super::attribution::Mask;
use super::bills::bills;
use super::chunks::on_threads;
use super::error::SimulationError;
use super::plan::Plan;
use super::run::players;

/// Draws for display.
const REPLICATES: u64 = 400;

/// The same draws on every run.
const SEED: u64 = 10;

/// Fewer equal clusters than this make the interval itself uncertain.
const CLUSTERS_MIN: u64 = 30;

/// The interval of the saved share of the whole plan and of each technique alone.
pub(super) fn interval(
    facts: &Facts<'_>,
    plan: &Plan,
    prepared: &[Prepared],
    threads: NonZeroUsize,
) -> Result<Exhibit, SimulationError> {
    let clusters = Clusters::of(facts.calls);
    let count = prepared.len();
    let whole: Mask = (1 << count) - 1;
    let sets: Vec<Mask> = [0, whole].into_iter().chain((0..count).map(|one| 1 << one)).collect();
    let slot = |row: Row| clusters.of_row(row);
    facts.expect_replays(1);
    let sums = bills(facts, &players(plan, prepared), &sets, threads, clusters.len(), slot)?;
    let sums: Vec<Vec<i128>> =
        sums.iter().map(|set| set.iter().map(|sum| sum.to_usd().atto()).collect()).collect();
    let drawn = draws(&sums, threads)?;
    let labels = std::iter::once("together").chain(plan.techniques().map(|one| one.info().label));
    Ok(exhibit(labels, &sums, &drawn, &clusters))
}

/// The bills of every replicate: one sum for each set.
fn draws(sums: &[Vec<i128>], threads: NonZeroUsize) -> Result<Vec<Vec<i128>>, SimulationError> {
    let replicates: Vec<u64> = (0..REPLICATES).collect();
    let clusters = sums.first().map_or(0, Vec::len);
    on_threads(&replicates, threads, |replicate| {
        let mut total = vec![0_i128; sums.len()];
        for cluster in 0..clusters {
            let place = u64::try_from(cluster).expect("a place");
            let weight = poisson_weight(mixed(mixed(SEED ^ mixed(*replicate)) ^ place));
            if weight == 0 {
                continue;
            }
            for (total, set) in total.iter_mut().zip(sums) {
                let part =
                    set[cluster].checked_mul(weight.into()).ok_or(SimulationError::TooLarge)?;
                *total = total.checked_add(part).ok_or(SimulationError::TooLarge)?;
            }
        }
        Ok(total)
    })
}

fn exhibit(
    labels: impl Iterator<Item = &'static str>,
    sums: &[Vec<i128>],
    drawn: &[Vec<i128>],
    clusters: &Clusters,
) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "interval",
        "How much of the saving is the luck of this log",
        &[
            ("technique", ""),
            ("saved_share", "saves"),
            ("low_share", "at least"),
            ("high_share", "at most"),
        ],
    );
    let before: i128 = sums[0].iter().sum();
    for (label, set) in labels.zip(1..sums.len()) {
        let after: i128 = sums[set].iter().sum();
        let saved = drawn.iter().filter_map(|bills| Share::of(bills[0] - bills[set], bills[0]));
        let mut saved: Vec<Share> = saved.collect();
        saved.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        let at = |thousandths: usize| {
            let place = (saved.len().saturating_sub(1)) * thousandths / 1_000;
            saved.get(place).map_or(Cell::Missing, |share| Cell::Share(*share))
        };
        // One cluster drawn again and again says nothing about others.
        let ends =
            if clusters.len() < 2 { [Cell::Missing, Cell::Missing] } else { [at(25), at(975)] };
        let [low, high] = ends;
        exhibit.push([Cell::text(label), Cell::share_of(before - after, before), low, high]);
    }
    exhibit.note(format!(
        "95 % of {REPLICATES} draws of {} clusters, each a {}; other days of the same kind would \
         fall in between",
        clusters.len(),
        clusters.what()
    ));
    exhibit.notes.extend(doubts(&sums[0], clusters.what()));
    exhibit
}

/// Why the interval may be too narrow.
fn doubts(bills: &[i128], what: &str) -> Vec<String> {
    let mut doubts = Vec::new();
    let whole: i128 = bills.iter().sum();
    let effective = effective_count(bills.iter().copied());
    if effective < CLUSTERS_MIN {
        doubts.push(format!(
            "cost is spread like over {effective} equal clusters: fewer than {CLUSTERS_MIN} make the \
             interval itself uncertain"
        ));
    }
    if bills.iter().max().is_some_and(|largest| *largest > whole / 10) {
        doubts.push(format!("one {what} carries more than 10 % of the cost"));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_doubts(bills: &[i128], expected: &[&str]) {
        let found = doubts(bills, "user");
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, part) in found.iter().zip(expected) {
            assert!(found.contains(part), "{found}");
        }
    }

    #[test]
    fn few_or_uneven_clusters_are_told() {
        check_doubts(&[5; 100], &[]);
        check_doubts(&[5; 20], &["over 20 equal clusters"]);
        let mut uneven = vec![1_000; 900];
        uneven.push(150_000);
        check_doubts(&uneven, &["more than 10 %"]);
    }
}
