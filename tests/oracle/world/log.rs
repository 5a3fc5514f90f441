//! Calls, and the lines of a log that tell of them.

use std::collections::BTreeMap;

use super::{Class, Tier};

/// Tokens by class; a class that is not there has none.
pub(crate) type Counts = BTreeMap<Class, u64>;

/// What a log says about one call, or about several that it sums up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// A column of its own, different for each record that is no copy.
    pub(crate) case: String,
    /// Milliseconds since 1970.
    pub(crate) time: Option<i64>,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) call_type: String,
    pub(crate) team: String,
    pub(crate) geo: String,
    pub(crate) tier: Tier,
    pub(crate) counts: Counts,
    pub(crate) searches: u64,
    pub(crate) file_searches: u64,
    /// The HTTP status of a failed call; 0 where the log names none.
    pub(crate) failed: Option<u16>,
    pub(crate) finish: String,
    pub(crate) calls: u64,
    pub(crate) request_id: String,
    pub(crate) attempt: Option<u64>,
    pub(crate) retry_of: String,
    /// What the log says it cost, as decimal text.
    pub(crate) logged_cost: Option<String>,
}

impl Record {
    pub(crate) fn count(&self, class: Class) -> u64 {
        self.counts.get(&class).copied().unwrap_or(0)
    }

    pub(crate) fn input(&self) -> u64 {
        Class::ALL.into_iter().filter(|class| class.is_input()).map(|class| self.count(class)).sum()
    }

    pub(crate) fn output(&self) -> u64 {
        Class::ALL
            .into_iter()
            .filter(|class| !class.is_input())
            .map(|class| self.count(class))
            .sum()
    }
}

/// A line of a log.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Record(Box<Record>),
    /// No JSON, or a record that cannot be true.
    Broken(&'static str),
    Blank,
}
