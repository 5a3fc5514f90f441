//! Measures a log: prices every call twice and sums up by group, cluster and price.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::insights::{CostMode, Price, Pricer};
use crate::pricing::{PriceBook, RateCard};
use crate::techniques::Facts;
use crate::units::Usd;
use crate::usage::{Call, Calls, Clusters, Instant, Row, ServiceTier, Symbol, column};

use super::demand::{Belonging, Demand};
use super::measurement::{Measure, MeasuredGroup, Measurement, UnpricedCalls};
use super::percentile::{CallCost, percentile};
use super::price_row::{PriceRow, prompt_size};
use super::spread::{Entry, Spread};
use super::unit::Unit;

/// The columns of a log that help, where it has them: what belongs together, and which calls are
/// attempts of one request.
pub const COLUMNS: [&str; 6] = {
    let [first, second, third] = Clusters::COLUMNS;
    [first, second, third, "api_key", "error_code", "retry_after"]
};

/// What clusters are called where a roll-up tells only their lots.
const LOT: &str = "lot";

/// The prices of a run: those at which calls were billed, and those of one day for all of them.
#[derive(Clone, Debug)]
pub struct GatePrices<'b> {
    billed: &'b PriceBook,
    level: PriceBook,
    priced_at: Option<Instant>,
}

impl<'b> GatePrices<'b> {
    /// Prices from a book; for the comparison, every call is priced as if made on the day that begins
    /// at `at`, at its own hour. Without it each call has the prices of its own time.
    pub fn new(billed: &'b PriceBook, at: Option<Instant>) -> Self {
        let level = billed.clone();
        let level = match at {
            Some(at) => level.pinned(at),
            None => level,
        };
        Self { billed, level, priced_at: at }
    }

    /// The prices of the one day.
    pub const fn level(&self) -> &PriceBook {
        &self.level
    }

    /// The start of that day.
    pub(super) const fn priced_at(&self) -> Option<Instant> {
        self.priced_at
    }
}

/// Which calls share a price row: the group, the names of provider, model and place, the price, the
/// lane, the size of the prompt, and the half hour of the day where prices depend on it. Whatever a
/// table may tell prices apart by is in it, so that a row can be priced by another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RowKey {
    group: usize,
    names: [Symbol; 3],
    price: usize,
    lane: ServiceTier,
    size: usize,
    half_hour: Option<i64>,
}

/// Where published tables begin other prices for long prompts, in tokens.
const SIZES: [u64; 8] = [32_000, 64_000, 128_000, 200_000, 256_000, 272_000, 512_000, 1_000_000];

const HALF_HOUR_MILLIS: i64 = 1_800_000;
const HALF_HOURS: i64 = 48;

/// A group while it is summed up.
#[derive(Default)]
struct Sum {
    units: u64,
    cost: Usd,
    logged: Usd,
    lots: BTreeMap<u32, (u64, i128)>,
}

struct Measuring<'m> {
    calls: &'m Calls,
    book: &'m PriceBook,
    billed: Pricer<'m>,
    level: Pricer<'m>,
    groups: Vec<Sum>,
    rows: Vec<(usize, PriceRow)>,
    places: HashMap<RowKey, usize>,
    costs: Vec<CallCost>,
    found: Measurement,
    unpriced: BTreeMap<(String, &'static str), u64>,
}

/// Measures the calls of a log, which are in order of time.
pub fn measure(calls: &Calls, prices: &GatePrices<'_>, measure: &Measure) -> Measurement {
    let facts = Facts::new(calls, prices.billed);
    let mut demand = Demand::new(&facts, measure);
    let new_pricer = |book| Pricer::new(book, None, CostMode::Auto, None);
    let mut measuring = Measuring {
        calls,
        book: &prices.level,
        billed: new_pricer(prices.billed),
        level: new_pricer(&prices.level),
        groups: Vec::new(),
        rows: Vec::new(),
        places: HashMap::new(),
        costs: Vec::new(),
        found: empty(measure, prices, demand.cluster()),
        unpriced: BTreeMap::new(),
    };
    for row in 0..calls.len() {
        measuring.add(row, &mut demand);
    }
    if calls.has_rolled() {
        LOT.clone_into(&mut measuring.found.cluster);
    }
    measuring.finish(&demand.keys(), prices.level())
}

fn empty(measure: &Measure, prices: &GatePrices<'_>, cluster: &str) -> Measurement {
    Measurement {
        measure: measure.clone(),
        cluster: cluster.to_owned(),
        is_unspread: false,
        clusters: 0,
        effective_clusters: 0,
        span: None,
        priced_at: prices.priced_at,
        price_tables: prices.billed.sha256().to_owned(),
        calls: 0,
        billed: Usd::ZERO,
        by_day: BTreeMap::new(),
        unpriced: Vec::new(),
        without_case: 0,
        skipped: 0,
        groups: Vec::new(),
        percentile: None,
    }
}

impl Measuring<'_> {
    fn add(&mut self, row: Row, demand: &mut Demand<'_>) {
        let call = self.calls.call(row);
        let billed = self.billed.price(self.calls, row, &call);
        let level = self.level.price(self.calls, row, &call);
        let (own, cost) = match (billed.cost, level.cost) {
            (Ok(own), Ok(cost)) => (own, cost),
            (Err(reason), _) | (_, Err(reason)) => {
                let model = self.calls.name(column::MODEL, row).to_owned();
                *self.unpriced.entry((model, reason.name())).or_default() += call.calls;
                return;
            }
        };
        let Some(place) = demand.of(row) else {
            self.found.without_case += call.calls;
            return;
        };
        self.note(row, &call, own);
        if self.groups.len() <= place.group {
            self.groups.resize_with(place.group + 1, Sum::default);
        }
        let group = &mut self.groups[place.group];
        group.units += place.units;
        group.cost += cost;
        let lot = group.lots.entry(place.lot).or_default();
        *lot = (lot.0 + place.units, lot.1 + cost.atto());
        self.costs.push(CallCost::new(cost, place.lot, call.calls));
        self.add_to_row(row, &call, place, [&billed, &level], cost);
    }

    fn note(&mut self, row: Row, call: &Call, own: Usd) {
        let rolled = self.calls.rolled(row);
        self.found.is_unspread |= rolled.is_some_and(|rolled| rolled.lot.is_none());
        self.found.calls += call.calls;
        self.found.billed += own;
        if let Some(time) = call.time.known() {
            let end = self.calls.last_time(row);
            let (first, last) = self.found.span.unwrap_or((time, end));
            self.found.span = Some((first.min(time), last.max(end)));
            if let Some(day) = self.found.measure.days.day_of(time) {
                *self.found.by_day.entry(day).or_default() += own;
            }
        }
    }

    /// Keeps a call with those of the same model and price, or its cost alone where the log's own
    /// one counts.
    fn add_to_row(
        &mut self,
        row: Row,
        call: &Call,
        place: Belonging,
        prices: [&Price<'_>; 2],
        cost: Usd,
    ) {
        let [billed, level] = prices;
        let known = billed.calculated.zip(level.calculated);
        let Some((own, level)) = known.filter(|_| !billed.from_log && !level.from_log) else {
            self.groups[place.group].logged += cost;
            return;
        };
        let symbol = |column| self.calls.symbol(column, row);
        let is_hourly = self.book.model(level.model).is_ever_hourly();
        let half_hour = call.time.known().filter(|_| is_hourly);
        let half_hour = half_hour.map(|at| at.millis().div_euclid(HALF_HOUR_MILLIS) % HALF_HOURS);
        let size = prompt_size(&call.tokens, call.calls);
        let key = RowKey {
            group: place.group,
            names: [column::PROVIDER, column::MODEL, column::GEO].map(symbol),
            price: std::ptr::from_ref::<RateCard>(level.card).addr(),
            lane: call.service_tier,
            size: SIZES.partition_point(|limit| *limit <= size),
            half_hour,
        };
        let next = self.rows.len();
        let at = *self.places.entry(key).or_insert(next);
        if at == next {
            let name = |column| self.calls.name(column, row);
            let names = [name(column::PROVIDER), name(column::MODEL), name(column::GEO)];
            let mut fresh = PriceRow::new(names, *call);
            fresh.is_of_one_hour = half_hour.is_some() || call.time.is_missing();
            self.rows.push((place.group, fresh));
        }
        let by_class = own.by_class(call);
        let fees = own.cost - by_class.iter().map(|(_, part)| *part).sum();
        self.rows[at].1.add(call, &by_class, fees);
    }

    fn finish(mut self, keys: &[Vec<String>], level: &PriceBook) -> Measurement {
        for (_, row) in &mut self.rows {
            row.priced = row.priced_by(level).unwrap_or(Usd::ZERO);
        }
        self.rows.sort_by(|(_, one), (_, other)| order(one).cmp(&order(other)));
        let mut found = self.found;
        let mut rows: Vec<Vec<PriceRow>> = vec![Vec::new(); self.groups.len()];
        for (group, row) in self.rows {
            rows[group].push(row);
        }
        for (place, sum) in self.groups.into_iter().enumerate() {
            let entries: Vec<Entry> = sum
                .lots
                .into_iter()
                .map(|(lot, (units, cost))| Entry { lot, units, cost })
                .collect();
            found.groups.push(MeasuredGroup {
                key: keys[place].clone(),
                is_rest: false,
                members: Vec::new(),
                units: sum.units,
                cost: sum.cost,
                logged: sum.logged,
                clusters: u64::try_from(entries.len()).expect("a count"),
                spread: Spread::Lots(entries),
                rows: std::mem::take(&mut rows[place]),
            });
        }
        found.groups.sort_by(|one, other| one.key.cmp(&other.key));
        found.count_clusters();
        // The mean cost of several calls is none of theirs.
        if found.measure.unit == Unit::Call && !self.calls.has_rolled() {
            found.percentile = percentile(self.costs);
        }
        found.unpriced = self
            .unpriced
            .into_iter()
            .map(|((model, reason), calls)| UnpricedCalls {
                model,
                reason: reason.to_owned(),
                calls,
            })
            .collect();
        found.unpriced.sort_by(|one, other| {
            (other.calls, &one.model, &one.reason).cmp(&(one.calls, &other.model, &other.reason))
        });
        found
    }
}

/// What rows are sorted by: the order of addresses in memory is none.
fn order(row: &PriceRow) -> (&str, &str, &str, Instant, u64, Usd) {
    let billed = row.billed.iter().map(|(_, part)| *part).sum();
    (&row.provider, &row.model, &row.geo, row.sample.time, row.calls, billed)
}
