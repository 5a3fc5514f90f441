//! Which calls a technique is for. Source: `where` and `call_types` of every page of
//! `docs/techniques`; a comparison with an empty column is not true, as in SQL.

use crate::world::log::Record;
use crate::world::plan::{Condition, Scope};

impl Scope {
    pub(crate) fn holds(&self, record: &Record) -> bool {
        let is_type = self.call_types.is_empty() || self.call_types.contains(&record.call_type);
        is_type && self.condition.as_ref().is_none_or(|condition| condition.holds(record))
    }
}

impl Condition {
    fn holds(&self, record: &Record) -> bool {
        match self {
            Self::Team(team) => record.team == *team,
            Self::NotTeam(team) => !record.team.is_empty() && record.team != *team,
            Self::NoTeam => record.team.is_empty(),
            Self::InputAbove(tokens) => record.input() > *tokens,
            Self::OutputAtMost(tokens) => record.output() <= *tokens,
            Self::Model(model) => record.model == *model,
            Self::Both(one, other) => one.holds(record) && other.holds(record),
            Self::Either(one, other) => one.holds(record) || other.holds(record),
        }
    }
}
