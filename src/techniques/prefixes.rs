//! How much of each prompt can be shared with earlier calls, and how that is known.

use std::sync::Arc;

use super::branch::Branch;
use super::conversations::{Growth, recounted};
use super::facts::Facts;
use super::rolled::{RolledRow, Span};
use super::routes::StaticPrompts;
use super::scope::Selection;
use super::settings::Portion;
use super::technique::Scenario;
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Row;

/// The shared start of prompts.
pub(super) enum Prefixes {
    /// As the user says.
    Declared(Portion),
    /// As the log supports: its own counters where they show caching, the growth of conversations
    /// where it names them, otherwise the shortest prompts of the call type and model.
    Observed {
        /// How each row stands in its conversation.
        growth: Option<Arc<[Growth]>>,
        /// The shortest prompts.
        prompts: Arc<StaticPrompts>,
        /// What rows of a roll-up say of their calls.
        rolled: Option<Arc<[Option<RolledRow>]>>,
    },
}

/// What is known about the shared start of one call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rung {
    Declared,
    Workload,
    Counted,
    Grown,
    Shortest,
}

impl Prefixes {
    /// The declared portion, or else what the log shows.
    pub(super) fn new(declared: Option<Portion>, facts: &Facts<'_>) -> Self {
        match declared {
            Some(portion) => Self::Declared(portion),
            None => Self::Observed {
                growth: facts.growth(),
                prompts: facts.static_prompts(),
                rolled: facts.rolled(),
            },
        }
    }

    /// Whether the user says how much of the input is shared.
    pub(super) const fn are_declared(&self) -> bool {
        matches!(self, Self::Declared(_))
    }

    /// The shareable input of a branch in steps of the cache, for the whole row, and for one call as
    /// it is.
    pub(super) fn stored(
        &self,
        branch: &Branch,
        facts: &Facts<'_>,
        row: Row,
        step: u64,
    ) -> (Tokens, Tokens) {
        let step = step.max(1);
        let prefix = branch.per_call(self.of(branch, facts, row));
        let usual = branch.for_row(Tokens::new(prefix.get() / step * step));
        let told = self.rolled_uncached(facts, row).filter(|_| branch.is_counted_as_logged());
        let told = told.and_then(|told| self.told(told, row, step));
        (told.map_or(usual, |span| span.nearest(usual)), prefix)
    }

    /// What the calls of a row of a roll-up share, each in steps of a cache; nothing where the roll-up
    /// does not tell.
    pub(super) fn told(&self, told: &RolledRow, row: Row, step: u64) -> Option<Span> {
        let Self::Observed { prompts, .. } = self else { return None };
        if told.follows {
            return told.repeated(step).map(|known| Span { low: known, high: known });
        }
        told.shared(prompts.floor(row).get(), step)
    }

    /// The whole prompts of a row of a roll-up, each in steps of a cache, where that is known.
    pub(super) fn whole_prompts(&self, row: Row, step: u64) -> Option<Tokens> {
        self.rolled(row)?.shared(u64::MAX, step)?.exact()
    }

    fn rolled(&self, row: Row) -> Option<&RolledRow> {
        match self {
            Self::Observed { rolled: Some(rolled), .. } => rolled[row].as_ref(),
            _ => None,
        }
    }

    /// What a row of a roll-up says of calls that the log shows no caching of; nothing for others.
    pub(super) fn rolled_uncached(&self, facts: &Facts<'_>, row: Row) -> Option<&RolledRow> {
        self.rolled(row).filter(|_| counted(facts, row).is_zero())
    }

    /// Whether the shared start of a row is only known to be no shorter, and less than a sixteenth
    /// longer.
    pub(super) fn is_vague(&self, row: Row) -> bool {
        matches!(self, Self::Observed { prompts, .. } if prompts.is_vague(row))
    }

    /// The shareable input of a branch, for the whole row.
    pub(super) fn of(&self, branch: &Branch, facts: &Facts<'_>, row: Row) -> Tokens {
        let prompt = branch.call.input_total();
        let prefix = match self {
            Self::Declared(Portion::Share(share)) => share.of(prompt),
            Self::Declared(Portion::Tokens(tokens)) => branch.for_row(*tokens).min(prompt),
            Self::Observed { prompts, .. } => {
                let told = self.rolled_uncached(facts, row);
                if let Some(span) = told.and_then(|told| self.told(told, row, 1)) {
                    let mean = branch.for_row(prompts.floor(row)).min(prompt);
                    let known = span.nearest(mean);
                    let prefix = recounted(known, branch.token_ratio, prompt);
                    return branch.stable_prefix.map_or(prefix, |stable| prefix.min(stable));
                }
                // Where the provider counted what it cached, no estimate knows better; and a turn
                // that is repeated holds whatever shared start it has.
                let counted = counted(facts, row);
                let known = if counted.is_zero() {
                    let floor = || branch.for_row(prompts.floor(row));
                    self.growth(row).repeated.unwrap_or_else(floor)
                } else {
                    counted
                };
                recounted(known, branch.token_ratio, prompt)
            }
        };
        branch.stable_prefix.map_or(prefix, |stable| prefix.min(stable))
    }

    /// Whether a row is a turn that writes all of its prompt, so that the next turn can read it.
    /// A turn without one before or after it only does so at the low end: a client that marks
    /// every prompt pays for those too.
    pub(super) fn writes_growth(&self, facts: &Facts<'_>, row: Row, scenario: Scenario) -> bool {
        let Growth { repeated, is_turn, is_continued, .. } = self.growth(row);
        let is_linked = repeated.is_some() || is_continued;
        (is_linked || (is_turn && scenario == Scenario::Low)) && counted(facts, row).is_zero()
    }

    fn growth(&self, row: Row) -> Growth {
        if let Some(told) = self.rolled(row) {
            let repeated = told.follows.then(|| told.repeated(1)).flatten();
            let (is_turn, is_continued) = (told.is_turn, told.begins);
            return Growth { repeated, grew_from: None, is_turn, is_continued };
        }
        match self {
            Self::Observed { growth: Some(growth), .. } => growth[row],
            _ => Growth::default(),
        }
    }

    fn rung(&self, facts: &Facts<'_>, row: Row) -> Rung {
        if self.are_declared() {
            Rung::Declared
        } else if !counted(facts, row).is_zero() {
            Rung::Counted
        } else if self.growth(row).repeated.is_some() {
            Rung::Grown
        } else if matches!(self, Self::Observed { prompts, .. } if prompts.are_declared()) {
            Rung::Workload
        } else {
            Rung::Shortest
        }
    }

    /// Says which evidence was used and how many tokens it makes shareable.
    pub(super) fn evidence(&self, facts: &Facts<'_>, selection: &Selection) -> Vec<String> {
        const SENTENCES: [(Rung, &str); 5] = [
            (Rung::Declared, "cacheable, as you say (rung 6)"),
            (Rung::Workload, "cacheable, the shared prompt that the workload declares (rung 6)"),
            (
                Rung::Counted,
                "cached already, as the log's own counters show (rung 1; nothing more is credited \
                 to these calls)",
            ),
            (Rung::Grown, "cacheable, from the growth of conversations (rung 4)"),
            (
                Rung::Shortest,
                "cacheable elsewhere, at most the length that one prompt in a thousand of the call \
                 type and model does not exceed (rung 5, an upper bound)",
            ),
        ];
        let mut sums = SENTENCES.map(|(rung, sentence)| (rung, sentence, 0_u64));
        let mut input = 0_u64;
        for (row, model) in facts.modelled_rows().filter(|(row, _)| selection.holds(*row)) {
            let branch = Branch::logged(facts.calls.call(row), model);
            let prefix = self.of(&branch, facts, row).get();
            let rung = self.rung(facts, row);
            input = input.saturating_add(branch.call.input_total().get());
            for (_, _, sum) in sums.iter_mut().filter(|(known, _, _)| *known == rung) {
                *sum = sum.saturating_add(prefix);
            }
        }
        let told = sums.iter().filter(|(_, _, sum)| *sum > 0).map(|(_, sentence, sum)| {
            let share = Rate::of_counts(*sum, input).map(percent);
            let share = share.unwrap_or_else(|| "0 %".to_owned());
            format!("{sentence}: {} tokens ({share} of input)", grouped(*sum))
        });
        told.collect()
    }
}

/// What the log's own counters say was read from or written to a cache.
fn counted(facts: &Facts<'_>, row: Row) -> Tokens {
    const CLASSES: [TokenClass; 4] = [
        TokenClass::CacheRead,
        TokenClass::CacheWrite5m,
        TokenClass::CacheWrite1h,
        TokenClass::AudioCacheRead,
    ];
    CLASSES.into_iter().map(|class| facts.calls.tokens(class, row)).sum()
}
