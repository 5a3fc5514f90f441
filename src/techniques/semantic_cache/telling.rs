//! What the reader is told of a replayed store, in words.

use super::super::wording::{grouped, percent};
use super::SemanticCache;
use super::likeness::Level;
use super::questions::Questions;
use super::settings::Lifetime;
use super::store::{Hit, Rules};
use super::wrong::Wrong;
use crate::units::Rate;

/// A replay, to be told of.
pub(super) struct Telling<'a> {
    pub(super) settings: &'a SemanticCache,
    pub(super) level: Level,
    pub(super) rules: Rules,
    pub(super) questions: &'a Questions,
    pub(super) wrong: Wrong,
}

impl Telling<'_> {
    /// The evidence in a few words.
    pub(super) fn note(&self, found: &[Option<Hit>]) -> String {
        let hits = found.iter().flatten().count() as u64;
        let share = Rate::of_counts(hits, found.len() as u64).map_or(String::new(), percent);
        let least = if self.level.is_similarity() {
            format!(" at {}", threshold_text(self.rules.threshold))
        } else {
            String::new()
        };
        let asked = grouped(found.len() as u64);
        format!("replayed: {share} of {asked} eligible calls hit ({}{least})", self.level.name())
    }

    /// What the replay takes for granted.
    pub(super) fn assumptions(&self, found: &[Option<Hit>]) -> Vec<String> {
        let mut told = vec![self.store(), self.scope(), self.eligible(), self.errors(found)];
        if self.questions.without_latency > 0 {
            told.push(format!(
                "an answer is there 2 s after the call where the log does not say ({} calls)",
                grouped(self.questions.without_latency)
            ));
        }
        if self.level == Level::Lexical {
            told.push(
                "lexical similarity misses paraphrases, so this is a lower bound of what vectors \
                 would find"
                    .to_owned(),
            );
        }
        told.extend(self.verified(found));
        told.extend(self.settings.free_lookup());
        told
    }

    fn store(&self) -> String {
        let lifetime = Lifetime { millis: self.rules.lifetime }.text();
        let room = match self.rules.capacity {
            Some(capacity) => format!("room for {} answers", grouped(capacity as u64)),
            None => "room for every answer".to_owned(),
        };
        let guards = match (self.level, self.rules.is_guarded) {
            (Level::Exact, _) => "",
            (_, true) if !self.questions.has_text => {
                "; without texts nobody sees whether numbers, ids and negations differ"
            }
            (_, true) => {
                "; numbers, ids, dates, addresses, identifiers and negations must be equal"
            }
            (_, false) => "; numbers, ids and negations may differ (guards = false)",
        };
        format!("an answer lives {lifetime} from when it was there, {room}{guards}")
    }

    fn scope(&self) -> String {
        let usual = "model, call type, instructions, tools and context";
        match self.settings.scope.as_slice() {
            [] => format!(
                "answers are shared by all callers of the same {usual}; scope = \"user\" would \
                 keep users apart"
            ),
            columns => {
                format!("answers are shared within the same {usual}, {}", columns.join(", "))
            }
        }
    }

    fn eligible(&self) -> String {
        let asked = grouped(self.questions.asked.len() as u64);
        match self.left_out() {
            reasons if reasons.is_empty() => format!("{asked} calls are looked up: all in scope"),
            reasons => format!("{asked} calls are looked up; left out: {reasons}"),
        }
    }

    /// Which calls are not looked up, and why.
    pub(super) fn left_out(&self) -> String {
        let left_out = self.questions.left_out;
        let reasons = [
            (left_out.without_question, self.missing()),
            (left_out.later_turns, "later turns of conversations"),
            (left_out.tools, "with tools or searches"),
            (left_out.batch, "in a batch"),
            (left_out.sums, "rows that sum up calls"),
            (left_out.without_time, "without a time"),
            (left_out.excluded, "not `eligible` by the log"),
            (left_out.unpriced, "whose lookup has no price"),
        ];
        let told = reasons.iter().filter(|(count, _)| *count > 0);
        let told: Vec<_> =
            told.map(|(count, reason)| format!("{} {reason}", grouped(*count))).collect();
        told.join(", ")
    }

    const fn missing(&self) -> &'static str {
        match self.level {
            Level::Embeddings => "without a vector",
            _ => "without a text",
        }
    }

    fn errors(&self, found: &[Option<Hit>]) -> String {
        let known = || found.iter().flatten().filter_map(|hit| hit.is_right);
        let (labelled, right) = (known().count() as u64, known().filter(|right| *right).count());
        if let (Some(share), Some(label)) =
            (Rate::of_counts(labelled - right as u64, labelled), &self.settings.label)
        {
            return format!(
                "{} of the {} labelled hits are wrong by `{label}`, and called after all",
                percent(share),
                grouped(labelled)
            );
        }
        if self.rules.verify.is_some() {
            return "the error is what verification allows; without labels every comparison is \
                    taken to agree, so the hits that survive are an upper bound"
                .to_owned();
        }
        if self.level.is_similarity() && self.settings.wrong.is_none() {
            return format!("error unmeasured: {}", self.wrong.rate().sentence("wrong hits"));
        }
        let rate = percent(self.wrong.rate().at(super::super::technique::Scenario::Expected));
        let why = if self.settings.wrong.is_some() { "as given" } else { "texts are equal" };
        format!("{rate} of the hits are wrong and called after all ({why})")
    }

    fn verified(&self, found: &[Option<Hit>]) -> Option<String> {
        let allowed = self.rules.verify?;
        let hits: Vec<&Hit> = found.iter().flatten().collect();
        let whole = u64::try_from(hits.len()).ok()?;
        let given: u64 = hits.iter().map(|hit| hit.explored.complement().parts()).sum();
        let share = Rate::of_counts(given, whole.checked_mul(Rate::ONE.parts())?)?;
        Some(format!(
            "verified to at most {} wrong: {} of the {} nominal hits are served; verified hits \
             come only from questions with more than 7 askings",
            percent(allowed),
            percent(share),
            grouped(whole)
        ))
    }
}

/// A threshold as it is typed: `0.92`.
pub(super) fn threshold_text(parts: u64) -> String {
    Rate::of_counts(parts, Rate::ONE.parts()).map_or(String::new(), |rate| rate.to_string())
}
