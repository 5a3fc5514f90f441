//! Days and hours that cost far more or less than usual, hours that ran away, and slow drifts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::{Days, Instant, Symbol};

use super::bill::Bill;
use super::robust::{Usual, log2};

/// Only what changes the bill by more than five dollars and a fifth is worth a look.
const LEAST_IMPACT: i128 = 5_000_000_000_000_000_000;
const LEAST_PART: i128 = 5;

/// Fewer days or hours than this say nothing about what is usual.
const LEAST_DAYS: usize = 10;
const LEAST_HOURS: usize = 48;
/// Fewer days of a weekday (hours of a time of day) say nothing about that weekday.
const LEAST_OF_PHASE: usize = 3;
/// An hour ran away when it costs ten times what 99 of 100 hours do not exceed.
const RUNAWAY: i128 = 10;
const LEAST_HOURS_FOR_PERCENTILE: usize = 100;

/// Drift: the first two weeks are the base, and another week must follow (CUSUM with the slack and
/// limit that are usual, `k = 0.5` and `h = 5` deviations; Page, *Biometrika* 1954).
const BASE_DAYS: usize = 14;
const LEAST_DRIFT_DAYS: usize = 21;
const SLACK: i64 = 500;
const LIMIT: i64 = 5_000;

const QUARTER_MILLIS: i64 = 900_000;
const HOUR_MILLIS: i64 = 3_600_000;

/// Whose cost a series is: of the whole log, or of one name in one column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Whose(&'static str, String);

impl Whose {
    fn words(&self) -> String {
        if self.0.is_empty() { "all calls".to_owned() } else { format!("{} {}", self.0, self.1) }
    }
}

/// One day or hour that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Anomaly {
    whose: Whose,
    /// Whether it is an hour, not a day.
    pub(super) is_hour: bool,
    /// The first instant of it.
    pub(super) at: Instant,
    pub(super) cost: Usd,
    /// What is usual.
    pub(super) usual: Usd,
    /// Deviations from it, in thousandths.
    score: i64,
    /// Whether it is an hour that cost ten times what nearly all do not exceed.
    pub(super) is_runaway: bool,
}

impl Anomaly {
    /// What it cost beyond the usual, in dollars; negative where it cost less.
    pub(super) fn excess(&self) -> Usd {
        self.cost - self.usual
    }
}

/// A level that changed and stayed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Drift {
    whose: Whose,
    is_upwards: bool,
    from: i32,
    noticed: i32,
    before: Usd,
    after: Usd,
}

/// What was found, and how many series could be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unusual {
    pub(super) anomalies: Vec<Anomaly>,
    drifts: Vec<Drift>,
    days: usize,
    hours: usize,
}

/// Cost by day or hour, in order.
type Series = BTreeMap<i64, i128>;

impl Unusual {
    /// Looks at the whole log, at every API key and at every model with call type.
    pub(super) fn of(bill: &Bill<'_>, days: Days) -> Self {
        let (by_day, by_hour) = series(bill, days);
        let all = Whose("", String::new());
        let mut found = Self {
            days: by_day.get(&all).map_or(0, Series::len),
            hours: by_hour.get(&all).map_or(0, Series::len),
            ..Self::default()
        };
        for (whose, series) in &by_day {
            let start = |day: i64| days.start_of(i32::try_from(day).ok()?);
            found.find(whose, series, false, LEAST_DAYS, 7, start);
            found.drifts.extend(drift(whose, series));
        }
        for (whose, series) in &by_hour {
            let start = |hour: i64| Some(Instant::from_millis(hour.checked_mul(HOUR_MILLIS)?));
            found.find(whose, series, true, LEAST_HOURS, 24, start);
        }
        found.anomalies.sort_by_cached_key(|one| {
            (Reverse(one.excess().atto().abs()), one.at, one.is_hour, one.whose.clone())
        });
        found
    }

    /// The one that cost most beyond what is usual, of the whole log.
    pub(super) fn costliest(&self) -> Option<&Anomaly> {
        let whole = self.anomalies.iter().filter(|one| one.whose.0.is_empty());
        whole.max_by_key(|one| (one.excess(), Reverse(one.at)))
    }

    fn find(
        &mut self,
        whose: &Whose,
        series: &Series,
        is_hour: bool,
        least: usize,
        phases: i64,
        start: impl Fn(i64) -> Option<Instant>,
    ) {
        let costs: Vec<(i64, i128)> =
            series.iter().filter(|(_, cost)| **cost > 0).map(|(at, cost)| (*at, *cost)).collect();
        if costs.len() < least {
            return;
        }
        let limit = if is_hour { runaway_limit(&costs) } else { None };
        let (values, usual_costs) = without_phase(&costs, phases);
        let Some(usual) = Usual::of(&values) else { return };
        for ((at, cost), (value, usual_cost)) in costs.iter().zip(values.iter().zip(usual_costs)) {
            let impact = (cost - usual_cost).abs();
            let is_runaway = limit.is_some_and(|limit| *cost > limit);
            let matters = impact > LEAST_IMPACT && impact > usual_cost / LEAST_PART;
            if !matters || !(is_runaway || usual.is_far(*value)) {
                continue;
            }
            let Some(at) = start(*at) else { continue };
            self.anomalies.push(Anomaly {
                whose: whose.clone(),
                is_hour,
                at,
                cost: Usd::from_atto(*cost),
                usual: Usd::from_atto(usual_cost),
                score: usual.score(*value),
                is_runaway,
            });
        }
    }

    /// The days and hours, those that changed the bill most first.
    pub(super) fn exhibit(&self) -> Exhibit {
        let mut sheet = Exhibit::new(
            "anomalies",
            "Days and hours that cost far more or less than usual",
            &[
                ("whose", "whose"),
                ("span", "span"),
                ("start", "start"),
                ("cost_usd", "cost"),
                ("usual_usd", "usual"),
                ("excess_usd", "beyond"),
                ("deviations", "deviations"),
                ("kind", "kind"),
            ],
        );
        for one in &self.anomalies {
            sheet.push([
                Cell::text(one.whose.words()),
                Cell::text(if one.is_hour { "hour" } else { "day" }),
                Cell::Time(one.at),
                Cell::Usd(one.cost),
                Cell::Usd(one.usual),
                Cell::Usd(one.excess()),
                Cell::multiple_of(i128::from(one.score), 1_000),
                Cell::text(if one.is_runaway { "runaway hour" } else { "unusual" }),
            ]);
        }
        sheet.note(
            "robust z-scores of the logarithm of cost, with the weekday's (at hours: the time of \
             day's) own level taken out, beyond 3.5, and more than $5 and a fifth from usual; hours \
             are of UTC",
        );
        if self.days < LEAST_DAYS {
            sheet.note(format!(
                "cannot tell by day: {} days with a cost, and {LEAST_DAYS} say what is usual",
                self.days
            ));
        }
        if self.hours < LEAST_HOURS {
            sheet.note(format!(
                "cannot tell by hour: {} hours with a cost, and {LEAST_HOURS} say what is usual",
                self.hours
            ));
        }
        sheet
    }

    /// The levels that changed.
    pub(super) fn drift_exhibit(&self) -> Exhibit {
        let mut sheet = Exhibit::new(
            "drift",
            "Daily cost that moved to another level",
            &[
                ("whose", "whose"),
                ("direction", "direction"),
                ("since", "since"),
                ("noticed", "noticed"),
                ("before_usd", "a day before"),
                ("after_usd", "a day since"),
            ],
        );
        for one in &self.drifts {
            sheet.push([
                Cell::text(one.whose.words()),
                Cell::text(if one.is_upwards { "up" } else { "down" }),
                Cell::text(Days::name(one.from)),
                Cell::text(Days::name(one.noticed)),
                Cell::Usd(one.before),
                Cell::Usd(one.after),
            ]);
        }
        sheet.note(
            "a cumulative sum of deviations from the first 14 days with a cost, slack 0.5 and limit \
             5; medians of the days",
        );
        if self.days < LEAST_DRIFT_DAYS {
            sheet.note(format!(
                "cannot tell: {} days with a cost, and it takes {LEAST_DRIFT_DAYS}",
                self.days
            ));
        }
        sheet
    }
}

/// Which of the three ways to gather calls, and the names by which, as symbols.
type Key = (u8, Symbol, Symbol);

/// Cost by day and by hour: of all calls, of each model with call type, of each API key.
fn series(bill: &Bill<'_>, days: Days) -> (BTreeMap<Whose, Series>, BTreeMap<Whose, Series>) {
    let calls = bill.facts.calls;
    let mut by_day: BTreeMap<Key, Series> = BTreeMap::new();
    let mut by_hour: BTreeMap<Key, Series> = BTreeMap::new();
    let mut calendar = Calendar { days, known: HashMap::new() };
    let keys = bill.column("api_key");
    for row in bill.rows.iter().copied() {
        let Some(paid) = bill.paid(row) else { continue };
        let Some(time) = bill.call(row).time.known() else { continue };
        let Some(day) = calendar.day(time) else { continue };
        let hour = time.millis().div_euclid(HOUR_MILLIS);
        let (model, call_type) = bill.route(row);
        let key = keys.map(|place| calls.symbol(place, row)).filter(|key| !key.is_empty());
        let key = key.map(|key| (2, key, Symbol::EMPTY));
        let common = [(0, Symbol::EMPTY, Symbol::EMPTY), (1, model, call_type)];
        for whose in common.into_iter().chain(key) {
            *by_day.entry(whose).or_default().entry(day.into()).or_default() += paid.atto();
            *by_hour.entry(whose).or_default().entry(hour).or_default() += paid.atto();
        }
    }
    let named = |(way, one, other): Key| match (way, keys) {
        (1, _) => Whose("route", bill.names((one, other)).join(" ").trim().to_owned()),
        (2, Some(place)) => Whose("key", calls.dimensions[place].resolve(one).to_owned()),
        _ => Whose("", String::new()),
    };
    let with_names = |all: BTreeMap<Key, Series>| {
        all.into_iter().map(|(key, series)| (named(key), series)).collect()
    };
    (with_names(by_day), with_names(by_hour))
}

/// Days of instants, asked for once a quarter of an hour: no zone changes its day in between.
struct Calendar {
    days: Days,
    known: HashMap<i64, Option<i32>>,
}

impl Calendar {
    fn day(&mut self, time: Instant) -> Option<i32> {
        let days = self.days;
        let quarter = time.millis().div_euclid(QUARTER_MILLIS);
        *self.known.entry(quarter).or_insert_with(|| days.day_of(time))
    }
}

/// The logarithm of each cost relative to its phase (a weekday, an hour of the day), and what is
/// usual in that phase. A phase that is seen too rarely has the level of all.
fn without_phase(costs: &[(i64, i128)], phases: i64) -> (Vec<i64>, Vec<i128>) {
    let logarithm = |cost: i128| log2(cost.unsigned_abs());
    let mut by_phase: BTreeMap<i64, Vec<i128>> = BTreeMap::new();
    for (at, cost) in costs {
        by_phase.entry(at.rem_euclid(phases)).or_default().push(*cost);
    }
    let all: Vec<i128> = costs.iter().map(|(_, cost)| *cost).collect();
    let level = middle(all);
    let of_phase: BTreeMap<i64, i128> = by_phase
        .into_iter()
        .map(|(phase, costs)| {
            (phase, if costs.len() < LEAST_OF_PHASE { level } else { middle(costs) })
        })
        .collect();
    let usual: Vec<i128> = costs.iter().map(|(at, _)| of_phase[&at.rem_euclid(phases)]).collect();
    let values = costs.iter().zip(&usual);
    (values.map(|((_, cost), usual)| logarithm(*cost) - logarithm(*usual)).collect(), usual)
}

/// The lower of the middle amounts: an amount that was paid.
fn middle(mut amounts: Vec<i128>) -> i128 {
    amounts.sort_unstable();
    amounts.get(amounts.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Ten times the cost that 99 of 100 hours do not exceed; nothing with too few hours.
fn runaway_limit(costs: &[(i64, i128)]) -> Option<i128> {
    if costs.len() < LEAST_HOURS_FOR_PERCENTILE {
        return None;
    }
    let mut amounts: Vec<i128> = costs.iter().map(|(_, cost)| *cost).collect();
    amounts.sort_unstable();
    let place = (amounts.len() * 99).div_ceil(100) - 1;
    amounts[place].checked_mul(RUNAWAY)
}

/// Where the level of a series changed for the first time.
fn drift(whose: &Whose, series: &Series) -> Option<Drift> {
    let costs: Vec<(i64, i128)> =
        series.iter().filter(|(_, cost)| **cost > 0).map(|(at, cost)| (*at, *cost)).collect();
    if costs.len() < LEAST_DRIFT_DAYS {
        return None;
    }
    let (values, _) = without_phase(&costs, 7);
    let base = Usual::of(&values[..BASE_DAYS])?;
    let (mut sums, mut starts) = ([0_i64; 2], [BASE_DAYS; 2]);
    for (place, value) in values.iter().enumerate().skip(BASE_DAYS) {
        // A single wild day is an anomaly and no new level.
        let score = base.score(*value).clamp(-3_500, 3_500);
        for (side, signed) in [score, -score].into_iter().enumerate() {
            if sums[side] == 0 {
                starts[side] = place;
            }
            sums[side] = (sums[side] + signed - SLACK).max(0);
            if sums[side] > LIMIT {
                return told(whose, &costs, side == 0, starts[side], place);
            }
        }
    }
    None
}

fn told(
    whose: &Whose,
    costs: &[(i64, i128)],
    is_upwards: bool,
    from: usize,
    noticed: usize,
) -> Option<Drift> {
    let level = |costs: &[(i64, i128)]| middle(costs.iter().map(|(_, cost)| *cost).collect());
    let (before, after) = (level(&costs[..BASE_DAYS]), level(&costs[from..]));
    if (after - before).abs() <= before / LEAST_PART {
        return None;
    }
    let day = |place: usize| i32::try_from(costs[place].0).ok();
    Some(Drift {
        whose: whose.clone(),
        is_upwards,
        from: day(from)?,
        noticed: day(noticed)?,
        before: Usd::from_atto(before),
        after: Usd::from_atto(after),
    })
}
