//! Concise output: the prompt asks for shorter answers.

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::conversations;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::feedback::{Gone, Shorten, Turns, WithFeedback};
use super::ranged::Ranged;
use super::reductions::{Preset, Reduction};
use super::rolled;
use super::routes::{AnswerLengths, SHORT_ANSWER};
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::{Filter, Row, column};

const DOCS: &str = "\
## What it does
Asks for shorter answers: no preamble, no summary, a word limit.

## When it applies
Free text that is longer than its readers need.

## How the saving is computed
Visible output times 1 - rate, with a rate for all calls or one for each call type. Call types whose \
middle answer (the longer of two) is already shorter than 60 tokens are left alone. `prompt_tokens` adds the instruction \
to every prompt. Where the log names conversations, a shorter answer also shortens the later prompts \
that repeat it.

## Settings
- `rate`: the part of visible output that disappears.
- `by`: `[[concise_output.by]]` tables, each a `call_type` with a `rate` of its own; `rate` is for the \
others, which stay as they are without it.
- `preset`: \"by_task\", published reductions by kind of task, for call types of those names.
- `prompt_tokens`: tokens of the instruction, added to every prompt.
- `feedback`: whether shorter answers shorten the prompts of later turns; true unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The rate is given, not measured. Without any, 25 % (10 to 45 %). Reasoning is not shortened. The \
preset takes a published reduction of the answer for code_review (66.7 %), bug_explanation (75 %), \
test_generation (25 %), docs_writing (33.3 %) and classification (80 %, 70 to 90 %), and half of it at \
the low end.

## Limits
Quality may fall; budgets that are too small have made answers longer. The instruction is added to \
every prompt at the full price of input.

## Sources
Published: 49 % shorter answers with concise chain of thought, up to 68 % with token budgets, with \
losses of accuracy between none and 28 % on mathematics. The preset: a guide for developer tools of \
May 2026, which states output tokens before and after for four tasks, and a handbook that states 70 to \
90 % for classification; neither states how they were measured.";

/// How much shorter answers get when no rate is given.
const DEFAULT_RATE: [&str; 3] = ["0.10", "0.25", "0.45"];

/// Settings of `[concise_output]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConciseOutput {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default)]
    by: Vec<Reduction>,
    preset: Option<Preset>,
    #[serde(default, deserialize_with = "settings::count")]
    prompt_tokens: u64,
    #[serde(default = "settings::yes")]
    feedback: bool,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for ConciseOutput {
    const INFO: &'static Info = &Info {
        name: "concise_output",
        label: "concise answers",
        stage: Stage::RequestShape,
        summary: "ask for shorter answers",
        docs: DOCS,
        keys: &["rate", "by", "preset", "prompt_tokens", "feedback", "where", "call_types"],
    };

    fn check(&self) -> Result<(), String> {
        if self.preset.is_some() && !self.by.is_empty() {
            return Err("give either `by` tables or a `preset`, not both".to_owned());
        }
        let mut names: Vec<_> = self.by.iter().map(|one| one.call_type.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("the call type `{}` has two rates in `by`", pair[0])),
            None => Ok(()),
        }
    }
}

/// What a roll-up does not tell of conversations.
const NO_FEEDBACK: &str = "concise answers: shorter answers also shorten the later prompts of their \
                           conversations; a roll-up does not tell by how much, so that saving is \
                           left out";

/// What a roll-up without the columns for it does not tell of answers.
const NO_LENGTHS: &str = "concise answers: the roll-up does not say how many answers are short \
                          (`answers`, `short_answers`), so the mean of each row decides which call \
                          types are left alone";

struct Shortening {
    selection: Selection,
    /// By symbol of the call type: how much shorter its answers get; nothing where they stay.
    rates: Vec<Option<Rate>>,
    prompt_tokens: Tokens,
    /// By symbol of the call type: whether its answers are short already.
    is_short: Vec<bool>,
}

impl ConciseOutput {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    /// The rate of call types without one of their own; nothing when those stay as they are.
    fn general(&self) -> Option<Ranged> {
        let is_by_type = !self.by.is_empty() || self.preset.is_some();
        let is_general = self.rate.is_some() || !is_by_type;
        is_general.then(|| Ranged::given_or(self.rate, DEFAULT_RATE))
    }

    /// How much shorter answers to a call type get; nothing when they stay as they are.
    fn rate(&self, call_type: &str) -> Option<Ranged> {
        let own = self.by.iter().find(|one| one.call_type == call_type);
        own.map(|one| Ranged::given_or(one.rate, DEFAULT_RATE))
            .or_else(|| self.preset?.rate(call_type))
            .or_else(|| self.general())
    }

    /// Warnings about settings that meet nothing, and what is assumed of each call type.
    fn by_type(&self, facts: &Facts<'_>) -> (Vec<String>, Vec<String>) {
        let types = &facts.calls.dimensions[column::CALL_TYPE];
        let unknown = self.by.iter().filter(|one| types.find(&one.call_type).is_none());
        let mut warnings: Vec<_> = unknown
            .map(|one| format!("concise answers: no call has the type `{}`", one.call_type))
            .collect();
        let Some(preset) = self.preset else {
            let told = self.by.iter().filter(|one| types.find(&one.call_type).is_some());
            let told = told.filter_map(|one| {
                Some(format!("{} shorter by {}", one.call_type, percent(one.rate?)))
            });
            return (warnings, told.collect());
        };
        let mut told: Vec<_> = types
            .names()
            .filter_map(|(_, name)| Some((name, preset.rate(name)?)))
            .map(|(name, rate)| rate.sentence(&format!("{name}: answers shorter by")))
            .collect();
        told.sort_unstable();
        if told.is_empty() {
            warnings.push(format!(
                "concise answers: the preset has rates for {}, and no call has such a type; give \
                 your own with [[concise_output.by]]",
                Preset::names().join(", ")
            ));
        }
        (warnings, told)
    }

    fn note(&self, scenario: Scenario) -> String {
        match (self.general(), self.preset.is_some() || !self.by.is_empty()) {
            (Some(rate), false) => {
                format!("assumed: {} less visible output", percent(rate.at(scenario)))
            }
            (Some(rate), true) => format!(
                "assumed: less visible output, by call type; {} elsewhere",
                percent(rate.at(scenario))
            ),
            (None, _) => "assumed: less visible output, by call type".to_owned(),
        }
    }
}

impl Technique for ConciseOutput {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        128
    }

    fn sums_rows(&self) -> bool {
        self.condition.is_none()
    }

    fn against_rollups(&self) -> Option<&'static str> {
        None
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn wishes(&self) -> Vec<String> {
        let own = self.feedback.then_some(conversations::COLUMN);
        own.into_iter().chain(rolled::ANSWER_COLUMNS).map(str::to_owned).collect()
    }

    fn has_range(&self, facts: &Facts<'_>) -> bool {
        let types = &facts.calls.dimensions[column::CALL_TYPE];
        let mut rates = types.names().filter_map(|(_, name)| self.rate(name));
        rates.any(Ranged::is_range)
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let mut warnings = selection.warnings("concise answers");
        let lengths = AnswerLengths::measure(facts);
        let types = &facts.calls.dimensions[column::CALL_TYPE];
        let is_short: Vec<_> =
            types.names().map(|(symbol, _)| lengths.median(symbol) < SHORT_ANSWER).collect();
        let mut assumptions = vec!["quality: unmeasured".to_owned()];
        if let (None, Some(rate)) = (self.rate, self.general()) {
            assumptions.push(rate.sentence("answers shorter by"));
        }
        let (unmet, told) = self.by_type(facts);
        warnings.extend(unmet);
        assumptions.extend(told);
        assumptions.extend(left_alone(facts, &lengths, &is_short));
        let rates = types.names().map(|(_, name)| Some(self.rate(name)?.at(scenario)));
        let rates = rates.collect();
        let prompt_tokens = Tokens::new(self.prompt_tokens);
        if self.prompt_tokens > 0 {
            let tokens = grouped(self.prompt_tokens);
            assumptions.push(format!("the instruction adds {tokens} tokens to every prompt"));
        }
        let inner = Shortening { selection, rates, prompt_tokens, is_short };
        let turns = self.feedback.then(|| Turns::of(facts, |row| inner.acts(facts, row))).flatten();
        assumptions.extend(turns.as_ref().map(Turns::sentence));
        if self.feedback && rolled::has_turns(facts) {
            warnings.push(NO_FEEDBACK.to_owned());
        }
        if rolled::lacks_answers(facts) {
            warnings.push(NO_LENGTHS.to_owned());
        }
        let rewrite = WithFeedback { inner, turns };
        let mut prepared = Prepared::ready(rewrite, Evidence::Assumed, self.note(scenario));
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

/// Which call types have short answers already.
fn left_alone(facts: &Facts<'_>, lengths: &AnswerLengths, is_short: &[bool]) -> Option<String> {
    let types = &facts.calls.dimensions[column::CALL_TYPE];
    let mut names: Vec<_> = types
        .names()
        .filter(|(symbol, _)| is_short[symbol.index()])
        .filter(|(symbol, _)| !lengths.median(*symbol).is_zero())
        .map(|(_, name)| if name.is_empty() { "calls without a type" } else { name })
        .collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| {
        format!(
            "left alone, their middle answer is shorter than {SHORT_ANSWER} tokens: {}",
            names.join(", ")
        )
    })
}

impl Shortening {
    /// Whether the answer to a logged call gets shorter.
    fn acts(&self, facts: &Facts<'_>, row: Row) -> bool {
        let call_type = facts.calls.symbol(column::CALL_TYPE, row).index();
        let rate = self.rates[call_type].filter(|_| !self.is_short[call_type]);
        let has_answer = !facts.calls.tokens(TokenClass::Output, row).is_zero();
        self.selection.holds(row) && has_answer && rate.is_some_and(|rate| rate > Rate::ZERO)
    }
}

impl Shorten for Shortening {
    fn shorten(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
        gone: &mut Gone,
    ) -> Effect {
        let call_type = scene.facts.calls.symbol(column::CALL_TYPE, scene.row);
        if !self.selection.holds(scene.row) || self.is_short[call_type.index()] {
            return Effect::Unchanged;
        }
        let Some(rate) = self.rates[call_type.index()] else { return Effect::Unchanged };
        let answer = branch.call.tokens[TokenClass::Output];
        if (answer.is_zero() || rate == Rate::ZERO) && self.prompt_tokens.is_zero() {
            return Effect::Unchanged;
        }
        for (mut shorter, saved) in branch.split_by_rounding(rate, answer) {
            shorter.remove(TokenClass::Output, saved);
            gone.note(shorter.weight, answer, shorter.call.tokens[TokenClass::Output]);
            shorter.call.tokens[TokenClass::Input] += branch.for_row(self.prompt_tokens);
            push_taken(out, shorter);
        }
        Effect::Changed
    }
}
