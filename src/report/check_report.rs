//! What `check` shows.

use crate::diagnostics::Ledger;
use crate::exhibits::{Cell, Exhibit};
use crate::gate::{Judged, Judgement, Outcome};
use crate::insights::Window;
use crate::units::{Factor, Share};

use super::check_tables;
use super::diagnostics_summary::{DiagnosticSummary, summarize};
use super::input_accounting::InputAccounting;
use super::price_source::PriceSource;

/// What a log was compared with, as the user named it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ComparedWith {
    /// Nothing: only limits hold.
    #[default]
    Nothing,
    /// A saved baseline of this name.
    Baseline(String),
    /// Another log, and what became of its input.
    Log(InputAccounting),
}

/// Everything a reader of a check sees.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// What became of the input.
    pub input: InputAccounting,
    /// What was wrong with it.
    pub diagnostics: Vec<DiagnosticSummary>,
    /// Where the prices come from.
    pub prices: PriceSource,
    /// The time the calls span.
    pub window: Option<Window>,
    /// What the log was compared with.
    pub compared_with: ComparedWith,
    /// What was found.
    pub outcome: Outcome,
    /// The same as tables.
    pub exhibits: Vec<Exhibit>,
    /// How many groups are shown one by one; 0 for all.
    pub top: usize,
}

impl CheckReport {
    /// The report of an outcome. At most `top` groups are shown one by one; 0 shows all.
    pub fn new(
        outcome: Outcome,
        window: Option<Window>,
        input: InputAccounting,
        ledger: &Ledger,
        prices: PriceSource,
        top: usize,
    ) -> Self {
        Self {
            diagnostics: summarize(ledger, &input),
            input,
            prices,
            window,
            compared_with: ComparedWith::Nothing,
            exhibits: check_tables::tables(&outcome, top),
            outcome,
            top,
        }
    }

    /// The same report, saying what the log was compared with.
    #[must_use]
    pub fn compared_with(mut self, other: ComparedWith) -> Self {
        self.compared_with = other;
        self
    }

    /// Every question as one table, for spreadsheets.
    pub fn judgements(&self) -> Exhibit {
        let mut exhibit = Exhibit::new(
            "judgements",
            "Judgements",
            &[
                ("what", ""),
                ("group", "group"),
                ("before_usd", "before"),
                ("after_usd", "after"),
                ("change_share", "change"),
                ("low_share", "at least"),
                ("high_share", "at most"),
                ("allowed_share", "allowed"),
                ("impact_usd_per_month", "a month"),
                ("verdict", "verdict"),
                ("why", "why"),
            ],
        );
        let comparison = self.outcome.comparison.iter();
        for one in comparison.flat_map(|comparison| &comparison.judgements) {
            exhibit.push(cells(one));
        }
        for one in &self.outcome.limits {
            exhibit.push([
                Cell::text(one.limit.name()),
                Cell::text(&one.of),
                Cell::Usd(one.limit.amount()),
                Cell::usd_or_missing(one.found),
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Word(one.verdict.name()),
                Cell::Word("limit"),
            ]);
        }
        exhibit
    }
}

fn cells(one: &Judgement) -> [Cell; 11] {
    let ends = one.estimate.map(|estimate| estimate.interval);
    let off =
        |factor: Option<Factor>| factor.and_then(change_of).map_or(Cell::Missing, Cell::Share);
    [
        Cell::text(one.what.name()),
        Cell::text(group_name(&one.what)),
        Cell::Usd(one.before),
        Cell::Usd(one.after),
        off(one.estimate.map(|estimate| estimate.ratio)),
        off(ends.map(|ends| ends[0])),
        off(ends.map(|ends| ends[1])),
        off(Some(one.threshold)),
        Cell::usd_or_missing(one.impact),
        Cell::Word(one.verdict.name()),
        Cell::Word(one.why.name()),
    ]
}

/// The names of a group in one text; empty for what is no group.
fn group_name(what: &Judged) -> String {
    what.group().map(|names| names.join(", ")).unwrap_or_default()
}

/// The name of the group that holds small ones; its other names are empty.
const REST: &str = "(all others)";

/// What a group is called, and what it lacks: `report`, `without a user`.
pub fn names_and_gaps(names: &[String], columns: &[String]) -> [Vec<String>; 2] {
    let (mut known, mut gaps) = (Vec::new(), Vec::new());
    for (name, column) in names.iter().zip(columns) {
        if !name.is_empty() {
            known.push(name.clone());
        } else if known.first().is_none_or(|first| first != REST) {
            let column = column.replace('_', " ");
            let article = if column.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            gaps.push(format!("without {article} {column}"));
        }
    }
    [known, gaps]
}

/// The names of a group for people: instead of an empty one, what it lacks.
pub fn names_of(names: &[String], columns: &[String]) -> String {
    names_and_gaps(names, columns).concat().join(", ")
}

/// How much more a multiple is than once, as a share.
pub fn change_of(multiple: Factor) -> Option<Share> {
    let parts = i128::from(multiple.parts()) - i128::from(Factor::ONE.parts());
    Share::of(parts, i128::from(Factor::ONE.parts()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], columns: &[&str], expected: &str) {
        let owned =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(names_of(&owned(names), &owned(columns)), expected);
    }

    #[test]
    fn a_group_without_a_name_says_what_it_lacks() {
        check(&["report"], &["call_type"], "report");
        check(&[""], &["call_type"], "without a call type");
        check(&["", "report"], &["agent", "call_type"], "report, without an agent");
        check(&["(all others)", ""], &["call_type", "user"], "(all others)");
        check(&[], &[], "");
    }
}
