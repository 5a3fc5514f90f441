//! Where the bill of a what-if is computed: which models, which shares, which caps.

use crate::techniques::{Facts, Sibling, cheaper_siblings};
use crate::units::{Rate, Tokens};
use crate::usage::{Row, column};

/// So many calls are walked at most, all combinations together: about half a minute on two cores.
/// Longer logs have the fewest stops all the same.
const VISITS: usize = 20_000_000;

/// How many stops there are, from the most to the fewest.
struct Plenty {
    /// Models that calls may be moved to, at most.
    targets: usize,
    /// The parts of answers that caps leave whole, in percent.
    kept: &'static [usize],
    /// Shares that are walked one by one, in tenths.
    tenths: &'static [u64],
}

/// For logs of which the bill is linear in the share of moved calls.
const LINEAR: [Plenty; 3] = [
    Plenty { targets: 3, kept: &[99, 95, 90, 75, 50], tenths: &[10] },
    Plenty { targets: 1, kept: &[95, 90, 75], tenths: &[10] },
    Plenty { targets: 1, kept: &[95], tenths: &[10] },
];

/// For logs of which it is not.
const STEPPED: [Plenty; 3] = [
    Plenty { targets: 2, kept: &[95, 90, 75], tenths: &[2, 4, 6, 8, 10] },
    Plenty { targets: 1, kept: &[95, 75], tenths: &[2, 4, 6, 8, 10] },
    Plenty { targets: 1, kept: &[95], tenths: &[5, 10] },
];

/// The stops of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stops {
    /// Models, that of the dearest one first.
    pub(super) targets: Vec<String>,
    /// Shares, from nothing on.
    pub(super) shares: Vec<Rate>,
    /// Caps, the longest first.
    pub(super) caps: Vec<Tokens>,
}

impl Stops {
    /// How often the log is walked for them.
    pub(super) fn walks(&self) -> usize {
        (1 + self.targets.len() * (self.shares.len() - 1)) * (1 + self.caps.len())
    }
}

/// Chooses them: as many as can be walked in time. `remembers` says whether caps need a walk in order
/// of time, so that shares of moved calls have to be walked one by one.
pub(super) fn stops(facts: &Facts<'_>, remembers: impl Fn(&[Tokens]) -> bool) -> Stops {
    let lengths = lengths(facts);
    let caps = |kept: &[usize]| {
        let mut caps: Vec<Tokens> = kept.iter().filter_map(|kept| cap(&lengths, *kept)).collect();
        caps.dedup();
        caps
    };
    let choices = if remembers(&caps(LINEAR[0].kept)) { &STEPPED } else { &LINEAR };
    let targets = targets(facts);
    let share = |tenths: &u64| Rate::of_counts(*tenths, 10).expect("tenths of a whole");
    let stops = |plenty: &Plenty| Stops {
        targets: targets.iter().take(plenty.targets).cloned().collect(),
        shares: std::iter::once(Rate::ZERO).chain(plenty.tenths.iter().map(share)).collect(),
        caps: caps(plenty.kept),
    };
    let fits = |plenty: &&Plenty| stops(plenty).walks().saturating_mul(facts.calls.len()) <= VISITS;
    stops(choices.iter().find(fits).unwrap_or(&choices[2]))
}

/// The lengths of all answers, from the shortest.
fn lengths(facts: &Facts<'_>) -> Vec<u64> {
    let calls = facts.calls;
    let length = |row: Row| {
        let call = calls.call(row);
        call.output_total().get() / call.calls.max(1)
    };
    let mut lengths: Vec<u64> = (0..calls.len()).map(length).filter(|tokens| *tokens > 0).collect();
    lengths.sort_unstable();
    lengths
}

/// A round number of tokens that so many of a hundred answers keep to.
fn cap(lengths: &[u64], percent: usize) -> Option<Tokens> {
    let place = (lengths.len() * percent).div_ceil(100).checked_sub(1)?;
    let exact = *lengths.get(place)?;
    let step = match exact {
        0..100 => 10,
        100..1_000 => 50,
        1_000..10_000 => 500,
        _ => 5_000,
    };
    Some(Tokens::new(exact.div_ceil(step) * step))
}

/// The cheapest model of the provider of each model, those of the dearest models first.
fn targets(facts: &Facts<'_>) -> Vec<String> {
    let calls = facts.calls;
    let priced = facts.modelled_rows().filter_map(|(row, model)| {
        let cost = facts.cost(model, &calls.call(row), calls.name(column::GEO, row));
        Some((row, model, cost.ok()?))
    });
    let mut targets: Vec<String> = Vec::new();
    for Sibling { target, .. } in cheaper_siblings(facts, priced) {
        let name = &facts.book.model(target).id;
        // A flag names the model alone: it must mean this one.
        let is_clear = facts.named_model("", name).is_ok_and(|found| found == target);
        if is_clear && !targets.contains(name) {
            targets.push(name.clone());
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lengths: &[u64], percent: usize, expected: Option<u64>) {
        assert_eq!(cap(lengths, percent), expected.map(Tokens::new), "{lengths:?} {percent}");
    }

    #[test]
    fn a_cap_is_a_round_number_that_so_many_answers_keep_to() {
        let hundred: Vec<u64> = (1..=100).collect();
        check(&hundred, 95, Some(100));
        check(&hundred, 50, Some(50));
        check(&hundred, 75, Some(80));
        check(&[1_234], 50, Some(1_500));
        check(&[1_000], 99, Some(1_000));
        check(&[23_456], 99, Some(25_000));
        check(&[], 99, None);
    }
}
