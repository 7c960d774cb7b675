//! The line of writers of one workspace in this process. Who comes to its front while nobody leads
//! leads the next write transaction, for itself and for the commits that stand behind it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::engine::{Commit, CommitError, Seq};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};

/// Commits that one transaction takes at most, so that nobody's wait grows without bound.
const GROUP_COMMITS_MAX: usize = 256;
/// Bytes after which a group takes no further commit.
const GROUP_BYTES_MAX: usize = 16 << 20;

type Verdict = Result<Seq, CommitError>;

/// The line.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    line: VecDeque<Ticket>,
    verdicts: HashMap<u64, Verdict>,
    next: u64,
    leading: bool,
    /// Why nobody may write any more.
    ended: Option<Error>,
}

/// A place in the line; without a commit its holder wants the transaction for itself.
struct Ticket {
    number: u64,
    commit: Option<Commit>,
    deadline: Deadline,
}

/// What came of standing in the line.
pub(super) enum Turn<'q> {
    /// Another thread has applied the commit, or it was refused.
    Done(Verdict),
    /// This thread writes now.
    Lead(Lead<'q>),
}

/// The right to write, until it is dropped.
pub(super) struct Lead<'q> {
    queue: &'q Queue,
    /// The numbers and deadlines of the others in the group, who have no verdict yet.
    waiting: VecDeque<(u64, Deadline)>,
    /// The leader's commit, then theirs, in the same order; none when the leader wants to be alone.
    pub(super) commits: Vec<Commit>,
}

impl Queue {
    /// Stands in the line with `commit`, or with none for a transaction of its own.
    pub(super) fn enter(
        &self,
        commit: Option<Commit>,
        deadline: Deadline,
        busy: impl Fn() -> Error,
    ) -> Turn<'_> {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.line.push_back(Ticket { number, commit, deadline });
        loop {
            if let Some(verdict) = state.verdicts.remove(&number) {
                return Turn::Done(verdict);
            }
            let place = state.line.iter().position(|ticket| ticket.number == number);
            let refusal = match (place, &state.ended) {
                (Some(_), Some(why)) => Some(why.clone()),
                (Some(0), None) if !state.leading => return Turn::Lead(self.lead(state)),
                (Some(_), None) if deadline.passed() => Some(busy()),
                _ => None,
            };
            if let (Some(place), Some(error)) = (place, refusal) {
                state.line.remove(place);
                drop(state);
                // The next in the line may be the first now.
                self.moved.notify_all();
                return Turn::Done(Err(CommitError::Failed(error)));
            }
            // A commit in a leader's hands may be written: the verdict must be waited for.
            state = match place {
                None => self.moved.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(_) => {
                    let waited = self.moved.wait_timeout(state, deadline.left());
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn lead(&self, mut state: MutexGuard<'_, State>) -> Lead<'_> {
        state.leading = true;
        let mut lead = Lead { queue: self, waiting: VecDeque::new(), commits: Vec::new() };
        let (mut bytes, mut first) = (0_usize, true);
        while let Some(ticket) = state.line.pop_front() {
            let alone = ticket.commit.is_none();
            bytes += ticket.commit.as_ref().map_or(0, Commit::weight);
            if !std::mem::take(&mut first) {
                lead.waiting.push_back((ticket.number, ticket.deadline));
            }
            lead.commits.extend(ticket.commit);
            let next = state.line.front().and_then(|next| next.commit.as_ref());
            let room = |next: &Commit| bytes.saturating_add(next.weight()) <= GROUP_BYTES_MAX;
            if alone || lead.commits.len() >= GROUP_COMMITS_MAX || !next.is_some_and(room) {
                break;
            }
        }
        lead
    }

    /// Lets nobody write any more, answers `why` to all who would, and waits for the one who writes.
    /// `false` when that one is not done at the deadline.
    pub(super) fn end(&self, why: Error, deadline: Deadline) -> bool {
        let mut state = self.lock();
        state.ended.get_or_insert(why);
        self.moved.notify_all();
        while state.leading && !deadline.passed() {
            let waited = self.moved.wait_timeout(state, deadline.left());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        !state.leading
    }

    /// How many stand in the line.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().line.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lead<'_> {
    /// Hands out the verdicts, in the order of the commits, and answers the first: the leader's own.
    pub(super) fn deliver(mut self, verdicts: Vec<Verdict>) -> Verdict {
        let mut verdicts = verdicts.into_iter();
        let own = verdicts.next().unwrap_or_else(|| Err(CommitError::Failed(lost())));
        let mut state = self.queue.lock();
        for verdict in verdicts {
            if let Some((number, _)) = self.waiting.pop_front() {
                state.verdicts.insert(number, verdict);
            }
        }
        drop(state);
        own
    }

    /// Answers `error` for the whole group, of which nothing was written. If the leader only waited in
    /// vain, those who have time left stand in the line again, ahead of all who came later.
    pub(super) fn refuse(mut self, error: &Error) -> Verdict {
        let failed = || Err(CommitError::Failed(error.clone()));
        let mut state = self.queue.lock();
        let commits = self.commits.drain(..).skip(1);
        for ((number, deadline), commit) in self.waiting.drain(..).zip(commits).rev() {
            if error.code() == Code::Busy && !deadline.passed() {
                state.line.push_front(Ticket { number, commit: Some(commit), deadline });
            } else {
                state.verdicts.insert(number, failed());
            }
        }
        drop(state);
        failed()
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        // Left over only when the leader panicked.
        for (number, _) in self.waiting.drain(..) {
            state.verdicts.insert(number, Err(CommitError::Failed(lost())));
        }
        state.leading = false;
        drop(state);
        self.queue.moved.notify_all();
    }
}

fn lost() -> Error {
    Error::new(Code::CommitUnknown, "the thread that wrote this commit ended without a verdict")
        .hint("read what the commit would have changed before trying again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Error {
        Error::new(Code::Busy, "busy")
    }

    fn enter(queue: &Queue, commit: Option<Commit>) -> Turn<'_> {
        queue.enter(commit, Deadline::after_ms(20_000), busy)
    }

    fn lead(turn: Turn<'_>) -> Lead<'_> {
        match turn {
            Turn::Lead(lead) => lead,
            Turn::Done(verdict) => panic!("expected to lead, got {verdict:?}"),
        }
    }

    /// Waits until `count` stand in the line behind whoever leads.
    fn gather(queue: &Queue, count: usize) {
        while queue.waiting() < count {
            std::thread::yield_now();
        }
    }

    #[test]
    fn who_stands_behind_a_leader_is_led_by_the_next_one() {
        let queue = Queue::default();
        let first = lead(enter(&queue, Some(Commit::default())));
        assert_eq!(first.commits.len(), 1);
        let mut seqs: Vec<_> = std::thread::scope(|scope| {
            let work = || match enter(&queue, Some(Commit::default())) {
                Turn::Done(verdict) => verdict.unwrap().0,
                Turn::Lead(mut lead) => {
                    let commits = std::mem::take(&mut lead.commits);
                    assert_eq!(commits.len(), 3, "one group of all who waited");
                    lead.deliver((10..13).map(|n| Ok(Seq(n))).collect()).unwrap().0
                }
            };
            let others: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
            gather(&queue, 3);
            assert_eq!(first.deliver(vec![Ok(Seq(9))]).unwrap(), Seq(9));
            others.into_iter().map(|other| other.join().unwrap()).collect()
        });
        seqs.sort_unstable();
        assert_eq!(seqs, [10, 11, 12]);
        assert!(queue.lock().verdicts.is_empty());
    }

    #[test]
    fn who_wants_to_be_alone_is() {
        let queue = Queue::default();
        let first = lead(enter(&queue, None));
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(lead(enter(&queue, None)).commits.is_empty()));
            gather(&queue, 1);
            scope.spawn(|| {
                let lead = lead(enter(&queue, Some(Commit::default())));
                assert_eq!(lead.commits.len(), 1);
                lead.deliver(vec![Ok(Seq(1))]).unwrap();
            });
            gather(&queue, 2);
            drop(first);
        });
    }

    #[test]
    fn waiting_ends_at_the_deadline_and_when_the_line_is_ended() {
        let queue = Queue::default();
        let leader = lead(enter(&queue, None));
        let code = |turn: Turn<'_>| match turn {
            Turn::Done(Err(CommitError::Failed(error))) => error.code(),
            _ => panic!("expected a refusal"),
        };
        assert_eq!(code(queue.enter(None, Deadline::after_ms(0), busy)), Code::Busy);
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(code(enter(&queue, None)), Code::StorageError));
            gather(&queue, 1);
            assert!(!queue.end(Error::new(Code::StorageError, "closed"), Deadline::after_ms(0)));
        });
        drop(leader);
        assert!(queue.end(busy(), Deadline::after_ms(0)));
        assert_eq!(code(enter(&queue, Some(Commit::default()))), Code::StorageError);
    }

    #[test]
    fn a_group_is_refused_at_once_unless_its_leader_only_waited_in_vain() {
        for code in [Code::DiskFull, Code::Busy] {
            let queue = Queue::default();
            let first = lead(enter(&queue, Some(Commit::default())));
            std::thread::scope(|scope| {
                let work = || match enter(&queue, Some(Commit::default())) {
                    Turn::Lead(lead) => (lead.commits.len(), lead.refuse(&Error::new(code, "refused"))),
                    Turn::Done(verdict) => (0, verdict),
                };
                let others: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
                gather(&queue, 3);
                first.deliver(vec![Ok(Seq(1))]).unwrap();
                let ended: Vec<_> = others.into_iter().map(|other| other.join().unwrap()).collect();
                let refused =
                    |verdict: &Verdict| matches!(verdict, Err(CommitError::Failed(e)) if e.code() == code);
                assert!(ended.iter().all(|(_, verdict)| refused(verdict)));
                let mut groups: Vec<_> = ended.iter().map(|(count, _)| *count).collect();
                groups.sort_unstable();
                // Each of those who had time left came to lead the rest.
                assert_eq!(groups, if code == Code::Busy { [1, 2, 3] } else { [0, 0, 3] });
            });
            assert!(queue.lock().verdicts.is_empty() && queue.lock().line.is_empty());
        }
    }

    #[test]
    fn a_leader_that_panics_leaves_nobody_waiting() {
        let queue = Queue::default();
        let first = lead(enter(&queue, None));
        std::thread::scope(|scope| {
            let work = || match enter(&queue, Some(Commit::default())) {
                Turn::Done(Err(CommitError::Failed(error))) => assert_eq!(error.code(), Code::CommitUnknown),
                Turn::Done(other) => panic!("{other:?}"),
                Turn::Lead(lead) => drop(lead),
            };
            scope.spawn(work);
            scope.spawn(work);
            gather(&queue, 2);
            drop(first);
        });
        assert!(!queue.lock().leading);
    }
}
