//! Calls that only repeat one that was answered: most likely the answer could not be parsed.

use hashbrown::HashMap;

use super::conversations;
use super::facts::Facts;
use super::scope::Selection;
use crate::units::Tokens;
use crate::usage::{Row, Status, Symbol, column};

/// Columns that tell prompts apart, the best first.
const PROMPTS: [&str; 2] = ["prompt_hash", "prompt"];

/// A repeat starts within this time of the call before, its latency not counted.
pub(super) const WINDOW_MILLIS: i64 = 60_000;

/// What call types are called whose answers a program reads.
const READ_BY_PROGRAMS: [&str; 7] =
    ["json", "extract", "classif", "struct", "pars", "schema", "tagging"];

/// Whether the name of a call type says that a program reads its answers.
pub(super) fn is_read_by_programs(call_type: &str) -> bool {
    let name = call_type.to_ascii_lowercase();
    READ_BY_PROGRAMS.iter().any(|word| name.contains(word))
}

/// How two calls are known to have the same prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A column of the log says so.
    Prompt(&'static str),
    /// They are of one conversation and equally long.
    Length,
}

/// What two attempts at one answer have in common.
type Key = (Symbol, Symbol, Symbol, Tokens);

/// The repeats of a log.
pub(super) struct ParseRetries {
    /// How they were recognised.
    pub(super) identity: Identity,
    /// Whether each row only repeats one before it.
    pub(super) repeats: Vec<bool>,
    /// Calls that were looked at.
    pub(super) looked_at: u64,
    /// Those of them that repeat one before.
    pub(super) found: u64,
}

impl ParseRetries {
    /// The columns it needs.
    pub(super) fn dimensions() -> Vec<String> {
        PROMPTS.into_iter().chain([conversations::COLUMN]).map(ToOwned::to_owned).collect()
    }

    /// Looks for them among the calls in scope; nothing where the log cannot show any: without
    /// times, or with neither prompts nor conversations.
    pub(super) fn find(facts: &Facts<'_>, selection: &Selection) -> Option<Self> {
        let calls = facts.calls;
        let (place, identity) = identity(facts)?;
        let mut last: HashMap<Key, Row> = HashMap::new();
        let mut found =
            Self { identity, repeats: vec![false; calls.len()], looked_at: 0, found: 0 };
        for row in (0..calls.len()).filter(|row| selection.holds(*row)) {
            let call = calls.call(row);
            let named = calls.symbol(place, row);
            let input = call.input_total();
            if named.is_empty() || !call.is_single() || input.is_zero() {
                continue;
            }
            let length = if identity == Identity::Length { input } else { Tokens::ZERO };
            let kind = [column::MODEL, column::CALL_TYPE].map(|at| calls.symbol(at, row));
            found.looked_at += 1;
            let before = last.insert((named, kind[0], kind[1], length), row);
            if before.is_some_and(|before| is_soon(facts, before, row)) {
                found.repeats[row] = true;
                found.found += 1;
            }
        }
        (found.looked_at > 0).then_some(found)
    }
}

fn identity(facts: &Facts<'_>) -> Option<(usize, Identity)> {
    let dimensions = &facts.calls.dimensions;
    let filled = |name: &str| dimensions.position(name).filter(|at| !dimensions[*at].is_empty());
    let prompt = PROMPTS.iter().find_map(|name| Some((filled(name)?, Identity::Prompt(name))));
    prompt.or_else(|| Some((filled(conversations::COLUMN)?, Identity::Length)))
}

/// Whether a call started shortly after one that was answered.
fn is_soon(facts: &Facts<'_>, before: Row, row: Row) -> bool {
    let (one, other) = (facts.calls.call(before), facts.calls.call(row));
    if matches!(one.status, Status::Error(_)) || one.output_total().is_zero() {
        return false;
    }
    let times = one.time.known().zip(other.time.known());
    times.is_some_and(|(from, to)| {
        let latency = i64::from(one.latency_ms.unwrap_or(0));
        to.millis().saturating_sub(from.millis()) <= WINDOW_MILLIS + latency
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_types_say_that_a_program_reads_the_answer() {
        for (name, expected) in [
            ("extract_invoice", true),
            ("Classification", true),
            ("json-mode", true),
            ("chat", false),
            ("", false),
        ] {
            assert_eq!(is_read_by_programs(name), expected, "{name}");
        }
    }
}
