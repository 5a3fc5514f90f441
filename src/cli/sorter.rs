//! Keeps the calls that the user's own conditions ask for.

use crate::sources::Share;
use crate::usage::{Calls, FilterError};

use super::rolled::RolledRows;
use super::settings::{Selection, Settings};

/// Keeps the wanted calls of each batch.
pub(super) struct Sorter<'s> {
    selection: &'s Selection,
    /// What it saw of roll-ups.
    pub(super) rolled: RolledRows<'s>,
    /// Calls that the user's own conditions left out.
    pub(super) filtered_out: u64,
    /// Which dimensions had a name at all.
    pub(super) seen: Vec<bool>,
    /// Why the condition could not be asked.
    pub(super) failure: Option<FilterError>,
}

impl<'s> Sorter<'s> {
    /// One for a run over so many dimensions.
    pub(super) fn new(settings: &'s Settings, dimensions: usize) -> Self {
        let (selection, rolled) = (&settings.selection, RolledRows::new(settings));
        Self { selection, rolled, filtered_out: 0, seen: vec![false; dimensions], failure: None }
    }

    /// Gives the wanted ones of some calls to `sink`.
    pub(super) fn take(&mut self, calls: &Calls, sink: &mut dyn FnMut(&Calls)) {
        if self.takes_all() {
            self.see(calls);
            sink(calls);
        } else if let Some(wanted) = self.wanted(calls) {
            sink(&wanted);
        }
    }

    fn takes_all(&self) -> bool {
        let Selection { filter, since, before } = self.selection;
        filter.is_none() && since.is_none() && before.is_none()
    }

    fn see(&mut self, calls: &Calls) {
        self.rolled.look(calls);
        for (seen, dimension) in self.seen.iter_mut().zip(calls.dimensions.iter()) {
            *seen |= !dimension.is_empty();
        }
    }

    /// The calls that were asked for.
    fn wanted(&mut self, calls: &Calls) -> Option<Calls> {
        self.see(calls);
        let Selection { filter, since, before } = self.selection;
        let mut keep = match filter.as_ref().map(|filter| filter.matches(calls)) {
            Some(Ok(keep)) => keep,
            None => vec![true; calls.len()],
            Some(Err(error)) => {
                self.failure.get_or_insert(error);
                return None;
            }
        };
        for (keep, time) in keep.iter_mut().zip(calls.time_column()) {
            *keep &= since.is_none_or(|since| *time >= since);
            *keep &= before.is_none_or(|before| *time < before && !time.is_missing());
        }
        self.filtered_out += keep.iter().filter(|keep| !**keep).count() as u64;
        Some(calls.filtered(&keep))
    }

    /// Takes over what another one saw.
    pub(super) fn merge(&mut self, other: Self) {
        self.filtered_out += other.filtered_out;
        for (mine, theirs) in self.seen.iter_mut().zip(other.seen) {
            *mine |= theirs;
        }
        self.failure = self.failure.take().or(other.failure);
        self.rolled.merge(other.rolled);
    }
}

impl<S: Share> Share for (Sorter<'_>, S) {
    fn take(&mut self, order: u64, calls: Calls) {
        let (sorter, share) = self;
        if sorter.takes_all() {
            sorter.see(&calls);
            share.take(order, calls);
        } else if let Some(wanted) = sorter.wanted(&calls) {
            share.take(order, wanted);
        }
    }
}
