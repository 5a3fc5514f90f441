//! Source: `docs/techniques/output_cap.md`: what lies beyond the cap is not billed, the visible answer
//! first, then reasoning; at the low end a quarter of the cut calls is made again without a cap. For
//! rows that sum up several calls the cap applies to their mean length.

use super::{Branch, Scenario, Step, Surroundings};
use crate::number::{Q, decimal, zero};
use crate::world::Class;
use crate::world::plan::{Scope, Setting};

pub(super) struct Cap {
    tokens: u64,
    rerun: Q,
    scope: Scope,
}

pub(super) fn prepare(setting: &Setting, scenario: Scenario) -> Cap {
    let Setting::OutputCap { tokens, rerun, scope } = setting else { unreachable!() };
    let rerun = match (rerun, scenario) {
        (Some(rerun), _) => rerun.value(),
        (None, Scenario::Low) => decimal("0.25"),
        (None, _) => zero(),
    };
    Cap { tokens: *tokens, rerun, scope: scope.clone() }
}

impl Step for Cap {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        let answer = branch.call.count(Class::Output) + branch.call.count(Class::Reasoning);
        let room = self.tokens * branch.call.calls;
        if !self.scope.holds(around.record()) || answer <= room {
            return vec![branch.clone()];
        }
        let mut cut = branch.clone();
        let beyond = answer - room;
        let visible = cut.call.take(Class::Output, beyond);
        cut.call.take(Class::Reasoning, beyond - visible);
        vec![cut, branch.part(&self.rerun)]
    }
}
