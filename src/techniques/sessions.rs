//! Whole conversations that go one way, so that no warm prefix is split between two models.

use hashbrown::HashMap;
use serde::Deserialize;

use super::conversations;
use super::facts::Facts;
use super::rehoming::{Rehoming, Way};
use crate::units::Rate;
use crate::usage::{Row, Symbol};

/// What goes one way together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Per {
    /// Each call on its own.
    #[default]
    Call,
    /// A conversation, where its first call goes.
    Session,
    /// A conversation, where most of its calls go.
    Majority,
}

/// The rows of each conversation, in order of their first call.
pub(super) fn rows_by_session(facts: &Facts<'_>) -> Vec<Vec<Row>> {
    let calls = facts.calls;
    let Some(place) = calls.dimensions.position(conversations::COLUMN) else { return Vec::new() };
    let mut places: HashMap<Symbol, usize> = HashMap::new();
    let mut sessions: Vec<Vec<Row>> = Vec::new();
    for row in 0..calls.len() {
        let session = calls.symbol(place, row);
        if session.is_empty() {
            continue;
        }
        let at = *places.entry(session).or_insert(sessions.len());
        if at == sessions.len() {
            sessions.push(Vec::new());
        }
        sessions[at].push(row);
    }
    sessions
}

/// Lets every conversation go one way. Where only a share of them moves, they are taken evenly in
/// order of their first calls, and each that is taken moves whole.
pub(super) fn keep_together(rehoming: &mut Rehoming, facts: &Facts<'_>, per: Per) {
    if per == Per::Call {
        return;
    }
    let mut steps = vec![0_u64; rehoming.moves.len()];
    for rows in rows_by_session(facts) {
        let to = match per {
            Per::Majority => most_common(&rows, &rehoming.ways),
            _ => rehoming.ways[rows[0]].map(|way| way.to),
        };
        let moves =
            to.is_some_and(|to| takes(&mut steps[to as usize], rehoming.moves[to as usize].share));
        for row in rows {
            rehoming.ways[row] = to.map(|to| Way { to, moves });
        }
    }
    // A conversation that is taken moves whole; calls outside of any are split as ever.
    rehoming.moves_whole = (0..facts.calls.len())
        .map(|row| {
            let place = facts.calls.dimensions.position(conversations::COLUMN);
            place.is_some_and(|place| !facts.calls.symbol(place, row).is_empty())
        })
        .collect();
}

/// Whether the next of a row of conversations is taken, so that `share` of them are.
fn takes(step: &mut u64, share: Rate) -> bool {
    let whole = u128::from(Rate::ONE.parts());
    let upto = |count: u64| u128::from(count) * u128::from(share.parts()) / whole;
    let before = upto(*step);
    *step += 1;
    upto(*step) > before
}

/// Where most calls go; where as many go elsewhere, the way of the earlier one.
fn most_common(rows: &[Row], ways: &[Option<Way>]) -> Option<u32> {
    let mut counts: Vec<(Option<u32>, u64)> = Vec::new();
    for row in rows {
        let to = ways[*row].map(|way| way.to);
        match counts.iter_mut().find(|(known, _)| *known == to) {
            Some((_, count)) => *count += 1,
            None => counts.push((to, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most)?.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(share: &str, expected: &[bool]) {
        let share = Rate::parse(share).expect("a rate");
        let mut step = 0;
        let found: Vec<_> = expected.iter().map(|_| takes(&mut step, share)).collect();
        assert_eq!(found, expected, "{share}");
    }

    #[test]
    fn a_share_of_conversations_is_taken_evenly() {
        check("0.5", &[false, true, false, true]);
        check("1", &[true, true, true]);
        check("0", &[false, false]);
        check("0.75", &[false, true, true, true]);
    }

    #[test]
    fn the_majority_decides_and_the_earlier_call_when_there_is_none() {
        let way = |to| Some(Way { to, moves: true });
        assert_eq!(most_common(&[0, 1, 2], &[way(0), way(1), way(1)]), Some(1));
        assert_eq!(most_common(&[0, 1], &[way(1), None]), Some(1));
        assert_eq!(most_common(&[0, 1], &[None, way(1)]), None);
    }
}
