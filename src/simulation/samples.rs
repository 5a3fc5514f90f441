//! Small logs and plans for the tests of this room.

use crate::pricing::PriceBook;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Dimensions, Symbol, column};

use super::{Outcome, Plan, simulate};

pub(super) const SONNET: &str = "claude-sonnet-4-6";
pub(super) const HAIKU: &str = "claude-haiku-4-5";

/// A log under construction. Calls have no time unless a test gives one, so the newest prices hold.
#[derive(Debug)]
pub(super) struct Log(pub(super) Calls);

impl Log {
    pub(super) fn new() -> Self {
        Self(Calls::new(Dimensions::new(["conversation"])))
    }

    /// Adds one call under names: model, call type, conversation.
    pub(super) fn push(&mut self, names: [&str; 3], call: &Call) {
        let mut symbols = vec![Symbol::EMPTY; self.0.dimensions.len()];
        let places = [column::MODEL, column::CALL_TYPE, column::FIXED.len()];
        for (place, name) in places.into_iter().zip(names) {
            symbols[place] = self.0.dimensions[place].intern(name);
        }
        self.0.push(call, &symbols);
    }

    /// Adds the same call many times.
    #[must_use]
    pub(super) fn with(mut self, count: usize, names: [&str; 3], call: &Call) -> Self {
        for _ in 0..count {
            self.push(names, call);
        }
        self
    }

    pub(super) fn run(&self, plan: &str) -> Outcome {
        let plan = Plan::parse("plan.toml", plan).expect("a plan");
        let book = PriceBook::embedded();
        simulate(&self.0.sorted_by_time(), &book, &plan).expect("runs")
    }
}

/// A call with this much uncached input and visible output.
pub(super) fn call(input: u64, output: u64) -> Call {
    let mut call = Call::default();
    call.tokens[TokenClass::Input] = Tokens::new(input);
    call.tokens[TokenClass::Output] = Tokens::new(output);
    call
}

/// What a plan makes of `count` equal calls.
pub(super) fn equal_calls(model: &str, count: usize, one: &Call, plan: &str) -> Outcome {
    Log::new().with(count, [model, "", ""], one).run(plan)
}

pub(super) fn texts(amounts: impl IntoIterator<Item = Usd>) -> Vec<String> {
    amounts.into_iter().map(|amount| amount.to_string()).collect()
}
