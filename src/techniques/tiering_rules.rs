//! The rules of tiering: as written, from a preset, or the cautious one where none is given.

use serde::Deserialize;

use super::conversations;
use super::error::TechniqueError;
use super::facts::Facts;
use super::rehoming::{Classifier, Move};
use super::scope::{Scope, Selection};
use super::sessions::rows_by_session;
use super::settings;
use super::tiering_labels::ELIGIBLE;
use crate::units::{Rate, Tokens};
use crate::usage::Filter;

/// Which calls go to a smaller model when nobody says: no tools, a short prompt, a short answer.
/// Limits: those of the default rule of published routers' documentation are wider; see the page.
const CAUTIOUS: &str =
    "finish_reason <> 'tool_use' AND output_tokens <= 150 AND total_input_tokens <= 4000";

/// And only the first turn of a conversation.
const FIRST_TURN: &str = " AND (first_turn IS NULL OR first_turn)";

/// One `[[model_tiering.rule]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) to: String,
    pub(super) provider: Option<String>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    pub(super) condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    pub(super) call_types: Vec<String>,
    #[serde(default, deserialize_with = "settings::rate")]
    pub(super) share: Option<Rate>,
    /// Only conversations in which this column is never true.
    pub(super) without: Option<String>,
}

impl Rule {
    /// The columns it needs.
    pub(super) fn dimensions(&self) -> Vec<String> {
        let scope = Scope { condition: self.condition.as_ref(), call_types: &self.call_types };
        let mut needed = scope.dimensions();
        if let Some(outcome) = &self.without {
            needed.extend([outcome.clone(), conversations::COLUMN.to_owned()]);
        }
        needed
    }

    /// The rule over a log.
    pub(super) fn over(&self, facts: &Facts<'_>) -> Result<Move, TechniqueError> {
        let scope = Scope { condition: self.condition.as_ref(), call_types: &self.call_types };
        let mut selection = scope.select(facts)?;
        if let Some(outcome) = &self.without {
            keep_without(&mut selection, facts, outcome);
        }
        let target = facts.named_model(self.provider.as_deref().unwrap_or(""), &self.to)?;
        Ok(Move { selection, target, share: self.share.unwrap_or(Rate::ONE) })
    }
}

/// Keeps the calls of conversations in which a column is never true.
fn keep_without(selection: &mut Selection, facts: &Facts<'_>, outcome: &str) {
    let calls = facts.calls;
    let mut rows = vec![false; calls.len()];
    if let Some(place) = calls.dimensions.position(outcome) {
        for session in rows_by_session(facts) {
            if !session.iter().any(|row| settings::is_true(calls.name(place, *row))) {
                session.into_iter().for_each(|row| rows[row] = true);
            }
        }
    }
    selection.keep(&rows);
}

/// `classifier = { model = "…", input_tokens = 100, output_tokens = 5 }`, and a judge alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HelperSettings {
    pub(super) model: String,
    pub(super) provider: Option<String>,
    #[serde(deserialize_with = "settings::count")]
    input_tokens: u64,
    #[serde(deserialize_with = "settings::count")]
    output_tokens: u64,
}

impl HelperSettings {
    /// The call over a log.
    pub(super) fn over(&self, facts: &Facts<'_>) -> Result<Classifier, TechniqueError> {
        Ok(Classifier {
            model: facts.named_model(self.provider.as_deref().unwrap_or(""), &self.model)?,
            input: Tokens::new(self.input_tokens),
            output: Tokens::new(self.output_tokens),
        })
    }
}

/// The rule for a single target without one: the calls the log calls eligible, or else the
/// cautious rule; and what to tell the reader.
pub(super) fn default_condition(facts: &Facts<'_>) -> (String, String) {
    if facts.has_values(ELIGIBLE) {
        let condition = format!("{ELIGIBLE} ILIKE 'true' OR {ELIGIBLE} = '1'");
        return (condition, "no rule was given: the calls the log calls `eligible`".to_owned());
    }
    let (more, said) = if conversations::are_named(facts) {
        (FIRST_TURN, ", first turns only")
    } else {
        ("", "; the log does not name conversations, so first turns cannot be told")
    };
    let sentence = format!(
        "no rule was given: calls without tools, at most 4,000 tokens in and 150 out{said}"
    );
    (format!("{CAUTIOUS}{more}"), sentence)
}
