//! The store of answers, replayed in order of time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hashbrown::HashMap;

use super::likeness::{Likeness, SAME};
use super::questions::{Asked, Questions};
use super::shingles::BANDS;
use super::verified::Trust;
use crate::units::Rate;

/// How the store works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// The least similarity of a hit, in billionths.
    pub(super) threshold: u64,
    /// How long an answer lives from when it was there, in milliseconds.
    pub(super) lifetime: i64,
    /// How many answers there is room for.
    pub(super) capacity: Option<usize>,
    /// Whether numbers, ids and negations must be equal.
    pub(super) is_guarded: bool,
    /// Whether what is found is given; otherwise every call is made and kept.
    pub(super) serves: bool,
    /// The largest share of wrong answers that is allowed, where that is verified.
    pub(super) verify: Option<Rate>,
}

/// What a lookup found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// How alike, in billionths.
    pub(super) similarity: u64,
    /// The call that was answered before, by its place among those that ask.
    pub(super) answer: usize,
    /// Whether it was the right answer, where the log says what questions mean.
    pub(super) is_right: Option<bool>,
    /// The part of such calls that is made all the same, to find out whether the answer is right.
    pub(super) explored: Rate,
}

/// Where an answer lies: the scope, and its question.
type Key = (u32, u32);

/// An answer in the store.
#[derive(Clone, Copy, Debug)]
struct Entry {
    stored: i64,
    used: i64,
    answer: usize,
    trust: Trust,
}

/// The answers of one scope.
#[derive(Clone, Debug, Default)]
struct Rack {
    questions: Vec<u32>,
    places: HashMap<u32, usize>,
    /// The questions in each band.
    bands: HashMap<(usize, u64), Vec<u32>>,
}

/// What happens when an answer is there.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// It is kept.
    Keep,
    /// It is compared with the one that was found, so likely.
    Compare(Key, Rate, bool),
}

/// The store, for one history of calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    entries: HashMap<Key, Entry>,
    racks: HashMap<u32, Rack>,
    /// By when, and then by question, so that the order of a file means nothing.
    events: BTreeMap<(i64, u32, usize), Event>,
    expiry: VecDeque<(i64, Key)>,
    uses: BTreeSet<(i64, u32, u32)>,
    /// How many pairs of questions were compared.
    pub(super) compared: u64,
}

impl Store {
    /// A call comes: what it finds. It is answered from the store, or made and then kept.
    pub(super) fn visit(&mut self, number: usize, log: &Questions, rules: &Rules) -> Option<Hit> {
        let call = &log.asked[number];
        self.settle(call.at, log, rules);
        let scope = scope(call, rules);
        let found = self.best(call.question, scope, log, rules.threshold);
        let Some((similarity, question)) = found else {
            self.expect(number, call, Event::Keep);
            return None;
        };
        let key = (scope, question);
        let entry = self.entries.get_mut(&key).expect("what is on a rack is in the store");
        let label = log.asked[entry.answer].label;
        let is_known = !label.is_empty() && !call.label.is_empty();
        let is_right = is_known.then_some(label == call.label);
        let explored = rules.verify.map_or(Rate::ZERO, |allowed| entry.trust.explored(allowed));
        let hit = Hit { similarity, answer: entry.answer, is_right, explored };
        if rules.serves {
            self.uses.remove(&(entry.used, question, scope));
            entry.used = call.at;
            if rules.capacity.is_some() {
                self.uses.insert((call.at, question, scope));
            }
        }
        if !rules.serves {
            self.expect(number, call, Event::Keep);
        } else if explored > Rate::ZERO {
            let is_wrong = is_right == Some(false);
            self.expect(number, call, Event::Compare(key, explored, is_wrong));
        }
        Some(hit)
    }

    fn expect(&mut self, number: usize, call: &Asked, event: Event) {
        if call.is_kept {
            self.events.insert((call.answered, call.question, number), event);
        }
    }

    /// Does what happened up to now, in order. What began in this very instant is not over.
    fn settle(&mut self, now: i64, log: &Questions, rules: &Rules) {
        let mut later = Vec::new();
        while let Some(first) = self.events.first_entry() {
            if first.key().0 > now {
                break;
            }
            let (key, event) = first.remove_entry();
            if log.asked[key.2].at == now {
                later.push((key, event));
                continue;
            }
            let (time, _, number) = key;
            self.forget_until(time, rules);
            match event {
                Event::Keep => self.keep(time, number, log, rules),
                Event::Compare(found, likelihood, is_wrong) => {
                    if let Some(entry) = self.entries.get_mut(&found) {
                        entry.trust.note(likelihood, is_wrong);
                    }
                    if is_wrong {
                        self.keep(time, number, log, rules);
                    }
                }
            }
        }
        self.events.extend(later);
        self.forget_until(now, rules);
    }

    /// Drops what has lived its time.
    fn forget_until(&mut self, now: i64, rules: &Rules) {
        while let Some((stored, key)) = self.expiry.front().copied() {
            if now.saturating_sub(stored) < rules.lifetime {
                break;
            }
            self.expiry.pop_front();
            // It may have been kept anew since.
            if self.entries.get(&key).is_some_and(|entry| entry.stored == stored) {
                self.drop(key);
            }
        }
    }

    fn keep(&mut self, time: i64, number: usize, log: &Questions, rules: &Rules) {
        let call = &log.asked[number];
        let key = (scope(call, rules), call.question);
        let (bucket, question) = key;
        let bands = log.likeness.bands(question, rules.threshold);
        let known = self.entries.get(&key).copied();
        let trust = known.map_or_else(Trust::default, |entry| entry.trust);
        if let Some(entry) = known {
            self.uses.remove(&(entry.used, question, bucket));
        } else {
            let rack = self.racks.entry(bucket).or_default();
            rack.places.insert(question, rack.questions.len());
            rack.questions.push(question);
            for (place, band) in bands.into_iter().flatten().enumerate() {
                rack.bands.entry((place, *band)).or_default().push(question);
            }
        }
        self.entries.insert(key, Entry { stored: time, used: time, answer: number, trust });
        self.expiry.push_back((time, key));
        if let Some(capacity) = rules.capacity {
            self.uses.insert((time, question, bucket));
            while self.entries.len() > capacity {
                let (_, oldest, rack) = *self.uses.first().expect("every entry has a use");
                self.drop((rack, oldest));
            }
        }
    }

    fn drop(&mut self, key: Key) {
        let (bucket, question) = key;
        let Some(entry) = self.entries.remove(&key) else { return };
        self.uses.remove(&(entry.used, question, bucket));
        let rack = self.racks.get_mut(&bucket).expect("an entry lies on a rack");
        let place = rack.places.remove(&question).expect("it lies somewhere");
        rack.questions.swap_remove(place);
        if let Some(moved) = rack.questions.get(place) {
            rack.places.insert(*moved, place);
        }
    }

    /// The live answer whose question is most alike; of equally alike ones the newest.
    fn best(
        &mut self,
        question: u32,
        bucket: u32,
        log: &Questions,
        threshold: u64,
    ) -> Option<(u64, u32)> {
        if self.entries.contains_key(&(bucket, question)) {
            return Some((SAME, question));
        }
        let rack = self.racks.get_mut(&bucket)?;
        let likeness = &log.likeness;
        if matches!(likeness, Likeness::Equal) {
            return None;
        }
        let nearby;
        let candidates = match likeness.bands(question, threshold) {
            None => &rack.questions,
            Some(bands) => {
                nearby = rack.nearby(bands);
                &nearby
            }
        };
        let mut best: Option<(u64, i64, std::cmp::Reverse<u32>)> = None;
        for candidate in candidates {
            self.compared += 1;
            let least = best.map_or(threshold, |(similarity, _, _)| similarity);
            if let Some(similarity) = likeness.between(question, *candidate, least) {
                let stored = self.entries[&(bucket, *candidate)].stored;
                best = best.max(Some((similarity, stored, std::cmp::Reverse(*candidate))));
            }
        }
        best.map(|(similarity, _, found)| (similarity, found.0))
    }
}

impl Rack {
    /// The questions on the rack that share a band, each once. Those that are gone are swept out.
    fn nearby(&mut self, bands: &[u64; BANDS]) -> Vec<u32> {
        let mut found = Vec::new();
        for (place, band) in bands.iter().enumerate() {
            if let Some(questions) = self.bands.get_mut(&(place, *band)) {
                questions.sort_unstable();
                questions.dedup();
                questions.retain(|question| self.places.contains_key(question));
                found.extend_from_slice(questions);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn scope(call: &Asked, rules: &Rules) -> u32 {
    if rules.is_guarded { call.guarded } else { call.scope }
}

/// What every call that asks finds, where all of them come.
pub(super) fn replay(log: &Questions, rules: &Rules) -> (Vec<Option<Hit>>, Store) {
    let mut store = Store::default();
    let found = (0..log.asked.len()).map(|number| store.visit(number, log, rules));
    (found.collect(), store)
}

/// The same, given up when more pairs must be compared than `budget` has left.
pub(super) fn replay_within(
    log: &Questions,
    rules: &Rules,
    budget: &mut u64,
) -> Option<Vec<Option<Hit>>> {
    let mut store = Store::default();
    let mut found = Vec::with_capacity(log.asked.len());
    for number in 0..log.asked.len() {
        found.push(store.visit(number, log, rules));
        if store.compared > *budget {
            *budget = 0;
            return None;
        }
    }
    *budget -= store.compared;
    Some(found)
}
