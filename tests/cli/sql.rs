//! `llmcost sql`: a query for any table, and nothing typed that could make it another one.

use super::support::{Run, json, project, run};

const FOUR: &str = "time,model,input_tokens,output_tokens";

fn sql(arguments: &[&str]) -> Run {
    run(project(), &[&["sql"], arguments].concat())
}

fn check_refused(arguments: &[&str], message: &str, hint: &str) {
    let run = sql(arguments);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains(message), "{}\ndoes not say: {message}", run.stderr);
    assert!(run.stderr.contains(hint), "{}\ndoes not say: {hint}", run.stderr);
    assert!(run.stdout.is_empty());
}

#[test]
fn each_engine_gets_a_query_and_nothing_else() {
    for dialect in
        ["bigquery", "clickhouse", "duckdb", "postgres", "snowflake", "spark", "sqlite", "trino"]
    {
        let run = sql(&["--dialect", dialect, "--table", "logs.calls", "--columns", FOUR]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        assert!(run.stdout.starts_with("-- The roll-up of a log"), "{}", run.stdout);
        assert!(run.stdout.ends_with(";\n") || dialect == "clickhouse", "{}", run.stdout);
    }
}

#[test]
fn what_is_taken_for_granted_of_a_table_is_said() {
    let run = sql(&["--dialect", "sqlite"]);
    assert!(run.stderr.contains("--columns lists all it has"), "{}", run.stderr);
    let all = format!("{FOUR},shoe_size,max_tokens");
    let run = sql(&["--dialect", "sqlite", "--columns", &all]);
    assert!(run.stderr.contains("no use for `max_tokens`, `shoe_size`"), "{}", run.stderr);
    let run = sql(&["--dialect", "sqlite", "--columns", &all, "--by", "shoe_size", "-q"]);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    assert!(run.stdout.contains("AS `shoe_size`"), "{}", run.stdout);
}

#[test]
fn slips_are_told_with_what_to_do() {
    let postgres = |more: &[&'static str]| [&["--dialect", "postgres"], more].concat();
    check_refused(&["--dialect", "oracle"], "invalid value 'oracle'", "postgres");
    check_refused(
        &postgres(&["--columns", "model,input_tokens,output_tokens"]),
        "`time`",
        "--map time=COLUMN",
    );
    check_refused(&postgres(&["--table", "a.b.c.d"]), "more than 3 parts", "goes in quotes");
    check_refused(&postgres(&["--table", "a\nb"]), "U+000A", "make a view");
    check_refused(&postgres(&["--table", "\"a"]), "does not end with its quote", "\"a.b\".c");
    check_refused(&postgres(&["--map", "time=usage.at"]), "one part only", "'\"usage.at\"'");
    check_refused(&postgres(&["--map", "tiem=at"]), "there is no field `tiem`", "`time`");
    check_refused(&postgres(&["--by", "lot"]), "every roll-up has a column `lot`", "--by my_lot");
    let totals = ["--columns", "time,model,prompt_tokens,completion_tokens,total_tokens"];
    check_refused(&postgres(&totals), "row by row", "input_includes_cache=true");
}

/// What is typed stands in the comment at the beginning, where a line end would begin SQL.
#[test]
fn nothing_typed_ends_the_comment() {
    let assumed = ["--dialect", "postgres", "--assume-call-type", "a\nDROP TABLE x"];
    check_refused(&assumed, "--assume-call-type", "in one line");
    let run = sql(&["--dialect", "postgres", "--columns", &format!("{FOUR},a\nb"), "-q"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stdout.lines().any(|line| line.starts_with('b')), "{}", run.stdout);
}

/// The rows of a query in the order and with the texts of an engine are a roll-up.
#[test]
fn what_an_engine_gives_out_is_read_as_a_roll_up() {
    let folder = super::support::folder_with(
        "rows.csv",
        "rollup,time,time_to,first_time,last_time,model,prompt_from,prompt_to,calls,prompt_min,\
         prompt_max,input_tokens,output_tokens,answers,short_answers,output_sizes,prompt_sizes,\
         left_out,reason\n\
         1,2026-10-01T00:00:00.000Z,2026-10-02T00:00:00.000Z,2026-10-01T10:00:00.000Z,\
         2026-10-01T11:00:00.000Z,gpt-4o,1001,4000,2,2000,2000,4000,20,2,2,10:2:20,1920:2:4000,\\N,\\N\n\
         1,,,,,,,,,,,,,,,,,3,missing-usage\n",
    );
    let report = json(folder.path(), &["analyze", "rows.csv"]);
    // 4,000 tokens at $2.50 and 20 at $10 a million.
    assert_eq!(report["totals"]["cost_usd"], "0.0102");
    assert_eq!(report["totals"]["calls"], 2);
}
