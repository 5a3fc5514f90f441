//! Which of the findings belong on the first page.

use std::cmp::Reverse;

use crate::units::{Share, Tokens, Usd};

use super::super::findings::Finding;
use super::anomalies::Unusual;
use super::cache_losses::Losses;
use super::cache_writes::ModelWrites;
use super::leverage::Lever;
use super::loops::Loops;
use super::waste::{Waste, Wasted};

/// Less than this part of the bill is no headline: a hundredth.
const LEAST_PART: i128 = 100;

/// Everything that was found.
pub(super) struct Found {
    pub(super) losses: Losses,
    pub(super) writes: Vec<(String, ModelWrites)>,
    pub(super) wasted: Wasted,
    pub(super) loops: Loops,
    pub(super) unusual: Unusual,
    pub(super) levers: Vec<Lever>,
}

/// The headlines, the dearest first, and the largest lever last.
pub(super) fn find(found: &Found, bill: Usd) -> Vec<Finding> {
    let mut dear: Vec<(Usd, Finding)> = Vec::new();
    let cost = found.losses.cost();
    let tokens = Tokens::new(found.losses.tokens());
    dear.push((cost, Finding::CacheLost { tokens, cost }));
    let unread = Tokens::new(found.writes.iter().map(|(_, sum)| sum.unread).sum());
    let premium = found.writes.iter().filter_map(|(_, sum)| sum.premium).sum();
    dear.push((premium, Finding::WritesUnread { tokens: unread, premium }));
    let retries = found.wasted.total(Waste::is_retry);
    dear.push((retries.cost, Finding::RetriesWasted { total: retries }));
    let (runs, excess) = found.loops.repeated();
    dear.push((excess, Finding::PromptsRepeated { runs, excess }));
    if let Some(one) = found.unusual.costliest() {
        let excess = one.excess();
        dear.push((excess, Finding::UnusualSpend { at: one.at, is_hour: one.is_hour, excess }));
    }
    let least = Usd::from_atto(bill.atto() / LEAST_PART);
    dear.retain(|(cost, _)| *cost > Usd::ZERO && *cost >= least);
    dear.sort_by_key(|(cost, _)| Reverse(*cost));
    let dear = dear.into_iter().map(|(_, finding)| finding);
    dear.chain(largest_lever(&found.levers, bill)).collect()
}

/// The lever that could give most and changes no answer. What is only a tenth of something is no
/// bound.
fn largest_lever(levers: &[Lever], bill: Usd) -> Option<Finding> {
    let bounds = levers.iter().filter(|lever| lever.keeps_answers && !lever.is_per_tenth);
    let largest = bounds.max_by_key(|lever| (lever.most, Reverse(lever.technique)))?;
    let most = largest.most.filter(|most| *most > Usd::ZERO)?;
    let share = Share::of(most.atto(), bill.atto())?;
    Some(Finding::LargestLever { label: largest.label, most, share })
}
