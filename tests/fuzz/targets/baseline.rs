//! Whatever a baseline says, it is refused, or written as it was read, priced again and judged.

use std::sync::LazyLock;

use llmcost::PriceBook;
use llmcost::gate::{Against, Baseline, GateOptions, GatePrices, Measure, Unit, measure, run};
use llmcost::sources::{Input, ReadOptions};
use llmcost::usage::{Days, Dimensions};

use super::log::read_all;

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

const LOG: &str = include_str!("plan_log.jsonl");

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(baseline) = Baseline::parse(text) else { return };
    let written = baseline.to_text();
    let again = Baseline::parse(&written);
    assert_eq!(again.as_ref(), Ok(&baseline), "{written}");
    let prices = GatePrices::new(&BOOK, None);
    let how = Measure {
        unit: baseline.measurement.measure.unit,
        group_by: baseline.measurement.measure.group_by.clone(),
        days: Days::UTC,
    };
    let names: Vec<&str> =
        how.group_by.iter().map(String::as_str).chain(llmcost::gate::COLUMNS).collect();
    let options = ReadOptions { dimensions: Dimensions::new(names), ..ReadOptions::default() };
    let (calls, _) = read_all(Input::Embedded("log.jsonl", LOG.as_bytes()), &options);
    let after = measure(&calls.into_time_order(), &prices, &how);
    let both = vec![baseline.clone(), baseline.clone()];
    for saved in [vec![baseline], both] {
        let outcome =
            run(after.clone(), Against::Baselines(saved), &prices, &GateOptions::default());
        assert!(outcome.comparison.is_some());
    }
}

/// A baseline as it is saved, to begin with.
pub(crate) fn saved(unit: Unit, group_by: &[&str]) -> String {
    let prices = GatePrices::new(&BOOK, None);
    let group_by = group_by.iter().map(|name| (*name).to_owned()).collect();
    let how = Measure { unit, group_by, days: Days::UTC };
    let dimensions = Dimensions::new(llmcost::gate::COLUMNS);
    let options = ReadOptions { dimensions, ..ReadOptions::default() };
    let (calls, _) = read_all(Input::Embedded("log.jsonl", LOG.as_bytes()), &options);
    Baseline::new(measure(&calls.into_time_order(), &prices, &how), &prices, "0.0.0").to_text()
}
