//! What it costs that techniques overlap: the fair shares of one to eight of them, which are run in
//! every combination.
//!
//! `cargo bench --bench attribution`

mod support;

use std::num::NonZeroUsize;

use divan::Bencher;
use divan::counter::ItemsCount;
use llmcost::{Log, Plan, PriceBook};

use support::{RECORDS, log, path};

/// Fewer than elsewhere: eight techniques have 256 combinations.
const CALLS: u32 = RECORDS / 10;

/// In the order in which they are added.
const TECHNIQUES: [&str; 8] = [
    "[prompt_caching]\nhit = \"0.9\"",
    "[batch]\ncall_types = [\"document.summary\"]",
    "[output_cap]\ntokens = 600",
    "[model_tiering]\nshare = \"0.4\"\nto = \"claude-haiku-4-5\"",
    "[semantic_cache]\nrate = \"0.1\"",
    "[context_trimming]\nrate = \"0.2\"",
    "[concise_output]\nrate = \"0.2\"",
    "[provider_discount]\nrate = \"0.1\"",
];

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2, 4, 8], sample_count = 10, max_time = 2)]
fn simulate(bencher: Bencher<'_, '_>, techniques: usize) {
    let plan = Plan::parse("plan", &TECHNIQUES[..techniques].join("\n")).expect("a plan");
    let file = log(CALLS);
    let log = Log::reader().plan(&plan).threads(NonZeroUsize::MIN).read([path(&file)]);
    let (log, prices) = (log.expect("a good log"), PriceBook::embedded());
    bencher
        .counter(ItemsCount::new(CALLS))
        .bench(|| log.simulate(&prices, &plan).expect("every model has a price"));
}
