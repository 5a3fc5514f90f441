//! Windows over conversations and summaries of them: prompts are sent with less history.

use crate::pricing::{CacheWrite, Model, ModelId};
use crate::units::{Rate, TokenClass, Tokens};

use super::branch::{Branch, push_taken};
use super::cache_replay::Lineage;
use super::context_windows::{Sent, Window, best_slack, sent};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::scope::Selection;
use super::technique::{Decline, Effect, Evidence, Prepared, Rewrite, Scenario};
use super::wording::{grouped, percent};

/// The length of a summary unless it is given.
const SUMMARY_TOKENS: u64 = 500;

/// The turns from one summary to the next unless they are given.
const EVERY: u64 = 10;

/// How often a call is made again because its history was cut: at the low end, as expected, at the
/// high end. Assumed; nobody publishes it.
const REDO: [&str; 3] = ["0.15", "0.05", "0"];

/// Counts of turns beyond this are any number.
const TURNS_MAX: u64 = 1_000_000;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    pub(super) turns: u64,
    pub(super) slack: u64,
    pub(super) summarize: Option<&'a str>,
    pub(super) every: Option<u64>,
    pub(super) summary_tokens: Option<u64>,
    pub(super) pinned: Option<Tokens>,
    pub(super) redo_rate: Option<Rate>,
}

/// A window that is ready to run.
pub(super) struct ContextWindow {
    sent: Vec<Option<Sent>>,
    /// Who sums up, and how long a summary is.
    summary: Option<(ModelId, Tokens)>,
    redo: Rate,
}

fn count(turns: u64) -> usize {
    usize::try_from(turns.min(TURNS_MAX)).unwrap_or(usize::MAX)
}

impl Order<'_> {
    fn window(&self) -> Window {
        let summary =
            self.summarize.map(|_| Tokens::new(self.summary_tokens.unwrap_or(SUMMARY_TOKENS)));
        // A summary comes when so many turns are there; a window is cut when there is one more.
        let slack = match summary {
            Some(_) => self.every.unwrap_or(EVERY).saturating_sub(1),
            None => self.slack,
        };
        Window { turns: count(self.turns), slack: count(slack), summary, pinned: self.pinned }
    }

    fn redo(&self, scenario: Scenario) -> Rate {
        let [low, expected, high] =
            REDO.map(|text| Rate::parse(text).expect("a constant of this file"));
        self.redo_rate.unwrap_or(match scenario {
            Scenario::Low => low,
            Scenario::Expected => expected,
            Scenario::High => high,
        })
    }

    /// What is done, in a few words.
    fn told(&self) -> String {
        let turns = grouped(self.turns);
        match self.summarize {
            Some(model) => format!(
                "{model} sums up every {} turns, {turns} are kept",
                grouped(self.every.unwrap_or(EVERY))
            ),
            None if self.slack > 0 => {
                format!("the last {turns} turns, cut after {} more", grouped(self.slack))
            }
            None => format!("the last {turns} turns"),
        }
    }
}

impl ContextWindow {
    /// Looks at the conversations of a log; refuses where it shows none.
    ///
    /// # Errors
    /// When the model that sums up is unknown.
    pub(super) fn prepare(
        facts: &Facts<'_>,
        selection: &Selection,
        order: &Order<'_>,
        scenario: Scenario,
    ) -> Result<Prepared, TechniqueError> {
        let lineage = Lineage::of(facts, None, Scenario::Expected);
        let has_turns = (0..facts.calls.len()).any(|row| lineage.previous(row).is_some());
        let model = order.summarize.map(|model| facts.named_model("", model)).transpose()?;
        if !has_turns {
            return Ok(Prepared::refused(
                "the log shows no conversations (a column `conversation`, or the hashes of prompt \
                 blocks), and lengths alone link the wrong turns; give `rate` or `tokens` instead",
            ));
        }
        let window = order.window();
        let sent = sent(facts, &lineage, selection, &window);
        let redo = order.redo(scenario);
        let cut = sent.iter().flatten().count();
        let mut warnings = selection.warnings("context trimming");
        warnings.extend(model.and_then(|model| facts.retirement_warning(model)));
        let summary = model.zip(window.summary);
        let this = Self { sent, summary, redo };
        let long = super::long_context::told(facts, &this);
        let note = format!("replayed: {}; {}", order.told(), lineage.evidence());
        let mut prepared = Prepared::ready(this, Evidence::Replayed, note);
        prepared.warnings = warnings;
        prepared.assumptions = vec![
            format!(
                "{} calls are sent with less history; {} of them are made again because something \
                 is missing (assumed; no log shows it)",
                grouped(u64::try_from(cut).unwrap_or(u64::MAX)),
                percent(redo)
            ),
            "a cut prompt shares with the one before it only what both begin with; what the log read \
             beyond that is written again"
                .to_owned(),
            "quality: unmeasured; answers are as long as they were".to_owned(),
        ];
        prepared.assumptions.extend(long);
        if let Some(advice) = advice(facts, order) {
            prepared.assumptions.push(advice);
        }
        Ok(prepared)
    }

    /// A branch with the input that is sent.
    fn cut(branch: &Branch, sent: &Sent, scene: &Scene<'_>) -> Branch {
        let mut cut = *branch;
        cut.stable_prefix = Some(sent.shared);
        let excess = branch.call.input_total().saturating_sub(sent.input);
        cut.lacks_history = !excess.is_zero();
        let policy = scene.facts.book.cache_policy(scene.placed(branch), branch.call.time);
        let is_free = policy.is_none_or(|policy| policy.write == CacheWrite::Free);
        let tokens = &branch.call.tokens;
        let written = if is_free {
            TokenClass::Input
        } else if tokens[TokenClass::CacheWrite1h] > tokens[TokenClass::CacheWrite5m] {
            TokenClass::CacheWrite1h
        } else {
            TokenClass::CacheWrite5m
        };
        // History is what was cached, where anything was; the newest message is what was not.
        let classes = if branch.cached().is_zero() {
            [TokenClass::Input; 4]
        } else {
            [
                TokenClass::CacheRead,
                TokenClass::CacheWrite5m,
                TokenClass::CacheWrite1h,
                TokenClass::Input,
            ]
        };
        let mut left = excess;
        for class in classes {
            left = left.saturating_sub(cut.remove(class, left));
        }
        // Reads were removed first although the start is what stays: what is written now may have
        // been read then, up to what the prompt before had in common.
        let kept = cut.cached();
        let read = kept.min(tokens[TokenClass::CacheRead]).min(sent.shared);
        for class in [TokenClass::CacheRead, TokenClass::CacheWrite5m, TokenClass::CacheWrite1h] {
            cut.reclassify(class, TokenClass::Input, cut.call.tokens[class]);
        }
        cut.reclassify(TokenClass::Input, TokenClass::CacheRead, read);
        cut.reclassify(TokenClass::Input, written, kept.saturating_sub(read));
        cut
    }

    /// The call that sums up, if there is one. The same model finds in its cache what the log read
    /// of the history, if it is asked with the same start; it is asked as is cheaper.
    fn summary_call(&self, branch: &Branch, sent: &Sent, scene: &Scene<'_>) -> Option<Branch> {
        let (model, length) = self.summary?;
        let history = sent.summarised?;
        let plain = branch.companion(model, history, length.min(history));
        let whole = sent.shared + history;
        let read = branch.call.cache_read().min(sent.before).min(whole);
        if model != branch.model || read.is_zero() {
            return Some(plain);
        }
        let mut warm = branch.companion(model, whole, length.min(history));
        warm.reclassify(TokenClass::Input, TokenClass::CacheRead, read);
        let costs = scene.cost(&warm).ok().zip(scene.cost(&plain).ok());
        Some(if costs.is_some_and(|(warm, plain)| warm < plain) { warm } else { plain })
    }
}

/// How large the steps should be, by the prices of the model with the most calls that has a cache.
fn advice(facts: &Facts<'_>, order: &Order<'_>) -> Option<String> {
    if order.summarize.is_some() || order.turns == 0 {
        return None;
    }
    let branches = facts.modelled_rows().map(|(row, model)| {
        let branch = Branch::logged(facts.calls.call(row), model);
        let scene = Scene { facts, row, geo: "" };
        let ratio = |class| scene.price_ratio(&branch, class).map(crate::units::Factor::parts);
        ratio(TokenClass::CacheWrite5m).zip(ratio(TokenClass::CacheRead))
    });
    let (write, read) = branches.flatten().next()?;
    let best = best_slack(order.turns, write, read)?;
    (best > 0).then(|| {
        format!(
            "with a cache that writes at {} and reads at {} of the input price, cutting back to {} \
             turns in steps of about {best} is cheapest (`chunk`)",
            percent_of(write),
            percent_of(read),
            grouped(order.turns)
        )
    })
}

/// Billionths in percent; may be above one.
fn percent_of(parts: u64) -> String {
    let thousandths = (parts + 500_000) / 1_000_000;
    match (thousandths / 10, thousandths % 10) {
        (whole, 0) => format!("{whole} %"),
        (whole, tenth) => format!("{whole}.{tenth} %"),
    }
}

impl Rewrite for ContextWindow {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        let Some(sent) = &self.sent[scene.row] else { return Effect::Unchanged };
        let cut = Self::cut(branch, sent, scene);
        if !scene.is_priced(&cut) {
            return Effect::Declined(Decline::NotPriced);
        }
        let summary = self.summary_call(branch, sent, scene);
        if summary.is_some_and(|summary| !scene.is_priced(&summary)) {
            return Effect::Declined(Decline::HelperNotPriced);
        }
        out.push(cut);
        if let Some(summary) = summary {
            push_taken(out, summary);
        }
        let (again, _) = cut.split(self.redo);
        push_taken(
            out,
            again.companion(again.model, again.call.input_total(), again.call.output_total()),
        );
        Effect::Changed
    }

    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        let (calls, id) = (grouped(calls), &model.id);
        match why {
            Decline::HelperNotPriced => format!(
                "context trimming: {calls} calls of {id} keep their history: the summary of it has \
                 no known price"
            ),
            _ => format!("context trimming: {calls} calls of {id} have no price with less history"),
        }
    }
}
