//! Which turns of a conversation are still sent, and what each prompt then shares with the one
//! before it.

use hashbrown::HashMap;

use crate::units::Tokens;
use crate::usage::Row;

use super::cache_replay::Lineage;
use super::facts::Facts;
use super::scope::Selection;

/// How histories are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// So many turns before the newest message are kept.
    pub(super) turns: usize,
    /// The history may grow by so many more before it is cut back.
    pub(super) slack: usize,
    /// What replaces the turns that are cut; nothing where they are only dropped.
    pub(super) summary: Option<Tokens>,
    /// The start that is always sent, where it is declared.
    pub(super) pinned: Option<Tokens>,
}

/// A prompt that is sent in another form than it was logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// All of its input, in tokens.
    pub(super) input: Tokens,
    /// Its start that was also the start of the prompt sent before it.
    pub(super) shared: Tokens,
    /// The length of the prompt sent before it.
    pub(super) before: Tokens,
    /// What was summarised before it was sent.
    pub(super) summarised: Option<Tokens>,
}

/// A conversation on its way through the log.
#[derive(Clone, Debug, Default)]
struct History {
    pinned: u64,
    /// Tokens of the summary that stands for older turns.
    summary: u64,
    /// Tokens of each turn that is still sent: what the user said and the answer.
    turns: Vec<u64>,
    /// All turns of the log, sent or not.
    logged: u64,
    /// The newest message, which is not answered yet.
    message: u64,
    /// The length of the prompt as it was sent.
    sent: u64,
    is_cut: bool,
}

impl History {
    /// The first prompt of a conversation.
    fn start(length: u64, pinned: u64) -> Self {
        let pinned = pinned.min(length);
        Self { pinned, message: length - pinned, sent: length, ..Self::default() }
    }

    /// The next prompt: the answer and a new message came after it.
    fn grow(mut self, length: u64, message: u64) -> Self {
        self.message = message.min(length.saturating_sub(self.pinned));
        let logged = length.saturating_sub(self.pinned + self.message);
        // An answer may come back without its thoughts; what is missing of it is in no turn.
        self.turns.push(logged.saturating_sub(self.logged));
        self.logged = self.logged.max(logged);
        self
    }

    /// Cuts the history back if it is too long, and says how the prompt is sent.
    fn send(&mut self, window: &Window) -> Option<Sent> {
        let before = self.sent;
        let is_long = self.turns.len() > window.turns + window.slack;
        let mut summarised = None;
        if is_long {
            let dropped: u64 = self.turns.drain(..self.turns.len() - window.turns).sum();
            if let Some(summary) = window.summary {
                let whole = dropped + self.summary;
                summarised = Some(Tokens::new(whole));
                self.summary = summary.get().min(whole);
            }
            self.is_cut = true;
        }
        let turns: u64 = self.turns.iter().sum();
        self.sent = self.pinned + self.summary + turns + self.message;
        let shared = if is_long { self.pinned } else { before.min(self.sent) };
        self.is_cut.then_some(Sent {
            input: Tokens::new(self.sent),
            shared: Tokens::new(shared),
            before: Tokens::new(before),
            summarised,
        })
    }
}

/// How each prompt of a log is sent; nothing where it stays as it is.
pub(super) fn sent(
    facts: &Facts<'_>,
    lineage: &Lineage,
    selection: &Selection,
    window: &Window,
) -> Vec<Option<Sent>> {
    let mut open: HashMap<Row, History> = HashMap::new();
    let mut all = vec![None; facts.calls.len()];
    for row in lineage.order() {
        let call = facts.calls.call(row);
        let length = call.input_total().get();
        if !call.is_single() || length == 0 || !selection.holds(row) {
            continue;
        }
        // Two prompts may grow out of one: its history stays for the other.
        let known =
            lineage.previous(row).and_then(|before| Some((before, open.get(&before)?.clone())));
        let mut history = if let Some((before, history)) = known {
            let before = facts.calls.call(before);
            let said = before.input_total() + before.output_total();
            history.grow(length, length.saturating_sub(said.get()))
        } else {
            let pinned = window.pinned.unwrap_or_else(|| lineage.shared(row));
            History::start(length, pinned.get())
        };
        all[row] = history.send(window);
        if let Some(before) = lineage.previous(row).filter(|_| lineage.is_turn(row)) {
            // In a named conversation only the last turn goes on.
            open.remove(&before);
        }
        open.insert(row, history);
    }
    all
}

/// After how many more turns cutting back to `turns` of them costs least where the whole prompt is
/// cached: `sqrt(2 N (w - r) / r) - 1`, rounded. `write` and `read` are prices in the same unit.
pub(super) fn best_slack(turns: u64, write: u64, read: u64) -> Option<u64> {
    const SCALE: u128 = 1_000_000;
    let gain = u128::from(2 * turns) * u128::from(write.checked_sub(read)?);
    let square = (gain * SCALE).checked_div(u128::from(read))?;
    let thousandths = square.isqrt();
    let rounded = (thousandths + 500) / 1_000;
    u64::try_from(rounded).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns of 450 + 150 tokens after a start of 2,000.
    fn check(turns: usize, slack: usize, prompts: usize, expected: &[(usize, u64, u64)]) {
        let window = Window { turns, slack, summary: None, pinned: None };
        let mut history = History::start(2_150, 2_000);
        let mut found = vec![history.send(&window)];
        for prompt in 1..prompts {
            history = history.grow(2_150 + 600 * prompt as u64, 150);
            found.push(history.send(&window));
        }
        for (prompt, input, shared) in expected {
            let sent = found[*prompt].expect("cut");
            assert_eq!((sent.input.get(), sent.shared.get()), (*input, *shared), "prompt {prompt}");
        }
    }

    #[test]
    fn a_sliding_window_shares_only_the_pinned_start() {
        check(5, 0, 10, &[(6, 5_150, 2_000), (7, 5_150, 2_000), (9, 5_150, 2_000)]);
    }

    #[test]
    fn between_cuts_in_chunks_each_prompt_goes_on_from_the_one_before() {
        check(
            2,
            3,
            12,
            &[(6, 3_350, 2_000), (7, 3_950, 3_350), (9, 5_150, 4_550), (10, 3_350, 2_000)],
        );
    }

    #[test]
    fn what_is_not_too_long_is_sent_as_it_was() {
        let window = Window { turns: 5, slack: 0, summary: None, pinned: None };
        let mut history = History::start(100, 50);
        assert_eq!(history.send(&window), None);
    }

    #[test]
    fn a_summary_takes_the_place_of_what_it_tells_and_is_told_again_later() {
        let window = Window { turns: 0, slack: 1, summary: Some(Tokens::new(100)), pinned: None };
        let mut history = History::start(2_150, 2_000);
        history.send(&window);
        for (prompt, expected) in [(1, None), (2, Some(1_200)), (3, None), (4, Some(1_300))] {
            history = history.grow(2_150 + 600 * prompt, 150);
            let summarised = history.send(&window).and_then(|sent| sent.summarised);
            assert_eq!(summarised.map(Tokens::get), expected, "prompt {prompt}");
        }
        assert_eq!(history.sent, 2_000 + 100 + 150);
    }

    /// Anthropic's prices: about ten turns beyond a window of five.
    #[test]
    fn the_best_chunk_is_that_of_the_closed_form() {
        assert_eq!(best_slack(5, 1_250, 100), Some(10));
        assert_eq!(best_slack(5, 1_000, 0), None);
    }
}
