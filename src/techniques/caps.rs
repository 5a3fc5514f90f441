//! Where answers end, and what a limit takes off a log.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::output_lengths::OutputLengths;
use super::scope::Selection;
use super::settings;
use super::wording::{grouped, percent};
use crate::units::{Rate, TokenClass, Tokens, Usd};
use crate::usage::{Row, column};

/// The longest answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// So many tokens.
    Tokens(Tokens),
    /// What this share of the answers to a call type keep to.
    Quantile(Rate),
    /// What only runaway answers to a call type meet.
    Guardrail,
}

impl Limit {
    /// Whether it leaves nothing of an answer.
    pub(super) fn is_zero(self) -> bool {
        self == Self::Tokens(Tokens::ZERO)
    }
}

/// `800`, `"p95"`, `"p99.5"` or `"guardrail"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct LimitSetting(pub(super) Limit);

impl<'de> Deserialize<'de> for LimitSetting {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(LimitVisitor).map(Self)
    }
}

struct LimitVisitor;

impl Visitor<'_> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count of tokens such as 800, a percentile such as \"p95\", or \"guardrail\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Limit, E> {
        let text = text.trim();
        if let Ok(count) = text.parse::<i64>() {
            return self.visit_i64(count);
        }
        if text == "guardrail" {
            return Ok(Limit::Guardrail);
        }
        let rank = text.strip_prefix('p').and_then(|rank| Rate::parse(&format!("{rank}%")).ok());
        rank.map(Limit::Quantile).ok_or_else(|| {
            E::custom(format!(
                "`{text}` is no limit: write a count of tokens such as 800, a percentile of each \
                 call type's answers such as \"p95\", or \"guardrail\""
            ))
        })
    }

    fn visit_i64<E: Error>(self, count: i64) -> Result<Limit, E> {
        settings::checked_count(count).map(|count| Limit::Tokens(Tokens::new(count)))
    }
}

/// A limit for the calls of a log.
pub(super) struct Caps {
    selection: Selection,
    /// By symbol of the call type; nothing where its answers are not known.
    limits: Vec<Option<Tokens>>,
}

impl Caps {
    /// The limit of every call type.
    pub(super) fn new(
        limit: Limit,
        lengths: &OutputLengths,
        selection: Selection,
        facts: &Facts<'_>,
    ) -> Self {
        let types = facts.calls.dimensions[column::CALL_TYPE].names();
        let limits = types.map(|(symbol, _)| match limit {
            Limit::Tokens(tokens) => Some(tokens),
            Limit::Quantile(share) => lengths.quantile(symbol, share),
            Limit::Guardrail => lengths.guardrail(symbol),
        });
        Self { selection, limits: limits.collect() }
    }

    /// The same calls with another limit.
    pub(super) fn with(&self, limit: Limit, lengths: &OutputLengths, facts: &Facts<'_>) -> Self {
        Self::new(limit, lengths, self.selection.clone(), facts)
    }

    /// Whether a call is meant.
    pub(super) fn holds(&self, row: Row) -> bool {
        self.selection.holds(row)
    }

    /// The longest answer of single calls like this one.
    fn limit(&self, scene: &Scene<'_>) -> Option<Tokens> {
        let call_type = scene.facts.calls.symbol(column::CALL_TYPE, scene.row);
        self.limits[call_type.index()].filter(|_| self.holds(scene.row))
    }

    /// The call with its answer cut; nothing when it is short enough. Sound and images stay.
    pub(super) fn cut(&self, branch: &Branch, scene: &Scene<'_>) -> Option<Branch> {
        let limit = self.limit(scene)?;
        let tokens = &branch.call.tokens;
        let answer = tokens[TokenClass::Output] + tokens[TokenClass::Reasoning];
        let excess = answer.saturating_sub(branch.for_row(limit));
        if excess.is_zero() {
            return None;
        }
        let mut cut = *branch;
        let visible = cut.remove(TokenClass::Output, excess);
        cut.remove(TokenClass::Reasoning, excess.saturating_sub(visible));
        Some(cut)
    }

    /// What the limit takes off the logged calls.
    pub(super) fn effect(&self, facts: &Facts<'_>) -> CapEffect {
        let mut found = CapEffect::default();
        for (row, model) in facts.modelled_rows() {
            let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
            let logged = Branch::logged(facts.calls.call(row), model);
            let Ok(cost) = scene.cost(&logged) else { continue };
            found.bill += cost;
            found.calls += if self.holds(row) { logged.call.calls } else { 0 };
            let Some(cut) = self.cut(&logged, &scene) else { continue };
            let Ok(after) = scene.cost(&cut) else { continue };
            found.cut += logged.call.calls;
            found.saved += cost - after;
            found.cut_cost += cost;
            if cut.call.tokens[TokenClass::Output].is_zero() {
                found.empty += logged.call.calls;
            }
        }
        found
    }
}

/// What a limit takes off a log, before anything is made again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CapEffect {
    /// What all priced calls cost.
    pub(super) bill: Usd,
    /// Calls in scope.
    pub(super) calls: u64,
    /// Calls with an answer beyond the limit.
    pub(super) cut: u64,
    /// Of those, the ones left without a visible answer.
    pub(super) empty: u64,
    /// What lies beyond it.
    pub(super) saved: Usd,
    /// What the cut calls cost whole.
    pub(super) cut_cost: Usd,
}

impl CapEffect {
    /// What is left of the saving when every cut call is made again.
    pub(super) fn net(&self) -> Usd {
        self.saved - self.cut_cost
    }

    /// The share of cut calls that may be made again before the saving is gone.
    pub(super) fn break_even(&self) -> Option<Rate> {
        settings::rate_of(self.saved, self.cut_cost)
    }

    /// The figures in words.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut said =
            vec![format!("{} of {} answers would be cut", grouped(self.cut), grouped(self.calls))];
        said.extend(self.break_even().map(|share| {
            format!(
                "break-even: the saving is gone when {} of the cut calls are made again",
                percent(share)
            )
        }));
        said
    }

    /// That some answers would be empty.
    pub(super) fn warning(&self) -> Option<String> {
        (self.empty > 0).then(|| {
            format!(
                "output cap: {} cut answers would have no visible word left, because their \
                 reasoning alone reaches the cap; they are billed all the same",
                grouped(self.empty)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Sample {
        tokens: LimitSetting,
    }

    fn check(text: &str, expected: Result<Limit, &str>) {
        let read = toml::from_str::<Sample>(&format!("tokens = {text}"));
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read.tokens.0, expected, "{text}"),
            (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
            (read, expected) => {
                panic!("{text}: {:?}, expected {expected:?}", read.map(|one| one.tokens))
            }
        }
    }

    #[test]
    fn a_limit_is_a_count_a_percentile_or_a_guardrail() {
        let rate = |text| Rate::parse(text).expect("a rate");
        check("800", Ok(Limit::Tokens(Tokens::new(800))));
        check("\"800\"", Ok(Limit::Tokens(Tokens::new(800))));
        check("\"p95\"", Ok(Limit::Quantile(rate("0.95"))));
        check("\"p99.5\"", Ok(Limit::Quantile(rate("0.995"))));
        check("\"guardrail\"", Ok(Limit::Guardrail));
        check("\"p101\"", Err("is no limit"));
        check("\"95%\"", Err("is no limit"));
        check("-1", Err("between 0 and"));
    }
}
