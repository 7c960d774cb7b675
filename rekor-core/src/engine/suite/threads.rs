//! Writers beside each other. Nothing here depends on who comes first.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::{conflicts, fresh, get, key, put, rows, text};
use crate::engine::{Check, Commit, CommitError, Engine, Seq, View};

const THREADS: u64 = 4;
const ROUNDS: u64 = 25;

fn run(work: &(dyn Fn(u64) + Sync)) {
    thread::scope(|scope| {
        for n in 0..THREADS {
            scope.spawn(move || work(n));
        }
    });
}

fn count(view: &dyn View) -> (Seq, u64) {
    let found = get(view, b"count");
    found.map_or((Seq(0), 0), |(seq, value)| (seq, String::from_utf8(value).unwrap().parse().unwrap()))
}

fn one_more(view: &dyn View) -> Commit {
    let (version, count) = count(view);
    let mut commit = put("count", &(count + 1).to_string());
    commit.checks.push(Check::Same(b"count".to_vec(), version));
    commit
}

pub(super) fn counters(engine: &dyn Engine) {
    let ws = fresh(engine);
    run(&|_| {
        for _ in 0..ROUNDS {
            for attempt in 1.. {
                let view = engine.view(ws).unwrap();
                let outcome = match attempt {
                    1..=3 => engine.commit(ws, one_more(&*view)),
                    _ => engine.commit_held(ws, &mut |view| Ok(one_more(view))),
                };
                match outcome {
                    Ok(seq) => {
                        assert!(seq > view.seq());
                        break;
                    }
                    Err(CommitError::Conflict) if attempt <= 3 => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    });
    assert_eq!(count(&*engine.view(ws).unwrap()).1, THREADS * ROUNDS);
}

pub(super) fn many_writers(engine: &dyn Engine) {
    let ws = fresh(engine);
    run(&|n| {
        let mut last = Seq(0);
        for round in 0..ROUNDS {
            let name = format!("{n}/{round}");
            let seq = engine.commit(ws, put(&name, &name)).unwrap();
            assert!(seq > last);
            last = seq;
            let view = engine.view(ws).unwrap();
            assert_eq!(get(&*view, name.as_bytes()), Some((seq, name.into_bytes())));
        }
    });
    let view = engine.view(ws).unwrap();
    let all = rows(&*view, b"", b"\xff", false);
    assert_eq!(all.len() as u64, THREADS * ROUNDS);
    let mut seqs: Vec<_> = all.iter().map(|row| row.version).collect();
    seqs.sort();
    seqs.dedup();
    assert_eq!(seqs.len(), all.len(), "every commit has a Seq of its own");
    assert_eq!(seqs.last(), Some(&view.seq()));
}

pub(super) fn judged_alone(engine: &dyn Engine) {
    let ws = fresh(engine);
    let won = AtomicU64::new(0);
    for round in 0..ROUNDS {
        let view = engine.view(ws).unwrap();
        let winners = AtomicU64::new(0);
        run(&|n| {
            // All want the same key as it was; one of them gets it, and a plain write is untouched.
            let version = get(&*view, b"prize").map_or(Seq(0), |(seq, _)| seq);
            let mut commit = put("prize", &format!("{round}/{n}"));
            commit.puts.push(crate::engine::Put::plain(format!("mine/{n}").into(), round.to_string().into()));
            commit.checks.push(Check::Same(b"prize".to_vec(), version));
            let outcome = engine.commit(ws, commit);
            if outcome.is_ok() {
                winners.fetch_add(1, Ordering::SeqCst);
                won.fetch_add(1, Ordering::SeqCst);
            } else {
                assert!(conflicts(&outcome));
            }
            engine.commit(ws, put(&format!("plain/{n}"), &round.to_string())).unwrap();
        });
        assert_eq!(winners.into_inner(), 1);
    }
    let view = engine.view(ws).unwrap();
    let prize = text(&*view, "prize").unwrap();
    let (round, n) = prize.split_once('/').unwrap();
    assert_eq!(text(&*view, &format!("mine/{n}")).unwrap(), round);
    assert_eq!(won.into_inner(), ROUNDS);
}

pub(super) fn held_and_plain(engine: &dyn Engine) {
    let ws = fresh(engine);
    run(&|n| {
        for round in 0..ROUNDS {
            if n % 2 == 0 {
                engine.commit_held(ws, &mut |view| Ok(one_more(view))).unwrap();
            } else {
                engine.commit(ws, put(&format!("{n}"), &round.to_string())).unwrap();
            }
        }
    });
    assert_eq!(count(&*engine.view(ws).unwrap()).1, THREADS / 2 * ROUNDS);
}

pub(super) fn create_race(engine: &dyn Engine) {
    for round in 0..10 {
        let won = AtomicU64::new(0);
        run(&|n| {
            if engine.create(key(round), put("by", &n.to_string())).unwrap() {
                won.store(n + 1, Ordering::SeqCst);
            }
            engine.commit(key(round), put(&format!("k{n}"), "1")).unwrap();
        });
        let view = engine.view(key(round)).unwrap();
        if round == 0 {
            // The catalog was there before all of them.
            assert_eq!(won.into_inner(), 0);
            continue;
        }
        assert_eq!(text(&*view, "by").unwrap(), (won.into_inner() - 1).to_string());
        assert_eq!(rows(&*view, b"k", b"l", false).len() as u64, THREADS);
    }
}
