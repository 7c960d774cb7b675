//! Compares dirty entries with the rows that they speak of. What an entry says counts only if it is newer than the group
//! that covers it; that it can be read is asked of all.

use crate::codec::row::{RecordRow, decode_record};
use crate::codec::{column_keys, keys};
use crate::columns::dirty::{Dirty, Scalars};
use crate::columns::leaf::Leaf;
use crate::columns::paths::{DATA, Paths};
use crate::columns::shred::{Sink, shred};
use crate::engine::Seq;
use crate::ground::error::Result;
use crate::ops::check_columns::walk::each;
use crate::ops::check_columns::{Checker, sound};

impl Checker<'_> {
    /// Checks the entries of the ids from `from` to before `to`, which a group of this age covers, or none. Answers
    /// whether any counts.
    pub(super) fn entries(&mut self, from: &[u8], to: &[u8], as_of: Option<Seq>) -> Result<bool> {
        let (lo, hi) = (column_keys::dirty(self.number, from), column_keys::dirty(self.number, to));
        let columns = self.columns;
        let mut any = false;
        each(columns.view, &lo, &hi, &mut |key, version, value| {
            let id = column_keys::id_part(key)?;
            let counts = as_of.is_none_or(|as_of| version > as_of);
            any |= counts;
            match sound(Dirty::decode(value))? {
                None => self.record_problem(id, "its dirty entry is damaged"),
                Some(entry) if counts => self.entry(id, version, &entry)?,
                Some(_) => {}
            }
            Ok(())
        })?;
        Ok(any)
    }

    /// Compares an entry with the row.
    fn entry(&mut self, id: &[u8], version: Seq, entry: &Dirty<'_>) -> Result<()> {
        let mut outcome = Ok(None);
        let view = self.columns.view;
        let wide = &mut self.wide;
        view.get_with(&keys::record_at(self.number, id), &mut |row| {
            outcome = fault(wide, version, entry, row)
        })?;
        if let Some(what) = outcome? {
            self.record_problem(id, what);
        }
        Ok(())
    }
}

/// What is wrong with an entry, given the row.
fn fault(
    wide: &mut Paths,
    version: Seq,
    entry: &Dirty<'_>,
    row: Option<(Seq, &[u8])>,
) -> Result<Option<&'static str>> {
    let (row_version, bytes) = match (entry, row) {
        (Dirty::Gone, None) => return Ok(None),
        (Dirty::Gone, Some(_)) => {
            return Ok(Some("its dirty entry says that it is deleted, but it is there"));
        }
        (_, None) => return Ok(Some("it has a dirty entry, but no row")),
        (_, Some(row)) => row,
    };
    if row_version != version {
        return Ok(Some("its dirty entry and its row are of different commits"));
    }
    let Dirty::Scalars(scalars) = entry else { return Ok(None) };
    // A row that does not decode is reported with the rows.
    let Some(row) = sound(decode_record(bytes))? else { return Ok(None) };
    let is_same = sound(is_same(wide, scalars, &row))?;
    Ok((is_same != Some(true)).then_some("its dirty entry does not say what its row does"))
}

/// Whether an entry has all scalars of a row, and no other.
fn is_same(wide: &mut Paths, scalars: &Scalars<'_>, row: &RecordRow<'_>) -> Result<bool> {
    let own = (scalars.version, scalars.created_ms, scalars.updated_ms);
    if own != (row.version, row.created_ms, row.updated_ms)
        || (scalars.external_id, scalars.external_source) != (row.external_id, row.external_source)
    {
        return Ok(false);
    }
    let mut all = All { wide, guess: 0, leaves: Vec::new() };
    shred(row.data, DATA, &mut all)?;
    // A scalar of a path that got no number is passed over on both sides.
    let mut is_same = scalars.len() == all.leaves.len() || all.wide.is_full();
    let mut due = all.leaves.into_iter();
    scalars.each(
        wide,
        |_| true,
        |path, leaf| {
            is_same &= due.next() == Some((path, leaf));
            Ok(())
        },
    )?;
    Ok(is_same && due.next().is_none())
}

/// Takes all scalars of a row, with a number for every path as long as there are any.
struct All<'w, 't> {
    wide: &'w mut Paths,
    guess: usize,
    leaves: Vec<(u32, Leaf<'t>)>,
}

impl<'t> Sink<'t> for All<'_, 't> {
    fn member(&mut self, parent: u32, key: &'t str) -> Option<u32> {
        let mut nested = 0;
        let guess = if parent == DATA { &mut self.guess } else { &mut nested };
        self.wide.child(parent, key, guess).or_else(|| self.wide.add(parent, key))
    }

    fn take(&mut self, path: u32, leaf: Leaf<'t>) {
        self.leaves.push((path, leaf));
    }
}
