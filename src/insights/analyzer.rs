//! One pass over tables of calls.

use std::collections::BTreeSet;

use crate::pricing::PriceBook;
use crate::units::{Share, Usd};
use crate::usage::{
    Call, Calls, FinishReason, Instant, PlainCalls, Row, ServiceTier, Status, Symbol,
};

use super::analysis::{
    Analysis, CacheHealth, Concentration, Group, LoggedCosts, TierTotal, Window,
};
use super::bounded::{BoundedTable, Names, OTHER};
use super::calendar::Calendar;
use super::classes::CardTotals;
use super::concentration::gini;
use super::context_bands::ContextBands;
use super::cost_histogram::CostHistogram;
use super::costliest::Costliest;
use super::findings;
use super::forecast::forecast;
use super::key_columns::KeyColumns;
use super::lanes::{At, Lane, Lanes};
use super::options::{AnalysisOptions, CostMode};
use super::pricer::{Price, Pricer};
use super::remarks::PriceRemarks;
use super::run_rate;
use super::sanity::{LONGEST_LOG, oddities};
use super::spread::SpreadTable;
use super::swaps::Swaps;
use super::tally::{CallsAndCost, Tally};
use super::unpriced::UnpricedCalls;

const TIERS: usize = ServiceTier::ALL.len();

/// Takes tables of calls, one after the other, and sums them up. Every sum is exact, so neither
/// the cut into tables nor the order of merging changes the result.
#[derive(Clone, Debug)]
pub struct Analyzer<'a> {
    book: &'a PriceBook,
    has_contract: bool,
    options: AnalysisOptions,
    pricer: Pricer<'a>,
    columns: KeyColumns,
    key: Vec<Symbol>,
    groups: BoundedTable<Tally>,
    lanes: Lanes<'a>,
    sums: Sums<'a>,
    unpriced: UnpricedCalls,
    swaps: Swaps<'a>,
    spread: Option<SpreadTable>,
    other_sellers: u64,
}

/// The names of groups. A model that the price book knows is always apart.
struct Grouped<'k, 'a> {
    columns: &'k mut KeyColumns,
    book: &'a PriceBook,
}

impl Names for Grouped<'_, '_> {
    fn name(&self, place: usize, symbol: Symbol) -> &str {
        self.columns.name(place, symbol)
    }

    fn folded(&mut self, key: &[Symbol]) -> Vec<Symbol> {
        let book = self.book;
        self.columns.folded(key, OTHER, |model| book.is_known(model))
    }

    fn longest(&self) -> usize {
        self.columns.longest()
    }

    fn retain(&mut self, keys: &mut [Symbol]) {
        self.columns.retain(keys);
    }
}

/// Everything that is summed over all calls alike.
#[derive(Clone, Debug)]
struct Sums<'a> {
    cards: CardTotals<'a>,
    tiers: [CallsAndCost; TIERS],
    bands: ContextBands,
    histogram: CostHistogram,
    costliest: Costliest,
    calendar: Calendar,
    failed: CallsAndCost,
    cut_off: CallsAndCost,
    logged: LoggedCosts,
    too_early: u64,
}

impl<'a> Analyzer<'a> {
    /// An analyzer that prices with this book. A column that is asked for twice counts once.
    pub fn new(book: &'a PriceBook, options: AnalysisOptions) -> Self {
        Self::with_list(book, None, options)
    }

    /// An analyzer that prices with a book of contracted prices, and says what the list prices
    /// would have come to. Both books must have the same models.
    pub fn with_list(
        book: &'a PriceBook,
        list: Option<&'a PriceBook>,
        mut options: AnalysisOptions,
    ) -> Self {
        let mut seen = BTreeSet::new();
        options.group_by.retain(|column| seen.insert(column.clone()));
        Self {
            book,
            has_contract: list.is_some(),
            pricer: Pricer::new(book, list, options.cost_mode, options.seller.clone()),
            columns: KeyColumns::new(&options.group_by, options.days),
            key: Vec::new(),
            groups: BoundedTable::new(options.group_by.len(), options.most_groups, Tally::merge),
            lanes: Lanes::default(),
            sums: Sums {
                cards: CardTotals::new(book),
                tiers: [CallsAndCost::default(); TIERS],
                bands: ContextBands::default(),
                histogram: CostHistogram::default(),
                costliest: Costliest::new(options.costliest),
                calendar: Calendar::new(options.days),
                failed: CallsAndCost::default(),
                cut_off: CallsAndCost::default(),
                logged: LoggedCosts::default(),
                too_early: 0,
            },
            unpriced: UnpricedCalls::new(options.most_groups),
            swaps: Swaps::new(book),
            spread: options.pictures.then(|| SpreadTable::new(options.days)),
            other_sellers: 0,
            options,
        }
    }

    /// Adds every call of a table.
    pub fn add(&mut self, calls: &Calls) {
        self.enter(calls);
        match PlainCalls::of(calls).filter(|_| self.has_lanes()) {
            Some(plain) => self.add_plain(calls, &plain),
            None => (0..calls.len()).for_each(|row| self.add_row(calls, row)),
        }
    }

    fn enter(&mut self, calls: &Calls) {
        self.groups.look(&mut Grouped { columns: &mut self.columns, book: self.book });
        self.unpriced.look();
        self.columns.enter(calls);
        self.pricer.enter();
        self.swaps.enter();
        if let Some(spread) = &mut self.spread {
            spread.enter(calls);
        }
    }

    /// Adds every call of a table the long way.
    #[cfg(test)]
    pub(super) fn add_rows(&mut self, calls: &Calls) {
        self.enter(calls);
        (0..calls.len()).for_each(|row| self.add_row(calls, row));
    }

    /// Adds a call, whatever it is.
    fn add_row(&mut self, calls: &Calls, row: Row) {
        let call = calls.call(row);
        if !self.pricer.is_wanted(calls, row) {
            self.other_sellers += call.calls;
            return;
        }
        let price = self.pricer.price(calls, row, &call);
        self.columns.key_of(calls, row, &call, &mut self.key);
        let tally = self.tally();
        tally.add(&call, price.cost.ok(), price.list, price.from_log);
        self.swaps.add(&self.pricer, calls, row, &call, &price);
        if let Some(spread) = &mut self.spread {
            spread.add(calls, row, &call, price.cost.ok());
        }
        self.sums.add(calls, row, &call, price);
        if let Some(reason) = price.reason {
            let cost = price.cost.ok();
            self.unpriced.add(calls, row, &call, reason, cost);
        }
    }

    /// Whether plain calls can be summed by kind: nothing is asked that only a look at each can
    /// answer.
    fn has_lanes(&self) -> bool {
        let is_calculated = self.options.cost_mode != CostMode::Logged;
        let of_all = !self.has_contract && self.options.seller.is_none();
        is_calculated && of_all && self.spread.is_none()
    }

    /// Adds the calls of a table: the plain ones by kind, the others one by one.
    fn add_plain(&mut self, calls: &Calls, plain: &PlainCalls<'_>) {
        let classes = plain.classes();
        let has_costs = !plain.is_without_costs();
        let by_kind = self.columns.are_of_kinds();
        let mut lanes = std::mem::take(&mut self.lanes);
        lanes.enter(calls.kinds().len());
        for (row, (kind, time)) in plain.kinds.iter().zip(plain.times).enumerate() {
            let mut known = lanes.at(*kind, *time);
            if matches!(known, At::Unknown) {
                let left = lanes.take(*kind, self.lane(calls, row, *time));
                if let Some(lane) = left {
                    self.close(calls, kind.index(), &lane);
                }
                known = lanes.at(*kind, *time);
            }
            let added = match known {
                At::Lane(lane) if plain.is_plain(row) => lane.add(&classes, row),
                _ => None,
            };
            let Some(call) = added else {
                self.add_row(calls, row);
                continue;
            };
            if !by_kind {
                self.columns.key_of_plain(calls, row, &mut self.key);
                let tally = self.tally();
                tally.add_plain(&classes, &call.counts, call.cost);
            }
            self.sums.add_plain(calls, row, *time, call.prompt, call.cost);
            if has_costs && let Some(logged) = plain.logged_cost(row) {
                self.sums.logged.compare_plain(logged, call.cost);
            }
        }
        for (kind, lane) in lanes.drain() {
            self.close(calls, kind, &lane);
        }
        self.lanes = lanes;
    }

    /// The lane of the kind of a row at its time; nothing where its calls are not plain.
    fn lane(&mut self, calls: &Calls, row: Row, time: Instant) -> Option<Lane<'a>> {
        let model = self.pricer.calculated_model(calls, row)?;
        let kind = &calls.kinds()[calls.kind_column()[row].index()];
        let lane = Lane::open(self.book, model, calls, kind, time)?;
        self.swaps.may_ignore(calls, row).then_some(lane)
    }

    /// Takes over the sums of a lane.
    fn close(&mut self, calls: &Calls, kind: usize, lane: &Lane<'a>) {
        if lane.calls() == 0 {
            return;
        }
        if self.columns.are_of_kinds() {
            self.columns.key_of_kind(&calls.kinds()[kind], &mut self.key);
            self.tally().merge(&lane.tally());
        }
        self.sums.close(lane);
    }

    /// Takes over what another analyzer with the same book and options has summed.
    pub fn merge(&mut self, other: Self) {
        let mut names = Grouped { columns: &mut self.columns, book: self.book };
        self.groups.level_with(&other.groups, &mut names);
        for (key, tally) in other.groups.iter() {
            let key = names.columns.adopt(&other.columns, key);
            self.groups.entry(&key, &mut names).merge(tally);
        }
        self.groups.look(&mut names);
        self.unpriced.merge(&other.unpriced);
        self.swaps.merge(&other.swaps);
        if let (Some(mine), Some(theirs)) = (&mut self.spread, &other.spread) {
            mine.merge(theirs);
        }
        self.other_sellers += other.other_sellers;
        self.sums.merge(other.sums);
    }

    /// The result.
    pub fn finish(mut self) -> Analysis {
        let mut names = Grouped { columns: &mut self.columns, book: self.book };
        let folding = self.groups.finish(&mut names);
        let mut totals = Tally::default();
        for (_, tally) in self.groups.iter() {
            totals.merge(tally);
        }
        let groups = self.sorted_groups(totals.cost);
        let unpriced = self.unpriced.finish(self.book);
        let spread = self.spread.as_ref().map(|spread| spread.finish(&groups));
        let sums = self.sums;
        let (days, window, undated_calls) = sums.calendar.finish();
        let growth = self.options.growth;
        let exhibits =
            window.as_ref().map_or_else(Vec::new, |window| forecast(window, &days, growth));
        // Nothing follows from days that are many years apart.
        let span = window.as_ref().filter(|window: &&Window| window.length() <= LONGEST_LOG);
        let run_rate = span.and_then(|window| run_rate::project(window, &days));
        let mut analysis = Analysis {
            group_by: self.options.group_by,
            cost_mode: self.options.cost_mode,
            window,
            undated_calls,
            concentration: concentration(&groups, &sums.histogram),
            groups,
            folding,
            classes: sums.cards.classes().unwrap_or_default(),
            cache: CacheHealth {
                input: totals.input(),
                read: totals.cache_read(),
                written: totals.cache_written(),
                net_saving: sums.cards.cache_saving(),
            },
            tiers: tiers(&sums.tiers, totals.cost),
            totals,
            bands: sums.bands.finish(),
            costliest: sums.costliest.finish(),
            failed: sums.failed,
            cut_off: sums.cut_off,
            days,
            run_rate,
            unpriced,
            remarks: PriceRemarks::of(&sums.cards, self.book),
            swaps: self.swaps.finish(),
            other_sellers: self.other_sellers,
            seller: self.options.seller,
            has_contract: self.has_contract,
            logged: sums.logged,
            calls_before_first_price: sums.too_early,
            findings: Vec::new(),
            oddities: Vec::new(),
            exhibits,
            spread,
        };
        analysis.findings = findings::find(&analysis);
        analysis.oddities = oddities(&analysis, &sums.cards, self.book);
        analysis
    }

    /// The sums of the group of the current key.
    fn tally(&mut self) -> &mut Tally {
        let mut names = Grouped { columns: &mut self.columns, book: self.book };
        self.groups.entry(&self.key, &mut names)
    }

    /// The groups, dearest first; of equal ones, those with more calls, then by key.
    fn sorted_groups(&self, whole: Usd) -> Vec<Group> {
        let rows = self.groups.iter().map(|(key, tally)| Group {
            key: self.columns.names(key),
            tally: *tally,
            share: Share::of(tally.cost.atto(), whole.atto()),
        });
        let mut groups: Vec<_> = rows.collect();
        groups.sort_by(|a, b| {
            let by_size = (b.tally.cost, b.tally.calls).cmp(&(a.tally.cost, a.tally.calls));
            by_size.then_with(|| a.key.cmp(&b.key))
        });
        groups
    }
}

impl<'a> Sums<'a> {
    fn add(&mut self, calls: &Calls, row: Row, call: &Call, price: Price<'a>) {
        // A call without a known cost counts as a call and adds no money.
        let cost = price.cost.ok();
        self.calendar.add(call.time, call.calls, cost);
        self.calendar.stretch(calls.last_time(row));
        self.tiers[call.service_tier as usize].add(call.calls, cost);
        if matches!(call.status, Status::Error(_)) {
            self.failed.add(call.calls, cost);
        }
        if call.finish_reason == FinishReason::Length {
            self.cut_off.add(call.calls, cost);
        }
        // The charge of a log is not split into prices, and what is in no sum has none that count.
        let is_calculated = cost.is_some() && !price.from_log;
        if let Some(found) = price.calculated.as_ref().filter(|_| is_calculated) {
            self.cards.add(found, call);
            if found.too_early {
                self.too_early += call.calls;
            }
        }
        self.bands.add(call, cost);
        if let Some(cost) = cost {
            self.costliest.add(calls, row, call, cost);
            if call.is_single() {
                self.histogram.add(cost);
            }
        }
        self.compare(call, &price);
    }

    /// Adds of a plain call what differs from call to call; the rest is added by [`Sums::close`].
    #[inline]
    fn add_plain(&mut self, calls: &Calls, row: Row, time: Instant, prompt: u64, cost: Usd) {
        self.calendar.add_plain(time, cost);
        self.bands.add_plain(prompt, cost);
        self.histogram.add(cost);
        if self.costliest.may_keep(cost) {
            self.costliest.add(calls, row, &calls.call(row), cost);
        }
    }

    /// Takes over the sums of calls of one kind.
    fn close(&mut self, lane: &Lane<'a>) {
        let (calls, cost) = (lane.calls(), Some(lane.cost()));
        self.tiers[lane.tier].add(calls, cost);
        if lane.is_failed {
            self.failed.add(calls, cost);
        }
        if lane.is_cut_off {
            self.cut_off.add(calls, cost);
        }
        if lane.too_early {
            self.too_early += calls;
        }
        self.cards.add_lane(lane);
    }

    fn compare(&mut self, call: &Call, price: &Price<'a>) {
        let Some(logged) = call.logged_cost else { return };
        self.logged.stated.add(call.calls, Some(logged));
        if let Some(found) = &price.calculated {
            self.logged.compared.add(call.calls, Some(logged));
            self.logged.compared_calculated += found.cost;
            if is_equal(found.cost, logged, call.calls) {
                self.logged.equal_calls += call.calls;
            }
        }
        if price.from_log {
            self.logged.used.add(call.calls, Some(logged));
        }
    }

    fn merge(&mut self, other: Self) {
        self.cards.merge(&other.cards);
        for (mine, theirs) in self.tiers.iter_mut().zip(other.tiers) {
            mine.merge(theirs);
        }
        self.bands.merge(&other.bands);
        self.histogram.merge(&other.histogram);
        self.costliest.merge(other.costliest);
        self.calendar.merge(other.calendar);
        self.too_early += other.too_early;
        self.failed.merge(other.failed);
        self.cut_off.merge(other.cut_off);
        self.logged.stated.merge(other.logged.stated);
        self.logged.compared.merge(other.logged.compared);
        self.logged.compared_calculated += other.logged.compared_calculated;
        self.logged.used.merge(other.logged.used);
        self.logged.equal_calls += other.logged.equal_calls;
    }
}

impl LoggedCosts {
    /// Compares the cost that the log states of a single call with the calculated one.
    fn compare_plain(&mut self, logged: Usd, calculated: Usd) {
        self.stated.add(1, Some(logged));
        self.compared.add(1, Some(logged));
        self.compared_calculated += calculated;
        self.equal_calls += u64::from(is_equal(calculated, logged, 1));
    }
}

/// A billionth of a dollar, in units of 10⁻¹⁸.
const BILLIONTH: i128 = 1_000_000_000;

fn is_equal(calculated: Usd, logged: Usd, calls: u64) -> bool {
    (calculated - logged).atto().abs() < BILLIONTH * i128::from(calls)
}

fn concentration(groups: &[Group], histogram: &CostHistogram) -> Concentration {
    let priced: Vec<_> = groups
        .iter()
        .map(|group| CallsAndCost {
            calls: group.tally.priced_calls(),
            unpriced_calls: 0,
            cost: group.tally.cost,
        })
        .collect();
    Concentration { group_gini: gini(&priced), dearest_fifth: histogram.dearest_fifth() }
}

fn tiers(totals: &[CallsAndCost; TIERS], whole: Usd) -> Vec<TierTotal> {
    let tiers = ServiceTier::ALL.into_iter().zip(totals);
    tiers
        .filter(|(_, total)| total.calls > 0)
        .map(|(tier, total)| TierTotal {
            tier,
            total: *total,
            share: Share::of(total.cost.atto(), whole.atto()),
        })
        .collect()
}
