//! What every dialect must get right, whatever it is given.

use proptest::prelude::*;

use super::dialect::Escape;
use super::{DIALECTS, Dialect, Every, Request, Times, rollup_query};
use crate::sources::table_columns;
use crate::usage::Instant;

const COLUMNS: &str = "time,provider,model,call_type,conversation,request_id,input_tokens,\
                       cache_read_tokens,cache_write_5m_tokens,output_tokens,reasoning_tokens,status,\
                       service_tier,finish_reason,latency_ms,cost_usd,searches";

fn request(dialect: &Dialect, columns: &str, map: &[(&str, &str)]) -> Request {
    let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let map: Vec<_> = map.iter().map(pair).collect();
    Request {
        table: dialect.table("llm_cost_log").expect("a name"),
        columns: table_columns(&columns, &map),
        by: vec![("team".to_owned(), dialect.column("team").expect("a name"))],
        every: Every::Day,
        since: None,
        before: None,
        times: Times::Timestamps,
        keeps_copies: false,
        assumed_model: String::new(),
        assumed_call_type: String::new(),
        boundaries: vec![1_000, 4_000, 200_000],
        changes: vec![Instant::from_millis(1_777_205_700_000)],
        minutes: vec![30],
        command: format!("llmcost sql --dialect {}", dialect.name),
    }
}

fn query(request: &Request, dialect: &Dialect) -> String {
    rollup_query(request, dialect).unwrap_or_else(|(name, error)| panic!("{name}: {error}"))
}

#[test]
fn each_dialect_asks_the_same_in_its_own_words() {
    for dialect in DIALECTS {
        insta::assert_snapshot!(dialect.name, query(&request(dialect, COLUMNS, &[]), dialect));
    }
}

#[test]
fn a_table_of_four_columns_gets_a_short_query() {
    let dialect = DIALECTS.iter().find(|dialect| dialect.name == "postgres").expect("there");
    let mut request = request(dialect, "time,model,input_tokens,output_tokens", &[]);
    request.by.clear();
    insta::assert_snapshot!("four_columns", query(&request, dialect));
}

/// The name or text that quotes hold, or nothing if they end before the text does or never.
fn unquoted(quoted: &str, mark: char, escape: Escape) -> Option<String> {
    let mut letters = quoted.strip_prefix(mark)?.chars().peekable();
    let mut found = String::new();
    while let Some(letter) = letters.next() {
        match escape {
            Escape::Backslash if letter == '\\' => found.push(letters.next()?),
            Escape::Doubled if letter == mark && letters.peek() == Some(&mark) => {
                found.extend(letters.next());
            }
            _ if letter == mark => return letters.next().is_none().then_some(found),
            _ => found.push(letter),
        }
    }
    None
}

fn check_quoting(text: &str) {
    for dialect in DIALECTS {
        let name = dialect.own_name(text);
        let read = unquoted(&name, dialect.names.mark, dialect.names.escape);
        assert_eq!(read.as_deref(), Some(text), "{}: {name}", dialect.name);
        let literal = dialect.text(text);
        let read = unquoted(&literal, '\'', dialect.texts);
        assert_eq!(read.as_deref(), Some(text), "{}: {literal}", dialect.name);
    }
}

#[test]
fn no_name_gets_out_of_its_quotes() {
    for name in [
        "a\"b",
        "a]b",
        "a`b",
        "a'b",
        "\\",
        "\\\"",
        "\\`",
        "\\'",
        "\"\"",
        "``",
        "''",
        "a\\\\`b",
        "x; drop table y",
        "x\" --",
        "x` /*",
        "'; --",
        "}{",
        "{0}",
        "{1}",
        "naïve",
        "表",
    ] {
        check_quoting(name);
    }
}

#[test]
fn names_with_points_have_as_many_parts_as_the_engine_has() {
    let check = |dialect: &str, table: &str, expected: Option<&str>| {
        let dialect = DIALECTS.iter().find(|known| known.name == dialect).expect("there");
        let name = dialect.table(table).ok().map(|name| dialect.user_name(&name));
        assert_eq!(name.as_deref(), expected, "{} {table}", dialect.name);
    };
    check("postgres", "billing.calls", Some("\"billing\".\"calls\""));
    check("postgres", "\"billing.calls\"", Some("\"billing.calls\""));
    check("postgres", "a.b.c.d", None);
    check("bigquery", "my-project.logs.calls", Some("`my-project`.`logs`.`calls`"));
    check("sqlite", "a.b.c", None);
    check("sqlite", "x; drop table y", Some("`x; drop table y`"));
    check("duckdb", "\"logs/*.parquet\"", Some("\"logs/*.parquet\""));
    check("snowflake", "logs.Calls", Some("\"LOGS\".\"Calls\""));
    check("snowflake", "\"logs\".calls", Some("\"logs\".\"CALLS\""));
    check("clickhouse", "a\\`b", Some("`a\\\\\\`b`"));
}

/// A table with the name of a step once made a circle in SQLite.
#[test]
fn a_table_may_have_the_name_of_a_step() {
    for dialect in DIALECTS {
        let table = dialect.table("Log").expect("a name");
        let text = query(&Request { table, ..request(dialect, COLUMNS, &[]) }, dialect);
        assert!(text.contains(&dialect.own_name("step_log")), "{text}");
    }
}

#[test]
fn every_template_has_a_place_for_each_of_its_values() {
    // Each flag makes forms that the others do not.
    let stated = [("cost_unit", "cents"), ("time_unit", "ns"), ("input_includes_cache", "true")];
    for dialect in DIALECTS {
        for times in [Times::Timestamps, Times::Texts, Times::Numbers] {
            for every in [Every::Day, Every::Hour] {
                let columns = format!("{COLUMNS},calls,cache_write_tokens,audio_input_tokens");
                let request = Request { every, times, ..request(dialect, &columns, &stated) };
                let text = query(&request, dialect);
                assert!(!text.contains("{0}") && !text.contains("{1}"), "{text}");
            }
        }
    }
}

/// What a column holds is told by its name alone, so no value of the user's gets into the query.
#[test]
fn a_comment_ends_where_its_line_does() {
    for dialect in DIALECTS {
        let text = query(&request(dialect, COLUMNS, &[]), dialect);
        let body = text.lines().skip_while(|line| line.starts_with("--"));
        assert_eq!(body.take(1).collect::<String>(), "WITH");
    }
}

proptest! {
    #[test]
    fn any_name_is_quoted_so_that_it_reads_back(name in "\\PC{1,20}") {
        check_quoting(&name);
    }

    #[test]
    fn any_name_is_taken_whole_or_refused(name in "[ab.\"`\\[\\]'\\\\;-]{1,12}") {
        for dialect in DIALECTS {
            let Ok(table) = dialect.table(&name) else { continue };
            let quoted = dialect.user_name(&table);
            let (mark, escape) = (dialect.names.mark, dialect.names.escape);
            let parts = table.parts().iter();
            let expected: Vec<String> = parts.map(|part| dialect.own_name(
                if dialect.stores_capitals && !part.is_exact { part.text.to_uppercase() } else { part.text.clone() }.as_str()
            )).collect();
            prop_assert_eq!(&quoted, &expected.join("."));
            for part in expected {
                prop_assert!(unquoted(&part, mark, escape).is_some());
            }
        }
    }
}
