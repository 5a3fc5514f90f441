//! A check as a suite of tests, in the XML that CI systems read.

use std::io;

use crate::gate::{Judged, LimitCheck, Outcome, Unit, Verdict};
use crate::report::{CheckReport, Currency, names_of};

use super::Style;
use super::check_reasons::{reason, sentence};
use super::check_words::{doubt, judgement, limit, price_drift};
use super::figures::{Money, name};
use super::redaction::{Mask, Reader};

/// One test.
struct Case {
    name: String,
    verdict: Verdict,
    text: String,
}

/// Writes the suite: a test for each deciding judgement, each limit and each doubt.
pub(super) fn write(report: &CheckReport, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mask = Mask::new(style.redact, Reader::Others);
    let cases = cases(&report.outcome);
    let count = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
    let counts = format!(
        r#"tests="{}" failures="{}" errors="0" skipped="{}" time="0""#,
        cases.len(),
        count(Verdict::Fail),
        count(Verdict::Inconclusive)
    );
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="llmcost check" {counts}>"#)?;
    writeln!(out, r#"  <testsuite name="llmcost check" {counts}>"#)?;
    for case in &cases {
        write_case(case, &mask, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn cases(outcome: &Outcome) -> Vec<Case> {
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    let drift = price_drift(outcome, Currency::DOLLARS).filter(|drift| drift.is_large);
    let drift = drift.map_or_else(String::new, |drift| format!("; {}", drift.text));
    let judged = judgements.filter(|one| one.decides).map(|one| Case {
        name: case_name(&one.what, outcome),
        verdict: one.verdict,
        text: format!("{}{drift}", judgement(outcome, one, Currency::DOLLARS)),
    });
    let limits = outcome.limits.iter().map(|one| Case {
        name: limit_name(one, outcome.after.measure.unit),
        verdict: one.verdict,
        text: limit(outcome, one, Currency::DOLLARS),
    });
    let doubts = outcome.doubts.iter().map(|one| Case {
        name: one.name().replace('_', " "),
        verdict: Verdict::Inconclusive,
        text: doubt(one, outcome),
    });
    let mut cases: Vec<Case> = judged.chain(limits).chain(doubts).collect();
    if cases.is_empty() {
        // A suite without tests is a failure to some readers.
        let (name, verdict) = ("verdict".to_owned(), outcome.verdict);
        cases.push(Case { name, verdict, text: reason(outcome, Currency::DOLLARS) });
    }
    cases
}

/// The name of a test, the same in every run: by it a CI system knows its history.
fn case_name(what: &Judged, outcome: &Outcome) -> String {
    let unit = outcome.after.measure.unit;
    let [one, _] = unit.words();
    match what {
        Judged::Unit if unit == Unit::Case => "cost of a test case".to_owned(),
        Judged::Unit => format!("cost of a {one}"),
        Judged::Total => "cost of the log".to_owned(),
        Judged::Percentile => "95th percentile of the cost of a call".to_owned(),
        Judged::Group(names) => {
            let names = names_of(names, &outcome.after.measure.group_by);
            format!("cost of a {one}: {}", name(&names))
        }
    }
}

fn limit_name(one: &LimitCheck, unit: Unit) -> String {
    let allowed = one.limit.amount();
    let amount = Money::for_units(std::iter::once(allowed), Currency::DOLLARS).text(allowed);
    let [unit, _] = unit.words();
    match one.limit.name() {
        "cost" => format!("limit of {amount} on the log"),
        "cost_per_unit" => format!("limit of {amount} a {unit}"),
        "cost_per_day" => format!("limit of {amount} a day"),
        _ => format!("limit of {amount} a month"),
    }
}

/// Some readers show the message of a failure, others only its text: both say it.
fn write_case(case: &Case, mask: &Mask, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = |text: &str| escaped(&mask.shown(text));
    let (name, text) = (shown(&case.name), shown(&sentence(&case.text)));
    writeln!(out, r#"    <testcase classname="llmcost.check" name="{name}" time="0">"#)?;
    match case.verdict {
        Verdict::Pass => writeln!(out, "      <system-out>{text}</system-out>")?,
        Verdict::Inconclusive => {
            writeln!(out, r#"      <skipped message="{text}">{text}</skipped>"#)?;
        }
        Verdict::Fail => {
            writeln!(out, r#"      <failure type="cost" message="{text}">{text}</failure>"#)?;
        }
    }
    writeln!(out, "    </testcase>")
}

/// Text for an attribute or between tags; what XML cannot hold is made visible.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                safe.push('\u{fffd}');
            }
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_end_an_attribute() {
        assert_eq!(escaped("a\"b<c>&'\u{1}"), "a&quot;b&lt;c&gt;&amp;&apos;\u{fffd}");
    }
}
