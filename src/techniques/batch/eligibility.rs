//! Which calls of a log could have waited for a batch, and how that is known.

use crate::units::Usd;
use crate::usage::{Call, Calls, Row, ServiceTier, Symbol, column};

use super::super::conversations;
use super::super::facts::Facts;
use super::super::scope::Selection;
use super::super::technique::Scenario;
use super::deadline::{self, Deadline};
use super::signs::{bursts, offline_word, scheduled, streams};

/// Columns that may say whether somebody waits.
pub(super) const KEY: &str = "api_key";
pub(super) const TAGS: &str = "tags";
pub(super) const USER: &str = "user";

/// What a log says about whether a call could have waited. The surer signs come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Its deadline is late enough.
    Deadline,
    /// Its call type, tags or key say that it is offline.
    Named(&'static str),
    /// Its call type runs on a schedule.
    Scheduled,
    /// It is one of a burst of calls that stand alone.
    Burst,
    /// Another call of its conversation started after it ended and before a batch would have.
    Feeds,
    /// Its deadline is too early.
    TooEarly,
    /// It is in another lane already.
    OtherLane,
    /// Nothing says that it can wait.
    NoSign,
    /// The plan does not mean it.
    OutOfScope,
}

impl Verdict {
    /// Whether a call goes into a batch: at the low end only where the log says so, at the high end
    /// bursts too.
    pub(super) fn is_batched(self, scenario: Scenario) -> bool {
        match self {
            Self::Deadline | Self::Named(_) => true,
            Self::Scheduled => scenario != Scenario::Low,
            Self::Burst => scenario == Scenario::High,
            _ => false,
        }
    }

    /// The verdict in words.
    pub(super) fn words(self) -> String {
        match self {
            Self::Deadline => "its deadline is late enough".to_owned(),
            Self::Named(word) => format!("`{word}` in its type, tags or key"),
            Self::Scheduled => "starts at the same time every day".to_owned(),
            Self::Burst => "comes in bursts; only at the high end".to_owned(),
            Self::Feeds => "its answer feeds the next call".to_owned(),
            Self::TooEarly => "its deadline is too early".to_owned(),
            Self::OtherLane => "in another lane already".to_owned(),
            Self::NoSign => "nothing says that it can wait".to_owned(),
            Self::OutOfScope => "not in scope".to_owned(),
        }
    }
}

/// One verdict a row.
pub(super) struct Eligibility {
    /// The verdicts.
    pub(super) verdicts: Vec<Verdict>,
}

/// What is looked up for every row.
struct Look<'a> {
    calls: &'a Calls,
    key: Option<usize>,
    tags: Option<usize>,
    user: Option<usize>,
    deadlines: Deadlines,
    feeds: Vec<bool>,
    wait: i64,
}

impl Eligibility {
    /// Judges every call in scope, for batches that take at most `wait` milliseconds.
    pub(super) fn judge(facts: &Facts<'_>, selection: &Selection, wait: i64) -> Self {
        let calls = facts.calls;
        let look = Look {
            calls,
            key: calls.dimensions.position(KEY),
            tags: calls.dimensions.position(TAGS),
            user: calls.dimensions.position(USER),
            deadlines: Deadlines::of(calls),
            feeds: feeding(facts, wait),
            wait,
        };
        let mut verdicts: Vec<Verdict> = (0..calls.len())
            .map(|row| if selection.holds(row) { look.alone(row) } else { Verdict::OutOfScope })
            .collect();
        // What many calls show together: only where no single call says anything.
        let silent = |row: &Row| verdicts[*row] == Verdict::NoSign && look.may_be_a_job(*row);
        let jobs: Vec<Row> = (0..calls.len()).filter(silent).collect();
        let jobs = jobs.into_iter().map(|row| (row, look.stream(row)));
        for rows in streams(jobs) {
            for row in bursts(calls, &rows) {
                verdicts[row] = Verdict::Burst;
            }
            for row in scheduled(calls, &rows) {
                verdicts[row] = Verdict::Scheduled;
            }
        }
        Self { verdicts }
    }

    /// Whether each call goes into a batch.
    pub(super) fn batched(&self, scenario: Scenario) -> Vec<bool> {
        self.verdicts.iter().map(|verdict| verdict.is_batched(scenario)).collect()
    }
}

impl Look<'_> {
    /// What a call says by itself.
    fn alone(&self, row: Row) -> Verdict {
        let call = self.calls.call(row);
        if call.service_tier != ServiceTier::Standard {
            return Verdict::OtherLane;
        }
        let in_time = self.deadlines.allows(self.calls, row, &call, self.wait);
        if in_time == Some(false) {
            return Verdict::TooEarly;
        }
        if self.feeds[row] {
            return Verdict::Feeds;
        }
        if in_time == Some(true) {
            return Verdict::Deadline;
        }
        self.word(row).map_or(Verdict::NoSign, Verdict::Named)
    }

    /// The word that says that a call is offline. A key says nothing where a user is named.
    fn word(&self, row: Row) -> Option<&'static str> {
        let name = |place: Option<usize>| place.map_or("", |place| self.calls.name(place, row));
        let said = offline_word(self.calls.name(column::CALL_TYPE, row), false);
        let said = said.or_else(|| offline_word(name(self.tags), false));
        said.or_else(|| {
            let is_waited_for = !name(self.user).is_empty();
            if is_waited_for { None } else { offline_word(name(self.key), true) }
        })
    }

    /// Whether a call may belong to a job that shows by its times: one call, at a time, for no user.
    fn may_be_a_job(&self, row: Row) -> bool {
        let call = self.calls.call(row);
        let has_user = self.user.is_some_and(|place| !self.calls.symbol(place, row).is_empty());
        call.is_single() && call.time.known().is_some() && !has_user
    }

    fn stream(&self, row: Row) -> (Symbol, Symbol) {
        let key = self.key.map_or(Symbol::EMPTY, |place| self.calls.symbol(place, row));
        (self.calls.symbol(column::CALL_TYPE, row), key)
    }
}

/// The deadlines of a log, by name.
pub(super) struct Deadlines {
    place: Option<usize>,
    known: Vec<Deadline>,
}

impl Deadlines {
    /// Reads every deadline the log names.
    pub(super) fn of(calls: &Calls) -> Self {
        let place = calls.dimensions.position(deadline::COLUMN);
        let known = place.map_or_else(Vec::new, |place| {
            calls.dimensions[place].names().map(|(_, name)| Deadline::parse(name)).collect()
        });
        Self { place, known }
    }

    /// Whether a call can wait; nothing when the log does not say.
    pub(super) fn allows(&self, calls: &Calls, row: Row, call: &Call, wait: i64) -> Option<bool> {
        let place = self.place?;
        self.known[calls.symbol(place, row).index()].allows(call, wait)
    }
}

/// Whether a call of the same conversation started after each call had ended, and before a batch
/// would have been answered. Without times every later call counts.
pub(super) fn feeding(facts: &Facts<'_>, wait: i64) -> Vec<bool> {
    let calls = facts.calls;
    let mut feeds = vec![false; calls.len()];
    for (row, feeds) in facts.rolled().iter().flat_map(|rows| rows.iter()).zip(&mut feeds) {
        *feeds = row.as_ref().is_some_and(|row| row.feeds);
    }
    let Some(place) = calls.dimensions.position(conversations::COLUMN) else { return feeds };
    let named = (0..calls.len()).map(|row| (row, (calls.symbol(place, row), Symbol::EMPTY)));
    let named = named.filter(|(_, (conversation, _))| !conversation.is_empty());
    for rows in streams(named) {
        let starts: Vec<i64> = rows.iter().map(|row| calls.call(*row).time.millis()).collect();
        for (at, row) in rows.iter().enumerate() {
            let call = calls.call(*row);
            let Some(start) = call.time.known() else {
                feeds[*row] = rows.len() > 1;
                continue;
            };
            let start = start.millis();
            let end = start.saturating_add(i64::from(call.latency_ms.unwrap_or_default()));
            let later = &starts[at + 1..];
            let next = later.partition_point(|other| *other < end);
            feeds[*row] = later.get(next).is_some_and(|other| *other <= start.saturating_add(wait));
        }
    }
    feeds
}

/// What the calls with one verdict cost.
pub(super) fn cost_of(facts: &Facts<'_>, row: Row) -> Usd {
    let calls = facts.calls;
    let geo = calls.name(column::GEO, row);
    let cost = facts.model(row).and_then(|model| facts.cost(model, &calls.call(row), geo).ok());
    cost.unwrap_or_default()
}
