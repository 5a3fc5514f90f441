//! What a tuned model costs, as a plan writes it.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::units::{PerClass, TokenClass, TokenPrice, Usd};
use crate::usage::Filter;

use super::super::spend_caps::amount;

/// The `[fine_tune]` table of a plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTune {
    /// A model of the book that has the prices of the tuned one.
    #[serde(default)]
    pub model: Option<String>,
    /// Who sells it.
    #[serde(default)]
    pub provider: Option<String>,
    /// The price of every token.
    #[serde(default, deserialize_with = "price")]
    pub per_million: Option<TokenPrice>,
    /// The price of input, cached or not.
    #[serde(default, deserialize_with = "price")]
    pub input: Option<TokenPrice>,
    /// The price of output, reasoning included.
    #[serde(default, deserialize_with = "price")]
    pub output: Option<TokenPrice>,
    /// Dollars once.
    #[serde(default, deserialize_with = "some_amount")]
    pub training: Option<Usd>,
    /// Dollars an hour, whether it is used or not.
    #[serde(default, deserialize_with = "some_amount")]
    pub hosting_hour: Option<Usd>,
    /// Tokens a call that it does not need any more.
    #[serde(default)]
    pub prompt_saved: u32,
    /// Months in which the training has to be paid; at least 1.
    #[serde(default = "a_year")]
    pub months: u16,
    /// Only calls for which this holds.
    #[serde(default, rename = "where", deserialize_with = "condition")]
    pub condition: Option<Filter>,
    /// Only calls of these types; all when empty.
    #[serde(default)]
    pub call_types: Vec<String>,
}

impl FineTune {
    /// Reads the table.
    ///
    /// # Errors
    /// When a key is unknown, a value is not what its key takes, or none or several of the ways to
    /// say a price are used.
    pub(in super::super) fn read<'de, D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let read = Self::deserialize(input)?;
        let split = read.input.is_some() || read.output.is_some();
        if split && (read.input.is_none() || read.output.is_none()) {
            return Err(D::Error::custom("give the price of both `input` and `output`"));
        }
        let ways = [read.model.is_some(), read.per_million.is_some(), split];
        if ways.into_iter().filter(|is_given| *is_given).count() != 1 {
            return Err(D::Error::custom(
                "say what the tuned model costs: `model`, or `per_million`, or `input` and `output`",
            ));
        }
        if read.months == 0 {
            return Err(D::Error::custom("`months` is at least 1"));
        }
        Ok(read)
    }

    /// The columns that its condition needs.
    pub(in super::super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.condition.iter().flat_map(Filter::dimensions)
    }

    /// The prices that are given; nothing where a model has them.
    pub(super) fn prices(&self) -> Option<PerClass<Option<TokenPrice>>> {
        let input = self.input.or(self.per_million)?;
        let output = self.output.or(self.per_million)?;
        Some(PerClass::from_fn(|class| match class {
            TokenClass::Output | TokenClass::Reasoning => Some(output),
            TokenClass::Input
            | TokenClass::CacheRead
            | TokenClass::CacheWrite5m
            | TokenClass::CacheWrite1h => Some(input),
            // What a price for text says nothing about.
            _ => None,
        }))
    }
}

const fn a_year() -> u16 {
    12
}

fn price<'de, D: Deserializer<'de>>(input: D) -> Result<Option<TokenPrice>, D::Error> {
    let text = String::deserialize(input)?;
    let price = TokenPrice::parse_per_million(&text).ok();
    price.filter(|price| *price >= TokenPrice::ZERO).map(Some).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is no price; write dollars a million tokens: \"0.60\""))
    })
}

fn some_amount<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Usd>, D::Error> {
    amount(input).map(Some)
}

fn condition<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Filter>, D::Error> {
    let text = String::deserialize(input)?;
    Filter::parse(&text).map(Some).map_err(D::Error::custom)
}
