//! The pages of the shared samples: what they look like, and that no name of a log acts in them.

use super::super::samples::{damaged_analysis, empty_analysis, typical_analysis, usd};
use super::super::savings_samples::{damaged_savings, empty_savings, typical_savings};
use super::*;
use crate::insights::{CallsAndCost, Crossing, DaySpread, Spread};

/// Names that would do something, were they not escaped.
const HARMFUL: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "</style><b>",
    "abc\u{202e}def\u{200f}ghi",
];

fn sum(cost: &str) -> CallsAndCost {
    CallsAndCost { calls: 100, unpriced_calls: 0, cost: usd(cost) }
}

/// Pictures of three days, two models and two call types; names as given.
fn spread(names: [&str; 2]) -> Spread {
    let names = names.map(str::to_owned).to_vec();
    let day = |day: i32, costs: [&str; 3]| DaySpread { day, costs: costs.map(usd).to_vec() };
    Spread {
        series: names.clone(),
        other_series: 2,
        days: vec![
            day(20_362, ["1200.5", "310", "12.25"]),
            day(20_363, ["900", "0", "11"]),
            day(20_365, ["2210.75", "405.125", "0"]),
        ],
        crossing: Crossing {
            models: names.clone(),
            other_models: 2,
            call_types: names,
            other_call_types: 0,
            cells: vec![
                vec![sum("4000"), sum("311.25")],
                vec![CallsAndCost { unpriced_calls: 100, ..sum("0") }, sum("715.125")],
                vec![CallsAndCost::default(), sum("23.25")],
            ],
        },
        curve: vec![sum("23.25"), sum("738.375"), sum("5049.625")],
    }
}

fn analysis_page(report: &AnalysisReport) -> String {
    let mut out = Vec::new();
    write_analysis(report, Style::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

fn savings_page(report: &SavingsReport, analysis: Option<&AnalysisReport>) -> String {
    let mut out = Vec::new();
    write_savings(report, analysis, Style::default(), &mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

/// The page without its style, script and policy, which have files of their own.
fn readable(page: &str) -> String {
    let mut text = page.to_owned();
    for (from, to) in
        [("<style>", "</style>"), ("<script>", "</script>"), ("content=\"default-src", ">")]
    {
        let mut seen = 0;
        while let Some(place) = text[seen..].find(from) {
            seen += place + from.len();
            let length = text[seen..].find(to).expect("what begins ends");
            text.replace_range(seen..seen + length, "…");
        }
    }
    text
}

fn pictured(names: [&str; 2]) -> AnalysisReport {
    let mut report = typical_analysis();
    report.analysis.spread = Some(spread(names));
    report
}

#[test]
fn pages_look_as_agreed() {
    let typical = pictured(["claude-opus-4-6", "claude-sonnet-4-6"]);
    insta::assert_snapshot!("analysis_typical", readable(&analysis_page(&typical)));
    insta::assert_snapshot!("analysis_empty", readable(&analysis_page(&empty_analysis())));
    insta::assert_snapshot!("analysis_damaged", readable(&analysis_page(&damaged_analysis())));
    let savings = typical_savings();
    insta::assert_snapshot!("savings_typical", readable(&savings_page(&savings, None)));
    insta::assert_snapshot!("savings_empty", readable(&savings_page(&empty_savings(), None)));
    insta::assert_snapshot!("savings_damaged", readable(&savings_page(&damaged_savings(), None)));
}

/// Every tag of a page, from `<` to `>`.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).filter_map(|part| part.split('>').next()).collect()
}

#[test]
fn no_name_of_a_log_acts_in_a_page() {
    let clean_tags = tags(&readable(&analysis_page(&pictured(["a", "b"])))).len();
    for harm in HARMFUL {
        let mut report = pictured([harm, harm]);
        report.input.files[0].name = harm.to_owned();
        for group in &mut report.analysis.groups {
            group.key = vec![harm.to_owned(); 2];
        }
        for line in &mut report.costliest {
            (line.file, line.call.model) = (harm.to_owned(), harm.to_owned());
        }
        let page = readable(&analysis_page(&report));
        assert_eq!(tags(&page).len(), clean_tags, "{harm}");
        assert!(!page.contains("<img") && !page.contains("alert(1)</script>"), "{harm}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{200f}'), "{harm}");
    }
}

#[test]
fn a_simulation_tells_where_the_money_goes_too() {
    let analysis = pictured(["claude-opus-4-6", "claude-sonnet-4-6"]);
    let page = savings_page(&typical_savings(), Some(&analysis));
    for part in ["The saving", "Spend by day", "Models by call type", "Cache health"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_loads_nothing_and_has_every_id_once() {
    let analysis = pictured(["a", "b"]);
    for page in [analysis_page(&analysis), savings_page(&typical_savings(), Some(&analysis))] {
        assert!(page.contains("content=\"default-src &#39;none&#39;; "), "{page}");
        for tag in tags(&readable(&page)) {
            let loads = [" src=", "<link", "@import", "url(", " style=", " onclick="];
            assert!(!loads.iter().any(|mark| tag.contains(mark)), "{tag}");
        }
        let mut ids: Vec<_> =
            page.split(" id=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}

#[test]
fn rounded_amounts_carry_every_digit() {
    let page = analysis_page(&pictured(["a", "b"]));
    assert!(
        page.contains(r#"data-value="24310.125" title="$24,310.125">$24,310.12</td>"#),
        "{page}"
    );
}
