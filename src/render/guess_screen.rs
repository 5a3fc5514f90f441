//! The page of `formats guess`.

use crate::sources::{Finding, Guess, Role, quoted_for_shell};

use super::figures::{counted, name};
use super::screen::{Block, Column, Grid, GridRow, Keep, Line, Screen, Tone};

/// Composes the page.
pub(super) fn compose(guess: &Guess) -> Screen {
    let mut screen = Screen::default();
    let records = counted(guess.records, "record", "records");
    screen.title(format!("{} · {} · {records} looked at", name(&guess.file), guess.layout));
    match &guess.fits {
        Some(format) if guess.doubts.is_empty() => {
            screen.line(Tone::Good, format!("read as `{format}`: nothing to map"));
        }
        Some(format) => {
            screen.line(Tone::Warning, format!("read as `{format}`, but not all of it"));
        }
        None => told_inside(&mut screen, guess),
    }
    screen.grid(grid(guess));
    if guess.left_out > 0 {
        let columns = counted(guess.left_out, "further column", "further columns");
        screen.line(Tone::Quiet, format!("{columns} not looked at"));
    }
    let doubt = |text: &String| Line { tone: Tone::Warning, text: name(text) };
    let heading = if guess.fits.is_some() { "What is not read" } else { "To be checked" };
    screen.list(heading, guess.doubts.iter().map(doubt).collect());
    if guess.fits.is_none() || guess.proposal.is_some() {
        propose(&mut screen, guess);
    }
    screen
}

/// Why there is no line to paste.
const NO_FLAGS: &str =
    "a name has a comma, which ends a pair of --map: only llmcost.toml can say what it means";

fn told_inside(screen: &mut Screen, guess: &Guess) {
    let Some(inside) = &guess.inside else {
        screen.line(Tone::Plain, "no known format fits; by names and values it could be");
        return;
    };
    let filter = name(&inside.filter);
    screen.line(Tone::Plain, format!("its records are inside others; jq takes them out: {filter}"));
    screen.line(
        Tone::Plain,
        match &inside.format {
            Some(format) => format!("then they are read as `{format}`"),
            None => "then, by names and values, it could be".to_owned(),
        },
    );
}

fn propose(screen: &mut Screen, guess: &Guess) {
    if let Some(inside) = guess.inside.as_ref().filter(|inside| inside.format.is_some()) {
        screen.heading("To read it");
        screen.0.push(Block::Code(vec![inside.command(&guess.file, "")]));
        return;
    }
    if !guess.missing.is_empty() {
        screen.heading("What is missing");
        let missing = guess.missing.join(" or ");
        screen.line(Tone::Warning, format!("no column looks like {missing}"));
    }
    let Some(proposal) = &guess.proposal else {
        screen.line(Tone::Plain, "without it there is nothing to propose");
        return;
    };
    if let Some(flags) = proposal.flags() {
        screen.heading("To read it once");
        let file = quoted_for_shell(&guess.file);
        let line = match &guess.inside {
            Some(inside) => inside.command(&guess.file, &flags),
            None => format!("llmcost analyze {file} {flags}"),
        };
        screen.0.push(Block::Code(vec![line]));
    } else {
        screen.line(Tone::Plain, NO_FLAGS);
    }
    screen.heading("To read it always, in llmcost.toml");
    let block = proposal.block(&guess.source_name());
    screen.0.push(Block::Code(block.lines().map(str::to_owned).collect()));
}

fn grid(guess: &Guess) -> Grid {
    let columns = vec![
        Column::path("column", Keep::Always),
        Column::text("taken for", Keep::Always),
        Column::text("a value", Keep::Drop(2)),
        Column::text("type", Keep::Drop(3)),
        Column::number("in", Keep::Drop(4)),
        Column::text("why", Keep::Below(5)),
    ];
    let rows = guess.findings.iter().map(|finding| {
        let (tone, role) = role(finding);
        let cells = vec![
            name(&finding.path),
            role,
            name(&finding.sample),
            finding.kind.to_owned(),
            present(finding.present, guess.records),
            finding.reason.chars().map(safe).collect(),
        ];
        GridRow::Cells(tone, cells)
    });
    Grid { rows: rows.collect(), columns }
}

/// Names of columns come from the file.
fn safe(letter: char) -> char {
    if letter.is_control() { '\u{fffd}' } else { letter }
}

fn present(present: u64, records: u64) -> String {
    if present == records { "all".to_owned() } else { present.to_string() }
}

fn role(finding: &Finding) -> (Tone, String) {
    match finding.role {
        Role::Taken(field) => (Tone::Plain, field.to_owned()),
        Role::Alternative(field) => (Tone::Quiet, format!("({field})")),
        Role::Total => (Tone::Quiet, "(total)".to_owned()),
        Role::Nothing => (Tone::Quiet, String::new()),
    }
}
