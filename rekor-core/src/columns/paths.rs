//! The paths of a collection's columns and their numbers. Append-only: a number stands for the same path for ever, so
//! that what was written under an older table stays true.

use std::collections::HashMap;

use crate::codec::pick::stored_key;
use crate::columns::bytes::{damaged, envelope, open, put_bytes, put_varint, seal};
use crate::ground::error::Result;

/// The number of the column of external ids.
pub const EXTERNAL_ID: u32 = 0;
/// The number of the column of external sources.
pub const EXTERNAL_SOURCE: u32 = 1;
/// The number of the column of versions.
pub const VERSION: u32 = 2;
/// The number of the column of the times of creation.
pub const CREATED: u32 = 3;
/// The number of the column of the times of the last change.
pub const UPDATED: u32 = 4;
/// The number under which a group's ids stand.
pub const IDS: u32 = 5;
/// The number of `data` itself, the parent of all others.
pub const DATA: u32 = 7;
/// The number of the first path below `data`.
const FIRST: u32 = 8;
/// Paths that a collection has at most; what lies at others stays in the row.
const PATHS_MAX: usize = 4_096;
/// Children from which on they are looked up by hash.
const CHILDREN_FEW: usize = 12;

/// The table of paths.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    nodes: Vec<Node>,
    root: Children,
}

#[derive(Debug, Clone, Default)]
struct Node {
    parent: u32,
    key: Box<str>,
    children: Children,
}

#[derive(Debug, Clone, Default)]
struct Children {
    /// In the order in which they were added.
    numbers: Vec<u32>,
    /// Used when there are many.
    by_key: HashMap<Box<str>, u32>,
}

impl Paths {
    /// The number after the last one.
    #[must_use]
    pub fn end(&self) -> u32 {
        FIRST + u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number.checked_sub(FIRST)? as usize)
    }

    fn children(&self, parent: u32) -> Option<&Children> {
        if parent == DATA { Some(&self.root) } else { self.node(parent).map(|node| &node.children) }
    }

    /// The path of the member `key`, as stored between its quotes, of the object at `parent`. `guess` is where among the
    /// children it is looked for first, and is moved on: records name their members in the same order.
    pub fn child(&self, parent: u32, key: &str, guess: &mut usize) -> Option<u32> {
        let children = self.children(parent)?;
        let is = |number: &u32| self.node(*number).is_some_and(|node| *node.key == *key);
        if let Some(number) = children.numbers.get(*guess).filter(|number| is(number)) {
            *guess += 1;
            return Some(*number);
        }
        if children.numbers.len() > CHILDREN_FEW {
            return children.by_key.get(key).copied();
        }
        let at = children.numbers.iter().position(is)?;
        *guess = at + 1;
        children.numbers.get(at).copied()
    }

    /// Whether there are as many as there may be.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.nodes.len() >= PATHS_MAX
    }

    /// Adds a path; none when there are too many.
    pub fn add(&mut self, parent: u32, key: &str) -> Option<u32> {
        if self.is_full() { None } else { self.push(parent, key) }
    }

    fn push(&mut self, parent: u32, key: &str) -> Option<u32> {
        let number = self.end();
        let children = match parent {
            DATA => &mut self.root,
            other => &mut self.nodes.get_mut(other.checked_sub(FIRST)? as usize)?.children,
        };
        children.numbers.push(number);
        children.by_key.insert(key.into(), number);
        self.nodes.push(Node { parent, key: key.into(), children: Children::default() });
        Some(number)
    }

    /// A path as people read it, its keys as stored; none for a number that stands for nothing.
    #[must_use]
    pub fn name(&self, number: u32) -> Option<String> {
        let own = match number {
            EXTERNAL_ID => "external_id",
            EXTERNAL_SOURCE => "external_source",
            VERSION => "version",
            CREATED => "created_at",
            UPDATED => "updated_at",
            IDS => "id",
            DATA => "data",
            below => {
                let node = self.node(below)?;
                // A parent has a smaller number, so this ends.
                return Some(format!("{}.{}", self.name(node.parent)?, node.key));
            }
        };
        Some(own.to_owned())
    }

    /// The numbers along a path given by its keys, as far as there are any.
    #[must_use]
    pub fn trail(&self, path: &[String]) -> Vec<u32> {
        let mut at = DATA;
        let steps = path.iter().map_while(|key| {
            at = self.child(at, &stored_key(key), &mut 0)?;
            Some(at)
        });
        steps.collect()
    }

    /// Makes sure that a path given by its keys has a number, for a table that is never stored.
    pub fn ensure(&mut self, path: &[String]) {
        let mut at = DATA;
        for key in path {
            let key = stored_key(key);
            let Some(next) = self.child(at, &key, &mut 0).or_else(|| self.push(at, &key)) else { return };
            at = next;
        }
    }

    /// Writes the row.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = envelope();
        for node in &self.nodes {
            put_varint(&mut out, node.parent.into());
            put_bytes(&mut out, node.key.as_bytes());
        }
        seal(out)
    }

    /// Reads the row.
    pub fn decode(value: &[u8]) -> Result<Self> {
        let (mut taker, mut made) = (open(value)?, Self::default());
        while !taker.is_empty() {
            let (parent, key) = (taker.u32()?, taker.text()?);
            made.push(parent, key).ok_or_else(damaged)?;
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_their_numbers() {
        let mut paths = Paths::default();
        let a = paths.add(DATA, "a").unwrap();
        let b = paths.add(a, "b").unwrap();
        assert!((0..20).all(|n| paths.add(DATA, &format!("k{n}")).is_some()));
        let read = Paths::decode(&paths.encode()).unwrap();
        assert_eq!(read.end(), paths.end());
        let trail = |path: &[&str]| read.trail(&path.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!((trail(&["a", "b", "c"]), trail(&["x"])), (vec![a, b], vec![]));
        assert_eq!(read.name(b).as_deref(), Some("data.a.b"));
        assert_eq!((read.name(VERSION).as_deref(), read.name(read.end())), (Some("version"), None));
        assert_eq!(read.child(DATA, "k19", &mut 0), Some(read.end() - 1));
        let mut guess = 0;
        assert_eq!((read.child(DATA, "a", &mut guess), guess), (Some(a), 1));
        let mut wide = read.clone();
        wide.ensure(&["a".into(), "z".into()]);
        assert_eq!(wide.trail(&["a".into(), "z".into()]), [a, read.end()]);
        while paths.add(DATA, &paths.end().to_string()).is_some() {}
        assert_eq!(paths.nodes.len(), PATHS_MAX);
        assert!(Paths::decode(&seal([envelope(), vec![99, 0]].concat())).is_err());
    }
}
