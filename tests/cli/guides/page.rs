//! The figures of `llmcost explain claims`, one by one, against those of the guides' claims.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::fixture::fixtures;
use super::page_figures::{Figure, ROWS};
use super::support::number;
use crate::support::{json, parse, run};

/// The page as it is printed.
fn page() -> String {
    let found = run(Path::new("."), &["explain", "claims"]);
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    found.stdout
}

/// The rows of the page's table: the number of the guide, and the rest.
fn rows(page: &str) -> Vec<(&str, &str)> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    cells.filter(|(guide, _)| guide.parse::<u8>().is_ok()).collect()
}

/// What is written as a number, without its unit.
fn figures(text: &str) -> Vec<&str> {
    let is_part = |sign: char| sign.is_ascii_digit() || [',', '.'].contains(&sign);
    let words = text.split(|sign| !is_part(sign)).map(|word| word.trim_matches([',', '.']));
    words.filter(|word| !word.is_empty()).collect()
}

/// The claims by name.
struct Claims<'a>(BTreeMap<&'a str, &'a Value>);

impl<'a> Claims<'a> {
    fn new(fixtures: &'a [Value]) -> Self {
        let named = fixtures.iter().map(|one| (one["id"].as_str().expect("an id"), one));
        Self(named.collect())
    }

    /// The number at a path, in billionths.
    fn at(&self, path: &str) -> i128 {
        let (id, _) = path.split_once('/').expect("a path");
        let found = self.0.get(id).and_then(|claim| claim.pointer(&path[id.len()..]));
        number(found.unwrap_or_else(|| panic!("no {path}"))) / 1_000_000_000
    }

    /// Compares what is written of a guide with what it comes from, to the last digit that is
    /// written.
    fn check(&self, guide: &str, written: &str, figure: Figure) {
        const ONE: i128 = 1_000_000_000;
        let (value, whole, name) = match figure {
            Figure::Apart(text) => return assert_eq!(written, text, "guide {guide}"),
            Figure::Of(path) => (self.at(path), ONE, path),
            Figure::Percent(path) => (self.at(path) * 100, ONE, path),
            Figure::Times(one, other) => (self.at(one), self.at(other), one),
            Figure::Share(one, other) => (self.at(one) * 100, self.at(other), one),
        };
        let claimed_by: usize = name[1..2].parse().expect("the guides count from S0");
        assert_eq!(guide, (claimed_by + 1).to_string(), "{written} for {name}");
        let places = written.split_once('.').map_or(0, |(_, places)| places.len());
        let last_digit = ONE / 10_i128.pow(places.try_into().expect("few digits"));
        let printed = parse(&written.replace(',', "")) / ONE;
        let difference = (value * ONE - printed * whole).abs();
        assert!(2 * difference <= last_digit * whole, "guide {guide}: {written} for {name}");
    }
}

#[test]
fn the_page_on_claims_says_what_the_claims_say() {
    let Some(fixtures) = fixtures() else { return };
    let (claims, page) = (Claims::new(&fixtures), page());
    let rows = rows(&page);
    assert_eq!(rows.len(), ROWS.len());
    for ((guide, row), (beginning, expected)) in rows.into_iter().zip(ROWS) {
        assert!(row.starts_with(beginning), "{row}\nexpected: {beginning}");
        let written = figures(row);
        assert_eq!(written.len(), expected.len(), "{beginning}: {written:?}");
        for (written, figure) in written.into_iter().zip(expected) {
            claims.check(guide, written, *figure);
        }
    }
}

/// A command that the page offers gives a figure of its table.
#[test]
fn the_command_on_the_page_of_claims_gives_the_cost_of_a_day_on_it() {
    let page = page();
    let command = page.lines().find_map(|line| line.strip_prefix("llmcost estimate "));
    let flags: Vec<&str> = command.expect("a command").split(' ').collect();
    let report = json(Path::new("."), &[&["estimate"], &flags[..]].concat());
    let day = &super::support::rows(&report, "workload_cost")[1]["per_day_usd"];
    assert_eq!(number(day), parse("3.78"), "{flags:?}");
    assert!(rows(&page).iter().any(|(_, row)| row.contains("| $3.78: a miss is a write")));
}
