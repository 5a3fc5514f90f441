//! Pieces of machine output that documents share, and how they are written.
//!
//! Wire types are deliberately not the report's own: a report may change, this format may not.

use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Serializer as Json;

use crate::insights::{CallsAndCost, UnpricedModel};
use crate::units::{PerClass, Share, TokenClass, Tokens, Usd};

use super::Style;
use super::json_text::HarmlessJson;
use super::redaction::{Mask, Reader};

/// The version of all documents. The first number changes when a field changes its meaning or
/// goes, the second when one is added.
pub(super) const SCHEMA_VERSION: &str = "1.1";

/// Writes a document, with its line end.
pub(super) fn write(
    document: &impl Serialize,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mask = Mask::new(style.redact, Reader::Oneself);
    let mut serializer = Json::with_formatter(&mut *out, HarmlessJson::new(&mask));
    document.serialize(&mut serializer)?;
    writeln!(out)
}

/// An amount as decimal text: no digit is lost on the way through a float.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dollars(pub(super) Usd);

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A part of a whole as a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio(pub(super) Share);

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.ratio())
    }
}

/// A key as an object, its columns in the order they were asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    pub(super) columns: &'a [String],
    pub(super) values: &'a [String],
}

impl Serialize for Key<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, value) in self.columns.iter().zip(self.values) {
            map.serialize_entry(column, value)?;
        }
        map.end()
    }
}

/// Tokens by class. `reasoning`, `audio_output` and `image_output` are parts of `output`; all others are disjoint.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct TokensDocument {
    input: u64,
    cache_read: u64,
    cache_write_5m: u64,
    cache_write_1h: u64,
    audio_input: u64,
    audio_cache_read: u64,
    image_input: u64,
    output: u64,
    reasoning: u64,
    audio_output: u64,
    image_output: u64,
}

impl From<&PerClass<Tokens>> for TokensDocument {
    fn from(tokens: &PerClass<Tokens>) -> Self {
        let output = tokens.iter().filter(|(class, _)| !class.is_input());
        Self {
            input: tokens[TokenClass::Input].get(),
            cache_read: tokens[TokenClass::CacheRead].get(),
            cache_write_5m: tokens[TokenClass::CacheWrite5m].get(),
            cache_write_1h: tokens[TokenClass::CacheWrite1h].get(),
            audio_input: tokens[TokenClass::AudioInput].get(),
            audio_cache_read: tokens[TokenClass::AudioCacheRead].get(),
            image_input: tokens[TokenClass::ImageInput].get(),
            output: output.map(|(_, count)| *count).sum::<Tokens>().get(),
            reasoning: tokens[TokenClass::Reasoning].get(),
            audio_output: tokens[TokenClass::AudioOutput].get(),
            image_output: tokens[TokenClass::ImageOutput].get(),
        }
    }
}

/// Calls and what they cost; null when there are calls and no cost of any is known.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct CallsAndCostDocument {
    calls: u64,
    cost_usd: Option<Dollars>,
}

impl From<CallsAndCost> for CallsAndCostDocument {
    fn from(total: CallsAndCost) -> Self {
        Self { calls: total.calls, cost_usd: total.known_cost().map(Dollars) }
    }
}

/// A model without a price.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct UnpricedModelDocument<'a> {
    model: &'a str,
    provider: &'a str,
    calls: u64,
    tokens: u64,
    at_logged_cost: CallsAndCostDocument,
    reason: &'static str,
    explanation: &'a str,
    did_you_mean: Option<&'a str>,
}

impl<'a> From<&'a UnpricedModel> for UnpricedModelDocument<'a> {
    fn from(model: &'a UnpricedModel) -> Self {
        Self {
            model: &model.model,
            provider: &model.provider,
            calls: model.calls,
            tokens: model.tokens.get(),
            at_logged_cost: model.at_logged_cost.into(),
            reason: model.reason,
            explanation: &model.explanation,
            did_you_mean: model.did_you_mean.as_deref(),
        }
    }
}

/// Calls without a price.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct UnpricedDocument {
    pub(super) calls: u64,
    pub(super) tokens: u64,
}
