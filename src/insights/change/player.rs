//! What may have changed, and in which parts an explanation tells it apart.

/// A factor of the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// How many days a period has.
    Days,
    /// Calls a day.
    Calls,
    /// The part of the calls that each group has.
    Mix,
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
    pub(super) const fn bit(self) -> u8 {
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
    pub(super) fn bits(&self) -> u8 {
        self.drivers.iter().fold(0, |bits, driver| bits | driver.bit())
    }
}

/// Every driver by itself.
pub const EFFECTS: [Player; 7] = [
    Player { name: "days", label: "days covered", drivers: &[Driver::Days] },
    Player { name: "calls", label: "calls a day", drivers: &[Driver::Calls] },
    Player { name: "mix", label: "mix of models and call types", drivers: &[Driver::Mix] },
    Player { name: "input_tokens", label: "input tokens a call", drivers: &[Driver::Input] },
    Player { name: "output_tokens", label: "output tokens a call", drivers: &[Driver::Output] },
    Player { name: "cache", label: "use of the cache", drivers: &[Driver::Cache] },
    Player { name: "price", label: "prices", drivers: &[Driver::Price] },
];

/// The usual price-volume-mix analysis, with tokens a call as one.
pub const PRICE_VOLUME_MIX: [Player; 4] = [
    Player { name: "volume", label: "calls", drivers: &[Driver::Days, Driver::Calls] },
    Player { name: "mix", label: "mix of models and call types", drivers: &[Driver::Mix] },
    Player {
        name: "tokens",
        label: "tokens a call",
        drivers: &[Driver::Input, Driver::Output, Driver::Cache],
    },
    Player { name: "price", label: "prices", drivers: &[Driver::Price] },
];
