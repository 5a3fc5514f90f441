//! Shorter answers make the later prompts of their conversation shorter: they are part of them.
//!
//! A prompt that grew out of the turn before it repeats all answers since its conversation last
//! started afresh. Where a technique shortened those, the prompt is shorter by as much. What it read
//! from a cache is the part of its start that the log says: an answer that stands there is taken
//! off what was read, any other off what was written or sent as plain input.

use std::sync::Arc;

use hashbrown::HashMap;

use super::branch::{Branch, push_taken};
use super::facts::{Facts, Scene};
use super::links::Links;
use super::technique::{Clear, Effect, Measured, Memory, Rewrite, own};
use super::wording::grouped;
use crate::pricing::ModelId;
use crate::units::{Factor, Rate, TokenClass, Tokens};
use crate::usage::Row;

/// Tokens are kept in billionths: what is left of an answer is an expected value.
const WHOLE: u128 = Rate::ONE.parts() as u128;

/// A technique that makes answers shorter.
pub(super) trait Shorten: Send + Sync {
    /// As [`Rewrite::apply`]; also says what is gone from the answer that later prompts repeat.
    fn shorten(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        out: &mut Vec<Branch>,
        gone: &mut Gone,
    ) -> Effect;

    /// As [`Rewrite::remarks`].
    fn remarks(&self, _measured: &Measured) -> Vec<String> {
        Vec::new()
    }
}

/// What is gone from the answer of one call, in billionths of a token of the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    /// The visible answer as logged.
    logged: Tokens,
    ratio: Factor,
    sum: u128,
}

impl Gone {
    fn new(branch: &Branch, scene: &Scene<'_>) -> Self {
        let logged = scene.facts.calls.tokens(TokenClass::Output, scene.row);
        Self { logged, ratio: branch.token_ratio, sum: 0 }
    }

    /// Notes that an answer of `before` visible tokens has `after`, with this weight. Later prompts
    /// of the log never held more than the logged answer, whatever a wordier model would have said.
    pub(super) fn note(&mut self, weight: Rate, before: Tokens, after: Tokens) {
        let in_log = |tokens: Tokens| {
            let parts = u128::from(tokens.get()) * WHOLE;
            if self.ratio == Factor::ONE {
                return parts;
            }
            parts * WHOLE / u128::from(self.ratio.parts()).max(1)
        };
        let held = in_log(before).min(u128::from(self.logged.get()) * WHOLE);
        let gone = held.saturating_sub(in_log(after));
        if weight == Rate::ONE {
            self.sum += gone;
            return;
        }
        let (tokens, rest) = divided(gone);
        // Less than a token at less than a whole weight: 60 bits.
        self.sum += tokens * u128::from(weight.parts())
            + u128::from(rest * weight.parts() / Rate::ONE.parts());
    }
}

/// Whole tokens, and what is left in billionths of one.
fn divided(parts: u128) -> (u128, u64) {
    match u64::try_from(parts) {
        Ok(parts) => (u128::from(parts / Rate::ONE.parts()), parts % Rate::ONE.parts()),
        Err(_) => (parts / WHOLE, u64::try_from(parts % WHOLE).unwrap_or_default()),
    }
}

/// How a row repeats the turns before it, as the log shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The first turn of its unbroken growth.
    root: u32,
    /// The turn before; its own row for none.
    before: u32,
    /// How much of this prompt is that prompt.
    repeated: Tokens,
    /// Where its answer ends in later prompts.
    end: Tokens,
}

impl Place {
    fn root(&self) -> Row {
        self.root as usize
    }

    /// The turn before, and how much of the prompt of `row`, whose place this is, is that prompt.
    fn repeats(&self, row: Row) -> Option<(Row, Tokens)> {
        let before = self.before as usize;
        (before != row).then_some((before, self.repeated))
    }
}

/// The places of all rows; nothing where the log does not name conversations.
pub(super) fn places(facts: &Facts<'_>) -> Option<Vec<Place>> {
    let growth = facts.growth()?;
    let number = |row: Row| u32::try_from(row).expect("a table has fewer than 2³² rows");
    let mut places: Vec<Place> = Vec::with_capacity(growth.len());
    for (row, grown) in growth.iter().enumerate() {
        let repeats = grown.grew_from.zip(grown.repeated);
        let call = facts.calls.call(row);
        let (before, repeated) = repeats.unwrap_or((row, Tokens::ZERO));
        places.push(Place {
            root: if before == row { number(row) } else { places[before].root },
            before: number(before),
            repeated,
            end: call.input_total() + call.tokens[TokenClass::Output],
        });
    }
    Some(places)
}

/// The turns of a log that grew out of each other.
pub(super) struct Turns {
    /// By row.
    places: Arc<[Place]>,
    /// How many prompts repeat an answer that gets shorter.
    shorter: usize,
}

impl Turns {
    /// Finds them; nothing where no turn repeats an answer that `acts` says gets shorter: then
    /// nothing has to be remembered.
    pub(super) fn of(facts: &Facts<'_>, acts: impl Fn(Row) -> bool) -> Option<Self> {
        let (growth, places) = (facts.growth()?, facts.places()?);
        // Whether an answer since the root of each row, its own included, gets shorter.
        let mut acted: Vec<bool> = Vec::with_capacity(growth.len());
        let mut shorter = 0;
        for (row, grown) in growth.iter().enumerate() {
            let is_shorter = places[row].repeats(row).is_some_and(|(before, _)| acted[before]);
            shorter += usize::from(is_shorter);
            acted.push(is_shorter || (grown.is_turn && acts(row)));
        }
        (shorter > 0).then_some(Self { places, shorter })
    }

    /// That answers are fed back, in words.
    pub(super) fn sentence(&self) -> String {
        format!(
            "shorter answers shorten the {} later prompts that repeat them (feedback)",
            grouped(self.shorter as u64)
        )
    }
}

/// What is gone from the answers of one conversation, turn by turn.
#[derive(Clone, Debug, Default)]
struct Answers {
    /// Of each turn: its row, where its answer ended in the log, what is gone up to and with it.
    turns: Vec<(Row, Tokens, u128)>,
}

impl Answers {
    fn note(&mut self, row: Row, end: Tokens, gone: u128) {
        match self.turns.last_mut() {
            Some((known, _, sum)) if *known == row => *sum += gone,
            newest => {
                let (least, total) = newest.map_or((Tokens::ZERO, 0), |(_, at, sum)| (*at, *sum));
                self.turns.push((row, end.max(least), total + gone));
            }
        }
    }

    /// What is gone from the answers of the turns before a row.
    fn before(&self, row: Row) -> u128 {
        self.up_to(self.turns.partition_point(|(known, _, _)| *known < row))
    }

    /// What is gone, before a row, from the answers that ended within so many tokens.
    fn within(&self, row: Row, length: Tokens) -> u128 {
        let turns = self.turns.partition_point(|(known, _, _)| *known < row);
        let ended = self.turns[..turns].partition_point(|(_, end, _)| *end <= length);
        self.up_to(ended)
    }

    fn up_to(&self, count: usize) -> u128 {
        count.checked_sub(1).map_or(0, |last| self.turns[last].2)
    }
}

/// What is gone from the answers of every conversation, by the root of its growth.
#[derive(Clone, Debug, Default)]
struct Histories(HashMap<Row, Answers>);

impl Clear for Histories {
    fn clear(&mut self) {
        self.0.clear();
    }
}

/// A technique that shortens answers, and with them the prompts that repeat those.
pub(super) struct WithFeedback<S> {
    pub(super) inner: S,
    /// Nothing where answers are not fed back.
    pub(super) turns: Option<Turns>,
}

impl<S: Shorten> WithFeedback<S> {
    /// The ways a branch may go with shorter answers in its history; nothing when that is as it was.
    fn recalled(
        branch: &Branch,
        scene: &Scene<'_>,
        turns: &Turns,
        histories: &Histories,
    ) -> Option<Vec<Branch>> {
        // Which answers a cut prompt still holds is not followed: none is taken off it, so that
        // too little is saved rather than an answer that is gone already once more.
        if branch.lacks_history {
            return None;
        }
        let place = turns.places[scene.row];
        let (before, repeated) = place.repeats(scene.row)?;
        let answers = histories.0.get(&place.root())?;
        let gone = answers.before(scene.row);
        if gone == 0 {
            return None;
        }
        let ratio = u128::from(branch.token_ratio.parts());
        let here = |gone: u128| gone * ratio / WHOLE;
        let tokens =
            |gone: u128| Tokens::new(u64::try_from(here(gone) / WHOLE).unwrap_or(u64::MAX));
        let logged = scene.facts.calls.call(scene.row);
        let read = logged.tokens[TokenClass::CacheRead];
        let from_read = tokens(answers.within(scene.row, read));
        let stored = read + logged.cache_written();
        let from_stored = tokens(answers.within(scene.row, stored)).saturating_sub(from_read);
        let prefix = branch.token_ratio.of(repeated).saturating_sub(tokens(answers.before(before)));
        let beyond = u64::try_from(here(gone) % WHOLE).unwrap_or_default();
        let beyond = Rate::of_counts(beyond, Rate::ONE.parts()).unwrap_or(Rate::ZERO);
        let (above, below) = branch.split(beyond);
        let whole = tokens(gone);
        let mut ways = Vec::with_capacity(2);
        for (way, gone) in [(below, whole), (above, whole + Tokens::new(1))] {
            let mut way = way;
            take(&mut way, gone, from_read, from_stored);
            way.stable_prefix = Some(way.stable_prefix.map_or(prefix, |known| known.min(prefix)));
            push_taken(&mut ways, way);
        }
        Some(ways)
    }
}

/// Takes tokens off the input: so many of them read, so many written, the others plain. What a
/// class does not have comes out of the next one.
fn take(branch: &mut Branch, gone: Tokens, from_read: Tokens, from_stored: Tokens) {
    let mut left = gone;
    let mut remove = |class: TokenClass, most: Tokens| {
        let removed = branch.remove(class, left.min(most));
        left = left.saturating_sub(removed);
        removed
    };
    remove(TokenClass::CacheRead, from_read);
    let short_lived = remove(TokenClass::CacheWrite5m, from_stored);
    remove(TokenClass::CacheWrite1h, from_stored.saturating_sub(short_lived));
    for class in [
        TokenClass::Input,
        TokenClass::CacheWrite5m,
        TokenClass::CacheWrite1h,
        TokenClass::CacheRead,
    ] {
        remove(class, gone);
    }
}

impl<S: Shorten> Rewrite for WithFeedback<S> {
    fn apply(&self, branch: &Branch, scene: &Scene<'_>, out: &mut Vec<Branch>) -> Effect {
        self.inner.shorten(branch, scene, out, &mut Gone::new(branch, scene))
    }

    fn memory(&self) -> Option<Memory> {
        self.turns.as_ref().map(|_| Box::new(Histories::default()) as Memory)
    }

    fn tie(&self, _: &Facts<'_>, _: &[ModelId], links: &mut Links) {
        let places = self.turns.iter().flat_map(|turns| turns.places.iter().enumerate());
        for (row, before) in places.filter_map(|(row, place)| Some((row, place.repeats(row)?.0))) {
            links.tie(row, before);
        }
    }

    fn recall(
        &self,
        branch: &Branch,
        scene: &Scene<'_>,
        memory: &mut Memory,
        out: &mut Vec<Branch>,
    ) -> Effect {
        let Some(turns) = &self.turns else { return self.apply(branch, scene, out) };
        let histories = own::<Histories>(memory);
        let recalled = Self::recalled(branch, scene, turns, histories);
        let is_shorter = recalled.is_some();
        let mut gone = Gone::new(branch, scene);
        let mut effect = Effect::Unchanged;
        for way in recalled.unwrap_or_else(|| vec![*branch]) {
            effect = self.inner.shorten(&way, scene, out, &mut gone);
            if is_shorter && matches!(effect, Effect::Unchanged | Effect::Declined(_)) {
                out.push(way);
            }
        }
        if gone.sum > 0 {
            let place = turns.places[scene.row];
            histories.0.entry(place.root()).or_default().note(scene.row, place.end, gone.sum);
        }
        match effect {
            Effect::Unchanged if is_shorter => Effect::Changed,
            Effect::Declined(why) if is_shorter => Effect::ChangedBut(why),
            effect => effect,
        }
    }

    fn remarks(&self, measured: &Measured) -> Vec<String> {
        self.inner.remarks(measured)
    }
}
