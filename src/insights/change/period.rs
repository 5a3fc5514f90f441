//! What the identity is made of: the calls of two periods by group.

use crate::units::{PerClass, TokenClass, Tokens, Usd};

/// One of the two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The earlier one, that the other is compared with.
    Before,
    /// The later one.
    After,
}

impl Side {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Of each class of tokens one value, in the order of [`TokenClass::ALL`].
const CLASSES: usize = TokenClass::ALL.len();

/// The calls of a group in one period; their cost is that of their tokens alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupUse {
    /// How many calls.
    pub calls: u64,
    /// Their tokens by class.
    pub tokens: [Tokens; CLASSES],
    /// What these cost by class, in dollars.
    pub cost: [Usd; CLASSES],
    /// What one token of each class costs in this period, in dollars, for classes without tokens;
    /// nothing where unknown.
    pub list: [Option<Usd>; CLASSES],
}

impl GroupUse {
    /// Takes over calls with the cost of each class of their tokens.
    pub fn add(&mut self, calls: u64, tokens: &PerClass<Tokens>, cost: &PerClass<Usd>) {
        self.calls += calls;
        for class in TokenClass::ALL {
            self.tokens[class as usize] += tokens[class];
            self.cost[class as usize] += cost[class];
        }
    }

    /// Takes over calls of the same group.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        for class in 0..CLASSES {
            self.tokens[class] += other.tokens[class];
            self.cost[class] += other.cost[class];
        }
    }

    /// What all tokens cost, in dollars.
    pub fn total(&self) -> Usd {
        self.cost.iter().copied().sum()
    }
}

/// A period: how long it is, and its groups in the order of the other period's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many days it has, at least 1.
    pub days: u64,
    /// What was asked for: requests, conversations or test cases; as many as calls where each call
    /// is one.
    pub units: u64,
    /// The groups; those that only the other period has are without calls.
    pub groups: Vec<GroupUse>,
    /// The family of each group, the same in both periods: groups that answer the same demand.
    pub families: Vec<usize>,
}

impl Period {
    /// A period whose calls are what was asked for, each group being a family of its own.
    pub fn of_calls(days: u64, groups: Vec<GroupUse>) -> Self {
        let units = groups.iter().map(|group| group.calls).sum();
        let families = (0..groups.len()).collect();
        Self { days, units, groups, families }
    }

    /// All calls.
    pub fn calls(&self) -> u64 {
        self.groups.iter().map(|group| group.calls).sum()
    }
}
