//! A log with everything that can be wrong with it: no record stops the run, none is lost unsaid.

use super::support::{folder_with, json, run};

/// Good calls between lines of every kind of trouble.
fn damaged() -> Vec<u8> {
    let good = r#"{"model":"gpt-4o","time":"2026-10-01","input_tokens":1000,"output_tokens":10}"#;
    let mut log = Vec::new();
    let lines: [&[u8]; 12] = [
        good.as_bytes(),
        b"{\"model\":\"gpt-4o\",\"input_tok",
        b"hello",
        b"",
        b"{\"model\":\"gpt-4o\",\"input_tokens\":-5,\"output_tokens\":1}",
        b"{\"model\":\"gpt-4o\",\"input_tokens\":99999999999999999999,\"output_tokens\":1}",
        b"{\"model\":\"gpt-4o\",\"input_tokens\":\"many\",\"output_tokens\":1}",
        b"{\"model\":\"gpt-4o\",\"note\":\"\xff\xfe\",\"input_tokens\":1,\"output_tokens\":1}",
        b"   ",
        b"{\"model\":\"gpt-4o\",\"time\":\"2026-10-01\"}",
        b"[1,2,3]",
        good.as_bytes(),
    ];
    for line in lines {
        log.extend_from_slice(line);
        log.push(b'\n');
    }
    log
}

#[test]
fn every_line_is_accounted_for_and_the_good_ones_count() {
    let folder = folder_with("usage.jsonl", damaged());
    let report = json(folder.path(), &["analyze"]);
    let input = &report["input"];
    assert_eq!(input["lines"], 12);
    assert_eq!(input["records"], 2);
    assert_eq!(input["blank"], 2);
    assert_eq!(input["skipped"], 8);
    assert_eq!(report["totals"]["calls"], 2);
    let codes: Vec<_> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| &entry["code"])
        .collect();
    for code in [
        "invalid-json",
        "invalid-utf8",
        "bad-number",
        "negative-count",
        "implausible-count",
        "missing-usage",
    ] {
        assert!(codes.iter().any(|known| *known == code), "{code} of {codes:?}");
    }
}

#[test]
fn diagnostics_name_file_and_line() {
    let folder = folder_with("usage.jsonl", damaged());
    let run = run(folder.path(), &["analyze"]);
    for place in
        ["usage.jsonl:2", "usage.jsonl:5", "usage.jsonl:6", "usage.jsonl:7", "usage.jsonl:8"]
    {
        assert!(run.stdout.contains(place), "{place}\n{}", run.stdout);
    }
}

#[test]
fn a_torn_archive_gives_what_could_be_read() {
    let call = r#"{"model":"gpt-4o","time":"2026-10-01","input_tokens":1000,"output_tokens":10}"#;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    for _ in 0..1000 {
        std::io::Write::write_all(&mut encoder, format!("{call}\n").as_bytes()).expect("encodes");
    }
    let whole = encoder.finish().expect("encodes");
    let folder = folder_with("usage.jsonl.gz", &whole[..whole.len() / 2]);
    let torn = run(folder.path(), &["analyze", "usage.jsonl.gz"]);
    assert_eq!(torn.code, Some(0), "{}", torn.stderr);
    assert!(torn.stdout.contains("unreadable-file"), "{}", torn.stdout);
    assert!(torn.stderr.contains("usage.jsonl.gz was read only up to line"), "{}", torn.stderr);
    let strict = run(folder.path(), &["analyze", "usage.jsonl.gz", "--strict"]);
    assert_eq!(strict.code, Some(3));
}

/// A report took the place of the log it was about.
#[test]
fn a_log_is_not_overwritten_by_what_is_said_of_it() {
    let line = r#"{"model":"gpt-4o","time":"2026-10-01","input_tokens":1000,"output_tokens":10}"#;
    let folder = folder_with("usage.jsonl", line);
    let path = folder.path().join("usage.jsonl");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, folder.path().join("other.jsonl")).expect("links");
    let mut runs: Vec<&[&str]> = vec![
        &["analyze", "usage.jsonl", "--json", "-o", "usage.jsonl"],
        &["simulate", "usage.jsonl", "--batch", "1", "--json", "-o", "./usage.jsonl"],
        &["check", "usage.jsonl", "--save-baseline", "usage.jsonl"],
    ];
    if cfg!(unix) {
        runs.push(&["analyze", "usage.jsonl", "--json", "-o", "other.jsonl"]);
    }
    for arguments in runs {
        let refused = run(folder.path(), arguments);
        assert_eq!(refused.code, Some(2), "{arguments:?} {}", refused.stderr);
        assert!(refused.stderr.contains("is the log itself"), "{}", refused.stderr);
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), line);
    }
}

/// Cached tokens inside the input were counted twice, and nothing said that the mapping left it open.
#[test]
fn a_mapping_that_leaves_open_what_is_inside_the_input_is_told() {
    let folder = folder_with("usage.csv", "Modell,ein,davon,aus\ngpt-4o,1000,400,10\n");
    let map = "model=Modell,input_tokens=ein,cache_read_tokens=davon,output_tokens=aus";
    let open = run(folder.path(), &["analyze", "usage.csv", "--map", map]);
    assert!(open.stderr.contains("--map input_includes_cache=true or =false"), "{}", open.stderr);
    let said = format!("{map},input_includes_cache=true");
    let said = run(folder.path(), &["analyze", "usage.csv", "--map", &said]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
}
