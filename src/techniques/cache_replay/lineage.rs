//! What of each prompt came before, as far as the log shows it: blocks, turns, shared starts.

use std::sync::Arc;

use crate::units::Tokens;
use crate::usage::{Instant, Row, Symbol, TEXT_BLOCKS};

use super::super::conversations;
use super::super::facts::Facts;
use super::super::routes::StaticPrompts;
use super::super::technique::Scenario;
use super::blocks::{BLOCKS, Blocks, SCOPE};
use super::texts::Texts;

/// Columns with the time since the start of a trace that names no day, and their unit in ms.
const ELAPSED: [(&str, u32); 2] = [("<elapsed_ms>", 0), ("<elapsed_s>", 3)];

/// Columns that name the workspace of a call; the first that the log has.
const WORKSPACES: [&str; 2] = ["workspace_id", "workspace"];

/// How much the prompts of a call type and model share.
enum Shared {
    /// So many tokens, as the user says (rung 6).
    Declared(Tokens),
    /// At most the shortest of them (rung 5).
    Shortest,
}

/// The lineage of every prompt of a log.
pub(in super::super) struct Lineage {
    /// Its blocks, where the log has their hashes.
    pub(super) blocks: Option<Blocks>,
    /// The turn that a prompt grew out of; its own row for none.
    previous: Vec<u32>,
    /// Whether a prompt is a turn of a conversation.
    turns: Vec<bool>,
    /// How many turns came before a prompt.
    depths: Vec<u32>,
    /// The call types and models.
    routes: Arc<StaticPrompts>,
    /// What the prompts of a route share: as declared, else the most it can be, else nothing.
    shared: Option<Shared>,
    /// The same in blocks.
    shared_blocks: Vec<usize>,
    /// All tokens of each prompt, as logged.
    lengths: Vec<Tokens>,
    /// The workspace of each row, where the log names them.
    workspaces: Option<Vec<Symbol>>,
    /// What is to be said about texts in the log.
    text_note: Option<String>,
    /// Milliseconds, of each row; [`NO_TIME`] where the log does not say.
    times: Vec<i64>,
    /// Whether no row is earlier than the one before it.
    is_in_order: bool,
}

/// Before all times.
const NO_TIME: i64 = i64::MIN;

impl Lineage {
    /// The columns it needs.
    pub(in super::super) fn dimensions() -> Vec<String> {
        let elapsed = ELAPSED.map(|(column, _)| column);
        let needed = [BLOCKS, SCOPE, TEXT_BLOCKS, conversations::COLUMN];
        needed.into_iter().chain(elapsed).map(str::to_owned).collect()
    }

    /// The columns it uses where the log has them.
    pub(in super::super) fn wishes() -> Vec<String> {
        WORKSPACES.map(str::to_owned).to_vec()
    }

    /// Whether the log has hashes of blocks, beside which nothing is guessed.
    pub(in super::super) fn has_blocks(facts: &Facts<'_>) -> bool {
        let place = facts.calls.dimensions.position(BLOCKS);
        place.is_some_and(|place| !facts.calls.dimensions[place].is_empty())
    }

    /// Finds what the log shows. What prompts of a call type share is known only to be at most their
    /// shortest, unless it is declared: at the low end it is nothing.
    pub(in super::super) fn of(
        facts: &Facts<'_>,
        declared: Option<Tokens>,
        scenario: Scenario,
    ) -> Self {
        let growth = facts.growth();
        let rows = facts.calls.len();
        let known = |row: Row| growth.as_ref().map(|known| known[row]).unwrap_or_default();
        let shared = declared.map(Shared::Declared);
        let routes = facts.static_prompts();
        let is_known = scenario != Scenario::Low || routes.are_declared();
        let texts = Texts::of(facts);
        let blocks = Blocks::of(facts).or_else(|| {
            texts.as_ref().filter(|texts| texts.are_whole()).and_then(Blocks::of_texts)
        });
        let mut lineage = Self {
            shared_blocks: blocks.as_ref().map_or_else(Vec::new, |it| it.shared(facts, &routes)),
            blocks,
            previous: (0..rows).map(|row| number(known(row).grew_from.unwrap_or(row))).collect(),
            turns: (0..rows).map(|row| known(row).is_turn).collect(),
            depths: vec![0; rows],
            routes,
            shared: shared.or(is_known.then_some(Shared::Shortest)),
            lengths: (0..rows).map(|row| facts.calls.call(row).input_total()).collect(),
            workspaces: workspaces(facts),
            text_note: texts.as_ref().and_then(Texts::told),
            times: times(facts),
            is_in_order: false,
        };
        lineage.is_in_order = lineage.times.is_sorted();
        let order = lineage.order();
        if let Some(blocks) = lineage.blocks.as_ref().filter(|_| growth.is_none()) {
            let parents = blocks.parents(facts, &order).into_iter().enumerate();
            lineage.previous = parents.map(|(row, before)| number(before.unwrap_or(row))).collect();
        }
        for row in order {
            lineage.depths[row] =
                lineage.previous(row).map_or(0, |before| lineage.depths[before] + 1);
        }
        lineage
    }

    /// How many turns came before a prompt.
    pub(super) fn depth(&self, row: Row) -> u32 {
        self.depths[row]
    }

    /// How many of the blocks of a prompt are the start that it shares with its call type.
    pub(super) fn shared_blocks(&self, row: Row) -> usize {
        self.shared_blocks.get(row).copied().unwrap_or(0)
    }

    /// How many call types and models there are.
    pub(super) fn route_count(&self) -> usize {
        self.routes.count()
    }

    /// The rows in order of time.
    pub(in super::super) fn order(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = (0..self.times.len()).collect();
        if !self.is_in_order {
            rows.sort_by_key(|row| self.times[*row]);
        }
        rows
    }

    /// When a call was made, in milliseconds from anywhere; nothing when the log does not say.
    pub(super) fn time(&self, row: Row) -> Option<i64> {
        Some(self.times[row]).filter(|at| *at != NO_TIME)
    }

    /// Whether the rows stand in order of time.
    pub(super) const fn is_in_order(&self) -> bool {
        self.is_in_order
    }

    /// The turn that a prompt grew out of: it begins with all of that one's prompt.
    pub(in super::super) fn previous(&self, row: Row) -> Option<Row> {
        Some(self.previous[row] as usize).filter(|before| *before != row)
    }

    /// All tokens of a prompt, as logged.
    pub(super) fn length(&self, row: Row) -> Tokens {
        self.lengths[row]
    }

    /// Whether the next turn may read all of this prompt.
    pub(in super::super) fn is_turn(&self, row: Row) -> bool {
        self.turns[row]
    }

    /// The start that all prompts of the call type and model share, at most.
    pub(in super::super) fn shared(&self, row: Row) -> Tokens {
        match &self.shared {
            None => Tokens::ZERO,
            Some(Shared::Declared(tokens)) => (*tokens).min(self.length(row)),
            Some(Shared::Shortest) => self.routes.floor(row),
        }
    }

    /// The workspace of a row, where the log names them.
    pub(super) fn workspace(&self, row: Row) -> Option<Symbol> {
        self.workspaces.as_ref().map(|names| names[row])
    }

    /// The start that all prompts of the call type and model can share, also where it is not known.
    pub(super) fn most_shared(&self, row: Row) -> Tokens {
        self.routes.floor(row).max(self.shared(row))
    }

    /// The number of the call type and model of a row.
    pub(super) fn route(&self, row: Row) -> u32 {
        self.routes.route(row)
    }

    /// Whether every call has a time.
    pub(in super::super) fn has_times(&self) -> bool {
        !self.times.contains(&NO_TIME)
    }

    /// Whether prompts are known by their text.
    fn is_text(&self) -> bool {
        self.blocks.as_ref().is_some_and(Blocks::are_text)
    }

    /// What is to be said about texts in the log.
    pub(super) fn told_of_texts(&self) -> Vec<String> {
        let exact = self.is_text().then(|| {
            "prompts are compared by their text, exactly: tools, instructions and messages in this \
             order, in blocks of 256 characters and up to the end of each message; the tokens that \
             the log counts for a prompt are spread over its characters; the text itself is not kept"
                .to_owned()
        });
        exact.into_iter().chain(self.text_note.clone()).collect()
    }

    /// What it is based on, in a few words.
    pub(in super::super) fn evidence(&self) -> &'static str {
        if self.is_text() {
            "text of the prompts (rung 2)"
        } else if self.blocks.is_some() {
            "block hashes of the prompts (rung 3)"
        } else if self.routes.are_declared() {
            "the arrivals, turns and shared prompts that the workload declares (rung 6)"
        } else if self.turns.contains(&true) {
            "growth of conversations (rung 4), shared starts by call type (rung 5, at most)"
        } else {
            "shared starts by call type and model (rung 5, at most)"
        }
    }
}

fn workspaces(facts: &Facts<'_>) -> Option<Vec<Symbol>> {
    let calls = facts.calls;
    let mut places = WORKSPACES.iter().filter_map(|name| calls.dimensions.position(name));
    let place = places.find(|place| !calls.dimensions[*place].is_empty())?;
    Some((0..calls.len()).map(|row| calls.symbol(place, row)).collect())
}

fn number(row: Row) -> u32 {
    u32::try_from(row).expect("a table has fewer than 2³² rows")
}

fn times(facts: &Facts<'_>) -> Vec<i64> {
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
    (0..calls.len()).map(|row| time(row).or_else(|| elapsed(row)).unwrap_or(NO_TIME)).collect()
}
