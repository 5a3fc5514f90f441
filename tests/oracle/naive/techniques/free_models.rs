//! Source: `docs/techniques/free_models.md`: calls in scope in order of time against a bucket of
//! `per_minute` calls that fills up evenly within a minute, and a counter for each UTC day; calls that
//! fit cost nothing. A row without a time does not fit any day.

use super::{Branch, Step, Surroundings};
use crate::number::{Q, one, whole, zero};
use crate::world::log::Record;
use crate::world::plan::{Kind, Setting};

pub(super) struct Free {
    fits: Vec<bool>,
}

pub(super) fn prepare(records: &[Record], setting: &Setting) -> Free {
    let Setting::FreeModels { scope, per_day, per_minute } = setting else { unreachable!() };
    let full = whole(*per_minute);
    let (mut day, mut used) = (None, 0);
    let (mut bucket, mut since): (Q, Option<i64>) = (full.clone(), None);
    let mut fits = Vec::new();
    for record in records {
        let Some(time) = record.time.filter(|_| scope.holds(record)) else {
            fits.push(false);
            continue;
        };
        let today = time.div_euclid(86_400_000);
        let used_today = if day == Some(today) { used } else { 0 };
        let passed = since.map_or(0, |since| u64::try_from(time - since).expect("order of time"));
        let filled = &bucket + &full * whole(passed) / whole(60_000);
        let filled = if filled > full { full.clone() } else { filled };
        let is_free = used_today + record.calls <= *per_day && filled >= whole(record.calls);
        if is_free {
            (day, used) = (Some(today), used_today + record.calls);
            (bucket, since) = (filled - whole(record.calls), Some(time));
        }
        fits.push(is_free);
    }
    Free { fits }
}

impl Step for Free {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        let part = if self.fits[around.row] { zero() } else { one() };
        let paid = Kind::ALL.map(|kind| &branch.paid[kind as usize] * &part);
        vec![Branch { paid, ..branch.clone() }]
    }
}
