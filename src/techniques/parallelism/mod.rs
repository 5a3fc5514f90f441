//! Parallelism: calls at the same time cost what they cost; with a cold cache they cost more.

mod bursts;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::error::TechniqueError;
use super::facts::Facts;
use super::scope::Scope;
use super::settings;
use super::technique::{Evidence, Info, Prepared, Scenario, Stage, Technique};
use crate::exhibits::{Cell, Exhibit};
use crate::units::{Factor, Usd};
use crate::usage::Filter;
use bursts::{RouteBursts, bursts};

const DOCS: &str = "\
## What it does
Sends calls at the same time instead of one after the other. It is listed because it is often named as a \
saving, and it is none: it saves nothing here, and never more than nothing.

## When it applies
Always; what is worth a look are bursts of calls with the same start of the prompt.

## How the saving is computed
There is none: a token costs the same at any time. What can be lost is shown as a table. An entry of a \
prompt cache can be read once the first answer has begun, so of k calls that start before that all k \
write the shared start, where one after the other would write it once and read it k - 1 times: 25.0 \
against 3.15 times its input price for 20 calls on Anthropic. A burst is at least two calls of one call \
type and model within `window_seconds`; it is cold when no call of that kind started within the lifetime \
of an entry before it. The remedy is to send one call, wait for its first token, and send the others then.

## Settings
- `window_seconds`: the time to the first token, until which an entry cannot be read; 2 unless given.
- `where`: only calls for which this SQL condition over the columns of the log holds.
- `call_types`: only calls of these types, as a list.

## Assumptions
The shared start is at most the length that one prompt in a thousand of the call type and model does not \
exceed. The first burst of a log finds the cache cold.

## Limits
What faster answers are worth, and models that need not be upgraded because of them, is not in a log. \
Where the log caches nothing, the figures are those of a cache that would be switched on. Calls in the \
batch lane are sent by the provider and left out.

## Sources
Anthropic, prompt caching (November 2026): an entry becomes available when the first response begins.";

/// Settings of `[parallelism]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parallelism {
    /// Seconds to the first token.
    #[serde(default = "first_token")]
    window_seconds: u16,
    #[serde(default, rename = "where", deserialize_with = "settings::condition")]
    condition: Option<Filter>,
    #[serde(default, deserialize_with = "settings::call_types")]
    call_types: Vec<String>,
}

const fn first_token() -> u16 {
    2
}

impl super::Settings for Parallelism {
    const INFO: &'static Info = &Info {
        name: "parallelism",
        label: "parallelism",
        stage: Stage::PromptCache,
        summary: "send calls at the same time: no saving, and dearer with a cold cache",
        docs: DOCS,
        keys: &["window_seconds", "where", "call_types"],
    };
}

impl Parallelism {
    fn scope(&self) -> Scope<'_> {
        Scope { condition: self.condition.as_ref(), call_types: &self.call_types }
    }
}

impl Technique for Parallelism {
    fn info(&self) -> &'static Info {
        <Self as super::Settings>::INFO
    }

    fn dimensions(&self) -> Vec<String> {
        self.scope().dimensions()
    }

    fn prepare(&self, facts: &Facts<'_>, _: Scenario) -> Result<Prepared, TechniqueError> {
        let selection = self.scope().select(facts)?;
        let found = bursts(facts, &selection, i64::from(self.window_seconds));
        // Nothing to rewrite: what it changes is when calls are made, and no price depends on that.
        Ok(Prepared {
            rewrite: None,
            evidence: Evidence::Exact,
            note: "no saving: a token costs the same at any time".to_owned(),
            assumptions: vec![format!(
                "a cache entry can be read {} s after the first call of a burst",
                self.window_seconds
            )],
            warnings: selection.warnings("parallelism"),
            exhibits: vec![table(&found)],
        })
    }
}

fn table(found: &[RouteBursts]) -> Exhibit {
    let mut table = Exhibit::new(
        "parallel_bursts",
        "Calls at the same time, if their shared start is cached",
        &[
            ("call_type", "call type"),
            ("model", "model"),
            ("cold_bursts", "cold bursts"),
            ("calls", "calls"),
            ("at_once_usd", "all at once"),
            ("one_first_usd", "one first"),
            ("saved_usd", "one first saves"),
            ("largest", "largest"),
            ("factor", "times as dear"),
            ("warm_bursts", "warm bursts"),
            ("shared_tokens", "shared tokens"),
        ],
    );
    for one in found {
        let costs = one.costs.map(|costs| (costs, costs.at_once - costs.one_first));
        let usd = |amount: Option<Usd>| Cell::usd_or_missing(amount);
        let factor = costs.and_then(|(costs, _)| ratio(costs.at_once, costs.one_first));
        table.push([
            Cell::text(if one.call_type.is_empty() { "(no type)" } else { &one.call_type }),
            Cell::text(one.model.clone()),
            Cell::Count(one.cold),
            Cell::Count(one.calls),
            usd(costs.map(|(costs, _)| costs.at_once)),
            usd(costs.map(|(costs, _)| costs.one_first)),
            usd(costs.map(|(_, saved)| saved)),
            Cell::Count(one.largest),
            factor.map_or(Cell::Missing, Cell::Factor),
            Cell::Count(one.warm),
            Cell::Tokens(one.shared),
        ]);
    }
    if found.is_empty() {
        table.note("no two calls of one type and model start within the time to the first token");
    } else {
        table.note(
            "only the shared start of the prompts, as far as it is known, in bursts that find the \
             cache cold: send one call, wait for its first token, then send the others",
        );
    }
    table
}

/// How many times as dear, to a thousandth; nothing where there is no cost.
fn ratio(one: Usd, other: Usd) -> Option<Factor> {
    let thousandths = one.atto().checked_mul(1_000)?.checked_div(other.atto())?;
    Factor::of_counts(u64::try_from(thousandths).ok()?, 1_000)
}
