//! What a few settings at any strength would make of a bill, so that a page can say it without the log.
//!
//! A technique at an assumed rate splits each call into weighted ways, and the bill is linear in each
//! of those weights. It is enough to know it at the ends: with nothing in a batch and everything, with
//! every prompt found warm and none, with all calls moved and none. Everything between follows by
//! [`WhatIf::bill`], digit for digit what [`super::simulate`] says, as long as the product of the
//! rates has no more than nine decimals, which weights are rounded to: shares of moved calls in tenths
//! and other rates in hundredths do not go beyond that.
//!
//! Caps are not linear: the bill is known at a few of them. Where a cut answer shortens the later
//! prompts of its conversation, the share of moved calls is not linear either (what is gone from an
//! answer is an average over the ways it went), and it too is known at a few stops only.

use std::num::NonZeroUsize;

use crate::pricing::PriceBook;
use crate::techniques::{Facts, Prepared, Scenario, Watch};
use crate::units::{FineUsd, Rate, Tokens, Usd};
use crate::usage::Calls;

use super::attribution::Mask;
use super::bills::totals;
use super::chunks::on_threads;
use super::error::SimulationError;
use super::plan::Plan;
use super::run::{at_end, players};
use super::walk::causal_players;
use super::what_if_stops::{Stops, stops};

/// What is known of a bill under caps, moved calls, a batch, a prompt cache and a discount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// The bill of the priced calls, in dollars.
    pub baseline: Usd,
    /// The models that calls may be moved to; the dearest model's first.
    pub targets: Vec<String>,
    /// The shares of moved calls at which the bill is known, from nothing to all. Between two of them
    /// it is linear if there are only those two, and else not known.
    pub shares: Vec<Rate>,
    /// The caps at which it is known, the longest first; none stands for the first place of a row.
    pub caps: Vec<Tokens>,
    /// What nothing is moved for: by cap.
    unmoved: Vec<Corners>,
    /// By target, by share after the first, by cap.
    moved: Vec<Vec<Vec<Corners>>>,
}

/// A bill with nothing or everything in a batch, and without assumed caching, with every prompt cold
/// and with every prompt warm.
pub type Corners = [FineUsd; 6];

/// One choice of settings; what is left out changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The place of a target, and the share of calls that moves there: one of the known shares where
    /// there are more than two.
    pub tier: Option<(usize, Rate)>,
    /// The place of a cap.
    pub cap: Option<usize>,
    /// The part of calls that can wait for a batch.
    pub batch: Option<Rate>,
    /// The part of calls that find their prompt warm.
    pub cache_hit: Option<Rate>,
    /// What is taken off every price.
    pub discount: Option<Rate>,
}

/// The plans behind, whose columns a log must be read with.
const CORNERS: [&str; 3] =
    ["[batch]\nshare = \"1\"", "[prompt_caching]\nhit = \"1\"", "[prompt_caching]\nhit = \"0\""];

/// Which of those are on in each corner.
const SETS: [Mask; 6] = [0, 0b100, 0b010, 0b001, 0b101, 0b011];

impl WhatIf {
    /// A plan that reads the columns of a log that a what-if needs.
    ///
    /// # Panics
    /// Never: the plan is a constant.
    pub fn reading_plan() -> Plan {
        let tier =
            "[model_tiering]\nshare = \"1\"\nto = \"claude-haiku-4-5\"\n[output_cap]\ntokens = 1";
        plan(&format!("{tier}\n{}\n{}", CORNERS[0], CORNERS[1]))
    }

    /// Runs a log, in order of time, under every combination of stops. Longer logs have fewer stops.
    /// Nothing when no call has a price. `watch` is told how far it is.
    ///
    /// # Errors
    /// When an amount is beyond 10¹¹ dollars.
    pub fn of(
        calls: &Calls,
        book: &PriceBook,
        threads: NonZeroUsize,
        watch: Option<&dyn Watch>,
    ) -> Result<Option<Self>, SimulationError> {
        let facts = Facts::untold(calls, book).watched(watch);
        let behind = CORNERS.map(|text| prepared(&facts, text));
        let behind = behind.into_iter().collect::<Result<Vec<_>, _>>()?;
        let log = Log { facts: &facts, behind: &behind, threads };
        let stops = stops(&facts, |caps| log.remembers(caps));
        facts.expect_replays(stops.walks());
        let unmoved = log.bills(None, &stops)?.remove(0);
        let baseline = unmoved[0][0].to_usd();
        if baseline.is_zero() {
            return Ok(None);
        }
        let moved = stops.targets.iter().map(|target| log.bills(Some(target), &stops));
        let moved = moved.collect::<Result<_, _>>()?;
        let Stops { targets, shares, caps } = stops;
        Ok(Some(Self { baseline, targets, shares, caps, unmoved, moved }))
    }

    /// The bills where nothing is moved: without a cap, and with each.
    pub fn unmoved(&self) -> &[Corners] {
        &self.unmoved
    }

    /// The same by target and by share, from the second one on.
    pub fn moved(&self) -> &[Vec<Vec<Corners>>] {
        &self.moved
    }

    /// The bill with these settings, in dollars; nothing for a target, share or cap that is not known.
    pub fn bill(&self, choice: &Choice) -> Option<Usd> {
        let cap = choice.cap.map_or(0, |cap| cap + 1);
        let without = self.unmoved.get(cap)?;
        let corners = match choice.tier.filter(|(_, share)| *share > Rate::ZERO) {
            None => *without,
            Some((target, share)) => {
                let rows = self.moved.get(target)?;
                if let [_, _] = self.shares[..] {
                    between(without, rows[0].get(cap)?, share)?
                } else {
                    let place = self.shares.iter().position(|known| *known == share)?;
                    *rows.get(place - 1)?.get(cap)?
                }
            }
        };
        let batch = choice.batch.unwrap_or(Rate::ZERO);
        let [plain, batched] = [&corners[..3], &corners[3..]].map(|ends| match choice.cache_hit {
            None => Some(ends[0]),
            Some(hit) => weigh(ends[1], ends[2], hit),
        });
        let bill = weigh(plain?, batched?, batch)?;
        let paid = choice.discount.unwrap_or(Rate::ZERO).complement();
        Some(weigh(FineUsd::ZERO, bill, paid)?.to_usd())
    }
}

/// `from` where `rate` is nothing, `to` where it is all; nothing beyond the range of amounts.
fn weigh(from: FineUsd, to: FineUsd, rate: Rate) -> Option<FineUsd> {
    let part = |amount: FineUsd, rate: Rate| {
        let (one, rate) = (i128::from(Rate::ONE.parts()), i128::from(rate.parts()));
        let whole = (amount.raw() / one).checked_mul(rate)?;
        whole.checked_add(amount.raw() % one * rate / one).map(FineUsd::from_raw)
    };
    part(from, rate.complement())?.checked_add(part(to, rate)?)
}

fn between(from: &Corners, to: &Corners, rate: Rate) -> Option<Corners> {
    let mut found = [FineUsd::ZERO; 6];
    for (place, corner) in found.iter_mut().enumerate() {
        *corner = weigh(from[place], to[place], rate)?;
    }
    Some(found)
}

fn plan(text: &str) -> Plan {
    Plan::parse("what-if", text).expect("a text of this file")
}

/// One technique, ready for a log.
fn prepared(facts: &Facts<'_>, text: &str) -> Result<(Plan, Prepared), SimulationError> {
    let plan = plan(text);
    let technique = plan.techniques().next().expect("one technique is named");
    let prepared = at_end(facts, technique, Scenario::Expected)?;
    Ok((plan, prepared))
}

/// A log with what comes after moved calls and caps.
struct Log<'a> {
    facts: &'a Facts<'a>,
    behind: &'a [(Plan, Prepared)],
    threads: NonZeroUsize,
}

/// A technique that is ready, or none.
type Ready<'a> = Option<&'a (Plan, Prepared)>;

impl Log<'_> {
    /// The bills by share that is moved and by cap; without a target, where nothing is moved.
    fn bills(
        &self,
        target: Option<&str>,
        stops: &Stops,
    ) -> Result<Vec<Vec<Corners>>, SimulationError> {
        let tier = |to: &str, share: &Rate| {
            let to = toml::Value::from(to);
            prepared(self.facts, &format!("[model_tiering]\nshare = \"{share}\"\nto = {to}"))
        };
        let shares = stops.shares.iter().skip(1);
        let tiers =
            target.map_or(Ok(Vec::new()), |to| shares.map(|share| tier(to, share)).collect())?;
        let caps: Vec<_> =
            stops.caps.iter().map(|cap| self.cap(*cap)).collect::<Result<_, SimulationError>>()?;
        let caps = || std::iter::once(None).chain(caps.iter().map(Some));
        let pairs: Vec<(Ready<'_>, Ready<'_>)> = if target.is_some() {
            tiers.iter().flat_map(|tier| caps().map(move |cap| (Some(tier), cap))).collect()
        } else {
            caps().map(|cap| (None, cap)).collect()
        };
        let bills = on_threads(&pairs, self.threads, |(tier, cap)| self.corners(*tier, *cap))?;
        Ok(bills.chunks(stops.caps.len() + 1).map(<[_]>::to_vec).collect())
    }

    fn cap(&self, tokens: Tokens) -> Result<(Plan, Prepared), SimulationError> {
        prepared(self.facts, &format!("[output_cap]\ntokens = {}", tokens.get()))
    }

    /// Whether the log has to be walked in order of time under any of these caps.
    fn remembers(&self, caps: &[Tokens]) -> bool {
        let is_causal = |(plan, prepared): (Plan, Prepared)| {
            causal_players(&players(&plan, std::slice::from_ref(&prepared))) > 0
        };
        caps.iter().any(|cap| self.cap(*cap).is_ok_and(is_causal))
    }

    /// The bill in each corner, in one walk.
    fn corners(&self, tier: Ready<'_>, cap: Ready<'_>) -> Result<Corners, SimulationError> {
        let front = tier.into_iter().chain(cap);
        let before = front.clone().count();
        let players: Vec<_> = front
            .chain(self.behind)
            .flat_map(|(plan, prepared)| players(plan, std::slice::from_ref(prepared)))
            .collect();
        let sets = SETS.map(|behind| behind << before | ((1 << before) - 1));
        // Each of many walks has a thread of its own.
        let bills = totals(self.facts, &players, &sets, NonZeroUsize::MIN)?;
        Ok(bills.try_into().expect("one for each set"))
    }
}
