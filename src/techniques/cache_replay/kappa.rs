//! How likely something that should be in a cache is found: what the counters of the log say.

use crate::units::Rate;

use super::store::Found;

/// How likely what is there is found, by route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Likely {
    /// Observed reads over simulated ones, of each route; all where nothing is known.
    pub(super) routes: Vec<Option<Rate>>,
    /// Of caches that providers keep by themselves, which promise nothing.
    pub(super) automatic: Option<Rate>,
    /// In a batch, where hits are best effort.
    pub(super) batch: Option<Rate>,
}

/// What is special about a call that looks for something in a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Circumstances {
    /// Its call type and model.
    pub(super) route: u32,
    /// Whether the provider keeps the cache by itself.
    pub(super) is_automatic: bool,
    /// Whether it goes in a batch.
    pub(super) is_batch: bool,
    /// Whether the log shows it there, so that its counters know what a batch finds.
    pub(super) was_batch: bool,
}

impl Likely {
    /// Makes the ways in which a prompt is found as likely as they are.
    pub(super) fn thin(&self, found: &mut Vec<Found>, at: Circumstances) {
        let own = self.routes.get(at.route as usize).copied().flatten();
        let automatic = self.automatic.filter(|_| at.is_automatic);
        let is_measured = own.is_some() && at.was_batch;
        let batch = self.batch.filter(|_| at.is_batch && !is_measured);
        let likely = [own, automatic, batch].into_iter().flatten().fold(Rate::ONE, Rate::times);
        if likely == Rate::ONE {
            return;
        }
        let mut left = Rate::ONE;
        let mut missed = None;
        for way in found.iter_mut().filter(|way| !way.read.is_zero()) {
            missed = Some(Found { read: crate::units::Tokens::ZERO, ..*way });
            way.likelihood = way.likelihood.times(likely);
            left = left.minus(way.likelihood);
        }
        let Some(missed) = missed else { return };
        match found.iter_mut().find(|way| way.read.is_zero()) {
            Some(nothing) => nothing.likelihood = left,
            None => found.push(Found { likelihood: left, ..missed }),
        }
    }
}
