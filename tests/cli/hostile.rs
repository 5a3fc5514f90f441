//! Hostile input in small; `tests/hostile/run.sh` has the large. Good records stand beside every bad one,
//! and none of them may be lost.

use std::io::Write;

use super::support::{finish, folder_with, json, llmcost, run};

/// A record that costs 0.0026 dollars.
fn good(number: usize) -> String {
    format!(
        "{{\"model\":\"gpt-4o\",\"call_type\":\"good\",\"time\":\"2026-10-01T10:00:{number:02}Z\",\
         \"input_tokens\":1000,\"output_tokens\":10,\"request_id\":\"request-{number:08}\"}}\n"
    )
}

/// A log with these bytes between two good records gives both, and says this of the others.
fn check(what: &str, bad: &[u8], expected: &[(&str, u64)]) {
    let log = [good(0).as_bytes(), bad, good(1).as_bytes()].concat();
    let folder = folder_with("usage.jsonl", log);
    let report = json(folder.path(), &["analyze", "usage.jsonl"]);
    let groups = report["groups"].as_array().expect("groups");
    let found = groups.iter().find(|group| group["key"]["call_type"] == "good").expect("good ones");
    assert_eq!((&found["calls"], &found["cost_usd"]), (&2.into(), &"0.0052".into()), "{what}");
    let diagnostics = report["diagnostics"].as_array().expect("diagnostics");
    let told: Vec<_> = diagnostics
        .iter()
        .map(|entry| {
            (entry["code"].as_str().expect("text"), entry["count"].as_u64().expect("whole"))
        })
        .collect();
    assert_eq!(told, expected, "{what}");
}

#[test]
fn no_bad_record_costs_a_good_one_beside_it() {
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000), b"\n".to_vec()].concat();
    let record = |field: &str| {
        format!("{{\"model\":\"gpt-4o\",\"output_tokens\":1,\"time\":\"2026-10-01\",{field}}}\n")
    };
    let dated = |time: &str| {
        format!("{{\"model\":\"gpt-4o\",\"input_tokens\":1,\"output_tokens\":1,\"time\":{time}}}\n")
    };
    check("deep", &deep, &[("missing-usage", 1)]);
    check("zeros", &[[0; 5000].as_slice(), b"\n"].concat(), &[("invalid-json", 1)]);
    check("a zero", b"{\"model\":\"gpt-4o\",\"input_tokens\":\x001}\n", &[("invalid-json", 1)]);
    check("no UTF-8", b"{\"model\":\"\xff\"}\n", &[("invalid-utf8", 1)]);
    for (field, code) in [
        ("\"input_tokens\":18446744073709551616", "implausible-count"),
        ("\"input_tokens\":1e400", "implausible-count"),
        ("\"input_tokens\":1e-400", "bad-number"),
        ("\"input_tokens\":0.5", "bad-number"),
        ("\"input_tokens\":-1", "negative-count"),
        ("\"input_tokens\":NaN", "invalid-json"),
    ] {
        check(field, record(field).as_bytes(), &[(code, 1)]);
    }
    for (time, expected) in [
        ("\"9999-12-31T23:59:59Z\"", &[("out-of-range", 1)][..]),
        ("\"0001-01-01T00:00:00Z\"", &[("out-of-range", 1)]),
        ("9223372036854775807", &[("out-of-range", 1)]),
        ("\"1970-01-01T00:00:00Z\"", &[]),
        ("\"2026-02-30\"", &[("bad-time", 1)]),
        ("1e400", &[("bad-time", 1)]),
    ] {
        check(time, dated(time).as_bytes(), expected);
    }
}

/// The first record of each log but the first was lost where logs with marks were put together.
#[test]
fn a_byte_order_mark_inside_a_log_costs_no_record() {
    let log = good(0) + "\u{feff}" + &good(1) + &good(2);
    let folder = folder_with("usage.jsonl", log);
    let report = json(folder.path(), &["analyze", "usage.jsonl"]);
    assert_eq!((&report["totals"]["calls"], &report["input"]["skipped"]), (&3.into(), &0.into()));
}

/// The second of two records was taken for a part of what stood between them.
#[test]
fn a_strange_separator_costs_no_record() {
    let log = [good(0), good(1), good(2)].concat().replace('\n', "\u{2028}");
    let folder = folder_with("usage.jsonl", log);
    assert_eq!(json(folder.path(), &["analyze", "usage.jsonl"])["totals"]["calls"], 3);
}

/// A call in the year 9999 made a forecast from three million days, which took minutes.
#[test]
fn a_clock_that_is_ages_off_makes_no_forecast() {
    let far = good(1).replace("2026", "9999");
    let folder = folder_with("usage.jsonl", good(0) + &far);
    let report = json(folder.path(), &["analyze", "usage.jsonl", "--show", "all"]);
    let exhibits = report["exhibits"].as_array().expect("a list");
    assert!(exhibits.iter().all(|exhibit| exhibit["name"] != "forecast"), "{exhibits:?}");
}

#[test]
fn an_archive_that_unpacks_to_more_than_allowed_is_read_so_far() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all((good(0) + &good(1)).as_bytes()).expect("encodes");
    for _ in 0..200 {
        encoder.write_all(&[b'\n'; 1000]).expect("encodes");
    }
    let folder = folder_with("usage.jsonl.gz", encoder.finish().expect("encodes"));
    let limited = |size: &str| {
        run(folder.path(), &["analyze", "usage.jsonl.gz", "--strict", "--max-unpacked", size])
    };
    let stopped = limited("100K");
    assert_eq!(stopped.code, Some(3), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("unpacks to more than 102400 bytes"), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("--max-unpacked SIZE"), "{}", stopped.stderr);
    assert!(stopped.stdout.contains("unreadable-file"), "{}", stopped.stdout);
    for size in ["1M", "off"] {
        assert_eq!(limited(size).code, Some(0), "{size}");
    }
    assert_eq!(limited("much").code, Some(2));
}

#[test]
fn the_longest_record_is_a_setting() {
    let long = good(1).replace("request-", &"x".repeat(100_000));
    let folder = folder_with("usage.jsonl", good(0) + &long + &good(2).repeat(20_000));
    let calls = |flags: &[&str]| {
        let report = json(
            folder.path(),
            &[&["analyze", "usage.jsonl", "--keep-duplicates"], flags].concat(),
        );
        (
            report["totals"]["calls"].as_u64(),
            report.to_string().contains("a record of more than 65536 bytes"),
        )
    };
    assert_eq!(calls(&[]), (Some(20_002), false));
    let limited = calls(&["--max-record", "64K"]);
    assert!(limited.0 >= Some(20_001), "{limited:?}");
    let refused = run(folder.path(), &["analyze", "usage.jsonl", "--max-record", "8G"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("between 64K and 2G"), "{}", refused.stderr);
}

/// Groups beyond the limit go together, the same ones with every number of threads; what has a price stays
/// apart.
#[test]
fn many_groups_go_together_and_no_sum_is_lost() {
    let record = |number: usize| good(number % 60).replace("gpt-4o", &format!("own-{number}"));
    let log: String = good(0) + &(0..1000).map(record).collect::<String>();
    let folder = folder_with("usage.jsonl", log);
    let command =
        ["analyze", "usage.jsonl", "--keep-duplicates", "--max-groups", "100", "--threads"];
    let reports = ["1", "2", "7"].map(|threads| {
        let mut report = json(folder.path(), &[&command[..], &[threads]].concat());
        report["prices"] = serde_json::Value::Null;
        report
    });
    let report = &reports[0];
    assert!(reports.iter().all(|other| other == report));
    let groups = report["groups"].as_array().expect("groups");
    let calls = |model: &str| {
        let found = groups.iter().find(|group| group["key"]["model"] == model);
        found.and_then(|group| group["calls"].as_u64()).unwrap_or_default()
    };
    assert!((50..=102).contains(&groups.len()), "{} groups", groups.len());
    assert_eq!((report["totals"]["calls"].as_u64(), calls("gpt-4o")), (Some(1001), 1));
    assert_eq!(calls("(other)") + groups.len() as u64 - 1, 1001);
    let told = report["diagnostics"].to_string();
    assert!(told.contains("many-groups") && told.contains("--max-groups"), "{told}");
    let all = json(folder.path(), &["analyze", "usage.jsonl", "--max-groups", "0"]);
    assert!(!all["diagnostics"].to_string().contains("many-groups"));
    assert_eq!(all["groups"].as_array().map(Vec::len), Some(1001));
}

#[test]
fn a_rollup_that_does_not_fit_is_refused() {
    let record = |number: usize| good(number % 60).replace("gpt-4o", &format!("own-{number}"));
    let folder = folder_with("usage.jsonl", (0..1000).map(record).collect::<String>());
    let mut command = llmcost(folder.path());
    command.args(["rollup", "usage.jsonl", "-o", "out.jsonl"]).env("LLMCOST_MEMORY", "1M");
    let refused = finish(&mut command);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("rows: they take some"), "{}", refused.stderr);
    assert!(!folder.path().join("out.jsonl").exists());
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_no_plan_and_no_price_table() {
    let folder = folder_with("usage.jsonl", good(0));
    for arguments in [
        &["analyze", "usage.jsonl", "--prices", "/dev/zero"][..],
        &["simulate", "usage.jsonl", "--plan", "/dev/zero"],
        &["analyze", "usage.jsonl", "--config", "/dev/zero"],
        &["check", "usage.jsonl", "--baseline", "/dev/zero"],
    ] {
        let refused = run(folder.path(), arguments);
        assert!(refused.stderr.contains("/dev/zero"), "{arguments:?}: {}", refused.stderr);
        assert!(refused.stderr.contains("64 MiB"), "{arguments:?}: {}", refused.stderr);
    }
}

/// The half file stayed beside the old one.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_the_old_file_and_nothing_beside_it() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Stdio;

    let folder = folder_with("out.jsonl", "old");
    let mut command = llmcost(folder.path());
    command.args(["convert", "-", "-o", "out.jsonl"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let count = || std::fs::read_dir(folder.path()).expect("a folder").count();
    // More than it looks at before it begins to write.
    for _ in 0..2_000 {
        if count() == 2 {
            break;
        }
        let _ = stdin.write_all(good(0).repeat(10_000).as_bytes());
    }
    assert_eq!(count(), 2, "it writes aside");
    // An interrupt is ignored where the tests run behind a terminal, and stays so.
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
    assert!(sent.success());
    assert_eq!(child.wait().expect("ends").signal(), Some(15));
    assert_eq!(std::fs::read_to_string(folder.path().join("out.jsonl")).expect("reads"), "old");
    assert_eq!(count(), 1, "nothing beside it");
}
