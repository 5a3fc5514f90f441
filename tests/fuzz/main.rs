//! A short run of every fuzzer: inputs grown from fixtures by chance that is the same every time.
//!
//! `fuzz/` has the same targets for cargo-fuzz, which finds its way by what the program does with an
//! input. `LLMCOST_FUZZ_RUNS` asks for more than a short run here.

mod findings;
mod mutate;
mod seeds;
mod targets {
    pub(super) mod baseline;
    pub(super) mod both_ways;
    pub(super) mod log;
    pub(super) mod mapping;
    pub(super) mod plan;
    pub(super) mod prices;
    pub(super) mod read;
    pub(super) mod rollup;
    pub(super) mod text;
}

use mutate::Mutator;

/// Inputs of each target, unless more are asked for.
const RUNS: u32 = 150;

fn check(name: &str, target: fn(&[u8]), seeds: &[Vec<u8>], words: &[&str]) {
    assert!(!seeds.is_empty(), "no fixture to begin with");
    hand_over(name, seeds);
    for seed in seeds {
        target(seed);
    }
    let runs = asked("LLMCOST_FUZZ_RUNS")
        .map_or(RUNS, |asked| asked.parse().expect("LLMCOST_FUZZ_RUNS is a number"));
    let mut mutator = Mutator::new(seeds, words);
    for run in 0..runs {
        let input = mutator.next();
        let ended = std::panic::catch_unwind(|| target(&input));
        assert!(ended.is_ok(), "run {run} fails with {:?}", String::from_utf8_lossy(&input));
    }
}

/// What whoever runs the tests asks for.
#[expect(clippy::disallowed_methods, reason = "tests have no flags of their own")]
fn asked(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// Gives the beginnings to the fuzzers in `fuzz/`, where somebody asks for that: `fuzz/seed.sh` does.
fn hand_over(name: &str, seeds: &[Vec<u8>]) {
    let Some(corpus) = asked("LLMCOST_FUZZ_CORPUS") else { return };
    let folder = std::path::Path::new(&corpus).join(name);
    std::fs::create_dir_all(&folder).expect("a folder for a corpus");
    for (place, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{place}")), seed).expect("room for a seed");
    }
}

#[test]
fn whatever_a_file_holds_reading_it_ends_and_counts_every_line() {
    check("read", targets::read::check, &seeds::logs(), mutate::JSON);
}

#[test]
fn whatever_a_text_is_read_as_both_ways_agree() {
    check("both_ways", targets::both_ways::check, &seeds::logs(), mutate::JSON);
}

#[test]
fn whatever_is_mapped_to_whatever_every_line_is_counted() {
    check("mapping", targets::mapping::check, &seeds::mappings(), mutate::JSON);
}

#[test]
fn whatever_a_price_table_says_calls_have_a_price_or_a_reason() {
    check("prices", targets::prices::check, &seeds::price_tables(), mutate::TOML);
}

#[test]
fn whatever_a_plan_says_its_savings_add_up() {
    check("plan", targets::plan::check, &seeds::plans(), mutate::TOML);
}

#[test]
fn whatever_a_baseline_says_it_is_refused_or_written_as_it_was_read() {
    check("baseline", targets::baseline::check, &seeds::baselines(), mutate::JSON);
}

#[test]
fn whatever_a_log_holds_its_roll_up_costs_the_same() {
    check("rollup", targets::rollup::check, &seeds::logs(), mutate::JSON);
}

#[test]
fn whatever_a_number_or_time_looks_like_its_text_says_the_same_again() {
    check("text", targets::text::check, &seeds::texts(), mutate::TEXTS);
}
