//! What of each prompt came before, as far as the log shows it: blocks, turns, shared starts.

use crate::units::Tokens;
use crate::usage::{Instant, Row};

use super::super::conversations;
use super::super::facts::Facts;
use super::super::routes::StaticPrompts;
use super::super::technique::Scenario;
use super::blocks::{BLOCKS, Blocks, SCOPE};

/// Columns with the time since the start of a trace that names no day, and their unit in ms.
const ELAPSED: [(&str, u32); 2] = [("<elapsed_ms>", 0), ("<elapsed_s>", 3)];

/// The lineage of every prompt of a log.
pub(in super::super) struct Lineage {
    /// Its blocks, where the log has their hashes.
    pub(super) blocks: Option<Blocks>,
    /// The turn that a prompt grew out of.
    previous: Vec<Option<Row>>,
    /// Whether a prompt is a turn of a conversation.
    turns: Vec<bool>,
    shared: Option<StaticPrompts>,
    /// All tokens of each prompt, as logged.
    lengths: Vec<Tokens>,
    /// Milliseconds, of each row.
    times: Vec<Option<i64>>,
}

impl Lineage {
    /// The columns it needs.
    pub(in super::super) fn dimensions() -> Vec<String> {
        let elapsed = ELAPSED.map(|(column, _)| column);
        let needed = [BLOCKS, SCOPE, conversations::COLUMN];
        needed.into_iter().chain(elapsed).map(str::to_owned).collect()
    }

    /// Whether the log has hashes of blocks, beside which nothing is guessed.
    pub(in super::super) fn has_blocks(facts: &Facts<'_>) -> bool {
        let place = facts.calls.dimensions.position(BLOCKS);
        place.is_some_and(|place| !facts.calls.dimensions[place].is_empty())
    }

    /// Finds what the log shows. What prompts of a call type share is known only to be at most their
    /// shortest: at the low end it is nothing.
    pub(in super::super) fn of(facts: &Facts<'_>, scenario: Scenario) -> Self {
        let growth = conversations::growth(facts);
        let rows = facts.calls.len();
        let growth = |row: Row| growth.as_ref().map(|known| known[row]).unwrap_or_default();
        Self {
            blocks: Blocks::of(facts),
            previous: (0..rows).map(|row| growth(row).grew_from).collect(),
            turns: (0..rows).map(|row| growth(row).is_turn).collect(),
            shared: Some(StaticPrompts::measure(facts))
                .filter(|shared| scenario != Scenario::Low || shared.are_declared()),
            lengths: (0..rows).map(|row| facts.calls.call(row).input_total()).collect(),
            times: times(facts),
        }
    }

    /// The rows in order of time.
    pub(super) fn order(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = (0..self.times.len()).collect();
        rows.sort_by_key(|row| self.times[*row]);
        rows
    }

    /// When a call was made, in milliseconds from anywhere; nothing when the log does not say.
    pub(super) fn time(&self, row: Row) -> Option<i64> {
        self.times[row]
    }

    /// The turn that a prompt grew out of: it begins with all of that one's prompt.
    pub(super) fn previous(&self, row: Row) -> Option<Row> {
        self.previous[row]
    }

    /// All tokens of a prompt, as logged.
    pub(super) fn length(&self, row: Row) -> Tokens {
        self.lengths[row]
    }

    /// Whether the next turn may read all of this prompt.
    pub(super) fn is_turn(&self, row: Row) -> bool {
        self.turns[row]
    }

    /// The start that all prompts of the call type and model share, at most.
    pub(super) fn shared(&self, row: Row) -> Tokens {
        self.shared.as_ref().map_or(Tokens::ZERO, |shared| shared.floor(row))
    }

    /// The number of the call type and model of a row.
    pub(super) fn route(&self, row: Row) -> u32 {
        self.shared.as_ref().map_or(0, |shared| shared.route(row))
    }

    /// Whether every call has a time.
    pub(in super::super) fn has_times(&self) -> bool {
        self.times.iter().all(Option::is_some)
    }

    /// What it is based on, in a few words.
    pub(in super::super) fn evidence(&self) -> &'static str {
        if self.blocks.is_some() {
            "block hashes of the prompts (rung 3)"
        } else if self.shared.as_ref().is_some_and(StaticPrompts::are_declared) {
            "the arrivals, turns and shared prompts that the workload declares (rung 6)"
        } else if self.turns.contains(&true) {
            "growth of conversations (rung 4), shared starts by call type (rung 5, at most)"
        } else {
            "shared starts by call type and model (rung 5, at most)"
        }
    }
}

fn times(facts: &Facts<'_>) -> Vec<Option<i64>> {
    let calls = facts.calls;
    let places = ELAPSED.map(|(column, scale)| (calls.dimensions.position(column), scale));
    let elapsed = |row: Row| {
        places.iter().find_map(|(place, scale)| {
            let text = calls.name((*place)?, row);
            let millis =
                crate::units::parse_decimal(text, *scale, crate::units::Excess::Round).ok()?;
            i64::try_from(millis).ok()
        })
    };
    let time = |row: Row| calls.call(row).time.known().map(Instant::millis);
    (0..calls.len()).map(|row| time(row).or_else(|| elapsed(row))).collect()
}
