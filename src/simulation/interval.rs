//! How much of a saved share is the luck of this log: a bootstrap over its clusters.
//!
//! Calls of a conversation, or of a user, are alike, so whole clusters are drawn: each with a weight
//! that is Poisson with mean one, from a hash of seed, cluster and replicate. (Chamandy, Muralidharan,
//! Najmi and Naidu: *Estimating Uncertainty for Massive Data Streams*, Google 2012.)

use std::num::NonZeroUsize;

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, Prepared};
use crate::units::{Share, mixed};
use crate::usage::{Calls, Row};

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
const CLUSTERS_MIN: u128 = 30;

/// `⌊2⁶⁴ P(W ≤ k)⌋` for a Poisson weight of mean one, k = 0, 1, …: from `e⁻¹ Σ 1/k!`.
const POISSON_1: [u64; 12] = [
    6_786_177_901_268_885_274,
    13_572_355_802_537_770_549,
    16_965_444_753_172_213_187,
    18_096_474_403_383_694_066,
    18_379_231_815_936_564_286,
    18_435_783_298_447_138_330,
    18_445_208_545_532_234_004,
    18_446_555_009_401_533_386,
    18_446_723_317_385_195_809,
    18_446_742_018_272_269_411,
    18_446_743_888_360_976_771,
    18_446_744_058_369_041_076,
];

/// A weight that is Poisson with mean one, from random bits.
fn weight(random: u64) -> i128 {
    let place = POISSON_1.iter().position(|limit| random < *limit);
    i128::try_from(place.unwrap_or(POISSON_1.len())).expect("a small number")
}

/// The cluster of each row, and what clusters are.
struct Clusters {
    of_row: Vec<u32>,
    count: usize,
    what: &'static str,
}

impl Clusters {
    /// By conversation, or else by user, or else each row on its own. Calls without a name are each
    /// on their own too.
    fn of(calls: &Calls) -> Self {
        let named = ["conversation", "user"].into_iter().find_map(|name| {
            let place = calls.dimensions.position(name)?;
            (!calls.dimensions[place].is_empty()).then_some((place, name))
        });
        let Some((place, what)) = named else {
            let of_row = (0..calls.len()).map(|row| u32::try_from(row).unwrap_or(u32::MAX));
            return Self { of_row: of_row.collect(), count: calls.len(), what: "call" };
        };
        let mut known = HashMap::new();
        let mut count = 0_u32;
        let mut next = || {
            count += 1;
            count - 1
        };
        let of_row = (0..calls.len()).map(|row| {
            let symbol = calls.symbol(place, row);
            if symbol.is_empty() { next() } else { *known.entry(symbol).or_insert_with(&mut next) }
        });
        let of_row = of_row.collect();
        Self { of_row, count: usize::try_from(count).expect("a count"), what }
    }

    fn of_row(&self, row: Row) -> usize {
        usize::try_from(self.of_row[row]).expect("a place")
    }
}

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
    let sums = bills(facts, &players(plan, prepared), &sets, threads, clusters.count, slot)?;
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
            let weight = weight(mixed(mixed(SEED ^ mixed(*replicate)) ^ place));
            if weight == 0 {
                continue;
            }
            for (total, set) in total.iter_mut().zip(sums) {
                let part = set[cluster].checked_mul(weight).ok_or(SimulationError::TooLarge)?;
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
            if clusters.count < 2 { [Cell::Missing, Cell::Missing] } else { [at(25), at(975)] };
        let [low, high] = ends;
        exhibit.push([Cell::text(label), Cell::share_of(before - after, before), low, high]);
    }
    exhibit.note(format!(
        "95 % of {REPLICATES} draws of {} clusters, each a {}; other days of the same kind would \
         fall in between",
        clusters.count, clusters.what
    ));
    exhibit.notes.extend(doubts(&sums[0], clusters));
    exhibit
}

/// Why the interval may be too narrow.
fn doubts(bills: &[i128], clusters: &Clusters) -> Vec<String> {
    let mut doubts = Vec::new();
    let whole: i128 = bills.iter().sum();
    // In millionths of the bill: their squares fit, and add up to the share that equal clusters have.
    let parts =
        bills.iter().map(|bill| u128::try_from(bill * 1_000_000 / whole.max(1)).unwrap_or(0));
    let squares: u128 = parts.clone().map(|part| part * part).sum();
    let effective = 1_000_000_000_000_u128.checked_div(squares).unwrap_or(u128::MAX);
    if effective < CLUSTERS_MIN {
        doubts.push(format!(
            "cost is spread like over {effective} equal clusters: fewer than {CLUSTERS_MIN} make the \
             interval itself uncertain"
        ));
    }
    if parts.max().is_some_and(|largest| largest > 100_000) {
        doubts.push(format!("one {} carries more than 10 % of the cost", clusters.what));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_mean_and_variance_one() {
        let drawn: Vec<i128> = (0..200_000).map(|place| weight(mixed(place))).collect();
        let sum: i128 = drawn.iter().sum();
        let squares: i128 = drawn.iter().map(|one| (one - 1) * (one - 1)).sum();
        assert!((sum - 200_000).abs() < 2_000, "{sum}");
        assert!((squares - 200_000).abs() < 4_000, "{squares}");
    }

    fn check_doubts(bills: &[i128], expected: &[&str]) {
        let count = bills.len();
        let clusters = Clusters { of_row: Vec::new(), count, what: "user" };
        let found = doubts(bills, &clusters);
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
