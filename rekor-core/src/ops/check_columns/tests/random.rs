//! Random writes with maintenance in between, in one thread and in several: whatever the order, a check finds nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::api::transfer::ImportRecords;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }

    fn value(&mut self, depth: usize) -> String {
        match self.roll(if depth > 0 { 14 } else { 11 }) {
            0 => "null".into(),
            1 => "true".into(),
            2 => (self.roll(2_000) as i64 - 1_000).to_string(),
            3 => format!("{}.{}", self.roll(100), self.roll(1_000)),
            4 => ["9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e300", "0.1e-7"]
                [self.roll(5)]
            .into(),
            5 | 6 => format!("\"t{}\"", self.roll(30)),
            7 => format!("\"2026-0{}-01T00:00:{:02}Z\"", self.roll(9) + 1, self.roll(60)),
            8 => format!("\"2026-01-01T00:00:00.{:03}Z\"", self.roll(1_000)),
            9 if self.one_in(8) => format!("\"{}\"", "long ".repeat(300)),
            9 => "\"é\\n\\\"\"".into(),
            10 => self.roll(5).to_string(),
            11 => format!("[{},{}]", self.value(0), self.value(0)),
            12 => format!("[[{}]]", self.value(0)),
            _ => self.object(depth - 1),
        }
    }

    fn object(&mut self, depth: usize) -> String {
        let members: Vec<String> = ["a", "b", "c", "d\\\"e", "f"]
            .iter()
            .filter_map(
                |key| if self.one_in(3) { None } else { Some(format!("\"{key}\":{}", self.value(depth))) },
            )
            .collect();
        format!("{{{}}}", members.join(","))
    }

    /// The data of a record; now and then with more members than a group or an entry has room for.
    fn data(&mut self, keys: usize) -> String {
        if !self.one_in(25) {
            return self.object(2);
        }
        let first = self.roll(keys);
        let members: Vec<String> =
            (first..first + 280).map(|n| format!("\"k{n}\":{}", self.value(0))).collect();
        format!("{{{}}}", members.join(","))
    }

    /// An id out of few: texts, and UUIDs, which come before them.
    fn id(&mut self) -> String {
        let n = self.roll(150);
        if n < 40 { format!("01961a3b-0000-7000-8000-{n:012x}") } else { format!("r{n:03}") }
    }
}

fn upsert_text(dice: &mut Dice, keys: usize) -> String {
    let data = dice.data(keys);
    if dice.one_in(4) {
        return format!(r#""collection":"things","data":{data}"#);
    }
    format!(r#""collection":"things","id":"{}","data":{data}"#, dice.id())
}

/// One random write. It may be refused, as for a record that is not there.
fn write(ws: &Workspace, dice: &mut Dice, keys: usize) {
    match dice.roll(8) {
        0..=2 => drop(ws.call("upsert_record", &format!("{{{}}}", upsert_text(dice, keys)))),
        3 => drop(ws.call("delete_record", &format!(r#"{{"collection":"things","id":"{}"}}"#, dice.id()))),
        4 | 5 => {
            let steps: Vec<String> = (0..dice.roll(25) + 1)
                .map(|_| match dice.one_in(4) {
                    true => {
                        format!(r#"{{"type":"delete_record","collection":"things","id":"{}"}}"#, dice.id())
                    }
                    false => format!(r#"{{"type":"upsert_record",{}}}"#, upsert_text(dice, keys)),
                })
                .collect();
            let _ = ws.call("batch", &format!(r#"{{"operations":[{}]}}"#, steps.join(",")));
        }
        6 => import(ws, dice, false),
        _ => import(ws, dice, true),
    }
}

/// Many records in one commit: new ids in a row, ids of others among them, or ids that rekor makes.
fn import(ws: &Workspace, dice: &mut Dice, whole: bool) {
    let (first, count) = (dice.roll(900), dice.roll(80) + 1);
    let lines: Vec<String> = (first..first + count)
        .map(|n| {
            let data = dice.data(400);
            if whole { format!(r#"{{"id":"s{n:03}","external_id":"e{n}","data":{data}}}"#) } else { data }
        })
        .collect();
    let request = ImportRecords { collection: "things".into(), whole, ..Default::default() };
    ws.import_records(&request, &mut lines.join("\n").as_bytes(), &mut |_| Ok(())).unwrap();
}

fn one_thread(seed: u64, keys: usize, writes: usize) {
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let ws = workspace();
    let mut round = Round::default();
    for n in 0..writes {
        write(&ws, &mut dice, keys);
        if dice.one_in(40) {
            forget(&ws);
        }
        for _ in 0..dice.roll(4) {
            step(ws.session(), &mut round).unwrap();
        }
        if dice.one_in(20) {
            round = Round::default();
        }
        if dice.one_in(30) {
            maintain(&ws);
        }
        if n % 10 == 9 {
            assert_eq!(problems(&ws), [""; 0], "seed {seed}, write {n}");
        }
    }
    maintain(&ws);
    assert_eq!(problems(&ws), [""; 0], "seed {seed}");
    assert!(!groups(&ws).is_empty());
}

#[test]
fn random_writes_and_steps_leave_nothing_wrong() {
    (1..=4).for_each(|seed| one_thread(seed, 400, 80));
}

#[test]
fn so_do_records_with_more_paths_than_there_are_numbers() {
    (100..=101).for_each(|seed| one_thread(seed, 60_000, 100));
}

#[test]
fn so_do_writers_and_maintenance_beside_each_other() {
    for seed in 200..202 {
        println!("seed {seed}");
        let ws = workspace();
        // Some of what is there is older than columns.
        let mut dice = Dice(seed);
        (0..40).for_each(|_| write(&ws, &mut dice, 400));
        forget(&ws);
        let writing = AtomicUsize::new(2);
        std::thread::scope(|scope| {
            let (ws, writing) = (&ws, &writing);
            for n in 0..2 {
                scope.spawn(move || {
                    let mut dice = Dice(seed * 10 + n);
                    (0..60).for_each(|_| write(ws, &mut dice, 400));
                    writing.fetch_sub(1, Ordering::SeqCst);
                });
                scope.spawn(move || {
                    let mut round = Round::default();
                    while writing.load(Ordering::SeqCst) > 0 {
                        step(ws.session(), &mut round).unwrap();
                    }
                });
            }
            while writing.load(Ordering::SeqCst) > 0 {
                assert_eq!(problems(ws), [""; 0], "seed {seed}");
            }
        });
        maintain(&ws);
        assert_eq!(problems(&ws), [""; 0], "seed {seed}");
    }
}
