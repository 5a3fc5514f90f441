//! Limits in dollars that hold for a log by itself, without a baseline.

use crate::units::Usd;
use crate::usage::Days;

use super::measurement::Measurement;
use super::outcome::Verdict;

/// Days of a month that a pace is carried on for.
pub(super) const MONTH_DAYS: u64 = 30;

/// A limit in dollars, at the prices of each call's own day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// On the whole log.
    Cost(Usd),
    /// On the cost of a unit.
    UnitCost(Usd),
    /// On each day.
    Day(Usd),
    /// On each calendar month, and on 30 days at the pace of the log.
    Month(Usd),
}

impl Limit {
    /// The name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cost(_) => "cost",
            Self::UnitCost(_) => "cost_per_unit",
            Self::Day(_) => "cost_per_day",
            Self::Month(_) => "cost_per_month",
        }
    }

    /// The amount, in dollars.
    pub const fn amount(self) -> Usd {
        match self {
            Self::Cost(amount)
            | Self::UnitCost(amount)
            | Self::Day(amount)
            | Self::Month(amount) => amount,
        }
    }
}

/// A limit beside what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitCheck {
    /// The limit.
    pub limit: Limit,
    /// What it is compared with, in dollars; nothing where the log cannot say.
    pub found: Option<Usd>,
    /// Of which day or month that is; empty where it is of the whole log.
    pub of: String,
    /// Whether the limit holds.
    pub verdict: Verdict,
}

/// Compares a log with a limit.
pub(super) fn check(limit: Limit, of: &Measurement) -> LimitCheck {
    let found = match limit {
        Limit::Cost(_) => Some((of.billed, String::new())),
        Limit::UnitCost(_) => unit_cost(of).map(|cost| (cost, String::new())),
        Limit::Day(_) => dearest_day(of),
        Limit::Month(_) => dearest_month(of),
    };
    let verdict = match &found {
        None => Verdict::Inconclusive,
        Some((found, _)) if *found > limit.amount() => Verdict::Fail,
        // Calls without a time may belong to that day or month.
        Some(_) if is_dated(limit) && of.by_day.values().copied().sum::<Usd>() != of.billed => {
            Verdict::Inconclusive
        }
        Some(_) => Verdict::Pass,
    };
    let (found, of) = found.map_or((None, String::new()), |(found, of)| (Some(found), of));
    LimitCheck { limit, found, of, verdict }
}

const fn is_dated(limit: Limit) -> bool {
    matches!(limit, Limit::Day(_) | Limit::Month(_))
}

fn unit_cost(of: &Measurement) -> Option<Usd> {
    of.billed.atto().checked_div(i128::from(of.units())).map(Usd::from_atto)
}

fn dearest_day(of: &Measurement) -> Option<(Usd, String)> {
    let days = of.by_day.iter();
    // The first of equal ones.
    let (day, cost) = days.max_by_key(|(day, cost)| (**cost, std::cmp::Reverse(**day)))?;
    Some((*cost, Days::name(*day)))
}

/// The dearest month of the calendar, or the pace of the log where that is more: part of a month that
/// is within the limit may be on its way beyond it.
fn dearest_month(of: &Measurement) -> Option<(Usd, String)> {
    let mut months: std::collections::BTreeMap<String, Usd> = std::collections::BTreeMap::new();
    for (day, cost) in &of.by_day {
        let name = Days::name(*day);
        let month = name.rsplit_once('-').map_or(&*name, |(month, _)| month);
        *months.entry(month.to_owned()).or_default() += *cost;
    }
    let (month, cost) = months.into_iter().max_by_key(|(_, cost)| *cost)?;
    let dated: Usd = of.by_day.values().copied().sum();
    let pace = dated.times(MONTH_DAYS).map(Usd::atto);
    let pace = pace.zip(of.days()).map(|(pace, days)| Usd::from_atto(pace / i128::from(days)));
    match pace {
        Some(pace) if pace > cost => {
            Some((pace, format!("{MONTH_DAYS} days at the pace of the log")))
        }
        _ => Some((cost, month)),
    }
}
