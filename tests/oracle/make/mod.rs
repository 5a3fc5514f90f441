//! Random worlds, made of a tape of numbers: a shorter tape with smaller numbers makes a simpler world,
//! so that proptest shrinks what went wrong without knowing what a price table is.

pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod table;

use crate::world::table::Decimal;

/// Reads a tape; zeros follow its end. The first of several choices is always the simplest.
pub(crate) struct Dice<'a> {
    tape: &'a [u32],
    at: usize,
}

impl<'a> Dice<'a> {
    pub(crate) fn new(tape: &'a [u32]) -> Self {
        Self { tape, at: 0 }
    }

    fn next(&mut self) -> u32 {
        let next = self.tape.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        next
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }

    /// True in so many cases of a hundred, on average.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.next() % 100 >= 100 - percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// Some of several things, in their order.
    pub(crate) fn some<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let chosen: Vec<T> = items.iter().filter(|_| self.chance(50)).cloned().collect();
        if chosen.is_empty() { vec![items[0].clone()] } else { chosen }
    }

    pub(crate) fn maybe<T>(
        &mut self,
        percent: u32,
        make: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    /// A number with two decimals.
    pub(crate) fn price(&mut self) -> Decimal {
        let cents = 1 + self.below(3_000);
        Decimal(if cents.is_multiple_of(100) {
            (cents / 100).to_string()
        } else {
            format!("{}.{:02}", cents / 100, cents % 100)
        })
    }

    pub(crate) fn decimal(&mut self, texts: &[&str]) -> Decimal {
        Decimal(self.pick(texts).to_owned())
    }

    /// A rate with one decimal.
    pub(crate) fn rate(&mut self) -> Decimal {
        self.decimal(&["0.5", "0.1", "0.2", "0.3", "0.7", "0.9", "1", "0"])
    }
}

/// Moments at which something may change, in 2026: midnights here and elsewhere, the hours at which
/// clocks change, and whatever lies in between.
pub(crate) fn moment(dice: &mut Dice<'_>) -> i64 {
    const DAY: i64 = 86_400_000;
    const NOTABLE: [i64; 10] = [
        1_780_272_000_000,             // 2026-06-01T00:00:00Z
        1_774_746_000_000,             // 2026-03-29T01:00:00Z: summer begins in Berlin
        1_774_735_200_000,             // 2026-03-28T22:00:00Z
        1_792_890_000_000,             // 2026-10-25T01:00:00Z: it ends
        1_772_953_200_000,             // 2026-03-08T07:00:00Z: summer begins in New York
        1_793_512_800_000,             // 2026-11-01T06:00:00Z: it ends
        1_782_864_000_000,             // 2026-07-01T00:00:00Z
        1_785_536_000_000 - 6_200_000, // about the end of July
        1_788_220_800_000,             // 2026-09-01T00:00:00Z
        1_791_190_800_000,             // 2026-10-05T09:00:00Z
    ];
    let start = dice.pick(&NOTABLE);
    let days = i64::try_from(dice.below(20)).expect("small") * DAY;
    let offset = match dice.below(6) {
        0 => 0,
        1 => -1,
        2 => 1,
        3 => i64::try_from(dice.below(86_400)).expect("small") * 1_000,
        4 => i64::try_from(dice.below(48)).expect("small") * 1_800_000,
        _ => -i64::try_from(dice.below(7_200_000)).expect("small"),
    };
    start + days + offset
}
