//! Calls of one price in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::{Excess, PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Counting, FinishReason, Instant, ServiceTier, Status};

use super::super::price_row::PriceRow;
use super::error::BaselineError;

/// Calls of one group, model and price.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowDocument {
    provider: String,
    model: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    geo: String,
    calls: u64,
    tokens: BTreeMap<String, u64>,
    billed_usd: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    searches: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    file_searches: u64,
    fees_usd: String,
    priced_usd: String,
    /// The call with the shortest prompt.
    sample: SampleDocument,
    /// The tokens of the call with the longest one, and how many calls it stands for.
    largest: BTreeMap<String, u64>,
    largest_calls: u64,
    /// Whether all calls were made in the same half hour of the day.
    is_of_one_hour: bool,
}

/// One call, for the price that holds for all of the row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    tokens: BTreeMap<String, u64>,
    service_tier: String,
    status: String,
    #[serde(default, skip_serializing_if = "is_no_code")]
    status_code: u16,
    finish_reason: String,
    calls: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counting: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_no_code(code: &u16) -> bool {
    *code == 0
}

fn named<T>(of: &PerClass<T>, text: impl Fn(&T) -> Option<String>) -> BTreeMap<String, String> {
    let each = of.iter().filter_map(|(class, one)| Some((class.name().to_owned(), text(one)?)));
    each.collect()
}

fn counts(tokens: &PerClass<Tokens>) -> BTreeMap<String, u64> {
    let used = tokens.iter().filter(|(_, count)| !count.is_zero());
    used.map(|(class, count)| (class.name().to_owned(), count.get())).collect()
}

fn class(name: &str) -> Result<TokenClass, BaselineError> {
    let mut all = TokenClass::ALL.into_iter();
    all.find(|class| class.name() == name)
        .ok_or_else(|| BaselineError::Field(format!("there is no class of tokens `{name}`")))
}

/// Dollars of a field.
pub(super) fn usd(text: &str) -> Result<Usd, BaselineError> {
    Usd::parse(text, Excess::Reject)
        .map_err(|error| BaselineError::Field(format!("`{text}` is no amount: {error}")))
}

/// A moment of a field.
pub(super) fn instant(text: &str) -> Result<Instant, BaselineError> {
    Instant::parse(text).map_err(|_| BaselineError::Field(format!("`{text}` is no time")))
}

fn tokens_of(counts: &BTreeMap<String, u64>) -> Result<PerClass<Tokens>, BaselineError> {
    let mut tokens: PerClass<Tokens> = PerClass::default();
    for (name, count) in counts {
        tokens[class(name)?] = Tokens::new(*count);
    }
    Ok(tokens)
}

impl RowDocument {
    pub(super) fn new(row: &PriceRow) -> Self {
        let sample = &row.sample;
        Self {
            provider: row.provider.clone(),
            model: row.model.clone(),
            geo: row.geo.clone(),
            calls: row.calls,
            tokens: counts(&row.tokens),
            billed_usd: named(&row.billed, |cost| (!cost.is_zero()).then(|| cost.to_string())),
            searches: row.searches,
            file_searches: row.file_searches,
            fees_usd: row.fees.to_string(),
            priced_usd: row.priced.to_string(),
            largest: counts(&row.largest),
            largest_calls: row.largest_calls,
            is_of_one_hour: row.is_of_one_hour,
            sample: SampleDocument {
                time: sample.time.known().map(Instant::to_iso),
                tokens: counts(&sample.tokens),
                service_tier: sample.service_tier.name().to_owned(),
                status: sample.status.name().to_owned(),
                status_code: match sample.status {
                    Status::Error(code) => code,
                    Status::Ok | Status::Unknown => 0,
                },
                finish_reason: sample.finish_reason.name().to_owned(),
                calls: sample.calls,
                counting: sample.counting.name().map(str::to_owned),
            },
        }
    }

    pub(super) fn row(&self) -> Result<PriceRow, BaselineError> {
        let mut billed: PerClass<Usd> = PerClass::default();
        for (name, cost) in &self.billed_usd {
            billed[class(name)?] = usd(cost)?;
        }
        let sample = self.sample.call()?;
        let names = [&*self.provider, &self.model, &self.geo];
        Ok(PriceRow {
            calls: self.calls,
            tokens: tokens_of(&self.tokens)?,
            billed,
            searches: self.searches,
            file_searches: self.file_searches,
            fees: usd(&self.fees_usd)?,
            priced: usd(&self.priced_usd)?,
            largest: tokens_of(&self.largest)?,
            largest_calls: self.largest_calls,
            is_of_one_hour: self.is_of_one_hour,
            ..PriceRow::new(names, sample)
        })
    }
}

impl SampleDocument {
    fn call(&self) -> Result<Call, BaselineError> {
        let status = match &*self.status {
            "ok" => Status::Ok,
            "error" => Status::Error(self.status_code),
            _ => Status::Unknown,
        };
        Ok(Call {
            time: self.time.as_deref().map_or(Ok(Instant::MISSING), instant)?,
            tokens: tokens_of(&self.tokens)?,
            service_tier: ServiceTier::parse(&self.service_tier),
            status,
            finish_reason: FinishReason::parse(&self.finish_reason),
            calls: self.calls,
            counting: self.counting.as_deref().and_then(Counting::named).unwrap_or_default(),
            ..Call::default()
        })
    }
}
