//! Model tiering: calls that do not need the large model go to a smaller one.

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::rehoming::{Classifier, Move, Rehoming, Scaling};
use super::routing_notes::{dearer_calls, tokenizer_ratios};
use super::scope::Scope;
use super::settings;
use super::technique::{
    Decline, Effect, Evidence, Info, Measured, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::wording::{grouped, percent};
use crate::pricing::Model;
use crate::units::{Rate, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sends calls to a cheaper model: by rules over the columns of the log (first match wins), or a share \
of all calls.

## When it applies
Calls whose work a smaller model does as well: classification, extraction, short answers.

## How the saving is computed
The tokens of the call times the tokenizer ratio of the two models, at the prices of the target at \
the time and in the tier of the call. What the log read from or wrote to a prompt cache stays so only \
if the target caches a prefix of that length; otherwise it becomes plain input. A `classifier` adds \
one small call before every call in scope, also before those that stay where they are.

## Settings
- `share`: the part of the calls in scope that moves; all unless given.
- `to`: the model they move to.
- `provider`: who sells it, where several do.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.
- `rule`: instead of the above, `[[model_tiering.rule]]` tables with the same keys.
- `max_share`: the largest part of all calls that may move.
- `classifier`: a call before each one in scope: `model`, `input_tokens`, `output_tokens` and, where \
needed, `provider`.

## Assumptions
Same answers, same length. The range takes the tokenizer ratio's ends and answers between 0.7 and 1.4 \
times as long.

## Limits
Quality is unmeasured. The break-even redo share says how many routed calls may be done again on the \
original model before the saving is gone. Splitting one warm stream over two models makes both \
caches colder; that is not replayed at an assumed rate.

## Sources
Published routable shares lie between 35 and 85 % and depend on the data set.";

/// Settings of `[model_tiering]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelTiering {
    #[serde(default, deserialize_with = "settings::rate")]
    share: Option<Rate>,
    to: Option<String>,
    provider: Option<String>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
    #[serde(default, deserialize_with = "settings::rate")]
    max_share: Option<Rate>,
    classifier: Option<ClassifierSettings>,
}

/// One `[[model_tiering.rule]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    to: String,
    provider: Option<String>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
    #[serde(default, deserialize_with = "settings::rate")]
    share: Option<Rate>,
}

/// `classifier = { model = "…", input_tokens = 100, output_tokens = 5 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifierSettings {
    model: String,
    provider: Option<String>,
    #[serde(deserialize_with = "settings::count")]
    input_tokens: u64,
    #[serde(deserialize_with = "settings::count")]
    output_tokens: u64,
}

impl super::Settings for ModelTiering {
    const INFO: &'static Info = &Info {
        name: "model_tiering",
        label: "tiering",
        stage: Stage::Router,
        summary: "send calls that do not need the large model to a smaller one",
        docs: DOCS,
        keys: &[
            "share",
            "to",
            "provider",
            "where",
            "call_types",
            "rule",
            "max_share",
            "classifier",
        ],
    };

    fn check(&self) -> Result<(), String> {
        match (&self.to, self.rules.is_empty()) {
            (Some(_), true) | (None, false) => Ok(()),
            (None, true) => Err("say where calls go: `to = \"MODEL\"` with an optional `share`, \
                                 or `[[model_tiering.rule]]` tables with `to`"
                .to_owned()),
            (Some(_), false) => Err("give either `to` or `rule` tables, not both".to_owned()),
        }
    }
}

impl ModelTiering {
    /// The rules; a single target counts as one.
    fn rules(&self) -> Vec<Rule> {
        let Some(to) = &self.to else { return self.rules.clone() };
        vec![Rule {
            to: to.clone(),
            provider: self.provider.clone(),
            condition: self.condition.clone(),
            call_types: self.call_types.clone(),
            share: self.share,
        }]
    }

    fn moves(&self, facts: &Facts<'_>) -> Result<Vec<Move>, TechniqueError> {
        let rules = self.rules();
        let moves = rules.iter().map(|rule| {
            let scope = Scope { condition: rule.condition.as_ref(), call_types: &rule.call_types };
            let target = facts.named_model(rule.provider.as_deref().unwrap_or(""), &rule.to)?;
            let share = rule.share.unwrap_or(Rate::ONE);
            Ok(Move { selection: scope.select(facts)?, target, share })
        });
        moves.collect()
    }

    fn classifier(&self, facts: &Facts<'_>) -> Result<Option<Classifier>, TechniqueError> {
        let Some(settings) = &self.classifier else { return Ok(None) };
        let provider = settings.provider.as_deref().unwrap_or("");
        Ok(Some(Classifier {
            model: facts.named_model(provider, &settings.model)?,
            input: Tokens::new(settings.input_tokens),
            output: Tokens::new(settings.output_tokens),
        }))
    }
}

impl Technique for ModelTiering {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        let rules = self.rules();
        let needed = rules.iter().filter_map(|rule| rule.condition.as_ref());
        needed.flat_map(|filter| filter.dimensions().map(ToOwned::to_owned)).collect()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        true
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let moves = self.moves(facts)?;
        let classifier = self.classifier(facts)?;
        let mut warnings: Vec<_> =
            moves.iter().flat_map(|to| to.selection.warnings("tiering")).collect();
        let mut targets: Vec<_> = moves.iter().map(|to| to.target).collect();
        targets.dedup();
        warnings.extend(targets.iter().filter_map(|target| facts.retirement_warning(*target)));
        let mut rehoming = Rehoming::new(moves, classifier, Scaling::of(scenario));
        let found = rehoming.count(facts);
        rehoming.limit(self.max_share, &found);
        let shares: Vec<Rate> = rehoming.moves.iter().map(|to| to.share).collect();
        let by_rule = shares.iter().all(|share| *share == Rate::ONE);
        let mut assumptions = vec![
            "quality: unmeasured".to_owned(),
            "answers are as long as before, times the tokenizer ratio; the range takes 0.7 to 1.4 \
             times as long"
                .to_owned(),
            found.sentence(),
        ];
        assumptions.extend(tokenizer_ratios(&rehoming, facts));
        if scenario == Scenario::Expected {
            warnings.extend(dearer_calls(&rehoming, facts));
        }
        assumptions.extend(rehoming.assumptions(facts));
        let (evidence, note) = if by_rule {
            (Evidence::Exact, "exact prices, quality unmeasured".to_owned())
        } else {
            let shares: Vec<_> = shares.iter().map(|share| percent(*share)).collect();
            let note = format!("assumed: {} of matching calls move", shares.join(", "));
            (Evidence::Assumed, note)
        };
        let mut prepared = Prepared::ready(rehoming, evidence, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        Ok(prepared)
    }
}

impl Rewrite for Rehoming {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let Some(to) = self.destination(scene.row) else {
            return Effect::Unchanged;
        };
        let question = self.classifier.as_ref().map(|classifier| {
            let (input, output) =
                (branch.for_row(classifier.input), branch.for_row(classifier.output));
            branch.companion(classifier.model, input, output)
        });
        if question.is_some_and(|question| !scene.is_priced(&question)) {
            return Effect::Declined(Decline::HelperNotPriced);
        }
        let effect = self.route(branch, to, scene, out);
        let Some(question) = question else { return effect };
        // The classifier is asked about every call in scope, wherever its answer sends the call.
        if matches!(effect, Effect::Unchanged | Effect::Declined(_)) {
            out.push(*branch);
        }
        out.push(question);
        match effect {
            Effect::Declined(why) => Effect::ChangedBut(why),
            _ => Effect::Changed,
        }
    }

    fn remarks(&self, measured: &Measured) -> Vec<String> {
        let Some(saved) = measured.saved_share else { return Vec::new() };
        let [first, rest @ ..] = self.moves.as_slice() else { return Vec::new() };
        if rest.iter().any(|other| other.share != first.share) || first.share == Rate::ZERO {
            return Vec::new();
        }
        let Some(redo) = Rate::of_counts(saved.parts(), first.share.parts()) else {
            return Vec::new();
        };
        vec![format!(
            "break-even: the saving is gone when {} of the moved calls are done again on the \
             original model",
            percent(redo)
        )]
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        let (calls, id) = (grouped(calls), &model.id);
        match why {
            Decline::TooLong => format!(
                "tiering: {calls} calls of {id} stay: their prompts do not fit the target's \
                 context window"
            ),
            Decline::HelperNotPriced => format!(
                "tiering: {calls} calls of {id} stay: the classifier has no price at their time"
            ),
            _ => format!(
                "tiering: {calls} calls of {id} stay: the target has no price at their time, in \
                 their tier or for what they use"
            ),
        }
    }
}
