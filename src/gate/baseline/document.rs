//! The form of the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::pricing::hexadecimal;

use super::super::acknowledgement::AcknowledgementDocument;
use super::row_document::RowDocument;

/// What tells whether a text is a baseline, and of which version.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) schema_version: Option<u64>,
}

/// The whole file. Dollars are decimal texts; replicates are numbers in one text each, so that a
/// changed baseline is a few changed lines.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) kind: String,
    pub(super) schema_version: u64,
    pub(super) tool_version: String,
    /// The SHA-256 of everything but this line and what was acknowledged.
    pub(super) fingerprint: String,
    /// What somebody accepted; comes first, as people edit it.
    pub(super) acknowledge: Vec<AcknowledgementDocument>,
    pub(super) unit: String,
    pub(super) group_by: Vec<String>,
    pub(super) timezone: String,
    pub(super) currency: String,
    pub(super) window: Option<WindowDocument>,
    /// The day whose prices hold for all costs but those billed.
    pub(super) priced_at: Option<String>,
    pub(super) price_tables_sha256: String,
    pub(super) cluster: String,
    pub(super) clusters: u64,
    pub(super) effective_clusters: u64,
    pub(super) calls: u64,
    pub(super) units: u64,
    pub(super) cost_usd: String,
    pub(super) billed_usd: String,
    pub(super) unpriced: Vec<UnpricedDocument>,
    pub(super) without_case_calls: u64,
    pub(super) skipped_records: u64,
    /// Costs of days, by day.
    pub(super) by_day_usd: BTreeMap<String, String>,
    /// How many replicates there are, and into how many lots clusters were dealt.
    pub(super) replicates: usize,
    pub(super) lots: u32,
    pub(super) percentile: Option<PercentileDocument>,
    pub(super) groups: Vec<GroupDocument>,
}

impl Document {
    /// The SHA-256 of the document without what people may edit, in hexadecimal.
    pub(super) fn computed_fingerprint(&mut self) -> String {
        let acknowledged = std::mem::take(&mut self.acknowledge);
        let stated = std::mem::take(&mut self.fingerprint);
        let text = serde_json::to_vec(self).expect("texts, numbers and lists can be written");
        (self.acknowledge, self.fingerprint) = (acknowledged, stated);
        hexadecimal(&Sha256::digest(&text))
    }
}

/// The first and the last instant with a call.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowDocument {
    pub(super) from: String,
    pub(super) to: String,
}

/// Calls without a price.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnpricedDocument {
    pub(super) model: String,
    pub(super) reason: String,
    pub(super) calls: u64,
}

/// The 95th percentile of the cost of a call.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PercentileDocument {
    pub(super) part: String,
    pub(super) cost_usd: String,
    /// In millionths of it, off it.
    pub(super) draws: String,
}

/// The units of one group.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupDocument {
    pub(super) key: Vec<String>,
    /// Whether it holds several small ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_rest: bool,
    /// Of such a group: their names; none where they are too many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) members: Vec<Vec<String>>,
    pub(super) units: u64,
    pub(super) clusters: u64,
    pub(super) cost_usd: String,
    pub(super) logged_usd: String,
    /// For each replicate, units off the number of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unit_draws: Option<String>,
    /// For each replicate, millionths of the cost off it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cost_draws: Option<String>,
    /// Of a test case: its trials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lots: Option<Vec<LotDocument>>,
    pub(super) rows: Vec<RowDocument>,
}

/// The trials of a test case that fell into one lot: the lot, how many, and their cost.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LotDocument(pub(super) u32, pub(super) u64, pub(super) String);
