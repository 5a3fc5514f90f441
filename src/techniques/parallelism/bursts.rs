//! Calls that start before the first of them is answered.

use std::collections::BTreeMap;

use crate::pricing::ModelId;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, ServiceTier, column};

use super::super::facts::Facts;
use super::super::routes::StaticPrompts;
use super::super::scope::Selection;
use super::super::warmth::{CacheRules, Term};

const MILLIS_PER_SECOND: i64 = 1_000;

/// How long an entry is kept where the provider does not say.
const LIFETIME_UNSAID: u64 = 300;

/// What the shared start of the prompts costs over all cold bursts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Costs {
    /// When all calls of a burst are sent together: each writes it.
    pub(super) at_once: Usd,
    /// When one call goes first: it writes, the others read.
    pub(super) one_first: Usd,
}

/// The bursts of one call type and model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RouteBursts {
    pub(super) call_type: String,
    pub(super) model: String,
    /// Bursts that find the cache cold.
    pub(super) cold: u64,
    /// Bursts after a call that left an entry.
    pub(super) warm: u64,
    /// Calls in cold bursts.
    pub(super) calls: u64,
    /// Calls in the largest cold burst.
    pub(super) largest: u64,
    /// The shared start of the prompts, at most.
    pub(super) shared: Tokens,
    /// What that costs; nothing where it is too short to be cached or has no price.
    pub(super) costs: Option<Costs>,
}

/// Calls of one kind that started together.
#[derive(Clone, Copy)]
struct Burst {
    first: Row,
    model: ModelId,
    start: i64,
    calls: u64,
    is_cold: bool,
}

/// One call type and model while its calls pass.
#[derive(Default)]
struct Route {
    last: Option<i64>,
    open: Option<Burst>,
    found: Vec<Burst>,
}

/// The bursts of a log, those with the most to lose first.
pub(super) fn bursts(facts: &Facts<'_>, selection: &Selection, window: i64) -> Vec<RouteBursts> {
    let prompts = facts.static_prompts();
    let mut routes: BTreeMap<u32, Route> = BTreeMap::new();
    for (row, model) in facts.modelled_rows() {
        let call = facts.calls.call(row);
        let Some(time) = call.time.known() else { continue };
        let is_meant = call.is_single() && call.service_tier != ServiceTier::Batch;
        if !is_meant || call.input_total().is_zero() || !selection.holds(row) {
            continue;
        }
        let lifetime = lifetime(facts, row, model);
        let route = routes.entry(prompts.route(row)).or_default();
        route.add(row, model, time.millis(), (window, lifetime));
    }
    let told = routes.into_values().map(Route::closed);
    let told = told.filter(|found| !found.is_empty());
    let mut told: Vec<_> = told.map(|found| tell(facts, &prompts, &found)).collect();
    let lost = |one: &RouteBursts| one.costs.map(|costs| costs.at_once - costs.one_first);
    told.sort_by(|one, other| {
        let names = |route: &RouteBursts| (route.call_type.clone(), route.model.clone());
        lost(other).cmp(&lost(one)).then_with(|| names(one).cmp(&names(other)))
    });
    told
}

impl Route {
    fn add(&mut self, row: Row, model: ModelId, now: i64, (window, lifetime): (i64, i64)) {
        let is_same = self.open.is_some_and(|burst| now - burst.start < window * MILLIS_PER_SECOND);
        if is_same {
            self.open.iter_mut().for_each(|burst| burst.calls += 1);
        } else {
            self.close();
            let is_cold = self.last.is_none_or(|last| now - last > lifetime * MILLIS_PER_SECOND);
            self.open = Some(Burst { first: row, model, start: now, calls: 1, is_cold });
        }
        self.last = Some(now);
    }

    fn close(&mut self) {
        self.found.extend(self.open.take().filter(|burst| burst.calls > 1));
    }

    fn closed(mut self) -> Vec<Burst> {
        self.close();
        self.found
    }
}

/// The rules of the cache that a call would meet.
fn rules(facts: &Facts<'_>, row: Row, model: ModelId) -> CacheRules {
    let (call, geo) = (facts.calls.call(row), facts.calls.name(column::GEO, row));
    let placed = facts.book.placed(model, geo).unwrap_or(model);
    let has_price = |class| {
        let card = facts.book.card(model, &call, call.time, geo);
        card.is_ok_and(|card| card.price(class).is_some())
    };
    CacheRules::of(facts.book.cache_policy(placed, call.time), has_price)
}

/// Seconds that an entry lives.
fn lifetime(facts: &Facts<'_>, row: Row, model: ModelId) -> i64 {
    let seconds = rules(facts, row, model).seconds(Term::Default).unwrap_or(LIFETIME_UNSAID);
    i64::try_from(seconds).unwrap_or(i64::MAX / MILLIS_PER_SECOND)
}

fn tell(facts: &Facts<'_>, prompts: &StaticPrompts, found: &[Burst]) -> RouteBursts {
    let first = found[0].first;
    let cold = || found.iter().filter(|burst| burst.is_cold);
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let shared = prompts.floor(first);
    RouteBursts {
        call_type: facts.calls.name(column::CALL_TYPE, first).to_owned(),
        model: facts.calls.name(column::MODEL, first).to_owned(),
        cold: count(cold().count()),
        warm: count(found.len() - cold().count()),
        calls: cold().map(|burst| burst.calls).sum(),
        largest: cold().map(|burst| burst.calls).max().unwrap_or(0),
        shared,
        costs: cold().map(|burst| costs(facts, burst, shared)).try_fold(
            Costs { at_once: Usd::ZERO, one_first: Usd::ZERO },
            |sum, one| {
                let one = one?;
                Some(Costs {
                    at_once: sum.at_once.checked_add(one.at_once)?,
                    one_first: sum.one_first.checked_add(one.one_first)?,
                })
            },
        ),
    }
}

/// `k w` against `w + (k - 1) r`.
fn costs(facts: &Facts<'_>, burst: &Burst, shared: Tokens) -> Option<Costs> {
    let rules = rules(facts, burst.first, burst.model);
    let (minimum, step) = match rules {
        CacheRules::None => return None,
        CacheRules::Written { minimum, step, .. } | CacheRules::Automatic { minimum, step, .. } => {
            (minimum, step)
        }
    };
    let kept = Tokens::new(shared.get() - shared.get() % step.get().max(1));
    if kept < minimum || kept.is_zero() {
        return None;
    }
    let logged = facts.calls.call(burst.first);
    let geo = facts.calls.name(column::GEO, burst.first);
    let alone = |class: TokenClass| {
        let mut call =
            Call { time: logged.time, service_tier: logged.service_tier, ..Call::default() };
        call.tokens[class] = kept;
        facts.cost(burst.model, &call, geo).ok()
    };
    let (write, read) = (alone(rules.unread_class(Term::Default))?, alone(TokenClass::CacheRead)?);
    let one_first = write.checked_add(read.times(burst.calls - 1)?)?;
    Some(Costs { at_once: write.times(burst.calls)?, one_first })
}
