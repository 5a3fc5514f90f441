//! The best that any cache policy could do, with knowledge of what comes: a bound to compare with.
//!
//! Prompts are taken apart into the segments that they share (blocks; or what each turn adds, and
//! the shared start). For each segment alone, the cheapest way through all its uses is found: leave
//! it plain, write it for the short or the long time, read it while it lives. A run of `k` uses
//! within the lifetime so costs the least of `k` and `w + r (k - 1)`. No policy can do better: it
//! would have to read what was never written. What was written can be read at once here.

use hashbrown::HashMap;

use crate::units::{Factor, Tokens};
use crate::usage::Row;

use super::super::branch::Branch;
use super::super::facts::Facts;
use super::lineage::Lineage;
use super::rates::Rates;
use super::rules::{Lifetime, ReplayRules, Terms};
use super::store::Cache;

/// What the input of a row becomes, in tokens; the rest is plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) read: Tokens,
    /// Written for the default lifetime.
    pub(super) short: Tokens,
    /// Written for the longer one.
    pub(super) long: Tokens,
}

/// The same of every row.
#[derive(Debug)]
pub(super) struct Foreseen(Vec<Fate>);

impl Foreseen {
    /// What becomes of a row.
    pub(super) fn row(&self, row: Row) -> Fate {
        self.0[row]
    }
}

/// One use of a segment.
#[derive(Clone, Copy)]
struct Access {
    row: Row,
    /// Milliseconds.
    at: i64,
    tokens: u64,
    rates: Rates,
    /// Milliseconds that entries live: the default and the longer lifetime.
    lives: [i64; 2],
}

/// How a use is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Plain,
    Read,
    Short,
    Long,
}

/// What is there after a use: nothing, an entry of the default lifetime, one of the longer.
const STATES: usize = 3;

/// Finds the best for every row.
pub(super) fn foresee(
    rows: &[(Row, Branch)],
    facts: &Facts<'_>,
    lineage: &Lineage,
    terms: &Terms,
) -> Foreseen {
    let mut fates = Foreseen(vec![Fate::default(); facts.calls.len()]);
    let accesses =
        rows.iter().filter_map(|(row, branch)| access(*row, branch, facts, lineage, terms));
    let accesses: Vec<Access> = accesses.collect();
    if lineage.blocks.is_some() {
        by_blocks(&accesses, lineage, &mut fates);
    } else {
        by_turns(&accesses, lineage, &mut fates);
    }
    fates
}

fn access(
    row: Row,
    branch: &Branch,
    facts: &Facts<'_>,
    lineage: &Lineage,
    terms: &Terms,
) -> Option<Access> {
    let rates = Rates::of(branch, facts, row, terms)?;
    let [short, long] = [Lifetime::Short, Lifetime::Long]
        .map(|lifetime| ReplayRules::new(rates.rules, lifetime, terms));
    if short.stored(lineage.length(row)).is_zero() {
        return None;
    }
    let lives = [short.span.lifetime, long.span.lifetime];
    Some(Access { row, at: lineage.time(row)?, tokens: 0, rates, lives })
}

fn by_blocks(accesses: &[Access], lineage: &Lineage, fates: &mut Foreseen) {
    let Some(blocks) = &lineage.blocks else { return };
    let mut segments: HashMap<(Cache, u32), Vec<Access>> = HashMap::new();
    for access in accesses {
        let mut left = lineage.length(access.row).get();
        for block in blocks.row(access.row) {
            let tokens = left.min(blocks.size);
            left -= tokens;
            let segment = segments.entry((access.rates.cache, *block)).or_default();
            segment.push(Access { tokens, ..*access });
        }
    }
    // Sums of tokens: the order of segments changes nothing.
    for segment in segments.into_values() {
        settle(&segment, None, fates);
    }
}

fn by_turns(accesses: &[Access], lineage: &Lineage, fates: &mut Foreseen) {
    let mut shared: HashMap<(Cache, u32), Vec<Access>> = HashMap::new();
    let mut chains: Vec<Vec<Access>> = Vec::new();
    let mut places: HashMap<Row, usize> = HashMap::new();
    for access in accesses {
        let before = lineage.previous(access.row).and_then(|before| places.get(&before).copied());
        let chain = before.filter(|chain| {
            let last = chains[*chain].last();
            last.is_some_and(|last| last.rates.cache == access.rates.cache)
        });
        let chain = chain.unwrap_or_else(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[chain].push(*access);
        places.insert(access.row, chain);
        let tokens = lineage.shared(access.row).min(lineage.length(access.row)).get();
        let route = (access.rates.cache, lineage.route(access.row));
        shared.entry(route).or_default().push(Access { tokens, ..*access });
    }
    for segment in shared.into_values() {
        settle(&segment, None, fates);
    }
    for chain in chains {
        let mut before = chain.first().map_or(0, |first| lineage.shared(first.row).get());
        for place in 0..chain.len() {
            let length = lineage.length(chain[place].row).get();
            settle(&chain[place..], Some(length.saturating_sub(before)), fates);
            before = length.max(before);
        }
    }
}

/// Finds the cheapest way through the uses of one segment and adds it to the rows. `tokens` are
/// those of every use, unless each has its own.
fn settle(uses: &[Access], tokens: Option<u64>, fates: &mut Foreseen) {
    if tokens == Some(0) || uses.len() < 2 {
        return;
    }
    for (access, paid) in uses.iter().zip(cheapest(uses, tokens)) {
        let count = Tokens::new(tokens.unwrap_or(access.tokens));
        let fate = &mut fates.0[access.row];
        match paid {
            Use::Plain => {}
            Use::Read => fate.read += count,
            Use::Short => fate.short += count,
            Use::Long => fate.long += count,
        }
    }
}

/// How each use is best paid for.
fn cheapest(uses: &[Access], tokens: Option<u64>) -> Vec<Use> {
    let mut costs = [0, u128::MAX, u128::MAX];
    let mut steps: Vec<[(Use, usize); STATES]> = Vec::with_capacity(uses.len());
    let mut before: Option<i64> = None;
    for access in uses {
        let gap = before.map_or(i64::MAX, |before| access.at - before);
        before = Some(access.at);
        let price = u128::from(tokens.unwrap_or(access.tokens)) * u128::from(access.rates.plain);
        let pay = |factor: Factor| price.saturating_mul(u128::from(factor.parts()));
        let (from, least) = least(costs);
        let mut next = [(Use::Plain, from), (Use::Short, from), (Use::Long, from)];
        let [short, long] = access.rates.write;
        let mut after = [Factor::ONE, short, long].map(|factor| least.saturating_add(pay(factor)));
        for (state, life) in [1, 2].into_iter().zip(access.lives) {
            let read = costs[state].saturating_add(pay(access.rates.read));
            if gap <= life && costs[state] != u128::MAX && read < after[state] {
                after[state] = read;
                next[state] = (Use::Read, state);
            }
        }
        steps.push(next);
        costs = after;
    }
    let (mut state, _) = least(costs);
    let mut paid: Vec<Use> = Vec::with_capacity(uses.len());
    for step in steps.iter().rev() {
        let (one, before) = step[state];
        paid.push(one);
        state = before;
    }
    paid.reverse();
    paid
}

/// The cheapest state, the first of equals, and its cost.
fn least(costs: [u128; STATES]) -> (usize, u128) {
    let mut found = (0, costs[0]);
    for (state, cost) in costs.into_iter().enumerate() {
        if cost < found.1 {
            found = (state, cost);
        }
    }
    found
}
