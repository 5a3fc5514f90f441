//! Logs that fit no format: what is proposed works as it is pasted, and is kept under a name.

use serde_json::{Value, json};

use super::support::{Run, folder_with, json, project, run, run_with_input};

const GATEWAY: &str = include_str!("../../fixtures/guess/gateway.jsonl");
const OFFICE: &str = include_str!("../../fixtures/guess/abrechnung.csv");

/// The words of a line as a shell would have them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().expect("never empty").push(other),
        }
    }
    words
}

/// The command line and the block that a guess proposes.
fn proposed(guess: &Run) -> (Vec<String>, String) {
    assert_eq!(guess.code, Some(0), "{}", guess.stderr);
    let line = guess.stdout.lines().find(|line| line.starts_with("llmcost analyze "));
    let block = guess.stdout.find("[[source]]").expect("a block");
    (words(line.expect("a command")), guess.stdout[block..].to_owned())
}

/// Calls, tokens by class, and the logged cost, by whatever way the file is read.
fn totals(report: &Value) -> Value {
    let tokens = &report["totals"]["tokens"];
    let of = |class: &str| tokens[class].clone();
    json!({
        "calls": report["totals"]["calls"],
        "input": of("input"),
        "cache_read": of("cache_read"),
        "output": of("output"),
        "reasoning": of("reasoning"),
        "skipped": report["input"]["skipped"],
    })
}

fn check(name: &str, log: &str, expected: &Value) {
    let folder = folder_with(name, log);
    let root = folder.path();
    let guess = run(root, &["formats", "guess", name]);
    let (command, block) = proposed(&guess);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    assert_eq!(&totals(&json(root, &arguments)), expected, "{command:?}");
    std::fs::write(root.join("llmcost.toml"), &block).expect("writes");
    let report = json(root, &["analyze", name]);
    assert_eq!(&totals(&report), expected, "{block}");
    let saved = name.split('.').next().expect("a stem");
    assert_eq!(report["input"]["by_file"][0]["format"], saved);
    // Now it fits.
    let again = run(root, &["formats", "guess", name]);
    assert!(again.stdout.contains(&format!("read as `{saved}`")), "{}", again.stdout);
}

#[test]
fn what_is_proposed_gives_the_totals_worked_out_by_hand() {
    // tokIn 1200 + 900 + 2400 + 60 with 1800 of it cached; tokOut 310 + 120 + 500 + 45.
    let gateway = json!({
        "calls": 4, "input": 2760, "cache_read": 1800, "output": 975, "reasoning": 90, "skipped": 0
    });
    check("gateway.jsonl", GATEWAY, &gateway);
    check("gateway.jsonl", &format!("[{}]", GATEWAY.trim_end().replace('\n', ",")), &gateway);
    // 1.204 + 950 + 12.500 + 300, and 88 + 120 + 1.040 + 75.
    let office = json!({
        "calls": 4, "input": 14954, "cache_read": 0, "output": 1323, "reasoning": 0, "skipped": 0
    });
    check("abrechnung.csv", OFFICE, &office);
}

#[test]
fn costs_and_times_are_read_in_their_units() {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    let guess = run(folder.path(), &["formats", "guess", "gateway.jsonl"]);
    let (command, _) = proposed(&guess);
    let mut arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    arguments.extend(["--cost-mode", "logged", "--by", "day"]);
    let report = json(folder.path(), &arguments);
    // 1020 + 465 + 9100 + 855 millionths.
    assert_eq!(report["totals"]["cost_usd"], "0.01144");
    assert_eq!(report["groups"][0]["key"]["day"], "2026-10-03");
}

#[test]
fn compressed_logs_and_pipes_are_guessed_as_well() {
    let packed = gzip(GATEWAY.as_bytes());
    let folder = folder_with("gateway.jsonl.gz", packed);
    let guess = run(folder.path(), &["formats", "guess", "gateway.jsonl.gz"]);
    assert_eq!(proposed(&guess).0[2], "gateway.jsonl.gz");
    let piped = run_with_input(folder.path(), &["formats", "guess", "-"], GATEWAY.as_bytes());
    assert_eq!(piped.code, Some(0), "{}", piped.stderr);
    let piped = run_with_input(folder.path(), &["analyze", "-"], GATEWAY.as_bytes());
    assert_eq!(piped.code, Some(3));
    assert!(piped.stderr.contains("input_tokens=consumption.tokIn"), "{}", piped.stderr);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).expect("encodes");
    encoder.finish().expect("encodes")
}

#[test]
fn a_log_that_fits_nothing_gets_the_proposal_and_code_3() {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    let failed = run(folder.path(), &["analyze", "gateway.jsonl"]);
    assert_eq!(failed.code, Some(3));
    assert!(failed.stderr.contains("--map time=meta.sentAt"), "{}", failed.stderr);
    assert!(failed.stderr.contains("`llmcost formats guess gateway.jsonl`"), "{}", failed.stderr);
    let words = project().join("fixtures/guess/words.csv");
    let nothing = run(folder.path(), &["formats", "guess", words.to_str().expect("text")]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.stdout.contains("no column looks like input_tokens"), "{}", nothing.stdout);
    let known = project().join("fixtures/formats/homemade/usage.csv");
    let known = run(folder.path(), &["formats", "guess", known.to_str().expect("text")]);
    assert_eq!(known.code, Some(0));
    assert!(known.stdout.contains("read as `llmcost`"), "{}", known.stdout);
}

#[test]
fn no_prompt_is_printed() {
    for arguments in [&["formats", "guess", "g.jsonl"][..], &["analyze", "g.jsonl"]] {
        for form in [&[][..], &["--format", "json"], &["--format", "csv"]] {
            let folder = folder_with("g.jsonl", GATEWAY);
            let run = run(folder.path(), &[arguments, form].concat());
            let shown = run.stdout + &run.stderr;
            assert!(!shown.contains("lamp") && !shown.contains("manual"), "{shown}");
        }
    }
}

const MAP: &str = "map = { model = \"llm.name\", input_tokens = \"consumption.tokIn\", \
                   output_tokens = \"consumption.tokOut\" }\n";

const TABLE: &str = "[source.map]\nmodel = \"llm.name\"\ninput_tokens = \"consumption.tokIn\"\n\
                     output_tokens = \"consumption.tokOut\"\n";

fn with_config(config: &str) -> tempfile::TempDir {
    let folder = folder_with("gateway.jsonl", GATEWAY);
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    folder
}

#[test]
fn a_saved_source_has_constants_columns_and_a_name() {
    let more = "constants = { provider = \"acme\", product = \"desk\" }\n\
                columns = { team = \"meta.team\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{MAP}{more}"));
    let report =
        json(folder.path(), &["analyze", "gateway.jsonl", "--by", "provider,product,team"]);
    assert_eq!(
        report["groups"][0]["key"],
        json!({ "provider": "acme", "product": "desk", "team": "chat" })
    );
    assert_eq!(report["groups"].as_array().map(Vec::len), Some(2));
    // By name it reads what it would not take by itself.
    let other = "match = { files = \"other-*\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{MAP}{other}"));
    assert_eq!(run(folder.path(), &["analyze", "gateway.jsonl"]).code, Some(3));
    let report = json(folder.path(), &["analyze", "gateway.jsonl", "--source-format", "gw"]);
    assert_eq!(report["input"]["by_file"][0]["format"], "gw");
    assert_eq!(report["totals"]["calls"], 4);
}

#[test]
fn a_saved_source_goes_before_the_formats() {
    let log =
        "{\"model\":\"gpt-5-mini\",\"input_tokens\":5,\"output_tokens\":7,\"billed_in\":90}\n";
    let folder = folder_with("calls.jsonl", log);
    let map = "map = { model = \"model\", input_tokens = \"billed_in\", output_tokens = \
               \"output_tokens\" }\n";
    let config = format!("[[source]]\nname = \"billed\"\n{map}");
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    let report = json(folder.path(), &["analyze", "calls.jsonl"]);
    assert_eq!(report["totals"]["tokens"]["input"], 90);
    let own = json(folder.path(), &["analyze", "calls.jsonl", "--source-format", "llmcost"]);
    assert_eq!(own["totals"]["tokens"]["input"], 5);
}

#[test]
fn every_slip_in_a_saved_source_is_told() {
    let named = |rest: &str| format!("[[source]]\nname = \"gw\"\n{rest}");
    for (config, parts) in [
        (named(&MAP.replace("input_tokens", "inputtokens")), ["`inputtokens`", "`input_tokens`?"]),
        (named(&MAP.replace("model =", "cost_unit =")), ["`cost_unit`", "beside map"]),
        (named("map = { model = \"m\" }\n"), ["no `input_tokens`", "input_tokens = 0"]),
        (
            named("map = { input_tokens = \"i\", output_tokens = \"o\" }\n"),
            ["no `model`", "model = "],
        ),
        (
            named(&format!("{TABLE}input_includes_cache = true\n")),
            ["`input_includes_cache`", "above [source.map]"],
        ),
        (named(&format!("{TABLE}cost_unit = \"cents\"\n")), ["`cost_unit`", "above [source.map]"]),
        (
            named(&format!("{TABLE}match = {{ files = \"x\" }}\n")),
            ["`match`", "above [source.map]"],
        ),
        (named(&format!("{TABLE}cost_usd = 5\n")), ["`cost_usd`", "in quotes"]),
        (
            named(&format!("{MAP}[source.columns]\ndecimal_comma = true\n")),
            ["`decimal_comma`", "above [source.columns]"],
        ),
        (
            named(&format!("{MAP}[source.constants]\ncost_unit = \"cents\"\n")),
            ["`cost_unit`", "above [source.constants]"],
        ),
        (named(&format!("{MAP}constants = {{ team = true }}\n")), ["`team`", "in quotes"]),
        (format!("[source]\nname = \"gw\"\n{MAP}"), ["[source]", "write [[source]]"]),
        (named(&format!("{MAP}maps = 1\n")), ["`maps`", "did you mean `map`?"]),
        (named(&format!("{MAP}match = {{ file = \"x\" }}\n")), ["file", "unknown field"]),
        (named(&format!("{MAP}match = {{ files = \"a[\" }}\n")), ["a[", "pattern"]),
        (named(&format!("{MAP}cost_unit = \"euros\"\n")), ["cost_unit is usd or cents", "euros"]),
        (named(&format!("{MAP}input_includes_cache = \"yes\"\n")), ["true or false", "yes"]),
        (named(&format!("{MAP}constants = {{ model = \"x\" }}\n")), ["`model`", "both"]),
        (named(&format!("{MAP}constants = {{ time = \"x\" }}\n")), ["`time`", "same for all"]),
        (named(&format!("{MAP}columns = {{ time = \"x\" }}\n")), ["`time`", "under map"]),
        (named(&format!("{MAP}[[source]]\nname = \"gw\"\n{MAP}")), ["gw", "two of this name"]),
        (format!("[[source]]\nname = \"gemini\"\n{MAP}"), ["gemini", "name of a format"]),
        (format!("[[source]]\nname = \" \"\n{MAP}"), ["[[source]]", "empty name"]),
        (format!("[[source]]\n{MAP}"), ["name", "missing field"]),
        (
            named("map = {}\nconstants = { model = \"m\", input_tokens = 0, output_tokens = 0 }\n"),
            ["which files", "match = "],
        ),
    ] {
        let run = run(with_config(&config).path(), &["analyze", "gateway.jsonl"]);
        assert_eq!(run.code, Some(2), "{config}\n{}", run.stderr);
        for part in parts.into_iter().chain(["llmcost.toml:"]) {
            assert!(run.stderr.contains(part), "{part}\n{config}\n{}", run.stderr);
        }
    }
}

#[test]
fn a_source_that_is_not_there_is_told() {
    let folder = with_config(&format!("[[source]]\nname = \"gateway\"\n{MAP}"));
    let arguments = ["analyze", "gateway.jsonl", "--source-format", "gatewya"];
    let run = run(folder.path(), &arguments);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`gateway`"), "{}", run.stderr);
}

#[test]
fn a_slip_is_told_with_its_line() {
    let map = "[source.map]\nmodel = \"llm.name\"\ninput_tokns = \"a\"\noutput_tokens = \"b\"\n";
    let config = format!("top = 3\n\n[[source]]\nname = \"gw\"\n\n{map}");
    let run = run(with_config(&config).path(), &["analyze", "gateway.jsonl"]);
    assert!(run.stderr.contains("llmcost.toml:8: source `gw`"), "{}", run.stderr);
}

#[test]
fn a_source_that_takes_no_file_says_why() {
    for (matching, why) in [
        ("{ files = \"gatewya*\" }", "it takes files named `gatewya*`"),
        ("{ columns = [\"llm.nam\"] }", "it takes files with `llm.nam`"),
    ] {
        let folder = with_config(&format!("[[source]]\nname = \"gw\"\nmatch = {matching}\n{MAP}"));
        let run = run(folder.path(), &["analyze", "gateway.jsonl"]);
        assert_eq!(run.code, Some(3));
        assert!(run.stderr.contains("`gw` (llmcost.toml:2)"), "{}", run.stderr);
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}

#[test]
fn a_place_that_the_log_does_not_have_is_told() {
    let more = "[source.columns]\nteam = \"meta.teem\"\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{MAP}{more}"));
    let run = run(folder.path(), &["analyze", "gateway.jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let told =
        "source `gw`: team: the first records have no `meta.teem`; did you mean `meta.team`?";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let strict = ["analyze", "gateway.jsonl", "--strict", "--json"];
    let run = super::support::run(folder.path(), &strict);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains("1 mapped place is nowhere in the input"), "{}", run.stderr);
    assert!(run.stdout.contains("\"missing-column\""), "{}", run.stdout);
}

#[test]
fn what_is_typed_goes_before_what_is_saved() {
    let more = "cost_unit = \"cents\"\n";
    let map = MAP.replace(" }", ", cost_usd = \"charge.total\" }");
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{more}{map}"));
    let logged = ["analyze", "gateway.jsonl", "--cost-mode", "logged"];
    assert_eq!(json(folder.path(), &logged)["totals"]["cost_usd"], "114.4");
    let typed = [&logged[..], &["--map", "cost_unit=microdollars"]].concat();
    assert_eq!(json(folder.path(), &typed)["totals"]["cost_usd"], "0.01144");
}

#[test]
fn saved_sources_are_listed_beside_the_formats() {
    let matching = "match = { files = \"gateway*\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"my-gw\"\n{matching}{MAP}"));
    for form in ["table", "markdown", "csv"] {
        let list = run(folder.path(), &["formats", "--format", form]).stdout;
        assert!(list.contains("my-gw") && list.contains("gateway"), "{list}");
    }
    let list = json(folder.path(), &["formats"]);
    let saved = json!([{ "name": "my-gw", "files": "gateway*", "columns": [] }]);
    assert_eq!(list["saved"], saved);
    let plain = folder_with("gateway.jsonl", GATEWAY);
    assert!(!run(plain.path(), &["formats"]).stdout.contains("saved"));
}

#[test]
fn records_of_a_saved_source_are_converted_with_its_columns() {
    let more = "constants = { product = \"desk\" }\ncolumns = { team = \"meta.team\" }\n";
    let matching = "match = { files = \"*.jsonl\" }\n";
    let folder = with_config(&format!("[[source]]\nname = \"gw\"\n{matching}{MAP}{more}"));
    let root = folder.path();
    for out in ["calls.jsonl", "calls.csv"] {
        assert_eq!(run(root, &["convert", "gateway.jsonl", "-o", out]).code, Some(0));
        let by = ["--by", "team,product"];
        let [first, again] = ["gateway.jsonl", out].map(|file| {
            let report = json(root, &[&["analyze", file][..], &by].concat());
            (
                totals(&report),
                report["groups"].clone(),
                report["input"]["by_file"][0]["format"].clone(),
            )
        });
        assert_eq!((&first.0, &first.1), (&again.0, &again.1));
        // What llmcost wrote is its own, though its name fits the source too.
        assert_eq!((&first.2, &again.2), (&json!("gw"), &json!("llmcost")));
        std::fs::remove_file(root.join(out)).expect("was written");
    }
}

#[test]
fn a_folder_is_read_by_sources_and_formats() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("writes");
    std::fs::create_dir(root.join("logs")).expect("a folder");
    write("logs/gateway.jsonl", GATEWAY);
    write("logs/own.jsonl", "{\"model\":\"m\",\"input_tokens\":5,\"output_tokens\":7}\n");
    write("logs/office.csv", OFFICE);
    let matching = "match = { files = \"logs/gate*\" }\n";
    write("llmcost.toml", &format!("[[source]]\nname = \"gw\"\n{matching}{MAP}"));
    for name in ["logs", "./logs", root.join("logs").to_str().expect("text")] {
        let run = run(root, &["analyze", name, "--json"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let files = report["input"]["by_file"].as_array().expect("files").clone();
        let formats: Vec<&Value> = files.iter().map(|file| &file["format"]).collect();
        assert_eq!(formats, ["gw", "", "llmcost"], "{name}");
        assert_eq!(report["totals"]["calls"], 5);
        assert!(run.stderr.contains("office.csv` proposes how"), "{}", run.stderr);
    }
}

/// Tables and records of the same three calls: 1234 + 900 + 22400 input with 1200 of it cached,
/// 310 + 120 + 1500 output, 1020 + 465 + 29100 millionths of a dollar.
#[test]
fn the_same_calls_are_found_however_they_are_written() {
    const CALLS: [(u64, &str, [u64; 3], u64); 3] = [
        (1_790_848_800, "gpt-5-mini", [1234, 200, 310], 1020),
        (1_790_852_400, "gpt-5-mini", [900, 0, 120], 465),
        (1_790_935_200, "claude-haiku-4-5", [22_400, 1000, 1500], 29_100),
    ];
    let table = |separator: &str, quote: &str, scale: u64, cost: &str| {
        let grouped = |count: u64| match (quote, count / 1000) {
            ("", _) | (_, 0) => count.to_string(),
            (_, thousands) => format!("{quote}{thousands},{:03}{quote}", count % 1000),
        };
        let header = ["epoch", "engine", "tok sent", "tok cached", "tok received", "tok all", cost];
        let mut lines = vec![header.join(separator)];
        for (time, model, [input, cached, output], micros) in CALLS {
            let cost = match cost {
                "cost_cents" => format!("{}.{:04}", micros / 10_000, micros % 10_000),
                "cost_micros" => micros.to_string(),
                _ => format!("$0.{micros:06}"),
            };
            let counts = [input, cached, output, input + output].map(grouped);
            let time = (time * scale).to_string();
            lines.push([time, model.to_owned(), counts.join(separator), cost].join(separator));
        }
        lines.join("\n")
    };
    let records = CALLS.map(|(time, model, [input, cached, output], micros)| {
        json!({
            "at": time * 1000,
            "llm": { "engine": model },
            "tokens": {
                "sent": input.to_string(), "cached": cached, "received": output,
                "all": input + output,
            },
            "costMicros": micros,
        })
    });
    let lines = records.each_ref().map(ToString::to_string).join("\n");
    let laid_out = serde_json::to_string_pretty(&records).expect("JSON");
    for (name, log) in [
        ("comma.csv", table(",", "", 1, "cost (USD)")),
        ("tab.tsv", table("\t", "", 1000, "cost_cents")),
        ("semicolon.csv", table(";", "", 1_000_000, "cost_micros")),
        ("text.csv", table(",", "\"", 1, "cost (USD)")),
        (
            "windows.csv",
            format!("\u{feff}{}", table(",", "", 1, "cost (USD)").replace('\n', "\r\n")),
        ),
        ("lines.jsonl", lines),
        ("array.json", json!(records).to_string()),
        ("pretty.json", laid_out),
    ] {
        let folder = folder_with(name, &log);
        let guess = run(folder.path(), &["formats", "guess", name]);
        let (command, block) = proposed(&guess);
        let check = |arguments: &[&str]| {
            let logged = ["--cost-mode", "logged", "--by", "day"];
            let report = json(folder.path(), &[arguments, &logged].concat());
            let expected = json!({
                "calls": 3, "input": 23_334, "cache_read": 1200, "output": 1930, "reasoning": 0,
                "skipped": 0,
            });
            assert_eq!(totals(&report), expected, "{name}\n{block}");
            assert_eq!(report["totals"]["cost_usd"], "0.030585", "{name}\n{block}");
            assert_eq!(report["groups"].as_array().map(Vec::len), Some(2), "{name}");
        };
        check(&command[1..].iter().map(String::as_str).collect::<Vec<_>>());
        std::fs::write(folder.path().join("llmcost.toml"), &block).expect("writes");
        check(&["analyze", name]);
    }
}

#[test]
fn a_log_without_a_record_is_told_apart_from_one_that_fits_nothing() {
    let folder = folder_with("head.csv", "model,input_tokens,output_tokens\n");
    let guess = run(folder.path(), &["formats", "guess", "head.csv"]);
    assert_eq!(guess.code, Some(3));
    assert!(guess.stderr.contains("`llmcost`, but holds no record yet"), "{}", guess.stderr);
}

#[test]
fn recorded_events_are_guessed_like_records() {
    let log = "data: {\"llm\":\"m\",\"u\":{\"tokIn\":5,\"tokOut\":6}}\n\ndata: [DONE]\n\n";
    let folder = folder_with("events.sse", log);
    let (command, _) = proposed(&run(folder.path(), &["formats", "guess", "events.sse"]));
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    assert_eq!(json(folder.path(), &arguments)["totals"]["tokens"]["input"], 5);
}

#[test]
fn what_the_user_says_of_the_cache_is_not_called_into_question() {
    let log = "model,prompt_total,cached_part,output_tokens,total_tokens\n\
               gpt-4o,1000,600,500,1500\ngpt-4o,4000,0,700,4700\n";
    let folder = folder_with("calls.csv", log);
    let (command, _) = proposed(&run(folder.path(), &["formats", "guess", "calls.csv"]));
    let said = command.last().expect("a mapping");
    assert!(said.ends_with("input_includes_cache=true"), "{said}");
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let report = json(folder.path(), &arguments);
    assert_eq!(report["totals"]["tokens"]["input"], 4400);
    assert!(!report.to_string().contains("inconsistent-counts"), "{report}");
}

#[test]
fn thousands_and_running_totals_end_without_a_proposal() {
    for names in ["input_kilotokens,output_kilotokens", "running_input_tokens,running_out_tokens"] {
        let folder = folder_with("calls.csv", format!("model,{names}\ngpt-4o,1,2\ngpt-4o,3,4\n"));
        let guess = run(folder.path(), &["formats", "guess", "calls.csv"]);
        assert_eq!(guess.code, Some(3));
        assert!(guess.stdout.contains("is left out"), "{}", guess.stdout);
        let failed = run(folder.path(), &["analyze", "calls.csv"]);
        assert!(failed.stderr.contains("is left out"), "{}", failed.stderr);
    }
}

#[test]
fn a_name_with_a_comma_is_left_to_the_configuration() {
    let log = "\"llm, asked\",tok in,tok out\ngpt-4o,10,5\n";
    let folder = folder_with("calls.csv", log);
    let guess = run(folder.path(), &["formats", "guess", "calls.csv"]);
    assert_eq!(guess.code, Some(0));
    assert!(guess.stdout.contains("a name has a comma"), "{}", guess.stdout);
    assert!(guess.stdout.contains("model = \"llm, asked\""), "{}", guess.stdout);
    let failed = run(folder.path(), &["analyze", "calls.csv"]);
    assert!(failed.stderr.contains("a name has a comma"), "{}", failed.stderr);
}

#[test]
fn what_a_known_format_leaves_out_of_a_table_is_proposed() {
    let log = "timestamp_ns|llm.name|tokens.in|tokens.out|cost_microusd\n\
               1790000000000000000|gpt-4o-mini|1000|200|270\n\
               1790000100000000000|gpt-4o-mini|2000|400|540\n";
    let folder = folder_with("calls.csv", log);
    let guess = run(folder.path(), &["formats", "guess", "calls.csv"]);
    assert!(guess.stdout.contains("read as `table`, but not all of it"), "{}", guess.stdout);
    let (command, block) = proposed(&guess);
    let check = |arguments: &[&str]| {
        let more = ["--cost-mode", "logged", "--by", "day,model"];
        let report = json(folder.path(), &[arguments, &more].concat());
        assert_eq!(report["totals"]["cost_usd"], "0.00081", "{arguments:?}");
        let key = json!({ "day": "2026-09-21", "model": "gpt-4o-mini" });
        assert_eq!(report["groups"][0]["key"], key);
        assert_eq!(report["totals"]["tokens"]["input"], 3000);
    };
    check(&command[1..].iter().map(String::as_str).collect::<Vec<_>>());
    std::fs::write(folder.path().join("llmcost.toml"), &block).expect("writes");
    check(&["analyze", "calls.csv"]);
    let again = run(folder.path(), &["formats", "guess", "calls.csv"]);
    assert!(again.stdout.contains("nothing to map"), "{}", again.stdout);
}

#[test]
fn points_between_thousands_have_to_be_said() {
    let log = "date;model;prompt_tokens;completion_tokens\n\
               2026-10-01;gpt-4o;1.000;200\n2026-10-02;gpt-4o;12.500;1.400\n";
    let folder = folder_with("calls.csv", log);
    let (command, _) = proposed(&run(folder.path(), &["formats", "guess", "calls.csv"]));
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    assert_eq!(json(folder.path(), &arguments)["totals"]["tokens"]["input"], 13_500);
}

#[test]
fn a_time_that_a_known_format_cannot_read_is_told() {
    let log = "Model Name,Input Tokens,Output Tokens,Date\ngpt-4o,1000,100,10/01/2026\n";
    let folder = folder_with("calls.csv", log);
    let guess = run(folder.path(), &["formats", "guess", "calls.csv"]);
    assert!(guess.stdout.contains("write it as 2026-10-31"), "{}", guess.stdout);
    assert!(guess.stdout.contains("but not all of it"), "{}", guess.stdout);
    assert!(!guess.stdout.contains("time = \"Date\""), "{}", guess.stdout);
}

#[test]
fn records_inside_others_are_proposed_as_jq_takes_them_out() {
    let rows = "{\"page\":1,\"rows\":[{\"engine_used\":\"gpt-4o\",\"nIn\":1000,\"nOut\":10},\
                {\"engine_used\":\"gpt-4o\",\"nIn\":2000,\"nOut\":20}]}\n";
    let folder = folder_with("export.json", rows);
    let guess = run(folder.path(), &["formats", "guess", "export.json"]);
    assert_eq!(guess.code, Some(0), "{}", guess.stdout);
    let line = "jq -c '.rows[]' export.json | llmcost analyze - \
                --map model=engine_used,input_tokens=nIn,output_tokens=nOut";
    assert!(guess.stdout.contains(line), "{}", guess.stdout);
    let failed = run(folder.path(), &["analyze", "export.json"]);
    assert!(failed.stderr.contains(line), "{}", failed.stderr);
    // What jq makes of it is read so.
    let inner = rows.split_once('[').and_then(|(_, rest)| rest.split_once(']')).expect("a list");
    let lines = inner.0.replace("},{", "}\n{");
    let map = "model=engine_used,input_tokens=nIn,output_tokens=nOut";
    let arguments = ["analyze", "-", "--json", "--map", map];
    let read = run_with_input(folder.path(), &arguments, lines.as_bytes());
    let report: Value = serde_json::from_str(&read.stdout).expect("JSON");
    assert_eq!(report["totals"]["tokens"]["input"], 3000);
}
