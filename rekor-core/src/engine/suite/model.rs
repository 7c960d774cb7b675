//! Random commits on two engines, which must agree on every verdict and every row.

use super::{key, print, rows};
use crate::engine::{Check, Commit, CommitError, Engine, Put, Seq, View, WorkspaceKey};

/// A small generator of random numbers, so that a seed gives the same run everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn key(&mut self) -> Vec<u8> {
        format!("{:02}", self.roll(40)).into_bytes()
    }

    fn value(&mut self) -> Vec<u8> {
        let bytes = if self.roll(8) == 0 { self.roll(9_000) } else { self.roll(60) };
        (0..bytes).map(|n| u8::try_from(n % 251).unwrap_or(0)).collect()
    }

    /// A version that is mostly right.
    fn version(&mut self, view: &dyn View, key: &[u8]) -> Seq {
        let now = super::get(view, key).map_or(Seq(0), |(version, _)| version);
        if self.roll(12) == 0 { Seq(now.0 + 1) } else { now }
    }

    fn check(&mut self, view: &dyn View) -> Check {
        let key = self.key();
        match self.roll(3) {
            0 => Check::Same(key.clone(), self.version(view, &key)),
            1 if super::get(view, &key).is_some() || self.roll(9) == 0 => Check::Exists(key),
            1 => Check::Same(key, Seq(0)),
            _ => {
                let (lo, hi) = (key, self.key());
                let mut print = print(view, &lo, &hi);
                print.rows += u64::from(self.roll(12) == 0);
                Check::SameRange { lo, hi, print }
            }
        }
    }

    /// Keys that stand together, as those of new records do: between stored ones, after them, across them, or with one
    /// of them twice.
    fn put_run(&mut self, commit: &mut Commit) {
        let (start, step) = (self.roll(300), 1 + self.roll(3));
        let mut numbers: Vec<u64> = (0..self.roll(150)).map(|n| start + n * step).collect();
        if self.roll(4) == 0 {
            numbers.extend(numbers.first().copied());
        }
        for number in numbers {
            commit.puts.push(Put::plain(format!("5/{number:03}").into_bytes(), self.value()));
        }
    }

    fn commit(&mut self, view: &dyn View) -> Commit {
        let mut commit = Commit { time_ms: self.roll(1_000), ..Commit::default() };
        commit.checks = (0..self.roll(3)).map(|_| self.check(view)).collect();
        let mut keys: Vec<_> = (0..=self.roll(12)).map(|_| self.key()).collect();
        keys.sort();
        keys.dedup();
        if self.roll(2) == 0 {
            keys.reverse();
        }
        for key in keys {
            match self.roll(4) {
                0 => commit.deletes.push(key),
                1 => {
                    let version = self.version(view, &key);
                    commit.delete_if.push((key, version));
                }
                _ => commit.puts.push(Put::plain(key, self.value())),
            }
        }
        if self.roll(4) == 0 {
            self.put_run(&mut commit);
        }
        if self.roll(3) == 0 {
            let key = b"j/........".to_vec();
            commit.puts.push(Put { key, value: vec![0; 8], seq_at: Some(2), time_at: Some(0) });
        }
        commit
    }
}

/// Applies `steps` random commits to both engines and compares all that can be seen of them.
/// `reopen` is called now and then, and may open the first engine again.
///
/// # Panics
/// When they differ; the message has the seed.
pub fn follows_the_model(
    mut engine: Box<dyn Engine>,
    model: &dyn Engine,
    reopen: &dyn Fn(Box<dyn Engine>) -> Box<dyn Engine>,
    (seed, steps): (u64, usize),
) {
    let ws = key(1);
    let mut dice = Dice(seed | 1);
    let first = Commit { puts: vec![Put::plain(b"00".to_vec(), vec![1])], ..Commit::default() };
    assert!(engine.create(ws, first.clone()).unwrap());
    assert!(model.create(ws, first).unwrap());
    let mut kept = Vec::new();
    for step in 0..steps {
        let place = format!("seed {seed}, step {step}");
        let commit = dice.commit(&*model.view(ws).unwrap());
        let held = dice.roll(5) == 0;
        let verdicts = [&*engine, model].map(|engine| apply(engine, ws, held, &commit));
        assert_eq!(verdicts[0], verdicts[1], "{place}: {commit:?}");
        match dice.roll(20) {
            0 => kept.push((engine.view(ws).unwrap(), model.view(ws).unwrap())),
            1 => {
                kept.clear();
                engine = reopen(engine);
            }
            2 => agree(&*engine.view(ws).unwrap(), &*model.view(ws).unwrap(), &place),
            _ => {}
        }
    }
    for (ours, theirs) in &kept {
        agree(&**ours, &**theirs, &format!("seed {seed}, a kept view"));
    }
    agree(&*engine.view(ws).unwrap(), &*model.view(ws).unwrap(), &format!("seed {seed}, the end"));
}

fn apply(engine: &dyn Engine, ws: WorkspaceKey, held: bool, commit: &Commit) -> Option<Seq> {
    let outcome = match held {
        true => engine.commit_held(ws, &mut |_| Ok(commit.clone())),
        false => engine.commit(ws, commit.clone()),
    };
    match outcome {
        Ok(seq) => Some(seq),
        Err(CommitError::Conflict) => None,
        Err(other) => panic!("{other:?}"),
    }
}

fn agree(ours: &dyn View, theirs: &dyn View, place: &str) {
    assert_eq!(ours.seq(), theirs.seq(), "{place}");
    for rev in [false, true] {
        let (ours, theirs) = (rows(ours, b"", b"\xff", rev), rows(theirs, b"", b"\xff", rev));
        assert!(ours == theirs, "{place}: {ours:?} is not {theirs:?}");
    }
}
