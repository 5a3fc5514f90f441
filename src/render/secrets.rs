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
const IDS: [&str; 24] = [
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
    "org_",
    "proj_",
    "req_",
    "resp_",
    "rs_",
    "run_",
    "ses_",
    "sess_",
    "thread_",
    "toolu_",
    "user_",
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
        before = piece;
    }
    if emails {
        found.extend(addresses(text).into_iter().map(|range| (range, Kind::Email)));
    }
    // What began first stands; of the others, what it does not cover. A domain alone says nothing.
    found.sort_by_key(|(range, kind)| (range.start, *kind));
    let mut end = 0;
    found.retain_mut(|(range, _)| {
        range.start = range.start.max(end);
        end = end.max(range.end);
        let rest = &text[range.start..end];
        range.start < range.end && !ATS.iter().any(|sign| rest.starts_with(sign))
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
        let known = known_key(rest).or_else(|| web_token(rest)).or_else(|| key_of_two_parts(rest));
        if let Some(length) = known {
            add(start..start + length, Kind::Key);
        }
    }
    for range in runs(word, |letter| letter.is_ascii_alphanumeric() || "/+-_.".contains(letter)) {
        if is_secret_of_aws(&word[range.clone()]) {
            add(range, Kind::Key);
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
    if !text.starts_with("eyJ") {
        return None;
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.=".contains(letter);
    let length = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    (length >= 20 && text[..length].contains('.')).then_some(length)
}

/// The length of the key of Zhipu that a text begins with: 32 hexadecimal digits, a dot and 16 letters.
fn key_of_two_parts(text: &str) -> Option<usize> {
    // Looked at from every start in a word, so only as far as needed.
    let (id, rest) = (text.get(..32)?, text.get(32..)?.strip_prefix('.')?);
    let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && length == 16).then_some(id.len() + 1 + length)
}

/// Whether a text is like the secrets of AWS, which have no mark: 40 signs, some of which are the slash
/// and the plus sign of base64. A path has words.
fn is_secret_of_aws(text: &str) -> bool {
    text.len() == 40
        && text.contains(['/', '+'])
        && !text.contains(['-', '_', '.'])
        && is_mixed(text)
        && changes(text) * 100 >= text.len() * 42
}

/// Whether it has large letters, small ones and digits.
fn is_mixed(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_uppercase())
        && text.contains(|letter: char| letter.is_ascii_lowercase())
        && has_digit(text)
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
    if is_mixed(run) && changes(run) * 100 >= run.len() * 42 {
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

/// The longest name before a domain, generously: a mail server takes 64 letters.
const LOCAL_MAX: usize = 256;

/// How the sign between a name and its domain is written: as it is, in a URL, and in full width.
const ATS: [&str; 3] = ["@", "%40", "\u{ff20}"];

/// The e-mail addresses of a text. Names of models may have an `@` too, before a day.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let is_local = |letter: char| letter.is_alphanumeric() || "._%+-!#$&*/?^~'".contains(letter);
    let is_domain = |letter: char| letter.is_alphanumeric() || ".-".contains(letter);
    let ats = ATS.into_iter().flat_map(|sign| text.match_indices(sign));
    let found = ats.filter_map(|(at, sign)| {
        // Names are shorter, and a text of nothing but signs must not take forever.
        let letters = text[..at].char_indices().rev().take(LOCAL_MAX);
        let before = letters.take_while(|(_, letter)| is_local(*letter)).last();
        let before = before.map_or(at, |(before, _)| before);
        // A path or a scheme before it is none of the address, and neither is a quote.
        let start = text[before..at].rfind('/').map_or(before, |slash| before + slash + 1);
        let start = at - text[start..at].trim_start_matches('\'').len();
        let from = at + sign.len();
        let rest = &text[from..];
        let end = rest.find(|letter| !is_domain(letter)).unwrap_or(rest.len());
        let domain = rest[..end].trim_end_matches(['.', '-']);
        // What is behind the last part that can be a country or the like is no more of it.
        let length = ends_of_parts(domain).rfind(|end| is_top(&domain[..*end]))?;
        let top = domain[..length].rfind('.').map_or(0, |dot| dot + 1);
        let letters = domain[top..length].find(|one: char| one.is_ascii_digit());
        let is_plain = !domain[top..length].starts_with("xn--");
        let length = letters.filter(|_| is_plain).map_or(length, |letters| top + letters);
        (start < at).then_some(start..from + length)
    });
    found.collect()
}

/// Where the parts of a domain end.
fn ends_of_parts(domain: &str) -> impl DoubleEndedIterator<Item = usize> {
    let dots: Vec<usize> = domain.match_indices('.').map(|(at, _)| at).collect();
    dots.into_iter().chain([domain.len()])
}

/// Whether the last part of a domain can be a country or the like: it begins with two letters.
fn is_top(domain: &str) -> bool {
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    top.chars().take_while(|one| one.is_alphabetic()).count() >= 2
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
