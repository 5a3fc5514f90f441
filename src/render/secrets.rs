//! What in a text looks like a key or is an e-mail address, by its shape alone.
//!
//! Ids stay as they are: UUIDs, and what providers call requests and answers, which are drawn at
//! random like keys and lead nowhere.

use std::ops::Range;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A key, a token or a password.
    Key,
    /// An e-mail address.
    Email,
    /// A long hexadecimal number: a hash or an id mostly, a key sometimes.
    Hash,
}

/// How keys begin, and how many letters they have at least behind that. From the pages of the
/// providers and GitHub's list of secrets it scans for (read 2026-11-20).
const PREFIXES: [(&str, usize); 44] = [
    ("sk-", 16),
    ("pk-lf-", 16),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("csk-", 20),
    ("gsk_", 20),
    ("xai-", 20),
    ("pplx-", 20),
    ("nvapi-", 20),
    ("fw_", 20),
    ("r8_", 20),
    ("hf_", 20),
    ("tgp_v1_", 20),
    ("lsv2_pt_", 20),
    ("lsv2_sk_", 20),
    ("ABSK", 24),
    ("bedrock-api-key-", 16),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 30),
    ("ya29.", 16),
    ("GOCSPX-", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("glptt-", 16),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("xoxa-", 12),
    ("xoxr-", 12),
    ("xoxs-", 12),
    ("xapp-", 12),
    ("npm_", 30),
    ("pypi-", 30),
    ("SG.", 20),
    ("dop_v1_", 30),
    ("shpat_", 30),
    ("dapi", 32),
    ("EAAA", 40),
];

/// How ids begin that are as long as keys: of requests, answers, calls of tools, batches, files.
const IDS: [&str; 20] = [
    "asst_",
    "batch_",
    "call_",
    "chatcmpl-",
    "cmpl-",
    "evt_",
    "file-",
    "file_",
    "fc_",
    "gen-",
    "msg_",
    "msgbatch_",
    "org-",
    "proj_",
    "req_",
    "resp_",
    "rs_",
    "run_",
    "thread_",
    "toolu_",
];

/// Random text is at least so long before it is taken for a key without any other sign.
const RANDOM_MIN: usize = 32;

/// What a token is at least to be one behind the word `Bearer`.
const BEARER_MIN: usize = 12;

/// What looks like a key, and what is an e-mail address, in order and apart from each other.
pub(super) fn find(text: &str, keys: bool, emails: bool) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let mut before = "";
    for word in words(text) {
        let piece = &text[word.clone()];
        let at = word.start;
        let mut add =
            |range: Range<usize>, kind| found.push((at + range.start..at + range.end, kind));
        if keys {
            in_word(piece, before, &mut add);
        }
        if emails {
            for range in addresses(piece) {
                add(range, Kind::Email);
            }
        }
        before = piece;
    }
    // What began first stands; what it covers is gone with it.
    found.sort_by_key(|(range, kind)| (range.start, *kind));
    let mut end = 0;
    found.retain(|(range, _)| {
        let is_free = range.start >= end;
        end = end.max(range.end);
        is_free
    });
    found
}

/// The parts of a text between blanks, quotes and brackets.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_between =
        |letter: char| letter.is_whitespace() || "\"'`<>()[]{}|,;\u{2026}\u{fffd}".contains(letter);
    let mut from = 0;
    let mut ends = text.char_indices().filter(move |(_, letter)| is_between(*letter));
    std::iter::from_fn(move || {
        let start = from;
        if start > text.len() {
            return None;
        }
        let (end, next) = ends
            .next()
            .map_or((text.len(), text.len() + 1), |(end, letter)| (end, end + letter.len_utf8()));
        from = next;
        Some(start..end)
    })
    .filter(|word| word.len() >= 3)
}

fn in_word(word: &str, before: &str, add: &mut impl FnMut(Range<usize>, Kind)) {
    if before.eq_ignore_ascii_case("bearer") && word.len() >= BEARER_MIN && has_digit(word) {
        return add(0..word.len(), Kind::Key);
    }
    if let Some(range) = password(word) {
        add(range, Kind::Key);
    }
    if word.len() < 16 {
        return;
    }
    for (start, _) in word.char_indices().filter(|(at, _)| is_start(word, *at)) {
        let rest = &word[start..];
        if let Some(length) = known_key(rest).or_else(|| web_token(rest)) {
            add(start..start + length, Kind::Key);
        }
    }
    for range in runs(word, |letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)) {
        if range.len() >= RANDOM_MIN && !is_id(&word[range.clone()]) {
            random(word, range, add);
        }
    }
}

/// Whether a name may begin here: nothing of a word stands before it.
fn is_start(word: &str, at: usize) -> bool {
    !word[..at].ends_with(|letter: char| letter.is_alphanumeric())
}

/// The length of the key of a known kind that a text begins with.
fn known_key(text: &str) -> Option<usize> {
    let (prefix, least) = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let is_inside = |letter: char| is_part(letter) || (prefix.ends_with('.') && letter == '.');
    let rest = &text[prefix.len()..];
    let length = rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len());
    let body = &rest[..length];
    // `sk-learn-classifier-service` is a name: the parts of keys are long, and have digits.
    let longest = body.split(['-', '_', '.']).map(str::len).max().unwrap_or(0);
    let is_drawn = has_digit(body) && (longest >= 10 || changes(body) * 100 >= body.len() * 42);
    (length >= *least && is_drawn).then_some(prefix.len() + length)
}

/// The length of the JSON web token that a text begins with.
fn web_token(text: &str) -> Option<usize> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.=".contains(letter);
    let length = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    let token = &text[..length];
    (token.starts_with("eyJ") && length >= 20 && token.contains('.')).then_some(length)
}

/// The password in an address such as `https://user:password@host`.
fn password(word: &str) -> Option<Range<usize>> {
    let start = word.find("://")? + 3;
    let end = start + word[start..].find('/').unwrap_or(word.len() - start);
    let at = start + word[start..end].rfind('@')?;
    let colon = start + word[start..at].find(':')?;
    (colon + 1 < at).then_some(colon + 1..at)
}

/// Long text that nobody would think of: a hash where it is a hexadecimal number, else a key.
fn random(word: &str, range: Range<usize>, add: &mut impl FnMut(Range<usize>, Kind)) {
    let run = &word[range.clone()];
    let is_mixed = run.contains(|letter: char| letter.is_ascii_uppercase())
        && run.contains(|letter: char| letter.is_ascii_lowercase())
        && has_digit(run);
    if is_mixed && changes(run) * 100 >= run.len() * 42 {
        return add(range, Kind::Key);
    }
    for part in runs(run, |letter| letter.is_ascii_alphanumeric()) {
        let text = &run[part.clone()];
        let at = range.start + part.start..range.start + part.end;
        let has_letter = text.contains(|letter: char| letter.is_ascii_alphabetic());
        if part.len() < RANDOM_MIN || !has_digit(text) || !has_letter {
            continue;
        }
        if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            add(at, Kind::Hash);
        } else if changes(text) * 100 >= text.len() * 28 {
            add(at, Kind::Key);
        }
    }
}

fn is_id(run: &str) -> bool {
    IDS.iter().any(|prefix| run.starts_with(prefix))
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// How often a letter is of another kind than the one before it: of lower case, upper case, a digit.
/// In text drawn at random that is so for three of five, in words for one of ten.
fn changes(text: &str) -> usize {
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let kinds: Vec<u8> = text.as_bytes().iter().filter_map(kind).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// The longest parts of a word whose letters are all of a kind.
fn runs(word: &str, is_inside: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, letter) in word.char_indices().chain([(word.len(), ' ')]) {
        match (is_inside(letter), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    runs
}

/// The e-mail addresses of a word. Names of models may have an `@` too, before a day.
fn addresses(word: &str) -> Vec<Range<usize>> {
    let is_local = |letter: char| letter.is_alphanumeric() || "._%+-!#$&*/?^~".contains(letter);
    let is_domain = |letter: char| letter.is_alphanumeric() || ".-".contains(letter);
    let ats = word.match_indices('@').map(|(at, _)| at);
    let found = ats.filter_map(|at| {
        let before = word[..at].trim_end_matches(is_local).len();
        // A path or a scheme before it is none of the address.
        let start = word[before..at].rfind('/').map_or(before, |slash| before + slash + 1);
        let rest = &word[at + 1..];
        let end = rest.find(|letter| !is_domain(letter)).unwrap_or(rest.len());
        let domain = rest[..end].trim_end_matches(['.', '-']);
        let (_, top) = domain.rsplit_once('.')?;
        let is_top = top.chars().count() >= 2 && top.chars().all(|one| !one.is_ascii_digit());
        (start < at && is_top).then_some(start..at + 1 + domain.len())
    });
    found.collect()
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
