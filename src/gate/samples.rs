//! Small logs for the tests of this room.

use crate::pricing::PriceBook;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Calls, Days, Dimensions, Instant, Status, Symbol, column};

use super::{
    Against, Baseline, GateOptions, GatePrices, Measure, Measurement, Outcome, Unit, measure, run,
};

pub(super) const SONNET: &str = "claude-sonnet-4-6";
pub(super) const HAIKU: &str = "claude-haiku-4-5";

/// The start of 2 November 2026.
const START: i64 = 1_793_577_600_000;

/// A log under construction: calls a minute apart.
#[derive(Clone, Debug)]
pub(super) struct Log(pub(super) Calls);

impl Log {
    pub(super) fn new() -> Self {
        Self(Calls::new(Dimensions::new(["conversation", "case"])))
    }

    /// A call under names: model, call type, conversation, case.
    pub(super) fn push(&mut self, names: [&str; 4], mut call: Call) {
        let mut symbols = vec![Symbol::EMPTY; self.0.dimensions.len()];
        let own = column::FIXED.len();
        let places = [column::MODEL, column::CALL_TYPE, own, own + 1];
        for (place, name) in places.into_iter().zip(names) {
            symbols[place] = self.0.dimensions[place].intern(name);
        }
        let row = i64::try_from(self.0.len()).expect("a small log");
        call.time = Instant::from_millis(START + row * 60_000);
        self.0.push(&call, &symbols);
    }

    /// So many calls of input and output tokens that vary a little.
    #[must_use]
    pub(super) fn with(mut self, count: u64, names: [&str; 4], tokens: [u64; 2]) -> Self {
        for place in 0..count {
            let [input, output] = tokens;
            self.push(
                names,
                call([input + place % 7 * input / 20, output + place % 5 * output / 20]),
            );
        }
        self
    }

    pub(super) fn measured(&self, unit: Unit) -> Measurement {
        let book = PriceBook::embedded();
        measure(&self.0, &GatePrices::new(&book, Some(level())), &how(unit))
    }
}

/// A log as the text of a baseline.
pub(super) fn saved_text(log: &Log, unit: Unit) -> String {
    let book = PriceBook::embedded();
    let prices = GatePrices::new(&book, Some(level()));
    Baseline::new(measure(&log.0, &prices, &how(unit)), &prices, "0.0.0").to_text()
}

/// The day whose prices hold in the tests.
pub(super) fn level() -> Instant {
    Instant::from_millis(START)
}

pub(super) fn how(unit: Unit) -> Measure {
    let group_by = match unit {
        Unit::Case => vec!["case".to_owned()],
        other => other.usual_groups(),
    };
    Measure { unit, group_by, days: Days::UTC }
}

/// An answered call of input and output tokens.
pub(super) fn call(tokens: [u64; 2]) -> Call {
    let mut call = Call { status: Status::Ok, ..Call::default() };
    call.tokens[TokenClass::Input] = Tokens::new(tokens[0]);
    call.tokens[TokenClass::Output] = Tokens::new(tokens[1]);
    call
}

/// Two logs compared without a floor.
pub(super) fn compared(before: &Log, after: &Log, unit: Unit) -> Outcome {
    let options = GateOptions { min_impact: crate::units::Usd::ZERO, ..GateOptions::default() };
    compared_with(before, after, unit, &options)
}

pub(super) fn compared_with(
    before: &Log,
    after: &Log,
    unit: Unit,
    options: &GateOptions,
) -> Outcome {
    let book = PriceBook::embedded();
    let prices = GatePrices::new(&book, Some(level()));
    let [before, after] = [before, after].map(|log| measure(&log.0, &prices, &how(unit)));
    run(after, Against::Log(Box::new(before)), &prices, options)
}
