//! The best that any cache policy could do, with knowledge of what comes: a bound to compare with.
//!
//! Prompts are taken apart into the segments that they share (blocks; or what each turn adds, and
//! the shared start). For each segment alone, the cheapest way through all its uses is found: leave
//! it plain, write it for the short or the long time, read it while it lives. A run of `k` uses
//! within the lifetime so costs the least of `k` and `w + r (k - 1)`. No policy can do better: it
//! would have to read what was never written. What was written can be read after the same wait as
//! elsewhere; uses until then are plain, and keep it alive.
//!
//! Where calls of several lifetimes share a cache, what was written for the short time lives on for
//! the long one when it is read at the start of a longer prefix that is written for the long time: the
//! part that was read costs only the read (Anthropic's page on prompt caching, "mixing different TTLs",
//! read 2026-10). Segments are settled alone, so the rest of that prefix is not made to pay for it, and
//! the bound is lower by at most that.

use hashbrown::HashMap;

use crate::units::{Factor, Tokens};
use crate::usage::Row;

use super::super::branch::Branch;
use super::super::facts::Facts;
use super::lineage::Lineage;
use super::rates::Rates;
use super::rules::{Lifetime, ReplayRules, Terms};
use super::standing::Compared;
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
    /// Whether its prompt goes on after the segment.
    goes_on: bool,
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

/// Finds the best for every row. `is_mixed` says whether the policies that it bounds use several
/// lifetimes at once.
pub(super) fn foresee(
    rows: &Compared<'_>,
    facts: &Facts<'_>,
    lineage: &Lineage,
    terms: &Terms,
    is_mixed: bool,
) -> Foreseen {
    let fates = Foreseen(vec![Fate::default(); facts.calls.len()]);
    let accesses =
        rows.iter().filter_map(|(row, branch)| access(row, &branch, facts, lineage, terms));
    let accesses: Vec<Access> = accesses.collect();
    let mut settler = Settler { wait: terms.wait, is_mixed, fates };
    if lineage.blocks.is_some() {
        by_blocks(&accesses, lineage, &mut settler);
    } else {
        by_turns(&accesses, lineage, &mut settler);
    }
    settler.fates
}

fn access(
    row: Row,
    branch: &Branch,
    facts: &Facts<'_>,
    lineage: &Lineage,
    terms: &Terms,
) -> Option<Access> {
    let rates = Rates::of(branch, facts, lineage, row, terms)?;
    let [short, long] = [Lifetime::Short, Lifetime::Long]
        .map(|lifetime| ReplayRules::new(rates.rules, lifetime, terms));
    if short.stored(lineage.length(row)).is_zero() {
        return None;
    }
    let lives = [short.span.lifetime, long.span.lifetime];
    Some(Access { row, at: lineage.time(row)?, tokens: 0, goes_on: false, rates, lives })
}

fn by_blocks(accesses: &[Access], lineage: &Lineage, settler: &mut Settler) {
    let Some(blocks) = &lineage.blocks else { return };
    let mut segments: HashMap<(Cache, u32), Vec<Access>> = HashMap::new();
    for access in accesses {
        let (row, length) = (access.row, lineage.length(access.row));
        let mut before = Tokens::ZERO;
        for (place, block) in blocks.row(row).iter().enumerate() {
            let end = blocks.tokens(row, place + 1).min(length);
            let tokens = end.saturating_sub(before).get();
            before = end;
            let segment = segments.entry((access.rates.cache, *block)).or_default();
            segment.push(Access { tokens, goes_on: end < length, ..*access });
        }
    }
    // Sums of tokens: the order of segments changes nothing.
    for segment in segments.into_values() {
        settler.settle(&segment, None);
    }
}

fn by_turns(accesses: &[Access], lineage: &Lineage, settler: &mut Settler) {
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
        let length = lineage.length(access.row);
        let tokens = lineage.shared(access.row).min(length);
        let route = (access.rates.cache, lineage.route(access.row));
        let access = Access { tokens: tokens.get(), goes_on: tokens < length, ..*access };
        shared.entry(route).or_default().push(access);
    }
    for segment in shared.into_values() {
        settler.settle(&segment, None);
    }
    for mut chain in chains {
        let mut before = chain.first().map_or(0, |first| lineage.shared(first.row).get());
        for place in 0..chain.len() {
            let length = lineage.length(chain[place].row).get();
            for access in &mut chain[place..] {
                access.goes_on = lineage.length(access.row).get() > length;
            }
            settler.settle(&chain[place..], Some(length.saturating_sub(before)));
            before = length.max(before);
        }
    }
}

/// Finds the best for one segment after the other.
struct Settler {
    /// Milliseconds until what was written can be read.
    wait: i64,
    /// Whether an entry may live on for the long time.
    is_mixed: bool,
    fates: Foreseen,
}

impl Settler {
    /// Finds the cheapest way through the uses of one segment and adds it to the rows. `tokens` are
    /// those of every use, unless each has its own.
    fn settle(&mut self, uses: &[Access], tokens: Option<u64>) {
        if tokens == Some(0) || uses.len() < 2 {
            return;
        }
        for (access, paid) in uses.iter().zip(cheapest(uses, tokens, self.wait, self.is_mixed)) {
            let count = Tokens::new(tokens.unwrap_or(access.tokens));
            let fate = &mut self.fates.0[access.row];
            match paid {
                Use::Plain => {}
                Use::Read => fate.read += count,
                Use::Short => fate.short += count,
                Use::Long => fate.long += count,
            }
        }
    }
}

/// How one gets to a state.
#[derive(Clone, Copy)]
struct Step {
    /// What was done.
    paid: Use,
    /// At which use.
    at: usize,
    /// In which state that was.
    from: usize,
    /// A use that wrote for the longer time before the entry of this one could be read.
    longer: Option<usize>,
}

/// The cheapest ways to stand before each use.
struct Ways {
    costs: Vec<[u128; STATES]>,
    steps: Vec<[Step; STATES]>,
}

impl Ways {
    fn reach(&mut self, place: usize, state: usize, cost: u128, step: Step) {
        if cost < self.costs[place][state] {
            self.costs[place][state] = cost;
            self.steps[place][state] = step;
        }
    }
}

/// How each use is best paid for.
fn cheapest(uses: &[Access], tokens: Option<u64>, wait: i64, is_mixed: bool) -> Vec<Use> {
    let price = |access: &Access| {
        u128::from(tokens.unwrap_or(access.tokens)) * u128::from(access.rates.plain)
    };
    let pay =
        |access: &Access, factor: Factor| price(access).saturating_mul(u128::from(factor.parts()));
    // What it costs more to write for the longer time than not at all.
    let dearer = |access: &Access| {
        pay(access, access.rates.write[1]).saturating_sub(pay(access, Factor::ONE))
    };
    // What all uses before each cost plain.
    let mut plain = vec![0_u128];
    for access in uses {
        plain.push(plain[plain.len() - 1].saturating_add(pay(access, Factor::ONE)));
    }
    let mut ways = Ways {
        costs: vec![[u128::MAX; STATES]; uses.len() + 1],
        steps: vec![
            [Step { paid: Use::Plain, at: 0, from: 0, longer: None }; STATES];
            uses.len() + 1
        ],
    };
    ways.costs[0][0] = 0;
    let mut readable = 0;
    for (place, access) in uses.iter().enumerate() {
        let costs = ways.costs[place];
        let (from, cost) = least(costs);
        let step = |paid, from| Step { paid, at: place, from, longer: None };
        ways.reach(place + 1, 0, cost + pay(access, Factor::ONE), step(Use::Plain, from));
        readable = readable.max(place + 1);
        while uses.get(readable).is_some_and(|later| later.at < access.at.saturating_add(wait)) {
            readable += 1;
        }
        // Until then the others are plain, and each starts the lifetime again.
        let meanwhile = plain[readable] - plain[place + 1];
        for (state, paid) in [(1, Use::Short), (2, Use::Long)] {
            let written = cost + pay(access, access.rates.write[state - 1]) + meanwhile;
            ways.reach(readable, state, written, step(paid, from));
            let longer = (place + 1..readable).map(|place| (dearer(&uses[place]), place)).min();
            if state == 1
                && let Some((more, longer)) = longer
            {
                let step = Step { longer: Some(longer), ..step(paid, from) };
                ways.reach(readable, 2, written + more, step);
            }
            let gap = place.checked_sub(1).map_or(i64::MAX, |before| access.at - uses[before].at);
            if costs[state] != u128::MAX && gap <= access.lives[state - 1] {
                let read = costs[state] + pay(access, access.rates.read);
                ways.reach(place + 1, state, read, step(Use::Read, state));
                if is_mixed && access.goes_on {
                    ways.reach(place + 1, 2, read, step(Use::Read, state));
                }
            }
        }
    }
    let mut paid = vec![Use::Plain; uses.len()];
    let (mut place, (mut state, _)) = (uses.len(), least(ways.costs[uses.len()]));
    while place > 0 {
        let step = ways.steps[place][state];
        paid[step.at] = step.paid;
        if let Some(longer) = step.longer {
            paid[longer] = Use::Long;
        }
        (place, state) = (step.at, step.from);
    }
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
