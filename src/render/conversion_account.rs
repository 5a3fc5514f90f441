//! What a conversion wrote and left out, for people.

use crate::report::{ConversionReport, Written};

use super::figures::{counted, name};
use super::screen::{Line, Screen, Tone};
use super::shared_blocks::{accounting, diagnostics};

/// How many columns are named.
const NAMED: usize = 6;

/// Composes the account.
pub(super) fn compose(report: &ConversionReport) -> Screen {
    let mut screen = Screen::default();
    match &report.written {
        Written::Records { records, texts, late } => {
            screen.title(format!("{} written", counted(*records, "record", "records")));
            lines(&mut screen, accounting(&report.input, *records));
            left_out(&mut screen, "it may hold prompts or answers", Tone::Quiet, texts);
            left_out(&mut screen, "the first records do not have it", Tone::Warning, late);
        }
        Written::Rollup { rows, calls, unordered, forgotten } => {
            let title = format!(
                "{} of {}",
                counted(*rows, "row", "rows"),
                counted(*calls, "call", "calls")
            );
            screen.title(format!("a roll-up written: {title}"));
            lines(&mut screen, accounting(&report.input, *calls));
            broken_conversations(&mut screen, *unordered, *forgotten);
        }
        Written::BillingLines { lines: written, unpriced_calls } => {
            screen.title(format!("{} of a bill written", counted(*written, "line", "lines")));
            // Bills count charges, not calls, so no number of calls is compared.
            lines(&mut screen, accounting(&report.input, 0));
            screen.line(
                Tone::Quiet,
                "empty: billing accounts and invoices, of which a log says nothing; effective and billed cost are the contracted cost",
            );
            if *unpriced_calls > 0 {
                let calls = counted(*unpriced_calls, "call has", "calls have");
                screen.line(
                    Tone::Warning,
                    format!("{calls} no price: the lines for them have no cost"),
                );
            }
        }
    }
    diagnostics(&mut screen, &report.diagnostics);
    screen
}

/// Says what could not be told of conversations.
fn broken_conversations(screen: &mut Screen, unordered: u64, forgotten: u64) {
    if unordered > 0 {
        let calls = counted(unordered, "call stands", "calls stand");
        screen.line(
            Tone::Warning,
            format!(
                "{calls} after a later one of the same conversation: what a prompt repeats was told \
                 in the order of the log; only `simulate --cache-hit` and `--batch` go by it. \
                 Sort the log by time for them"
            ),
        );
    }
    if forgotten > 0 {
        let conversations = counted(forgotten, "conversation was", "conversations were");
        screen.line(
            Tone::Warning,
            format!(
                "{conversations} taken to be over, as there are very many: what later turns of them \
                 repeat is not known"
            ),
        );
    }
}

/// Names the columns that were left out for a reason.
fn left_out(screen: &mut Screen, why: &str, tone: Tone, columns: &[String]) {
    if columns.is_empty() {
        return;
    }
    let more = if columns.len() > NAMED { ", …" } else { "" };
    let named: Vec<_> = columns.iter().take(NAMED).map(|column| name(column)).collect();
    let named = named.join(", ");
    screen.line(tone, format!("left out, as {why}: {named}{more}; --columns keeps what it names"));
}

fn lines(screen: &mut Screen, lines: Vec<Line>) {
    for Line { tone, text } in lines {
        screen.line(tone, text);
    }
}
