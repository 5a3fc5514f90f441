//! Inputs that once went wrong, each under the name of what went wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::chunk::Limits;
use super::format::{Convention, Identity, as_read, no_table};
use super::reader::read_within;
use super::tests::{Quiet, options, read_all, read_text};
use super::*;
use crate::diagnostics::Code;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Calls, column};

pub(super) const OWN: &str =
    r#"{"model":"m","time":1791190801,"input_tokens":10,"output_tokens":2}"#;

/// Small enough that a few records fill several chunks.
pub(super) const TINY: Limits = Limits { chunk: 64, sample: 64, record: 4096 };

/// Reads `text` in tiny chunks, and checks that nothing but the sizes differs from one chunk.
pub(super) fn read_tiny(text: &str, limits: Limits) -> (Calls, Reading) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::write(&path, text).expect("writes");
    let mut calls = Calls::new(options().dimensions);
    let sink = &mut |batch: &Calls| calls.append(batch);
    let reading = read_within(limits, &[Input::File(path)], &options(), &Quiet, sink);
    assert!(reading.total().balance(), "{reading:?}");
    (calls, reading)
}

fn each(calls: &Calls) -> Vec<Call> {
    (0..calls.len()).map(|row| calls.call(row)).collect()
}

fn count(calls: &Calls, class: TokenClass) -> u64 {
    calls.token_column(class).map(Tokens::get).sum()
}

#[test]
fn an_embedded_log_is_decompressed() {
    static LOG: &[u8] = include_bytes!("../../fixtures/usage.jsonl.gz");
    let (calls, reading) = read_all(&[Input::Embedded("sample", LOG)], &options());
    assert_eq!(reading.failures, []);
    assert!(calls.len() > 19_000, "{}", calls.len());
}

#[test]
fn a_list_with_an_object_a_line_loses_no_record() {
    let (calls, reading) = read_text(&format!("[\n{OWN},\n{OWN}\n]\n"), &options());
    assert_eq!((calls.len(), reading.total().skipped), (2, 0));
}

#[test]
fn a_first_record_longer_than_the_sample_is_read() {
    let long = OWN.replace("\"m\"", &format!("\"{}\"", "m".repeat(1000)));
    for text in [format!("{long}\n{OWN}\n"), format!("[{long},\n{OWN}]"), long.clone()] {
        let (calls, reading) = read_tiny(&text, TINY);
        assert_eq!(reading.failures, [], "{text}");
        assert_eq!(calls.len(), if text == long { 1 } else { 2 });
    }
}

#[test]
fn a_file_of_no_known_format_has_a_code_of_its_own() {
    let (_, reading) = read_text("{\"a\":1}\n", &options());
    assert_eq!(reading.ledger.count(Code::UnknownFormat), 1);
    assert_eq!(reading.failures.len(), 1);
}

/// Whether `read` ends at all, and with a panic.
fn panics(read: impl FnOnce() + Send + 'static) -> bool {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(catch_unwind(AssertUnwindSafe(read)).is_err()));
    receiver.recv_timeout(Duration::from_secs(30)).expect("the reading ends")
}

fn many_lines() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{OWN}\n").repeat(1000)).expect("writes");
    file
}

#[test]
fn a_sink_that_panics_ends_the_reading() {
    assert!(panics(|| {
        let file = many_lines();
        let inputs = [Input::File(file.path().to_owned())];
        read_within(TINY, &inputs, &options(), &Quiet, &mut |_| panic!("the sink has had enough"));
    }));
}

static PANICS: Format = Format {
    name: "panics",
    summary: "",
    provider: "",
    recognises: |_| false,
    recognises_columns: no_table,
    fields: &[],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |_| panic!("a bug in a format"),
    session: None,
    refine: as_read,
};

#[test]
fn a_format_that_panics_ends_the_reading() {
    assert!(panics(|| {
        let file = many_lines();
        let inputs = [Input::File(file.path().to_owned())];
        let threads = std::num::NonZeroUsize::new(3).expect("three");
        let options = ReadOptions { format: Some(&PANICS), threads, ..options() };
        read_within(TINY, &inputs, &options, &Quiet, &mut |_| {});
    }));
}

/// A session's id around the response once made all of its responses one call.
#[test]
fn the_id_model_and_tier_around_a_response_do_not_outrank_its_own() {
    let line = |number: u32| {
        format!(
            "{{\"id\":\"session-1\",\"model\":\"asked\",\"service_tier\":\"flex\",\"response\":{{\
             \"id\":\"chatcmpl-{number}\",\"object\":\"chat.completion\",\"model\":\"answered\",\
             \"service_tier\":\"priority\",\"created\":1791190801,\
             \"usage\":{{\"prompt_tokens\":10,\"completion_tokens\":2}}}}}}\n"
        )
    };
    let (calls, reading) = read_text(&(line(1) + &line(2) + &line(2)), &options());
    assert_eq!((calls.len(), reading.total().duplicates), (2, 1));
    assert_eq!(calls.name(column::MODEL, 0), "answered");
    assert_eq!(calls.name(column::REQUEST_MODEL, 0), "asked");
    assert_eq!(calls.call(0).service_tier.name(), "priority");
}

#[test]
fn a_model_that_is_named_only_around_a_response_is_its_model() {
    let line = "{\"model\":\"m\",\"response\":{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}}\n";
    let (calls, _) = read_text(line, &options());
    assert_eq!(calls.name(column::MODEL, 0), "m");
    assert_eq!(calls.name(column::REQUEST_MODEL, 0), "");
}

/// Two models behind one id, as some proxies write for a fallback.
#[test]
fn one_id_with_two_models_is_two_calls() {
    let line = |model: &str| {
        format!(
            "{{\"id\":\"a\",\"object\":\"chat.completion\",\"model\":\"{model}\",\
             \"usage\":{{\"prompt_tokens\":10,\"completion_tokens\":2}}}}\n"
        )
    };
    let (calls, _) = read_text(&(line("m") + &line("n") + &line("m")), &options());
    assert_eq!(calls.len(), 2);
}

const CHAT: &str = r#"{"object":"chat.completion","model":"a","created":1791190801,"usage":{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":60}}}"#;
const RESPONSE: &str = r#"{"object":"response","model":"b","created_at":1791190801,"usage":{"input_tokens":200,"input_tokens_details":{"cached_tokens":80},"output_tokens":6,"total_tokens":206}}"#;
const MESSAGE: &str = r#"{"type":"message","model":"c","timestamp":1791190801,"usage":{"input_tokens":10,"cache_read_input_tokens":300,"output_tokens":7}}"#;
const GEMINI: &str = r#"{"modelVersion":"d","createTime":"2026-10-05T14:00:06Z","usageMetadata":{"promptTokenCount":50,"cachedContentTokenCount":20,"candidatesTokenCount":8}}"#;

/// What is not of the file's format once was skipped, or read with the wrong rule for the cache.
#[test]
fn records_of_several_formats_in_one_file_are_each_read_as_what_they_are() {
    let lines = [CHAT, RESPONSE, MESSAGE, GEMINI, OWN];
    for turn in 0..lines.len() {
        let mut lines = lines;
        lines.rotate_left(turn);
        // More lines of the first format than detection looks at, so that each is the main one.
        let text = format!("{}\n", lines[0]).repeat(50) + &lines[1..].join("\n");
        let (calls, reading) = read_text(&text, &options());
        assert_eq!(reading.total().records, 54, "{reading:?}");
        let mut found: Vec<_> = (0..calls.len())
            .map(|row| {
                let tokens = calls.call(row).tokens;
                let counts = [TokenClass::Input, TokenClass::CacheRead, TokenClass::Output];
                (calls.name(column::MODEL, row), counts.map(|class| tokens[class].get()))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        let expected = [
            ("a", [40, 60, 5]),
            ("b", [120, 80, 6]),
            ("c", [10, 300, 7]),
            ("d", [30, 20, 8]),
            ("m", [10, 0, 2]),
        ];
        assert_eq!(found, expected, "{:?}", reading.files[0].format);
    }
}

#[test]
fn a_flat_record_whose_names_put_the_cache_inside_the_input_is_read_so() {
    let odd = r#"{"model":"m","time":1791190801,"input_tokens":100,"cached_tokens":60,"output_tokens":2}"#;
    let text = format!("{OWN}\n").repeat(60) + odd;
    let (calls, reading) = read_text(&text, &options());
    assert_eq!(reading.files[0].format, Some("llmcost"));
    let last = calls.call(60).tokens;
    assert_eq!((last[TokenClass::Input].get(), last[TokenClass::CacheRead].get()), (40, 60));
}

#[test]
fn what_the_user_calls_all_records_is_not_questioned() {
    let format = find_format("anthropic-messages");
    let (calls, _) = read_text(&format!("{RESPONSE}\n"), &ReadOptions { format, ..options() });
    assert_eq!(count(&calls, TokenClass::Input), 200);
}

fn check_chunks(text: &str) {
    let whole = read_tiny(text, Limits::default());
    for chunk in [1, 7, 64, 150, 1000] {
        let tiny = read_tiny(text, Limits { chunk, sample: 200, record: 1 << 20 });
        assert!(each(&tiny.0) == each(&whole.0), "{chunk}");
        assert_eq!(tiny.1.total(), whole.1.total(), "{chunk}");
        assert_eq!(tiny.1.ledger, whole.1.ledger, "{chunk}");
    }
}

#[test]
fn a_table_says_the_same_however_it_is_cut() {
    let rows =
        ["a,10,1,x", "b,20,2,\"y\ny\"", "c,3,4,5\" wide", "d,5,5", "\"e\",6,6,\"q\"\"\n\"", ""];
    let text =
        format!("model,input_tokens,output_tokens,what\n{}", (rows.join("\n") + "\n").repeat(9));
    check_chunks(&text);
    check_chunks(&text.replace('\n', "\r\n"));
    let (calls, reading) = read_tiny(&text, TINY);
    assert_eq!((calls.len(), reading.ledger.count(Code::FieldCount)), (36, 9));
}

#[test]
fn laid_out_records_say_the_same_however_they_are_cut() {
    let spread = OWN.replace(',', ",\n  ");
    check_chunks(&format!("[\n{}{spread}\n]\n", format!("{spread},\n{OWN},").repeat(9)));
    check_chunks(&format!("{spread}\n{}", format!("{spread} {OWN}\n\n").repeat(9)));
    let torn = spread.split_once("_tokens").expect("cut").0;
    check_chunks(&format!("{spread}\n{torn}\n{spread}\n{spread}\n"));
}

/// Each chunk once counted its records as lines.
#[test]
fn records_that_share_one_line_have_its_number() {
    let text = format!("[{}]", vec![OWN; 40].join(","));
    let (calls, _) = read_tiny(&text, TINY);
    assert_eq!(calls.len(), 40);
    assert!(each(&calls).iter().all(|call| call.place.line == 1), "{calls:?}");
}

#[test]
fn a_torn_laid_out_record_costs_only_itself() {
    let spread = OWN.replace(',', ",\n  ");
    let torn = spread.split_once("_tokens").expect("cut").0;
    for text in [
        format!("{spread}\n{torn}\n{spread}\n{spread}"),
        format!("[\n{spread},\n{torn}\n{spread}\n]"),
    ] {
        let (calls, reading) = read_text(&text, &options());
        assert_eq!(reading.ledger.count(Code::InvalidJson), 1, "{text}");
        assert_eq!(calls.len() as u64, text.matches("output").count() as u64, "{text}");
    }
}

/// A quote that is never closed once took the rest of the table.
#[test]
fn after_a_record_that_is_too_long_reading_goes_on_and_lines_add_up() {
    let limits = Limits { chunk: 64, sample: 64, record: 512 };
    let rows = "m,10,2,x\n".repeat(200);
    let table = format!("model,input_tokens,output_tokens,what\n{rows}m,1,1,\"open\n{rows}");
    let (calls, reading) = read_tiny(&table, limits);
    assert_eq!((calls.len(), reading.total().skipped), (400, 1));
    assert_eq!(reading.total().lines, 402);
    let long = format!("{{\"model\":\"m\",\"x\":[\n{}0]}}", " {\"input_tokens\":1},\n".repeat(100));
    let documents = format!("[{OWN},\n{long},\n{OWN}]");
    let (calls, reading) = read_tiny(&documents, limits);
    assert_eq!((calls.len(), reading.ledger.count(Code::RecordTooLong)), (2, 1), "{reading:?}");
    assert_eq!(reading.total().skipped, 1, "{reading:?}");
    assert_eq!(calls.call(1).place.line, 104);
}

/// The classes that accounting moves tokens between.
fn classes(calls: &Calls) -> [u64; 4] {
    use TokenClass::{CacheRead, Input, Output, Reasoning};
    [Input, CacheRead, Output, Reasoning].map(|class| count(calls, class))
}

fn check_usage(usage: &str, expected: [u64; 4], remarks: u64) {
    let (calls, reading) =
        read_text(&format!("{{\"model\":\"m\",\"usage\":{{{usage}}}}}\n"), &options());
    assert_eq!(classes(&calls), expected, "{usage}");
    assert_eq!(reading.ledger.count(Code::InconsistentCounts), remarks, "{usage}");
}

/// Counts of recorded responses of xAI, Gemini's `OpenAI` endpoint and Perplexity.
#[test]
fn reasoning_outside_the_output_is_not_taken_from_it() {
    check_usage(
        r#""prompt_tokens":10120,"completion_tokens":1499,"total_tokens":14428,"prompt_tokens_details":{"cached_tokens":128},"completion_tokens_details":{"reasoning_tokens":2809}"#,
        [9992, 128, 1499, 2809],
        0,
    );
    check_usage(
        r#""completion_tokens":2,"total_tokens":331,"completion_tokens_details":{"reasoning_tokens":317}"#,
        [12, 0, 2, 317],
        1,
    );
    check_usage(
        r#""prompt_tokens":35,"completion_tokens":12,"total_tokens":109"#,
        [35, 0, 12, 62],
        1,
    );
    check_usage(
        r#""prompt_tokens":1188,"completion_tokens":4240,"total_tokens":5428,"reasoning_tokens":92431"#,
        [1188, 0, 4240, 92431],
        0,
    );
    check_usage(
        r#""prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":30}"#,
        [100, 0, 20, 30],
        0,
    );
}

#[test]
fn a_total_shows_whether_cached_tokens_are_inside_the_input() {
    check_usage(
        r#""prompt_tokens":10,"completion_tokens":5,"total_tokens":95,"prompt_tokens_details":{"cached_tokens":80}"#,
        [10, 80, 5, 0],
        1,
    );
}

/// llmcost's own names say what they count: a total that somebody computed proves nothing.
#[test]
fn a_total_beside_our_own_names_changes_nothing() {
    let flat = r#"{"model":"m","input_tokens":100,"cache_read_tokens":60,"output_tokens":5,"total_tokens":105}"#;
    assert_eq!(classes(&read_text(flat, &options()).0), [100, 60, 5, 0]);
    let map = vec![("input_includes_cache".to_owned(), "true".to_owned())];
    let told = ReadOptions { map, ..options() };
    assert_eq!(classes(&read_text(flat, &told).0), [40, 60, 5, 0]);
}

#[test]
fn a_status_that_is_no_error_word_is_not_an_error() {
    let line = |status: &str, counts: &str| {
        format!("{{\"model\":\"m\",\"status\":\"{status}\"{counts}}}\n")
    };
    let counts = ",\"input_tokens\":1,\"output_tokens\":2";
    let words = ["queued", "timeout", "rate_limited", "finished", "500", "Failed"];
    let text: String = words.iter().map(|word| line(word, counts)).collect();
    // Without counts a failed call is a call; what merely waits is not.
    let text = text + &line("failed", "") + &line("queued", "");
    let (calls, reading) = read_text(&text, &options());
    let found: Vec<_> = each(&calls).iter().map(|call| call.status.name()).collect();
    assert_eq!(found, ["unknown", "error", "error", "ok", "error", "error", "error"]);
    assert_eq!(reading.ledger.count(Code::MissingUsage), 1);
}

#[test]
fn values_beyond_their_range_are_remarked_and_do_not_cost_the_record() {
    let line = |key: &str, value: &str| OWN.replace("\"m\"", &format!("\"m\",\"{key}\":{value}"));
    let odd = [
        ("calls", "0"),
        ("max_tokens", "-1"),
        ("max_tokens", "99999999999"),
        ("attempt", "70000"),
        ("latency_ms", "-3"),
        ("searches", "5000000000"),
    ];
    let text: Vec<_> = odd.iter().map(|(key, value)| line(key, value)).collect();
    let (calls, reading) = read_text(&text.join("\n"), &options());
    assert_eq!(reading.ledger.count(Code::OutOfRange), odd.len() as u64, "{reading:?}");
    assert!(each(&calls).iter().all(|call| call.calls == 1));
    let (calls, reading) = read_text(&line("cost_usd", "99999999999"), &options());
    assert_eq!((calls.call(0).logged_cost, reading.ledger.count(Code::BadCost)), (None, 1));
    let parts = line("cache_write_tokens", "5,\"cache_write_1h_tokens\":9");
    let (calls, reading) = read_text(&parts, &options());
    assert_eq!(count(&calls, TokenClass::CacheWrite1h), 9);
    assert_eq!(reading.ledger.count(Code::InconsistentCounts), 1);
}

#[test]
fn counts_in_lists_may_be_null_but_not_absurd() {
    let message = |count: &str| {
        MESSAGE.replace(
            "\"output_tokens\"",
            &format!("\"iterations\":[{{\"type\":\"compaction\",\"input_tokens\":{count},\"output_tokens\":null}}],\"output_tokens\""),
        )
    };
    assert_eq!(read_text(&message("null"), &options()).0.len(), 2);
    let (_, reading) = read_text(&message("18446744073709551615"), &options());
    assert_eq!(reading.ledger.count(Code::ImplausibleCount), 1, "{reading:?}");
    let gemini = |count: &str| {
        GEMINI.replace(
            "\"candidates",
            &format!("\"promptTokensDetails\":[{{\"modality\":\"AUDIO\",\"tokenCount\":{count}}}],\"candidates"),
        )
    };
    assert_eq!(read_text(&gemini("null"), &options()).0.len(), 1);
    let (_, reading) = read_text(&gemini("18446744073709551615"), &options());
    assert_eq!(reading.ledger.count(Code::ImplausibleCount), 1, "{reading:?}");
}

#[test]
fn unanswered_requests_of_a_batch_are_no_calls() {
    let lines = [
        format!("{{\"custom_id\":\"a\",\"result\":{{\"type\":\"succeeded\",\"message\":{MESSAGE}}}}}"),
        r#"{"custom_id":"b","result":{"type":"errored","error":{"type":"error","error":{"type":"x"}}}}"#.to_owned(),
        r#"{"custom_id":"c","result":{"type":"canceled"}}"#.to_owned(),
        r#"{"custom_id":"d","result":{"type":"expired"}}"#.to_owned(),
    ];
    let (calls, reading) = read_text(&lines.join("\n"), &options());
    assert_eq!((calls.len(), reading.total().continuation), (1, 3), "{reading:?}");
    assert_eq!(calls.call(0).service_tier.name(), "batch");
    assert_eq!(reading.total().skipped, 0);
}

#[test]
fn events_of_a_stream_are_not_calls_of_their_own() {
    let lines = [
        format!("{{\"type\":\"message_start\",\"message\":{MESSAGE}}}"),
        r#"{"type":"content_block_delta","delta":{"text":"a"}}"#.to_owned(),
        r#"{"type":"message_delta","delta":{},"usage":{"output_tokens":7}}"#.to_owned(),
        r#"{"type":"message_stop"}"#.to_owned(),
    ];
    let (calls, reading) = read_text(&lines.join("\n"), &options());
    assert_eq!((calls.len(), reading.ledger.count(Code::StreamPiece)), (0, 2), "{reading:?}");
    assert_eq!(reading.total().continuation, 2);
}

#[test]
fn short_names_of_columns_are_understood() {
    let table = "model,input,output,total_cost,requests\nm,10,2,0.5,3\n";
    let (calls, _) = read_text(table, &options());
    let call = calls.call(0);
    assert_eq!((call.calls, call.logged_cost.is_some()), (3, true));
    assert_eq!(classes(&calls), [10, 0, 2, 0]);
    let own = "model,input_tokens,output_tokens,spend,num_requests\nm,10,2,0.5,3\n";
    let (calls, reading) = read_text(own, &options());
    assert_eq!(reading.files[0].format, Some("llmcost"));
    assert_eq!((calls.call(0).calls, calls.call(0).logged_cost.is_some()), (3, true));
    let texts = "{\"input\":\"hello\",\"output\":\"there\"}\n";
    assert_eq!(read_text(texts, &options()).1.failures.len(), 1);
}

#[test]
fn money_that_is_not_in_dollars_is_told_once_a_file() {
    for column in ["cost_cents", "amount_jpy", "Cost EUR", "cost_micros"] {
        let table = format!("model,input_tokens,output_tokens,{column}\nm,1,2,3\nm,1,2,4\n");
        let (calls, reading) = read_text(&table, &options());
        assert_eq!(reading.ledger.count(Code::BadCost), 1, "{column}");
        assert_eq!(calls.call(0).logged_cost, None);
    }
}

#[test]
fn keys_with_dots_can_be_mapped() {
    let map = [
        ("model", "gen.model"),
        ("input_tokens", "gen_ai.usage.input_tokens"),
        ("output_tokens", "attributes.gen_ai.usage.output_tokens"),
    ];
    let map = map.map(|(field, path)| (field.to_owned(), path.to_owned())).to_vec();
    let options = ReadOptions { map, ..options() };
    for text in [
        r#"{"gen.model":"m","gen_ai.usage.input_tokens":10,"attributes":{"gen_ai.usage.output_tokens":2}}"#,
        r#"{"gen":{"model":"m"},"gen_ai":{"usage.input_tokens":10},"attributes":{"gen_ai":{"usage":{"output_tokens":2}}}}"#,
    ] {
        let (calls, _) = read_text(text, &options);
        assert_eq!(calls.name(column::MODEL, 0), "m", "{text}");
        assert_eq!(classes(&calls), [10, 0, 2, 0], "{text}");
    }
}

#[test]
fn a_hint_is_enough_where_the_first_record_is_too_long() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let long = OWN.replace("\"m\"", &format!("\"{}\"", "m".repeat(9000)));
    std::fs::write(file.path(), format!("{long}\n{OWN}\n")).expect("writes");
    let options = ReadOptions { format: find_format("llmcost"), ..options() };
    let mut rows = 0;
    let inputs = [Input::File(file.path().to_owned())];
    let reading = read_within(TINY, &inputs, &options, &Quiet, &mut |batch| rows += batch.len());
    assert_eq!((rows, reading.ledger.count(Code::RecordTooLong)), (1, 1), "{reading:?}");
    assert!(reading.total().balance());
}
