//! Breakpoints only where the first half of a log shows that they pay: the continuation rule.
//!
//! Writing pays where more than `(w - 1) / (w - r)` of the accesses to a prefix are followed by
//! another one within its lifetime. Which are is learned on the first half, by call type, model and
//! how far the conversation is, and applied to the second, so that nothing is foreseen. In the
//! first half nothing is written.

use hashbrown::HashMap;

use crate::usage::Row;

use super::super::branch::Branch;
use super::super::facts::Facts;
use super::lineage::Lineage;
use super::policy::{End, Marks};
use super::rates::Rates;
use super::rules::{Lifetime, ReplayRules, Terms};
use super::standing::Compared;
use super::store::Cache;

/// Conversations that are further than this are all alike.
const DEPTH_MAX: u32 = 4;

/// What prompts have in common that are treated alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Class {
    /// The shared start of a route.
    Shared(u32),
    /// The end of the prompts of a route this far into conversations: 0, 1, 2-3, 4-7 or more turns
    /// before.
    End(u32, u32),
}

impl Class {
    fn end(lineage: &Lineage, row: Row) -> Self {
        let doublings = u32::BITS - lineage.depth(row).leading_zeros();
        Self::End(lineage.route(row), doublings.min(DEPTH_MAX))
    }
}

/// How often something was used, and how often again within the lifetime.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    accesses: u64,
    followed: u64,
}

/// The breakpoints of every row, learned on the first half of the rows.
pub(super) fn breakpoints(
    rows: &Compared<'_>,
    facts: &Facts<'_>,
    lineage: &Lineage,
    lifetimes: &[Option<Lifetime>],
    terms: &Terms,
) -> Vec<Marks> {
    let lifetime = |row: Row| lifetimes.get(lineage.route(row) as usize).copied().flatten();
    let habits = learn(rows.iter().take(rows.middle()), facts, lineage, &lifetime, terms);
    let mut marks = vec![Marks::NONE; facts.calls.len()];
    for (row, branch) in rows.iter().skip(rows.middle()) {
        let Some(lifetime) = lifetime(row) else { continue };
        let Some(rates) = Rates::of(&branch, facts, lineage, row, terms) else { continue };
        let pays = |class| {
            let habit: Option<&Habit> = habits.get(&class);
            habit.is_some_and(|habit| rates.pays(lifetime, habit.followed, habit.accesses))
        };
        marks[row] = Marks {
            shared: pays(Class::Shared(lineage.route(row))),
            end: if pays(Class::end(lineage, row)) { End::OfPrompt } else { End::Open },
            every_block: false,
        };
    }
    marks
}

fn learn(
    rows: impl Iterator<Item = (Row, Branch)>,
    facts: &Facts<'_>,
    lineage: &Lineage,
    lifetime: &dyn Fn(Row) -> Option<Lifetime>,
    terms: &Terms,
) -> HashMap<Class, Habit> {
    let mut habits: HashMap<Class, Habit> = HashMap::new();
    let mut shared: HashMap<(Cache, u32), i64> = HashMap::new();
    let mut ended: HashMap<Row, (Class, bool)> = HashMap::new();
    for (row, branch) in rows {
        let (Some(at), Some(lifetime)) = (lineage.time(row), lifetime(row)) else { continue };
        let Some(rates) = Rates::of(&branch, facts, lineage, row, terms) else { continue };
        let span = ReplayRules::new(rates.rules, lifetime, terms).span;
        let is_again = |before: i64| (span.wait..=span.lifetime).contains(&(at - before));
        let route = lineage.route(row);
        if let Some(before) = shared.insert((rates.cache, route), at)
            && is_again(before)
        {
            habits.entry(Class::Shared(route)).or_default().followed += 1;
        }
        habits.entry(Class::Shared(route)).or_default().accesses += 1;
        if let Some(before) = lineage.previous(row)
            && lineage.time(before).is_some_and(is_again)
            && let Some((class, is_followed)) = ended.get_mut(&before)
            && !*is_followed
        {
            *is_followed = true;
            habits.entry(*class).or_default().followed += 1;
        }
        let class = Class::end(lineage, row);
        habits.entry(class).or_default().accesses += 1;
        ended.insert(row, (class, false));
    }
    habits
}
