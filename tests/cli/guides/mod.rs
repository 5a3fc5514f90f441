//! Every figure of the five published guides that can be computed, from the program itself: prices and
//! workload are the guide's own, the command is one a user would type.
#![expect(clippy::float_arithmetic, reason = "the published figures are decimals of a JSON file")]

mod bills;
mod declared;
mod fixture;
mod judgements;
mod page;
mod page_figures;
mod savings;
mod support;

use bills::{blend, calls, poisson, static_prompt};
use fixture::{Fixture, fixtures};
use judgements::{attempts, feasible, gini, intensity, self_hosting};
use savings::{compound, slices, tier_cache, tier_share};

/// Runs the command for a figure and compares.
type Reproduce = fn(&Fixture<'_>);

/// Each kind of figure with what makes it: a command, but for the intensity.
const KINDS: [(&str, Reproduce); 14] = [
    ("calls", calls),
    ("blend", blend),
    ("flat_blend", blend),
    ("static_prompt", static_prompt),
    ("poisson", poisson),
    ("compound", compound),
    ("slices", slices),
    ("tier_cache", tier_cache),
    ("tier_share", tier_share),
    ("attempts", attempts),
    ("selfhost", self_hosting),
    ("gini_groups", gini),
    ("intensity", intensity),
    ("feasible_cache_then_output", feasible),
];

#[test]
fn the_program_reproduces_every_figure_of_the_guides() {
    let Some(fixtures) = fixtures() else { return };
    assert_eq!(fixtures.len(), 41);
    for fixture in &fixtures {
        let kind = fixture["kind"].as_str().expect("a kind");
        let one = Fixture::new(fixture);
        let known = KINDS.iter().find(|(name, _)| *name == kind);
        let (_, check) = known.unwrap_or_else(|| panic!("{}: nothing makes a {kind}", one.id));
        check(&one);
    }
}
