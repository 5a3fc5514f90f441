//! Source: `docs/techniques/context_trimming.md`: with `rate`, that part of the uncached input
//! disappears; with `tokens`, each prompt is cut to that budget. A cut moves the start of the prompt,
//! so what the log read beyond the static prompt becomes ordinary input again: with `rate` at the low
//! end only, with `tokens` always.

use super::{Branch, Scenario, Step, Surroundings, around, static_prompt};
use crate::number::Q;
use crate::world::Class;
use crate::world::log::Record;
use crate::world::plan::{Scope, Setting};

enum Cut {
    Rate(Q),
    Tokens(u64),
}

pub(super) struct Trim {
    cut: Cut,
    scope: Scope,
    breaks_cache: bool,
    records: Vec<Record>,
}

pub(super) fn prepare(records: &[Record], setting: &Setting, scenario: Scenario) -> Trim {
    let (cut, scope) = match setting {
        Setting::TrimRate { rate, scope } => (Cut::Rate(rate.value()), scope),
        Setting::TrimTokens { tokens, scope } => (Cut::Tokens(*tokens), scope),
        _ => unreachable!(),
    };
    let breaks_cache = scenario == Scenario::Low || matches!(cut, Cut::Tokens(_));
    Trim { cut, scope: scope.clone(), breaks_cache, records: records.to_vec() }
}

impl Step for Trim {
    fn apply(&self, branch: &Branch, scene: &Surroundings<'_>) -> Vec<Branch> {
        if !self.scope.holds(scene.record()) {
            return vec![branch.clone()];
        }
        match &self.cut {
            Cut::Rate(rate) => {
                let input = branch.call.count(Class::Input);
                if input == 0 || *rate == crate::number::zero() {
                    return vec![branch.clone()];
                }
                let parts = around(rate, input).into_iter();
                parts
                    .map(|(likely, gone)| self.without(branch.part(&likely), gone, scene))
                    .collect()
            }
            Cut::Tokens(budget) => {
                // Sound and images are not cut.
                let text =
                    [Class::Input, Class::CacheRead, Class::CacheWrite5m, Class::CacheWrite1h];
                let text = text.iter().map(|class| branch.call.count(*class)).sum::<u64>();
                let room = budget * branch.call.calls;
                if text <= room {
                    return vec![branch.clone()];
                }
                vec![self.without(branch.clone(), text - room, scene)]
            }
        }
    }
}

impl Trim {
    /// A way with so much less input: plain input goes first, then what was written, then what was
    /// read.
    fn without(&self, mut cut: Branch, gone: u64, scene: &Surroundings<'_>) -> Branch {
        if self.breaks_cache {
            let start = static_prompt(&self.records, scene.record()) * cut.call.calls;
            let lost = cut.call.count(Class::CacheRead).saturating_sub(start);
            cut.call.turn(Class::CacheRead, Class::Input, lost);
            cut.shared = Some(start);
        }
        let mut left = gone;
        for class in [Class::Input, Class::CacheWrite5m, Class::CacheWrite1h, Class::CacheRead] {
            left -= cut.call.take(class, left);
        }
        cut
    }
}
