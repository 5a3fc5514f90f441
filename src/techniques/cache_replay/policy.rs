//! Cache policies: where a client sets its breakpoints.

use serde::Deserialize;

use crate::units::Tokens;

/// What decides which part of which prompts is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Policy {
    /// Everything that repeats: the shared start and the end of each turn, or every block.
    Replay,
    /// Nothing: what the log would cost without any cache.
    Off,
    /// As far into each prompt as its counters show.
    AsLogged,
    /// A breakpoint after the part that all prompts of the call type share, and no other.
    SystemOnly,
    /// One moving breakpoint at the end of every prompt.
    AutoLast,
    /// Breakpoints only where the first half of the log shows that they pay.
    Selective,
    /// With knowledge of the future: what no policy can beat.
    Oracle,
}

impl Policy {
    /// The name in plans and machine output.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Off => "off",
            Self::AsLogged => "as_logged",
            Self::SystemOnly => "system_only",
            Self::AutoLast => "auto_last",
            Self::Selective => "selective",
            Self::Oracle => "oracle",
        }
    }

    /// What it does, in a few words.
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::Replay => "a breakpoint after the shared start and one at the end of each turn",
            Self::Off => "no prompt is cached",
            Self::AsLogged => "breakpoints where the counters of the log show them",
            Self::SystemOnly => "one breakpoint, after the part that prompts of a call type share",
            Self::AutoLast => "one moving breakpoint, at the end of every prompt",
            Self::Selective => {
                "breakpoints where the first half of the log shows that they pay; none in that half"
            }
            Self::Oracle => "every block is written only when it will be read, and for as long",
        }
    }

    /// Whether it decides about every call anew, also about those the log shows as cached.
    pub(super) const fn decides_anew(self) -> bool {
        !matches!(self, Self::Replay)
    }
}

/// Where a prompt has a breakpoint at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nowhere.
    Open,
    /// After all of it, if it is a turn of a conversation.
    OfTurn,
    /// After all of it.
    OfPrompt,
    /// After so many tokens, as the log counts them.
    At(Tokens),
}

/// The breakpoints of one prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// After the shared start.
    pub(super) shared: bool,
    /// At its end.
    pub(super) end: End,
    /// After every block, as caches have it that compare blocks.
    pub(super) every_block: bool,
}

impl Marks {
    /// No breakpoint at all: such a prompt is neither written nor read.
    pub(super) const NONE: Self = Self { shared: false, end: End::Open, every_block: false };
    /// All that can repeat.
    pub(super) const ALL: Self = Self { shared: true, end: End::OfTurn, every_block: true };
    /// The shared start only.
    pub(super) const SHARED: Self = Self { shared: true, end: End::Open, every_block: false };
    /// The end of the prompt only.
    pub(super) const LAST: Self = Self { shared: false, end: End::OfPrompt, every_block: false };
}
