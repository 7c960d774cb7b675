//! What a process keeps of a workspace's columns between queries, decoded. Groups and chunks of dictionaries never change
//! under their names, so what is kept stays true across commits, also those of other processes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher as _;

use crate::columns::delta::Known;
use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::group::Group;
use crate::columns::paths::Paths;
use crate::engine::Seq;

/// A group whose header had this version and checksum.
pub(super) type Versioned = (Seq, u32, Arc<Group>);

/// Names a dictionary: collection, path, epoch.
pub(super) type DictionaryName = (u32, u32, u32);

/// Queries after which a group that none of them used makes room for others.
const IDLE_QUERIES: usize = 16;

/// What is kept of one workspace.
#[derive(Debug)]
pub struct Cache {
    bytes_max: usize,
    /// Bytes of decoded columns and ids.
    held: AtomicUsize,
    /// Counts the queries.
    queries: AtomicUsize,
    kept: Mutex<Kept>,
}

/// What is kept, by collection and name.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) groups: HashMap<u32, Arc<Vec<Versioned>>>,
    pub(super) deltas: HashMap<u32, Arc<Known>>,
    pub(super) paths: HashMap<u32, (Seq, Arc<Paths>)>,
    pub(super) dictionaries: HashMap<DictionaryName, Arc<Dictionary>>,
    pub(super) lexicons: HashMap<DictionaryName, Arc<Mutex<Lexicon>>>,
}

impl Cache {
    /// Keeps up to `bytes_max` bytes of decoded columns. Dictionaries are kept beside that.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, held: AtomicUsize::new(0), queries: AtomicUsize::new(0), kept: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
        // A panic while the lock is held leaves at worst something missing.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a query and answers its number.
    pub(super) fn next_query(&self) -> usize {
        self.queries.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether what is decoded now may be kept.
    pub(super) fn has_room(&self) -> bool {
        self.held.load(Ordering::Relaxed) < self.bytes_max
    }

    pub(super) fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes.min(self.held.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    /// Lets go of what recent queries did not use, if room is short. What a running query uses stays with it.
    pub(super) fn make_room(&self) {
        if self.has_room() {
            return;
        }
        let now = self.queries.load(Ordering::Relaxed);
        let is_idle =
            |group: &Group| group.held() > 0 && group.used.load(Ordering::Relaxed) + IDLE_QUERIES < now;
        let mut kept = self.lock();
        for list in kept.groups.values_mut() {
            if list.iter().any(|(_, _, group)| is_idle(group)) {
                for (_, _, group) in Arc::make_mut(list) {
                    if is_idle(group) {
                        self.release(group.held());
                        *group = Arc::new(group.unloaded());
                    }
                }
            }
        }
    }
}

/// A dictionary the other way round, for sealing: the code of a text.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    dictionary: Arc<Dictionary>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Lexicon {
    /// Takes in what the dictionary has more than before, or all of it when it is another one.
    pub(super) fn catch_up(&mut self, dictionary: Arc<Dictionary>) {
        if self.dictionary.id() != dictionary.id() {
            self.table.clear();
            self.dictionary = Arc::default();
        }
        let hash = |entry: Entry<'_>| self.hasher.hash_one(entry.parts());
        let known = self.dictionary.len();
        let added = dictionary.chunks().iter().filter(|chunk| chunk.first > known);
        for chunk in added {
            for (code, entry) in (chunk.first..).zip(chunk.entries()) {
                let rehash = |code: &u32| dictionary.entry(*code).map_or(0, hash);
                self.table.insert_unique(hash(entry), code, rehash);
            }
        }
        if dictionary.len() > known {
            self.dictionary = dictionary;
        }
    }

    /// The code of a text or an array.
    pub(super) fn code(&self, entry: Entry<'_>) -> Option<u32> {
        let hash = self.hasher.hash_one(entry.parts());
        self.table.find(hash, |code| self.dictionary.entry(*code) == Some(entry)).copied()
    }
}
