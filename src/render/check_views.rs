//! Every view of a check, and its document against the schema.

use std::sync::LazyLock;

use serde_json::Value;

use super::*;

const VIEWS: [(&str, OutputFormat, u16); 6] = [
    ("table_60", OutputFormat::Table, 60),
    ("table_100", OutputFormat::Table, 100),
    ("table_200", OutputFormat::Table, 200),
    ("comment", OutputFormat::Markdown, 80),
    ("json", OutputFormat::Json, 80),
    ("csv", OutputFormat::Csv, 80),
];

/// So many samples are looked at as a whole; those after them are asked about one thing each.
const LOOKED_AT: usize = 5;

/// The samples, made once: each draws some thousand replicates.
fn reports() -> Vec<(&'static str, CheckReport)> {
    static REPORTS: LazyLock<Vec<(&'static str, CheckReport)>> =
        LazyLock::new(check_samples::reports);
    REPORTS.clone()
}

fn written(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

fn text(report: &CheckReport, format: OutputFormat, style: Style) -> String {
    written(|out| write_check(report, format, style, out))
}

#[test]
fn checks_look_as_agreed() {
    for (name, report) in reports().into_iter().take(LOOKED_AT) {
        for (view, format, width) in VIEWS {
            let style = Style::new(width == 200, width);
            insta::assert_snapshot!(format!("check_{name}_{view}"), text(&report, format, style));
        }
        let junit = written(|out| write_junit(&report, Style::default(), out));
        insta::assert_snapshot!(format!("check_{name}_junit"), junit);
        let annotations = written(|out| write_annotations(&report, Style::default(), out));
        let line = check_reason(&report);
        insta::assert_snapshot!(format!("check_{name}_lines"), format!("{line}\n{annotations}"));
    }
}

#[test]
fn samples_are_of_every_verdict() {
    let found: Vec<_> =
        reports().into_iter().map(|(name, report)| (name, report.outcome.verdict.name())).collect();
    let expected = [
        ("fail", "fail"),
        ("pass", "pass"),
        ("prices", "pass"),
        ("inconclusive", "inconclusive"),
        ("limits", "fail"),
        ("many", "fail"),
        ("small", "pass"),
        ("accepted", "pass"),
        ("apart", "inconclusive"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn checks_follow_their_schema() {
    let schema = include_str!("../../docs/schema/check.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    for (name, report) in reports() {
        let text = text(&report, OutputFormat::Json, Style::default());
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let faults: Vec<_> =
            validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
}

#[test]
fn comments_begin_with_the_marker_and_name_nobody() {
    for (name, report) in reports() {
        let comment = written(|out| write_comment(&report, Style::default(), out));
        assert!(comment.starts_with("<!-- llmcost check -->\n"), "{name}");
        for markup in ["@team", "@alice", "<b>", " #12"] {
            assert!(!comment.contains(markup), "{name}: {markup}");
        }
    }
}

#[test]
fn annotations_are_commands_and_nothing_else() {
    for (name, report) in reports() {
        let text = written(|out| write_annotations(&report, Style::default(), out));
        for line in text.lines() {
            let command = ["::error title=", "::warning title=", "::notice title="];
            assert!(command.iter().any(|start| line.starts_with(start)), "{name}: {line}");
            assert_eq!(line.matches("::").count(), 2, "{name}: {line}");
        }
    }
}

fn sample(wanted: &str) -> CheckReport {
    let mut reports = reports().into_iter();
    reports.find(|(name, _)| *name == wanted).expect("a sample").1
}

#[test]
fn hundreds_of_groups_once_made_a_line_of_100_kilobytes_and_a_comment_that_github_refused() {
    let report = sample("many");
    let line = check_reason(&report);
    assert!(line.len() < 2_000, "{}", line.len());
    // The largest first: it was the last that was found.
    assert!(line.contains("; a request of case 799 with a name"), "{line}");
    assert!(line.ends_with("; and 796 more groups"), "{line}");
    let annotations = written(|out| write_annotations(&report, Style::default(), out));
    assert!(annotations.len() < 2_000, "{annotations}");
    let comment = written(|out| write_comment(&report, Style::default(), out));
    assert!(comment.len() < 60_000, "{}", comment.len());
    assert!(comment.contains("\n- And 796 more groups.\n"), "{comment}");
    assert!(comment.ends_with("</details>\n") && comment.contains("784 more in the report"));
    let page = text(&report, OutputFormat::Table, Style::default());
    assert!(page.contains("And 796 more groups.") && page.contains("case 3 with a name"));
    let junit = written(|out| write_junit(&report, Style::default(), out));
    assert!(junit.contains("a request: case 3 with a name"), "a suite has all");
}

#[test]
fn figures_that_have_no_room_in_a_comment_are_left_to_the_report() {
    let mut report = sample("pass");
    report.exhibits[0].notes.push("long ".repeat(20_000));
    let comment = written(|out| write_comment(&report, Style::default(), out));
    assert!(comment.len() < 1_000 && comment.ends_with("the report has them.\n"), "{comment}");
}

#[test]
fn a_rise_that_passes_is_not_called_no_dearer() {
    let check = |name, headline: &str, reason: &str| {
        let report = sample(name);
        let page = text(&report, OutputFormat::Table, Style::default());
        assert!(page.contains(&format!("PASS: {headline}\n")), "{page}");
        let comment = written(|out| write_comment(&report, Style::default(), out));
        assert!(comment.contains(&format!("✅ **LLM cost: {headline}.** A request")), "{comment}");
        assert!(check_reason(&report).contains(reason), "{}", check_reason(&report));
    };
    check("small", "dearer, by less a month than --min-impact", " a month and is below --min-");
    check("accepted", "dearer, as acknowledged", "acknowledged: longer answers, agreed");
    check("pass", "no dearer than allowed", "a request costs");
}

#[test]
fn a_rise_of_one_group_that_passes_is_told() {
    let mut report = sample("accepted");
    let comparison = report.outcome.comparison.as_mut().expect("a baseline");
    comparison.judgements[0].why = crate::gate::Why::Within;
    let page = text(&report, OutputFormat::Table, Style::default());
    assert!(page.contains("PASS: dearer in part, as acknowledged\n"), "{page}");
    assert!(check_reason(&report).contains("; a request without a call type costs"));
}

#[test]
fn amounts_of_what_was_not_compared_are_a_dash() {
    let page = text(&sample("apart"), OutputFormat::Table, Style::default());
    let row = page.lines().find(|line| line.trim_start().starts_with("a request, same mix"));
    let cells: Vec<_> = row.expect("a row").split_whitespace().skip(4).take(3).collect();
    assert_eq!(cells, ["–", "–", "–"], "{page}");
    assert!(page.contains("100.0 % of the cost is of groups"), "{page}");
    assert!(!page.contains("trials"), "{page}");
}

#[test]
fn a_limit_that_calls_without_a_time_leave_open_is_not_called_exceeded() {
    let mut report = sample("limits");
    report.outcome.verdict = crate::gate::Verdict::Inconclusive;
    report.outcome.limits.retain(|one| one.verdict == crate::gate::Verdict::Pass);
    let told: Vec<_> = report.outcome.limits.iter_mut().collect();
    assert!(!told.is_empty());
    for one in told {
        one.verdict = crate::gate::Verdict::Inconclusive;
    }
    let line = check_reason(&report);
    assert!(line.contains("but calls without a time may belong to it too"), "{line}");
    assert!(!line.contains("over the limit"), "{line}");
}

#[test]
fn what_cases_lack_is_trials() {
    let mut report = sample("apart");
    report.outcome.after.measure.unit = crate::gate::Unit::Case;
    let line = check_reason(&report);
    assert!(line.starts_with("the logs have no test case in common"), "{line}");
    assert!(line.contains("they are new, or have fewer than 5 trials on a side"), "{line}");
    assert!(!line.contains("--by"), "{line}");
}

/// Whether each tag that opens closes again, in order, and nothing stands outside of the first.
fn check_well_formed(xml: &str) {
    let body = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a header");
    let mut open: Vec<&str> = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("the end of a tag");
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).expect("a name");
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name), "{xml}"),
            (false, false) => open.push(name),
            (false, true) => {}
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!open.is_empty() || text.trim().is_empty(), "{xml}");
        for entity in text.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
            assert!(known.iter().any(|known| entity.starts_with(known)), "{entity}");
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn suites_are_well_formed_and_count_their_tests() {
    for (name, report) in reports() {
        let xml = written(|out| write_junit(&report, Style::default(), out));
        check_well_formed(&xml);
        let found = xml.matches("<testcase ").count();
        assert!(xml.contains(&format!("tests=\"{found}\"")), "{name}");
        let failures = xml.matches("<failure ").count();
        assert!(xml.contains(&format!("failures=\"{failures}\"")), "{name}");
        assert_eq!(failures > 0, report.outcome.verdict == crate::gate::Verdict::Fail, "{name}");
    }
}
