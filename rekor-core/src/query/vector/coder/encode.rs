//! Writes the codes of rows.

use super::{Coder, UNSET, has_unset};
use crate::codec::id::Id;
use crate::columns::column::{Column, Values};
use crate::columns::form::Cell;
use crate::columns::narrow::{Narrow, with_narrow};
use crate::ground::error::Result;
use crate::query::vector::atom::{Atom, atom_of};
use crate::query::vector::gather::gather;
use crate::query::vector::offset::Offset;
use crate::query::vector::selection::Selection;
use crate::query::vector::taken::{Key, Taken};

impl Coder {
    /// Writes the code of every row of a slot.
    pub(in crate::query::vector) fn encode_taken(
        &mut self,
        taken: &Taken<'_>,
        rows: usize,
        out: &mut Vec<u32>,
    ) -> Result<()> {
        match taken {
            Taken::Column(column) => self.encode(column, rows, out)?,
            Taken::Ids(ids) => self.encode_ids(ids, out),
            Taken::Unused => {}
        }
        Ok(())
    }

    /// Writes the code of every row of a group field; that of a text without a copy of the rows.
    pub(in crate::query::vector) fn encode_key(
        &mut self,
        key: &Key<'_>,
        rows: usize,
        out: &mut Vec<u32>,
    ) -> Result<()> {
        match key {
            Key::Ids(ids) => self.encode_ids(ids, out),
            Key::Column(
                Column { values: Values::Codes { base, offsets, dictionary }, .. },
                Selection::Rows(rows),
            ) => {
                out.clear();
                let memo = self.memo(dictionary);
                with_narrow!(offsets, offsets => {
                    let picked = rows.iter().map(|row| offsets.get(*row as usize).copied().unwrap_or_default());
                    self.encode_codes(memo, *base, picked, out);
                });
            }
            Key::Column(column, selection) => self.encode(&gather(column, *selection), rows, out)?,
        }
        Ok(())
    }

    fn encode_ids(&mut self, ids: &[Id], out: &mut Vec<u32>) {
        out.clear();
        for id in ids {
            let atom = self.atom_of_id(id.clone());
            out.push(self.code_of(atom));
        }
    }

    /// Writes the code of every row of a column.
    pub(in crate::query::vector) fn encode(
        &mut self,
        column: &Column,
        rows: usize,
        out: &mut Vec<u32>,
    ) -> Result<()> {
        out.clear();
        let present = column.present.as_deref();
        match &column.values {
            Values::Constant(cell, dictionary) => {
                let memo = self.memo(dictionary);
                let code = self.code_of(atom_of(*cell, memo)?);
                out.resize(rows, code);
            }
            Values::Tags(tags) => {
                for tag in tags {
                    let cell = Cell::of_bits(*tag, 0).unwrap_or(Cell::Null);
                    out.push(self.code_of(atom_of(cell, 0)?));
                }
            }
            Values::Ints { base, offsets } => {
                with_narrow!(offsets, offsets => self.encode_integers(*base, offsets, present, out));
            }
            Values::Times { base, offsets, digits } => {
                self.encode_times(*base, offsets, *digits, present, out)
            }
            Values::Doubles(doubles) => {
                out.extend(doubles.iter().enumerate().map(|(row, double)| {
                    let there = present.is_none_or(|present| present.get(row) == Some(&1));
                    self.code_of(if there { Atom::of_double(*double) } else { Atom::Null })
                }));
            }
            Values::Codes { base, offsets, dictionary } => {
                let memo = self.memo(dictionary);
                with_narrow!(offsets, offsets => self.encode_codes(memo, *base, offsets.iter().copied(), out));
            }
            Values::Mixed { tags, bits, dictionary } => {
                let memo = self.memo(dictionary);
                for (tag, bits) in tags.iter().zip(bits) {
                    let cell = Cell::of_bits(*tag, *bits).unwrap_or(Cell::Null);
                    out.push(self.code_of(atom_of(cell, memo)?));
                }
            }
        }
        Ok(())
    }

    /// Looks all up first, which nearly always finds them; what is new is given a code after.
    fn encode_codes<T: Offset>(
        &mut self,
        memo: u32,
        base: u32,
        offsets: impl Iterator<Item = T> + Clone,
        out: &mut Vec<u32>,
    ) {
        const BYTES: usize = 256;
        let own = |offset: T| if offset.wide() == 0 { 0 } else { base as usize + offset.place() };
        let codes = self.memos.get(memo as usize).map_or(&[][..], |memo| &memo.codes);
        if T::GREATEST < BYTES as u64 {
            let mut table = [UNSET; BYTES];
            let window = codes.get(base as usize..).unwrap_or_default();
            table.iter_mut().zip(window).for_each(|(place, code)| *place = *code);
            table[0] = codes.first().copied().unwrap_or(UNSET);
            out.extend(
                offsets.clone().map(|offset| table.get(offset.place() % BYTES).copied().unwrap_or(UNSET)),
            );
        } else {
            out.extend(offsets.clone().map(|offset| codes.get(own(offset)).copied().unwrap_or(UNSET)));
        }
        if has_unset(out) {
            for (code, offset) in out.iter_mut().zip(offsets).filter(|(code, _)| **code == UNSET) {
                let own = u32::try_from(own(offset)).unwrap_or(0);
                *code = self.code_of(Atom::Code(memo, own));
            }
        }
    }

    fn encode_integers<T: Offset>(
        &mut self,
        base: i64,
        offsets: &[T],
        present: Option<&[u8]>,
        out: &mut Vec<u32>,
    ) {
        let greatest = offsets.iter().map(|offset| offset.wide()).max().unwrap_or(0);
        let windowed = self.window.cover(base, greatest);
        match windowed {
            Some(codes) => {
                out.extend(offsets.iter().map(|at| codes.get(at.place()).copied().unwrap_or(UNSET)));
            }
            None => out.extend(offsets.iter().map(|offset| {
                let integer = base.wrapping_add_unsigned(offset.wide());
                self.integers.get(&integer).copied().unwrap_or(UNSET)
            })),
        }
        let windowed = windowed.is_some();
        if let Some(present) = present {
            // What stands where there is no value must not become one.
            let null = if present.contains(&0) { self.code_of(Atom::Null) } else { UNSET };
            let absent = out.iter_mut().zip(present).filter(|(_, present)| **present == 0);
            absent.for_each(|(code, _)| *code = null);
        }
        if has_unset(out) {
            for (code, offset) in out.iter_mut().zip(offsets).filter(|(code, _)| **code == UNSET) {
                let integer = base.wrapping_add_unsigned(offset.wide());
                *code = self.code_of(Atom::Int(integer));
                if windowed {
                    self.window.set(integer, *code);
                }
            }
        }
    }

    fn encode_times(
        &mut self,
        base: i64,
        offsets: &Narrow,
        digits: u8,
        present: Option<&[u8]>,
        out: &mut Vec<u32>,
    ) {
        out.extend((0..offsets.len()).map(|row| {
            let there = present.is_none_or(|present| present.get(row) == Some(&1));
            let units = base.wrapping_add_unsigned(offsets.get(row));
            self.code_of(if there { Atom::Time(units, digits) } else { Atom::Null })
        }));
    }
}
