//! What other thresholds and lifetimes would have found: the settings the result depends on most.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::super::branch::Branch;
use super::super::facts::{Facts, Scene};
use super::bounds::at_most;
use super::likeness::SAME;
use super::lookup::Lookup;
use super::settings::Lifetime;
use super::store::{Hit, Rules, replay_within};
use super::telling::{Telling, threshold_text};
use super::wrong::Wrong;
use crate::exhibits::{Cell, Exhibit};
use crate::units::{FineUsd, Rate, Usd};
use crate::usage::{Symbol, column};

/// Similarities that published tests use, and equality.
const THRESHOLDS: [&str; 8] = ["0.75", "0.80", "0.85", "0.90", "0.92", "0.95", "0.99", "1"];

/// Lifetimes that are shown beside the chosen one, in hours.
const HOURS: [i64; 2] = [1, 24];

/// Shares of wrong answers that a threshold may be certified for.
const ALLOWED: [&str; 3] = ["0.01", "0.02", "0.05"];

/// Pairs further apart than this are no evidence for any threshold.
const FARTHEST: u64 = 600_000_000;

/// Pairs of questions that all of this may compare: about a quarter of a minute.
const BUDGET: u64 = 60_000_000;

/// What is tried.
pub(super) struct Sweep<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) telling: &'a Telling<'a>,
    pub(super) lookup: &'a Lookup,
}

/// What a replay comes to.
struct Sum {
    hits: u64,
    saved: Option<Usd>,
    right: u64,
    labelled: u64,
}

impl Sweep<'_> {
    /// The tables, in the order of their use. `compared` pairs made the replay itself.
    pub(super) fn exhibits(&self, found: &[Option<Hit>], compared: u64) -> Vec<Exhibit> {
        let mut budget = BUDGET;
        if compared > budget {
            budget = 0;
        }
        let mut exhibits = Vec::new();
        if self.telling.level.is_similarity() {
            exhibits.push(self.thresholds(&mut budget));
        }
        exhibits.push(self.lifetimes(&mut budget));
        exhibits.extend(self.certificates(&mut budget));
        exhibits.extend(self.harm(found));
        exhibits
    }

    fn thresholds(&self, budget: &mut u64) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "semantic_thresholds",
            format!("Semantic cache by threshold ({})", self.telling.level.name()),
            &[
                ("threshold", "threshold"),
                ("hits", "hits"),
                ("hit_share", "of eligible"),
                ("unguarded_hits", "without guards"),
                ("saved_usd", "saved"),
                ("precision_share", "precision"),
                ("recall_share", "recall"),
            ],
        );
        let repeated = self.repeated();
        for text in THRESHOLDS {
            let threshold = Rate::parse(text).expect("a rate").parts();
            let rules = Rules { threshold, ..self.telling.rules };
            // What is the same is as little in doubt as at the levels of equal texts.
            let wrong = if threshold == SAME { Wrong::none() } else { self.telling.wrong };
            let guarded = self.sum(&Rules { is_guarded: true, ..rules }, &wrong, budget);
            let free = self.sum(&Rules { is_guarded: false, ..rules }, &wrong, budget);
            let used = if rules.is_guarded { &guarded } else { &free };
            let told = used.as_ref();
            let name = if text == "1" { "same".to_owned() } else { text.to_owned() };
            if threshold == self.telling.rules.threshold {
                exhibit.highlight = Some(exhibit.rows.len());
            }
            exhibit.push([
                Cell::Text(name),
                count(guarded.as_ref()),
                self.share(told),
                count(free.as_ref()),
                told.and_then(|sum| sum.saved).map_or(Cell::Missing, Cell::Usd),
                told.map_or(Cell::Missing, |sum| part(sum.right, sum.labelled)),
                told.zip(repeated).map_or(Cell::Missing, |(sum, all)| part(sum.right, all)),
            ]);
        }
        exhibit.note(
            "hits have equal numbers, ids, dates, identifiers and negations; what is found without \
             that is the risk of wrong answers",
        );
        let labels = match repeated {
            None => "precision and recall need a column with what questions mean (`label`)",
            Some(_) => {
                "recall: right hits of the calls whose label was answered before in their scope \
                 and lifetime"
            }
        };
        exhibit.note(labels);
        note_budget(&mut exhibit, *budget);
        exhibit
    }

    fn lifetimes(&self, budget: &mut u64) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "semantic_lifetimes",
            "Semantic cache by lifetime of an answer",
            &[
                ("ttl", "lifetime"),
                ("hits", "hits"),
                ("hit_share", "of eligible"),
                ("saved_usd", "saved"),
            ],
        );
        let own = self.telling.rules.lifetime;
        let hours = HOURS.map(|hours| Lifetime::hours(hours).millis);
        let all: BTreeSet<i64> = hours.into_iter().chain([own]).collect();
        for lifetime in all {
            let sum =
                self.sum(&Rules { lifetime, ..self.telling.rules }, &self.telling.wrong, budget);
            if lifetime == own {
                exhibit.highlight = Some(exhibit.rows.len());
            }
            exhibit.push([
                Cell::Text(Lifetime { millis: lifetime }.text()),
                count(sum.as_ref()),
                self.share(sum.as_ref()),
                sum.and_then(|sum| sum.saved).map_or(Cell::Missing, Cell::Usd),
            ]);
        }
        note_budget(&mut exhibit, *budget);
        exhibit
    }

    /// The smallest thresholds at which the labels of the log rule out more wrong answers than
    /// allowed; each call is compared with the most similar one before it.
    fn certificates(&self, budget: &mut u64) -> Option<Exhibit> {
        let level = self.telling.level;
        self.telling.settings.label.as_ref().filter(|_| level.is_similarity())?;
        let rules = Rules {
            threshold: FARTHEST,
            serves: false,
            capacity: None,
            verify: None,
            ..self.telling.rules
        };
        let found = replay_within(self.telling.questions, &rules, budget)?;
        let pairs = found.into_iter().flatten();
        let mut pairs: Vec<(u64, bool)> =
            pairs.filter_map(|hit| Some((hit.similarity, hit.is_right?))).collect();
        pairs.sort_unstable();
        let mut exhibit = Exhibit::new(
            "semantic_certificates",
            "Smallest threshold that the labels certify",
            &[
                ("allowed_share", "wrong at most"),
                ("threshold", "threshold"),
                ("pairs", "labelled pairs"),
                ("wrong", "wrong"),
                ("bound_share", "bound at 95 %"),
            ],
        );
        let given = self.telling.rules.verify;
        let usual = ALLOWED.map(|text| Rate::parse(text).expect("a rate"));
        let allowed: BTreeSet<Rate> = usual.into_iter().chain(given).collect();
        for allowed in allowed {
            let mut row = [Cell::Missing, Cell::Missing, Cell::Missing, Cell::Missing];
            if let Some((threshold, seen, wrong, bound)) = certified(&pairs, allowed) {
                let text = Cell::Text(threshold_text(threshold));
                row = [text, Cell::Count(seen), Cell::Count(wrong), Cell::Rate(bound)];
            }
            exhibit.push([Cell::Rate(allowed)].into_iter().chain(row));
        }
        exhibit.note(
            "the bound of Clopper and Pearson; chosen on the same labels it is tested on, so leave \
             some room",
        );
        Some(exhibit)
    }

    /// What wrong answers cost beyond the calls, where that is given.
    fn harm(&self, found: &[Option<Hit>]) -> Option<Exhibit> {
        let harm = self.telling.settings.harm?;
        let mut exhibit = Exhibit::new(
            "semantic_harm",
            "Saving after the harm of wrong answers",
            &[
                ("wrong_answers", "wrong answers"),
                ("harm_usd", "harm"),
                ("saved_usd", "saved"),
                ("net_usd", "after harm"),
            ],
        );
        let wrong = found.iter().flatten().map(|hit| {
            // What is made beyond what is explored is made because of a wrong answer.
            let made = self.telling.wrong.made(hit).minus(hit.explored);
            made.parts()
        });
        let wrong: u64 = wrong.sum();
        let whole = Rate::ONE.parts();
        let cost = harm.times(wrong / whole)?;
        let rest = Rate::of_counts(wrong % whole, whole)?;
        let cost = cost.checked_add(FineUsd::weighted(harm, rest)?.to_usd())?;
        let saved = self.saved(found, &self.telling.wrong);
        exhibit.push([
            Cell::Count((wrong + whole / 2) / whole),
            Cell::Usd(cost),
            saved.map_or(Cell::Missing, Cell::Usd),
            saved.map_or(Cell::Missing, |saved| Cell::Usd(saved - cost)),
        ]);
        exhibit.note("no provider bills the harm, so it is in no other figure");
        Some(exhibit)
    }

    fn sum(&self, rules: &Rules, wrong: &Wrong, budget: &mut u64) -> Option<Sum> {
        let found = replay_within(self.telling.questions, rules, budget)?;
        let known = || found.iter().flatten().filter_map(|hit| hit.is_right);
        Some(Sum {
            hits: found.iter().flatten().count() as u64,
            saved: self.saved(&found, wrong),
            right: known().filter(|right| *right).count() as u64,
            labelled: known().count() as u64,
        })
    }

    /// What the hits save of their own calls, less every lookup; nothing beyond all bounds.
    fn saved(&self, found: &[Option<Hit>], wrong: &Wrong) -> Option<Usd> {
        let calls = self.facts.calls;
        let mut total = FineUsd::ZERO;
        for (asked, hit) in self.telling.questions.asked.iter().zip(found) {
            let row = asked.row;
            let scene = Scene { facts: self.facts, row, geo: calls.name(column::GEO, row) };
            let branch = Branch::logged(calls.call(row), self.facts.model(row)?);
            if let Some(hit) = hit {
                let spared = wrong.made(hit).complement();
                let cost = scene.cost(&branch).ok()?;
                total = total.checked_add(FineUsd::weighted(cost, spared)?)?;
            }
            if let Some(lookup) = self.lookup.of(&branch) {
                let cost = FineUsd::weighted(scene.cost(&lookup).ok()?, Rate::ONE)?;
                total = total.checked_sub(cost)?;
            }
        }
        Some(total.to_usd())
    }

    fn share(&self, sum: Option<&Sum>) -> Cell {
        let asked = self.telling.questions.asked.len() as u64;
        sum.map_or(Cell::Missing, |sum| part(sum.hits, asked))
    }

    /// Calls whose label was answered before in their scope, within the lifetime; nothing without
    /// labels.
    fn repeated(&self) -> Option<u64> {
        let lifetime = self.telling.rules.lifetime;
        let mut answers: HashMap<(u32, Symbol), BTreeSet<(i64, i64)>> = HashMap::new();
        let mut repeated = 0;
        let asked = self.telling.questions.asked.iter().filter(|asked| !asked.label.is_empty());
        for asked in asked {
            let known = answers.entry((asked.scope, asked.label)).or_default();
            let first = (asked.at.saturating_sub(lifetime).saturating_add(1), i64::MIN);
            let mut live = known.range(first..=(asked.at, i64::MAX));
            repeated += u64::from(live.any(|(_, start)| *start < asked.at));
            if asked.is_kept {
                known.insert((asked.answered, asked.at));
            }
        }
        (!answers.is_empty()).then_some(repeated)
    }
}

/// The smallest threshold at which so many wrong answers are ruled out: it, the pairs from it on,
/// the wrong ones among them, and the bound. `pairs` are in order of similarity.
pub(super) fn certified(pairs: &[(u64, bool)], allowed: Rate) -> Option<(u64, u64, u64, Rate)> {
    let mut wrong = pairs.iter().filter(|(_, right)| !right).count() as u64;
    let mut place = 0;
    while let Some((threshold, _)) = pairs.get(place) {
        let seen = (pairs.len() - place) as u64;
        // No bound is below what was seen.
        if Rate::of_counts(wrong, seen).is_some_and(|share| share <= allowed) {
            let bound = at_most(wrong, seen);
            if bound <= allowed {
                return Some((*threshold, seen, wrong, bound));
            }
        }
        while let Some((similarity, right)) = pairs.get(place)
            && similarity == threshold
        {
            wrong -= u64::from(!right);
            place += 1;
        }
    }
    None
}

fn count(sum: Option<&Sum>) -> Cell {
    sum.map_or(Cell::Missing, |sum| Cell::Count(sum.hits))
}

fn part(part: u64, whole: u64) -> Cell {
    Rate::of_counts(part, whole).map_or(Cell::Missing, Cell::Rate)
}

fn note_budget(exhibit: &mut Exhibit, budget: u64) {
    if budget == 0 {
        exhibit.note(
            "some rows are missing: they would compare too many pairs of questions; narrow the \
             calls with `where` or `scope`",
        );
    }
}
