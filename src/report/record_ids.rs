//! The ids of records: parts of one record share its id, and must not be taken for copies.

use std::borrow::Cow;

use crate::diagnostics::Place;
use crate::usage::{Call, Calls, Row, column};

/// The calls of the record at hand, which all have its id.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    place: Place,
    calls: Vec<(Call, String)>,
}

impl Record {
    /// The id of a call. Parts of one record share its id; one that is equal to another in all
    /// that tells calls apart would be taken for a copy, so it gets a number.
    pub(super) fn id<'a>(
        &mut self,
        call: &Call,
        calls: &Calls,
        row: Row,
        id: &'a str,
    ) -> Cow<'a, str> {
        if call.place != self.place {
            self.calls.clear();
            self.place = call.place;
        }
        if id.is_empty() {
            return Cow::Borrowed(id);
        }
        let model = calls.name(column::MODEL, row);
        let is_twin = |(other, name): &&(Call, String)| {
            let told_apart = |call: &Call| (call.request, call.time, call.attempt, call.tokens);
            told_apart(other) == told_apart(call) && name == model
        };
        let twins = self.calls.iter().filter(is_twin).count();
        self.calls.push((*call, model.to_owned()));
        if twins == 0 { Cow::Borrowed(id) } else { Cow::Owned(format!("{id}#{}", twins + 1)) }
    }
}
