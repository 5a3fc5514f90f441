//! What may have changed, and in which parts an explanation tells it apart.

/// A factor of the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// How many days a period has.
    Days,
    /// What was asked for a day: requests, conversations or test cases.
    Units,
    /// Calls for each of these: attempts of a request, calls of a conversation.
    Calls,
    /// The part of the calls that each family of groups has.
    Mix,
    /// The part of the calls of its family that each group has.
    Model,
    /// Input tokens a call.
    Input,
    /// Output tokens a call.
    Output,
    /// The part of the input that is read from the cache, written to it, or neither.
    Cache,
    /// The price of a token.
    Price,
}

impl Driver {
    /// The bit of this driver in a set of them.
    pub(super) const fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// Drivers that an explanation takes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Player {
    /// The name for programs.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// What changes with it.
    pub drivers: &'static [Driver],
}

impl Player {
    /// The set of its drivers.
    pub(super) fn bits(&self) -> u16 {
        self.drivers.iter().fold(0, |bits, driver| bits | driver.bit())
    }
}

const VOLUME: Player = Player {
    name: "volume",
    label: "calls",
    drivers: &[Driver::Days, Driver::Units, Driver::Calls],
};

const MIX: Player = Player {
    name: "mix",
    label: "mix of models and call types",
    drivers: &[Driver::Mix, Driver::Model],
};

/// Days and everything that happens on one.
pub const EFFECTS: [Player; 7] = [
    Player { name: "days", label: "days covered", drivers: &[Driver::Days] },
    Player { name: "calls", label: "calls a day", drivers: &[Driver::Units, Driver::Calls] },
    MIX,
    Player { name: "input_tokens", label: "input tokens a call", drivers: &[Driver::Input] },
    Player { name: "output_tokens", label: "output tokens a call", drivers: &[Driver::Output] },
    Player { name: "cache", label: "use of the cache", drivers: &[Driver::Cache] },
    Player { name: "price", label: "prices", drivers: &[Driver::Price] },
];

/// The usual price-volume-mix analysis, with tokens a call as one.
pub const PRICE_VOLUME_MIX: [Player; 4] = [
    VOLUME,
    MIX,
    Player {
        name: "tokens",
        label: "tokens a call",
        drivers: &[Driver::Input, Driver::Output, Driver::Cache],
    },
    Player { name: "price", label: "prices", drivers: &[Driver::Price] },
];

/// What the gate tells apart.
pub const GATE_EFFECTS: [Player; 6] = [VOLUME, MIX, EFFECTS[3], EFFECTS[4], EFFECTS[5], EFFECTS[6]];

/// Volume in two: what was asked for, and calls for each of it.
pub const VOLUME_PARTS: [Player; 2] = [
    Player { name: "units", label: "units", drivers: &[Driver::Days, Driver::Units] },
    Player { name: "calls_per_unit", label: "calls a unit", drivers: &[Driver::Calls] },
];

/// Mix in two: what was asked for, and which models answered it.
pub const MIX_PARTS: [Player; 2] = [
    Player { name: "families", label: "mix of what is asked for", drivers: &[Driver::Mix] },
    Player { name: "models", label: "models", drivers: &[Driver::Model] },
];
