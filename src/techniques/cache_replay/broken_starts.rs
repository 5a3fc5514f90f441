//! Texts that repeat behind something that changes with every prompt: no cache finds them.

use hashbrown::{HashMap, HashSet};

use crate::units::Tokens;
use crate::usage::Row;

use super::super::wording::grouped;
use super::best::route_names;
use super::blocks::Blocks;
use super::prepare::Ground;

/// Less than this in a prompt is not worth a word: a block.
const LEAST: u64 = 64;

/// So few prompts show no habit.
const PROMPTS_MIN: u64 = 3;

/// What the prompts of a route say again and again.
#[derive(Default)]
struct Route {
    prompts: u64,
    /// Prompts with each block where it stands, and with what it says wherever it stands.
    starts: HashMap<u32, u64>,
    contents: HashMap<u32, u64>,
    /// Tokens that repeat and are not found.
    lost: Tokens,
}

impl Route {
    fn is_common(&self, count: Option<&u64>) -> bool {
        count.is_some_and(|count| *count > 1 && count.saturating_mul(2) > self.prompts)
    }
}

/// A warning for each call type whose prompts repeat a text behind something that changes.
pub(super) fn warnings(ground: &Ground<'_>) -> Vec<String> {
    let Some(blocks) = ground.lineage.blocks.as_ref().filter(|blocks| blocks.are_text()) else {
        return Vec::new();
    };
    let mut routes: Vec<Route> = Vec::new();
    routes.resize_with(ground.lineage.route_count(), Route::default);
    for row in ground.rows.rows() {
        count(&mut routes[ground.lineage.route(row) as usize], blocks, row);
    }
    for row in ground.rows.rows() {
        let route = &mut routes[ground.lineage.route(row) as usize];
        route.lost += lost(route, blocks, row);
    }
    let told = routes.iter().enumerate().filter_map(|(place, route)| {
        let each = route.lost.get() / route.prompts.max(1);
        (route.prompts >= PROMPTS_MIN && each >= LEAST).then(|| told(ground, place, each))
    });
    told.collect()
}

fn told(ground: &Ground<'_>, route: usize, each: u64) -> String {
    let [call_type, model] = route_names(ground, route);
    format!(
        "call type {call_type} ({model}): about {} tokens of each prompt are the same text as in the \
         others but stand behind something that changes (a time, an id?); caches read from the \
         start, so they are not found: move what changes to the end",
        grouped(each)
    )
}

fn count(route: &mut Route, blocks: &Blocks, row: Row) {
    let Some(contents) = blocks.contents(row).filter(|contents| !contents.is_empty()) else {
        return;
    };
    route.prompts += 1;
    for block in blocks.row(row) {
        *route.starts.entry(*block).or_default() += 1;
    }
    // What a prompt says twice counts once.
    for content in contents.iter().collect::<HashSet<_>>() {
        *route.contents.entry(*content).or_default() += 1;
    }
}

/// The tokens of a prompt that most prompts say, behind a block that most do not begin with.
fn lost(route: &Route, blocks: &Blocks, row: Row) -> Tokens {
    let Some(contents) = blocks.contents(row) else { return Tokens::ZERO };
    let own = blocks.row(row);
    let found = own.iter().take_while(|block| route.is_common(route.starts.get(*block))).count();
    let mut seen = HashSet::new();
    let mut lost = Tokens::ZERO;
    for (place, content) in contents.iter().enumerate().skip(found) {
        if route.is_common(route.contents.get(content)) && seen.insert(*content) {
            lost += blocks.tokens(row, place + 1).saturating_sub(blocks.tokens(row, place));
        }
    }
    lost
}
