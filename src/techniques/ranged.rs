//! A rate that is given, or a default with its range.

use super::technique::Scenario;
use super::wording::percent;
use crate::units::Rate;

/// A rate in each scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ranged {
    low: Rate,
    expected: Rate,
    high: Rate,
}

impl Ranged {
    /// The given rate without a range, or else the default: low, expected, high.
    pub(super) fn given_or(given: Option<Rate>, default: [&str; 3]) -> Self {
        let [low, expected, high] = match given {
            Some(rate) => [rate; 3],
            None => default.map(|text| Rate::parse(text).expect("defaults are rates")),
        };
        Self { low, expected, high }
    }

    /// The rate in a scenario.
    pub(super) const fn at(self, scenario: Scenario) -> Rate {
        match scenario {
            Scenario::Low => self.low,
            Scenario::Expected => self.expected,
            Scenario::High => self.high,
        }
    }

    /// Whether the scenarios differ.
    pub(super) fn is_range(self) -> bool {
        self.low != self.high
    }

    /// Says that a default was used.
    pub(super) fn sentence(self, what: &str) -> String {
        format!(
            "{what} {} by default ({} to {}): give your own",
            percent(self.expected),
            percent(self.low),
            percent(self.high)
        )
    }
}
