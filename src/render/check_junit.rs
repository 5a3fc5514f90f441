//! A check as a suite of tests, in the XML that CI systems read.

use std::io;

use crate::gate::{Judged, Verdict};
use crate::report::{CheckReport, group_name};

use super::check_words::{judgement, limit, reason};

/// One test.
struct Case {
    name: String,
    verdict: Verdict,
    text: String,
}

/// Writes the suite: a test for each deciding judgement and limit, and one for the verdict.
pub(super) fn write(report: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
    let outcome = &report.outcome;
    let mut cases =
        vec![Case { name: "verdict".to_owned(), verdict: outcome.verdict, text: reason(outcome) }];
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    cases.extend(judgements.filter(|one| one.decides).map(|one| Case {
        name: case_name(&one.what),
        verdict: one.verdict,
        text: judgement(outcome, one),
    }));
    cases.extend(outcome.limits.iter().map(|one| Case {
        name: one.limit.name().to_owned(),
        verdict: one.verdict,
        text: limit(outcome, one),
    }));
    let count = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuite name="llmcost check" tests="{}" failures="{}" skipped="{}" errors="0">"#,
        cases.len(),
        count(Verdict::Fail),
        count(Verdict::Inconclusive)
    )?;
    for case in &cases {
        write_case(case, out)?;
    }
    writeln!(out, "</testsuite>")
}

fn case_name(what: &Judged) -> String {
    match what {
        Judged::Group(_) => format!("group {}", group_name(what)),
        Judged::Unit | Judged::Total | Judged::Percentile => what.name().to_owned(),
    }
}

fn write_case(case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    let (name, text) = (escaped(&case.name), escaped(&case.text));
    write!(out, r#"  <testcase classname="llmcost.check" name="{name}">"#)?;
    match case.verdict {
        Verdict::Pass => write!(out, "<system-out>{text}</system-out>")?,
        Verdict::Inconclusive => write!(out, r#"<skipped message="{text}"/>"#)?,
        Verdict::Fail => write!(out, r#"<failure type="dearer" message="{text}"/>"#)?,
    }
    writeln!(out, "</testcase>")
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
