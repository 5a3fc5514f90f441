//! How much of each prompt can be shared with earlier calls, and how that is known.

use super::branch::Branch;
use super::conversations::{recounted, reusable_prefixes};
use super::facts::Facts;
use super::routes::StaticPrompts;
use super::scope::Selection;
use super::settings::Portion;
use super::wording::{grouped, percent};
use crate::units::{Rate, Tokens};
use crate::usage::Row;

/// The shared start of prompts.
pub(super) enum Prefixes {
    /// As the user says.
    Declared(Portion),
    /// As the log supports: the growth of conversations where it names them, otherwise the
    /// shortest prompt of the call type and model.
    Observed {
        /// For each row the input that repeats the turn before.
        turns: Option<Vec<Option<Tokens>>>,
        /// The shortest prompts.
        prompts: StaticPrompts,
    },
}

impl Prefixes {
    /// The declared portion, or else what the log shows.
    pub(super) fn new(declared: Option<Portion>, facts: &Facts<'_>) -> Self {
        match declared {
            Some(portion) => Self::Declared(portion),
            None => Self::Observed {
                turns: reusable_prefixes(facts),
                prompts: StaticPrompts::measure(facts),
            },
        }
    }

    /// The shareable input of a branch, for the whole row.
    pub(super) fn of(&self, branch: &Branch, row: Row) -> Tokens {
        let prompt = branch.call.input_total();
        let prefix = match self {
            Self::Declared(Portion::Share(share)) => share.of(prompt),
            Self::Declared(Portion::Tokens(tokens)) => branch.for_row(*tokens).min(prompt),
            Self::Observed { prompts, .. } => {
                let floor = branch.for_row(prompts.floor(row));
                let known = self.turn(row).map_or(floor, |turn| turn.max(floor));
                recounted(known, branch.token_ratio, prompt)
            }
        };
        branch.stable_prefix.map_or(prefix, |stable| prefix.min(stable))
    }

    /// The input of a row that repeats the turn before it.
    pub(super) fn turn(&self, row: Row) -> Option<Tokens> {
        match self {
            Self::Observed { turns: Some(turns), .. } => turns[row],
            _ => None,
        }
    }

    /// Says which evidence was used and how many tokens it makes shareable.
    pub(super) fn evidence(&self, facts: &Facts<'_>, selection: &Selection) -> Vec<String> {
        let (mut by_turn, mut by_prompt, mut input) = (0_u64, 0_u64, 0_u64);
        for (row, model) in facts.modelled_rows().filter(|(row, _)| selection.holds(*row)) {
            let branch = Branch::logged(facts.calls.call(row), model);
            let prefix = self.of(&branch, row).get();
            input += branch.call.input_total().get();
            if self.turn(row).is_some() {
                by_turn += prefix;
            } else {
                by_prompt += prefix;
            }
        }
        let part = |tokens: u64| {
            let share = Rate::of_counts(tokens, input).map(percent);
            let share = share.unwrap_or_else(|| "0 %".to_owned());
            format!("{} tokens ({share} of input)", grouped(tokens))
        };
        match self {
            Self::Declared(_) => {
                vec![format!("cacheable, as you say: {}", part(by_prompt))]
            }
            Self::Observed { turns: Some(_), .. } => vec![
                format!("cacheable, from the growth of conversations (rung 4): {}", part(by_turn)),
                format!(
                    "cacheable elsewhere, at most the shortest prompt of each call type and model \
                     (rung 5, an upper bound): {}",
                    part(by_prompt)
                ),
            ],
            Self::Observed { .. } => vec![format!(
                "cacheable, at most the shortest prompt of each call type and model (rung 5, an \
                 upper bound): {}",
                part(by_prompt)
            )],
        }
    }
}
