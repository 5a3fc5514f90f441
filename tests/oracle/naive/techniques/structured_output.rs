//! Source: `docs/techniques/structured_output.md`: at a given rate that share of the calls in scope
//! disappears; the schema is added to every prompt, the wrapper leaves every answer.

use super::{Branch, Step, Surroundings};
use crate::number::{Q, one};
use crate::world::Class;
use crate::world::plan::{Scope, Setting};

pub(super) struct Structured {
    rate: Q,
    schema: u64,
    wrapper: u64,
    scope: Scope,
}

pub(super) fn prepare(setting: &Setting) -> Structured {
    let Setting::StructuredOutput { rate, schema, wrapper, scope } = setting else {
        unreachable!()
    };
    Structured { rate: rate.value(), schema: *schema, wrapper: *wrapper, scope: scope.clone() }
}

impl Step for Structured {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        if !self.scope.holds(around.record()) {
            return vec![branch.clone()];
        }
        let mut kept = branch.part(&(one() - &self.rate));
        *kept.call.counts.entry(Class::Input).or_insert(0) += self.schema * branch.call.calls;
        kept.call.take(Class::Output, self.wrapper * branch.call.calls);
        vec![kept]
    }
}
