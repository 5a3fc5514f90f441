//! How fast a log is run again under a single technique, of each kind of replay.
//!
//! `cargo bench --bench replay`

mod support;

use std::num::NonZeroUsize;

use divan::Bencher;
use divan::counter::ItemsCount;
use llmcost::{Log, Plan, PriceBook, WhatIf};

use support::{RECORDS, log, path};

/// A technique that looks at calls one by one, one that follows conversations, one that simulates the
/// caches of providers, and one that sends calls to other models.
const PLANS: [(&str, &str); 4] = [
    ("discount", "[provider_discount]\nrate = \"0.10\""),
    ("window", "[context_trimming]\nturns = 5"),
    ("cache", "[prompt_caching]\npolicy = \"replay\""),
    ("tiering", "[model_tiering]\nshare = \"0.6\"\nto = \"claude-haiku-4-5\""),
];

/// Fewer than elsewhere: a replay looks at each of them many times.
const CALLS: u32 = RECORDS / 4;

fn main() {
    divan::main();
}

/// The log read for a plan, by one thread, as all that follows.
fn read_for(plan: &Plan) -> Log {
    let file = log(CALLS);
    Log::reader().plan(plan).threads(NonZeroUsize::MIN).read([path(&file)]).expect("a good log")
}

#[divan::bench(args = PLANS.map(|(name, _)| name), sample_count = 20, max_time = 2)]
fn simulate(bencher: Bencher<'_, '_>, name: &str) {
    let (_, text) = PLANS.into_iter().find(|(known, _)| *known == name).expect("one of them");
    let plan = Plan::parse(name, text).expect("a plan");
    let (log, prices) = (read_for(&plan), PriceBook::embedded());
    bencher
        .counter(ItemsCount::new(CALLS))
        .bench(|| log.simulate(&prices, &plan).expect("every model has a price"));
}

#[divan::bench(sample_count = 10, max_time = 2)]
fn what_if(bencher: Bencher<'_, '_>) {
    let (log, prices) = (read_for(&WhatIf::reading_plan()), PriceBook::embedded());
    bencher
        .counter(ItemsCount::new(CALLS))
        .bench(|| log.what_if(&prices).expect("every model has a price"));
}
