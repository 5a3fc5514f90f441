//! Where in a record the values stand: a tree of key names, built once a file.

/// A place in the tree.
pub(super) type NodeId = usize;

/// The tree of keys that a record is searched for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// Whether `promptTokens`, `Prompt Tokens` and `prompt_tokens` are one name.
    loose: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Node {
    targets: Vec<Target>,
    children: Vec<(Box<str>, NodeId)>,
}

/// The slot that a value goes to, and the rank of this place among others for the same slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) slot: u16,
    pub(super) rank: u16,
}

/// Stands for a dot inside a key while a path is taken apart; no key has it.
const DOT: &str = "\u{1}";

impl Paths {
    /// The root of every tree.
    pub(super) const ROOT: NodeId = 0;

    pub(super) fn new(loose: bool) -> Self {
        Self { nodes: vec![Node::default()], loose }
    }

    /// Adds a place such as `usage.prompt_tokens`; a dot that is part of a key is written `\\.`.
    /// One place may serve several slots.
    pub(super) fn add(&mut self, path: &str, target: Target) {
        let mut at = Self::ROOT;
        for key in path.replace("\\.", DOT).split('.') {
            at = self.child_or_new(at, &key.replace(DOT, "."));
        }
        self.add_target(at, target);
    }

    fn add_at(&mut self, at: NodeId, key: &str, target: Target) {
        let at = self.child_or_new(at, key);
        self.add_target(at, target);
    }

    fn add_target(&mut self, at: NodeId, target: Target) {
        let targets = &mut self.nodes[at].targets;
        if !targets.iter().any(|known| known.slot == target.slot) {
            targets.push(target);
        }
    }

    /// Adds a place as the user names it: what looks like a path may be one key that has dots, or
    /// end in one.
    pub(super) fn add_either_way(&mut self, path: &str, target: Target) {
        self.add(path, target);
        for (dot, _) in path.match_indices('.') {
            let literal = &path[dot + 1..];
            if literal.contains('.') {
                let parents = path[..dot].split('.');
                let at = parents.fold(Self::ROOT, |at, key| self.child_or_new(at, key));
                self.add_at(at, literal, target);
            }
        }
        if path.contains('.') {
            self.add_at(Self::ROOT, path, target);
        }
    }

    fn child_or_new(&mut self, at: NodeId, key: &str) -> NodeId {
        let known = self.nodes[at].children.iter().find(|(name, _)| &**name == key);
        if let Some((_, child)) = known {
            return *child;
        }
        let child = self.nodes.len();
        self.nodes.push(Node::default());
        self.nodes[at].children.push((key.into(), child));
        child
    }

    /// The node below `at` for a key, if the record is searched for it.
    pub(super) fn child(&self, at: NodeId, key: &str) -> Option<NodeId> {
        let children = &self.nodes[at].children;
        let exact = children.iter().find(|(name, _)| &**name == key);
        let found = exact.or_else(|| {
            let wanted = self.loose.then(|| plain(key))?;
            children.iter().find(|(name, _)| plain(name) == wanted)
        });
        found.map(|(_, child)| *child)
    }

    pub(super) fn targets(&self, at: NodeId) -> &[Target] {
        &self.nodes[at].targets
    }

    pub(super) fn has_children(&self, at: NodeId) -> bool {
        !self.nodes[at].children.is_empty()
    }
}

/// A name without case and separators.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-' | ' ' | '.'))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_match_loosely() {
        let mut paths = Paths::new(true);
        paths.add("prompt_tokens", Target { slot: 1, rank: 0 });
        let found = paths.child(Paths::ROOT, "Prompt Tokens").expect("known");
        assert_eq!(paths.targets(found), [Target { slot: 1, rank: 0 }]);
        assert_eq!(paths.child(Paths::ROOT, "prompt_token"), None);
    }

    #[test]
    fn one_place_may_serve_several_slots_but_each_once() {
        let mut paths = Paths::new(false);
        for (slot, rank) in [(1, 0), (2, 0), (1, 5)] {
            paths.add("usage.input", Target { slot, rank });
        }
        let usage = paths.child(Paths::ROOT, "usage").expect("known");
        let input = paths.child(usage, "input").expect("known");
        assert_eq!(
            paths.targets(input),
            [Target { slot: 1, rank: 0 }, Target { slot: 2, rank: 0 }]
        );
        assert!(paths.has_children(usage) && !paths.has_children(input));
    }
}
