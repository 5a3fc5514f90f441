//! Context trimming: less history and fewer documents are sent along.

use std::sync::Arc;

use serde::Deserialize;

use super::branch::{Branch, push_taken};
use super::cache_replay::Lineage;
use super::context_cut::{ContextWindow, Order};
use super::error::TechniqueError;
use super::facts::{Facts, Scene};
use super::routes::StaticPrompts;
use super::scope::{Scope, Selection};
use super::settings;
use super::technique::{Effect, Evidence, Info, Prepared, Rewrite, Scenario, Stage, Technique};
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens};
use crate::usage::Filter;

const DOCS: &str = "\
## What it does
Sends less: a sliding window over the conversation, a summary of what came before, fewer retrieved \
documents, no stale tool output.

## When it applies
Where input grows with history or retrieval and much of it no longer matters.

## How the saving is computed
With `turns`, each prompt keeps its start and so many turns before the newest message; older ones are \
dropped. With `chunk`, the history grows by so many turns more before it is cut back, so that prompts \
in between still go on from the one before. With `summarize`, a model writes a summary of what is \
cut, which is sent in its place; that extra call is paid. Where the same model sums up and the log \
shows that it read the history from its cache, the extra call reads it there too (the start of the \
prompt with it); otherwise the history is plain input for it. What a turn is comes from \
the log: from its conversations (a prompt that is at least as long as the prompt and the answer before \
it goes on from them), or else from the blocks that prompts begin with; without either it is refused. \
Each prompt is then known to share only so much with the one sent before it, and the replay of prompt \
caches goes by that: `--trim turns=5 --cache auto_last` shows what a window does to a cache. What the \
log itself shows as read beyond that is written again, or plain where writing is free.

With `rate`, that part of the uncached input disappears. With `tokens`, each prompt is cut to that \
budget: plain input goes first, then what was written to the cache, then what was read; sound and \
images stay. A cut moves the start of the prompt, so whatever the log read from the cache beyond the \
static prompt becomes ordinary input again. A prompt that falls below a long-context threshold of its \
model has the lower price for all of its tokens and its answer; how many do is told.

## Settings
- `turns`: the turns before the newest message that are kept; or
- `summarize`: the model that sums up older turns (those beyond `turns`, all unless given); or
- `rate`: the part of uncached input that disappears; or
- `tokens`: the most tokens a prompt may have.
- `chunk`: so many turns more are kept until the history is cut back to `turns`; 0 unless given.
- `every`: with `summarize`, the turns from one summary to the next; 10 unless given.
- `summary_tokens`: the length of a summary; 500 unless given.
- `pinned`: tokens at the start of every prompt that are never cut; the static prompt unless given.
- `redo_rate`: the part of calls with a cut history that is made again because something is missing; \
5 % unless given, 15 % at the low end, none at the high end.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The static prompt is at most the length that one prompt in a thousand of the call type and model does \
not exceed. With `rate`, the cache \
is only lost at the low end; with `tokens`, always. Answers are as long as they were.

## Limits
Answers may get worse; searches may be repeated. With a warm cache a sliding window costs more than \
the full history until about 80 turns (a window of 5, a start of 2,000 tokens, turns of 600): cutting \
in large steps of `chunk` is better, best in steps of about sqrt(2 N (w - r) / r) - 1 turns for a \
window of N and prices w and r of writing and reading. A summary pays late where the history is warm: \
it must win back its own call and its writing from the price of reading: over m turns it pays iff \
m (H - s) r is more than its call and (w - r) s, for a history of H and a summary of s tokens. Beside a \
replayed cache (a `policy` of prompt caching) the extra call is plain input: there it costs too much \
rather than too little.

## Sources
Published: dropping old tool output halves the cost of coding agents at equal solve rates (The \
Complexity Trap, arXiv 2508.21433). The closed forms are checked by simulation.";

/// Settings of `[context_trimming]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextTrimming {
    #[serde(default, deserialize_with = "settings::rate")]
    rate: Option<Rate>,
    #[serde(default, deserialize_with = "settings::some_count")]
    tokens: Option<u64>,
    #[serde(default, deserialize_with = "settings::some_count")]
    turns: Option<u64>,
    #[serde(default, deserialize_with = "settings::some_count")]
    chunk: Option<u64>,
    #[serde(default)]
    summarize: Option<String>,
    #[serde(default, deserialize_with = "settings::some_count")]
    every: Option<u64>,
    #[serde(default, deserialize_with = "settings::some_count")]
    summary_tokens: Option<u64>,
    #[serde(default, deserialize_with = "settings::some_count")]
    pinned: Option<u64>,
    #[serde(default, deserialize_with = "settings::rate")]
    redo_rate: Option<Rate>,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

impl super::Settings for ContextTrimming {
    const INFO: &'static Info = &Info {
        name: "context_trimming",
        label: "context trimming",
        stage: Stage::ContextPolicy,
        summary: "send less history and fewer documents",
        docs: DOCS,
        keys: &[
            "rate",
            "tokens",
            "turns",
            "chunk",
            "summarize",
            "every",
            "summary_tokens",
            "pinned",
            "redo_rate",
            "where",
            "call_types",
        ],
    };

    fn check(&self) -> Result<(), String> {
        let has_window = self.turns.is_some() || self.summarize.is_some();
        let ways = [self.rate.is_some(), self.tokens.is_some(), has_window];
        if ways.into_iter().filter(|way| *way).count() != 1 {
            return Err(
                "give one of `turns` (of history), `summarize` (a model), `rate` (part of \
                        the uncached input) or `tokens` (budget for a prompt)"
                    .to_owned(),
            );
        }
        let is_summary = self.summarize.is_some();
        if !is_summary && (self.every.is_some() || self.summary_tokens.is_some()) {
            return Err("`every` and `summary_tokens` go with `summarize`".to_owned());
        }
        if is_summary && self.chunk.is_some() {
            return Err("with `summarize`, `every` says when: leave out `chunk`".to_owned());
        }
        if !has_window
            && (self.chunk.is_some() || self.pinned.is_some() || self.redo_rate.is_some())
        {
            return Err(
                "`chunk`, `pinned` and `redo_rate` go with `turns` or `summarize`".to_owned()
            );
        }
        if self.every == Some(0) {
            return Err("a summary is made at most once a turn: `every` is at least 1".to_owned());
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Cut {
    Rate(Rate),
    Budget(Tokens),
}

struct Trim {
    selection: Selection,
    cut: Cut,
    /// Whether reads beyond the static prompt are lost.
    breaks_cache: bool,
    prompts: Arc<StaticPrompts>,
}

impl ContextTrimming {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }

    const fn has_window(&self) -> bool {
        self.turns.is_some() || self.summarize.is_some()
    }

    /// The window that was asked for.
    fn order(&self) -> Order<'_> {
        Order {
            turns: self.turns.unwrap_or(0),
            slack: self.chunk.unwrap_or(0),
            summarize: self.summarize.as_deref(),
            every: self.every,
            summary_tokens: self.summary_tokens,
            pinned: self.pinned.map(Tokens::new),
            redo_rate: self.redo_rate,
        }
    }
}

impl Technique for ContextTrimming {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        let mut needed = self.scope().dimensions();
        if self.has_window() {
            needed.extend(Lineage::dimensions());
        }
        needed
    }

    fn bytes_a_call(&self) -> u64 {
        if self.has_window() { 304 } else { 32 }
    }

    fn has_range(&self, _: &Facts<'_>) -> bool {
        self.rate.is_some() || (self.has_window() && self.redo_rate.is_none())
    }

    fn prepare(&self, facts: &Facts<'_>, scenario: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        if self.has_window() {
            return ContextWindow::prepare(facts, &selection, &self.order(), scenario);
        }
        let warnings = selection.warnings("context trimming");
        let (cut, note, loss) = match (self.rate, self.tokens) {
            (Some(rate), _) => (
                Cut::Rate(rate),
                format!("assumed: {} of uncached input", percent(rate)),
                "cuts leave the cached part of prompts as it is; at the low end they break it",
            ),
            (None, budget) => (
                Cut::Budget(Tokens::new(budget.unwrap_or(u64::MAX))),
                format!("prompts cut to {} tokens", grouped(budget.unwrap_or(u64::MAX))),
                "a cut moves the prompt's start: cache reads beyond the static prompt are lost",
            ),
        };
        let breaks_cache = matches!(cut, Cut::Budget(_)) || scenario == Scenario::Low;
        let prompts = facts.static_prompts();
        let trim = Trim { selection, cut, breaks_cache, prompts };
        let long = super::long_context::told(facts, &trim);
        let mut prepared = Prepared::ready(trim, Evidence::Assumed, note);
        prepared.assumptions = vec![loss.to_owned(), "quality: unmeasured".to_owned()];
        prepared.assumptions.extend(long);
        prepared.warnings = warnings;
        prepared.warnings.extend(self.tokens.and_then(|budget| below_start(facts, budget)));
        Ok(prepared)
    }
}

/// That a budget is smaller than what the prompts of some call type share, which is then cut too.
fn below_start(facts: &Facts<'_>, budget: u64) -> Option<String> {
    let prompts = facts.static_prompts();
    let starts = (0..facts.calls.len()).map(|row| prompts.floor(row).get());
    let longest = starts.max().filter(|start| *start > budget)?;
    Some(format!(
        "context trimming: a budget of {} tokens cuts into the start that prompts of a call type \
         share, of up to {} tokens",
        grouped(budget),
        grouped(longest)
    ))
}

impl Rewrite for Trim {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        if !self.selection.holds(scene.row) {
            return Effect::Unchanged;
        }
        match self.cut {
            Cut::Rate(rate) => {
                let input = branch.call.tokens[TokenClass::Input];
                if input.is_zero() || rate == Rate::ZERO {
                    return Effect::Unchanged;
                }
                for (part, excess) in branch.split_by_rounding(rate, input) {
                    push_taken(out, self.without(part, excess, scene));
                }
            }
            Cut::Budget(budget) => {
                let excess = text_input(branch).saturating_sub(branch.for_row(budget));
                if excess.is_zero() {
                    return Effect::Unchanged;
                }
                out.push(self.without(*branch, excess, scene));
            }
        }
        Effect::Changed
    }
}

impl Trim {
    /// A branch with so much less input.
    fn without(&self, mut cut: Branch, excess: Tokens, scene: &Scene<'_>) -> Branch {
        if self.breaks_cache {
            let stable = cut.for_row(self.prompts.floor(scene.row));
            let lost = cut.call.tokens[TokenClass::CacheRead].saturating_sub(stable);
            cut.reclassify(TokenClass::CacheRead, TokenClass::Input, lost);
            cut.stable_prefix = Some(stable);
            cut.is_cut = true;
        }
        cut.lacks_history |= !excess.is_zero();
        // Plain input goes first; what is left over comes out of the cached part.
        let mut left = excess;
        for class in [
            TokenClass::Input,
            TokenClass::CacheWrite5m,
            TokenClass::CacheWrite1h,
            TokenClass::CacheRead,
        ] {
            left = left.saturating_sub(cut.remove(class, left));
        }
        cut
    }
}

/// The input that is text, whatever its price: sound and images are not trimmed.
fn text_input(branch: &Branch) -> Tokens {
    let tokens = &branch.call.tokens;
    tokens[TokenClass::Input] + tokens[TokenClass::CacheRead] + branch.call.cache_written()
}
