//! Calls that look as if a program ran away: the same prompt over and over, a conversation that
//! grows without a pause.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Tokens, Usd};
use crate::usage::{Instant, Row, Symbol};

use super::bill::Bill;
use super::cache_losses::Chains;
use super::prompts::Prompts;

/// So many calls with one prompt of one key within this time.
const REPEATS: usize = 20;
const REPEAT_MILLIS: i64 = 600_000;

/// So many calls of one conversation, each longer than the one before and soon after it.
const TURNS: usize = 10;
const PAUSE_MILLIS: i64 = 10_000;

/// The first call and three repeats may be meant.
const MEANT: usize = 4;

/// What gave a run away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    SamePrompt,
    GrowingConversation,
}

impl Rule {
    const fn words(self) -> &'static str {
        match self {
            Self::SamePrompt => "same prompt, 20 times or more in 10 minutes",
            Self::GrowingConversation => "10 growing turns or more without 10 s of pause",
        }
    }
}

/// One run of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    rule: Rule,
    whose: String,
    first: Instant,
    last: Instant,
    calls: u64,
    cost: Usd,
    /// What those beyond the first four cost.
    excess: Usd,
}

/// The runs of a log, and what it cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loops {
    runs: Vec<Run>,
    has_prompts: bool,
    has_conversations: bool,
}

impl Loops {
    /// Looks for runs.
    pub(super) fn of(bill: &Bill<'_>, prompts: &Prompts) -> Self {
        let chains = Chains::of(bill);
        let mut found = Self {
            runs: Vec::new(),
            has_prompts: prompts.identity.is_some(),
            has_conversations: chains.is_some(),
        };
        if let Some(place) = prompts.identity {
            found.repeats(bill, place);
        }
        if let Some(chains) = chains {
            found.growths(bill, &chains);
        }
        found.runs.sort_by(|a, b| {
            let key = |run: &Run| (Reverse(run.excess), run.first, run.rule);
            key(a).cmp(&key(b)).then_with(|| a.whose.cmp(&b.whose))
        });
        found
    }

    fn repeats(&mut self, bill: &Bill<'_>, place: usize) {
        let calls = bill.facts.calls;
        let key = bill.column("api_key");
        let mut groups: BTreeMap<(Symbol, Symbol), Vec<Row>> = BTreeMap::new();
        for row in single_timed(bill) {
            let prompt = calls.symbol(place, row);
            let key = key.map_or(Symbol::EMPTY, |place| calls.symbol(place, row));
            if !prompt.is_empty() {
                groups.entry((key, prompt)).or_default().push(row);
            }
        }
        for rows in groups.into_values().filter(|rows| rows.len() >= REPEATS) {
            for run in dense(bill, &rows) {
                let whose = match key {
                    Some(place) => format!("key {}", calls.name(place, run[0])),
                    None => "one prompt".to_owned(),
                };
                self.push(bill, Rule::SamePrompt, whose, &run);
            }
        }
    }

    fn growths(&mut self, bill: &Bill<'_>, chains: &Chains) {
        let mut open: BTreeMap<(Symbol, Symbol), Vec<Row>> = BTreeMap::new();
        let mut closed: Vec<Vec<Row>> = Vec::new();
        for row in single_timed(bill) {
            let Some(chain) = chains.of_row(bill, row) else { continue };
            let run = open.entry(chain).or_default();
            if run.last().is_some_and(|last| !goes_on(bill, *last, row)) {
                closed.push(std::mem::take(run));
            }
            run.push(row);
        }
        closed.extend(open.into_values());
        closed.retain(|run| run.len() >= TURNS);
        closed.sort();
        for run in closed {
            let whose = format!("conversation {}", chains.name(bill, run[0]));
            self.push(bill, Rule::GrowingConversation, whose, &run);
        }
    }

    fn push(&mut self, bill: &Bill<'_>, rule: Rule, whose: String, rows: &[Row]) {
        let sum = |rows: &[Row]| rows.iter().filter_map(|row| bill.paid(*row)).sum();
        self.runs.push(Run {
            rule,
            whose,
            first: bill.call(rows[0]).time,
            last: bill.call(rows[rows.len() - 1]).time,
            calls: rows.len() as u64,
            cost: sum(rows),
            excess: sum(&rows[MEANT.min(rows.len())..]),
        });
    }

    /// How many runs repeat one prompt, and what they cost beyond the first four calls of each.
    pub(super) fn repeated(&self) -> (u64, Usd) {
        let runs = self.runs.iter().filter(|run| run.rule == Rule::SamePrompt);
        runs.fold((0, Usd::ZERO), |(count, cost), run| (count + 1, cost + run.excess))
    }

    /// The runs, the dearest first.
    pub(super) fn exhibit(&self) -> Exhibit {
        let mut sheet = Exhibit::new(
            "runaway_loops",
            "Calls that look like a loop",
            &[
                ("whose", "whose"),
                ("rule", "why"),
                ("first", "first"),
                ("last", "last"),
                ("calls", "calls"),
                ("cost_usd", "cost"),
                ("excess_usd", "beyond the first 4"),
            ],
        );
        for run in &self.runs {
            sheet.push([
                Cell::text(run.whose.clone()),
                Cell::text(run.rule.words()),
                Cell::Time(run.first),
                Cell::Time(run.last),
                Cell::Count(run.calls),
                Cell::Usd(run.cost),
                Cell::Usd(run.excess),
            ]);
        }
        sheet.note(
            "candidates: coding agents that use tools also grow without a pause; a loop is what \
             went on without a purpose",
        );
        if !self.has_prompts {
            sheet.note(
                "cannot tell repeated prompts: the log has no hash of them (column `prompt_hash`)",
            );
        }
        if !self.has_conversations {
            sheet.note("cannot tell growing conversations: the log names none");
        }
        sheet
    }
}

fn single_timed<'b>(bill: &'b Bill<'_>) -> impl Iterator<Item = Row> + 'b {
    bill.rows.iter().copied().filter(|row| {
        let call = bill.call(*row);
        call.is_single() && !call.time.is_missing()
    })
}

fn goes_on(bill: &Bill<'_>, last: Row, row: Row) -> bool {
    let [before, after] = [last, row].map(|row| bill.call(row));
    let pause = after.time.millis().saturating_sub(before.time.millis());
    let [old, new]: [Tokens; 2] = [before, after].map(|call| call.input_total());
    pause < PAUSE_MILLIS && new > old
}

/// The runs of rows of which every window of so many lies within the time.
fn dense(bill: &Bill<'_>, rows: &[Row]) -> Vec<Vec<Row>> {
    let millis = |row: Row| bill.call(row).time.millis();
    let mut runs: Vec<Vec<Row>> = Vec::new();
    let mut window: VecDeque<Row> = VecDeque::new();
    let mut open: Vec<Row> = Vec::new();
    for row in rows.iter().copied() {
        window.push_back(row);
        while window
            .front()
            .is_some_and(|first| millis(row).saturating_sub(millis(*first)) > REPEAT_MILLIS)
        {
            window.pop_front();
        }
        if window.len() < REPEATS {
            runs.extend(Some(std::mem::take(&mut open)).filter(|run| !run.is_empty()));
        } else if open.is_empty() {
            open.extend(&window);
        } else {
            open.push(row);
        }
    }
    runs.extend(Some(open).filter(|run| !run.is_empty()));
    runs
}
