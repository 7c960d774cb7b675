//! The model: the engine's contract over a `BTreeMap`, as plainly as it can be said. The suite runs
//! the real engines against it. Nothing is kept after a process ends, and nothing here is tuned.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::{
    Caps, Check, Commit, CommitError, Compacted, Engine, Entry, Integrity, OnRow, OnValue, RangePrint,
    RangePrinter, Read, Reply, Seq, View, WorkspaceKey, commit, commit::CAPS, reads, rows,
};
use crate::ground::error::{Code, Error, Result};

type Rows = BTreeMap<Vec<u8>, (Seq, Arc<[u8]>)>;

/// A store in memory, for tests and for stores that need not last.
///
/// See [`Engine`] for an example.
#[derive(Debug)]
pub struct MemoryEngine {
    spaces: Mutex<Option<HashMap<WorkspaceKey, Arc<Space>>>>,
}

/// One key space. `writer` is held while a commit is made, `now` only while it is read or replaced.
#[derive(Debug, Default)]
struct Space {
    writer: Mutex<()>,
    now: Mutex<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    seq: Seq,
    time_ms: u64,
    rows: Arc<Rows>,
}

impl Default for MemoryEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryEngine {
    /// An empty store with an empty catalog.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use rekor_core::{Store, engine::memory::MemoryEngine};
    ///
    /// let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    /// assert!(store.only_workspace().is_err()); // there is none yet
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let catalog = HashMap::from([(WorkspaceKey::CATALOG, Arc::new(Space::default()))]);
        Self { spaces: Mutex::new(Some(catalog)) }
    }

    fn with_spaces<T>(
        &self,
        f: impl FnOnce(&mut HashMap<WorkspaceKey, Arc<Space>>) -> Result<T>,
    ) -> Result<T> {
        let mut spaces = lock(&self.spaces);
        f(spaces.as_mut().ok_or_else(|| Error::new(Code::StorageError, "the store is closed"))?)
    }

    fn space(&self, ws: WorkspaceKey) -> Result<Arc<Space>> {
        self.with_spaces(|spaces| spaces.get(&ws).cloned().ok_or_else(|| missing(ws)))
    }
}

impl Space {
    /// Applies `commit`; the caller holds `writer`.
    fn apply(&self, mut commit: Commit) -> Result<Seq, CommitError> {
        commit.fit(&CAPS)?;
        let mut state = lock(&self.now).clone();
        if !commit.checks.iter().all(|check| state.holds(check)) {
            return Err(CommitError::Conflict);
        }
        state.seq = Seq(state.seq.0 + 1);
        state.time_ms = state.time_ms.max(commit.time_ms);
        commit.stamp(state.seq, state.time_ms)?;
        let rows = Arc::make_mut(&mut state.rows);
        for key in &commit.deletes {
            rows.remove(key);
        }
        for (key, version) in &commit.delete_if {
            if rows.get(key).is_some_and(|(found, _)| found == version) {
                rows.remove(key);
            }
        }
        for put in commit.puts {
            rows.insert(put.key, (state.seq, put.value.into()));
        }
        let seq = state.seq;
        *lock(&self.now) = state;
        Ok(seq)
    }
}

impl State {
    fn holds(&self, check: &Check) -> bool {
        match check {
            Check::Same(key, version) => self.version(key) == *version,
            Check::Exists(key) => self.rows.contains_key(key),
            Check::SameRange { lo, hi, print } => self.print(lo, hi) == *print,
        }
    }

    fn version(&self, key: &[u8]) -> Seq {
        self.rows.get(key).map_or(Seq(0), |(version, _)| *version)
    }

    fn print(&self, lo: &[u8], hi: &[u8]) -> RangePrint {
        let mut printer = RangePrinter::default();
        for (key, (version, _)) in self.range(lo, hi) {
            printer.add(key, *version);
        }
        printer.finish()
    }

    fn range(
        &self,
        lo: &[u8],
        hi: &[u8],
    ) -> std::collections::btree_map::Range<'_, Vec<u8>, (Seq, Arc<[u8]>)> {
        // A range that ends before it starts is empty; the map would panic.
        self.rows.range::<[u8], _>((Bound::Included(lo), Bound::Excluded(hi.max(lo))))
    }
}

impl View for State {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn fetch(&self, reads: &[Read<'_>]) -> Result<Vec<Reply>> {
        reads::answer(self, reads)
    }

    fn get_with(&self, key: &[u8], f: OnValue<'_>) -> Result<()> {
        f(self.rows.get(key).map(|(version, value)| (*version, &**value)));
        Ok(())
    }

    fn scan_each(&self, lo: &[u8], hi: &[u8], rev: bool, f: OnRow<'_>) -> Result<()> {
        let mut range = self.range(lo, hi);
        while let Some((key, (version, value))) = if rev { range.next_back() } else { range.next() } {
            if f(key, *version, value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Engine for MemoryEngine {
    fn create(&self, ws: WorkspaceKey, first: Commit) -> Result<bool> {
        let space = Space::default();
        space.apply(first).map_err(CommitError::of_create)?;
        self.with_spaces(|spaces| {
            if spaces.contains_key(&ws) {
                return Ok(false);
            }
            spaces.insert(ws, Arc::new(space));
            Ok(true)
        })
    }

    fn create_from(
        &self,
        ws: WorkspaceKey,
        seq: Seq,
        time_ms: u64,
        rows: &mut dyn Iterator<Item = Result<Entry>>,
    ) -> Result<()> {
        let mut judge = rows::Judge::new(seq, CAPS);
        let mut made = Rows::new();
        for row in rows {
            let row = row?;
            judge.judge(&row)?;
            made.insert(row.key, (row.version, row.value.into()));
        }
        let state = State { seq, time_ms, rows: Arc::new(made) };
        let space = Space { writer: Mutex::default(), now: Mutex::new(state) };
        self.with_spaces(|spaces| {
            if spaces.contains_key(&ws) {
                return Err(rows::taken(ws));
            }
            spaces.insert(ws, Arc::new(space));
            Ok(())
        })
    }

    fn remove(&self, ws: WorkspaceKey) -> Result<()> {
        commit::removable(ws)?;
        self.with_spaces(|spaces| spaces.remove(&ws).map(drop).ok_or_else(|| missing(ws)))
    }

    fn list(&self) -> Result<Vec<WorkspaceKey>> {
        self.with_spaces(|spaces| {
            Ok(spaces.keys().copied().filter(|key| *key != WorkspaceKey::CATALOG).collect())
        })
    }

    fn view(&self, ws: WorkspaceKey) -> Result<Arc<dyn View>> {
        let state = lock(&self.space(ws)?.now).clone();
        Ok(Arc::new(state))
    }

    fn commit(&self, ws: WorkspaceKey, commit: Commit) -> Result<Seq, CommitError> {
        let space = self.space(ws)?;
        let _writer = lock(&space.writer);
        space.apply(commit)
    }

    fn commit_held(
        &self,
        ws: WorkspaceKey,
        f: &mut dyn FnMut(&dyn View) -> Result<Commit>,
    ) -> Result<Seq, CommitError> {
        let space = self.space(ws)?;
        let _writer = lock(&space.writer);
        let state = lock(&space.now).clone();
        space.apply(f(&state)?)
    }

    fn caps(&self) -> Caps {
        CAPS
    }

    fn size(&self, ws: WorkspaceKey) -> Result<u64> {
        let state = lock(&self.space(ws)?.now).clone();
        Ok(state.rows.iter().map(|(key, (_, value))| key.len() + value.len()).sum::<usize>() as u64)
    }

    fn check(&self, ws: WorkspaceKey) -> Result<Integrity> {
        let bytes = self.size(ws)?;
        let state = lock(&self.space(ws)?.now).clone();
        Ok(Integrity { keys: state.rows.len() as u64, bytes, ..Integrity::default() })
    }

    fn compact(&self, ws: WorkspaceKey) -> Result<Compacted> {
        self.space(ws).map(|_| Compacted::default())
    }

    fn close(&self) -> Result<()> {
        lock(&self.spaces).take();
        Ok(())
    }
}

fn missing(ws: WorkspaceKey) -> Error {
    Error::new(Code::WorkspaceNotFound, format!("the store has no key space {ws}"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is replaced whole, so a panic elsewhere cannot leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::suite;

    #[test]
    fn the_model_keeps_the_contract() {
        for (sentence, case) in suite::CASES {
            println!("{sentence}");
            case(&MemoryEngine::new());
        }
    }
}
