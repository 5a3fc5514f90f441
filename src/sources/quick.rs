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
use super::layout::Layouts;
use super::parse::{Parser, RecordKey, is_loose, may_be_sum};
use super::plan::FilePlan;
use super::prompts::told;
use super::values::{COUNT_MAX, Values, plain_digits};
use super::words::{Known, Said, WORDS, WordBook};

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

fn bits(fields: &[Field]) -> u128 {
    fields.iter().fold(0, |bits, field| bits | bit(*field))
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
    /// The fields that a record may have.
    allowed: u128,
    convention: Convention,
    identity: Identity,
    /// How many records went this way.
    #[cfg(test)]
    taken: u64,
}

/// The numbers of a record, as they are written.
#[derive(Clone, Copy, Debug, Default)]
struct Counts([u64; COUNTS.len()]);

impl Counts {
    /// The counts of a record; nothing where one is not plainly written.
    #[inline]
    fn of(values: &Values<'_>) -> Option<Self> {
        let mut counts = Self::default();
        for (count, field) in counts.0.iter_mut().zip(COUNTS) {
            *count = plain(values, field)?;
        }
        Some(counts)
    }
}

/// A count that may be missing; nothing where it is not plainly written.
#[inline]
fn plain(values: &Values<'_>, field: Field) -> Option<u64> {
    if values.present() & bit(field) == 0 {
        return Some(0);
    }
    plain_digits(values.raw(field.slot())).filter(|count| *count <= COUNT_MAX)
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
            && plan.writing.is_usual();
        let known = bits(&WORDS) | bits(&COUNTS) | bits(&OTHERS);
        let dimensions = u128::MAX << Field::ALL.len();
        (is_line && is_plain).then(|| Self {
            words: WordBook::default(),
            allowed: (known & !bits(closer)) | dimensions,
            convention: plan.convention,
            identity: plan.identity,
            #[cfg(test)]
            taken: 0,
        })
    }

    /// Takes the counts apart as [`counts`](super::counts::counts) does; nothing where they need a
    /// closer look.
    fn tokens(&self, values: &Values<'_>, call: &mut Call) -> Option<()> {
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
        ] = Counts::of(values)?.0;
        let convention = self.convention;
        let split = short + long;
        let cached = read + written.max(split);
        if values.present() & bit(Field::CacheWrite) != 0 && written < split {
            return None;
        }
        if values.present() & bit(Field::Total) != 0 && !convention.settled {
            let total = plain(values, Field::Total)?;
            let as_usual = total == input + output
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
    fn details(values: &Values<'_>, call: &mut Call) -> Option<()> {
        let present = values.present();
        let has = |field| present & bit(field) != 0;
        if has(Field::Searches) || has(Field::FileSearches) {
            call.searches = u32::try_from(plain(values, Field::Searches)?).ok()?;
            call.file_searches = u32::try_from(plain(values, Field::FileSearches)?).ok()?;
        }
        if has(Field::Calls) && plain(values, Field::Calls)? != 1 {
            return None;
        }
        if has(Field::Attempt) {
            call.attempt = u16::try_from(plain(values, Field::Attempt)?).ok()?;
        }
        if has(Field::MaxTokens) {
            call.max_tokens = Some(u32::try_from(plain(values, Field::MaxTokens)?).ok()?);
        }
        if has(Field::LatencyMs) {
            call.latency_ms = Some(u32::try_from(plain(values, Field::LatencyMs)?).ok()?);
        }
        if has(Field::CostUsd) {
            let amount = values.writing().dollars(&values.text(Field::CostUsd), 18)?;
            call.logged_cost = Some(amount).filter(|cost| (Usd::ZERO..=COST_MAX).contains(cost));
            call.logged_cost?;
        }
        call.time = time(values)?;
        Some(())
    }
}

/// The time of a record; nothing where it is not plainly written.
#[inline]
fn time(values: &Values<'_>) -> Option<Instant> {
    let raw = values.raw(Field::Time.slot());
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    match Instant::parse_usual(inner) {
        Some(time) => Some(time),
        None => values.writing().time(&values.text(Field::Time)),
    }
}

impl Parser<'_> {
    /// Reads a record the short way; says whether that was one.
    pub(super) fn quick_record(
        &mut self,
        quick: &mut Quick,
        values: &Values<'_>,
        line: u64,
    ) -> bool {
        let needed = bit(Field::Input) | bit(Field::Output) | bit(Field::Time);
        let present = values.present();
        if present & !quick.allowed != 0 || present & needed != needed {
            return false;
        }
        let at = match quick.words.look_up(values) {
            Known::Said(at) => at,
            Known::Odd => return false,
            Known::Nothing => {
                quick.words.learn(self.said(values));
                return false;
            }
        };
        let mut call = Call::default();
        if quick.tokens(values, &mut call).is_none() || Quick::details(values, &mut call).is_none()
        {
            return false;
        }
        call.place.line = line;
        for (place, slot) in self.wanted {
            self.symbols[*place] = self.calls.dimensions[*place].intern(&told(values, *slot));
        }
        call.request = fingerprint(values, Field::RequestId);
        call.retry_of = fingerprint(values, Field::RetryOf);
        let key = self.key(quick.identity, values, quick.words.said(at).model(), &call);
        let kind = quick.words.kind(at, &mut self.calls);
        self.calls.push_of_kind(kind, &call, &self.symbols[column::FIXED.len()..]);
        let is_loose = quick.identity == Identity::WholeRecord && is_loose(values);
        self.keys.push(RecordKey { key, thread: 0, counts_line: true, is_loose });
        self.lines.records += 1;
        #[cfg(test)]
        {
            quick.taken += 1;
        }
        true
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
