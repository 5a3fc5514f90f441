//! The short way from values to a call, for records with nothing unusual about them.
//!
//! Most records of a log are alike: known words, plain counts, a time, some ids. Such a record
//! becomes a call without a look at fields that it does not have. Everything else, and whatever is
//! doubtful, goes the long way ([`decode`]), which decides.

use std::sync::Arc;

use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Counting, PlainRecord, column};

use super::decode::{COST_MAX, decode, fingerprint};
use super::field::Field;
use super::format::{Convention, Draft, Identity, Screen};
use super::framing::Framing;
use super::layout::Layouts;
use super::parse::{Parser, RecordKey, is_loose, may_be_sum, record_key};
use super::plan::FilePlan;
use super::prompts::told;
use super::ride::Ride;
use super::roles::{COUNTS, KEPT_MAX, NUMBERS, Role, Slots};
use super::values::{Raw, Values};
use super::words::{Known, Said, WORDS, WordBook};
use super::writing::Writing;

/// Fields whose values may be there and say nothing of a call.
const UNREAD: [Field; 10] = [
    Field::Project,
    Field::ApiKey,
    Field::User,
    Field::Parent,
    Field::Blocks,
    Field::BlockScope,
    Field::PromptHash,
    Field::Eligible,
    Field::Conversation,
    Field::Prompt,
];

/// Fields whose values are kept: what they say is found at the end of the record.
const READ: [Field; 5] =
    [Field::RetryOf, Field::RequestId, Field::SecondId, Field::CostUsd, Field::TextBlocks];

/// What a dimension is made of may stand in several places.
const MADE_OF: [Field; 4] =
    [Field::Prompt, Field::PromptContext, Field::SystemPrompt, Field::Tools];

/// What a thread remembers of the files it reads.
#[derive(Debug, Default)]
pub(super) struct Memory {
    plan: Option<Arc<FilePlan>>,
    pub(super) layouts: Layouts,
    pub(super) quick: Option<Quick>,
    /// How many calls the chunk before had.
    pub(super) calls: usize,
}

impl Memory {
    /// Turns to a chunk of a file, maybe its first. What was learnt of a file holds for another one
    /// that is read in the same way.
    pub(super) fn turn_to(&mut self, plan: &Arc<FilePlan>, first: bool) {
        let is_read_alike =
            |known: &Arc<FilePlan>| Arc::ptr_eq(known, plan) || known.reads_as(plan);
        let is_known = self.plan.as_ref().is_some_and(is_read_alike);
        if is_known && !(first && self.layouts.is_full()) {
            self.plan = Some(Arc::clone(plan));
        } else {
            let quick = Quick::of(plan);
            let roles = quick.as_ref().map_or_else(Vec::new, |quick| quick.roles.clone());
            let layouts = Layouts::with_roles(roles);
            *self = Self { plan: Some(Arc::clone(plan)), layouts, quick, calls: 0 };
        }
        if let Some(quick) = &mut self.quick {
            quick.words.next_table();
        }
    }
}

/// The short way through the records of one file.
#[derive(Debug)]
pub(super) struct Quick {
    pub(super) words: WordBook,
    /// By slot.
    roles: Vec<Role>,
    /// Of a table, the role and the slot of each column.
    pub(super) columns: Vec<(Role, u8)>,
    writing: Writing,
    convention: Convention,
    identity: Identity,
    /// How many records went this way.
    pub(super) taken: u64,
}

/// What no call is without.
pub(super) const NEEDED: Slots = Slots::of(&[Field::Input, Field::Output, Field::Time]);

/// What is rarely there.
const DETAILS: Slots = Slots::of(&[
    Field::Searches,
    Field::FileSearches,
    Field::Calls,
    Field::MaxTokens,
    Field::Attempt,
    Field::RetryOf,
    Field::CostUsd,
]);

impl Ride<'_> {
    const fn has(&self, field: Field) -> bool {
        self.has_any(Slots::of(&[field]))
    }

    /// A number that may be missing, which is none.
    #[inline]
    fn number_of(&self, field: Field) -> u64 {
        let place = COUNTS.len() + place_of(&NUMBERS, field);
        self.numbers[place]
    }
}

/// The place of a field among others.
const fn place_of(fields: &[Field], field: Field) -> usize {
    let mut place = 0;
    while fields[place].slot() != field.slot() {
        place += 1;
    }
    place
}

impl Quick {
    /// The short way of a file; nothing where there is none.
    fn of(plan: &FilePlan) -> Option<Self> {
        let roles = roles_of(plan)?;
        let columns = plan.columns.iter().map(|targets| Role::among(targets, &roles)).collect();
        Some(Self {
            words: WordBook::default(),
            roles,
            columns,
            writing: plan.writing,
            convention: plan.convention,
            identity: plan.identity,
            taken: 0,
        })
    }

    /// An empty ride.
    pub(super) fn ride<'a>(&self) -> Ride<'a> {
        Ride::new(self.roles.clone())
    }

    /// Takes the counts apart as [`counts`](super::counts::counts) does; nothing where they need a
    /// closer look.
    #[inline]
    fn tokens(&self, ride: &Ride<'_>) -> Option<[u64; TokenClass::ALL.len()]> {
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
            ..,
        ] = ride.numbers;
        let convention = self.convention;
        let split = short + long;
        let cached = read + written.max(split);
        if ride.has(Field::CacheWrite) && written < split {
            return None;
        }
        if ride.has(Field::Total) && !convention.settled {
            let as_usual = ride.number_of(Field::Total) == input + output
                && (cached == 0 || convention.input_includes_cache)
                && convention.output_includes_reasoning;
            if !as_usual {
                return None;
            }
        }
        let inside = |is_inside: bool, count: u64| if is_inside { count } else { 0 };
        let media = convention.includes_media;
        let input = input
            .checked_sub(inside(convention.input_includes_cache, cached))?
            .checked_sub(inside(media, audio + image))?;
        let output = output
            .checked_sub(inside(convention.output_includes_reasoning, reasoning))?
            .checked_sub(inside(media, audio_out + image_out))?;
        let mut counts = [0; TokenClass::ALL.len()];
        counts[TokenClass::Input as usize] = input;
        counts[TokenClass::CacheRead as usize] = read;
        counts[TokenClass::CacheWrite5m as usize] = short + written.saturating_sub(split);
        counts[TokenClass::CacheWrite1h as usize] = long;
        counts[TokenClass::AudioInput as usize] = audio;
        counts[TokenClass::ImageInput as usize] = image;
        counts[TokenClass::Output as usize] = output;
        counts[TokenClass::Reasoning as usize] = reasoning;
        counts[TokenClass::AudioOutput as usize] = audio_out;
        counts[TokenClass::ImageOutput as usize] = image_out;
        Some(counts)
    }

    /// The numbers beside the tokens that are rarely there; nothing where they need a closer look.
    fn details(&self, ride: &Ride<'_>, call: &mut Call) -> Option<()> {
        call.searches = u32::try_from(ride.number_of(Field::Searches)).ok()?;
        call.file_searches = u32::try_from(ride.number_of(Field::FileSearches)).ok()?;
        if ride.has(Field::Calls) && ride.number_of(Field::Calls) != 1 {
            return None;
        }
        call.attempt = u16::try_from(ride.number_of(Field::Attempt)).ok()?;
        if ride.has(Field::MaxTokens) {
            call.max_tokens = Some(u32::try_from(ride.number_of(Field::MaxTokens)).ok()?);
        }
        if ride.has(Field::CostUsd) {
            let amount = self.writing.dollars(&ride.text(Field::CostUsd), 18)?;
            call.logged_cost = Some(amount).filter(|cost| (Usd::ZERO..=COST_MAX).contains(cost));
            call.logged_cost?;
        }
        call.retry_of = fingerprint(ride, Field::RetryOf);
        Some(())
    }

    /// What a record says; nothing where it needs a closer look.
    #[inline]
    fn record(&self, ride: &Ride<'_>, line: u64) -> Option<PlainRecord> {
        let counts = self.tokens(ride)?;
        let time = match ride.time {
            Some(time) => time,
            None => self.writing.time(&ride.text(Field::Time))?,
        };
        let latency_ms = if ride.has(Field::LatencyMs) {
            Some(u32::try_from(ride.number_of(Field::LatencyMs)).ok()?)
        } else {
            None
        };
        Some(PlainRecord { time, counts, latency_ms, request: 0, line })
    }
}

/// What becomes of the values of a file, by slot; nothing where it has no short way.
pub(super) fn roles_of(plan: &FilePlan) -> Option<Vec<Role>> {
    let closer = plan.format.quick?;
    let is_line = matches!(plan.framing, Framing::Lines | Framing::Delimited(_));
    let is_plain = plan.format.session.is_none()
        && plan.is_direct()
        && plan.known_keys.is_none()
        && plan.constants.is_empty()
        && plan.writing.is_usual()
        && plan.slots <= Slots::MOST;
    (is_line && is_plain).then(|| roles(plan, closer))
}

/// What becomes of the values of a file: those that nobody asks for are not even kept.
fn roles(plan: &FilePlan, closer: &[Field]) -> Vec<Role> {
    let mut roles = vec![Role::Closer; plan.slots];
    for field in UNREAD.into_iter().chain(MADE_OF) {
        roles[field.slot()] = Role::Ignored;
    }
    for field in WORDS {
        roles[field.slot()] = Role::Word;
    }
    roles[Field::Time.slot()] = Role::Time;
    for (place, field) in (0..).zip(COUNTS.into_iter().chain(NUMBERS)) {
        roles[field.slot()] = Role::Number(place);
    }
    let (read, made_of) = (READ.map(Field::slot), MADE_OF.map(Field::slot));
    let asked = plan.dimensions.iter().map(|(_, slot)| *slot);
    let mut places = 0u8;
    for slot in read.into_iter().chain(made_of).chain(asked) {
        let is_known = slot >= Field::ALL.len() || read.contains(&slot);
        match roles[slot] {
            // Of numbers and times no text is kept.
            Role::Number(_) | Role::Time => return vec![Role::Closer; plan.slots],
            Role::Ignored | Role::Closer if usize::from(places) == KEPT_MAX => {
                // More columns than are kept: each record is read the long way.
                return vec![Role::Closer; plan.slots];
            }
            Role::Closer if !is_known => {}
            Role::Ignored | Role::Closer => {
                roles[slot] = Role::Kept(places);
                places += 1;
            }
            Role::Word | Role::Kept(_) | Role::Several => {}
        }
    }
    for field in closer {
        roles[field.slot()] = Role::Closer;
    }
    roles
}

impl Parser<'_> {
    /// Reads a record whose values were met; says whether the short way was enough.
    #[inline]
    pub(super) fn ride(&mut self, quick: &mut Quick, ride: &mut Ride<'_>, line: u64) -> bool {
        if !ride.has_all(NEEDED) {
            return false;
        }
        let at = match quick.words.look_up(&ride.phrase) {
            Known::Said(at) => at,
            Known::Odd => return false,
            Known::Nothing => {
                ride.is_new = true;
                return false;
            }
        };
        let Some(mut record) = quick.record(ride, line) else { return false };
        for (place, slot) in self.wanted {
            self.symbols[*place] = self.calls.dimensions[*place].intern(&told(ride, *slot));
        }
        if self.wants_requests {
            record.request = fingerprint(ride, Field::RequestId);
        }
        if ride.has_any(DETAILS) {
            if !self.push_detailed(quick, ride, &record, at) {
                return false;
            }
        } else {
            self.push_key(quick, ride, &record, 0, at);
            let kind = quick.words.kind(at, &mut self.calls);
            // Where nothing is wanted, no symbol has a name.
            let named = if self.wanted.is_empty() { 0 } else { self.symbols.len() };
            let symbols = self.symbols.get(column::FIXED.len()..named).unwrap_or_default();
            self.calls.push_plain(kind, &record, symbols);
        }
        self.lines.records += 1;
        quick.taken += 1;
        true
    }

    #[inline]
    fn push_key(
        &mut self,
        quick: &Quick,
        ride: &Ride<'_>,
        record: &PlainRecord,
        attempt: u16,
        at: usize,
    ) {
        let identity = quick.identity;
        if identity != Identity::Unknown {
            let model = quick.words.said(at).model_hash;
            let tokens = record.counts.iter().copied();
            let key = record_key(identity, ride, model, record.time, attempt, tokens);
            let is_loose =
                identity == Identity::WholeRecord && ride.time.is_none() && is_loose(ride);
            self.keys.push(RecordKey { key, thread: 0, counts_line: true, is_loose });
        }
    }

    /// Adds a call of which more is known than of most; says whether that was enough.
    #[inline(never)]
    fn push_detailed(
        &mut self,
        quick: &mut Quick,
        ride: &Ride<'_>,
        record: &PlainRecord,
        at: usize,
    ) -> bool {
        let mut call = Call::default();
        if quick.details(ride, &mut call).is_none() {
            return false;
        }
        call.time = record.time;
        for class in TokenClass::ALL {
            call.tokens[class] = Tokens::new(record.counts[class as usize]);
        }
        call.latency_ms = record.latency_ms;
        call.request = record.request;
        call.place.line = record.line;
        self.push_key(quick, ride, record, call.attempt, at);
        let kind = quick.words.kind(at, &mut self.calls);
        self.calls.push_of_kind(kind, &call, &self.symbols[column::FIXED.len()..]);
        true
    }

    /// Keeps what the words of a ride say, as the long way finds it in `values`, if that is not
    /// known.
    pub(super) fn learn_words(
        &mut self,
        quick: &mut Quick,
        ride: &mut Ride<'_>,
        values: &Values<'_>,
    ) {
        if std::mem::take(&mut ride.is_new) {
            let said = self.said(values);
            quick.words.learn(ride.phrase, said);
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
pub(super) mod tests;
