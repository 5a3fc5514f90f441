//! `DeepSeek`'s cost export (`cost-….csv`): what a day and model cost, in dollars or yuan.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity};

use super::reports::{cost_alone, screen_sum};

/// Amounts of money by day and model, without usage.
pub(in crate::sources) static DEEPSEEK_COSTS: Format = Format {
    name: "deepseek-costs",
    summary: "DeepSeek's cost export (cost CSV); no tokens",
    provider: "deepseek",
    recognises: |_| false,
    recognises_columns: |columns| {
        ["wallet_type", "cost", "model"]
            .iter()
            .all(|name| columns.iter().any(|column| column == name))
    },
    fields: &[
        ("start_time_iso", Field::Time),
        ("utc_date", Field::Time),
        ("end_time_iso", Field::BucketEnd),
        ("model", Field::Model),
        ("user_id", Field::User),
        ("wallet_type", Field::Metric),
        ("cost", Field::CostUsd),
        ("currency", Field::Currency),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::EXCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::Bucket,
    screen: screen_sum,
    session: None,
    refine: cost_alone,
};
