//! The records of a random world in column groups: sealed from older versions of them, with the dirty entries that tell the
//! truth, with what was deleted since, and with entries that groups have overtaken.

use super::naive::Doc;
use super::world::{Dice, Snapshot, data, doc};
use crate::codec::id::Id;
use crate::codec::row::{RecordRow, decode_record};
use crate::codec::{column_keys, keys};
use crate::columns::cache::Cache;
use crate::columns::dirty;
use crate::columns::ids::key_of;
use crate::columns::reader::Columns;
use crate::columns::seal::{SealRow, Sealer};
use crate::engine::Seq;

/// The view that groups are built from, and the commit that everything that changed since was part of.
const AS_OF: Seq = Seq(5);
const LATER: Seq = Seq(7);

/// A snapshot with the same records as `view`.
pub(super) fn seal(dice: &mut Dice, view: &Snapshot, docs: &[Doc]) -> Snapshot {
    let mut made = view.clone();
    let mut rows: Vec<SealRow> = docs.iter().map(|doc| row_of(view, &doc.id)).collect();
    let mut stale = Vec::new();
    let mut gone = Vec::new();
    for (id, bytes) in &mut rows {
        if dice.one_in(4) {
            stale.push(id.clone());
            *bytes = older(dice, bytes);
        }
    }
    for n in 0..dice.roll(6) {
        let doc = doc(dice, 5_000 + n);
        let id = key_of(&Id::parse(&doc.id).unwrap());
        if rows.iter().all(|(have, _)| *have != id) {
            gone.push(id.clone());
            let text = doc.data.text();
            rows.push((id, encode(&text, 1)));
        }
    }
    rows.sort();
    let cache = Cache::new(1 << 20);
    let mut covered = Vec::new();
    for part in parts(dice, &rows) {
        let (lo, end) = (part[0].0.clone(), crate::ctx::dirt::after(&part[part.len() - 1].0));
        // Each part is a commit of its own, so that dictionaries and paths grow.
        let sealed = {
            let mut sealer = Sealer::new(Columns::new(&made, &cache, 1)).unwrap();
            sealer.seal(part, &lo, &end, AS_OF).unwrap();
            sealer.finish()
        };
        let version = Seq(10 + covered.len() as u64);
        for (key, value) in sealed.puts {
            made.1.insert(key.clone(), version);
            made.0.insert(key, value);
        }
        covered.push((lo, end));
    }
    let is_covered = |id: &[u8]| covered.iter().any(|(lo, end)| lo.as_slice() <= id && id < end.as_slice());
    let (_, paths) = Columns::new(&made, &cache, 1).paths().unwrap();
    for (id, bytes) in &rows {
        let is_gone = gone.contains(id);
        // What no group covers must have an entry; what one covers may have one that it has overtaken.
        if stale.contains(id) || is_gone || !is_covered(id) {
            let truth = view.0.get(&keys::record_at(1, id));
            put_entry(&mut made, id, truth.map(Vec::as_slice), LATER, &paths);
        } else if dice.one_in(6) {
            put_entry(&mut made, id, Some(&older(dice, bytes)), AS_OF, &paths);
        }
    }
    made.1.insert(Vec::new(), Seq(1));
    made
}

fn put_entry(
    made: &mut Snapshot,
    id: &[u8],
    row: Option<&[u8]>,
    version: Seq,
    paths: &crate::columns::paths::Paths,
) {
    let row = row.map(|bytes| decode_record(bytes).unwrap());
    let key = column_keys::dirty(1, id);
    made.1.insert(key.clone(), version);
    made.0.insert(key, dirty::encode(row.as_ref(), paths).unwrap());
}

/// Runs of records that are sealed together; some records are in none.
fn parts<'r>(dice: &mut Dice, rows: &'r [SealRow]) -> Vec<&'r [SealRow]> {
    let (mut parts, mut rest) = (Vec::new(), rows);
    while !rest.is_empty() {
        let (part, others) = rest.split_at(rest.len().min(dice.roll(60) + 1));
        if !dice.one_in(5) {
            parts.push(part);
        }
        rest = others;
    }
    parts
}

fn row_of(view: &Snapshot, id: &str) -> SealRow {
    let id = key_of(&Id::parse(id).unwrap());
    let bytes = view.0[&keys::record_at(1, &id)].clone();
    (id, bytes)
}

fn older(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let version = decode_record(bytes).unwrap().version;
    encode(&data(dice, None).text(), version)
}

fn encode(data: &str, version: u64) -> Vec<u8> {
    let row =
        RecordRow { version, created_ms: 9, updated_ms: 9, external_id: None, external_source: None, data };
    row.encode()
}
