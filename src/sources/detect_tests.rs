//! Which format is found, and what is said when none is.

use super::*;

fn check(sample: &str, expected: Result<(&str, Framing), &str>) {
    let found = detect(sample.as_bytes(), true, Hint::default());
    match (found, expected) {
        (Ok(found), Ok(expected)) => {
            assert_eq!((found.format.name, found.framing), expected, "{sample}");
        }
        (Err(Unknown::Format(reason)), Err(part)) => {
            assert!(reason.contains(part), "{reason}");
        }
        (found, expected) => panic!("{sample}: {found:?}, expected {expected:?}"),
    }
}

#[test]
fn formats_are_told_by_their_first_records() {
    use Framing::{Delimited, Documents, Lines};
    let own = r#"{"model":"m","input_tokens":1,"output_tokens":2}"#;
    check(own, Ok(("llmcost", Lines)));
    check(&format!("{{\"cut\n{own}\n"), Ok(("llmcost", Lines)));
    check(&format!("[{own},\n{own}]"), Ok(("llmcost", Documents)));
    check(&own.replace(',', ",\n"), Ok(("llmcost", Documents)));
    let inclusive = r#"{"model":"m","input_tokens":9,"output_tokens":2,"cached_tokens":3}"#;
    check(inclusive, Ok(("table", Lines)));
    let comma = Delimited(Rows { delimiter: b',', columns: 3 });
    check("model,input_tokens,output_tokens\n", Ok(("llmcost", comma)));
    let semicolon = Delimited(Rows { delimiter: b';', columns: 3 });
    check("Model;Prompt Tokens;Completion Tokens\n", Ok(("table", semicolon)));
    check("name,amount\n", Err("the columns name, amount"));
    check("{\"a\":1}\n", Err("the keys a"));
    check("hello\n", Err("neither JSON nor a table"));
    check("{broken\n", Err("no valid JSON object"));
}

#[test]
fn a_mapping_explains_what_no_format_does() {
    let hint = Hint { format: None, mapped: true };
    let found = detect(b"{\"a\":1}\n", true, hint).expect("mapped");
    assert_eq!(found.format.name, "llmcost");
    assert_eq!(*found.columns, ["a"]);
}

#[test]
fn a_list_with_an_object_a_line_is_a_list() {
    let own = r#"{"model":"m","input_tokens":1,"output_tokens":2}"#;
    let documents = Ok(("llmcost", Framing::Documents));
    check(&format!("[\n{own},\n{own}\n]"), documents);
    check(&format!("\n [\n{own}\n]"), Ok(("llmcost", Framing::Documents)));
    // One line of many is no log of lines.
    let spread = own.replace(',', ",\n");
    check(&format!("{spread}\n{spread}\n{own}"), Ok(("llmcost", Framing::Documents)));
}

#[test]
fn a_sample_that_ends_inside_the_first_record_is_too_short() {
    let own = r#"{"model":"m","input_tokens":1,"output_tokens":2}"#;
    for start in ["", "[", "\n"] {
        let text = format!("{start}{own}");
        let cut = &text.as_bytes()[..text.len() - 5];
        let found = detect(cut, false, Hint::default());
        assert_eq!(found.map(|_| ()), Err(Unknown::Incomplete), "{text}");
    }
    let found = detect(format!("{own}\n{{\"mo").as_bytes(), false, Hint::default());
    assert_eq!(found.expect("found").framing, Framing::Lines);
}

#[test]
fn a_hint_needs_no_record_that_parses() {
    let hint = Hint { format: Some(OWN), mapped: false };
    let found = detect(b"{\"torn\n", true, hint).expect("the user said so");
    assert_eq!((found.format.name, found.framing), ("llmcost", Framing::Lines));
}

/// Parts of an export would pass for a table of calls.
#[test]
fn what_is_left_of_an_export_is_named_and_refused() {
    for (header, part) in [
        ("start_time,end_time,start_time_iso,end_time_iso,input_tokens,output_tokens", "OpenAI"),
        ("usage_date_utc,model,input_tokens,output_tokens", "Anthropic"),
    ] {
        check(header, Err(part));
        let hint = Hint { format: Some(OWN), mapped: false };
        assert!(detect(header.as_bytes(), true, hint).is_ok(), "{header}");
    }
}

#[test]
fn reports_of_sums_are_known_by_their_columns() {
    for (header, format) in [
        ("start_time,model,num_model_requests,input_tokens,output_tokens", "openai-usage"),
        ("start_time,end_time,start_time_iso,end_time_iso", "openai-usage"),
        ("generation_id,created_at,tokens_prompt,tokens_completion", "openrouter"),
        ("Date,Slug,Usage,Requests,Prompt Tokens,Completion Tokens", "openrouter-activity"),
        ("usage_date_utc,model_version,usage_output_tokens", "anthropic-usage"),
        ("usage_date_utc,model,token_type,cost_usd", "anthropic-costs"),
    ] {
        let columns = header.split(',').count();
        let rows = Rows { delimiter: b',', columns };
        check(header, Ok((format, Framing::Delimited(rows))));
    }
}

#[test]
fn what_holds_records_is_known_by_what_is_in_it() {
    let bucket = r#"{"data":[{"starting_at":"2026-10-05","results":[]}]}"#;
    check(bucket, Ok(("anthropic-usage", Framing::Lines)));
    let page = "{\"object\":\"page\",\n\"data\":[]}";
    check(page, Ok(("openai-usage", Framing::Documents)));
    check("event: message_start\ndata: {\"type\":1}\n", Err("no known format"));
}

#[test]
fn what_is_no_text_and_what_is_a_stream_is_named() {
    check("INFO 10-05 engine.py: Avg prompt throughput: 1.0 tokens/s, Running: 1\n", Err("vLLM"));
    check("PK\u{3}\u{4}...", Err("zip"));
    check("{\0\"\0a\0", Err("binary"));
    let utf16 = detect(b"\xff\xfe{\0", true, Hint::default());
    assert!(matches!(utf16, Err(Unknown::Format(reason)) if reason.contains("UTF-16")));
}

#[test]
fn a_column_that_stands_twice_is_refused() {
    check("model,input_tokens,output_tokens,input_tokens\n", Err("`input_tokens` twice"));
    check(
        ",,model,input_tokens,output_tokens\n",
        Ok(("llmcost", Framing::Delimited(Rows { delimiter: b',', columns: 5 }))),
    );
}
