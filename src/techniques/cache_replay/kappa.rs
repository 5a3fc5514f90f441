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
}

impl Likely {
    /// Makes the ways in which a prompt is found as likely as they are.
    pub(super) fn thin(&self, found: &mut Vec<Found>, route: u32, is_automatic: bool) {
        let own = self.routes.get(route as usize).copied().flatten().unwrap_or(Rate::ONE);
        let automatic = self.automatic.filter(|_| is_automatic).unwrap_or(Rate::ONE);
        let likely = own.times(automatic);
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
