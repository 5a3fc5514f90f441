//! What a call costs. Source: `llmcost explain prices`: periods, schedules, bands, fees and what is
//! not charged.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{Home, Meaning, processed};
use super::rates::{Billed, Filled, rates};
use crate::number::{Q, whole, zero};
use crate::world::log::{Counts, Record};
use crate::world::table::{Band, Period, Rates, Schedule, Table, Unbilled};
use crate::world::{Class, Tier};

/// Why a call has no price, as reports name it.
pub(crate) type Reason = &'static str;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// As much of a call as its price depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) home: Home,
    pub(crate) time: Option<i64>,
    pub(crate) geo: String,
    pub(crate) tier: Tier,
    pub(crate) counts: Counts,
    pub(crate) searches: u64,
    pub(crate) file_searches: u64,
    pub(crate) calls: u64,
    pub(crate) failed: Option<u16>,
    pub(crate) finish: String,
}

impl Call {
    pub(crate) fn logged(record: &Record, home: Home) -> Self {
        Self {
            home,
            time: record.time,
            geo: record.geo.clone(),
            tier: record.tier,
            counts: record.counts.clone(),
            searches: record.searches,
            file_searches: record.file_searches,
            calls: record.calls,
            failed: record.failed,
            finish: record.finish.clone(),
        }
    }

    pub(crate) fn count(&self, class: Class) -> u64 {
        self.counts.get(&class).copied().unwrap_or(0)
    }

    pub(crate) fn sum(&self, wanted: impl Fn(Class) -> bool) -> u64 {
        Class::ALL.into_iter().filter(|class| wanted(*class)).map(|class| self.count(class)).sum()
    }

    /// Moves tokens to another class.
    pub(crate) fn turn(&mut self, from: Class, to: Class, tokens: u64) {
        let moved = self.take(from, tokens);
        *self.counts.entry(to).or_insert(0) += moved;
    }

    /// Takes away as many tokens as there are, and says how many those were.
    pub(crate) fn take(&mut self, from: Class, tokens: u64) -> u64 {
        let had = self.count(from);
        let taken = tokens.min(had);
        self.counts.insert(from, had - taken);
        taken
    }
}

/// What a call costs, by what for, in dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) tokens: BTreeMap<Class, Q>,
    pub(crate) fees: Option<Q>,
}

impl Bill {
    pub(crate) fn total(&self) -> Q {
        let fees = self.fees.clone().unwrap_or_else(zero);
        self.tokens.values().fold(fees, |sum, part| sum + part)
    }
}

/// The prices that hold for a call, or why there are none.
pub(crate) struct Prices {
    pub(crate) is_unbilled: bool,
    /// Dollars for a million tokens at the start of the prompt.
    pub(crate) tokens: Billed,
    /// Prices beyond a limit, where only the excess has others.
    excess: Vec<(Band, Billed)>,
    period: Period,
}

/// The prices of a call.
pub(crate) fn prices(table: &Table, call: &Call) -> Result<Prices, Reason> {
    let place = processed(table, call.home.place, &call.geo)?;
    let (index, period) = period(table, call)?;
    let model = &table.models[index];
    let nothing = Class::ALL.into_iter().map(|class| (class, zero())).collect();
    let unbilled =
        Prices { is_unbilled: true, tokens: nothing, excess: Vec::new(), period: period.clone() };
    if table.unbilled.iter().any(|rule| is_not_charged(rule, call, place)) {
        return Ok(unbilled);
    }
    let hours = hours(table, &period, call.time);
    let Some(found) = rates(table, model, &period, hours, (call.tier, place)) else {
        let standard = rates(table, model, &period, hours, (Tier::Standard, place));
        return Err(if standard.is_some() { "no-price-for-tier" } else { "no-price-for-geo" });
    };
    let (tokens, excess) = by_length(found, call);
    Ok(Prices { is_unbilled: false, tokens, excess, period })
}

/// What a call costs, or every reason why it has no price.
pub(crate) fn bill(table: &Table, call: &Call) -> Result<Bill, BTreeSet<Reason>> {
    let prices = prices(table, call).map_err(|reason| BTreeSet::from([reason]))?;
    let mut reasons = BTreeSet::new();
    let mut bill = Bill::default();
    if prices.is_unbilled {
        return Ok(bill);
    }
    match fees(&prices.period, call) {
        Ok(fees) => bill.fees = Some(fees),
        Err(missing) => reasons.extend(missing),
    }
    for (billed, tokens) in portions(&prices, call) {
        for (class, count) in tokens.into_iter().filter(|(_, count)| *count > 0) {
            match billed.get(&class) {
                Some(price) => {
                    let part = price * whole(count) / whole(1_000_000);
                    *bill.tokens.entry(class).or_insert_with(zero) += part;
                }
                None => {
                    reasons.insert("no-price-for-class");
                }
            }
        }
    }
    if reasons.is_empty() { Ok(bill) } else { Err(reasons) }
}

/// The prices in force at the time of a call, and whose; those in force when the table was checked
/// where the log has no time.
fn period(table: &Table, call: &Call) -> Result<(usize, Period), Reason> {
    let mut spans: Vec<(usize, Period)> = Vec::new();
    match call.home.meaning {
        Meaning::Model(index) => {
            spans.extend(ended(&table.models[index].periods).map(|period| (index, period)));
        }
        Meaning::Moving(alias) => {
            let mut from = None;
            for (index, to) in &table.aliases[alias].targets {
                for mut period in ended(&table.models[*index].periods) {
                    period.from = period.from.max(from);
                    period.to = match (period.to, *to) {
                        (Some(one), Some(other)) => Some(one.min(other)),
                        (one, other) => one.or(other),
                    };
                    let is_empty = period.from.zip(period.to).is_some_and(|(from, to)| from >= to);
                    if !is_empty {
                        spans.push((*index, period));
                    }
                }
                from = *to;
            }
        }
    }
    let Some(time) = call.time else {
        let begun = |(_, period): &&(usize, Period)| {
            period.from.is_none_or(|from| from <= period.checked_on)
        };
        let last = spans.iter().rfind(begun).or(spans.first());
        return last.cloned().ok_or("no-price-at-that-time");
    };
    let holds = |(_, period): &&(usize, Period)| {
        period.from.is_none_or(|from| from <= time) && period.to.is_none_or(|to| time < to)
    };
    spans.iter().find(holds).cloned().ok_or("no-price-at-that-time")
}

/// Periods of which each lasts until the next, unless it says until when.
fn ended(periods: &[Period]) -> impl Iterator<Item = Period> {
    periods.iter().enumerate().map(|(index, period)| {
        let next = periods.get(index + 1).and_then(|next| next.from);
        Period { to: period.to.or(next), ..period.clone() }
    })
}

fn hours<'a>(table: &Table, period: &'a Period, time: Option<i64>) -> Option<&'a Rates> {
    let time = time?;
    let holds = |schedule: &Schedule| {
        let (day, minute) = (time.div_euclid(DAY), time.rem_euclid(DAY) / MINUTE);
        // 1970 began on a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).expect("a day of the week");
        let mut windows = schedule.windows.iter();
        let is_within = windows
            .any(|(days, from, to)| days.contains(&weekday) && *from <= minute && minute < *to);
        is_within && !schedule.except.contains(&day)
    };
    let mut scheduled = period.scheduled.iter();
    scheduled.find(|(schedule, _)| holds(&table.schedules[*schedule])).map(|(_, rates)| rates)
}

fn is_not_charged(rule: &Unbilled, call: &Call, place: usize) -> bool {
    let has_failed = match (&rule.statuses, call.failed) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(codes), Some(code)) => codes.is_empty() || codes.contains(&code),
    };
    has_failed
        && rule.finish.as_ref().is_none_or(|finish| *finish == call.finish)
        && rule.tiers.as_ref().is_none_or(|tiers| tiers.contains(&call.tier))
        && rule.places.as_ref().is_none_or(|places| places.contains(&place))
        && (!rule.without_output || call.sum(|class| !class.is_input()) == 0)
}

/// With `whole_request` the highest band crossed prices everything; with `above_threshold` only what
/// is beyond the limit. A row that sums up several calls is judged by its mean prompt.
fn by_length(rates: Filled, call: &Call) -> (Billed, Vec<(Band, Billed)>) {
    let mut tokens = rates.short;
    let mut excess = Vec::new();
    for (band, prices) in rates.bands {
        if band.is_excess_only {
            excess.push((band, prices));
            continue;
        }
        let prompt = whole(call.sum(|class| counts(&band, class))) / whole(call.calls.max(1));
        let limit = whole(band.limit);
        if if band.is_inclusive { prompt >= limit } else { prompt > limit } {
            tokens = prices;
        }
    }
    (tokens, excess)
}

fn counts(band: &Band, class: Class) -> bool {
    band.counts.as_ref().map_or(class.is_input(), |counts| counts.contains(&class))
}

/// The tokens of a call with the prices at which they bill. A prompt begins with what was read from
/// the cache, then what was written to it, then the rest.
fn portions(prices: &Prices, call: &Call) -> Vec<(Billed, Counts)> {
    const ORDER: [Class; 7] = [
        Class::CacheRead,
        Class::AudioCacheRead,
        Class::CacheWrite5m,
        Class::CacheWrite1h,
        Class::Input,
        Class::AudioInput,
        Class::ImageInput,
    ];
    let mut portions = vec![(prices.tokens.clone(), call.counts.clone())];
    for (band, billed) in &prices.excess {
        // What is below this limit stays where it is; all beyond it goes on.
        let last = portions.len() - 1;
        let before: Counts = portions[..last].iter().fold(Counts::new(), |mut sum, (_, tokens)| {
            for (class, count) in tokens {
                *sum.entry(*class).or_insert(0) += count;
            }
            sum
        });
        let mut room = band.limit.saturating_sub(u64::from(band.is_inclusive)) * call.calls.max(1);
        let mut beyond = Counts::new();
        for class in ORDER.into_iter().filter(|class| counts(band, *class)) {
            let below = call.count(class).min(room);
            room -= below;
            let here = below.saturating_sub(before.get(&class).copied().unwrap_or(0));
            let left = portions[last].1.insert(class, here).unwrap_or(0) - here;
            beyond.insert(class, left);
        }
        portions.push((billed.clone(), beyond));
    }
    portions
}

/// Fees are dollars for a thousand, and nothing is taken off them.
fn fees(period: &Period, call: &Call) -> Result<Q, BTreeSet<Reason>> {
    let thousandth = |fee: &crate::world::table::Decimal| fee.value() / whole(1_000);
    let fees = &period.fees;
    let (mut sum, mut missing) = (zero(), BTreeSet::new());
    if let Some(fee) = &fees.request {
        sum += thousandth(fee) * whole(call.calls);
    }
    if call.searches > 0 {
        match (&fees.searching_request, &fees.search) {
            // Once for all searches of a call; no more calls searched than there are.
            (Some(fee), _) => sum += thousandth(fee) * whole(call.searches.min(call.calls)),
            (None, Some(fee)) => sum += thousandth(fee) * whole(call.searches),
            (None, None) => {
                missing.insert("no-price-for-search");
            }
        }
    }
    if call.file_searches > 0 {
        match &fees.file_search {
            Some(fee) => sum += thousandth(fee) * whole(call.file_searches),
            None => {
                missing.insert("no-price-for-file-search");
            }
        }
    }
    if missing.is_empty() { Ok(sum) } else { Err(missing) }
}
