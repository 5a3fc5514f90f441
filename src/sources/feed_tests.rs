//! Who opens which file when changes nothing.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use super::chunk::Limits;
use super::reader::read_within;
use super::tests::{Quiet, options};
use super::*;
use crate::usage::{Calls, column};

const SESSION: &str = r#"{"sessionId":"s","type":"assistant","uuid":"u","requestId":"r","message":{"id":"ID","model":"claude-opus-4-5","usage":{"input_tokens":3,"output_tokens":COUNT}},"timestamp":"2026-01-01T00:00:00Z"}"#;

fn session(file: usize, lines: usize) -> String {
    let line = |line: usize| {
        let (id, count) = (format!("m{file}-{line}"), (file + line).to_string());
        SESSION.replace("ID", &id).replace("COUNT", &count) + "\n"
    };
    (0..lines).map(line).collect()
}

/// Files of all kinds, small and large ones in turn.
fn mixture(folder: &Path) -> Vec<Input> {
    let name = |number: usize| folder.join(format!("{number:03}.jsonl"));
    for number in 0..60 {
        let text = match number % 12 {
            3 => String::new(),
            4 => session(number, 200),
            5 => "{\"nobody\":\"knows\"}\n".to_owned(),
            6 => session(number, 3) + "{\"torn\":",
            7 => "model,input_tokens,output_tokens\nm,1,2\n".to_owned(),
            8 => session(number, 100) + "no JSON\n" + &session(number + 1, 100),
            9 => format!("{{\"type\":\"session_meta\",\"payload\":{{\"id\":\"c{number}\"}}}}\n"),
            10 => "\n \n".to_owned(),
            _ => session(number, 1 + number % 5),
        };
        fs::write(name(number), text).expect("writes");
    }
    let mut inputs: Vec<Input> = (0..62).map(|number| Input::File(name(number))).collect();
    inputs.insert(30, Input::File(folder.to_owned()));
    inputs.insert(
        9,
        Input::Embedded("inside", b"{\"model\":\"m\",\"input_tokens\":1,\"output_tokens\":2}"),
    );
    inputs
}

type Row = (crate::usage::Call, String);

fn read_with(limits: Limits, inputs: &[Input], threads: usize) -> (Vec<Row>, Reading) {
    let threads = NonZeroUsize::new(threads).expect("one at least");
    let options = ReadOptions { threads, ..options() };
    let mut calls = Calls::new(options.dimensions.clone());
    let reading = read_within(limits, inputs, &options, &Quiet, &mut |batch| calls.append(batch));
    let row = |row| (calls.call(row), calls.name(column::MODEL, row).to_owned());
    ((0..calls.len()).map(row).collect(), reading)
}

#[test]
fn small_and_large_files_are_read_in_their_order_by_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = mixture(folder.path());
    let one = read_with(Limits::default(), &inputs, 1);
    assert!(one.0.len() > 1000 && one.1.failures.len() == 8, "{:?}", one.1.failures);
    assert!(one.1.files.iter().all(|file| file.lines.balance()));
    for (chunk, sample) in [(1 << 20, 1 << 20), (500, 2000), (300, 100), (100, 5000), (4000, 64)] {
        let limits = Limits { chunk, sample, ..Limits::default() };
        let alone = read_with(limits, &inputs, 1);
        for threads in [1, 2, 3, 8] {
            let many = read_with(limits, &inputs, threads);
            assert_eq!(many.1, alone.1, "{threads} threads, {limits:?}");
            assert_eq!(many.0, alone.0, "{threads} threads, {limits:?}");
        }
        assert_eq!(alone.0, one.0, "{limits:?}");
    }
}

#[test]
fn what_was_learnt_of_one_file_changes_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = mixture(folder.path());
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let formats = discover(formats.to_str().expect("text")).expect("logs").inputs;
    let others = [900, 901].map(|number| {
        let path = folder.path().join(format!("other{number}"));
        fs::write(&path, session(number, 4)).expect("writes");
        Input::File(path)
    });
    for input in inputs.iter().chain(&formats) {
        let alone = read_with(Limits::default(), std::slice::from_ref(input), 1).1;
        // Between others, and twice; the second time all calls are copies.
        let among = [&others[0], input, &others[1], input].map(Clone::clone);
        let among = read_with(Limits::default(), &among, 1).1;
        let (alone, first, second) = (&alone.files[0], &among.files[1], &among.files[3]);
        assert_eq!(first, alone);
        assert_eq!((second.format, &second.columns), (alone.format, &alone.columns));
        assert_eq!(second.lines.lines, alone.lines.lines, "{}", alone.name);
    }
    let mut rows = Vec::new();
    for input in &inputs {
        rows.extend(read_with(Limits::default(), std::slice::from_ref(input), 1).0);
    }
    let (mut together, _) = read_with(Limits::default(), &inputs, 2);
    for (call, _) in &mut together {
        call.place.file = 0;
    }
    // Calls that may have copies come behind the others.
    let in_order = |rows: Vec<Row>| {
        let mut rows: Vec<_> = rows.into_iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        rows
    };
    assert_eq!(in_order(together), in_order(rows));
}

/// Who writes into pipes may fill one only when the one before it was read.
#[cfg(unix)]
#[test]
fn pipes_are_opened_in_their_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for name in ["a", "c"] {
        let made = std::process::Command::new("mkfifo").arg(path(name)).status();
        assert!(made.expect("there is mkfifo").success());
    }
    let (long, short) = (session(1, 2000), session(3, 2));
    fs::write(path("b"), session(2, 2)).expect("writes");
    let inputs = ["a", "b", "c", "b"].map(|name| Input::File(path(name)));
    let limits = Limits { chunk: 5000, sample: 5000, ..Limits::default() };
    for threads in [1, 2, 8] {
        let (rows, reading) = std::thread::scope(|scope| {
            scope.spawn(|| {
                fs::write(path("a"), &long).expect("writes");
                fs::write(path("c"), &short).expect("writes");
            });
            read_with(limits, &inputs, threads)
        });
        assert!(reading.is_complete(), "{:?}", reading.failures);
        assert_eq!(rows.len(), 2004, "{threads} threads");
        assert_eq!(reading.files[2].lines.records, 2);
    }
}
