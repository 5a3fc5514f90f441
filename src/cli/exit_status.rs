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
    /// The figures contradict each other: a bug.
    Bug,
}

impl ExitStatus {
    /// All of them, by code.
    pub(super) const ALL: [Self; 8] = [
        Self::Delivered,
        Self::Dearer,
        Self::Usage,
        Self::Input,
        Self::Pricing,
        Self::Output,
        Self::Undecided,
        Self::Bug,
    ];

    /// The code as text.
    pub(super) const fn number(self) -> &'static str {
        match self {
            Self::Delivered => "0",
            Self::Dearer => "1",
            Self::Usage => "2",
            Self::Input => "3",
            Self::Pricing => "4",
            Self::Output => "5",
            Self::Undecided => "6",
            Self::Bug => "101",
        }
    }

    /// When a run ends so, and what to do about it.
    const fn told(self) -> [&'static str; 2] {
        match self {
            Self::Delivered => [
                "The report was delivered, also when its reader closed the pipe; of a check: it passed, \
                 or could not judge.",
                "Nothing to do. With --strict a check that cannot judge ends with 6, and a log of which \
                 something was left out with 3 or 4.",
            ],
            Self::Dearer => [
                "The check failed: calls became dearer than allowed, or a limit is exceeded.",
                "The report says what the rise comes from. Accept it for a while with --acknowledge, \
                 save a new baseline with --save-baseline, or undo the change.",
            ],
            Self::Usage => [
                "A flag, a plan or a configuration is wrong, or no command was named.",
                "The message names the flag, or file and line, and what was expected.",
            ],
            Self::Input => [
                "Nothing could be read; with --strict, a record was skipped, a mapped column is nowhere, \
                 or an input was not read to its end.",
                "`llmcost formats guess FILE` says what the columns of a log could mean; without \
                 --strict, what can be read is enough.",
            ],
            Self::Pricing => [
                "A price table is not valid, or a check finds no call with a price; with --strict, some \
                 usage has no price.",
                "`llmcost prices check FILE` finds what is wrong with a table; --prices FILE adds one.",
            ],
            Self::Output => [
                "The report could not be written.",
                "The message names the file; look at the folder, its rights and the room on the disk.",
            ],
            Self::Undecided => [
                "With --strict, the check could not judge: the logs are too short or too uneven, or too \
                 much of them has no price.",
                "The report says how many units it would take; without --strict it ends with 0.",
            ],
            Self::Bug => [
                "The program failed by itself, or its figures contradicted each other, so that nothing was \
                 written.",
                "It is a bug: please report it with the message.",
            ],
        }
    }

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
            Self::Bug => 101,
        }
    }
}

/// The page on all codes, or on one.
pub(super) fn codes_page(number: Option<&str>) -> String {
    let known = ExitStatus::ALL.map(|status| (status.number(), status.told())).into_iter();
    let wanted = known.filter(|(code, _)| number.is_none_or(|number| number == *code));
    let pages =
        wanted.map(|(code, [when, advice])| format!("# Exit code {code}\n\n{when}\n\n{advice}\n"));
    pages.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_as_text_are_the_codes() {
        for status in ExitStatus::ALL {
            assert_eq!(status.number(), status.code().to_string());
        }
    }

    #[test]
    fn help_and_page_list_the_same_codes() {
        let listed = super::super::args::EXIT_CODES.lines().skip(1);
        let listed: Vec<&str> = listed.filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(listed, ExitStatus::ALL.map(ExitStatus::number));
    }
}
