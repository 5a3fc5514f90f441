//! Prefixes that are asked for so often that they are spread over several machines, each with a
//! cache of its own: the low end of automatic caches.

use hashbrown::HashMap;

use crate::units::Tokens;
use crate::usage::Row;

use super::lineage::Lineage;
use super::prepare::Ground;
use super::standing::scene;
use super::store::Cache;

/// Requests are sent to a machine by about so many tokens at their start (OpenAI's guide to prompt
/// caching, read 2026-07-15).
const ROUTED_BY: Tokens = Tokens::new(256);

const MINUTE: i64 = 60_000;

/// What requests are sent to a machine by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Start {
    /// All blocks up to this one.
    Block(u32),
    /// The shared start of a call type and model.
    Shared(u32),
}

/// The requests of one minute for one start.
#[derive(Default)]
struct Minute {
    requests: u32,
    sent: u32,
}

/// The machine of each row; empty when one is enough for all. Where `n` requests a minute come and a
/// machine takes `l`, they go to `ceil(n / l)` in turn.
pub(super) fn machines(ground: &Ground<'_>) -> Vec<u32> {
    let mut minutes: HashMap<(Cache, Start, i64), Minute> = HashMap::new();
    let mut known = Vec::new();
    for (row, branch) in ground.rows.iter() {
        let scene = scene(ground.facts, row);
        let model = scene.placed(&branch);
        let policy = ground.facts.book.cache_policy(model, branch.call.time);
        let limit = policy.and_then(|policy| policy.requests_per_minute).filter(|limit| *limit > 0);
        let (Some(limit), Some(at)) = (limit, ground.lineage.time(row)) else { continue };
        let Some(start) = start(&ground.lineage, row) else { continue };
        let cache = Cache::of(&branch, &scene, &ground.lineage);
        let key = (cache, start, at.div_euclid(MINUTE));
        minutes.entry(key).or_default().requests += 1;
        known.push((row, key, limit));
    }
    if known.iter().all(|(_, key, limit)| minutes[key].requests <= *limit) {
        return Vec::new();
    }
    let mut machines = vec![0; ground.facts.calls.len()];
    for (row, key, limit) in known {
        let Some(minute) = minutes.get_mut(&key) else { continue };
        machines[row] = minute.sent % minute.requests.div_ceil(limit);
        minute.sent += 1;
    }
    machines
}

/// What a prompt begins with; nothing where it is not known to share so much with any other.
fn start(lineage: &Lineage, row: Row) -> Option<Start> {
    if let Some(blocks) = &lineage.blocks {
        let count = blocks.within(row, ROUTED_BY).max(1);
        return blocks.row(row).get(count - 1).map(|block| Start::Block(*block));
    }
    (lineage.most_shared(row) >= ROUTED_BY).then(|| Start::Shared(lineage.route(row)))
}
