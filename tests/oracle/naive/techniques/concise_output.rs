//! Source: `docs/techniques/concise_output.md`: visible output times 1 - rate; call types whose middle
//! answer is already shorter than 60 tokens are left alone; the instruction is added to every prompt.

use super::{Branch, Step, Surroundings, around};
use crate::number::Q;
use crate::world::Class;
use crate::world::log::Record;
use crate::world::plan::{Scope, Setting};

pub(super) struct Concise {
    rate: Q,
    prompt_tokens: u64,
    scope: Scope,
    records: Vec<Record>,
}

pub(super) fn prepare(records: &[Record], setting: &Setting) -> Concise {
    let Setting::ConciseOutput { rate, prompt_tokens, scope } = setting else { unreachable!() };
    let (rate, scope) = (rate.value(), scope.clone());
    Concise { rate, prompt_tokens: *prompt_tokens, scope, records: records.to_vec() }
}

impl Concise {
    /// The middle length of the answers to a call type, the later of two; those without an answer say
    /// nothing.
    fn middle(&self, call_type: &str) -> u64 {
        let mut lengths = Vec::new();
        for record in self.records.iter().filter(|record| record.call_type == call_type) {
            let visible = record.count(Class::Output);
            if visible > 0 {
                lengths.push(visible / record.calls);
            }
        }
        lengths.sort_unstable();
        lengths.get(lengths.len() / 2).copied().unwrap_or(0)
    }
}

impl Step for Concise {
    fn apply(&self, branch: &Branch, scene: &Surroundings<'_>) -> Vec<Branch> {
        let record = scene.record();
        if !self.scope.holds(record) || self.middle(&record.call_type) < 60 {
            return vec![branch.clone()];
        }
        let parts = around(&self.rate, branch.call.count(Class::Output));
        let shorter = parts.into_iter().map(|(likely, gone)| {
            let mut shorter = branch.part(&likely);
            shorter.call.take(Class::Output, gone);
            let instruction = self.prompt_tokens * branch.call.calls;
            *shorter.call.counts.entry(Class::Input).or_insert(0) += instruction;
            shorter
        });
        shorter.collect()
    }
}
