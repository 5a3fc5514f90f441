//! The short way from values to a call, for records with nothing unusual about them.
//!
//! Most records of a log are alike: known words, plain counts, a time, some ids. Such a record
//! becomes a call without a look at fields that it does not have. Everything else, and whatever is
//! doubtful, goes the long way ([`decode`]), which decides.

use std::sync::Arc;

use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Counting, Instant, column};

use super::decode::{COST_MAX, decode, fingerprint};
use super::field::Field;
use super::format::{Convention, Draft, Identity, Screen};
use super::framing::Framing;
use super::layout::{Layouts, Taker};
use super::parse::{Parser, RecordKey, is_loose, may_be_sum};
use super::paths::Target;
use super::plan::FilePlan;
use super::prompts::told;
use super::values::{COUNT_MAX, Raw, Values, is_nothing, plain_digits};
use super::words::{Known, Said, WORDS, WordBook};
use super::writing::Writing;

/// Counts of tokens that the short way knows.
const COUNTS: [Field; 11] = [
    Field::Input,
    Field::CacheRead,
    Field::CacheWrite,
    Field::CacheWrite5m,
    Field::CacheWrite1h,
    Field::Output,
    Field::Reasoning,
    Field::AudioInput,
    Field::ImageInput,
    Field::AudioOutput,
    Field::ImageOutput,
];

/// What else may be there.
const OTHERS: [Field; 25] = [
    Field::Time,
    Field::Total,
    Field::Searches,
    Field::FileSearches,
    Field::MaxTokens,
    Field::Attempt,
    Field::RetryOf,
    Field::RequestId,
    Field::SecondId,
    Field::Conversation,
    Field::LatencyMs,
    Field::CostUsd,
    Field::Calls,
    Field::Project,
    Field::ApiKey,
    Field::User,
    Field::Parent,
    Field::Blocks,
    Field::BlockScope,
    Field::Prompt,
    Field::PromptHash,
    Field::PromptContext,
    Field::SystemPrompt,
    Field::Tools,
    Field::Eligible,
];

const fn bit(field: Field) -> u128 {
    1 << field.slot()
}

/// What a thread remembers of the file it reads.
#[derive(Debug, Default)]
pub(super) struct Memory {
    plan: Option<Arc<FilePlan>>,
    pub(super) layouts: Layouts,
    pub(super) quick: Option<Quick>,
}

impl Memory {
    /// Turns to a chunk of a file.
    pub(super) fn turn_to(&mut self, plan: &Arc<FilePlan>) {
        if !self.plan.as_ref().is_some_and(|known| Arc::ptr_eq(known, plan)) {
            let (layouts, quick) = (Layouts::default(), Quick::of(plan));
            *self = Self { plan: Some(Arc::clone(plan)), layouts, quick };
        }
        if let Some(quick) = &mut self.quick {
            quick.words.next_table();
        }
    }
}

/// The short way through the records of one file.
#[derive(Debug)]
pub(super) struct Quick {
    words: WordBook,
    /// By slot.
    roles: Vec<Role>,
    writing: Writing,
    convention: Convention,
    identity: Identity,
    /// How many records went this way.
    #[cfg(test)]
    taken: u64,
}

/// What the short way does with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Nothing.
    Ignored,
    /// Counts tokens: its place among [`COUNTS`].
    Count(u8),
    /// Is a word.
    Word,
    /// Keeps it, at this place.
    Kept(u8),
    /// Leaves the record to the long way.
    Closer,
}

/// More values than this are kept of no record.
const KEPT_MAX: usize = 32;

/// The values of a record on the short way, as they are met.
pub(super) struct Ride<'a> {
    roles: Vec<Role>,
    /// The slots that have a value, a bit each.
    seen: u128,
    counts: [u64; COUNTS.len()],
    words: [(u8, &'a str); WORDS.len()],
    word_count: usize,
    /// What was kept; of records before, where the slot has no value.
    kept: [&'a str; KEPT_MAX],
}

impl<'a> Ride<'a> {
    /// Begins another record.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.seen = 0;
        self.word_count = 0;
        self.counts = [0; COUNTS.len()];
    }

    const fn has(&self, field: Field) -> bool {
        self.seen & bit(field) != 0
    }

    /// A number that may be missing, which is none; nothing where it is not plainly written.
    #[inline]
    fn number(&self, field: Field) -> Option<u64> {
        if !self.has(field) {
            return Some(0);
        }
        plain_digits(self.raw(field.slot())).filter(|count| *count <= COUNT_MAX)
    }
}

impl<'a> Raw<'a> for Ride<'a> {
    /// Of words and what was kept; nobody asks for the text of counts.
    #[inline]
    fn raw(&self, slot: usize) -> &'a str {
        match self.roles[slot] {
            Role::Kept(place) if self.seen & 1 << slot != 0 => self.kept[usize::from(place)],
            Role::Word => {
                let mut words = self.words[..self.word_count].iter();
                let found = words.find(|(known, _)| usize::from(*known) == slot);
                found.map_or("", |(_, raw)| raw)
            }
            _ => "",
        }
    }
}

impl<'a> Taker<'a> for Ride<'a> {
    #[inline]
    fn take(&mut self, target: Target, raw: &'a str) -> bool {
        let slot = usize::from(target.slot);
        let role = self.roles[slot];
        if role == Role::Ignored || is_nothing(raw) {
            return true;
        }
        // Two places of one field have ranks, which the long way knows.
        let slot_bit = 1u128 << slot;
        if role == Role::Closer || self.seen & slot_bit != 0 {
            return false;
        }
        self.seen |= slot_bit;
        match role {
            Role::Count(place) => {
                let count = plain_digits(raw).filter(|count| *count <= COUNT_MAX);
                self.counts[usize::from(place)] = count.unwrap_or(0);
                return count.is_some();
            }
            Role::Word => {
                self.words[self.word_count] = (slot.to_le_bytes()[0], raw);
                self.word_count += 1;
            }
            Role::Kept(place) => self.kept[usize::from(place)] = raw,
            Role::Ignored | Role::Closer => {}
        }
        true
    }
}

impl Quick {
    /// The short way of a file; nothing where there is none.
    fn of(plan: &FilePlan) -> Option<Self> {
        let closer = plan.format.quick?;
        let is_line = matches!(plan.framing, Framing::Lines | Framing::Delimited(_));
        let is_plain = plan.format.session.is_none()
            && plan.is_direct()
            && plan.known_keys.is_none()
            && plan.constants.is_empty()
            && plan.writing.is_usual()
            && plan.slots <= u128::BITS as usize;
        (is_line && is_plain).then(|| Self {
            words: WordBook::default(),
            roles: roles(plan, closer),
            writing: plan.writing,
            convention: plan.convention,
            identity: plan.identity,
            #[cfg(test)]
            taken: 0,
        })
    }

    /// An empty ride.
    pub(super) fn ride<'a>(&self) -> Ride<'a> {
        Ride {
            roles: self.roles.clone(),
            seen: 0,
            counts: [0; _],
            words: [(0, ""); _],
            word_count: 0,
            kept: [""; _],
        }
    }

    /// Takes the counts apart as [`counts`](super::counts::counts) does; nothing where they need a
    /// closer look.
    fn tokens(&self, ride: &Ride<'_>, call: &mut Call) -> Option<()> {
        let [
            input,
            read,
            written,
            short,
            long,
            output,
            reasoning,
            audio,
            image,
            audio_out,
            image_out,
        ] = ride.counts;
        let convention = self.convention;
        let split = short + long;
        let cached = read + written.max(split);
        if ride.has(Field::CacheWrite) && written < split {
            return None;
        }
        if ride.has(Field::Total) && !convention.settled {
            let as_usual = ride.number(Field::Total)? == input + output
                && (cached == 0 || convention.input_includes_cache)
                && convention.output_includes_reasoning;
            if !as_usual {
                return None;
            }
        }
        let media = |count: u64| if convention.includes_media { count } else { 0 };
        let inside = |is_inside: bool, count: u64| if is_inside { count } else { 0 };
        let input = input.checked_sub(inside(convention.input_includes_cache, cached))?;
        let input = input.checked_sub(media(audio + image))?;
        let output = output.checked_sub(inside(convention.output_includes_reasoning, reasoning))?;
        let output = output.checked_sub(media(audio_out + image_out))?;
        let tokens = &mut call.tokens;
        for (class, count) in [
            (TokenClass::Input, input),
            (TokenClass::CacheRead, read),
            (TokenClass::CacheWrite5m, short + written.saturating_sub(split)),
            (TokenClass::CacheWrite1h, long),
            (TokenClass::AudioInput, audio),
            (TokenClass::ImageInput, image),
            (TokenClass::Output, output),
            (TokenClass::Reasoning, reasoning),
            (TokenClass::AudioOutput, audio_out),
            (TokenClass::ImageOutput, image_out),
        ] {
            tokens[class] = Tokens::new(count);
        }
        Some(())
    }

    /// The numbers beside the tokens; nothing where they need a closer look.
    fn details(&self, ride: &Ride<'_>, call: &mut Call) -> Option<()> {
        call.searches = u32::try_from(ride.number(Field::Searches)?).ok()?;
        call.file_searches = u32::try_from(ride.number(Field::FileSearches)?).ok()?;
        if ride.has(Field::Calls) && ride.number(Field::Calls)? != 1 {
            return None;
        }
        call.attempt = u16::try_from(ride.number(Field::Attempt)?).ok()?;
        if ride.has(Field::MaxTokens) {
            call.max_tokens = Some(u32::try_from(ride.number(Field::MaxTokens)?).ok()?);
        }
        if ride.has(Field::LatencyMs) {
            call.latency_ms = Some(u32::try_from(ride.number(Field::LatencyMs)?).ok()?);
        }
        if ride.has(Field::CostUsd) {
            let amount = self.writing.dollars(&ride.text(Field::CostUsd), 18)?;
            call.logged_cost = Some(amount).filter(|cost| (Usd::ZERO..=COST_MAX).contains(cost));
            call.logged_cost?;
        }
        let raw = ride.raw(Field::Time.slot());
        let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        call.time = match Instant::parse_usual(inner) {
            Some(time) => time,
            None => self.writing.time(&ride.text(Field::Time))?,
        };
        Some(())
    }
}

/// What becomes of the values of a file: those that nobody asks for are not even kept.
fn roles(plan: &FilePlan, closer: &[Field]) -> Vec<Role> {
    const READ: [Field; 13] = [
        Field::Time,
        Field::Total,
        Field::Searches,
        Field::FileSearches,
        Field::MaxTokens,
        Field::Attempt,
        Field::RetryOf,
        Field::RequestId,
        Field::SecondId,
        Field::LatencyMs,
        Field::CostUsd,
        Field::Calls,
        Field::TextBlocks,
    ];
    let mut roles = vec![Role::Closer; plan.slots];
    for field in OTHERS {
        roles[field.slot()] = Role::Ignored;
    }
    for field in WORDS {
        roles[field.slot()] = Role::Word;
    }
    for (place, field) in (0..).zip(COUNTS) {
        roles[field.slot()] = Role::Count(place);
    }
    // What a dimension is made of may stand in several places.
    let made_of = [Field::Prompt, Field::PromptContext, Field::SystemPrompt, Field::Tools];
    let asked = plan.dimensions.iter().map(|(_, slot)| *slot);
    let kept = READ.into_iter().chain(made_of).map(Field::slot).chain(asked);
    let mut places = 0u8;
    for slot in kept {
        if matches!(roles[slot], Role::Count(_)) {
            // A column of counts, of which only numbers are kept.
            return vec![Role::Closer; plan.slots];
        }
        let is_free = matches!(roles[slot], Role::Ignored | Role::Closer);
        let is_known = slot >= Field::ALL.len() || OTHERS.iter().any(|field| field.slot() == slot);
        if is_free && is_known && usize::from(places) < KEPT_MAX {
            roles[slot] = Role::Kept(places);
            places += 1;
        } else if is_free && is_known {
            // More columns than are kept: each record is read the long way.
            return vec![Role::Closer; plan.slots];
        }
    }
    for field in closer {
        roles[field.slot()] = Role::Closer;
    }
    roles
}

impl Parser<'_> {
    /// Reads a record whose values were met; says whether the short way was enough.
    pub(super) fn ride(&mut self, quick: &mut Quick, ride: &Ride<'_>, line: u64) -> bool {
        const NEEDED: u128 = bit(Field::Input) | bit(Field::Output) | bit(Field::Time);
        if ride.seen & NEEDED != NEEDED {
            return false;
        }
        let Known::Said(at) = quick.words.look_up(&ride.words[..ride.word_count]) else {
            return false;
        };
        let mut call = Call::default();
        if quick.tokens(ride, &mut call).is_none() || quick.details(ride, &mut call).is_none() {
            return false;
        }
        call.place.line = line;
        for (place, slot) in self.wanted {
            self.symbols[*place] = self.calls.dimensions[*place].intern(&told(ride, *slot));
        }
        call.request = fingerprint(ride, Field::RequestId);
        call.retry_of = fingerprint(ride, Field::RetryOf);
        let key = self.key(quick.identity, ride, quick.words.said(at).model(), &call);
        let kind = quick.words.kind(at, &mut self.calls);
        self.calls.push_of_kind(kind, &call, &self.symbols[column::FIXED.len()..]);
        let is_loose = quick.identity == Identity::WholeRecord && is_loose(ride);
        self.keys.push(RecordKey { key, thread: 0, counts_line: true, is_loose });
        self.lines.records += 1;
        #[cfg(test)]
        {
            quick.taken += 1;
        }
        true
    }

    /// Keeps what the words say that were met last, as the long way finds it in `values`, if that is
    /// not known.
    pub(super) fn learn_words(&mut self, quick: &mut Quick, values: &Values<'_>) {
        if quick.words.is_waiting() {
            let said = self.said(values);
            quick.words.learn(said);
        }
    }

    /// What the words of a record say, as the long way finds it; nothing where that has something to
    /// say about them.
    fn said(&mut self, values: &Values<'_>) -> Option<Said> {
        let plan = self.plan;
        if (plan.format.screen)(values) != Screen::Call {
            return None;
        }
        let (mut draft, mut remarks) = (Draft::default(), Vec::new());
        decode(values, plan.format, plan.convention, &mut draft, &mut remarks).ok()?;
        self.assume(&mut draft);
        let is_plain = remarks.is_empty()
            && draft.parts.is_empty()
            && draft.last.is_none()
            && !draft.without_tokens
            && draft.call.counting == Counting::Known
            && !may_be_sum(&draft.model);
        is_plain.then(|| Said::of(&draft))
    }
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
