//! Getting a replay ready for a log: its lineage, its lifetimes, its breakpoints.

use std::sync::Arc;

use crate::units::{Rate, TokenClass, Tokens};

use super::super::batch;
use super::super::facts::Facts;
use super::super::scope::Selection;
use super::super::technique::{Evidence, Prepared, Scenario};
use super::super::warmth::CacheRules;
use super::super::wording::grouped;
use super::calibration;
use super::comparison::Comparison;
use super::gate::{CacheReplay, Placing};
use super::kappa::Likely;
use super::lineage::Lineage;
use super::oracle::foresee;
use super::policy::{End, Marks, Policy};
use super::rates::Rates;
use super::rules::{Lifetime, Terms};
use super::selective::breakpoints;
use super::standing::{Compared, Standing, summed_calls};

/// At the low end an automatic cache, which promises nothing, finds this part of what it could.
const AUTOMATIC_LOW: &str = "0.8";

/// Longer logs are compared under all policies only when asked: it takes a dozen replays.
const COMPARED_MAX: usize = 200_000;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Order {
    pub(in super::super) policy: Policy,
    pub(in super::super) lifetime: Lifetime,
    pub(in super::super) terms: Terms,
    /// How much prompts of a call type share, where the user says so.
    pub(in super::super) shared: Option<Tokens>,
    /// How likely automatic caches find what is there; one, and less at the low end, for nothing.
    pub(in super::super) automatic: Option<Rate>,
    /// Whether reads are corrected by what the counters of the log show.
    pub(in super::super) calibrates: bool,
    /// Whether all policies are compared; nothing for logs that are not too long.
    pub(in super::super) compares: Option<bool>,
}

/// A log as every policy sees it.
pub(super) struct Ground<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) selection: Arc<Selection>,
    pub(super) lineage: Arc<Lineage>,
    pub(super) terms: Terms,
    /// The calls that policies are compared on.
    pub(super) rows: Compared<'a>,
    pub(super) likely: Arc<Likely>,
    /// The machine that each row is sent to; empty for one machine.
    pub(super) machines: Arc<Vec<u32>>,
    /// Calls in scope that are left out: their rows sum up several.
    pub(super) summed: u64,
}

impl<'a> Ground<'a> {
    /// A log, and the calls in scope that have a price.
    pub(super) fn new(
        facts: &'a Facts<'a>,
        selection: Selection,
        lineage: Lineage,
        terms: Terms,
    ) -> Self {
        Self {
            facts,
            rows: Compared::of(&selection, facts),
            summed: summed_calls(&selection, facts),
            selection: Arc::new(selection),
            lineage: Arc::new(lineage),
            terms,
            likely: Arc::default(),
            machines: Arc::default(),
        }
    }

    /// A replay under a policy with these lifetimes, one a route; the oracle always takes the best, and
    /// goes by whether those of the policies it bounds differ.
    pub(super) fn replay(&self, policy: Policy, lifetimes: Vec<Option<Lifetime>>) -> CacheReplay {
        let placing = match policy {
            Policy::Off => Placing::Fixed(Marks::NONE),
            Policy::Replay => Placing::Fixed(Marks::ALL),
            Policy::SystemOnly => Placing::Fixed(Marks::SHARED),
            Policy::AutoLast => Placing::Fixed(Marks::LAST),
            Policy::AsLogged => Placing::ByRow(Arc::new(self.logged())),
            Policy::Selective => {
                let Self { rows, facts, lineage, terms, .. } = self;
                Placing::ByRow(Arc::new(breakpoints(rows, facts, lineage, &lifetimes, terms)))
            }
            Policy::Oracle => {
                let Self { rows, facts, lineage, terms, .. } = self;
                let is_mixed = lifetimes.windows(2).any(|pair| pair[0] != pair[1]);
                Placing::Foreseen(Arc::new(foresee(rows, facts, lineage, terms, is_mixed)))
            }
        };
        let is_corrected = !matches!(policy, Policy::AsLogged | Policy::Oracle | Policy::Off);
        CacheReplay {
            selection: Arc::clone(&self.selection),
            lineage: Arc::clone(&self.lineage),
            policy,
            placing,
            lifetimes: Arc::new(lifetimes),
            terms: self.terms,
            decides_anew: policy.decides_anew(),
            likely: if is_corrected { Arc::clone(&self.likely) } else { Arc::default() },
            machines: Arc::clone(&self.machines),
            has_batch: Arc::default(),
        }
    }

    /// The same with one lifetime for all.
    pub(super) fn uniform(&self, policy: Policy, lifetime: Lifetime) -> CacheReplay {
        if policy == Policy::AsLogged {
            return self.replay(policy, self.logged_lifetimes());
        }
        self.replay(policy, vec![Some(lifetime); self.lineage.route_count()])
    }

    /// What a reader should know where some calls are left out.
    pub(super) fn left_out(&self) -> Option<String> {
        (self.summed > 0).then(|| {
            format!(
                "{} calls are not replayed: their rows sum up several calls and do not say when \
                 each came",
                grouped(self.summed)
            )
        })
    }

    /// What the log costs under a replay.
    pub(super) fn standing(&self, replay: Option<&CacheReplay>) -> Option<Standing> {
        Standing::of(&self.rows, replay, &|row| self.lineage.route(row), self.facts)
    }

    /// Whether the log has counters of cached tokens.
    pub(super) fn is_counted(&self) -> bool {
        self.rows.iter().any(|(_, branch)| !branch.cached().is_zero())
    }

    /// Whether some calls can choose between lifetimes.
    pub(super) fn has_long(&self) -> bool {
        self.rows.iter().any(|(row, branch)| {
            let rates = Rates::of(&branch, self.facts, &self.lineage, row, &self.terms);
            matches!(rates.map(|rates| rates.rules),
                Some(CacheRules::Written { lifetimes: [short, long], .. }) if short != long)
        })
    }

    /// Whether all caches of the calls are kept by the provider alone.
    pub(super) fn is_automatic(&self) -> bool {
        let mut rules = self.rows.iter().filter_map(|(row, branch)| {
            Rates::of(&branch, self.facts, &self.lineage, row, &self.terms).map(|rates| rates.rules)
        });
        rules.all(|rules| matches!(rules, CacheRules::Automatic { .. }))
    }

    /// Breakpoints where the counters show that something was cached.
    fn logged(&self) -> Vec<Marks> {
        let mut marks = vec![Marks::NONE; self.facts.calls.len()];
        for (row, branch) in self.rows.iter() {
            let cached = branch.cached();
            if !cached.is_zero() {
                marks[row] = Marks { shared: true, end: End::At(cached), every_block: false };
            }
        }
        marks
    }

    /// The lifetime of most of what each route wrote.
    pub(super) fn logged_lifetimes(&self) -> Vec<Option<Lifetime>> {
        let mut written = vec![[Tokens::ZERO; 2]; self.lineage.route_count()];
        for (row, branch) in self.rows.iter() {
            let [short, long] = &mut written[self.lineage.route(row) as usize];
            *short += branch.call.tokens[TokenClass::CacheWrite5m];
            *long += branch.call.tokens[TokenClass::CacheWrite1h];
        }
        let lifetime = |[short, long]: [Tokens; 2]| {
            Some(if long > short { Lifetime::Long } else { Lifetime::Short })
        };
        written.into_iter().map(lifetime).collect()
    }
}

impl CacheReplay {
    /// Looks at the log; refuses where it does not say when calls were made.
    pub(in super::super) fn prepare(
        facts: &Facts<'_>,
        selection: Selection,
        order: Order,
        scenario: Scenario,
    ) -> Prepared {
        let lineage = Lineage::of(facts, order.shared, scenario);
        if !lineage.has_times() {
            return Prepared::refused(
                "some calls have no time, and a cache is warm or cold by time; leave those out with \
                 --where \"time IS NOT NULL\", or give the rate with `hit` instead",
            );
        }
        let warnings = selection.warnings("prompt caching");
        let mut ground = Ground::new(facts, selection, lineage, order.terms);
        if ground.rows.is_empty() && ground.summed > 0 {
            return Prepared::refused(
                "all rows sum up several calls, and a cache is warm or cold by the time of each; give \
                 the rate with `hit` instead",
            );
        }
        let automatic = order.automatic.or_else(|| {
            (scenario == Scenario::Low)
                .then(|| Rate::parse(AUTOMATIC_LOW).expect("a constant of this file"))
        });
        if scenario == Scenario::Low {
            ground.machines = Arc::new(super::spill::machines(&ground));
        }
        let found =
            (order.calibrates && ground.is_counted()).then(|| calibration::measure(&ground));
        let kappas = found.as_ref().filter(|_| scenario != Scenario::High);
        ground.likely = Arc::new(Likely {
            routes: kappas.map(calibration::Calibration::rates).unwrap_or_default(),
            automatic,
            batch: Some(batch::hits(scenario)),
        });
        let chosen = (order.lifetime == Lifetime::Best && order.policy != Policy::Oracle)
            .then(|| super::best::choose(&ground, order.policy));
        let replay = match &chosen {
            Some(chosen) => ground.replay(order.policy, chosen.lifetimes.clone()),
            None => ground.uniform(order.policy, order.lifetime),
        };
        let note = format!("replayed: {}", ground.lineage.evidence());
        let mut prepared = Prepared::ready(replay, Evidence::Replayed, note);
        prepared.warnings = warnings;
        if facts.is_told(scenario) {
            let left_out = ground.left_out().map(|why| format!("prompt caching: {why}"));
            prepared.warnings.extend(left_out);
            prepared.warnings.extend(unused_likelihood(&ground, &order));
            // Nobody reads what the ends assume.
            prepared.assumptions.extend(ground.lineage.told_of_texts());
            prepared.assumptions.extend(ground.lineage.ideal(facts));
            prepared.warnings.extend(super::broken_starts::warnings(&ground));
            prepared.assumptions.extend(assumptions(&ground, &order));
            if let Some(chosen) = chosen {
                prepared.exhibits.push(chosen.exhibit(&ground));
                prepared.assumptions.push(super::best::IN_SAMPLE.to_owned());
            }
            if let Some(found) = found {
                prepared.warnings.extend(found.warnings(&ground));
                prepared.exhibits.push(found.exhibit(&ground));
            }
            compare(&mut prepared, &ground, &order);
        }
        prepared
    }
}

/// Tells that a likelihood for automatic caches is given where there are none.
fn unused_likelihood(ground: &Ground<'_>, order: &Order) -> Option<String> {
    (order.automatic.is_some() && !ground.facts.has_automatic()).then(|| {
        "prompt caching: `hit_prob` (--cache-hit-prob) changes nothing: it is for caches that \
         providers keep by themselves, and no model of this log has one"
            .to_owned()
    })
}

/// Adds the tables of all policies and of what else could be done, unless the log is too long.
fn compare(prepared: &mut Prepared, ground: &Ground<'_>, order: &Order) {
    if !order.compares.unwrap_or(ground.rows.len() <= COMPARED_MAX) {
        prepared.assumptions.push(
            "the other policies are not compared: it takes a dozen replays (compare = true)"
                .to_owned(),
        );
        return;
    }
    if let Some(comparison) = Comparison::of(ground) {
        prepared.assumptions.extend(comparison.told());
        prepared.exhibits.splice(0..0, comparison.exhibits(ground.left_out().as_deref()));
    }
    prepared.exhibits.extend(super::advice::exhibits(ground));
}

/// What a replay under a policy takes for granted.
fn assumptions(ground: &Ground<'_>, order: &Order) -> Vec<String> {
    let millis = order.terms.wait;
    let wait = match (millis / 1_000, millis % 1_000) {
        (seconds, 0) => format!("{seconds} s"),
        _ => format!("{millis} ms"),
    };
    let mut told = vec![format!(
        "entries live from their last use; {}; an entry can be read {wait} after it was written",
        order.policy.told()
    )];
    told.push(
        if order.policy.decides_anew() {
            "the policy decides about every single call anew, also about those the log shows as cached"
        } else {
            "input the log shows as read from or written to a cache stays as it is"
        }
        .to_owned(),
    );
    if ground.lineage.blocks.is_some() && order.policy == Policy::Replay && !ground.is_automatic() {
        told.push(
            "every block of a prompt can be read on its own, as caches do that compare blocks; \
             with breakpoints less is found: policy = \"auto_last\" shows how much"
                .to_owned(),
        );
    }
    if order.policy == Policy::Oracle {
        told.push(
            "no plan can be made from it: it knows what comes (a bound to compare with)".to_owned(),
        );
    }
    told
}
