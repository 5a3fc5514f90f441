//! All columns together: which is taken for what, what is left open, and what to propose.

use std::collections::BTreeMap;

use crate::sources::field::Field;
use crate::sources::writing::{COST_UNIT, DECIMAL_COMMA, INCLUDES_CACHE, INCLUDES_REASONING};

use super::money::{UNNAMED, Unit, unit};
use super::names::Name;
use super::rules::{BARE, Candidate, EXACT, UNCLEAR, candidates, miscounted};
use super::samples::{kind, sample};
use super::sums::{Counts, Inside, adds_up, named_adds_up, pair};
use super::survey::{Cell, Column, Survey};
use super::{Finding, Guess, Proposal, Role};

/// What is known of one column.
#[derive(Debug, Default)]
struct Judged {
    candidate: Option<Candidate>,
    taken: bool,
    reason: String,
}

/// The state of the deliberation.
struct Judge<'s> {
    survey: &'s Survey,
    judged: Vec<Judged>,
    taken: BTreeMap<Field, usize>,
    doubts: Vec<String>,
    statements: Vec<(&'static str, String)>,
}

/// Takes each column for what it can be.
pub(super) fn judge(survey: &Survey) -> Guess {
    let judged = survey.columns.iter().map(|column| match candidates(column) {
        Ok(mut found) => {
            let candidate = if found.is_empty() { None } else { Some(found.swap_remove(0)) };
            Judged { candidate, ..Judged::default() }
        }
        Err(reason) => Judged { reason, ..Judged::default() },
    });
    let judged = judged.collect();
    let (taken, doubts, statements) = (BTreeMap::new(), Vec::new(), Vec::new());
    let mut judge = Judge { survey, judged, taken, doubts, statements };
    judge.settle(Field::Total);
    for field in Field::ALL {
        judge.settle(field);
    }
    judge.fill_from_total();
    judge.drop_wrong_total();
    judge.find_total();
    judge.cost();
    judge.overlaps();
    judge.times();
    judge.finish()
}

impl<'s> Judge<'s> {
    fn column(&self, field: Field) -> Option<&'s Column> {
        self.taken.get(&field).map(|place| &self.survey.columns[*place])
    }

    /// Gives a field its best column.
    fn settle(&mut self, field: Field) {
        if self.taken.contains_key(&field) {
            return;
        }
        let mut best: Vec<usize> = Vec::new();
        for (place, judged) in self.judged.iter().enumerate() {
            let Some(candidate) = judged.candidate.as_ref().filter(|found| found.field == field)
            else {
                continue;
            };
            let strength = |place: &usize| {
                self.judged[*place].candidate.as_ref().map_or(0, |found| found.strength)
            };
            match best.first().map(strength) {
                Some(known) if known > candidate.strength => {}
                Some(known) if known == candidate.strength => best.push(place),
                _ => best = vec![place],
            }
        }
        if best.len() > 1 {
            let fitting = self.fitting(field, &best);
            best = fitting;
        }
        let Some(first) = best.first().copied() else { return };
        // Which of several totals it is, the sums say.
        if field != Field::Total && best.iter().any(|place| !self.agree(first, *place)) {
            self.doubts.push(self.tie(field, &best));
        }
        self.take(field, first);
    }

    /// Whether two columns never say different things.
    fn agree(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|place| self.survey.columns[place].cells.iter());
        one.zip(other).all(|(a, b)| a == b || *a == Cell::Absent || *b == Cell::Absent)
    }

    fn tie(&self, field: Field, places: &[usize]) -> String {
        const SHOWN: usize = 3;
        let name = field.own_name().unwrap_or("the total");
        let path = |place: &usize| format!("`{}`", self.survey.columns[*place].path);
        let mut shown: Vec<String> = places.iter().take(SHOWN).map(path).collect();
        let taken = shown.first().cloned().unwrap_or_default();
        if places.len() > SHOWN {
            shown.push(format!("{} more", places.len() - SHOWN));
        }
        let all = shown.join(" and ");
        format!("{all} fit {name} equally well; {taken} is taken")
    }

    fn take(&mut self, field: Field, place: usize) {
        self.taken.insert(field, place);
        self.judged[place].taken = true;
        if let Some(candidate) = &self.judged[place].candidate {
            self.judged[place].reason = candidate.reason.clone();
        }
    }

    /// Those of equally good columns that the total speaks for, most often present first.
    fn fitting(&self, field: Field, places: &[usize]) -> Vec<usize> {
        let mut places = places.to_vec();
        let present = |place: &usize| self.survey.columns[*place].present().count();
        places.sort_by_key(|place| std::cmp::Reverse(present(place)));
        let others = match field {
            Field::Input => Field::Output,
            Field::Output => Field::Input,
            _ => return places,
        };
        let Some(total) = self.column(Field::Total) else { return places };
        let is_other =
            |judged: &Judged| judged.candidate.as_ref().is_some_and(|found| found.field == others);
        let columns = &self.survey.columns;
        let fits = |place: &usize| {
            let mut partners = (0..columns.len()).filter(|other| is_other(&self.judged[*other]));
            partners.any(|other| adds_up(total, &[&columns[*place], &columns[other]]))
        };
        let fitting: Vec<usize> = places.iter().copied().filter(fits).collect();
        if fitting.is_empty() { places } else { fitting }
    }

    /// Finds the count that the total lacks.
    fn fill_from_total(&mut self) {
        let columns = &self.survey.columns;
        let free: Vec<usize> = (0..columns.len())
            .filter(|place| self.judged[*place].candidate.is_none() && columns[*place].is_counts())
            .collect();
        let wanted = match (self.column(Field::Input), self.column(Field::Output)) {
            (Some(input), None) => (Field::Output, input),
            (None, Some(output)) => (Field::Input, output),
            (None, None) => {
                self.name_pair(&free);
                return;
            }
            (Some(_), Some(_)) => return,
        };
        let (field, known) = wanted;
        let Some(total) = self.column(Field::Total) else { return };
        let fitting: Vec<usize> =
            free.into_iter().filter(|place| adds_up(total, &[known, &columns[*place]])).collect();
        if let [place] = fitting[..] {
            let reason = format!("`{}` less `{}`, in all records", total.path, known.path);
            self.judged[place].candidate = Some(Candidate { field, strength: EXACT, reason });
            self.take(field, place);
        }
    }

    /// Says which columns are the counts, where nothing says which is which.
    fn name_pair(&mut self, free: &[usize]) {
        let Some(place) = self.taken.get(&Field::Total).copied() else { return };
        let total = &self.survey.columns[place];
        // A sum of two numbers alone may be one of anything.
        if self.judged[place].candidate.as_ref().is_none_or(|found| found.strength == BARE) {
            return;
        }
        let columns: Vec<&Column> = free.iter().map(|at| &self.survey.columns[*at]).collect();
        if let Some([first, second]) = pair(total, &columns) {
            self.doubts.push(format!(
                "`{}` = `{}` + `{}`: one is the input, the other the output, but nothing says which",
                total.path, first.path, second.path
            ));
        }
    }

    /// A total that nothing adds up to proves nothing; say so instead.
    fn drop_wrong_total(&mut self) {
        let Some(place) = self.taken.get(&Field::Total).copied() else { return };
        let parts =
            [Field::Input, Field::Output, Field::CacheRead, Field::CacheWrite, Field::Reasoning];
        let parts: Vec<&Column> = parts.iter().filter_map(|field| self.column(*field)).collect();
        let total = &self.survey.columns[place];
        let sets = 1usize << parts.len();
        let is_named = self.judged[place].candidate.as_ref().is_some_and(|one| one.strength > BARE);
        let is_sum = if is_named { named_adds_up } else { adds_up };
        let fits = (1..sets).any(|set| {
            let chosen = parts.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
            is_sum(total, &chosen.map(|(_, part)| *part).collect::<Vec<_>>())
        });
        if fits {
            self.judged[place].reason.push_str("; shows what is inside what");
        } else {
            self.taken.remove(&Field::Total);
            self.judged[place].taken = false;
            let judged = &mut self.judged[place];
            // One that is only not told apart was never said to be a total.
            let is_unclear = judged.reason == UNCLEAR;
            judged.candidate = None;
            let reason =
                if is_unclear { UNCLEAR } else { "a total that the other counts do not add up to" };
            reason.clone_into(&mut judged.reason);
        }
    }

    /// A column that is the sum of the counts in all records is their total, whatever its name.
    fn find_total(&mut self) {
        let (Some(input), Some(output)) = (self.column(Field::Input), self.column(Field::Output))
        else {
            return;
        };
        if self.taken.contains_key(&Field::Total) {
            return;
        }
        let further = [Field::CacheRead, Field::CacheWrite, Field::Reasoning];
        let further: Vec<&Column> =
            further.iter().filter_map(|field| self.column(*field)).collect();
        let is_sum = |total: &Column| {
            (0..1usize << further.len()).any(|set| {
                let chosen = further.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
                let parts = [input, output].into_iter().chain(chosen.map(|(_, part)| *part));
                adds_up(total, &parts.collect::<Vec<_>>())
            })
        };
        let columns = &self.survey.columns;
        let mut free = (0..columns.len()).filter(|place| !self.judged[*place].taken);
        let found = free.find(|place| columns[*place].is_counts() && is_sum(&columns[*place]));
        if let Some(place) = found {
            let reason = "the sum of the counts, in all records; shows what is inside what";
            let (field, reason) = (Field::Total, reason.to_owned());
            self.judged[place].candidate = Some(Candidate { field, strength: EXACT, reason });
            self.take(field, place);
        }
    }

    fn cost(&mut self) {
        let Some(place) = self.taken.get(&Field::CostUsd).copied() else { return };
        let counts = [Field::Input, Field::Output].map(|field| self.column(field));
        let tokens: Vec<u64> = (0..self.survey.records)
            .map(|record| {
                let count = |column: &&Column| column.cells[record].count().unwrap_or(0);
                counts.iter().flatten().map(count).fold(0, u64::saturating_add)
            })
            .collect();
        match unit(&self.survey.columns[place], &tokens) {
            Unit::Is(unit, why) => {
                self.judged[place].reason = format!("{}; {why}", self.judged[place].reason);
                if why.starts_with(UNNAMED) {
                    let path = &self.survey.columns[place].path;
                    self.doubts.push(format!("nothing says that `{path}` is in dollars"));
                }
                if unit != "usd" {
                    self.statements.push((COST_UNIT, unit.to_owned()));
                }
            }
            Unit::Unknown(why) => {
                let path = &self.survey.columns[place].path;
                self.doubts.push(format!("`{path}` is left out: {why}; say it with cost_unit"));
                self.taken.remove(&Field::CostUsd);
                self.judged[place].taken = false;
                self.judged[place].reason = why;
            }
        }
    }

    /// What is inside what.
    fn overlaps(&mut self) {
        let (Some(input), Some(output)) = (self.column(Field::Input), self.column(Field::Output))
        else {
            return;
        };
        let cache = [Field::CacheRead, Field::CacheWrite, Field::CacheWrite5m, Field::CacheWrite1h];
        let counts = Counts {
            input,
            output,
            cached: cache.iter().filter_map(|field| self.column(*field)).collect(),
            reasoning: self.column(Field::Reasoning),
            total: self.column(Field::Total),
        };
        let (cached, reasoning) = (counts.cache(self.survey), counts.reasoning(self.survey));
        for field in cache {
            self.note(field, cached.as_ref());
        }
        self.note(Field::Reasoning, reasoning.as_ref());
        for (statement, found, what) in [
            (INCLUDES_CACHE, cached, "cached tokens are inside the input"),
            (INCLUDES_REASONING, reasoning, "reasoning is inside the output"),
        ] {
            let Some(found) = found else { continue };
            if !found.shown {
                self.doubts.push(format!("no record shows whether {what}; check {statement}"));
            }
            self.statements.push((statement, found.holds.to_string()));
        }
        self.statements.sort_unstable();
    }

    fn note(&mut self, field: Field, found: Option<&Inside>) {
        if let (Some(place), Some(found)) = (self.taken.get(&field).copied(), found) {
            let reason = &mut self.judged[place].reason;
            *reason = format!("{reason}; {}", found.reason);
        }
    }

    /// Days as people write them are not read; a log without times is.
    fn times(&mut self) {
        if self.taken.contains_key(&Field::Time) {
            return;
        }
        let looks = |text: &str| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let marks =
                text.bytes().filter(|byte| matches!(byte, b'.' | b'/' | b'-' | b':')).count();
            (6..=17).contains(&digits) && marks >= 2 && !text.contains(char::is_alphabetic)
        };
        for (place, column) in self.survey.columns.iter().enumerate() {
            let name = Name::of(&column.path);
            let named = name.says(&["date", "time", "datum", "zeit", "day"]);
            if self.judged[place].candidate.is_none()
                && named.is_some()
                && column.all(|cell| matches!(cell, Cell::Text(text) if looks(text)))
            {
                "a time in a form that is not read: write it as 2026-10-31"
                    .clone_into(&mut self.judged[place].reason);
            }
        }
    }

    fn finish(mut self) -> Guess {
        if self.survey.decimal_comma {
            self.statements.push((DECIMAL_COMMA, true.to_string()));
        }
        if let Some(cost) = self.column(Field::CostUsd).filter(|_| self.survey.by_points) {
            self.doubts.push(format!(
                "counts such as 1.000 have points between thousands; `{}` is taken to have them too",
                cost.path
            ));
        }
        let essential = [Field::Model, Field::Input, Field::Output];
        let missing: Vec<&'static str> = essential
            .into_iter()
            .filter(|field| !self.taken.contains_key(field))
            .filter_map(Field::own_name)
            .collect();
        self.tell_of_miscounted();
        let proposal = self.proposal(&missing);
        let columns = self.survey.columns.iter().zip(&self.judged);
        Guess {
            layout: self.survey.layout,
            records: self.survey.records as u64,
            findings: columns.map(|(column, judged)| finding(column, judged)).collect(),
            left_out: self.survey.left_out,
            missing,
            doubts: self.doubts,
            proposal,
            ..Guess::default()
        }
    }

    /// Where a count is missing, one that cannot be taken as it stands is most likely it.
    fn tell_of_miscounted(&mut self) {
        let counts = [Field::Input, Field::Output];
        if counts.iter().all(|field| self.taken.contains_key(field)) {
            return;
        }
        for column in &self.survey.columns {
            if let Some(reason) = miscounted(&Name::of(&column.path), column) {
                self.doubts.push(format!("`{}` is left out: {reason}", column.path));
            }
        }
    }

    /// With both counts there is something to propose; a model can be named by hand.
    fn proposal(&self, missing: &[&str]) -> Option<Proposal> {
        if !self.taken.contains_key(&Field::Input) || !self.taken.contains_key(&Field::Output) {
            return None;
        }
        let path = |place: &usize| self.survey.columns[*place].path.clone();
        let map = self.taken.iter().filter_map(|(field, at)| Some((field.own_name()?, path(at))));
        let others = self.judged.iter().enumerate().filter_map(|(place, judged)| {
            let field = judged.candidate.as_ref().filter(|_| !judged.taken)?.field;
            Some((field.own_name()?, path(&place)))
        });
        let essential = [Field::Model, Field::Input, Field::Output];
        Some(Proposal {
            map: map.collect(),
            statements: self.statements.clone(),
            alternatives: others.collect(),
            columns: essential.iter().filter_map(|field| self.taken.get(field).map(path)).collect(),
            without_model: missing.contains(&"model"),
        })
    }
}

fn finding(column: &Column, judged: &Judged) -> Finding {
    let field = judged.candidate.as_ref().map(|found| found.field);
    let role = match field {
        Some(Field::Total) if judged.taken => Role::Total,
        Some(field) => field.own_name().map_or(Role::Nothing, |name| {
            if judged.taken { Role::Taken(name) } else { Role::Alternative(name) }
        }),
        None => Role::Nothing,
    };
    let reason = match &judged.candidate {
        Some(found) if judged.reason.is_empty() => found.reason.clone(),
        _ => judged.reason.clone(),
    };
    Finding {
        path: column.path.clone(),
        kind: kind(column, field == Some(Field::Time)),
        sample: sample(column, judged.taken && field != Some(Field::Error)),
        present: column.present().count() as u64,
        role,
        reason,
    }
}
