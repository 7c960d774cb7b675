//! Dirty entries: what a record became since its group was sealed, in a form that a query reads without the row.
//!
//! Writers make them blindly: the numbers of paths come from the table in the writer's view, and a path that has no
//! number there is spelled out in the entry. Since numbers never change, a later table reads the entry as well.

use crate::codec::row::RecordRow;
use crate::columns::bytes::{Taker, damaged, envelope, open, put_bytes, put_varint, seal};
use crate::columns::leaf::Leaf;
use crate::columns::paths::{DATA, Paths};
use crate::columns::shred::{Sink, shred};
use crate::ground::error::Result;

const GONE: u8 = 0;
const SCALARS: u8 = 1;
const ROW: u8 = 2;
const HAS_EXTERNAL: u8 = 1;
const HAS_SOURCE: u8 = 2;
/// Scalars that an entry holds at most; a record with more is read from its row.
const SCALARS_MAX: usize = 256;
/// Bytes from which on a record is read from its row instead.
const BYTES_MAX: usize = 16 << 10;

/// A dirty entry.
#[derive(Debug)]
pub enum Dirty<'b> {
    /// The record was deleted.
    Gone,
    /// The row must be read.
    Row,
    /// The record's scalars.
    Scalars(Scalars<'b>),
}

/// The scalars of a record that is dirty.
#[derive(Debug)]
pub struct Scalars<'b> {
    /// The record's version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// The external id.
    pub external_id: Option<&'b str>,
    /// The external source.
    pub external_source: Option<&'b str>,
    /// Numbers from this one on are paths that the entry itself spells.
    base: u32,
    spelled: Vec<(u32, &'b str)>,
    count: usize,
    leaves: Taker<'b>,
}

/// The entry of a record that was written, or of one that was deleted.
pub fn encode(row: Option<&RecordRow<'_>>, paths: &Paths) -> Result<Vec<u8>> {
    let mut out = envelope();
    let Some(row) = row else {
        out.push(GONE);
        return Ok(seal(out));
    };
    let mut sheet = Sheet { paths, guess: 0, spelled: Vec::new(), leaves: Vec::new(), bytes: 0 };
    shred(row.data, DATA, &mut sheet)?;
    // Members that are null are spelled and leave no scalar; after so many, the sheet takes nothing more.
    let is_cut = sheet.leaves.len() > SCALARS_MAX || sheet.spelled.len() > SCALARS_MAX;
    if is_cut || sheet.bytes > BYTES_MAX {
        out.push(ROW);
        return Ok(seal(out));
    }
    out.push(SCALARS);
    [row.version, row.created_ms, row.updated_ms].iter().for_each(|number| put_varint(&mut out, *number));
    let flags = if row.external_id.is_some() { HAS_EXTERNAL } else { 0 }
        | if row.external_source.is_some() { HAS_SOURCE } else { 0 };
    out.push(flags);
    for text in [row.external_id, row.external_source].into_iter().flatten() {
        put_bytes(&mut out, text.as_bytes());
    }
    put_varint(&mut out, paths.end().into());
    put_varint(&mut out, sheet.spelled.len() as u64);
    for (parent, key) in &sheet.spelled {
        put_varint(&mut out, (*parent).into());
        put_bytes(&mut out, key.as_bytes());
    }
    put_varint(&mut out, sheet.leaves.len() as u64);
    for (path, leaf) in &sheet.leaves {
        put_varint(&mut out, (*path).into());
        leaf.put(&mut out);
    }
    Ok(seal(out))
}

/// Collects the scalars of one record.
struct Sheet<'s, 't> {
    paths: &'s Paths,
    guess: usize,
    spelled: Vec<(u32, &'t str)>,
    leaves: Vec<(u32, Leaf<'t>)>,
    bytes: usize,
}

impl<'t> Sink<'t> for Sheet<'_, 't> {
    fn member(&mut self, parent: u32, key: &'t str) -> Option<u32> {
        if self.leaves.len() > SCALARS_MAX || self.spelled.len() > SCALARS_MAX {
            return None;
        }
        let mut nested = 0;
        let guess = if parent == DATA { &mut self.guess } else { &mut nested };
        if let Some(known) = self.paths.child(parent, key, guess) {
            return Some(known);
        }
        // Keys of an object differ, so a path is met once.
        self.spelled.push((parent, key));
        self.bytes += key.len();
        Some(self.paths.end() + u32::try_from(self.spelled.len()).unwrap_or(u32::MAX) - 1)
    }

    fn take(&mut self, path: u32, leaf: Leaf<'t>) {
        self.bytes += match &leaf {
            Leaf::Text(text) | Leaf::Array(text) => text.len(),
            _ => 10,
        };
        self.leaves.push((path, leaf));
    }
}

impl<'b> Dirty<'b> {
    /// Reads an entry.
    pub fn decode(value: &'b [u8]) -> Result<Self> {
        let mut taker = open(value)?;
        match taker.byte()? {
            GONE => Ok(Self::Gone),
            ROW => Ok(Self::Row),
            SCALARS => Scalars::decode(taker).map(Self::Scalars),
            _ => Err(damaged()),
        }
    }
}

impl<'b> Scalars<'b> {
    fn decode(mut taker: Taker<'b>) -> Result<Self> {
        let (version, created_ms, updated_ms) = (taker.varint()?, taker.varint()?, taker.varint()?);
        let flags = taker.byte()?;
        let mut text = |flag: u8| if flags & flag == 0 { Ok(None) } else { taker.text().map(Some) };
        let (external_id, external_source) = (text(HAS_EXTERNAL)?, text(HAS_SOURCE)?);
        let (base, count) = (taker.u32()?, taker.length()?);
        let mut spelled = Vec::with_capacity(count.min(SCALARS_MAX));
        for _ in 0..count {
            spelled.push((taker.u32()?, taker.text()?));
        }
        let count = taker.length()?;
        let leaves = taker;
        Ok(Self {
            version,
            created_ms,
            updated_ms,
            external_id,
            external_source,
            base,
            spelled,
            count,
            leaves,
        })
    }

    /// How many scalars there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Hands each scalar to `take` whose path, by its number in `paths`, `wants` wants.
    pub fn each(
        &self,
        paths: &Paths,
        wants: impl Fn(u32) -> bool,
        mut take: impl FnMut(u32, Leaf<'b>) -> Result<()>,
    ) -> Result<()> {
        let mut known: Vec<Option<u32>> = Vec::with_capacity(self.spelled.len());
        for (parent, key) in &self.spelled {
            let parent = match parent.checked_sub(self.base) {
                None => Some(*parent),
                Some(at) => known.get(at as usize).copied().flatten(),
            };
            known.push(parent.and_then(|parent| paths.child(parent, key, &mut 0)));
        }
        let mut taker = self.leaves;
        for _ in 0..self.count {
            let number = taker.u32()?;
            let path = match number.checked_sub(self.base) {
                None => Some(number),
                Some(at) => known.get(at as usize).copied().flatten(),
            };
            match path.filter(|path| wants(*path)) {
                Some(path) => take(path, Leaf::take(&mut taker)?)?,
                None => Leaf::skip(&mut taker)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(data: &str) -> RecordRow<'_> {
        RecordRow {
            version: 3,
            created_ms: 5,
            updated_ms: 7,
            external_id: Some("x"),
            external_source: None,
            data,
        }
    }

    fn read(entry: &[u8], paths: &Paths) -> Vec<(u32, String)> {
        let Dirty::Scalars(scalars) = Dirty::decode(entry).unwrap() else { panic!("no scalars") };
        assert_eq!((scalars.version, scalars.created_ms, scalars.updated_ms), (3, 5, 7));
        assert_eq!((scalars.external_id, scalars.external_source), (Some("x"), None));
        let mut found = Vec::new();
        let take = |path, leaf: Leaf<'_>| {
            found.push((path, format!("{leaf:?}")));
            Ok(())
        };
        scalars.each(paths, |_| true, take).unwrap();
        found
    }

    #[test]
    fn an_entry_is_read_under_a_later_table() {
        let data = r#"{"new":{"deep":1},"old":true}"#;
        let mut paths = Paths::default();
        let old = paths.add(DATA, "old").unwrap();
        let entry = encode(Some(&row(data)), &paths).unwrap();
        assert_eq!(read(&entry, &paths), [(old, "Bool(true)".to_owned())]);
        paths.add(DATA, "between").unwrap();
        let new = paths.add(DATA, "new").unwrap();
        let deep = paths.add(new, "deep").unwrap();
        let all = read(&entry, &paths);
        assert_eq!(all, [(new, "Object".to_owned()), (deep, "Int(1)".into()), (old, "Bool(true)".into())]);
    }

    #[test]
    fn large_records_are_left_to_their_rows() {
        let long = "x".repeat(1_000);
        let many: Vec<String> = (0..SCALARS_MAX + 1).map(|n| format!("\"k{n}\":1")).collect();
        let texts: Vec<String> = (0..20).map(|n| format!("\"k{n}\":\"{long}\"")).collect();
        // Nulls are no scalars, but their keys are spelled: a value after too many must not get lost.
        let nulls: Vec<String> = (0..=SCALARS_MAX).map(|n| format!("\"k{n}\":null")).collect();
        let hidden = [nulls, vec!["\"last\":1".to_owned()]].concat();
        for members in [many, texts, hidden] {
            let data = format!("{{{}}}", members.join(","));
            let entry = encode(Some(&row(&data)), &Paths::default()).unwrap();
            assert!(matches!(Dirty::decode(&entry).unwrap(), Dirty::Row));
        }
        assert!(matches!(Dirty::decode(&encode(None, &Paths::default()).unwrap()).unwrap(), Dirty::Gone));
    }
}
