//! What every technique has in common: who it is, what it does to a call, how its effect is known.

use std::any::Any;

use crate::exhibits::Exhibit;
use crate::pricing::{Model, ModelId};
use crate::units::{Rate, Tokens};

use super::branch::Branch;
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::links::Links;
use super::provider_discount::MonthlyTerms;
use super::wording::grouped;

/// The place of a technique in the life of a request. The order is the one a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A: attempts that a policy would not have made.
    RetryGate,
    /// B: what a budget blocks.
    BudgetGate,
    /// C: answers that need no model.
    SemanticCache,
    /// D: what is sent along.
    ContextPolicy,
    /// E: which model answers.
    Router,
    /// F: how the answer looks.
    RequestShape,
    /// G: how fast the answer comes.
    Lane,
    /// H: which input is read from the provider's cache.
    PromptCache,
    /// I: what the provider charges in the end.
    Price,
}

/// What a technique is, for reports and `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The canonical name: JSON, plan keys, `explain`.
    pub name: &'static str,
    /// The name in tables.
    pub label: &'static str,
    /// When it acts.
    pub stage: Stage,
    /// One line.
    pub summary: &'static str,
    /// The whole story, in Markdown.
    pub docs: &'static str,
    /// The keys of its table in a plan.
    pub keys: &'static [&'static str],
}

/// How the effect of a technique is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Nothing but prices changes.
    Exact,
    /// Computed from what the log holds.
    Replayed,
    /// A rate that was given.
    Assumed,
    /// Not computed, because the log lacks what it needs.
    Refused,
}

impl Evidence {
    /// The name in machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Replayed => "replayed",
            Self::Assumed => "assumed",
            Self::Refused => "refused",
        }
    }
}

/// Which end of what is not known a run assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Known side costs happen: the small saving.
    Low,
    /// Exactly the arithmetic that was asked for.
    Expected,
    /// What is not known turns out well: the large saving.
    High,
}

/// Why a technique leaves a call as it is although the call is in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decline {
    /// The shared part of the prompt is shorter than this, the least the model caches.
    BelowMinimum(Tokens),
    /// The changed call would have no price at its time and tier.
    NotPriced,
    /// The prompt does not fit the model.
    TooLong,
    /// Cached input costs no less than other input.
    NoDiscount,
    /// The extra call that the change needs has no price.
    HelperNotPriced,
}

/// What happened to a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing; nothing was pushed.
    Unchanged,
    /// It was replaced by what was pushed, which may be nothing at all.
    Changed,
    /// It was replaced by what was pushed, without what the technique is for, and the reader
    /// should hear why.
    ChangedBut(Decline),
    /// Nothing, for a reason the reader should hear; nothing was pushed.
    Declined(Decline),
}

/// What the run found out about a technique on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Calls it changes.
    pub calls_touched: u64,
    /// Its saving as a part of what the changed calls cost; nothing when it saves nothing.
    pub saved_share: Option<Rate>,
}

/// A technique with its settings, as a plan holds it.
pub trait Technique: std::fmt::Debug + Send + Sync {
    /// Who it is.
    fn info(&self) -> &'static Info;

    /// The columns it needs from the log besides the built-in ones.
    fn dimensions(&self) -> Vec<String>;

    /// The columns it makes use of where the log has them.
    fn wishes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether low and high may differ from expected over this log.
    fn has_range(&self, _facts: &Facts<'_>) -> bool {
        false
    }

    /// Whether a row of several equal calls, standing at the start of their day, is the same to it
    /// as a row for each of them. No technique is taken to be so unless it says it.
    fn sums_rows(&self) -> bool {
        false
    }

    /// Why it cannot be told from a roll-up, whose rows sum up calls that bill at one price; nothing
    /// where it can, to the cent.
    fn against_rollups(&self) -> Option<&'static str> {
        let sums = self.sums_rows();
        (!sums).then_some("it looks at each call")
    }

    /// What it takes of memory for each call of a usual log, in bytes, at most; measured with one and
    /// three million calls.
    fn bytes_a_call(&self) -> u64 {
        32
    }

    /// What it makes of the bill of a whole calendar month, apart from its calls.
    fn monthly_terms(&self) -> Option<MonthlyTerms<'_>> {
        None
    }

    /// Looks at the whole log once and gets ready to rewrite its calls.
    ///
    /// # Errors
    /// When the settings name something that the log or the price book does not have.
    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError>;
}

/// A technique that is ready to run over one log.
pub struct Prepared {
    /// What it does; nothing when it is refused.
    pub rewrite: Option<Box<dyn Rewrite>>,
    /// How its effect is known.
    pub evidence: Evidence,
    /// The same in a few words.
    pub note: String,
    /// What it takes for granted.
    pub assumptions: Vec<String>,
    /// What the reader should look at.
    pub warnings: Vec<String>,
    /// Tables that are known before the run.
    pub exhibits: Vec<Exhibit>,
}

impl Prepared {
    /// A technique that has what it needs.
    pub fn ready(rewrite: impl Rewrite + 'static, evidence: Evidence, note: String) -> Self {
        Self {
            rewrite: Some(Box::new(rewrite)),
            evidence,
            note,
            assumptions: Vec::new(),
            warnings: Vec::new(),
            exhibits: Vec::new(),
        }
    }

    /// A technique that the log cannot support, and why.
    pub fn refused(reason: &str) -> Self {
        Self {
            rewrite: None,
            evidence: Evidence::Refused,
            note: reason.to_owned(),
            assumptions: Vec::new(),
            warnings: Vec::new(),
            exhibits: Vec::new(),
        }
    }
}

/// What a technique remembers from call to call, such as which prompts are in a cache. Each set of
/// techniques that are on has a memory of its own, once it makes a difference.
pub type Memory = Box<dyn Remembered>;

/// Whatever is remembered.
pub trait Remembered: Any + Send {
    /// The same once more, for a history that goes another way from here on.
    fn fork(&self) -> Memory;

    /// Forgets all that is remembered.
    fn clear(&mut self);

    /// The thing itself, for the technique that made it.
    fn as_any(&mut self) -> &mut dyn Any;
}

/// What can be emptied and filled again without asking for more room.
pub trait Clear: Any + Send + Clone {
    /// As [`Remembered::clear`].
    fn clear(&mut self);
}

impl<T: Clear> Remembered for T {
    fn fork(&self) -> Memory {
        Box::new(self.clone())
    }

    fn clear(&mut self) {
        Clear::clear(self);
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// What a technique finds in a memory of its own making.
pub(super) fn own<T: 'static>(memory: &mut Memory) -> &mut T {
    (**memory).as_any().downcast_mut().expect("the memory it made itself")
}

/// What a technique does to a call. It changes usage, never money: only `pricing` knows prices.
pub trait Rewrite: Send + Sync {
    /// Rewrites one branch onto `out`. The answer may depend on this branch and on the facts about
    /// the log, never on what became of other calls: the calls are walked in any order.
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect;

    /// An empty memory, where what becomes of one call depends on what became of those before it.
    /// Then [`Rewrite::recall`] is used, and calls are walked in order of time.
    fn memory(&self) -> Option<Memory> {
        None
    }

    /// The models that it may move calls to.
    fn targets(&self) -> Vec<ModelId> {
        Vec::new()
    }

    /// Ties the calls of which one may know of the other by what is remembered; all of them, unless
    /// a technique says more. `targets` are the models that any technique may move calls to.
    fn tie(&self, _facts: &Facts<'_>, _targets: &[ModelId], links: &mut Links) {
        if self.memory().is_some() {
            links.tie_all();
        }
    }

    /// As [`Rewrite::apply`], with a memory of the calls before.
    fn recall(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        _memory: &mut Memory,
        out: &mut Vec<Branch>,
    ) -> Effect {
        self.apply(branch, scene, out)
    }

    /// Assumptions that can only be told after the run.
    fn remarks(&self, _measured: &Measured) -> Vec<String> {
        Vec::new()
    }

    /// Tables that can only be made after the run.
    fn exhibits(&self, _measured: &Measured) -> Vec<Exhibit> {
        Vec::new()
    }

    /// Tells that calls of a model were left as they are.
    fn declined(&self, why: Decline, model: &Model, calls: u64) -> String {
        let (calls, id) = (grouped(calls), &model.id);
        match why {
            Decline::BelowMinimum(min) => {
                format!(
                    "{calls} calls of {id} are below its minimum of {} tokens",
                    grouped(min.get())
                )
            }
            Decline::NotPriced => {
                format!("{calls} calls of {id} stay as they are: the change has no known price")
            }
            Decline::TooLong => {
                format!("{calls} calls of {id} stay as they are: the prompt does not fit")
            }
            Decline::NoDiscount => {
                format!("{calls} calls of {id} stay as they are: they would cost no less")
            }
            Decline::HelperNotPriced => {
                format!("{calls} calls of {id} stay as they are: the extra call has no known price")
            }
        }
    }
}
