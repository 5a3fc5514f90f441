//! A rise that somebody accepted, with the reason and until when.

use serde::{Deserialize, Serialize};

use crate::units::Factor;
use crate::usage::Days;

/// What a judgement is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judged {
    /// The cost of a unit at the mix of the baseline.
    Unit,
    /// The cost of the whole log.
    Total,
    /// The cost that 95 % of calls do not exceed.
    Percentile,
    /// The cost of a unit of one group, by its names.
    Group(Vec<String>),
}

impl Judged {
    /// The name in baselines and documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Total => "total",
            Self::Percentile => "p95",
            Self::Group(_) => "group",
        }
    }

    /// The names of the group, where it is one.
    pub fn group(&self) -> Option<&[String]> {
        match self {
            Self::Group(names) => Some(names),
            Self::Unit | Self::Total | Self::Percentile => None,
        }
    }
}

/// A rise that somebody accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What may be dearer.
    pub what: Judged,
    /// So many times the baseline and no more.
    pub up_to: Factor,
    /// The last day of logs for which this holds, as a number since 1970-01-01.
    pub until: i32,
    /// Why.
    pub reason: String,
}

impl Acknowledgement {
    /// Whether it covers a ratio of a log whose last call was made on a day; a log without times is
    /// of no day, and nothing covers it.
    pub fn covers(&self, what: &Judged, ratio: Factor, last_day: Option<i32>) -> bool {
        self.what == *what && ratio <= self.up_to && last_day.is_some_and(|day| day <= self.until)
    }
}

/// The same in a baseline.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcknowledgementDocument {
    what: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    group: Vec<String>,
    up_to: String,
    until: String,
    reason: String,
}

impl From<&Acknowledgement> for AcknowledgementDocument {
    fn from(of: &Acknowledgement) -> Self {
        Self {
            what: of.what.name().to_owned(),
            group: of.what.group().unwrap_or_default().to_vec(),
            up_to: of.up_to.to_string(),
            until: Days::name(of.until),
            reason: of.reason.clone(),
        }
    }
}

impl TryFrom<&AcknowledgementDocument> for Acknowledgement {
    type Error = String;

    fn try_from(of: &AcknowledgementDocument) -> Result<Self, String> {
        let what = match &*of.what {
            "unit" => Judged::Unit,
            "total" => Judged::Total,
            "p95" => Judged::Percentile,
            "group" => Judged::Group(of.group.clone()),
            other => {
                return Err(format!(
                    "`{other}` cannot be acknowledged: it is unit, total, p95 or group"
                ));
            }
        };
        let up_to = Factor::parse(&of.up_to)
            .map_err(|error| format!("`up_to = {}` is no multiple: {error}", of.up_to))?;
        let until = Days::parse_day(&of.until)
            .ok_or_else(|| format!("`until = {}` is no day; write 2026-12-31", of.until))?;
        if of.reason.trim().is_empty() {
            return Err("an acknowledgement has no reason".to_owned());
        }
        Ok(Self { what, up_to, until, reason: of.reason.clone() })
    }
}
