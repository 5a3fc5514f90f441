//! Replays the caps of a plan.

use hashbrown::HashMap;

use crate::techniques::Facts;
use crate::units::FineUsd;
use crate::usage::{Call, Days, Instant};

use super::super::error::SimulationError;
use super::super::grouping::Grouping;
use super::super::tally::add;
use super::super::walk::Player;
use super::advice::advise;
use super::charges::{LongAnswers, Priced, end_of, price};
use super::gate::{Charge, admits, walk};
use super::outcome::{CapLog, CapMode, CapReplay, SpendCapOutcome};
use super::settings::{CapPeriod, SpendCap};

/// What each cap would have done, over the log as it is and, where there are techniques, with all
/// of them on. Each cap is replayed on its own.
pub(in super::super) fn replay_caps(
    facts: &Facts<'_>,
    caps: &[SpendCap],
    players: &[Player<'_>],
) -> Result<Vec<SpendCapOutcome>, SimulationError> {
    if caps.is_empty() {
        return Ok(Vec::new());
    }
    let answers = LongAnswers::of(facts);
    let mut logs = vec![(CapLog::AsLogged, price(facts, &[], &answers)?)];
    if players.iter().any(|player| player.rewrite.is_some()) {
        logs.push((CapLog::WithPlan, price(facts, players, &answers)?));
    }
    caps.iter().map(|cap| one_cap(facts, cap, &logs)).collect()
}

fn one_cap(
    facts: &Facts<'_>,
    cap: &SpendCap,
    logs: &[(CapLog, Vec<Priced>)],
) -> Result<SpendCapOutcome, SimulationError> {
    let columns: Vec<String> = cap.column().into_iter().map(ToOwned::to_owned).collect();
    let grouping = Grouping::new(facts.calls, &columns, cap.timezone)?;
    let mut outcome = SpendCapOutcome {
        cap: cap.clone(),
        replays: Vec::new(),
        advice: Vec::new(),
        untimed_calls: 0,
        keyless_calls: 0,
        instant_calls: 0,
        unlimited_calls: 0,
        summed_rows: 0,
    };
    for (log, priced) in logs {
        let mut gathering = Gathering { cap, grouping: &grouping, slots: HashMap::new() };
        let mut charges = Vec::with_capacity(priced.len());
        for one in priced {
            let call = facts.calls.call(one.row);
            let charge = gathering.charge(&call, one);
            if *log == CapLog::AsLogged {
                note(&mut outcome, &call, &charge);
            }
            charges.extend(charge.ok());
        }
        let slots = gathering.slots.len();
        for mode in [CapMode::PostHoc, CapMode::Reserve] {
            outcome.replays.push(replay(cap, &charges, slots, (*log, mode))?);
        }
        outcome.advice.push(advise(&charges, slots, *log)?);
    }
    Ok(outcome)
}

/// Why a cap does not hold a call.
enum Outside {
    Untimed,
    Keyless,
}

/// Counts what the reader should know about the calls of the log.
fn note(outcome: &mut SpendCapOutcome, call: &Call, charge: &Result<Charge, Outside>) {
    match charge {
        Err(Outside::Untimed) => outcome.untimed_calls += call.calls,
        Err(Outside::Keyless) => outcome.keyless_calls += call.calls,
        Ok(_) => {
            let count = |is_so: bool| if is_so { call.calls } else { 0 };
            outcome.instant_calls += count(call.latency_ms.is_none());
            outcome.unlimited_calls += count(call.max_tokens.is_none());
            outcome.summed_rows += u64::from(!call.is_single());
        }
    }
}

/// Puts calls on budgets, which are numbered as they appear.
struct Gathering<'a> {
    cap: &'a SpendCap,
    grouping: &'a Grouping,
    slots: HashMap<(usize, i64), u32>,
}

impl Gathering<'_> {
    fn charge(&mut self, call: &Call, priced: &Priced) -> Result<Charge, Outside> {
        let group = self.grouping.of(priced.row);
        if self.grouping.keys[group].iter().any(String::is_empty) {
            return Err(Outside::Keyless);
        }
        let period = period_of(self.cap, call.time).ok_or(Outside::Untimed)?;
        let next = u32::try_from(self.slots.len()).expect("fewer budgets than rows of a log");
        let slot = *self.slots.entry((group, period)).or_insert(next);
        let (start, end) = (call.time, end_of(call));
        Ok(Charge { slot, start, end, calls: call.calls, cost: priced.cost, most: priced.most })
    }
}

/// The number of the period in which an instant falls.
fn period_of(cap: &SpendCap, time: Instant) -> Option<i64> {
    let day = cap.timezone.day_of(time)?;
    Some(match cap.per {
        CapPeriod::Day => i64::from(day),
        CapPeriod::Hour => i64::from(day) * 24 + i64::from(cap.timezone.hour_of(time)?),
        CapPeriod::Month => {
            let name = Days::name(day);
            let mut parts = name.rsplitn(3, '-').skip(1);
            let month: i64 = parts.next()?.parse().ok()?;
            let year: i64 = parts.next()?.parse().ok()?;
            year * 12 + month
        }
    })
}

fn replay(
    cap: &SpendCap,
    charges: &[Charge],
    slots: usize,
    (log, mode): (CapLog, CapMode),
) -> Result<CapReplay, SimulationError> {
    let limit = FineUsd::from(cap.amount);
    let mut through = vec![FineUsd::ZERO; slots];
    let mut is_blocked = vec![false; slots];
    let (mut total, mut blocked) = (FineUsd::ZERO, FineUsd::ZERO);
    let (mut blocked_calls, mut first_block) = (0_u64, None);
    walk(
        charges,
        slots,
        |asked, charge| admits(mode, limit, asked, charge),
        |charge, _, is_admitted| {
            add(&mut total, charge.cost)?;
            if is_admitted {
                return add(&mut through[charge.slot as usize], charge.cost);
            }
            is_blocked[charge.slot as usize] = true;
            blocked_calls = blocked_calls.saturating_add(charge.calls);
            first_block.get_or_insert(charge.start);
            add(&mut blocked, charge.cost)
        },
    )?;
    let (mut overshoot, mut overshoot_sum) = (FineUsd::ZERO, FineUsd::ZERO);
    for spent in through {
        let beyond = spent.checked_sub(limit).ok_or(SimulationError::TooLarge)?;
        let beyond = beyond.max(FineUsd::ZERO);
        overshoot = overshoot.max(beyond);
        add(&mut overshoot_sum, beyond)?;
    }
    let blocked_periods = is_blocked.into_iter().filter(|is_blocked| *is_blocked).count();
    Ok(CapReplay {
        log,
        mode,
        blocked_calls,
        blocked: blocked.to_usd(),
        let_through: total.to_usd() - blocked.to_usd(),
        blocked_periods: u64::try_from(blocked_periods).unwrap_or(u64::MAX),
        first_block,
        overshoot: overshoot.to_usd(),
        overshoot_sum: overshoot_sum.to_usd(),
    })
}
