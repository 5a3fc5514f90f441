//! Files with something torn, missing or beside the records: what it costs, and that it is told.

use super::regressions::{TINY, read_tiny};
use super::tests::{options, read_text};
use super::*;
use crate::diagnostics::Code;

const OWN: &str = r#"{"time":"2026-05-01","model":"m","input_tokens":10,"output_tokens":2}"#;
const HEADER: &str = "time,model,input_tokens,output_tokens,task\n";
const ROW: &str = "2026-05-01T10:00:00Z,m,10,2,ok\n";

/// How many calls and skipped records a text has, however it is cut.
fn check(text: &str, expected: (usize, u64)) -> Reading {
    let (calls, reading) = read_text(text, &options());
    assert_eq!((calls.len(), reading.total().skipped), expected, "{text}\n{reading:?}");
    let (calls, _) = read_tiny(text, TINY);
    assert_eq!(calls.len(), expected.0, "in tiny chunks: {text}");
    reading
}

/// It took the rest of the file with it, without a word.
#[test]
fn a_quote_that_is_never_closed_costs_its_own_row() {
    let torn = "2026-05-01T10:00:00Z,m,10,2,\"ok\n";
    let quoted = "2026-05-01T10:00:00Z,m,10,2,\"o\nk\"\n";
    for (rows, expected) in [
        ([ROW, torn, ROW, ROW], (3, 1)),
        ([ROW, torn, quoted, ROW], (3, 1)),
        ([ROW, quoted, torn, ROW], (3, 1)),
        ([torn, torn, ROW, torn], (1, 3)),
        ([ROW, quoted, quoted, ROW], (4, 0)),
    ] {
        let reading = check(&format!("{HEADER}{}", rows.concat()), expected);
        assert_eq!(reading.ledger.count(Code::FieldCount), expected.1);
    }
}

#[test]
fn a_cell_with_rows_of_text_stays_one_cell() {
    let cell = "2026-05-01T10:00:00Z,m,10,2,\"a, b, c, d, e\nf, g, h, i, j\nk, 1, m, n, o\"\n";
    check(&format!("{HEADER}{cell}{ROW}"), (2, 0));
}

/// It was counted as a call that cost as much as all others together.
#[test]
fn the_last_row_of_a_spreadsheet_that_sums_up_the_others_is_no_call() {
    for (sum, expected) in [
        ("Total,20,4", 2),
        (",20,4", 2),
        ("Grand total:,20,4", 2),
        ("Total,21,4", 3),
        ("m,20,4", 3),
    ] {
        let text = format!("model,input_tokens,output_tokens\nm,10,2\nm,10,2\n{sum}\n");
        let reading = check(&text, (expected, 0));
        assert_eq!(reading.ledger.count(Code::AggregatedRow), u64::from(expected == 2), "{sum}");
    }
}

#[test]
fn records_of_other_kinds_may_come_first_however_many() {
    let event = "{\"event\":\"launched\",\"properties\":{}}\n";
    let reading = read_text(&format!("{}{OWN}\n", event.repeat(60)), &options()).1;
    assert_eq!((reading.total().records, reading.failures.len()), (1, 0), "{reading:?}");
}

/// Pages of an interface were of no known format.
#[test]
fn records_in_the_one_list_of_a_record_are_read() {
    let chat = r#"{"id":"ID","object":"chat.completion","created":1767225600,"model":"m","usage":{"prompt_tokens":8,"completion_tokens":8}}"#;
    let (one, other) = (chat.replace("ID", "a"), chat.replace("ID", "b"));
    for name in ["data", "calls", "anything"] {
        let page = format!("{{\"id\":\"page\",\"{name}\":[{one},\n{other}]}}\n");
        check(&page, (2, 0));
        check(&page.replace('\n', ""), (2, 0));
    }
    let reading = read_text("{\"list\":[{\"a\":1}]}", &options()).1;
    assert!(reading.failures[0].1.contains("`list`"), "{:?}", reading.failures);
}

/// A record that was cut off inside a list took everything behind it.
#[test]
fn a_record_torn_inside_a_list_costs_only_itself() {
    let torn = "{\"time\":\"2026-05-01\",\"model\":\"m\",\"tags\":[\"a\"";
    for between in [",\n", ","] {
        let text = format!("[{}]", [OWN, torn, OWN, OWN].join(between));
        let reading = check(&text, (3, 1));
        let entry = reading.ledger.entries().find(|(code, _)| *code == Code::InvalidJson);
        let told = entry.map(|(_, entry)| entry.first[0].message.clone()).expect("told");
        assert!(told.contains("given up"), "{told}");
    }
    let text = format!("[{OWN},{{\"time\":\"2026-05-01\",\"model\":\"m,{OWN},{OWN}]");
    check(&text, (3, 1));
}

/// The end of what could be read was taken for the end of the file.
#[test]
fn a_short_archive_that_is_cut_off_is_told() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut encoder, format!("{OWN}\n").repeat(9).as_bytes())
        .expect("encodes");
    let whole = encoder.finish().expect("encodes");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.gz");
    std::fs::write(&path, &whole[..whole.len() - 20]).expect("writes");
    let (calls, reading) = super::tests::read_all(&[Input::File(path)], &options());
    assert_eq!(calls.len(), 8);
    assert!(!reading.is_complete());
    assert_eq!(reading.cut_off.len(), 1, "{reading:?}");
}

#[test]
fn details_are_as_lenient_as_counts_and_a_split_costs_no_record() {
    let gemini = |details: &str| {
        format!(
            "{{\"modelVersion\":\"d\",\"createTime\":\"2026-10-05T14:00:06Z\",\"usageMetadata\":\
             {{\"promptTokenCount\":50,\"candidatesTokenCount\":8,\"promptTokensDetails\":[{details}]}}}}"
        )
    };
    for (details, remarks) in [
        (r#"{"modality":"AUDIO","tokenCount":"10"}"#, 0),
        (r#"{"modality":4,"tokenCount":10.0}"#, 0),
        (r#"{"tokenCount":10}"#, 0),
        (r#"{"modality":"AUDIO","tokenCount":"ten"}"#, 1),
        (r#"{"modality":"AUDIO","tokenCount":60}"#, 1),
    ] {
        let reading = check(&gemini(details), (1, 0));
        assert_eq!(reading.ledger.count(Code::InconsistentCounts), remarks, "{details}");
    }
    for kind in ["\"type\":\"message\",", ""] {
        let text = format!(
            "{{\"type\":\"message\",\"id\":\"m\",\"model\":\"c\",\"usage\":{{\"input_tokens\":1,\
             \"output_tokens\":1,\"cache_read_input_tokens\":0,\"iterations\":[{{{kind}\
             \"input_tokens\":1.0,\"output_tokens\":\"1\"}}]}}}}"
        );
        check(&text, (1, 0));
    }
    let codex = "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\
        \"token_count\",\"info\":{\"total_token_usage\":{\"input_tokens\":10.0,\"output_tokens\":1},\
        \"last_token_usage\":{\"input_tokens\":10.0,\"output_tokens\":1.0}}}}";
    check(codex, (1, 0));
}

#[test]
fn what_spreadsheets_and_programs_write_around_a_table_is_no_row() {
    for text in [
        "model,input_tokens,output_tokens\nm,10,5,\n",
        "sep=;\nmodel;input_tokens;output_tokens\nm;10;5\n",
        "# exported 2026\n\n# by hand\nmodel,input_tokens,output_tokens\nm,10,5\n",
    ] {
        check(text, (1, 0));
    }
}

#[test]
fn a_record_nested_deeply_is_read() {
    let deep = format!("\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let text = OWN.replace('}', &format!(",{deep}\n"));
    check(&text.repeat(3), (3, 0));
}

#[test]
fn zeros_that_a_crash_left_are_told_and_cost_no_record() {
    let zeros = "\0".repeat(30);
    check(&format!("{OWN}\n{zeros}{OWN}\n{OWN}\n{zeros}"), (3, 2));
    check(&format!("{zeros}{OWN}\n{OWN}\n"), (2, 1));
    check(&format!("[{OWN},\n{zeros}{OWN}]"), (2, 1));
}

#[test]
fn a_record_with_very_many_keys_is_looked_at_in_time() {
    let keys: Vec<String> = (0..50_000).map(|number| format!("\"k{number}\":1")).collect();
    let text = OWN.replace('}', &format!(",{}}}\n", keys.join(",")));
    let (calls, reading) = read_text(&text, &options());
    assert_eq!((calls.len(), reading.files[0].columns.len()), (1, 2000));
}

#[test]
fn a_cost_below_zero_is_left_out() {
    let text = OWN.replace('}', ",\"cost_usd\":-5}");
    let (calls, reading) = read_text(&text, &options());
    assert_eq!(calls.call(0).logged_cost, None);
    assert_eq!(reading.ledger.count(Code::BadCost), 1);
}
