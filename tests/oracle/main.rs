//! The program against a naive engine that shares no code with it, on random logs, price tables and
//! plans: every figure, to the last digit.
//!
//! `LLMCOST_ORACLE_CASES=5000 cargo test --release --test oracle` runs many more cases than by default.

mod analyses;
mod checks;
mod faces;
mod figures;
mod make;
mod naive;
mod number;
mod program;
mod regressions;
mod simulations;
mod world;
mod write;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A tape that a world is made of. Nobody wants to read it.
#[derive(Clone)]
pub(crate) struct Tape(pub(crate) Vec<u32>);

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} numbers", self.0.len())
    }
}

pub(crate) fn tape(most: usize) -> impl Strategy<Value = Tape> {
    proptest::collection::vec(any::<u32>(), 0..most).prop_map(Tape)
}

/// Whether a case had something to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Yes,
    /// The naive engine has nothing to say of it.
    No,
}

/// Runs a test on so many cases, or as many as asked for. The cases are the same every time, unless a
/// seed is given. A test that compares nothing in most cases fails.
#[expect(clippy::disallowed_methods, reason = "how many cases is nobody's output")]
pub(crate) fn on_cases<S: Strategy>(
    usual: u32,
    worlds: &S,
    test: impl Fn(S::Value) -> Result<Compared, TestCaseError>,
) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let cases = number("LLMCOST_ORACLE_CASES").unwrap_or(usual);
    let mut seed = [7_u8; 32];
    seed[..4].copy_from_slice(&number("LLMCOST_ORACLE_SEED").unwrap_or(0).to_le_bytes());
    let max_shrink_iters = number("LLMCOST_ORACLE_SHRINK").unwrap_or(400);
    let config = Config { cases, failure_persistence: None, max_shrink_iters, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let compared = Cell::new(0);
    let ended = runner.run(worlds, |world| {
        compared.set(compared.get() + u32::from(test(world)? == Compared::Yes));
        Ok(())
    });
    if let Err(error) = ended {
        panic!("{error}");
    }
    let compared = compared.get();
    assert!(compared * 2 >= cases, "only {compared} of {cases} cases were compared");
}
