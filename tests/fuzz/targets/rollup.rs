//! Whatever a log holds, its roll-up is read without a word of complaint and costs the same.

use std::sync::LazyLock;

use llmcost::insights::Finding;
use llmcost::render::{RollupShape, write_rollup};
use llmcost::report::RollupTable;
use llmcost::rollup::{Every, RollupBuilder, RollupOptions};
use llmcost::sources::{Input, ReadOptions};
use llmcost::usage::{Days, Dimensions};
use llmcost::{Analysis, AnalysisOptions, Calls, PriceBook};

use super::log::{read_all, with_file};

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

pub(crate) fn check(bytes: &[u8]) {
    with_file(bytes, |input| {
        let every = if bytes.len().is_multiple_of(2) { Every::Day } else { Every::Hour };
        let options = RollupOptions { every, days: Days::UTC, by: Vec::new() };
        let names = options.dimensions();
        let calls = read_with(input, &names);
        // A roll-up is rolled up by no command.
        if calls.is_empty() || calls.has_rolled() || calls.has_last_times() {
            return;
        }
        let mut builder = RollupBuilder::new(&BOOK, options);
        builder.add(&calls);
        let table = RollupTable::new(builder.finish(&[]));
        for shape in [RollupShape::Jsonl, RollupShape::Csv, RollupShape::Parquet] {
            let mut text = Vec::new();
            write_rollup(&table, shape, &mut text).expect("memory takes it");
            let sums = with_file(&text, |input| read_with(input, &names));
            assert_eq!(analysis(&sums), analysis(&calls), "{shape:?}");
        }
    });
}

fn read_with(input: Input, names: &[String]) -> Calls {
    let dimensions = Dimensions::new(names.iter().map(String::as_str));
    let options = ReadOptions { dimensions, keep_duplicates: true, ..ReadOptions::default() };
    read_all(input, &options).0
}

/// What is told of a log, but for what only single calls tell.
fn analysis(calls: &Calls) -> Analysis {
    let options = AnalysisOptions { pictures: true, ..AnalysisOptions::default() };
    let mut analyzer = llmcost::insights::Analyzer::new(&BOOK, options);
    analyzer.add(calls);
    let mut found = analyzer.finish();
    found.costliest.clear();
    found.concentration.dearest_fifth = None;
    found.oddities.clear();
    found.findings.retain(|one| !matches!(one, Finding::DearestFifth { .. }));
    found
}
