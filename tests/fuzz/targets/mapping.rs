//! Whatever columns are mapped to whatever fields, every line is in the account once; and what
//! `formats guess` proposes can be pasted and reads the file.

use llmcost::sources::{ReadOptions, STATEMENTS, guess};

use super::log::{read_all, with_file};

/// The first line of the bytes is the mapping, as `--map` takes it; the rest is the file.
pub(crate) fn check(bytes: &[u8]) {
    let (first, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&b""[..], bytes),
    };
    let pairs = String::from_utf8_lossy(first);
    let pairs = pairs.split(',').filter_map(|pair| pair.split_once('='));
    // The values of statements are checked before anything is read.
    let is_free = |name: &str| STATEMENTS.iter().all(|statement| statement.name != name);
    let map: Vec<(String, String)> = pairs
        .map(|(field, column)| (field.trim().to_owned(), column.trim().to_owned()))
        .filter(|(field, column)| !field.is_empty() && !column.is_empty() && is_free(field))
        .collect();
    with_file(rest, |input| {
        read_all(input.clone(), &ReadOptions { map, ..ReadOptions::default() });
        let Ok(guess) = guess(&input, &[]) else { return };
        let Some(proposal) = guess.proposal else { return };
        let block = proposal.block("proposed");
        let parsed: Result<toml::Table, _> = toml::from_str(&block);
        assert!(parsed.is_ok(), "{block}: {parsed:?}");
        let said = proposal.map.iter().chain(&proposal.statements);
        let map = said.map(|(field, path)| ((*field).to_owned(), path.clone())).collect();
        let assume_model = "gpt-4o".to_owned();
        read_all(input, &ReadOptions { map, assume_model, ..ReadOptions::default() });
    });
}
