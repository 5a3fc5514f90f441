//! What records of a session say for the ones after them: its names, its model, its totals so far.

use std::collections::{BTreeMap, VecDeque};

use crate::diagnostics::Code;
use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::Call;

use super::field::Field;
use super::format::{Draft, Remark};
use super::values::Values;

/// How the records of a format depend on those before them in their file. Such a file is read
/// from its start to its end by one thread.
#[derive(Debug)]
pub(super) struct Session {
    /// Whether a record speaks for those after it.
    pub(super) speaks: fn(&Values<'_>) -> bool,
    /// What it says.
    pub(super) carries: &'static [(Field, Keep)],
    /// Whether the counts are totals so far.
    pub(super) totals: Totals,
    /// Whether a record has part of the usage that a later one tells in full.
    pub(super) partial: fn(&Values<'_>) -> bool,
    /// Whether a record says again what a call shortly before it said, if its counts are the same.
    pub(super) echoes: fn(&Values<'_>) -> bool,
}

impl Session {
    /// Records that depend on nothing, as a start for others.
    pub(super) const PLAIN: Self = Self {
        speaks: |_| false,
        carries: &[],
        totals: Totals::No,
        partial: |_| false,
        echoes: |_| false,
    };
}

/// Which of several records that say the same thing is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// The first: a copy of another session's start may follow.
    First,
    /// The latest: it changes on the way.
    Latest,
}

/// What the counts of a call's record are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Totals {
    /// Those of the call.
    No,
    /// Those of the session so far.
    OfSession,
    /// Those of the session so far by each model.
    OfModel,
}

/// Calls of helpers that run side by side may stand between a call and its echo.
const ECHOES_MAX: usize = 64;

/// What was said and counted so far in one file.
#[derive(Debug, Default)]
pub(super) struct SoFar {
    pub(super) said: Said,
    /// Records with part of the usage since the last one that told it in full.
    pub(super) partial: u64,
    /// The counts of the latest calls that nothing has said again yet.
    unechoed: VecDeque<PerClass<Tokens>>,
    totals: BTreeMap<String, Total>,
}

/// What holds for the records to come: raw text by slot, empty where nothing was said.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<Box<str>>);

#[derive(Clone, Copy, Debug)]
struct Total {
    tokens: PerClass<Tokens>,
    calls: u64,
    last: Option<PerClass<Tokens>>,
}

impl Said {
    /// Remembers what the record says for those after it. Slots beyond the fields hold what the
    /// user asked for by name.
    pub(super) fn listen(&mut self, session: &Session, values: &Values<'_>, slots: usize) {
        if !(session.speaks)(values) {
            return;
        }
        self.0.resize(slots, Box::default());
        let carried = session.carries.iter().map(|(field, keep)| (field.slot(), *keep));
        let asked = (Field::ALL.len()..slots).map(|slot| (slot, Keep::Latest));
        for (slot, keep) in carried.chain(asked) {
            let raw = values.raw(slot);
            if !raw.is_empty() && (keep == Keep::Latest || self.0[slot].is_empty()) {
                self.0[slot] = raw.into();
            }
        }
    }

    /// The values of a record, and what was said before it; where the first one is believed, even
    /// against its own.
    pub(super) fn complete<'v>(
        &'v self,
        session: &Session,
        values: &Values<'v>,
        slots: usize,
    ) -> Values<'v> {
        let mut complete = Values::new(slots).written(values.writing());
        for (slot, raw) in self.0.iter().enumerate() {
            complete.inherit(slot, raw);
        }
        complete.inherit_all(values);
        for (field, _) in session.carries.iter().filter(|(_, keep)| *keep == Keep::First) {
            complete.inherit(field.slot(), self.raw(*field));
        }
        complete
    }

    /// What was said of a field; empty when nothing was.
    pub(super) fn raw(&self, field: Field) -> &str {
        self.0.get(field.slot()).map_or("", |raw| raw)
    }
}

impl SoFar {
    /// Whether the record is an echo of a call shortly before it.
    pub(super) fn is_echo(&mut self, session: &Session, values: &Values<'_>, call: &Call) -> bool {
        if (session.echoes)(values) {
            let known = self.unechoed.iter().position(|tokens| *tokens == call.tokens);
            return known.and_then(|place| self.unechoed.remove(place)).is_some();
        }
        if self.unechoed.len() == ECHOES_MAX {
            self.unechoed.pop_front();
        }
        self.unechoed.push_back(call.tokens);
        false
    }

    /// Turns totals so far into what came since the record before. Says no when nothing did.
    pub(super) fn since(
        &mut self,
        session: &Session,
        conversation: &str,
        draft: &mut Draft<'_>,
        remarks: &mut Vec<Remark>,
    ) -> bool {
        let mut grown: Vec<(String, Call)> = Vec::new();
        let first = (draft.model.to_string(), draft.call);
        for (model, mut call) in std::iter::once(first).chain(draft.parts.drain(..)) {
            let scope = match session.totals {
                Totals::OfModel => format!("{conversation}\n{model}"),
                Totals::No | Totals::OfSession => conversation.to_owned(),
            };
            let total = Total { tokens: call.tokens, calls: call.calls, last: draft.last };
            let before = self.totals.insert(scope, total);
            let Some(tokens) = growth(before.as_ref(), &total, remarks) else { continue };
            call.tokens = tokens;
            call.calls -= before.map_or(0, |before| before.calls.min(call.calls - 1));
            grown.push((model, call));
        }
        let mut grown = grown.into_iter();
        let Some((model, call)) = grown.next() else { return false };
        draft.model = model.into();
        draft.call = call;
        draft.parts.extend(grown);
        true
    }
}

/// The tokens since the total before; nothing when there are none.
fn growth(
    before: Option<&Total>,
    total: &Total,
    remarks: &mut Vec<Remark>,
) -> Option<PerClass<Tokens>> {
    let last = total.last.filter(|last| sum(last) > 0);
    let mut remark = |text: String| remarks.push((Code::InconsistentCounts, text));
    let Some(before) = before else {
        let found = last.unwrap_or(total.tokens);
        if found != total.tokens {
            remark(format!(
                "the first total of the session is {} tokens, its last call {}; the call is counted",
                sum(&total.tokens),
                sum(&found)
            ));
        }
        return (sum(&found) > 0).then_some(found);
    };
    if total.tokens == before.tokens {
        if let Some(last) = last.filter(|_| total.last != before.last) {
            let count = sum(&last);
            remark(format!("a call of {count} tokens that the session's total does not have"));
        }
        return None;
    }
    let mut since = PerClass::default();
    for class in TokenClass::ALL {
        let Some(more) = total.tokens[class].checked_sub(before.tokens[class]) else {
            remark("the session's total went back; it is counted from there".to_owned());
            return Some(last.unwrap_or(total.tokens)).filter(|found| sum(found) > 0);
        };
        since[class] = more;
    }
    if let Some(last) = last.filter(|last| *last != since) {
        remark(format!(
            "the session's total grew by {} tokens, its last call has {}; the growth is counted",
            sum(&since),
            sum(&last)
        ));
    }
    Some(since)
}

fn sum(tokens: &PerClass<Tokens>) -> u64 {
    tokens.iter().map(|(_, count)| count.get()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(input: u64, output: u64) -> PerClass<Tokens> {
        let mut tokens = PerClass::default();
        tokens[TokenClass::Input] = Tokens::new(input);
        tokens[TokenClass::Output] = Tokens::new(output);
        tokens
    }

    /// Totals with the counts of the last call, to what is counted and whether it is remarked on.
    fn check(
        before: Option<((u64, u64), (u64, u64))>,
        total: ((u64, u64), (u64, u64)),
        expected: (Option<(u64, u64)>, bool),
    ) {
        let of = |(tokens, last): ((u64, u64), (u64, u64))| Total {
            tokens: counts(tokens.0, tokens.1),
            calls: 1,
            last: Some(counts(last.0, last.1)),
        };
        let mut remarks = Vec::new();
        let found = growth(before.map(of).as_ref(), &of(total), &mut remarks);
        let wanted = expected.0.map(|(input, output)| counts(input, output));
        assert_eq!((found, !remarks.is_empty()), (wanted, expected.1), "{total:?}: {remarks:?}");
    }

    #[test]
    fn the_difference_of_totals_is_counted_and_a_disagreement_is_told() {
        check(None, ((9, 1), (9, 1)), (Some((9, 1)), false));
        check(None, ((90, 10), (9, 1)), (Some((9, 1)), true));
        let before = Some(((9, 1), (9, 1)));
        check(before, ((20, 3), (11, 2)), (Some((11, 2)), false));
        check(before, ((20, 3), (5, 2)), (Some((11, 2)), true));
        check(before, ((20, 3), (0, 0)), (Some((11, 2)), false));
        check(before, ((9, 1), (9, 1)), (None, false));
        check(before, ((9, 1), (0, 0)), (None, false));
        check(before, ((9, 1), (4, 1)), (None, true));
        check(before, ((5, 1), (5, 1)), (Some((5, 1)), true));
        check(before, ((0, 0), (0, 0)), (None, true));
    }
}
