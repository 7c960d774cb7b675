//! Random collections: records, a schema's shape, declared indexes, and the snapshot that holds them.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use super::naive::{Declared, Doc, Named, Value};
use crate::codec::collection::{CollectionRow, Index};
use crate::codec::id::Id;
use crate::codec::keys;
use crate::codec::row::RecordRow;
use crate::columns::cache::Cache;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::engine::{Read, Reply, Seq, View};
use crate::ground::error::Result;
use crate::index::declared::{IndexChange, difference};

/// SplitMix64.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
}

/// A snapshot over a map, and the versions of the keys that have another than 1.
#[derive(Default, Clone)]
pub(in crate::query) struct Snapshot(
    pub(in crate::query) BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) BTreeMap<Vec<u8>, Seq>,
);

impl Snapshot {
    fn version(&self, key: &[u8]) -> Seq {
        self.1.get(key).copied().unwrap_or(Seq(1))
    }
}

impl View for Snapshot {
    fn seq(&self) -> Seq {
        Seq(1)
    }

    fn fetch(&self, _: &[Read<'_>]) -> Result<Vec<Reply>> {
        panic!("queries read through get_with and scan_each")
    }

    fn get_with(&self, key: &[u8], f: &mut dyn FnMut(Option<(Seq, &[u8])>)) -> Result<()> {
        f(self.0.get(key).map(|value| (self.version(key), value.as_slice())));
        Ok(())
    }

    fn scan_each(
        &self,
        lo: &[u8],
        hi: &[u8],
        rev: bool,
        f: &mut dyn FnMut(&[u8], Seq, &[u8]) -> ControlFlow<()>,
    ) -> Result<()> {
        let range = self.0.range::<[u8], _>((Bound::Included(lo), Bound::Excluded(hi.max(lo))));
        let mut rows: Box<dyn Iterator<Item = _>> = if rev { Box::new(range.rev()) } else { Box::new(range) };
        let _ = rows.try_for_each(|(key, value)| f(key, self.version(key), value));
        Ok(())
    }
}

pub(super) struct World {
    pub(super) docs: Vec<Doc>,
    pub(super) fields: Vec<Named>,
    pub(super) view: Snapshot,
    /// The same records, most of them in column groups.
    pub(super) sealed: Snapshot,
    pub(super) cache: Cache,
    pub(super) indexed: Collection,
    pub(super) bare: Collection,
    /// Of which not every record without a group has a dirty entry.
    pub(super) untracked: Collection,
}

static NO_CACHE: std::sync::LazyLock<Cache> = std::sync::LazyLock::new(|| Cache::new(0));

const NAMES: [&str; 9] = [
    "data.a",
    "data.b",
    "data.n.x",
    "data.n.y",
    "data.tags",
    "data.tags.1",
    "data.when",
    r"data.k\.d",
    "data.u",
];

pub(super) fn path_of(name: &'static str) -> Vec<&'static str> {
    if name == r"data.k\.d" { vec!["k.d"] } else { name.split('.').skip(1).collect() }
}

impl World {
    pub(super) fn roll(dice: &mut Dice, records: usize) -> Self {
        let mut fields = Vec::new();
        let mut schema = serde_json::json!({"properties": {"n": {"type": "object", "properties": {}}}});
        for name in NAMES {
            let path = path_of(name);
            let declared = declared(dice, name);
            if let Some((schema_of, _)) = &declared {
                let at = if path[0] == "n" { "/properties/n/properties" } else { "/properties" };
                schema.pointer_mut(at).unwrap()[*path.last().unwrap()] = schema_of.clone();
            }
            fields.push(Named { name, path: Some(path), declared: declared.map(|(_, declared)| declared) });
        }
        for name in ["id", "external_id", "external_source", "version", "created_at"] {
            fields.push(Named { name, path: None, declared: None });
        }
        let docs: Vec<Doc> = (0..dice.roll(records) + 1).map(|n| doc(dice, n)).collect();
        let indexes = (0..dice.roll(5)).map(|n| index(dice, n, &fields)).collect();
        let schema = schema.to_string();
        let collection = |indexes| Collection::new(row(schema.clone(), indexes), &mut |_| Ok(None)).unwrap();
        let bare_row = || row(schema.clone(), Vec::new());
        let mut world = Self {
            docs,
            view: Snapshot::default(),
            sealed: Snapshot::default(),
            cache: Cache::new(if dice.one_in(3) { 3_000 } else { 1 << 20 }),
            indexed: collection(indexes),
            bare: collection(Vec::new()),
            untracked: Collection::new(CollectionRow { tracked: false, ..bare_row() }, &mut |_| Ok(None))
                .unwrap(),
            fields,
        };
        world.store(dice);
        world.sealed = super::sealed::seal(dice, &world.view, &world.docs);
        world
    }

    /// Every pair of a snapshot and a collection that holds the same records.
    pub(super) fn ways(&self) -> [(&Snapshot, &Collection); 5] {
        [
            (&self.view, &self.indexed),
            (&self.view, &self.untracked),
            (&self.sealed, &self.bare),
            (&self.sealed, &self.indexed),
            (&self.sealed, &self.untracked),
        ]
    }

    pub(super) fn columns<'w>(&'w self, view: &'w Snapshot) -> Columns<'w> {
        Columns::new(view, if view.1.is_empty() { &NO_CACHE } else { &self.cache }, 1)
    }

    /// Writes every record, some of them in two steps, keeping the indexes by their differences.
    fn store(&mut self, dice: &mut Dice) {
        let earlier: Vec<Option<String>> =
            self.docs.iter().map(|_| dice.one_in(3).then(|| data(dice, None).text())).collect();
        let indexes = &self.indexed.row.indexes;
        for (doc, earlier) in self.docs.iter().zip(earlier) {
            let (id, text) = (Id::parse(&doc.id).unwrap(), doc.data.text());
            for (old, new) in [(None, earlier.as_deref()), (earlier.as_deref(), Some(text.as_str()))] {
                for change in difference(indexes, &id, old, new).unwrap() {
                    match change {
                        IndexChange::Delete { key, .. } => assert!(self.view.0.remove(&key).is_some()),
                        IndexChange::Put { key, value, .. } => {
                            assert!(key.len() <= 1_024);
                            assert!(self.view.0.insert(key, value).is_none());
                        }
                    }
                }
            }
            let row = RecordRow {
                version: doc.version,
                created_ms: doc.created_ms,
                updated_ms: doc.created_ms,
                external_id: doc.external_id.as_deref(),
                external_source: doc.external_source.as_deref(),
                data: &text,
            };
            self.view.0.insert(keys::record(1, &id), row.encode());
            if let Some(key) = row.external() {
                let mut value = Vec::new();
                keys::put_id(&mut value, &id);
                self.view.0.insert(keys::external(1, &key), value);
            }
        }
    }
}

fn row(schema: String, indexes: Vec<Index>) -> CollectionRow {
    CollectionRow {
        number: 1,
        id: "things".into(),
        name: "Things".into(),
        schema,
        version: 1,
        created_ms: 0,
        updated_ms: 0,
        indexes,
        references: Vec::new(),
        tracked: true,
    }
}

/// The schema of a field and what it comes to.
fn declared(dice: &mut Dice, name: &str) -> Option<(serde_json::Value, Declared)> {
    use serde_json::json;
    let none = Declared::default();
    match (name, dice.roll(6)) {
        ("data.when", 0..=3) => {
            let schema = json!({"type": ["string", "null"], "format": "date-time"});
            Some((schema, Declared { string: true, date_time: true, ..none }))
        }
        ("data.tags" | "data.tags.1" | "data.when", _) | (_, 0 | 1) => None,
        (_, 2) => Some((json!({"type": "string"}), Declared { string: true, ..none })),
        (_, 3) => Some((json!({"type": ["number", "null"]}), Declared { numeric: true, ..none })),
        (_, 4) => {
            let schema = json!({"type": ["integer", "boolean"]});
            Some((schema, Declared { numeric: true, boolean: true, ..none }))
        }
        _ => Some((json!({"type": "boolean"}), Declared { boolean: true, ..none })),
    }
}

fn index(dice: &mut Dice, number: usize, fields: &[Named]) -> Index {
    let unique = dice.one_in(4);
    let mut chosen: Vec<&Named> = Vec::new();
    for _ in 0..=dice.roll(3) {
        let field = dice.pick(&fields[..NAMES.len()]);
        if chosen.iter().all(|have| have.name != field.name) {
            chosen.push(field);
        }
    }
    if unique && chosen.iter().all(|field| field.name != "data.u") {
        chosen.push(&fields[NAMES.len() - 1]);
    }
    let owned = |path: &[&str]| path.iter().map(|s| (*s).to_owned()).collect();
    Index {
        number: u32::try_from(number).unwrap() + 1,
        paths: chosen.iter().filter_map(|field| field.path.as_deref()).map(owned).collect(),
        instants: chosen.iter().map(|field| field.declared.is_some_and(|d| d.date_time)).collect(),
        unique,
        complete: !dice.one_in(8),
    }
}

pub(super) fn doc(dice: &mut Dice, n: usize) -> Doc {
    let id = match dice.roll(3) {
        0 => format!("01961a3b-0000-7000-8000-{:012x}", n * 7 % 1_000),
        1 => format!("r{n}"),
        _ => format!("{}.{}", ["A", "b", "-"][n % 3], n * 13 % 1_000),
    };
    let source = [None, Some("billing"), Some("crm")][dice.roll(3)];
    let external_id = (dice.one_in(2) || source.is_some()).then(|| format!("x{n}"));
    Doc {
        id,
        external_source: source.map(str::to_owned),
        external_id,
        version: dice.roll(4) as u64 + 1,
        created_ms: dice.roll(5) as u64 * 1_000,
        data: data(dice, Some(n)),
    }
}

/// A document; only one that stays has the unique field.
pub(super) fn data(dice: &mut Dice, n: Option<usize>) -> Value {
    let mut members = Vec::new();
    for key in ["a", "b", "tags", "when", "k.d"] {
        if !dice.one_in(4) {
            let value = match key {
                "tags" if !dice.one_in(4) => {
                    Value::Array((0..dice.roll(4)).map(|_| value(dice, 1)).collect())
                }
                "when" if !dice.one_in(4) => Value::Text((*dice.pick(&TIMES)).to_owned()),
                _ => value(dice, 0),
            };
            members.push((key.to_owned(), value));
        }
    }
    if !dice.one_in(4) {
        let inner = ["x", "y"].map(|key| (key.to_owned(), value(dice, 1)));
        members.push(("n".to_owned(), Value::Object(inner.into())));
    }
    if let Some(n) = n.filter(|_| !dice.one_in(5)) {
        members.push(("u".to_owned(), Value::Number(n.to_string())));
    }
    Value::Object(members)
}

pub(super) const TIMES: [&str; 6] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T02:00:00+02:00",
    "2026-01-01T00:00:00.000000001Z",
    "1969-12-31T23:59:59Z",
    "2026-01-01",
    "soon",
];

const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "1.0",
    "1.50",
    "5",
    "5.0",
    "-3",
    "100",
    "1e2",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551615",
    "-9223372036854775808",
    "1e300",
    "0.1",
    "-0.5",
    "5e-324",
    "18446744073709551616.0",
];

pub(super) fn text(dice: &mut Dice) -> String {
    let x = |n: usize, end: &str| format!("{}{end}", "x".repeat(n));
    match dice.roll(14) {
        0..=5 => {
            (*dice.pick(&["", "a", "b", "ab", "A", "é", "É", "a\"b\\", "\u{1}", "😀", "a\0"])).to_owned()
        }
        6 | 7 => (*dice.pick(&["5", "007", "1e2", "true", "1.0", "null"])).to_owned(),
        8 => (*dice.pick(&TIMES)).to_owned(),
        9 => x(254 + dice.roll(4), dice.pick::<&str>(&["", "\0", "y"])),
        10..=12 => x(300, dice.pick::<&str>(&["", "y", "z"])),
        _ => x(1_022 + dice.roll(4), dice.pick::<&str>(&["", "y", "z"])),
    }
}

pub(super) fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.roll(12) {
        0 => Value::Null,
        1 => Value::Bool(dice.one_in(2)),
        2..=5 => Value::Number((*dice.pick(&NUMBERS)).to_owned()),
        6 if depth < 2 => Value::Array((0..dice.roll(3)).map(|_| value(dice, depth + 1)).collect()),
        7 if depth < 2 => Value::Object(vec![("x".to_owned(), value(dice, depth + 1))]),
        _ => Value::Text(text(dice)),
    }
}
