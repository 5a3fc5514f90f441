//! What must hold for any log: sums are conserved, and no cut or order changes the analysis.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::diagnostics::Place;
use crate::exhibits::Cell;
use crate::pricing::{PriceBook, cost};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{
    Call, Calls, Dimensions, FinishReason, Instant, ServiceTier, Status, Symbol, column,
};

use super::*;

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

const MODELS: [(&str, &str); 5] = [
    ("anthropic", "claude-sonnet-4-6"),
    ("anthropic", "claude-haiku-4-5"),
    ("openai", "gpt-4o"),
    ("openai", "gpt-4oo"),
    ("", ""),
];

/// A call and the names that go with it.
#[derive(Clone, Debug)]
struct Named {
    model: usize,
    call_type: usize,
    call: Call,
}

fn named() -> impl Strategy<Value = Named> {
    let names = (0..MODELS.len(), 0usize..3);
    let time = prop_oneof![
        1 => Just(Instant::MISSING),
        9 => (1_790_000_000_000i64..1_793_000_000_000).prop_map(Instant::from_millis),
    ];
    let tokens = proptest::array::uniform4(0u64..300_000);
    let logged = proptest::option::of(0i64..1_000_000);
    let kind = (1u64..3, 0usize..3, 0usize..3, 0usize..2);
    (names, time, tokens, logged, kind).prop_map(|(names, time, tokens, logged, kind)| {
        let (calls, tier, status, finish) = kind;
        let mut call = Call {
            time,
            calls,
            service_tier: ServiceTier::ALL[tier],
            status: [Status::Unknown, Status::Ok, Status::Error(529)][status],
            finish_reason: [FinishReason::Stop, FinishReason::Length][finish],
            logged_cost: logged.map(|micro| Usd::from_atto(i128::from(micro) * 10i128.pow(12))),
            ..Call::default()
        };
        let classes = [
            TokenClass::Input,
            TokenClass::CacheRead,
            TokenClass::CacheWrite5m,
            TokenClass::Output,
        ];
        for (class, count) in classes.into_iter().zip(tokens) {
            call.tokens[class] = Tokens::new(count);
        }
        Named { model: names.0, call_type: names.1, call }
    })
}

fn log() -> impl Strategy<Value = Vec<Named>> {
    proptest::collection::vec(named(), 0..40).prop_map(|mut log| {
        for (line, named) in (1..).zip(&mut log) {
            named.call.place = Place { file: 0, line };
        }
        log
    })
}

fn table(log: &[Named]) -> Calls {
    let mut calls = Calls::new(Dimensions::new([]));
    for named in log {
        let (provider, model) = MODELS[named.model];
        let names = [
            (column::PROVIDER, provider),
            (column::MODEL, model),
            (column::CALL_TYPE, ["chat", "agent", ""][named.call_type]),
        ];
        let mut symbols = [Symbol::EMPTY; column::FIXED.len()];
        for (place, name) in names {
            symbols[place] = calls.dimensions[place].intern(name);
        }
        calls.push(&named.call, &symbols);
    }
    calls
}

fn options(columns: &[&str], cost_mode: CostMode) -> AnalysisOptions {
    let group_by = columns.iter().map(|name| (*name).to_owned()).collect();
    AnalysisOptions { group_by, cost_mode, ..AnalysisOptions::default() }
}

fn by_model() -> AnalysisOptions {
    options(&["model", "call_type"], CostMode::Auto)
}

fn analyzed(log: &[Named], options: &AnalysisOptions) -> Analysis {
    let mut analyzer = Analyzer::new(&BOOK, options.clone());
    analyzer.add(&table(log));
    analyzer.finish()
}

/// The calculated cost of a call, looked up anew.
fn calculated(named: &Named) -> Option<Usd> {
    let (provider, model) = MODELS[named.model];
    let call = &named.call;
    let id = BOOK.find(provider, model).ok()?;
    let card = BOOK.card(id, call, call.time, "").ok()?;
    cost(call, card).ok()
}

/// The sum of a column of amounts.
fn column_sum(inspection: &Inspection, table: &str, column: &str) -> Usd {
    let table = inspection.exhibits.iter().find(|one| one.name == table).expect("always there");
    let place = table.columns.iter().position(|one| one.name == column).expect("a column");
    let amounts = table.rows.iter().filter_map(|row| match row[place] {
        Cell::Usd(amount) => Some(amount),
        _ => None,
    });
    amounts.sum()
}

proptest! {
    /// Call by call, and from the sums of each rate card: two ways to one figure.
    #[test]
    fn what_caching_saved_is_conserved(log in log()) {
        let calls = table(&log).sorted_by_time();
        let inspection = inspect(&calls, &BOOK, &InspectionOptions::default());
        if log.is_empty() {
            prop_assert!(inspection.exhibits.is_empty());
            return Ok(());
        }
        let sum = |column| column_sum(&inspection, "cache_effect", column);
        prop_assert_eq!(sum("uncached_usd") - sum("net_saving_usd"), sum("billed_usd"));
        let saving = analyzed(&log, &by_model()).cache.net_saving;
        prop_assert_eq!(saving.unwrap_or_default(), sum("net_saving_usd"));
    }

    /// Nobody saves more than was paid, and nothing is wasted twice.
    #[test]
    fn no_finding_is_larger_than_the_bill(log in log()) {
        let calls = table(&log).sorted_by_time();
        let inspection = inspect(&calls, &BOOK, &InspectionOptions::default());
        if log.is_empty() {
            return Ok(());
        }
        let bill = analyzed(&log, &by_model()).totals.cost;
        prop_assert!(column_sum(&inspection, "waste", "cost_usd") <= bill);
        let leverage = inspection.exhibits.iter().find(|one| one.name == "leverage");
        for row in &leverage.expect("always there").rows {
            if let Cell::Usd(most) = row[1] {
                prop_assert!(Usd::ZERO <= most && most <= bill, "{:?}", row);
            }
        }
    }

    #[test]
    fn neither_cuts_nor_order_change_the_analysis(
        log in log(),
        cut in 0usize..40,
        shuffled in any::<prop::sample::Index>(),
    ) {
        let whole = analyzed(&log, &by_model());
        let (first, second) = log.split_at(cut.min(log.len()));
        let mut streamed = Analyzer::new(&BOOK, by_model());
        streamed.add(&table(first));
        streamed.add(&table(second));
        prop_assert_eq!(&streamed.finish(), &whole);
        let mut early = Analyzer::new(&BOOK, by_model());
        early.add(&table(first));
        let mut late = Analyzer::new(&BOOK, by_model());
        late.add(&table(second));
        late.merge(early);
        prop_assert_eq!(&late.finish(), &whole);
        let mut rotated = log.clone();
        rotated.rotate_left(shuffled.index(log.len().max(1)));
        prop_assert_eq!(&analyzed(&rotated, &by_model()), &whole);
    }

    /// The short way of plain calls, and the long way of each call alone.
    #[test]
    fn a_table_at_once_is_its_calls_one_by_one(
        log in log(),
        asked in 0usize..4,
        is_pinned in any::<bool>(),
        grouping in 0usize..5,
    ) {
        let mut log = log;
        for named in &mut log {
            named.call.calls = 1;
        }
        let mut calls = table(&log);
        if asked > 0 {
            let mut named = Calls::new(calls.dimensions.clone());
            for row in 0..calls.len() {
                let mut symbols: Vec<_> =
                    (0..column::FIXED.len()).map(|place| calls.symbol(place, row)).collect();
                let model = MODELS[(row + asked) % MODELS.len()].1;
                symbols[column::REQUEST_MODEL] = named.dimensions[column::REQUEST_MODEL].intern(model);
                named.push(&calls.call(row), &symbols);
            }
            calls = named;
        }
        let groupings: [&[&str]; 5] = [
            &["model", "call_type"], &["day", "model"], &["hour"], &["status", "service_tier"], &[],
        ];
        let early = BOOK.clone().pinned(Instant::parse("2026-09-01").expect("a day"));
        let book = if is_pinned { &early } else { &*BOOK };
        for mode in [CostMode::Auto, CostMode::Calculate, CostMode::Logged] {
            let options = options(groupings[grouping], mode);
            let mut at_once = Analyzer::new(book, options.clone());
            at_once.add(&calls);
            let mut one_by_one = Analyzer::new(book, options);
            for row in 0..calls.len() {
                let keep: Vec<bool> = (0..calls.len()).map(|other| other == row).collect();
                one_by_one.add_rows(&calls.filtered(&keep));
            }
            prop_assert_eq!(at_once.finish(), one_by_one.finish());
        }
    }

    #[test]
    fn totals_are_the_same_under_every_grouping(log in log()) {
        let whole = analyzed(&log, &by_model());
        for columns in [&[][..], &["day"], &["month", "hour"], &["service_tier", "status"],
            &["finish_reason", "provider"], &["no_such_column"]]
        {
            let analysis = analyzed(&log, &options(columns, CostMode::Auto));
            prop_assert_eq!(analysis.totals, whole.totals);
            let cost: Usd = analysis.groups.iter().map(|group| group.tally.cost).sum();
            prop_assert_eq!(cost, whole.totals.cost);
        }
    }

    #[test]
    fn totals_are_the_sum_over_single_calls(log in log()) {
        let analysis = analyzed(&log, &options(&["model"], CostMode::Calculate));
        let cost: Usd = log.iter().filter_map(calculated).sum();
        let calls: u64 = log.iter().map(|named| named.call.calls).sum();
        prop_assert_eq!((analysis.totals.calls, analysis.totals.cost), (calls, cost));
        let of_classes: Usd = analysis.classes.iter().map(|class| class.cost).sum();
        prop_assert_eq!(of_classes, cost);
        let unpriced: u64 = analysis.unpriced.iter().map(|model| model.calls).sum();
        prop_assert_eq!(unpriced, analysis.totals.unpriced_calls);
    }

    #[test]
    fn days_bands_and_tiers_hold_every_call_once(log in log()) {
        let analysis = analyzed(&log, &by_model());
        let totals = &analysis.totals;
        let of_days: u64 = analysis.days.iter().map(|day| day.total.calls).sum();
        prop_assert_eq!(of_days + analysis.undated_calls, totals.calls);
        let of_bands: u64 = analysis.bands.iter().map(|band| band.total.calls).sum();
        prop_assert_eq!(of_bands, totals.calls);
        let of_tiers: Usd = analysis.tiers.iter().map(|tier| tier.total.cost).sum();
        prop_assert_eq!(of_tiers, totals.cost);
    }

    #[test]
    fn every_record_twice_costs_exactly_twice(log in log()) {
        let once = analyzed(&log, &by_model());
        let twice = analyzed(&[log.clone(), log].concat(), &by_model());
        prop_assert_eq!(twice.totals.cost, once.totals.cost + once.totals.cost);
        prop_assert_eq!(twice.concentration.group_gini, once.concentration.group_gini);
    }

    #[test]
    fn logged_costs_count_only_where_they_may(log in log()) {
        let logged: Usd = log.iter().filter_map(|named| named.call.logged_cost).sum();
        let stated = analyzed(&log, &options(&["model"], CostMode::Logged));
        prop_assert_eq!(stated.totals.cost, logged);
        let auto = analyzed(&log, &options(&["model"], CostMode::Auto));
        let calculated = analyzed(&log, &options(&["model"], CostMode::Calculate));
        prop_assert_eq!(auto.totals.cost, calculated.totals.cost + auto.logged.used.cost);
        prop_assert_eq!(calculated.logged.used.calls, 0);
        prop_assert_eq!(auto.totals.logged, auto.logged.used);
        prop_assert_eq!(auto.totals.calculated().cost, calculated.totals.cost);
        let listed: Usd = auto.unpriced.iter().map(|model| model.at_logged_cost.cost).sum();
        prop_assert_eq!(listed, auto.logged.used.cost);
    }
}

#[test]
fn a_column_asked_for_twice_is_one_column() {
    let log = [Named { model: 0, call_type: 0, call: Call::default() }];
    let analysis = analyzed(&log, &options(&["model", "call_type", "model"], CostMode::Auto));
    assert_eq!(analysis.group_by, ["model", "call_type"]);
    assert_eq!(analysis.groups[0].key, ["claude-sonnet-4-6", "chat"]);
}

#[test]
fn calls_long_before_their_model_are_counted() {
    let at = |text| Call { time: Instant::parse(text).expect("a time"), ..Call::default() };
    let calls = ["2020-01-01", "2026-10-01"].map(at);
    let log = calls.map(|call| Named { model: 2, call_type: 0, call });
    assert_eq!(analyzed(&log, &by_model()).calls_before_first_price, 1);
    let early = BOOK.clone().pinned(Instant::parse("2020-01-01").expect("a day"));
    let mut analyzer = Analyzer::new(&early, by_model());
    analyzer.add(&table(&log));
    assert_eq!(analyzer.finish().calls_before_first_price, 2);
}

#[test]
fn an_unknown_model_is_unpriced_with_a_suggestion() {
    let call = Call { place: Place { file: 0, line: 1 }, ..Call::default() };
    let log = [Named { model: 3, call_type: 0, call }];
    let analysis = analyzed(&log, &by_model());
    let unpriced = &analysis.unpriced[0];
    assert_eq!((unpriced.reason, unpriced.calls), ("unknown-model", 1));
    assert!(unpriced.did_you_mean.is_some());
    assert_eq!(analysis.totals.cost, Usd::ZERO);
}
