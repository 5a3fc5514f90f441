//! What caps did, as tables.

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::grouped;
use crate::usage::{Days, Instant};

use super::outcome::{CapLog, CapMode, SpendCapOutcome};
use super::settings::SpendCap;

/// The tables of all caps of a plan; none where there are none.
pub(in super::super) fn exhibits(caps: &[SpendCapOutcome]) -> Vec<Exhibit> {
    if caps.is_empty() { Vec::new() } else { vec![replays(caps), advice(caps)] }
}

fn label(cap: &SpendCap) -> String {
    let SpendCap { by, amount, per, .. } = cap;
    format!("{by}={amount}/{}", per.name())
}

const fn log_word(log: CapLog) -> Cell {
    Cell::Word(match log {
        CapLog::AsLogged => "as_logged",
        CapLog::WithPlan => "with_plan",
    })
}

const fn mode_word(mode: CapMode) -> Cell {
    Cell::Word(match mode {
        CapMode::PostHoc => "post_hoc",
        CapMode::Reserve => "reserve",
    })
}

fn replays(caps: &[SpendCapOutcome]) -> Exhibit {
    let mut table = Exhibit::new(
        "spend_caps",
        "Spend caps: work not done, which is no saving",
        &[
            ("cap", "cap"),
            ("log", "calls"),
            ("mode", "mode"),
            ("blocked_calls", "blocked"),
            ("blocked_usd", "not done"),
            ("let_through_usd", "let through"),
            ("overshoot_usd", "over the cap"),
            ("blocked_periods", "periods"),
            ("first_block", "first block"),
        ],
    );
    for outcome in caps {
        for replay in &outcome.replays {
            table.push([
                Cell::text(label(&outcome.cap)),
                log_word(replay.log),
                mode_word(replay.mode),
                Cell::Count(replay.blocked_calls),
                Cell::Usd(replay.blocked),
                Cell::Usd(replay.let_through),
                Cell::Usd(replay.overshoot),
                Cell::Count(replay.blocked_periods),
                replay.first_block.and_then(Instant::known).map_or(Cell::Missing, Cell::Time),
            ]);
        }
    }
    table.note(
        "post hoc blocks when what is known to be spent has reached the cap, and calls under way are \
         not known yet; reserve counts them, and this call, at the most they can cost",
    );
    table.note("over the cap is the dearest key and period; several caps are replayed each alone");
    for outcome in caps {
        table.notes.extend(remarks(outcome));
    }
    table
}

/// What was taken for granted about the calls of a log.
fn remarks(outcome: &SpendCapOutcome) -> Vec<String> {
    let SpendCapOutcome { cap, .. } = outcome;
    let counted = [
        (outcome.keyless_calls, format!("calls have no `{}` and are not held by it", cap.by)),
        (outcome.untimed_calls, "calls have no time and fall in no period".to_owned()),
        (outcome.instant_calls, "calls have no latency: known to be spent at once".to_owned()),
        (
            outcome.unlimited_calls,
            "calls have no output limit: reserved at the 99th percentile of their model".to_owned(),
        ),
        (outcome.summed_rows, "rows sum up several calls and are blocked as a whole".to_owned()),
    ];
    let mut remarks: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{}: {} {what}", label(cap), grouped(count)))
        .collect();
    if cap.timezone != Days::UTC {
        remarks.push(format!("{}: periods start in {}", label(cap), cap.timezone.zone()));
    }
    remarks
}

fn advice(caps: &[SpendCapOutcome]) -> Exhibit {
    let mut table = Exhibit::new(
        "spend_cap_advice",
        "How high a cap would have to be",
        &[
            ("by", "for each"),
            ("per", "per"),
            ("log", "calls"),
            ("dearest_usd", "dearest"),
            ("recommended_usd", "recommended"),
            ("no_block_post_hoc_usd", "none, post hoc"),
            ("no_block_reserve_usd", "none, reserve"),
            ("one_in_a_thousand_usd", "0.1 %, post hoc"),
            ("periods", "periods"),
        ],
    );
    let mut told: Vec<String> = Vec::new();
    for outcome in caps {
        let cap = &outcome.cap;
        let each = format!("{}, {}, {}", cap.by, cap.per.name(), cap.timezone.zone());
        if told.contains(&each) {
            continue;
        }
        // Without a call in any period there is nothing to advise from.
        for advice in outcome.advice.iter().filter(|advice| advice.periods > 0) {
            table.push([
                Cell::text(cap.by.as_str()),
                Cell::Word(cap.per.name()),
                log_word(advice.log),
                Cell::Usd(advice.dearest),
                Cell::Usd(advice.recommended),
                Cell::Usd(advice.no_block_post_hoc),
                Cell::Usd(advice.no_block_reserve),
                Cell::Usd(advice.one_in_a_thousand),
                Cell::Count(advice.periods),
            ]);
        }
        told.push(each);
    }
    table.note(
        "in whole cents, by this log: the lowest cap that blocks none of the calls, or 0.1 % of them; \
         recommended is 1.5 times the 99th percentile of what a key costs \
         in a period",
    );
    table
}
