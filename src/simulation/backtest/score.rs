//! Predicts the calls of one log and compares each with what was billed.

use crate::techniques::Facts;
use crate::techniques::warmth::{
    Assumption, Calibration, History, Learner, Prospect, Sight, Split, Term,
};
use crate::units::{Rate, Tokens, Usd};

use super::error::BacktestError;
use super::options::BacktestOptions;
use super::outcome::{Comparison, Learned, LogComparison, Predicted};
use super::range::{Ends, RangeSums, add, widest};
use super::rows::{Entry, Log};
use super::tables::Tables;

/// How the calls of a log are predicted.
struct Guess {
    /// One assumption for each lifetime.
    point: [Assumption; 2],
    expected: [Assumption; 2],
    /// The part of the calls with the default lifetime.
    default_term: Rate,
    /// The lifetime the simplest rule goes by.
    simplest: Term,
}

impl Guess {
    /// Without any look at counters.
    fn blind(prospects: &[Prospect], lifetime: Option<Term>) -> Self {
        let losses = Term::ALL.map(|term| {
            let within = prospects.iter().filter(|prospect| prospect.is_within(term));
            within.map(|prospect| prospect.loss(term).parts()).sum()
        });
        let half = Rate::of_counts(1, 2).unwrap_or(Rate::ONE);
        Self {
            point: losses.map(Assumption::point),
            expected: [Assumption::expected(); 2],
            default_term: match lifetime {
                Some(Term::Default) => Rate::ONE,
                Some(Term::Long) => Rate::ZERO,
                None => half,
            },
            simplest: lifetime.unwrap_or(Term::Default),
        }
    }

    /// After an earlier period.
    fn calibrated(self, calibration: &Calibration) -> Self {
        let learned = [calibration.expected(); 2];
        Self { point: learned, expected: learned, default_term: calibration.default_term, ..self }
    }

    /// The lifetimes that some of the calls have.
    fn terms(&self) -> impl Iterator<Item = Term> {
        let all =
            [(Term::Default, self.default_term), (Term::Long, self.default_term.complement())];
        all.into_iter().filter(|(_, part)| *part > Rate::ZERO).map(|(term, _)| term)
    }

    /// The one lifetime that all calls have; nothing where some have the other.
    fn only_term(&self) -> Option<Term> {
        let mut terms = self.terms();
        let first = terms.next();
        if terms.next().is_none() { first } else { None }
    }
}

/// What can be foreseen of calls that are a log of their own.
fn prospects(entries: &[Entry]) -> Vec<Prospect> {
    let sights: Vec<Sight> = entries.iter().map(|entry| entry.sight).collect();
    let mut history = History::of(&sights);
    entries.iter().map(|entry| history.meet(&entry.sight, entry.rules)).collect()
}

/// Compares one log, and adds its calls to the tables.
pub(super) fn compare(
    facts: &Facts<'_>,
    log: &Log,
    options: &BacktestOptions,
    tables: &mut Tables,
) -> Result<LogComparison, BacktestError> {
    let all = prospects(&log.entries);
    let scored = if options.calibrate { log.entries.len() / 2 } else { 0 };
    let (entries, prospects) = (&log.entries[scored..], &all[scored..]);
    let blind = Guess::blind(prospects, options.lifetime);
    let calibration = options.calibrate.then(|| learn(&log.entries[..scored])).flatten();
    let mut uncalibrated = Usd::ZERO;
    if options.calibrate {
        for (entry, prospect) in entries.iter().zip(prospects) {
            let split = prospect.split(&blind.point, blind.default_term);
            add(&mut uncalibrated, entry.cost(facts, &split.of(&entry.visible))?)?;
        }
    }
    let guess = match &calibration {
        Some(calibration) => blind.calibrated(calibration),
        None => blind,
    };
    let ends = Ends::of(prospects, calibration.as_ref());
    let mut comparison = Comparison::default();
    let mut sums: Vec<(Term, RangeSums)> =
        guess.terms().map(|term| (term, RangeSums::default())).collect();
    for (entry, prospect) in entries.iter().zip(prospects) {
        let one = compare_call(facts, entry, prospect, &guess)?;
        comparison.merge(&one);
        let cause = prospect.cause_under(guess.only_term());
        tables.add(entry, prospect, cause, &one, predicted_losses(prospect, &guess));
        for (term, sum) in &mut sums {
            sum.add(facts, entry, prospect, *term, &ends)?;
        }
    }
    let ranges: Result<Vec<_>, _> = sums.iter().map(|(_, sum)| sum.range()).collect();
    let learned =
        options.calibrate.then_some(Learned { calls: scored as u64, calibration, uncalibrated });
    Ok(LogComparison { file: log.file, comparison, range: widest(&ranges?), learned })
}

/// What the counters of an earlier period teach, from nothing but that period.
fn learn(entries: &[Entry]) -> Option<Calibration> {
    let mut learner = Learner::default();
    for (entry, prospect) in entries.iter().zip(prospects(entries)) {
        learner.learn(&prospect, entry.counted);
    }
    learner.calibration()
}

fn compare_call(
    facts: &Facts<'_>,
    entry: &Entry,
    prospect: &Prospect,
    guess: &Guess,
) -> Result<Comparison, BacktestError> {
    let splits = Predicted {
        point: prospect.split(&guess.point, guess.default_term),
        expected: prospect.split(&guess.expected, guess.default_term),
        simplest: prospect.simplest(guess.simplest),
    };
    let cost = |split: &Split| entry.cost(facts, &split.of(&entry.visible));
    Ok(Comparison {
        calls: 1,
        input: prospect.input,
        read: entry.counted.read,
        predicted_read: Predicted {
            point: splits.point.read,
            expected: splits.expected.read,
            simplest: splits.simplest.read,
        },
        billed: entry.billed,
        predicted: Predicted {
            point: cost(&splits.point)?,
            expected: cost(&splits.expected)?,
            simplest: cost(&splits.simplest)?,
        },
    })
}

/// The probability that a call loses its prompt, in billionths.
fn predicted_losses(prospect: &Prospect, guess: &Guess) -> Predicted<u64> {
    let under = |assumptions: &[Assumption; 2]| {
        let [short, long] = [(Term::Default, &assumptions[0]), (Term::Long, &assumptions[1])]
            .map(|(term, assumption)| prospect.loss_under(term, assumption));
        let part = guess.default_term.times(short).parts();
        part + guess.default_term.complement().times(long).parts()
    };
    let split = prospect.simplest(guess.simplest);
    let is_lost = split.read.get() < stake(prospect).get().div_ceil(2);
    Predicted {
        point: under(&guess.point),
        expected: under(&guess.expected),
        simplest: if is_lost { Rate::ONE.parts() } else { 0 },
    }
}

/// What a call could have read at best: the prompt before it in the chain, or, at the first of a
/// chain, all of its own.
pub(super) fn stake(prospect: &Prospect) -> Tokens {
    let before = prospect.simplest.map(|(tokens, _)| tokens);
    before.filter(|tokens| !tokens.is_zero()).unwrap_or(prospect.input)
}
