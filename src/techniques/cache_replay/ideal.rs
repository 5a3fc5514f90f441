//! How much of the input of a log repeats at all, by the rule of published references.

use crate::units::{Rate, Tokens};

use super::super::facts::Facts;
use super::super::wording::{grouped, percent};
use super::lineage::Lineage;

impl Lineage {
    /// How much input repeats at all, by the rule of published references: a block is there when
    /// it was used within the time before, without a minimum; what one prompt writes, the next can
    /// read.
    pub(super) fn ideal(&self, facts: &Facts<'_>) -> Option<String> {
        let (input, repeated) = self.repeated(facts, None)?;
        let share = Rate::of_counts(repeated.get(), input.get()).map(percent)?;
        let within = |seconds: i64| {
            let (_, found) = self.repeated(facts, Some(seconds * 1_000))?;
            Some(grouped(found.get()))
        };
        Some(format!(
            "{} of {} input tokens repeat earlier blocks ({share}): {} within 5 minutes of their \
             last use, {} within an hour",
            grouped(repeated.get()),
            grouped(input.get()),
            within(300)?,
            within(3_600)?
        ))
    }

    /// All input, and the part of it that stands in the longest run of leading blocks that were all
    /// used within `lifetime` milliseconds.
    pub(super) fn repeated(
        &self,
        facts: &Facts<'_>,
        lifetime: Option<i64>,
    ) -> Option<(Tokens, Tokens)> {
        let blocks = self.blocks.as_ref()?;
        let mut last = hashbrown::HashMap::new();
        let (mut input, mut repeated) = (Tokens::ZERO, Tokens::ZERO);
        for row in self.order() {
            let (at, own) = (self.time(row)?, blocks.row(row));
            let model = facts.model(row);
            let alive = |block: &&u32| {
                let used: Option<&i64> = last.get(&(model, **block));
                used.is_some_and(|used| lifetime.is_none_or(|lifetime| at - used <= lifetime))
            };
            let length = self.length(row);
            let run = own.iter().take_while(alive).count();
            repeated += blocks.tokens(row, run).min(length);
            input += length;
            last.extend(own.iter().map(|block| ((model, *block), at)));
        }
        Some((input, repeated))
    }
}
