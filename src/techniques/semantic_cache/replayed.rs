//! Gets the replay of a store ready: the level, the questions, what each finds.

use super::super::branch::Branch;
use super::super::error::TechniqueError;
use super::super::facts::{Facts, Scene};
use super::super::technique::{Evidence, Prepared, Scenario};
use super::SemanticCache;
use super::answers::Answers;
use super::likeness::Level;
use super::questions::{Choice, EMBEDDING, PROMPT, PROMPT_HASH, Questions};
use super::settings::{LevelSetting, Lifetime, Turns};
use super::store::{Rules, replay};
use super::sweep::Sweep;
use super::telling::Telling;
use super::wrong::Wrong;
use crate::units::Rate;
use crate::usage::Call;

/// What is offered where nothing can be replayed.
const OFFER: &str = "give an assumed hit rate instead: --semantic-cache=0.15, or `rate`";

impl SemanticCache {
    pub(super) fn prepare_replayed(
        &self,
        facts: &Facts<'_>,
        scenario: Scenario,
    ) -> Result<Prepared, TechniqueError> {
        let level = match self.level_of(facts) {
            Ok(level) => level,
            Err(reason) => return Ok(Prepared::refused(&format!("{reason}; {OFFER}"))),
        };
        let selection = self.calls().select(facts)?;
        let lookup = self.lookup(facts)?;
        let is_payable = |scene: &Scene<'_>, call: &Call| {
            let model = facts.model(scene.row).expect("only priced calls ask");
            let paid = lookup.of(&Branch::logged(*call, model));
            paid.is_none_or(|lookup| scene.is_priced(&lookup))
        };
        let choice = Choice {
            level,
            selection: &selection,
            scope: &self.scope,
            label: self.label.as_deref(),
            all_turns: self.turns == Some(Turns::All),
            is_payable: &is_payable,
        };
        let questions = Questions::of(facts, &choice);
        let warnings = selection.warnings("semantic cache");
        let rules = self.rules(level);
        let (found, store) = replay(&questions, &rules);
        let wrong = Wrong::new(self.wrong, level, self.verify, scenario);
        let telling = Telling { settings: self, level, rules, questions: &questions, wrong };
        if questions.asked.is_empty() {
            let reason = format!("no call can be looked up: {}; {OFFER}", telling.left_out());
            return Ok(Prepared::refused(&reason));
        }
        let (note, assumptions) = (telling.note(&found), telling.assumptions(&found));
        let mut exhibits = Vec::new();
        if facts.is_told(scenario) {
            // Nobody reads what the ends would show.
            let sweep = Sweep { facts, telling: &telling, lookup: &lookup };
            exhibits = sweep.exhibits(&found, store.compared);
        }
        let answers = Answers { questions, rules, found, wrong, lookup };
        let mut prepared = Prepared::ready(answers, Evidence::Replayed, note);
        prepared.assumptions = assumptions;
        prepared.warnings = warnings;
        prepared.exhibits = exhibits;
        Ok(prepared)
    }

    /// The level that was asked for, if the log has what it takes.
    pub(super) fn level_of(&self, facts: &Facts<'_>) -> Result<Level, &'static str> {
        let has = |name: &str| {
            let place = facts.calls.dimensions.position(name);
            place.is_some_and(|place| !facts.calls.dimensions[place].is_empty())
        };
        let (text, hash, vectors) = (has(PROMPT), has(PROMPT_HASH), has(EMBEDDING));
        let without_text = "the log has no text of prompts (column `prompt`)";
        match self.level.unwrap_or(LevelSetting::Auto) {
            LevelSetting::Auto | LevelSetting::Embeddings if vectors => Ok(Level::Embeddings),
            LevelSetting::Auto | LevelSetting::Lexical if text => Ok(Level::Lexical),
            LevelSetting::Auto | LevelSetting::Exact if text || hash => Ok(Level::Exact),
            LevelSetting::Normalized if text => Ok(Level::Normalized),
            LevelSetting::Auto | LevelSetting::Exact => {
                Err("the log has neither text of prompts nor hashes or vectors of them (columns \
                     `prompt`, `prompt_hash`, `embedding`), and counts alone do not show which \
                     questions repeat")
            }
            LevelSetting::Embeddings => {
                Err("the log has no vectors of prompts (column `embedding`, or --embed-endpoint)")
            }
            LevelSetting::Lexical | LevelSetting::Normalized => Err(without_text),
        }
    }

    fn rules(&self, level: Level) -> Rules {
        let default = match level {
            Level::Exact | Level::Normalized => "1",
            Level::Lexical => "0.8",
            Level::Embeddings => "0.92",
        };
        let default = Rate::parse(default).expect("a rate");
        Rules {
            threshold: self.threshold.unwrap_or(default).parts(),
            lifetime: self.ttl.unwrap_or(Lifetime::hours(1)).millis,
            capacity: self.capacity.map(|room| usize::try_from(room).unwrap_or(usize::MAX)),
            // Equal texts have equal numbers; normalising may lose a point or a minus.
            is_guarded: self.guards.unwrap_or(true) && level != Level::Exact,
            serves: true,
            verify: self.verify,
        }
    }
}
