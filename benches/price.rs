//! How fast calls are priced: one by one through the price book, and all of a log by model.
//!
//! `cargo bench --bench price`

mod support;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use llmcost::{Log, PriceBook, TokenClass, Tokens, price_call};

use support::{RECORDS, log, path};

fn main() {
    divan::main();
}

#[divan::bench]
fn embedded_book() -> PriceBook {
    PriceBook::embedded()
}

#[divan::bench]
fn one_call(bencher: Bencher<'_, '_>) {
    let prices = PriceBook::embedded();
    let mut call = llmcost::Call::default();
    call.tokens[TokenClass::Input] = Tokens::new(1_000);
    call.tokens[TokenClass::Output] = Tokens::new(200);
    bencher.bench(|| {
        price_call(&prices, "anthropic", "claude-haiku-4-5", black_box(&call)).expect("has a price")
    });
}

#[divan::bench(sample_count = 20, max_time = 2)]
fn analyze_by_model(bencher: Bencher<'_, '_>) {
    let file = log(RECORDS);
    let log = Log::read([path(&file)]).expect("a good log");
    let prices = PriceBook::embedded();
    bencher.counter(ItemsCount::new(RECORDS)).bench(|| {
        let analysis = log.analyze(&prices, &["model", "call_type"]).expect("columns of every log");
        assert_eq!(analysis.totals.calls, u64::from(RECORDS));
        analysis
    });
}
