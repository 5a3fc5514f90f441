//! What hosting costs, as a plan writes it.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::units::{Factor, Rate, Usd};

use super::super::spend_caps::amount;

/// The `[self_host]` table of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfHost {
    /// Dollars for one GPU and hour.
    #[serde(deserialize_with = "amount")]
    pub gpu_hour: Usd,
    /// Tokens that one GPU processes a second; at least 1.
    #[serde(deserialize_with = "count")]
    pub tokens_per_second: u64,
    /// How many GPUs; at least 1.
    #[serde(default = "one", deserialize_with = "count")]
    pub gpus: u64,
    /// What running them costs on top, as a part of the rent.
    #[serde(default = "ops_default", deserialize_with = "ops")]
    pub ops: Factor,
    /// The part of the time that they are busy; what the log shows unless given.
    #[serde(default, deserialize_with = "share")]
    pub utilisation: Option<Rate>,
    /// How many times everything is there; at least 1.
    #[serde(default = "one", deserialize_with = "count")]
    pub redundancy: u64,
}

const fn one() -> u64 {
    1
}

fn ops_default() -> Factor {
    Factor::parse("0.3").expect("a factor")
}

/// No rack has more, and sums stay within the integer.
const COUNT_MAX: u64 = 1_000_000;

fn count<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    let count = u64::deserialize(input)?;
    if (1..=COUNT_MAX).contains(&count) {
        return Ok(count);
    }
    Err(D::Error::custom(format!("{count} is not a count from 1 to 1,000,000")))
}

fn ops<'de, D: Deserializer<'de>>(input: D) -> Result<Factor, D::Error> {
    let text = String::deserialize(input)?;
    let percent = || Rate::parse(&text).ok().map(Factor::from);
    let factor = Factor::parse(&text).ok().or_else(percent);
    factor.filter(|factor| factor.parts() / Rate::ONE.parts() <= COUNT_MAX).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is no part of the rent; write \"0.3\" or \"30%\""))
    })
}

fn share<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Rate>, D::Error> {
    let text = String::deserialize(input)?;
    let rate = Rate::parse(&text).ok().filter(|rate| *rate > Rate::ZERO);
    rate.map(Some).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is no part of the time; write \"0.4\" or \"40%\""))
    })
}
