//! Names of files without what they all begin with.

/// The length of the folders that all paths begin with, their last separator included.
pub(super) fn common_folder<'a>(paths: impl Iterator<Item = &'a str>) -> usize {
    let folder = |path: &'a str| path.get(..path.rfind(['/', '\\']).map_or(0, |at| at + 1));
    let folders = paths.map(|path| folder(path).unwrap_or_default());
    let common = folders.reduce(|common, next| {
        let same = |length: &usize| next.get(..*length) == common.get(..*length);
        let ends = common.match_indices(['/', '\\']).map(|(at, _)| at + 1);
        let length = ends.rev().find(same).unwrap_or(0);
        common.get(..length).unwrap_or_default()
    });
    common.map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_all_share_is_dropped_whole() {
        let check = |paths: &[&str], expected| {
            assert_eq!(common_folder(paths.iter().copied()), expected, "{paths:?}");
        };
        check(&["logs/a.jsonl", "logs/b.jsonl"], 5);
        check(&["logs/a/x.jsonl", "logs/ab/x.jsonl"], 5);
        check(&["a.jsonl", "logs/b.jsonl"], 0);
        check(&["/srv/x/usage.jsonl"], 7);
    }
}
