//! Attempts that no id links: the same prompt again, or the same input after a failure.

use hashbrown::HashMap;

use crate::units::{Factor, Tokens};
use crate::usage::{Call, Calls, Instant, Row, Status, Symbol, column};

use super::super::conversations;
use super::attempts::{REPEAT_WINDOW, Root, end_of};

/// Columns that may tell attempts apart.
pub(super) const PROMPT: &str = "prompt_hash";
pub(super) const KEY: &str = "api_key";
/// Columns that say more about a failure.
pub(super) const ERROR_CODE: &str = "error_code";
pub(super) const RETRY_AFTER: &str = "retry_after";

/// Codes of failures for want of quota, budget or credit.
const QUOTA_WORDS: [&str; 4] = ["quota", "billing", "credit", "spend"];

/// Billionths of a second in a millisecond.
const PER_MILLI: u64 = 1_000_000;

/// Where those columns stand.
pub(super) struct Columns {
    prompt: Option<usize>,
    key: Option<usize>,
    conversation: Option<usize>,
    error_code: Option<usize>,
    retry_after: Option<usize>,
}

/// What they say of one call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    prompt: Symbol,
    key: Symbol,
    conversation: Symbol,
    model: Symbol,
    /// Whether it failed for want of quota or credit.
    pub(super) is_out_of_quota: bool,
    /// Milliseconds to wait before another attempt.
    pub(super) retry_after: Option<i64>,
}

impl Columns {
    /// Looks for the columns in a log.
    pub(super) fn of(calls: &Calls) -> Self {
        let place = |name| calls.dimensions.position(name);
        Self {
            prompt: place(PROMPT),
            key: place(KEY),
            conversation: place(conversations::COLUMN),
            error_code: place(ERROR_CODE),
            retry_after: place(RETRY_AFTER),
        }
    }

    /// What they say of a call.
    pub(super) fn names(&self, calls: &Calls, row: Row) -> Names {
        let symbol =
            |place: Option<usize>| place.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
        let code = self.error_code.map_or("", |place| calls.name(place, row));
        let is_out_of_quota = !code.is_empty() && {
            let code = code.to_ascii_lowercase();
            QUOTA_WORDS.iter().any(|word| code.contains(word))
        };
        let wait = self.retry_after.map(|place| calls.name(place, row));
        let wait = wait.and_then(|text| Factor::parse(text).ok());
        Names {
            prompt: symbol(self.prompt),
            key: symbol(self.key),
            conversation: symbol(self.conversation),
            model: calls.symbol(column::MODEL, row),
            is_out_of_quota,
            retry_after: wait.and_then(|wait| i64::try_from(wait.parts() / PER_MILLI).ok()),
        }
    }
}

impl Names {
    /// Whether a later call can be known to repeat this one.
    pub(super) fn may_recur(&self) -> bool {
        !self.prompt.is_empty() || !self.conversation.is_empty()
    }
}

/// A call that may be repeated.
#[derive(Clone, Copy)]
struct Sighting {
    root: Root,
    status: Status,
    start: Instant,
    end: Instant,
}

/// The last call with each prompt, and the last failure with each input of a conversation.
#[derive(Default)]
pub(super) struct Sightings {
    prompts: HashMap<(Symbol, Symbol), Sighting>,
    inputs: HashMap<(Symbol, Symbol, Tokens), Sighting>,
}

impl Sightings {
    /// The request that a call repeats: the same prompt and key within the window of a failure, or
    /// within a minute of an answer; else the same input of a conversation after a failure.
    pub(super) fn earlier(&self, names: &Names, call: &Call, window: i64) -> Option<Root> {
        let now = call.time.known()?;
        let is_near = |one: &&Sighting| {
            let limit = match one.status {
                Status::Error(_) => one.end.millis().saturating_add(window),
                Status::Ok => one.start.millis().saturating_add(REPEAT_WINDOW),
                Status::Unknown => return false,
            };
            now.millis() <= limit
        };
        let prompt = self.prompts.get(&(names.key, names.prompt)).filter(is_near);
        let prompt = prompt.filter(|_| !names.prompt.is_empty());
        let input = || {
            let key = (names.conversation, names.model, call.input_total());
            let known = !names.conversation.is_empty() && !call.input_total().is_zero();
            self.inputs.get(&key).filter(|_| known).filter(is_near)
        };
        prompt.or_else(input).map(|one| one.root)
    }

    /// Remembers a call.
    pub(super) fn note(&mut self, names: &Names, call: &Call, root: Root) {
        let Some((end, start)) = end_of(call).zip(call.time.known()) else { return };
        let sighting = Sighting { root, status: call.status, start, end };
        if !names.prompt.is_empty() {
            self.prompts.insert((names.key, names.prompt), sighting);
        }
        if names.conversation.is_empty() {
            return;
        }
        let key = (names.conversation, names.model, call.input_total());
        if matches!(call.status, Status::Error(_)) {
            self.inputs.insert(key, sighting);
        } else {
            self.inputs.remove(&key);
        }
    }
}
