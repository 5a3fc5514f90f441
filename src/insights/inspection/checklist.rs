//! What the usual advice comes to on this log: eight questions, each with a figure.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Rate, TokenClass, Tokens, Usd};
use crate::usage::{ServiceTier, column};

use super::bill::Bill;
use super::leverage::{Lever, command};
use super::rate::percent;
use super::spread::{Spread, single_costs};

/// History beyond so many turns is what published advice would cut.
const TURNS: u64 = 6;

/// The answer to one question.
struct Answer {
    question: &'static str,
    verdict: &'static str,
    figure: String,
    /// The technique whose command to try next; empty for none.
    technique: &'static str,
}

/// The questions with their answers; `input` is how the log was named to this run.
pub(super) fn exhibit(bill: &Bill<'_>, levers: &[Lever], input: &str) -> Exhibit {
    let mut sheet = Exhibit::new(
        "checklist",
        "Quick wins, as far as the log tells",
        &[("question", "question"), ("answer", "answer"), ("figure", "figure"), ("command", "try")],
    );
    let answers = [
        caching(bill),
        temperature(),
        concise(bill),
        routing(bill),
        batch(bill),
        history(bill),
        structured(),
        logging(bill),
    ];
    for Answer { question, verdict, figure, technique } in answers {
        let lever = levers.iter().find(|lever| lever.technique == technique);
        let flags = lever.map(|lever| lever.flags.as_str()).filter(|flags| !flags.is_empty());
        let next = flags.map_or(Cell::Missing, |flags| Cell::text(command(input, flags)));
        sheet.push([Cell::text(question), Cell::text(verdict), Cell::text(figure), next]);
    }
    sheet
}

fn tokens_percent(part: Tokens, whole: Tokens) -> String {
    percent(part.get().into(), whole.get().into())
}

fn caching(bill: &Bill<'_>) -> Answer {
    let (mut read, mut written, mut input) = (Tokens::ZERO, Tokens::ZERO, Tokens::ZERO);
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        read += call.cache_read();
        written += call.cache_written();
        input += call.input_total();
    }
    let cached = read + written;
    let verdict = match cached.get().saturating_mul(2).cmp(&input.get()) {
        _ if cached.is_zero() => "no, or not logged",
        std::cmp::Ordering::Less => "partly",
        _ => "yes",
    };
    Answer {
        question: "Are static prompts cached?",
        verdict,
        figure: format!("{} of input read from a cache", tokens_percent(read, input)),
        technique: "prompt_caching",
    }
}

const fn cannot_tell(question: &'static str, figure: String, technique: &'static str) -> Answer {
    Answer { question, verdict: "cannot tell", figure, technique }
}

fn temperature() -> Answer {
    let figure = "logs of usage do not say; it changes no price".to_owned();
    cannot_tell("Is the temperature 0 for code?", figure, "")
}

fn concise(bill: &Bill<'_>) -> Answer {
    let (mut output, mut all) = (Usd::ZERO, Usd::ZERO);
    for row in bill.rows.iter().copied() {
        let Some((paid, _)) = bill.priced(row) else { continue };
        let mut silent = bill.call(row);
        silent.tokens[TokenClass::Output] = Tokens::ZERO;
        if let Some(cost) = bill.instead(row, &silent) {
            output += paid - cost;
            all += paid;
        }
    }
    let figure = format!("visible answers are {} of the cost", percent(output.atto(), all.atto()));
    cannot_tell("Do prompts ask for short answers?", figure, "concise_output")
}

fn routing(bill: &Bill<'_>) -> Answer {
    let calls = bill.facts.calls;
    let models: BTreeSet<_> =
        bill.rows.iter().map(|row| calls.symbol(column::MODEL, *row)).collect();
    let mut by_model: HashMap<_, Usd> = HashMap::new();
    for row in bill.rows.iter().copied() {
        let sum = by_model.entry(calls.symbol(column::MODEL, row)).or_default();
        *sum += bill.paid(row).unwrap_or_default();
    }
    let most = by_model.values().copied().max().unwrap_or_default();
    let share = percent(most.atto(), bill.total().atto());
    let count = models.len();
    let names = if count == 1 { "model" } else { "models" };
    Answer {
        question: "Do easy calls go to cheaper models?",
        verdict: if count > 1 { "partly" } else { "no" },
        figure: format!("{count} {names}; the dearest one has {share} of the cost"),
        technique: "model_tiering",
    }
}

fn batch(bill: &Bill<'_>) -> Answer {
    let (mut batched, mut all) = (0_u64, 0_u64);
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        all += call.calls;
        batched += if call.service_tier == ServiceTier::Batch { call.calls } else { 0 };
    }
    Answer {
        question: "Does what can wait go as a batch?",
        verdict: if batched > 0 { "partly" } else { "no" },
        figure: format!("{} of calls in the batch tier", percent(batched.into(), all.into())),
        technique: "batch",
    }
}

fn history(bill: &Bill<'_>) -> Answer {
    const QUESTION: &str = "Is history cut to the last 6 turns?";
    let Some(place) = bill.column("conversation") else {
        let figure = "the log names no conversations".to_owned();
        return cannot_tell(QUESTION, figure, "context_trimming");
    };
    let mut turns: HashMap<_, u64> = HashMap::new();
    let (mut late, mut all) = (Tokens::ZERO, Tokens::ZERO);
    for row in bill.rows.iter().copied() {
        let conversation = bill.facts.calls.symbol(place, row);
        if conversation.is_empty() {
            continue;
        }
        let turn = turns.entry(conversation).or_default();
        *turn += 1;
        let input = bill.call(row).input_total();
        all += input;
        if *turn > TURNS {
            late += input;
        }
    }
    let longest = turns.values().copied().max().unwrap_or(0);
    let figure = format!(
        "longest conversation: {longest} turns; {} of input after turn {TURNS}",
        tokens_percent(late, all)
    );
    if longest <= TURNS {
        return Answer { question: QUESTION, verdict: "yes", figure, technique: "" };
    }
    cannot_tell(QUESTION, figure, "context_trimming")
}

fn structured() -> Answer {
    let figure = "the log does not say which answers did not parse".to_owned();
    cannot_tell("Is output structured, so that it parses?", figure, "structured_output")
}

fn logging(bill: &Bill<'_>) -> Answer {
    let (mut counted, mut all) = (0_u64, 0_u64);
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        all += 1;
        let tokens = call.input_total() + call.output_total();
        counted += u64::from(call.is_single() && !tokens.is_zero());
    }
    let fifth = Spread::of(single_costs(bill)).fifth;
    let carried = fifth.map_or_else(String::new, |part| {
        let one = Rate::ONE.parts();
        let share = percent(part.parts().into(), one.into());
        format!("; the dearest fifth carries {share}")
    });
    Answer {
        question: "Is usage logged call by call?",
        verdict: if counted == all {
            "yes"
        } else if counted > 0 {
            "partly"
        } else {
            "no"
        },
        figure: format!("{counted} of {all} records are single calls with tokens{carried}"),
        technique: "",
    }
}
