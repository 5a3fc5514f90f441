//! Keeping entries alive with pings, and warming them up before many calls at once: what each would
//! bring on this log. Advice beside the plan, never part of its savings.

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row};

use super::super::branch::Branch;
use super::super::warmth::CacheRules;
use super::best::route_names;
use super::policy::Policy;
use super::prepare::Ground;
use super::rates::Rates;
use super::rules::{Lifetime, ReplayRules};
use super::standing::scene;
use super::store::Cache;

/// Pings come this much earlier than an entry dies: every 4.5 minutes for 5.
const SAFETY_TENTHS: i64 = 9;

/// What a ping sends after what it reads, in tokens, and what it answers.
const PING_SUFFIX: Tokens = Tokens::new(16);
const PING_ANSWER: Tokens = Tokens::new(1);

/// What pings would do for one route.
#[derive(Clone, Copy, Default)]
struct Pings {
    gaps: u64,
    bridged: u64,
    sent: u64,
    limit: u64,
    /// What bridging them saves, pings paid, if only they are pinged.
    foreseen: i128,
    /// The same if every gap is pinged until the limit.
    always: i128,
}

/// One use of something that may be in the cache: the end of the turn before, or a shared start.
struct Use {
    route: u32,
    /// Milliseconds since the use before; nothing for the first.
    gap: Option<i64>,
    tokens: Tokens,
    rates: Rates,
}

/// The tables; none where no cache is written to at a price.
pub(super) fn exhibits(ground: &Ground<'_>) -> Vec<Exhibit> {
    [keep_alive(ground), warm_up(ground)].into_iter().flatten().collect()
}

fn keep_alive(ground: &Ground<'_>) -> Option<Exhibit> {
    let mut routes: HashMap<u32, Pings> = HashMap::new();
    let (mut shared, mut ended) = (HashMap::new(), HashMap::new());
    for (row, branch) in ground.rows.iter() {
        let Some(access) = access(ground, row, &branch, &mut shared) else { continue };
        let lasting = life(ground, &access.rates);
        let every = lasting / 10 * SAFETY_TENTHS;
        let limit = limit(&access.rates);
        let pings = routes.entry(access.route).or_default();
        pings.limit = limit;
        ended.insert((access.route, access.rates.cache), (row, branch, access.tokens, limit));
        let Some(gap) = access.gap.filter(|gap| *gap > lasting) else { continue };
        let needed = u64::try_from((gap - 1) / every.max(1)).unwrap_or(u64::MAX);
        let Some(price) = prices(ground, row, &branch, access.tokens) else { continue };
        pings.gaps += 1;
        let gain = |count: u64| price.write - price.read - i128::from(count) * price.ping;
        if needed <= limit && gain(needed) > 0 {
            pings.bridged += 1;
            pings.sent += needed;
            pings.foreseen += gain(needed);
            pings.always += gain(needed);
        } else {
            pings.always -= i128::from(limit) * price.ping;
        }
    }
    for ((route, _), (row, branch, tokens, limit)) in &ended {
        // After the last use nobody knows that it was the last.
        let Some(price) = prices(ground, *row, branch, *tokens) else { continue };
        routes.entry(*route).or_default().always -= i128::from(*limit) * price.ping;
    }
    let longer = longer(ground)?;
    let mut exhibit = Exhibit::new(
        "cache_keep_alive",
        "Keeping cache entries alive over gaps (advice, in none of the figures)",
        &[
            ("call_type", "call type"),
            ("model", "model"),
            ("gaps", "gaps over 5 min"),
            ("bridged", "worth a ping"),
            ("pings", "pings"),
            ("foreseen_usd", "saves, foreseen"),
            ("always_usd", "saves, always"),
            ("longer_usd", "1 h instead saves"),
        ],
    );
    let mut rows: Vec<_> = routes.into_iter().filter(|(_, pings)| pings.gaps > 0).collect();
    rows.sort_by_key(|(route, pings)| (std::cmp::Reverse(pings.foreseen), *route));
    let limit = rows.first().map(|(_, pings)| pings.limit)?;
    for (route, pings) in rows {
        let [call_type, model] = route_names(ground, route as usize);
        exhibit.push([
            Cell::Text(call_type),
            Cell::Text(model),
            Cell::Count(pings.gaps),
            Cell::Count(pings.bridged),
            Cell::Count(pings.sent),
            Cell::Usd(Usd::from_atto(pings.foreseen)),
            Cell::Usd(Usd::from_atto(pings.always)),
            Cell::usd_or_missing(longer.get(route as usize).copied().flatten()),
        ]);
    }
    exhibit.note(format!(
        "a ping at nine tenths of the lifetime reads the prompt, sends {} tokens and takes {} back; at \
         most {limit} of them cost less than writing anew",
        PING_SUFFIX.get(),
        PING_ANSWER.get()
    ));
    exhibit.note(
        "foreseen: only gaps that end in time are pinged; always: every gap is, until a ping no \
         longer pays",
    );
    Some(exhibit.as_detail())
}

/// The most pings that cost less than writing anew: fewer than `(w - r) / r`.
fn limit(rates: &Rates) -> u64 {
    let (read, write) = (rates.read.parts(), rates.write_for(Lifetime::Short).parts());
    write.saturating_sub(read).saturating_sub(1).checked_div(read).unwrap_or(0)
}

fn life(ground: &Ground<'_>, rates: &Rates) -> i64 {
    ReplayRules::new(rates.rules, Lifetime::Short, &ground.terms).span.lifetime
}

/// What a call reads at best, and when that was used before.
fn access(
    ground: &Ground<'_>,
    row: Row,
    branch: &Branch,
    shared: &mut HashMap<(Cache, u32), i64>,
) -> Option<Use> {
    let rates = Rates::of(branch, ground.facts, &ground.lineage, row, &ground.terms)?;
    if !matches!(rates.rules, CacheRules::Written { .. }) {
        return None;
    }
    let lineage = &ground.lineage;
    let (at, route) = (lineage.time(row)?, lineage.route(row));
    let last = shared.insert((rates.cache, route), at);
    let turn = lineage.previous(row);
    let (before, tokens) = match turn {
        Some(turn) => (lineage.time(turn), lineage.length(turn)),
        None => (last, lineage.shared(row)),
    };
    let rules = ReplayRules::new(rates.rules, Lifetime::Short, &ground.terms);
    let tokens = rules.stored(tokens);
    let gap = before.map(|before| at - before);
    (!tokens.is_zero()).then_some(Use { route, gap, tokens, rates })
}

/// What writing, reading and pinging a prefix costs, in 10⁻¹⁸ dollars.
struct Prices {
    write: i128,
    read: i128,
    ping: i128,
}

fn prices(ground: &Ground<'_>, row: Row, branch: &Branch, tokens: Tokens) -> Option<Prices> {
    let scene = scene(ground.facts, row);
    let cost = |counts: &[(TokenClass, Tokens)]| {
        let mut call = Call {
            time: branch.call.time,
            service_tier: branch.call.service_tier,
            ..Call::default()
        };
        for (class, count) in counts {
            call.tokens[*class] = *count;
        }
        Some(scene.cost(&Branch { call, ..*branch }).ok()?.atto())
    };
    Some(Prices {
        write: cost(&[(TokenClass::CacheWrite5m, tokens)])?,
        read: cost(&[(TokenClass::CacheRead, tokens)])?,
        ping: cost(&[
            (TokenClass::CacheRead, tokens),
            (TokenClass::Input, PING_SUFFIX),
            (TokenClass::Output, PING_ANSWER),
        ])?,
    })
}

/// What the longer lifetime saves against the default one, of each route.
fn longer(ground: &Ground<'_>) -> Option<Vec<Option<Usd>>> {
    let standing = |lifetime| {
        let mut replay = ground.uniform(Policy::Replay, lifetime);
        replay.decides_anew = true;
        ground.standing(Some(&replay))
    };
    let (short, long) = (standing(Lifetime::Short)?, standing(Lifetime::Long)?);
    let both = short.routes.iter().zip(&long.routes);
    let saved = both.map(|(short, long)| Some(short.cost.to_usd() - long.cost.to_usd()));
    Some(if ground.has_long() { saved.collect() } else { Vec::new() })
}

/// Calls that come together to a cold entry, of one route.
#[derive(Clone, Copy)]
struct Burst {
    started: i64,
    last: i64,
    is_cold: bool,
    calls: u64,
}

fn warm_up(ground: &Ground<'_>) -> Option<Exhibit> {
    let mut bursts: HashMap<(Cache, u32), Burst> = HashMap::new();
    // Bursts, their calls, and what one call ahead saves.
    let mut routes: HashMap<u32, (u64, u64, i128)> = HashMap::new();
    for (row, branch) in ground.rows.iter() {
        let rates = Rates::of(&branch, ground.facts, &ground.lineage, row, &ground.terms);
        let Some(rates) = rates.filter(|it| matches!(it.rules, CacheRules::Written { .. })) else {
            continue;
        };
        let (Some(at), route) = (ground.lineage.time(row), ground.lineage.route(row)) else {
            continue;
        };
        let rules = ReplayRules::new(rates.rules, Lifetime::Short, &ground.terms);
        let tokens = rules.stored(ground.lineage.shared(row));
        if tokens.is_zero() || ground.lineage.previous(row).is_some() {
            continue;
        }
        let fresh = Burst { started: at, last: at, is_cold: true, calls: 1 };
        let Some(burst) = bursts.get_mut(&(rates.cache, route)) else {
            bursts.insert((rates.cache, route), fresh);
            continue;
        };
        if at - burst.started >= rules.span.wait {
            *burst = Burst { is_cold: at - burst.last > rules.span.lifetime, ..fresh };
            continue;
        }
        (burst.last, burst.calls) = (at, burst.calls + 1);
        if burst.is_cold {
            let Some(price) = prices(ground, row, &branch, tokens) else { continue };
            let (count, calls, saved) = routes.entry(route).or_default();
            *count += u64::from(burst.calls == 2);
            *calls += if burst.calls == 2 { 2 } else { 1 };
            *saved += price.write - price.read;
        }
    }
    let mut exhibit = Exhibit::new(
        "cache_warm_up",
        "Letting one call go first where many start together (advice, in none of the figures)",
        &[
            ("call_type", "call type"),
            ("model", "model"),
            ("bursts", "cold bursts"),
            ("calls", "calls in them"),
            ("saved_usd", "one first saves"),
        ],
    );
    let mut rows: Vec<_> = routes.into_iter().collect();
    rows.sort_by_key(|(route, (_, _, saved))| (std::cmp::Reverse(*saved), *route));
    for (route, (bursts, calls, saved)) in rows {
        let [call_type, model] = route_names(ground, route as usize);
        exhibit.push([
            Cell::Text(call_type),
            Cell::Text(model),
            Cell::Count(bursts),
            Cell::Count(calls),
            Cell::Usd(Usd::from_atto(saved)),
        ]);
    }
    exhibit.note(
        "k calls at once each write the start they share; when one goes first, the others read it: \
         k - 1 times the price of writing less that of reading",
    );
    (!exhibit.rows.is_empty()).then(|| exhibit.as_detail())
}
