//! The exit codes, each with one meaning that never changes.

/// How a run ended. The table of codes in `--help` and the README is made of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// The report was delivered; also when its reader closed the pipe.
    Delivered,
    /// The gate says that calls became dearer, or a limit is exceeded.
    Dearer,
    /// A flag, a plan or a configuration is wrong.
    Usage,
    /// Nothing readable, or with `--strict` a record that was skipped or a mapped column that is nowhere.
    Input,
    /// A price table is invalid, or with `--strict` usage has no price.
    Pricing,
    /// The report could not be written.
    Output,
    /// With `--strict`, the gate could not judge.
    Undecided,
}

impl ExitStatus {
    /// The code.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Delivered => 0,
            Self::Dearer => 1,
            Self::Usage => 2,
            Self::Input => 3,
            Self::Pricing => 4,
            Self::Output => 5,
            Self::Undecided => 6,
        }
    }
}
