//! The few costliest calls of very many.

use std::cmp::Reverse;

use crate::usage::{Call, Calls, Row, column};

use crate::diagnostics::Place;
use crate::units::Usd;

use super::analysis::CostlyCall;

/// Keeps the costliest calls seen so far; of equal ones, those that stand earlier in the input.
#[derive(Clone, Debug)]
pub(super) struct Costliest {
    wanted: usize,
    /// Dearest first, at most `wanted` long: short enough to shift.
    kept: Vec<CostlyCall>,
}

/// Dearest first, then by place.
type Order = (Reverse<Usd>, Place);

fn order(call: &CostlyCall) -> Order {
    (Reverse(call.cost), call.place)
}

impl Costliest {
    /// Will keep this many.
    pub(super) const fn new(wanted: usize) -> Self {
        Self { wanted, kept: Vec::new() }
    }

    /// Considers a row. A row that sums up several calls is no call. Names are copied only when
    /// the call is kept.
    pub(super) fn add(&mut self, calls: &Calls, row: Row, call: &Call, cost: Usd) {
        if !call.is_single() || !self.has_room_for((Reverse(cost), call.place)) {
            return;
        }
        self.insert(CostlyCall {
            place: call.place,
            time: call.time,
            model: calls.name(column::MODEL, row).to_owned(),
            call_type: calls.name(column::CALL_TYPE, row).to_owned(),
            tokens: call.tokens,
            cost,
        });
    }

    /// Whether a call of this cost could be kept, wherever it stands.
    #[inline]
    pub(super) fn may_keep(&self, cost: Usd) -> bool {
        self.kept.len() < self.wanted || self.kept.last().is_some_and(|last| cost >= last.cost)
    }

    /// Takes over the calls kept by another.
    pub(super) fn merge(&mut self, other: Self) {
        for call in other.kept {
            if self.has_room_for(order(&call)) {
                self.insert(call);
            }
        }
    }

    /// The calls, dearest first.
    pub(super) fn finish(self) -> Vec<CostlyCall> {
        self.kept
    }

    fn has_room_for(&self, candidate: Order) -> bool {
        self.kept.len() < self.wanted
            || self.kept.last().is_some_and(|last| candidate < order(last))
    }

    fn insert(&mut self, call: CostlyCall) {
        let at = self.kept.partition_point(|known| order(known) < order(&call));
        self.kept.insert(at, call);
        self.kept.truncate(self.wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Dimensions, Symbol};

    fn lines(wanted: usize, costs: &[i128]) -> Vec<u64> {
        let mut calls = Calls::new(Dimensions::new([]));
        let mut costliest = Costliest::new(wanted);
        for (line, atto) in (1..).zip(costs) {
            let call = Call { place: Place { file: 0, line }, ..Call::default() };
            calls.push(&call, &[Symbol::EMPTY; column::FIXED.len()]);
            costliest.add(&calls, calls.len() - 1, &call, Usd::from_atto(*atto));
        }
        costliest.finish().iter().map(|call| call.place.line).collect()
    }

    #[test]
    fn equal_costs_stand_in_input_order() {
        assert_eq!(lines(3, &[5, 9, 5, 9, 1]), [2, 4, 1]);
        assert_eq!(lines(9, &[1, 2]), [2, 1]);
        assert_eq!(lines(0, &[1, 2]), [0u64; 0]);
    }
}
