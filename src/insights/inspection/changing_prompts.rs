//! Call types whose prompts never match the one before: something near the start changes each time.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::pricing::ModelId;
use crate::techniques::warmth::{CacheRules, Term};
use crate::units::{Tokens, Usd};
use crate::usage::{Instant, Row};

use super::bill::{Bill, Route};
use super::cache_use::effect;

/// Fewer calls that could have read say nothing.
const LEAST_CALLS: u64 = 10;
/// Reading less than this part of the input is reading nothing: one twentieth.
const READ_PART: u64 = 20;
/// Prompts within a hundredth of each other have one length.
const LENGTH_PART: u64 = 100;
/// Without a published lifetime, five minutes: what most have.
const LIFETIME_SECONDS: u64 = 300;

/// The calls of a route that came soon enough after another of it to read its prompt.
#[derive(Clone, Copy, Debug, Default)]
struct Followers {
    calls: u64,
    input: Tokens,
    read: Tokens,
    written: Tokens,
    same_length: u64,
    premium: Usd,
    last: Option<(Instant, Tokens)>,
}

/// The routes with reason for suspicion, those with most input first.
pub(super) fn exhibit(bill: &Bill<'_>) -> Exhibit {
    let mut sheet = Exhibit::new(
        "changing_prompts",
        "Prompts that never match the one before",
        &[
            ("model", "model"),
            ("call_type", "call type"),
            ("calls", "calls in time"),
            ("read_share", "read"),
            ("written_share", "written"),
            ("same_length_share", "same length"),
            ("write_premium_usd", "premium of writes"),
        ],
    );
    let counted = models_with_counters(bill);
    let mut found: Vec<_> = followers(bill).into_iter().collect();
    found.retain(|(_, one)| {
        let reads = one.read.get().saturating_mul(READ_PART) >= one.input.get();
        one.calls >= LEAST_CALLS && !reads
    });
    found.retain(|((route, model), _)| {
        // A model without any counters may be cached without the log saying so.
        counted.get(model) == Some(&true) && !route.0.is_empty()
    });
    found.sort_by_cached_key(|((route, _), one)| (Reverse(one.input), bill.names(*route)));
    for ((route, _), one) in found {
        let [model, call_type] = bill.names(route);
        let of_input = |part: Tokens| Cell::share_of(part.get().into(), one.input.get().into());
        sheet.push([
            Cell::text(model),
            Cell::text(call_type),
            Cell::Count(one.calls),
            of_input(one.read),
            of_input(one.written),
            Cell::share_of(one.same_length.into(), one.calls.into()),
            Cell::Usd(one.premium),
        ]);
    }
    sheet.note(
        "calls within the lifetime of another of their model and type, long enough to be cached, \
         that read less than a twentieth: a time, an id or an order that changes near the start of \
         the prompt would do that, most of all where prompts have one length; so would prompts \
         with nothing in common",
    );
    if !counted.values().any(|is_counted| *is_counted) {
        sheet.note("cannot tell: the log counts no token as read from or written to a cache");
    }
    sheet
}

fn models_with_counters(bill: &Bill<'_>) -> HashMap<ModelId, bool> {
    let mut counted = HashMap::new();
    for row in bill.rows.iter().copied() {
        let Some(model) = bill.facts.model(row) else { continue };
        let call = bill.call(row);
        let cached = call.cache_read() + call.cache_written();
        *counted.entry(model).or_default() |= !cached.is_zero();
    }
    counted
}

fn followers(bill: &Bill<'_>) -> BTreeMap<(Route, ModelId), Followers> {
    let mut all: BTreeMap<(Route, ModelId), Followers> = BTreeMap::new();
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        let Some(model) = bill.facts.model(row) else { continue };
        if !call.is_single() || call.time.is_missing() {
            continue;
        }
        let rules = bill.facts.cache_rules(row, model, &call);
        if rules == CacheRules::None || call.input_total() < rules.minimum() {
            continue;
        }
        let one = all.entry((bill.route(row), model)).or_default();
        if let Some((time, length)) = one.last.replace((call.time, call.input_total())) {
            let seconds = rules.seconds(Term::Default).unwrap_or(LIFETIME_SECONDS);
            let gap = call.time.millis().saturating_sub(time.millis());
            let is_soon = u64::try_from(gap).is_ok_and(|gap| gap <= seconds.saturating_mul(1_000));
            if is_soon {
                one.note(bill, row, length);
            }
        }
    }
    all
}

impl Followers {
    fn note(&mut self, bill: &Bill<'_>, row: Row, before: Tokens) {
        let call = bill.call(row);
        let input = call.input_total();
        self.calls += 1;
        self.input += input;
        self.read += call.cache_read();
        self.written += call.cache_written();
        let apart = input.get().abs_diff(before.get());
        self.same_length += u64::from(apart <= before.get() / LENGTH_PART);
        if !call.cache_written().is_zero() {
            let effect = effect(bill, row, &call).unwrap_or_default();
            self.premium += effect.write_premium;
        }
    }
}
