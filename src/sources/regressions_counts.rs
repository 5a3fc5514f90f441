//! Faults of the counting of usage that must not come back.

use crate::diagnostics::Code;
use crate::units::TokenClass;
use crate::usage::{Calls, column};

use super::tests::{options, read_all, read_text};
use super::{Input, Reading};

/// Uncached input, read from the cache, written to it, output, reasoning: over all calls.
fn sums(calls: &Calls) -> [u64; 5] {
    [
        TokenClass::Input,
        TokenClass::CacheRead,
        TokenClass::CacheWrite5m,
        TokenClass::Output,
        TokenClass::Reasoning,
    ]
    .map(|class| (0..calls.len()).map(|row| calls.call(row).tokens[class].get()).sum())
}

fn check(text: &str, expected: [u64; 5]) -> (Calls, Reading) {
    let (calls, reading) = read_text(text, &options());
    assert_eq!(sums(&calls), expected, "{text}\n{reading:?}");
    assert!(reading.total().balance(), "{text}");
    (calls, reading)
}

/// As [`check`], of a record that is read with a remark.
fn told(text: &str, expected: [u64; 5], code: Code) {
    let (_, reading) = check(text, expected);
    assert!(reading.ledger.count(code) > 0, "{text}\n{reading:?}");
}

#[test]
fn columns_that_only_home_made_tables_have_are_not_dropped() {
    let written = r#"{"model":"m","input_tokens":10,"cache_read_tokens":500,"cache_creation_tokens":1000,"output_tokens":5}"#;
    check(written, [10, 500, 1000, 5, 0]);
    let table = "date,model_name,input_tokens,output_tokens,request_count,total_cost_usd,task,success\n\
                 2026-10-01,m,10,5,7,0.03,chat,false\n";
    let (calls, _) = check(table, [10, 0, 0, 5, 0]);
    let call = calls.call(0);
    assert_eq!((call.calls, call.logged_cost.is_some(), call.time.is_missing()), (7, true, false));
    assert_eq!([column::MODEL, column::CALL_TYPE].map(|at| calls.name(at, 0)), ["m", "chat"]);
    assert_eq!(call.status.name(), "error");
}

#[test]
fn a_cached_column_that_comes_late_is_inside_the_input_all_the_same() {
    let early = r#"{"model":"m","tokens_in":1000,"tokens_out":10}"#;
    let late = r#"{"model":"m","tokens_in":1000,"tokens_out":10,"cached_tokens":800}"#;
    for (first, then) in [(early, late), (late, early)] {
        let lines: Vec<&str> = [[first; 60], [then; 60]].concat();
        check(&lines.join("\n"), [72_000, 48_000, 0, 1_200, 0]);
    }
}

#[test]
fn answers_of_servers_that_draw_ids_from_a_thousand_are_not_copies() {
    let call = |created: u32| {
        format!(
            r#"{{"id":"chatcmpl-7","object":"chat.completion","created":{created},"model":"m","usage":{{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}}}"#
        )
    };
    let lines = [call(1_790_000_000), call(1_790_000_100), call(1_790_000_000)].join("\n");
    let (calls, reading) = check(&lines, [20, 0, 0, 4, 0]);
    assert_eq!((calls.len(), reading.total().duplicates), (2, 1));
}

#[test]
fn answers_in_the_shape_of_openai_with_counts_of_anthropic_are_read() {
    let first = r#"{"id":"a","model":"gpt-4o","object":"chat.completion","usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}"#;
    let then = r#"{"id":"b","model":"claude-sonnet-4-6","object":"chat.completion","usage":{"prompt_tokens":100,"completion_tokens":3,"total_tokens":103,"cache_read_input_tokens":60,"cache_creation_input_tokens":30}}"#;
    check(&[first, then].join("\n"), [20, 60, 30, 5, 0]);
    check(then, [10, 60, 30, 3, 0]);
}

#[test]
fn amounts_in_other_currencies_are_not_dollars() {
    for text in [
        "model,tokens_in,tokens_out,cost,currency\nm,1,2,15000,JPY\n",
        "model,tokens_in,tokens_out,costCents\nm,1,2,15000\n",
        "model,tokens_in,tokens_out,cost_microusd\nm,1,2,15000\n",
    ] {
        let (calls, reading) = check(text, [1, 0, 0, 2, 0]);
        assert_eq!(calls.call(0).logged_cost, None, "{text}");
        assert_eq!(reading.ledger.count(Code::BadCost), 1, "{text}");
    }
    let dollars = "model,tokens_in,tokens_out,cost,currency\nm,1,2,0.5,usd\n";
    let (calls, _) = check(dollars, [1, 0, 0, 2, 0]);
    assert!(calls.call(0).logged_cost.is_some());
}

#[test]
fn sums_of_two_accounts_are_told_and_not_mixed() {
    let page = |input: u32, output: u32| {
        format!(
            r#"{{"object":"page","data":[{{"object":"bucket","start_time":1790000000,"end_time":1790086400,"results":[{{"object":"organization.usage.completions.result","input_tokens":{input},"output_tokens":{output},"input_cached_tokens":0,"num_model_requests":2,"model":"gpt-4o","project_id":null,"user_id":null,"api_key_id":null,"batch":null}}]}}],"has_more":false,"next_page":null}}"#
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = [(1000, 100), (700, 500)].map(|(input, output)| {
        let path = folder.path().join(format!("{input}.json"));
        std::fs::write(&path, page(input, output)).expect("writes");
        Input::File(path)
    });
    let (calls, reading) = read_all(&inputs, &options());
    assert_eq!(sums(&calls), [700, 0, 0, 500, 0]);
    assert_eq!(reading.ledger.count(Code::InconsistentCounts), 1, "{reading:?}");
}

#[test]
fn row_numbers_and_names_do_not_make_rows_copies() {
    let table = "id,model,tokens_in,tokens_out\nbob,m,1,2\nbob,m,1,2\nbob,m,1,2\n";
    told(table, [3, 0, 0, 6, 0], Code::PossibleCopy);
    let at_midnight = r#"{"id":"a","time":"2026-10-01T00:00:00Z","model":"m","input_tokens":1,"output_tokens":2}"#;
    check(&[at_midnight; 2].join("\n"), [1, 0, 0, 2, 0]);
    let told_apart = "id,model,tokens_in,tokens_out\nreq-000001,m,1,2\nreq-000001,m,1,2\n";
    check(told_apart, [1, 0, 0, 2, 0]);
}

#[test]
fn cells_that_are_no_json_are_told_of() {
    let table = |metadata: &str| {
        format!(
            "request_id,call_type,model,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,cache_hit,metadata\n\
             r-1,acompletion,claude-sonnet-4-6,0.1,110,100,10,2026-10-01T00:00:00Z,2026-10-01T00:00:01Z,False,\"{metadata}\"\n"
        )
    };
    let json = r#"{""usage_object"":{""prompt_tokens_details"":{""cached_tokens"":90}}}"#;
    let python = "{'usage_object':{'prompt_tokens_details':{'cached_tokens':90}}}";
    check(&table(json), [10, 90, 0, 10, 0]);
    told(&table(python), [100, 0, 0, 10, 0], Code::BadNumber);
}

#[test]
fn a_total_that_contradicts_the_names_of_counts_is_told_of() {
    let text = r#"{"model":"m","input_tokens":1000,"cache_read_tokens":800,"output_tokens":100,"total_tokens":1100}"#;
    told(text, [1000, 800, 0, 100, 0], Code::InconsistentCounts);
}

#[test]
fn a_record_without_input_takes_it_from_its_total_or_says_so() {
    let usage = |total: &str| {
        format!(
            r#"{{"id":"a","model":"gpt-4o","object":"chat.completion","usage":{{"prompt_tokens":null,"completion_tokens":5{total}}}}}"#
        )
    };
    told(&usage(r#","total_tokens":105"#), [100, 0, 0, 5, 0], Code::InconsistentCounts);
    told(&usage(""), [0, 0, 0, 5, 0], Code::InconsistentCounts);
}

#[test]
fn a_record_without_output_takes_it_from_its_total_or_says_so() {
    let record = |model: &str, more: &str| {
        format!(r#"{{"model":"{model}","tokens_in":10{more},"tokens_out":null}}"#)
    };
    told(&record("m", r#","total_tokens":15"#), [10, 0, 0, 5, 0], Code::InconsistentCounts);
    told(&record("m", ""), [10, 0, 0, 0, 0], Code::InconsistentCounts);
    for (model, more) in [("m", r#","total_tokens":10"#), ("text-embedding-3-small", "")] {
        let (_, reading) = check(&record(model, more), [10, 0, 0, 0, 0]);
        assert_eq!(reading.ledger.count(Code::InconsistentCounts), 0, "{model}");
    }
}

#[test]
fn more_of_a_part_than_of_the_whole_is_beside_it() {
    let cached = r#"{"model":"m","prompt_tokens":10,"completion_tokens":5,"cached_tokens":900}"#;
    told(cached, [10, 900, 0, 5, 0], Code::InconsistentCounts);
    let reasoning = r#"{"id":"a","model":"grok-4","object":"chat.completion","usage":{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":300}}}"#;
    told(reasoning, [10, 0, 0, 5, 300], Code::InconsistentCounts);
}

#[test]
fn spans_around_calls_in_another_export_are_no_calls() {
    let span = |name: &str, id: &str, parent: &str, input: u32| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000001000000000","attributes":[{{"key":"gen_ai.request.model","value":{{"stringValue":"m"}}}},{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"{input}"}}}},{{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"1"}}}}]}}]}}]}}]}}"#
        )
    };
    let lines = [
        span("chat m", "2", "1", 10),
        span("chat m", "3", "1", 20),
        span("agent run", "1", "", 30),
        span("plan.workflow", "4", "", 30),
    ];
    check(&lines.join("\n"), [30, 0, 0, 2, 0]);
}

#[test]
fn searches_of_gemini_are_counted() {
    let text = r#"{"modelVersion":"gemini-3-flash-preview","responseId":"r","candidates":[{"content":{},"groundingMetadata":{"webSearchQueries":["a","b"]}}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2,"totalTokenCount":12}}"#;
    let (calls, _) = check(text, [10, 0, 0, 2, 0]);
    assert_eq!(calls.call(0).searches, 2);
}

/// A call that ended three hundred million years after it began once ended the run.
#[test]
fn times_that_are_too_far_apart_are_no_latency() {
    let record = r#"{"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"claude-sonnet-4-5","providerID":"anthropic","cost":0,"tokens":{"input":3,"output":4,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":-9223372036854775,"completed":9223372036854775807}}"#;
    let (calls, _) = read_text(record, &options());
    assert_eq!((calls.len(), calls.call(0).latency_ms), (1, None));
}

/// The halves of a letter in two cells made one letter together, and cutting it ended the run.
#[test]
fn a_letter_that_a_delimiter_cuts_in_two_costs_its_row() {
    let table = b"model,user,input_tokens,output_tokens\n\
                  m,anna\xe2,\x89\xa40,1\n\
                  m,\xe2\x89\xa4,10,1\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.csv");
    std::fs::write(&path, table).expect("writes");
    let (calls, reading) = read_all(&[Input::File(path)], &options());
    assert_eq!((calls.len(), reading.ledger.count(Code::InvalidUtf8)), (1, 1), "{reading:?}");
}
