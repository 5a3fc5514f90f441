//! What techniques remember of the calls before, under every set of them at once.
//!
//! A technique that has not yet changed any call leaves the history with it the same as the one
//! without it: both are kept once, and part at the first call that it changes. What is remembered of
//! a call depends on the techniques before the one that remembers, so the histories are a tree: a
//! level for each technique, down to the last one that remembers.

use crate::techniques::{Memory, Rewrite};

use super::walk::Player;

/// A place in the tree: which way the techniques so far went.
pub(super) type Node = usize;

/// The histories of some calls.
pub(super) struct Histories<'a> {
    players: &'a [Player<'a>],
    nodes: Vec<Bough>,
    /// One memory a technique, for a call that knows of no other.
    lone: Vec<Option<Memory>>,
    is_lone: bool,
}

/// Where a technique is taken or left.
struct Bough {
    /// What the technique remembers where it is taken.
    memory: Option<Memory>,
    /// What comes without it, and with it: the same as long as it changed nothing.
    ways: [Node; 2],
}

/// The first place of all, which is never one to go on to.
pub(super) const ROOT: Node = 0;

impl<'a> Histories<'a> {
    /// No calls so far, of these techniques.
    pub(super) fn new(players: &'a [Player<'a>]) -> Self {
        let lone = players.iter().map(memory_of).collect();
        let mut histories = Self { players, nodes: Vec::new(), lone, is_lone: false };
        histories.begin(0);
        histories
    }

    /// Forgets all calls, before so many that may know of each other.
    pub(super) fn begin(&mut self, calls: usize) {
        self.is_lone = calls == 1;
        self.nodes.clear();
        if !self.players.is_empty() && !self.is_lone {
            self.add(0);
        }
    }

    /// What the technique at a place remembers; nothing where it never does.
    pub(super) fn memory(&mut self, node: Node, player: usize) -> Option<&mut Memory> {
        if !self.is_lone {
            return self.nodes[node].memory.as_mut();
        }
        let memory = self.lone[player].as_mut()?;
        (**memory).clear();
        Some(memory)
    }

    /// Where it goes on without the technique at a place and with it, which parts them if it
    /// changed this call.
    pub(super) fn ways(&mut self, node: Node, player: usize, has_changed: bool) -> [Node; 2] {
        if self.is_lone || player + 1 >= self.players.len() {
            return [ROOT; 2];
        }
        let [without, with] = self.nodes[node].ways;
        if without == ROOT {
            let next = self.add(player + 1);
            self.nodes[node].ways = [next; 2];
            return self.ways(node, player, has_changed);
        }
        if has_changed && without == with {
            self.nodes[node].ways[1] = self.fork(without);
        }
        self.nodes[node].ways
    }

    fn add(&mut self, player: usize) -> Node {
        let memory = memory_of(&self.players[player]);
        self.nodes.push(Bough { memory, ways: [ROOT; 2] });
        self.nodes.len() - 1
    }

    /// The same histories once more.
    fn fork(&mut self, node: Node) -> Node {
        let Bough { memory, ways: [without, with] } = &self.nodes[node];
        let (without, with) = (*without, *with);
        let memory = memory.as_ref().map(|memory| (**memory).fork());
        self.nodes.push(Bough { memory, ways: [ROOT; 2] });
        let copy = self.nodes.len() - 1;
        if without != ROOT {
            let first = self.fork(without);
            let second = if with == without { first } else { self.fork(with) };
            self.nodes[copy].ways = [first, second];
        }
        copy
    }
}

fn memory_of(player: &Player<'_>) -> Option<Memory> {
    player.rewrite.and_then(Rewrite::memory)
}
