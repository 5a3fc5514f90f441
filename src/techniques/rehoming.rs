//! What a call looks like on another model: tokens recounted, cache kept or forfeited.

use super::branch::{Branch, push_taken};
use super::facts::{Facts, Scene};
use super::recount::Recount;
use super::scope::Selection;
use super::technique::{Decline, Effect, Scenario};
use super::wording::grouped;
use crate::pricing::{CacheWrite, ModelId, TokenizerRatio};
use crate::units::{Factor, FineUsd, Rate, TokenClass, Tokens, Usd};
use crate::usage::Row;

/// Calls that go to one target.
pub(super) struct Move {
    pub(super) selection: Selection,
    pub(super) target: ModelId,
    pub(super) share: Rate,
}

/// A small call beside the real one: it decides where that goes, or judges its answer.
#[derive(Clone, Copy)]
pub(super) struct Classifier {
    pub(super) model: ModelId,
    pub(super) input: Tokens,
    pub(super) output: Tokens,
}

impl Classifier {
    /// The call that is made whenever a branch is taken.
    pub(super) fn beside(&self, branch: &Branch) -> Branch {
        let (input, output) = (branch.for_row(self.input), branch.for_row(self.output));
        branch.companion(self.model, input, output)
    }
}

/// The target tries first; what it does not do well goes to the original model as well.
#[derive(Clone, Copy)]
pub(super) struct Cascade {
    /// The part of answers that is good enough.
    pub(super) accept: Rate,
    /// Who decides that; nothing where it costs nothing.
    pub(super) judge: Option<Classifier>,
    /// Whether what the log read from the original model's cache is gone when a call gets there.
    pub(super) is_cold: bool,
}

/// Which move is for a call, and whether the call is among those that take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The place of the move.
    pub(super) to: u32,
    /// Whether the call takes it, where whole sessions go one way or the other.
    pub(super) moves: bool,
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
    pub(super) moving: u128,
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
    /// Nothing where tokens are taken to be the same.
    scenario: Option<Scenario>,
    /// Length of answers compared with the original model.
    verbosity: Factor,
}

/// How much longer or shorter another model's answers may be.
const VERBOSITY_LOW: &str = "1.4";
const VERBOSITY_HIGH: &str = "0.7";

impl Scaling {
    /// Token for token, as if both models counted and answered alike.
    pub(super) const fn same() -> Self {
        Self { scenario: None, verbosity: Factor::ONE }
    }

    /// One end of what is not known, with answers so many times as long where that was given.
    pub(super) fn of(scenario: Scenario, given: Option<Factor>) -> Self {
        let verbosity = |text| Factor::parse(text).expect("a factor");
        let verbosity = match scenario {
            Scenario::Low => verbosity(VERBOSITY_LOW),
            Scenario::Expected => Factor::ONE,
            Scenario::High => verbosity(VERBOSITY_HIGH),
        };
        Self { scenario: Some(scenario), verbosity: given.unwrap_or(verbosity) }
    }

    fn ratio(self, ratio: TokenizerRatio) -> Factor {
        match self.scenario {
            None => Factor::ONE,
            Some(Scenario::Low) => ratio.high,
            Some(Scenario::Expected) => ratio.likely,
            Some(Scenario::High) => ratio.low,
        }
    }
}

/// Moves calls to other models.
pub(super) struct Rehoming {
    /// In order: the first that matches wins.
    pub(super) moves: Vec<Move>,
    pub(super) classifier: Option<Classifier>,
    pub(super) cascade: Option<Cascade>,
    /// By row; nothing where no rule is for a call.
    pub(super) ways: Vec<Option<Way>>,
    /// By row: whether the call moves whole or not at all; empty where none does.
    pub(super) moves_whole: Vec<bool>,
    scaling: Scaling,
}

impl Rehoming {
    /// Moves in which every call goes its own way.
    pub(super) fn new(
        moves: Vec<Move>,
        classifier: Option<Classifier>,
        cascade: Option<Cascade>,
        scaling: Scaling,
        rows: usize,
    ) -> Self {
        let first = |row: Row| (0..).zip(&moves).find(|(_, to)| to.selection.holds(row));
        let ways = (0..rows).map(|row| first(row).map(|(to, _)| Way { to, moves: true })).collect();
        Self { moves, classifier, cascade, ways, moves_whole: Vec::new(), scaling }
    }

    /// Counts tokens and the length of answers otherwise.
    pub(super) const fn scale(&mut self, scaling: Scaling) {
        self.scaling = scaling;
    }

    /// Where a call goes; nothing when no rule is for it.
    pub(super) fn destination(&self, row: Row) -> Option<&Move> {
        self.ways[row].map(|way| &self.moves[way.to as usize])
    }

    /// The part of a call that takes its way.
    pub(super) fn share(&self, row: Row) -> Rate {
        let Some(way) = self.ways[row].filter(|way| way.moves) else { return Rate::ZERO };
        let is_whole = self.moves_whole.get(row).is_some_and(|whole| *whole);
        if is_whole { Rate::ONE } else { self.moves[way.to as usize].share }
    }

    /// Counts the calls that match.
    pub(super) fn count(&self, facts: &Facts<'_>) -> Matches {
        let mut found = Matches::default();
        for (row, model) in facts.modelled_rows() {
            let calls = facts.calls.call(row).calls;
            found.all += calls;
            match self.destination(row) {
                Some(to) if to.target == model => found.on_target += calls,
                Some(_) => {
                    found.matched += calls;
                    found.moving += u128::from(calls) * u128::from(self.share(row).parts());
                }
                None => {}
            }
        }
        found
    }

    /// Moves at most `max` of the calls that match, each target giving up the same part.
    pub(super) fn limit(&mut self, max: Option<Rate>, found: &Matches) {
        let Some(max) = max else { return };
        let mut allowed = u128::from(found.matched) * u128::from(max.parts());
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
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
    ) -> Effect {
        let Some(to) = self.destination(scene.row) else { return Effect::Unchanged };
        let share = self.share(scene.row);
        if to.target == branch.model || share == Rate::ZERO {
            return Effect::Unchanged;
        }
        let (moved, stayed) = branch.split(share);
        let tried = match self.on_target(&moved, to.target, scene) {
            Ok(tried) => tried,
            Err(why) => return Effect::Declined(why),
        };
        if let Some(cascade) = self.cascade {
            let judged = cascade.judge.map(|judge| judge.beside(&moved));
            if judged.is_some_and(|judged| !scene.is_priced(&judged)) {
                return Effect::Declined(Decline::HelperNotPriced);
            }
            if let Some(judged) = judged {
                push_taken(out, judged);
            }
            push_taken(out, cascade.escalated(&moved, scene));
        }
        self.push_tried(&moved, &tried, scene, out);
        push_taken(out, stayed);
        Effect::Changed
    }

    /// Adds a branch on its target, whole tokens of which are `tried`: where they are not whole there,
    /// as ways that are so on average.
    fn push_tried(
        &self,
        branch: &Branch,
        tried: &Branch,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
    ) {
        let recount = self.recount(branch, tried.model, scene);
        if recount.is_whole(branch) {
            return push_taken(out, *tried);
        }
        recount.each_way(branch, tried.model, |mut way| {
            // A token more or less is no reason not to go.
            let is_fit = Self::fit(&mut way, scene).is_ok();
            push_taken(out, if is_fit { way } else { Branch { weight: way.weight, ..*tried } });
        });
    }

    /// What a branch costs on a target at its whole weight; nothing where it does not fit there.
    pub(super) fn cost_on_target(
        &self,
        branch: &Branch,
        target: ModelId,
        scene: &Scene<'_>,
    ) -> Option<Usd> {
        let tried = self.on_target(branch, target, scene).ok()?;
        let mut ways = Vec::new();
        self.push_tried(branch, &tried, scene, &mut ways);
        let mut total = FineUsd::ZERO;
        for way in ways {
            let cost = FineUsd::weighted(scene.cost(&way).ok()?, way.weight)?;
            total = total.checked_add(cost)?;
        }
        Some(total.to_usd())
    }

    /// How tokens of a branch are counted on a target.
    pub(super) fn recount(&self, branch: &Branch, target: ModelId, scene: &Scene<'_>) -> Recount {
        let book = scene.facts.book;
        let [from, to] = [branch.model, target].map(|id| book.meaning(id, branch.call.time));
        let ratio = book.tokenizer_ratio(from, to);
        Recount::new(self.scaling.ratio(ratio), self.scaling.verbosity)
    }

    /// The call on its target, in whole tokens.
    pub(super) fn on_target(
        &self,
        branch: &Branch,
        target: ModelId,
        scene: &Scene<'_>,
    ) -> Result<Branch, Decline> {
        let mut moved = self.recount(branch, target, scene).whole(branch, target);
        Self::fit(&mut moved, scene)?;
        Ok(moved)
    }

    /// Fits a branch into what its model takes and has prices for.
    fn fit(moved: &mut Branch, scene: &Scene<'_>) -> Result<(), Decline> {
        let book = scene.facts.book;
        let model = book.model(book.meaning(moved.model, moved.call.time));
        let prompt = moved.per_call(moved.call.input_total());
        if model.context_window.is_some_and(|window| prompt > window) {
            return Err(Decline::TooLong);
        }
        fit_cache(moved, scene);
        if !scene.is_priced(moved) {
            // A target may cache in principle and still have no price for it in this tier.
            moved.forfeit_cache();
        }
        if scene.is_priced(moved) { Ok(()) } else { Err(Decline::NotPriced) }
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

impl Cascade {
    /// What goes to the original model after all.
    pub(super) fn escalated(&self, branch: &Branch, scene: &Scene<'_>) -> Branch {
        let (mut again, _) = branch.split(self.accept.complement());
        if self.is_cold {
            let warm = again;
            again.forfeit_cache();
            if !scene.is_priced(&again) {
                return warm;
            }
        }
        again
    }
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
