//! What a call looks like on another model: tokens recounted, cache kept or forfeited.

use super::branch::{Branch, push_taken};
use super::facts::{Facts, Scene};
use super::scope::Selection;
use super::technique::{Decline, Effect, Scenario};
use super::wording::grouped;
use crate::pricing::{CacheWrite, ModelId, TokenizerRatio};
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::Row;

/// Calls that go to one target.
pub(super) struct Move {
    pub(super) selection: Selection,
    pub(super) target: ModelId,
    pub(super) share: Rate,
}

/// A small call that decides where the real one goes.
pub(super) struct Classifier {
    pub(super) model: ModelId,
    pub(super) input: Tokens,
    pub(super) output: Tokens,
}

/// How many calls the rules are for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Matches {
    /// Calls of known models.
    pub(super) all: u64,
    /// Calls that a rule would move.
    pub(super) matched: u64,
    /// Calls that a rule is for and that are on its target already.
    pub(super) on_target: u64,
    /// The calls that move, in billionths of a call.
    moving: u128,
}

impl Matches {
    /// The counts in words.
    pub(super) fn sentence(&self) -> String {
        let mut sentence = if self.matched == self.all {
            format!("all {} calls match", grouped(self.all))
        } else {
            format!("{} of {} calls match", grouped(self.matched), grouped(self.all))
        };
        if self.on_target > 0 {
            let more = grouped(self.on_target);
            sentence = format!("{sentence}; {more} more are on the target already");
        }
        sentence
    }
}

/// How tokens carry over to another model.
#[derive(Clone, Copy)]
pub(super) struct Scaling {
    scenario: Scenario,
    /// Length of answers compared with the original model.
    verbosity: Factor,
}

/// How much longer or shorter another model's answers may be.
const VERBOSITY_LOW: &str = "1.4";
const VERBOSITY_HIGH: &str = "0.7";

impl Scaling {
    pub(super) fn of(scenario: Scenario) -> Self {
        let verbosity = |text| Factor::parse(text).expect("a factor");
        let verbosity = match scenario {
            Scenario::Low => verbosity(VERBOSITY_LOW),
            Scenario::Expected => Factor::ONE,
            Scenario::High => verbosity(VERBOSITY_HIGH),
        };
        Self { scenario, verbosity }
    }

    fn ratio(self, ratio: TokenizerRatio) -> Factor {
        match self.scenario {
            Scenario::Low => ratio.high,
            Scenario::Expected => ratio.likely,
            Scenario::High => ratio.low,
        }
    }
}

/// Moves calls to other models.
pub(super) struct Rehoming {
    /// In order: the first that matches wins.
    pub(super) moves: Vec<Move>,
    pub(super) classifier: Option<Classifier>,
    scaling: Scaling,
}

impl Rehoming {
    pub(super) const fn new(
        moves: Vec<Move>,
        classifier: Option<Classifier>,
        scaling: Scaling,
    ) -> Self {
        Self { moves, classifier, scaling }
    }

    /// Where a call goes; nothing when no rule is for it.
    pub(super) fn destination(&self, row: Row) -> Option<&Move> {
        self.moves.iter().find(|to| to.selection.holds(row))
    }

    /// Counts the calls that match.
    pub(super) fn count(&self, facts: &Facts<'_>) -> Matches {
        let mut found = Matches::default();
        for (row, model) in facts.modelled_rows() {
            let calls = facts.calls.call(row).calls;
            found.all += calls;
            match self.destination(row) {
                Some(to) if to.target == model => found.on_target += calls,
                Some(to) => {
                    found.matched += calls;
                    found.moving += u128::from(calls) * u128::from(to.share.parts());
                }
                None => {}
            }
        }
        found
    }

    /// Moves at most `max` of all calls, each target giving up the same part.
    pub(super) fn limit(&mut self, max: Option<Rate>, found: &Matches) {
        let Some(max) = max else { return };
        let mut allowed = u128::from(found.all) * u128::from(max.parts());
        let mut moving = found.moving;
        if moving <= allowed {
            return;
        }
        while moving > u128::from(u64::MAX) {
            (allowed, moving) = (allowed >> 1, moving >> 1);
        }
        let counts = u64::try_from(allowed).ok().zip(u64::try_from(moving).ok());
        if let Some(kept) = counts.and_then(|(allowed, moving)| Rate::of_counts(allowed, moving)) {
            for to in &mut self.moves {
                to.share = to.share.times(kept);
            }
        }
    }

    /// Sends a branch where it belongs, as far as it fits there.
    pub(super) fn route(
        &self,
        branch: &Branch,
        to: &Move,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
    ) -> Effect {
        if to.target == branch.model || to.share == Rate::ZERO {
            return Effect::Unchanged;
        }
        let (moved, stayed) = branch.split(to.share);
        match self.on_target(&moved, to.target, scene) {
            Ok(moved) => {
                push_taken(out, moved);
                push_taken(out, stayed);
                Effect::Changed
            }
            Err(why) => Effect::Declined(why),
        }
    }

    /// The call on its target.
    pub(super) fn on_target(
        &self,
        branch: &Branch,
        target: ModelId,
        scene: &Scene<'_>,
    ) -> Result<Branch, Decline> {
        let book = scene.facts.book;
        let ratio = self.scaling.ratio(book.tokenizer_ratio(branch.model, target));
        let mut moved = Branch { model: target, ..*branch };
        recount(&mut moved, ratio, self.scaling.verbosity);
        let model = book.model(target);
        let prompt = moved.per_call(moved.call.input_total());
        if model.context_window.is_some_and(|window| prompt > window) {
            return Err(Decline::TooLong);
        }
        fit_cache(&mut moved, scene);
        if !scene.is_priced(&moved) {
            // A target may cache in principle and still have no price for it in this tier.
            moved.forfeit_cache();
        }
        if scene.is_priced(&moved) { Ok(moved) } else { Err(Decline::NotPriced) }
    }

    /// What the targets make of the calls that move.
    pub(super) fn assumptions(&self, facts: &Facts<'_>) -> Vec<String> {
        let (mut forfeited, mut calls_forfeiting) = (0_u64, 0_u64);
        for (row, model) in facts.modelled_rows() {
            let Some(to) = self.destination(row) else { continue };
            let logged = Branch::logged(facts.calls.call(row), model);
            if to.target == model || logged.cached().is_zero() {
                continue;
            }
            let mut moved = Branch { model: to.target, ..logged };
            fit_cache(&mut moved, &Scene { facts, row, geo: "" });
            let kept = moved.call.cache_read();
            if kept < logged.call.cache_read() {
                forfeited += logged.call.cache_read().saturating_sub(kept).get();
                calls_forfeiting += logged.call.calls;
            }
        }
        if forfeited == 0 {
            return Vec::new();
        }
        vec![format!(
            "forfeited cache: {} tokens that {} calls read from the cache become plain input, \
             because the target does not cache prompts of that length",
            grouped(forfeited),
            grouped(calls_forfeiting)
        )]
    }
}

/// Text counts by the target's tokenizer; answers also by how wordy it is.
fn recount(branch: &mut Branch, ratio: Factor, verbosity: Factor) {
    let answers = ratio.times(verbosity);
    for (class, factor) in [
        (TokenClass::Input, ratio),
        (TokenClass::CacheRead, ratio),
        (TokenClass::CacheWrite5m, ratio),
        (TokenClass::CacheWrite1h, ratio),
        (TokenClass::Output, answers),
        (TokenClass::Reasoning, answers),
    ] {
        branch.call.tokens[class] = factor.of(branch.call.tokens[class]);
    }
    branch.token_ratio = branch.token_ratio.times(ratio);
    branch.stable_prefix = branch.stable_prefix.map(|prefix| ratio.of(prefix));
}

/// Keeps cached input cached only where the model's rules allow it.
fn fit_cache(branch: &mut Branch, scene: &Scene<'_>) {
    if branch.cached().is_zero() {
        return;
    }
    let prefix = branch.per_call(branch.cached());
    match scene.facts.book.cache_policy(scene.placed(branch), branch.call.time) {
        None => branch.forfeit_cache(),
        Some(policy) if policy.min_tokens.is_some_and(|min| prefix < min) => {
            branch.forfeit_cache();
        }
        Some(policy) => {
            for class in [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h] {
                let known = policy.lifetimes.iter().any(|lifetime| lifetime.class == class);
                let to = match (policy.write, policy.lifetimes.first()) {
                    (CacheWrite::Free, _) | (_, None) => TokenClass::Input,
                    (CacheWrite::Priced, Some(_)) if known => class,
                    (CacheWrite::Priced, Some(default)) => default.class,
                };
                if to != class {
                    branch.reclassify(class, to, branch.call.tokens[class]);
                }
            }
        }
    }
}
