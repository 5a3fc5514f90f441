//! Model tiering: calls that do not need the large model go to a smaller one.

use serde::Deserialize;

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::rehoming::{Cascade, Matches, Move, Rehoming, Scaling};
use super::routing_notes::{dearer_calls, judged_by_rows, tokenizer_ratios};
use super::sessions::{Per, keep_together};
use super::settings;
use super::technique::{
    Decline, Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique,
};
use super::tiering_figures::{Figures, estimates};
use super::tiering_labels::{Labels, QUALITY_EXHIBIT, columns};
use super::tiering_presets::Preset;
use super::tiering_rules::{HelperSettings, Rule, default_condition};
use super::wording::{grouped, percent};
use crate::exhibits::Exhibit;
use crate::pricing::{Model, ModelId};
use crate::units::{Factor, Rate};
use crate::usage::Filter;

/// The page of the technique.
pub(super) const DOCS: &str = "\
## What it does
Sends calls to a cheaper model: by rules over the columns of the log (first match wins), by a preset \
of rules, or a share of all calls. In a cascade the cheaper model tries first, and what it does not do \
well goes to the original model as well.

## When it applies
Calls whose work a smaller model does as well: classification, extraction, short answers.

## How the saving is computed
The tokens of the call times the tokenizer ratio of the two models, at the prices of the target at \
the time and in the tier of the call; what is no whole number of tokens is priced as the mean of the \
whole ones around it. What the log read from or wrote to a prompt cache stays so only \
if the target caches a prefix of that length; otherwise it becomes plain input. A `classifier` adds \
one small call before every call in scope, also before those that stay where they are.

A cascade costs the try, the judge, and `1 - accept` of the original call: it pays where more is \
accepted than (try + judge) / original, which is printed from this log. The curve shows the saving at \
25, 50, 75 and 100 % of the eligible calls.

## Settings
- `share`: the part of the calls in scope that moves; all unless given.
- `to`: the model they move to.
- `provider`: who sells it, where several do.
- `where`: only calls for which this SQL condition over the columns of the log holds; beside those of \
the log there are `turn`, `first_turn`, `session_calls` and, where the log has prompts, `prompt_chars`.
- `call_types`: only calls of these types, as a list.
- `without`: only conversations in which this column is never true, such as `converted`.
- `rule`: instead of the above, `[[model_tiering.rule]]` tables with the same keys.
- `preset`: instead of the above, the name of a list of rules: `difficulty` (a score from 1 to 10), \
`kind_of_work`, `task_tiers` and `use_for` (by what call types are named), `prompt_keywords` (words in \
the prompt), `short_questions` (length of the prompt, then a classifier), `low_intent` (conversations \
that never convert).
- `small`: the small model of a preset.
- `light`: the one above it.
- `middle`: the one in the middle.
- `big`: the large one.
- `max_share`: the largest part of the matching calls that may move.
- `mode`: \"route\" unless given, or \"cascade\".
- `accept`: in a cascade, the part of the target's answers that is good enough.
- `judge`: in a cascade, a call that decides so: `model`, `input_tokens`, `output_tokens` and, where \
needed, `provider`.
- `per`: \"call\" unless given; \"session\" sends whole conversations where their first call goes, \
\"majority\" where most of their calls go.
- `classifier`: a call before each one in scope: `model`, `input_tokens`, `output_tokens` and, where \
needed, `provider`.
- `verbosity`: output tokens of the target for one of the original model, as you measured it.
- `margin`: how much worse labelled answers may be; \"0.02\" unless given.

## Assumptions
Same answers, same length. The range takes the tokenizer ratio's ends and answers between 0.7 and 1.4 \
times as long. With `to` alone, only calls move that the log calls `eligible` or, without such a column, \
calls without tools, with at most 4,000 tokens in and 150 out, in the first turn; and half of those, \
unless `share` or `max_share` says otherwise. At the low end of a cascade, the original model's cache is \
cold when a call gets there.

## Limits
Quality is unmeasured, unless the log has labels: `quality` (0 to 1) or `accepted` of its own answer and \
`label_model`, the same of an answer by the target. Then the paired difference is compared with the \
margin, one-sided at 95 %, with errors clustered by conversation. The break-even redo share says how many \
routed calls may be done again on the original model before the saving is gone. Splitting one warm \
stream over two models makes both caches colder: a replay of prompt caches prices that, an assumed hit \
rate does not; `per` avoids it.

## Sources
Published routable shares lie between 35 and 85 % and depend on the data set. The presets paraphrase \
five guides of 2026, each named in its file. Labels: *Adding Error Bars to Evals* (arXiv 2411.00640).";

/// The part of the eligible calls that moves when nobody says how many.
const CAUTIOUS_SHARE: &str = "0.5";

/// How much worse labelled answers may be unless given.
const MARGIN: &str = "0.02";

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
    without: Option<String>,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
    preset: Option<String>,
    small: Option<String>,
    light: Option<String>,
    middle: Option<String>,
    big: Option<String>,
    #[serde(default, deserialize_with = "settings::rate")]
    max_share: Option<Rate>,
    #[serde(default)]
    mode: Mode,
    #[serde(default, deserialize_with = "settings::rate")]
    accept: Option<Rate>,
    judge: Option<HelperSettings>,
    #[serde(default)]
    per: Per,
    classifier: Option<HelperSettings>,
    #[serde(default, deserialize_with = "settings::factor")]
    verbosity: Option<Factor>,
    #[serde(default, deserialize_with = "settings::rate")]
    margin: Option<Rate>,
}

/// Whether a call goes to one model or tries one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// To one.
    #[default]
    Route,
    /// The target first; the original model where that is not good enough.
    Cascade,
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
            "without",
            "rule",
            "preset",
            "small",
            "light",
            "middle",
            "big",
            "max_share",
            "mode",
            "accept",
            "judge",
            "per",
            "classifier",
            "verbosity",
            "margin",
        ],
    };

    fn check(&self) -> Result<(), String> {
        let given = [self.to.is_some(), !self.rules.is_empty(), self.preset.is_some()];
        match given.iter().filter(|given| **given).count() {
            0 => {
                return Err("say where calls go: `to = \"MODEL\"` with an optional `share`, \
                            `[[model_tiering.rule]]` tables with `to`, or a `preset`"
                    .to_owned());
            }
            1 => {}
            _ => return Err("give `to`, `rule` tables or a `preset`, not several".to_owned()),
        }
        if self.preset.is_none() && self.sizes().next().is_some() {
            return Err("`small`, `light`, `middle` and `big` are models of a `preset`".to_owned());
        }
        match (self.mode, self.accept, &self.judge) {
            (Mode::Cascade, None, _) => {
                Err("a cascade needs `accept`, the part of the target's answers that is good \
                     enough, such as \"0.7\""
                    .to_owned())
            }
            (Mode::Route, Some(_), _) | (Mode::Route, _, Some(_)) => {
                Err("`accept` and `judge` are for mode = \"cascade\"".to_owned())
            }
            _ => self.preset().map(|_| ()),
        }
    }
}

impl ModelTiering {
    /// The models given for sizes of a preset.
    fn sizes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let sizes = [
            ("small", &self.small),
            ("light", &self.light),
            ("middle", &self.middle),
            ("big", &self.big),
        ];
        sizes.into_iter().filter_map(|(size, model)| Some((size, model.as_deref()?)))
    }

    fn preset(&self) -> Result<Option<Preset>, String> {
        let Some(name) = &self.preset else { return Ok(None) };
        let sizes: Vec<_> = self.sizes().collect();
        Preset::named(name, &sizes).map(Some)
    }

    fn known_preset(&self) -> Option<Preset> {
        self.preset().expect("it was checked when the plan was read")
    }

    /// The rules as written; a single target counts as one.
    fn rules(&self) -> Vec<Rule> {
        if let Some(preset) = self.known_preset() {
            return preset.rules;
        }
        let Some(to) = &self.to else { return self.rules.clone() };
        vec![Rule {
            to: to.clone(),
            provider: self.provider.clone(),
            condition: self.condition.clone(),
            call_types: self.call_types.clone(),
            share: self.share,
            without: self.without.clone(),
        }]
    }

    /// Whether a target is named and nothing says which calls go there, nor how many.
    const fn is_open(&self) -> bool {
        self.to.is_some()
            && self.share.is_none()
            && self.condition.is_none()
            && self.call_types.is_empty()
            && self.without.is_none()
    }

    /// The moves, and what was chosen for the reader.
    fn moves(&self, facts: &Facts<'_>) -> Result<(Vec<Move>, Vec<String>), TechniqueError> {
        let mut rules = self.rules();
        let mut said = Vec::new();
        if self.is_open() {
            let (condition, sentence) = default_condition(facts);
            rules[0].condition = Some(Filter::parse(&condition)?);
            said.push(sentence);
        }
        if let Some((preset, name)) = self.known_preset().zip(self.preset.as_ref()) {
            said.extend(preset.sentences(name));
        }
        let moves = rules.iter().map(|rule| rule.over(facts));
        Ok((moves.collect::<Result<_, _>>()?, said))
    }

    fn rehoming(
        &self,
        moves: Vec<Move>,
        facts: &Facts<'_>,
        scenario: Scenario,
    ) -> Result<Rehoming, TechniqueError> {
        let over = |helper: &HelperSettings| helper.over(facts);
        let from_preset = self.known_preset().and_then(|preset| preset.classifier);
        let classifier = self.classifier.as_ref().or(from_preset.as_ref()).map(over).transpose()?;
        let judge = self.judge.as_ref().map(over).transpose()?;
        let is_cold = scenario == Scenario::Low;
        let cascade = self.accept.map(|accept| Cascade { accept, judge, is_cold });
        let scaling = Scaling::of(scenario, self.verbosity);
        Ok(Rehoming::new(moves, classifier, cascade, scaling, facts.calls.len()))
    }

    /// The largest part of the matching calls that may move.
    fn limit(&self) -> Option<Rate> {
        let cautious = || Rate::parse(CAUTIOUS_SHARE).expect("a rate");
        self.max_share.or_else(|| self.is_open().then(cautious))
    }

    /// What only the expected figures tell: assumptions and exhibits.
    fn told(&self, rehoming: &mut Rehoming, facts: &Facts<'_>) -> (Vec<String>, Vec<Exhibit>) {
        let margin = self.margin.unwrap_or(Rate::parse(MARGIN).expect("a rate"));
        let labels = Labels::of(rehoming, facts, margin);
        let mut said = labels.as_ref().map_or_else(unmeasured, Labels::sentences);
        let figures = Figures::of(rehoming, facts);
        said.extend(figures.sentences());
        if let Some(cascade) = &rehoming.cascade {
            let needed = figures.acceptance_needed().map(percent);
            let needed = needed.unwrap_or_else(|| "more than all".to_owned());
            said.push(format!(
                "cascade: {} of tries are accepted; it pays where more than {needed} are",
                percent(cascade.accept)
            ));
        }
        let mut exhibits = vec![figures.curve(facts), estimates(rehoming, facts, self.verbosity)];
        if self.per != Per::Call || self.rules().iter().any(|rule| rule.without.is_some()) {
            exhibits.extend(Figures::sessions(rehoming, facts));
        }
        exhibits.extend(labels.map(|labels| labels.exhibit()));
        (said, exhibits)
    }
}

fn unmeasured() -> Vec<String> {
    vec!["quality: unmeasured".to_owned()]
}

/// That a limit keeps calls where they are.
fn kept_back(limit: Option<Rate>, is_cautious: bool, found: &Matches) -> Option<String> {
    let limit = limit.filter(|limit| *limit < Rate::ONE)?;
    let stay = found.matched - limit.of(crate::units::Tokens::new(found.matched)).get();
    let how =
        if is_cautious { " (the default guard: `max_share` or `share` lifts it)" } else { "" };
    Some(format!(
        "at most {} of the matching calls move{how}: {} of {} stay, an equal part of every rule",
        percent(limit),
        grouped(stay),
        grouped(found.matched)
    ))
}

impl Technique for ModelTiering {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn bytes_a_call(&self) -> u64 {
        128
    }

    fn against_rollups(&self) -> Option<&'static str> {
        let per_call =
            self.per == Per::Call && self.rules().iter().all(|rule| rule.without.is_none());
        (!per_call).then_some("a roll-up does not tell which calls belong to one conversation")
    }

    fn dimensions(&self) -> Vec<String> {
        self.rules().iter().flat_map(Rule::dimensions).collect()
    }

    fn wishes(&self) -> Vec<String> {
        columns()
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        true
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let (moves, chosen) = self.moves(facts)?;
        let mut warnings: Vec<_> =
            moves.iter().flat_map(|to| to.selection.warnings("tiering")).collect();
        let mut targets: Vec<_> = moves.iter().map(|to| to.target).collect();
        targets.dedup();
        warnings.extend(targets.iter().filter_map(|target| facts.retirement_warning(*target)));
        let mut rehoming = self.rehoming(moves, facts, scenario)?;
        let found = rehoming.count(facts);
        rehoming.limit(self.limit(), &found);
        keep_together(&mut rehoming, facts, self.per);
        let mut assumptions = chosen;
        let mut exhibits: Vec<Exhibit> = Vec::new();
        if facts.is_told(scenario) {
            let (said, shown) = self.told(&mut rehoming, facts);
            assumptions.extend(said);
            exhibits = shown;
            warnings.extend(dearer_calls(&rehoming, facts));
            warnings.extend(judged_by_rows(&rehoming, facts));
        }
        let is_labelled = exhibits.iter().any(|exhibit| exhibit.name == QUALITY_EXHIBIT);
        assumptions.push(self.length_of_answers());
        assumptions.push(found.sentence());
        assumptions.extend(kept_back(self.limit(), self.max_share.is_none(), &found));
        assumptions.extend(self.together());
        assumptions.extend(tokenizer_ratios(&rehoming, facts));
        assumptions.extend(rehoming.assumptions(facts));
        if found.matched == 0 && found.on_target == 0 {
            let mut refused = Prepared::refused(&self.no_match());
            refused.warnings = warnings;
            return Ok(refused);
        }
        let (evidence, note) = Self::evidence(&rehoming, is_labelled);
        let mut prepared = Prepared::ready(rehoming, evidence, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        prepared.exhibits = exhibits;
        Ok(prepared)
    }
}

impl ModelTiering {
    fn no_match(&self) -> String {
        match self.known_preset() {
            Some(preset) => format!("no call matches; the preset needs {}", preset.needs),
            None => "no call matches the rules".to_owned(),
        }
    }

    fn length_of_answers(&self) -> String {
        match self.verbosity {
            Some(factor) => format!(
                "answers are {factor} times as long as before, as you measured it, times the \
                 tokenizer ratio"
            ),
            None => {
                "answers are as long as before, times the tokenizer ratio; the range takes 0.7 \
                     to 1.4 times as long"
                    .to_owned()
            }
        }
    }

    fn together(&self) -> Option<String> {
        let how = match self.per {
            Per::Call => return None,
            Per::Session => "where their first call goes",
            Per::Majority => "where most of their calls go",
        };
        Some(format!(
            "whole conversations go {how}; a share of them is taken evenly, by first calls"
        ))
    }

    fn evidence(rehoming: &Rehoming, is_labelled: bool) -> (Evidence, String) {
        let shares: Vec<Rate> = rehoming.moves.iter().map(|to| to.share).collect();
        if let Some(cascade) = &rehoming.cascade {
            let accept = percent(cascade.accept);
            return (Evidence::Assumed, format!("assumed: {accept} of tries are good enough"));
        }
        if shares.iter().all(|share| *share == Rate::ONE) {
            let quality = if is_labelled { "quality by labels" } else { "quality unmeasured" };
            return (Evidence::Exact, format!("exact prices, {quality}"));
        }
        let shares: Vec<_> = shares.iter().map(|share| percent(*share)).collect();
        (Evidence::Assumed, format!("assumed: {} of matching calls move", shares.join(", ")))
    }
}

impl Rewrite for Rehoming {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if self.destination(scene.row).is_none() {
            return Effect::Unchanged;
        }
        let question = self.classifier.map(|classifier| classifier.beside(branch));
        if question.is_some_and(|question| !scene.is_priced(&question)) {
            return Effect::Declined(Decline::HelperNotPriced);
        }
        let effect = self.route(branch, scene, out);
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

    fn targets(&self) -> Vec<ModelId> {
        self.moves.iter().map(|to| to.target).collect()
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        let (calls, id) = (grouped(calls), &model.id);
        match why {
            Decline::TooLong => format!(
                "tiering: {calls} calls of {id} stay: their prompts do not fit the target's \
                 context window"
            ),
            Decline::HelperNotPriced => format!(
                "tiering: {calls} calls of {id} stay: the classifier or the judge has no price at \
                 their time"
            ),
            _ => format!(
                "tiering: {calls} calls of {id} stay: the target has no price at their time, in \
                 their tier or for what they use"
            ),
        }
    }
}
