//! A spend cap as a plan writes it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::units::{Excess, Usd};
use crate::usage::Days;

/// The key of a cap that is for all calls together.
const EVERYTHING: &str = "all";

/// How often a cap starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapPeriod {
    /// On the hour.
    Hour,
    /// At midnight.
    Day,
    /// On the first of the month.
    Month,
}

impl CapPeriod {
    /// The name in plans, flags and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// One `[[spend_cap]]` of a plan: at most so much for each key and period.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendCap {
    /// The column whose values have a budget each, such as `api_key`; `all` for one budget.
    pub by: String,
    /// The budget of a period, in dollars; more than nothing.
    #[serde(deserialize_with = "amount")]
    pub amount: Usd,
    /// How often it starts again.
    pub per: CapPeriod,
    /// The time zone in which the provider starts it again; UTC unless given.
    #[serde(default = "utc", deserialize_with = "zone")]
    pub timezone: Days,
}

impl SpendCap {
    /// The column it needs from the log; none when it is for all calls together.
    pub fn column(&self) -> Option<&str> {
        (self.by != EVERYTHING).then_some(&*self.by)
    }
}

const fn utc() -> Days {
    Days::UTC
}

fn zone<'de, D: Deserializer<'de>>(input: D) -> Result<Days, D::Error> {
    let name = String::deserialize(input)?;
    Days::of_zone(&name).ok_or_else(|| {
        D::Error::custom(format!("`{name}` is no time zone; write one such as \"Europe/Berlin\""))
    })
}

fn amount<'de, D: Deserializer<'de>>(input: D) -> Result<Usd, D::Error> {
    input.deserialize_any(AmountVisitor)
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Usd;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in dollars, such as \"50\" or \"0.50\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Usd, E> {
        let amount = Usd::parse(text.trim().trim_start_matches('$'), Excess::Reject);
        // Beyond this no bill goes, and the sums below would not fit.
        let most = Usd::parse("10000000000", Excess::Reject).expect("a number");
        amount.ok().filter(|amount| *amount > Usd::ZERO && *amount <= most).ok_or_else(|| {
            E::custom(format!(
                "`{text}` is no budget; write dollars above 0, such as \"50\" or \"0.50\""
            ))
        })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Usd, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Usd, E> {
        Err(E::custom(format!(
            "decimals are written in quotes, so that they stay exact: \"{value}\""
        )))
    }
}
