//! "Did you mean".

/// Similar enough to be a slip of the finger.
const SIMILARITY_MIN: f64 = 0.75;

/// The known name most like a wrong one, if any is like it.
pub(super) fn did_you_mean<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(wrong, name), name));
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(score, _)| *score >= SIMILARITY_MIN).map(|(_, name)| name)
}
