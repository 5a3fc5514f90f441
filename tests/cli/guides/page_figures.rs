//! Which figures stand on the page that `llmcost explain claims` prints, and where they come from.

/// Where a figure of the page comes from. A path is the name of a claim and a place in it.
#[derive(Clone, Copy)]
pub(super) enum Figure {
    /// As it stands there.
    Of(&'static str),
    /// A part of one, in percent.
    Percent(&'static str),
    /// How many times the second the first is.
    Times(&'static str, &'static str),
    /// How much of the second the first is, in percent.
    Share(&'static str, &'static str),
    /// In no claim: what a guide says of itself, and names of models.
    Apart(&'static str),
}

use Figure::{Apart, Of, Percent, Share, Times};

/// The rows of the page by how their claim begins, each with its figures as they follow each other.
pub(super) const ROWS: [(&str, &[Figure]); 25] = [
    (
        "100,000 chats a day",
        &[
            Of("S0-01/in/calls"),
            Of("S0-01/in/tin"),
            Of("S0-01/in/tout"),
            Apart("4.6"),
            Of("S0-01/article/month"),
            Of("S0-01/own/month"),
            Times("S0-01/own/month", "S0-01/article/month"),
        ],
    ),
    (
        "three levers",
        &[
            Percent("S0-15/in/rates/0"),
            Percent("S0-15/in/rates/1"),
            Percent("S0-15/in/rates/2"),
            Apart("22"),
            Share("S0-15/own/final", "S0-15/in/base"),
            Percent("S0-15r/real/left"),
        ],
    ),
    ("30 % off list", &[Percent("S0-16/in/rates/3"), Share("S0-16/own/final", "S0-16/in/base")]),
    ("Haiku 4.5 is ten times", &[Apart("4.5"), Apart("5"), Apart("5"), Apart("7.4")]),
    (
        "tier short calls",
        &[
            Of("S0-18/in/shared"),
            Times("S0-18/in/big/0", "S0-18/in/small/0"),
            Times("S0-18/real/small", "S0-18/real/big_warm"),
        ],
    ),
    (
        "five attempts",
        &[
            Of("S0-13a/own/expected"),
            Of("S0-13b/own/expected"),
            Percent("S0-13a/in/p"),
            Percent("S0-13b/in/p"),
        ],
    ),
    (
        "$5,000 less",
        &[
            Of("S1-08/in/base"),
            Of("S1-08/own/ladder/0"),
            Of("S1-08/own/ladder/1"),
            Of("S1-08/own/ladder/2"),
            Of("S1-08/own/final"),
            Percent("S1-08/in/rates/0"),
            Percent("S1-08/in/rates/1"),
            Percent("S1-08/in/rates/2"),
        ],
    ),
    ("the percentages compound", &[Of("S1-09/own/final")]),
    ("measures before caching", &[Of("S1-08/own/ladder/1"), Of("S1-09/own/ladder/1")]),
    ("a classifier", &[Of("S1-13/in/tin"), Of("S1-13/own/day")]),
    (
        "8,000 shared tokens",
        &[
            Of("S2-02/in/static"),
            Of("S2-02/in/calls"),
            Of("S2-02/own/day"),
            Of("S2-02/own/day"),
            Of("S2-02/own/day"),
        ],
    ),
    (
        "with 95 % hits",
        &[
            Percent("S2-03/in/hit"),
            Of("S2-03/own/day"),
            Of("S2-03/own/day"),
            Of("S2-03r5/real/day"),
            Of("S2-03r5/in/write"),
            Of("S2-03r60/real/day"),
        ],
    ),
    (
        "95 % is realistic",
        &[
            Percent("S2-03/in/hit"),
            Percent("S2-04/real/hit"),
            // A day in lifetimes of an hour.
            Times("S2-04/in/active_s", "S4-06b/in/ttl"),
        ],
    ),
    (
        "routing",
        &[
            Share("S2-08/in/rows/0/0", "S2-07/in/calls"),
            Share("S2-08/in/rows/1/0", "S2-07/in/calls"),
            Share("S2-08/in/rows/2/0", "S2-07/in/calls"),
            Of("S2-07/own/day"),
            Of("S2-08/own/day"),
            Of("S2-08/own/day"),
            Of("S2-08r/real/day"),
        ],
    ),
    ("batches halve", &[]),
    (
        "55 to 65 % off together",
        &[Apart("55"), Apart("65"), Apart("3,000"), Apart("1,050"), Apart("1,350")],
    ),
    (
        "2,000 shared tokens",
        &[
            Of("S3-05/in/static"),
            Of("S3-05/in/calls"),
            Of("S3-05/own/saved_day"),
            Of("S3-05/own/saved_day"),
            Of("S3-05r/real/saved_day"),
        ],
    ),
    (
        "55, 40, 35 and 25 %",
        &[
            Percent("S3-11/in/rates/0"),
            Percent("S3-11/in/rates/1"),
            Percent("S3-11/in/rates/2"),
            Percent("S3-11/in/rates/3"),
            Of("S3-11/article/final"),
            Of("S3-11/in/base"),
            Of("S3-11/own/final"),
            Percent("S3-12/real/max_output_share_after"),
            Percent("S3-12/in/output_saving"),
        ],
    ),
    ("the same where reads", &[Percent("S3-12b/real/cached_share")]),
    ("Sonnet costs 100 times", &[Apart("100"), Of("S4-03/in/ratio"), Of("S4-03r/in/ratio")]),
    ("three quarters", &[Apart("70"), Percent("S4-03/own/saved"), Percent("S4-03r/real/saved")]),
    (
        "90 % hits",
        &[
            Percent("S4-05/in/hit"),
            Of("S4-04/own/day"),
            Of("S4-05/article/day"),
            Of("S4-05/own/day"),
            Of("S4-05r5/real/day"),
            Of("S4-05r60/real/day"),
        ],
    ),
    (
        "90 % is realistic",
        &[
            Percent("S4-05/in/hit"),
            Of("S4-06a/in/calls"),
            Percent("S4-06a/real/hit"),
            Percent("S4-06b/real/hit"),
        ],
    ),
    ("15 % of sessions", &[Percent("S4-10/in/s"), Percent("S4-10/in/c"), Of("S4-10/own/ratio")]),
    (
        "self-hosting pays",
        &[Of("S4-12/own/m_tokens_day"), Of("S4-12/in/gpu_hour"), Of("S4-12/in/api_per_m")],
    ),
];
