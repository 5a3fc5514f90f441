//! The semantic cache, replayed on the text of a log.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::support::{atto, folder_with, json, project, run, shared, skipped};

/// The log that was worked out by hand: 26 calls of 0.002 dollars.
const LOG: &str = "fixtures/semantic.jsonl";

/// One call of it.
const CALL: i128 = 2_000_000_000_000_000;

fn replayed(more: &[&str]) -> Value {
    json(project(), &[&["simulate", LOG, "--semantic-cache"], more].concat())
}

fn technique(report: &Value) -> &Value {
    &report["techniques"][0]
}

fn exhibit<'r>(report: &'r Value, name: &str) -> &'r Value {
    let exhibits = report["exhibits"].as_array().expect("a list");
    let found = exhibits.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no exhibit {name}"))
}

fn plan(settings: &str) -> Value {
    let folder = folder_with("plan.toml", format!("[semantic_cache]\n{settings}\n"));
    let plan = folder.path().join("plan.toml");
    json(project(), &["simulate", LOG, "--plan", plan.to_str().expect("text")])
}

fn saved(report: &Value) -> i128 {
    atto(&report["baseline_usd"]) - atto(&report["projected_usd"])
}

/// Calls 2, 7, 10, 15, 18, 22 and 26 repeat a text to the letter; 3 but for spelling; 4 with two
/// more letters. Calls 6 and 9 differ in a negation and a number; 14 comes before the answer to 13,
/// 16 has other instructions, 21 and 23 come after an hour, and 24 failed.
#[test]
fn the_hits_are_those_worked_out_by_hand() {
    for (level, hits, wrong) in [
        ("exact", 7, 0),
        ("normalized", 8, 0),
        // 8 % of the hits at a similarity are called after all.
        ("lexical", 9, 8),
    ] {
        let report = replayed(&["--semantic-level", level]);
        let told = technique(&report);
        assert_eq!(told["evidence"], "replayed", "{level}");
        let note = told["evidence_note"].as_str().expect("text");
        assert!(note.contains("of 23 eligible calls hit"), "{note}");
        assert_eq!(saved(&report), hits * CALL * (100 - wrong) / 100, "{level}");
    }
}

/// Without guards calls 6 and 9 hit too; over a day calls 21 and 23 as well.
#[test]
fn guards_and_lifetimes_are_shown() {
    let report = replayed(&[]);
    let row = |name: &str, key: &str, of: &str| {
        let rows = exhibit(&report, name)["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row[key] == of).unwrap_or_else(|| panic!("{name}: no {of}"))
    };
    let at = row("semantic_thresholds", "threshold", "0.80");
    assert_eq!((&at["hits"], &at["unguarded_hits"]), (&json!(9), &json!(11)));
    assert_eq!(row("semantic_lifetimes", "ttl", "1h")["hits"], 9);
    assert_eq!(row("semantic_lifetimes", "ttl", "1d")["hits"], 11);
    assert_eq!(saved(&replayed(&["--semantic-ttl", "1d"])), 11 * CALL * 92 / 100);
    assert_eq!(saved(&plan("guards = false")), 11 * CALL * 92 / 100);
}

/// By the labels every hit is right; 12 calls repeat a label within the hour, of which 12 asks in
/// other words, and 21 and 23 come when the answer is too old.
#[test]
fn labels_measure_what_was_assumed() {
    let report = plan("label = \"intent\"");
    assert_eq!(saved(&report), 9 * CALL);
    let rows = exhibit(&report, "semantic_thresholds")["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["threshold"] == "0.80").expect("a row");
    assert_eq!((&row["precision_share"], &row["recall_share"]), (&json!(1.0), &json!(0.75)));
    // Without guards two of eleven hits are wrong, and called after all.
    assert_eq!(saved(&plan("label = \"intent\"\nguards = false")), 9 * CALL);
}

/// 23 lookups of 1,000 tokens at 0.02 dollars a million.
#[test]
fn every_lookup_is_paid_for() {
    let report = plan("level = \"exact\"\nembedding = \"text-embedding-3-small\"");
    assert_eq!(saved(&report), 7 * CALL - 23 * 1_000 * 20_000_000_000);
}

#[test]
fn harm_is_shown_and_in_no_bill() {
    let report = plan("wrong = \"0.5\"\nharm = \"0.10\"");
    assert_eq!(saved(&report) * 2, 9 * CALL);
    let row = &exhibit(&report, "semantic_harm")["rows"][0];
    // Half of nine hits.
    assert_eq!(atto(&row["harm_usd"]), 450_000_000_000_000_000);
    assert_eq!(atto(&row["net_usd"]), saved(&report) - 450_000_000_000_000_000);
}

/// No question of the log is asked eight times, so nothing may be served.
#[test]
fn few_askings_verify_nothing() {
    let report = plan("verify = \"0.01\"");
    assert_eq!(saved(&report), 0);
    let told = technique(&report)["assumptions"].to_string();
    assert!(told.contains("0 % of the 9 nominal hits are served"), "{told}");
}

#[test]
fn counts_alone_are_refused_and_a_rate_is_offered() {
    let report = json(project(), &["simulate", "--demo", "--semantic-cache"]);
    let told = technique(&report);
    assert_eq!(told["evidence"], "refused");
    assert!(
        told["evidence_note"].as_str().is_some_and(|note| note.contains("--semantic-cache=0.15"))
    );
    assert_eq!(saved(&report), 0);
}

/// The rate may stand after a space or an equals sign, and the log right after the flag.
#[test]
fn the_rate_may_be_left_out() {
    let evidence = |arguments: &[&str]| {
        let report = json(project(), &[&["simulate"], arguments].concat());
        technique(&report)["evidence"].as_str().expect("text").to_owned()
    };
    assert_eq!(evidence(&["--semantic-cache", LOG]), "replayed");
    assert_eq!(evidence(&["--semantic-cache=0.2", LOG]), "assumed");
    assert_eq!(evidence(&["--semantic-cache", "0.2", LOG]), "assumed");
    let both = run(project(), &["simulate", LOG, "--semantic-cache=0.2", "--semantic-ttl", "1h"]);
    assert_eq!(both.code, Some(2), "{}", both.stderr);
}

/// What the log says is in no output, in any form.
#[test]
fn no_text_of_a_prompt_is_printed() {
    for format in ["table", "json", "csv", "markdown"] {
        let told = run(
            project(),
            &["simulate", LOG, "--semantic-cache", "--format", format, "--top", "0"],
        );
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        for word in ["invoice", "Norway", "parcel", "French"] {
            assert!(!told.stdout.contains(word) && !told.stderr.contains(word), "{format}: {word}");
        }
    }
}

/// Messages of a request, vectors as numbers and as base64 of floats: the same questions.
#[test]
fn questions_come_in_several_forms() {
    let messages = |system: &str, question: &str, minute: u32| {
        format!(
            r#"{{"time":"2026-10-05T09:{minute:02}:00Z","request":{{"model":"gpt-4o-mini","messages":[
            {{"role":"system","content":"{system}"}},{{"role":"user","content":"{question}"}}]}},
            "response":{{"id":"chatcmpl-{minute}","object":"chat.completion","model":"gpt-4o-mini",
            "usage":{{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}}}}}"#
        )
        .replace('\n', "")
    };
    let lines = [
        messages("be brief", "what is a monad?", 0),
        messages("be brief", "What is a monad", 1),
        messages("be long", "what is a monad?", 2),
    ];
    let folder = folder_with("calls.jsonl", lines.join("\n"));
    let report = json(folder.path(), &["simulate", "calls.jsonl", "--semantic-cache"]);
    let note = technique(&report)["evidence_note"].to_string();
    assert!(note.contains("33.3 % of 3 eligible"), "{note}");

    // [1, -0.5, 0.25] as floats in base64, and a vector at a right angle.
    let mut table = "time,model,input_tokens,output_tokens,embedding\n".to_owned();
    let vectors = ["AACAPwAAAL8AAIA+", "\"[1.0, -0.5, 2.5e-1]\"", "\"[0.5, 1, 0]\"", "nonsense"];
    for (minute, vector) in vectors.iter().enumerate() {
        let _ = writeln!(table, "2026-10-05T09:0{minute}:00Z,gpt-4o-mini,1000,100,{vector}");
    }
    let folder = folder_with("calls.csv", table);
    let report = json(folder.path(), &["simulate", "calls.csv", "--semantic-cache"]);
    let told = technique(&report);
    assert!(told["evidence_note"].to_string().contains("33.3 % of 3 eligible"), "{told}");
    assert!(told["assumptions"].to_string().contains("1 without a vector"), "{told}");
}

/// An endpoint that answers with how often each letter stands in a text.
fn endpoint(requests: usize) -> (String, std::thread::JoinHandle<Vec<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let answers = move || {
        let mut asked = Vec::new();
        for _ in 0..requests {
            let (stream, _) = listener.accept().expect("a connection");
            asked.push(answer(stream));
        }
        asked
    };
    (url, std::thread::spawn(answers))
}

/// Answers one request, in chunks, and says for how many texts it asked.
fn answer(mut stream: TcpStream) -> usize {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).expect("a line") > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["model"], "letters");
    let texts = body["input"].as_array().expect("texts");
    let vector = |text: &Value| {
        let text = text.as_str().expect("a text").to_lowercase();
        ('a'..='z').map(|letter| text.matches(letter).count()).collect::<Vec<_>>()
    };
    let rows = texts.iter().map(vector).enumerate();
    let rows: Vec<Value> =
        rows.map(|(index, vector)| json!({"index": index, "embedding": vector})).collect();
    let told = json!({ "data": rows }).to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{told}\r\n0\r\n\r\n",
        told.len()
    )
    .expect("writes");
    texts.len()
}

/// Eleven distinct texts of the log are sent once; whatever is alike in its letters hits.
#[test]
fn an_endpoint_gives_the_vectors() {
    let (url, server) = endpoint(1);
    let report = replayed(&["--embed-endpoint", &url, "--embed-model", "letters"]);
    assert_eq!(server.join().expect("no panic"), [11]);
    let note = technique(&report)["evidence_note"].to_string();
    assert!(note.contains("(embeddings at 0.92)"), "{note}");
    // The nine of above.
    assert_eq!(saved(&report), 9 * CALL * 92 / 100);
}

#[test]
fn an_endpoint_that_cannot_be_used_is_told() {
    let check = |url: &str, expected: &str| {
        let arguments = ["simulate", LOG, "--semantic-cache", "--embed-endpoint", url];
        let told = run(project(), &[&arguments[..], &["--embed-model", "m"]].concat());
        assert_ne!(told.code, Some(0), "{url}");
        assert!(told.stderr.contains(expected), "{url}: {}", told.stderr);
    };
    check("https://api.example.com/v1", "https is not spoken");
    check("http://127.0.0.1:1/v1", "cannot reach http://127.0.0.1:1/v1/embeddings");
    check("http://8.8.8.8/v1", "not in this machine's own network");
}

/// Pairs of sentences that mean the same, without those that stand in several pairs: first all of
/// one kind, then all of the other.
fn pairs() -> Option<String> {
    let path = shared("traces/semantic/gptcache_mock_data.json")?;
    let text = std::fs::read_to_string(path).expect("reads");
    let pairs: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let mut seen = HashSet::new();
    let is_new = |pair: &&Value| {
        let sides = ["origin", "similar"].map(|side| pair[side].to_string());
        let known = sides.iter().any(|side| seen.contains(side));
        seen.extend(sides.into_iter().filter(|_| !known));
        !known
    };
    let pairs: Vec<&Value> = pairs.iter().filter(is_new).collect();
    let mut lines = String::new();
    for (half, side) in ["origin", "similar"].into_iter().enumerate() {
        for (number, pair) in pairs.iter().enumerate() {
            // So far apart that every answer is there before the next question.
            let second = (half * pairs.len() + number) * 3;
            let (hour, minute) = (second / 3_600, second / 60 % 60);
            let record = json!({
                "time": format!("2026-10-05T{hour:02}:{minute:02}:{:02}Z", second % 60),
                "model": "claude-haiku-4-5", "input_tokens": 1_000, "output_tokens": 200,
                "prompt": pair[side], "intent": format!("pair {number}"),
            });
            let _ = writeln!(lines, "{record}");
        }
    }
    Some(lines)
}

/// Of 963 pairs, what a replay over exact Jaccard similarities (a few lines of Python over sets of
/// letters) finds: hits and right ones by threshold. What is spelled alike is mostly not what is
/// meant: templates of sentences beat paraphrases.
#[test]
fn lexical_hits_on_pairs_of_sentences_are_those_of_another_program() {
    let Some(lines) = pairs() else { return };
    let folder = folder_with("pairs.jsonl", lines);
    let plan = "[semantic_cache]\nlevel = \"lexical\"\nlabel = \"intent\"\nttl = \"7d\"\n\
                guards = false\n";
    std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
    let report = json(folder.path(), &["simulate", "pairs.jsonl", "--plan", "plan.toml"]);
    let rows = exhibit(&report, "semantic_thresholds")["rows"].as_array().expect("rows");
    let expected: [(&str, i32, i32); 8] = [
        ("0.75", 62, 17),
        ("0.80", 30, 6),
        ("0.85", 14, 0),
        ("0.90", 9, 0),
        ("0.92", 8, 0),
        ("0.95", 6, 0),
        ("0.99", 6, 0),
        ("same", 6, 0),
    ];
    for (row, (threshold, hits, right)) in rows.iter().zip(expected) {
        let told = format!("{row}");
        assert_eq!((&row["threshold"], &row["unguarded_hits"]), (&json!(threshold), &json!(hits)));
        for (key, whole) in [("precision_share", hits), ("recall_share", 963)] {
            let share = row[key].as_f64().expect("a share") * f64::from(whole);
            assert!((share - f64::from(right)).abs() < 0.01, "{key}: {told}");
        }
    }
    assert_eq!(rows.len(), expected.len());
}

/// What numpy finds over the vectors of a small real model (`WordLlama`, 256 numbers a text): made by
/// `benches/embeddings.sh`, which needs Python and a package, so that the test says when it is not
/// there. Of 963 pairs at 0.90: 628 hits, 76.0 % right, half of all repeats found; at 0.95: 83.9 %
/// and a quarter.
#[test]
fn hits_by_real_vectors_are_those_of_an_exact_search() {
    let folder = project().join("target/embeddings");
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.csv")) else {
        skipped("vectors of a real model are not here; benches/embeddings.sh makes them");
        return;
    };
    let log = std::fs::read_to_string(folder.join("pairs.jsonl")).expect("reads");
    let folder = folder_with("pairs.jsonl", log);
    let plan = "[semantic_cache]\nlevel = \"embeddings\"\nlabel = \"intent\"\nttl = \"7d\"\n\
                guards = false\n";
    std::fs::write(folder.path().join("plan.toml"), plan).expect("writes");
    let report = json(folder.path(), &["simulate", "pairs.jsonl", "--plan", "plan.toml"]);
    let rows = exhibit(&report, "semantic_thresholds")["rows"].as_array().expect("rows");
    for (row, line) in rows.iter().zip(expected.lines().skip(1)) {
        let [threshold, hits, right, questions] =
            line.split(',').collect::<Vec<_>>().try_into().expect("four columns");
        assert_eq!(row["threshold"], threshold, "{line}");
        assert_eq!(row["unguarded_hits"].to_string(), hits, "{line}");
        let [hits, right, questions] =
            [hits, right, questions].map(|count| count.parse::<f64>().expect("a count"));
        for (key, whole) in [("precision_share", hits), ("recall_share", questions)] {
            let share = row[key].as_f64().expect("a share");
            assert!((share * whole - right).abs() < 0.01, "{key}: {line}");
        }
    }
}
