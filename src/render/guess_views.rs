//! Every view of a guess over the logs of an invented gateway and of an invented office, and the
//! document against its schema.

use serde_json::Value;

use crate::sources::{Input, guess};

use super::*;

/// The views that differ: widths only touch the table.
const VIEWS: [(&str, OutputFormat, u16); 6] = [
    ("table_60", OutputFormat::Table, 60),
    ("table_100", OutputFormat::Table, 100),
    ("table_200", OutputFormat::Table, 200),
    ("markdown", OutputFormat::Markdown, 80),
    ("json", OutputFormat::Json, 80),
    ("csv", OutputFormat::Csv, 80),
];

static GATEWAY: &[u8] = include_bytes!("../../fixtures/guess/gateway.jsonl");
static OFFICE: &[u8] = include_bytes!("../../fixtures/guess/abrechnung.csv");
static WORDS: &[u8] = include_bytes!("../../fixtures/guess/words.csv");
static KNOWN: &[u8] = include_bytes!("../../fixtures/formats/homemade/usage.csv");

fn of(name: &'static str, bytes: &'static [u8]) -> Guess {
    guess(&Input::Embedded(name, bytes), &[]).expect("records")
}

fn rendered(guess: &Guess, format: OutputFormat, width: u16) -> String {
    let mut out = Vec::new();
    write_guess(guess, format, Style::new(false, width), &mut out).expect("writes");
    String::from_utf8(out).expect("text")
}

fn check(name: &str, guess: &Guess) {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/schema/formats-guess.schema.json"))
            .expect("the schema is JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    for (view, format, width) in VIEWS {
        let text = rendered(guess, format, width);
        if format == OutputFormat::Json {
            let document: Value = serde_json::from_str(&text).expect("JSON");
            let faults: Vec<String> =
                schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
        insta::assert_snapshot!(format!("{name}_{view}"), text);
    }
}

#[test]
fn a_guess_reads_well_in_every_form() {
    check("guess_gateway", &of("gateway.jsonl", GATEWAY));
    check("guess_office", &of("abrechnung.csv", OFFICE));
}

#[test]
fn what_fits_and_what_fits_nothing_are_told() {
    for (name, guess) in
        [("guess_known", of("calls.csv", KNOWN)), ("guess_nothing", of("words.csv", WORDS))]
    {
        insta::assert_snapshot!(name, rendered(&guess, OutputFormat::Table, 100));
    }
}

#[test]
fn what_is_to_be_copied_is_never_broken() {
    let text = rendered(&of("gateway.jsonl", GATEWAY), OutputFormat::Table, 60);
    let line = text.lines().find(|line| line.starts_with("llmcost analyze")).expect("a line");
    assert!(line.ends_with("output_includes_reasoning=true"), "{line}");
    let table = text.lines().take_while(|line| !line.starts_with("To read it"));
    assert!(table.into_iter().all(|line| line.chars().count() <= 60), "{text}");
}
