//! What a log knows besides its cache counters, withheld from its second half and predicted from
//! its first: which model answered, and how much of an answer lies beyond a cap.
//!
//! The first half of the calls, in order of time, teaches; the second half is predicted without a
//! look at what is withheld of it, priced, and compared with what was billed.

mod error;
mod output;
mod served;
mod sums;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::pricing::PriceBook;
use crate::techniques::Facts;
use crate::units::{FineUsd, Tokens, Usd};
use crate::usage::{Call, Calls, Row};

pub use error::WithheldError;
pub use sums::{WithheldLine, WithheldResult};

use sums::Sums;

/// What is withheld of the second half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Which model answered: only the one that was asked for is known.
    ServedModel,
    /// What lies beyond this many tokens of an answer, reasoning included.
    OutputBeyond(Tokens),
}

impl Withheld {
    /// The name in flags and machine output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServedModel => "served-model",
            Self::OutputBeyond(_) => "output",
        }
    }
}

/// A call that can be compared.
struct Candidate {
    row: Row,
    call: Call,
    billed: Usd,
    /// What it costs with what is withheld left out.
    simplest: Usd,
}

/// What is predicted of one call.
struct Prediction {
    cost: FineUsd,
    is_affected: bool,
}

/// One way of predicting what is withheld.
trait Predictor {
    /// A call and what it costs with what is withheld left out; nothing when the log does not say
    /// what is needed, or the call has no price without it.
    fn candidate(&self, facts: &Facts<'_>, row: Row) -> Option<(Call, Usd)>;
    /// The group a call is told in.
    fn group(&self, facts: &Facts<'_>, row: Row) -> String;
    /// Takes a call of the first half.
    fn learn(&mut self, facts: &Facts<'_>, candidate: &Candidate);
    /// Predicts a call of the second half.
    fn predict(
        &self,
        facts: &Facts<'_>,
        candidate: &Candidate,
    ) -> Result<Prediction, WithheldError>;
}

/// Predicts the second half of a log from its first. `calls` are in order of time.
///
/// # Errors
/// When no call says what would be withheld, there are fewer than two such calls, or an amount does
/// not fit.
pub fn withhold(
    calls: &Calls,
    book: &PriceBook,
    withheld: Withheld,
) -> Result<WithheldResult, WithheldError> {
    let facts = Facts::new(calls, book);
    match withheld {
        Withheld::ServedModel => run(&facts, withheld, served::Served::default()),
        Withheld::OutputBeyond(cap) => run(&facts, withheld, output::Beyond::new(cap)),
    }
}

fn run(
    facts: &Facts<'_>,
    withheld: Withheld,
    mut predictor: impl Predictor,
) -> Result<WithheldResult, WithheldError> {
    let mut left_out = 0;
    let mut candidates = Vec::new();
    for row in 0..facts.calls.len() {
        let billed = billed(facts, row);
        match predictor.candidate(facts, row).zip(billed) {
            Some(((call, simplest), billed)) if !call.time.is_missing() => {
                candidates.push(Candidate { row, call, billed, simplest });
            }
            _ => left_out += facts.calls.call(row).calls,
        }
    }
    if candidates.len() < 2 {
        return Err(WithheldError::nothing(withheld, facts));
    }
    let (first, second) = candidates.split_at(candidates.len() / 2);
    for candidate in first {
        predictor.learn(facts, candidate);
    }
    let mut groups: BTreeMap<String, Sums> = BTreeMap::new();
    for candidate in second {
        let prediction = predictor.predict(facts, candidate)?;
        let group = groups.entry(predictor.group(facts, candidate.row)).or_default();
        group.add(candidate, &prediction)?;
    }
    let learned_from = first.iter().map(|one| one.call.calls).sum();
    WithheldResult::new(withheld, learned_from, left_out, groups)
}

fn billed(facts: &Facts<'_>, row: Row) -> Option<Usd> {
    let geo = facts.calls.name(crate::usage::column::GEO, row);
    facts.cost(facts.model(row)?, &facts.calls.call(row), geo).ok()
}
