//! Columns that are made from the fields of a call, to group by.

use std::borrow::Cow;

use super::call::Call;
use super::clock::Days;

/// A column that no log has to name: it is made from the time or the state of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerivedColumn {
    /// The calendar day, `2026-10-31`.
    Day,
    /// The calendar month, `2026-10`.
    Month,
    /// The hour of the day, `00` to `23`.
    Hour,
    /// The lane.
    ServiceTier,
    /// How the call ended.
    Status,
    /// Why the model stopped.
    FinishReason,
}

impl DerivedColumn {
    /// Every derived column with its name.
    pub const ALL: [(&str, Self); 6] = [
        ("day", Self::Day),
        ("month", Self::Month),
        ("hour", Self::Hour),
        ("service_tier", Self::ServiceTier),
        ("status", Self::Status),
        ("finish_reason", Self::FinishReason),
    ];

    /// The derived column of this name; any other name is a dimension of the log.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, column)| column)
    }

    /// The value of a call; empty when the log does not say when it was.
    pub fn value(self, call: &Call, days: Days) -> Cow<'static, str> {
        let day = || days.day_of(call.time).map(Days::name);
        match self {
            Self::Day => day().unwrap_or_default().into(),
            Self::Month => {
                let mut month = day().unwrap_or_default();
                // The day is the last three characters: `-31`.
                month.truncate(month.len().saturating_sub(3));
                month.into()
            }
            Self::Hour => {
                days.hour_of(call.time).map_or_else(String::new, |hour| format!("{hour:02}")).into()
            }
            Self::ServiceTier => call.service_tier.name().into(),
            Self::Status => call.status.name().into(),
            Self::FinishReason => call.finish_reason.name().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{FinishReason, Instant, ServiceTier, Status};

    #[test]
    fn values_come_from_the_fields_of_a_call() {
        let call = Call {
            time: Instant::parse("2026-10-31T23:30").expect("a time"),
            service_tier: ServiceTier::Batch,
            status: Status::Error(500),
            finish_reason: FinishReason::Length,
            ..Call::default()
        };
        let zone = Days::of_zone("Europe/Berlin").expect("a zone");
        let values = DerivedColumn::ALL.map(|(_, column)| column.value(&call, zone).into_owned());
        assert_eq!(values, ["2026-11-01", "2026-11", "00", "batch", "error", "length"]);
        let undated = Call::default();
        let values =
            DerivedColumn::ALL.map(|(_, column)| column.value(&undated, zone).into_owned());
        assert_eq!(values, ["", "", "", "standard", "unknown", "unknown"]);
    }
}
