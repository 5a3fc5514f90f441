//! What the fuzzers found, each with the input that showed it, cut down to what matters.

use super::targets;

/// A forecast of the days of three thousand years took minutes.
#[test]
fn a_call_of_the_year_5215_is_no_reason_to_wait() {
    targets::rollup::check(
        b"Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n\
        \"5215-11-13T18:36:05.846Z\",\"Included\",\"auto\",\"No\",\"28342\",\"775\",\"105891\",\"21282\",\"156290\",\"0.19\"\n\
        \"2025-11-13T13:35:04.658Z\",\"On-Demand\",\"gpt-5-codex\",\"No\",\"0\",\"8263\",\"66964\",\"1612\",\"76839\",\"0.03\"\n",
    );
}

/// Rows that do not say how many calls they sum up, at prices that change with the hour, were told of
/// a roll-up and not of its log.
#[test]
fn rows_of_unknown_many_calls_at_prices_of_an_hour_are_told_of_the_log_too() {
    targets::rollup::check(
        b"user_id,utc_date,model,api_key_name,api_key,type,price,amount\n\
        u,20261006,deepseek-v4-pro,k,n2,output_tokens,0.0,700\n\
        u,20261006,deepseek-v4-pro,k,n,output_tokens,0.0,800\n",
    );
}

/// A pattern that is a column, and a table without rows: the first row was asked for.
#[test]
fn a_pattern_may_be_a_column() {
    targets::text::check(b"model LIKE team");
}

/// The halves of a letter in two cells of a row made one letter together, and cutting it ended the run.
#[test]
fn a_letter_that_a_delimiter_cuts_in_two_costs_its_row() {
    targets::read::check(
        b"model,user,input_tokens,output_tokens\n\
        gpt-4o,anna\xe2,1\x89\xa40,1\n\
        gpt-4o,anna,10,1\n",
    );
}

/// Each further dot doubled the time that a wrong condition took: two minutes for thirty of them.
#[test]
fn a_condition_of_many_dots_or_brackets_is_refused_at_once() {
    for (part, end) in [("m.", "[m.o$3"), ("m.", "("), ("m.", "w"), ("CAST(", ""), ("ARRAY[", "")] {
        targets::text::check(format!("{}{end}", part.repeat(60)).as_bytes());
    }
    targets::text::check(format!("{}a", "INTERVAL ".repeat(60)).as_bytes());
    targets::text::check(format!("{}a", "m.1.".repeat(30)).as_bytes());
}

/// Each further NOT inside the others doubled the time that a wrong condition took.
#[test]
fn a_condition_of_many_nots_is_refused_at_once() {
    targets::text::check(format!("a-{}N", "NOT (".repeat(60)).as_bytes());
    targets::text::check(format!("a-{}N", "NOT -".repeat(60)).as_bytes());
}

/// A call of more tokens than 32 bits count was written into a roll-up that was not read again.
#[test]
fn a_prompt_beyond_four_billion_tokens_is_read_from_a_roll_up() {
    targets::rollup::check(
        b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,8000048440,44\n",
    );
}

/// Rows that summed up calls before they were rolled up lost when the last of them was.
#[test]
fn the_last_time_of_rows_that_sum_up_calls_is_read_from_a_roll_up() {
    let log = "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,\
        usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,\
        usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,\
        web_search_count,inference_geo,speed\n\
        2026-03-31 02:00,claude-haiku-4-5,a,Default,standard,,50000,0,0,0,9000,0,global,\n\
        2026-03-31 03:00,claude-haiku-4-5,a,Default,standard,,50000,0,0,0,9000,0,global,\n";
    // By days and by hours.
    targets::rollup::check(log.as_bytes());
    targets::rollup::check(format!("{log}\n").as_bytes());
}

/// Calls without a price for different reasons became one row, which has one reason.
#[test]
fn calls_without_a_price_for_different_reasons_are_told_apart_in_a_roll_up() {
    let log = r#"
{"time":"2026-10-05T10:00:06Z","model":"gemini-2.5-flash","input_tokens":70,"output_tokens":27,"image_output_tokens":20,"request_id":"a5"}
{"time":"2026-10-05T10:00:06Z","model":"gemini-2.5-flash","input_tokens":70,"output_tokens":27,"image_output_tokens":20,"file_searches":2,"request_id":"a6"}
"#;
    targets::rollup::check(log.as_bytes());
    targets::rollup::check(format!("{log}\n").as_bytes());
}
