//! Takes what a scan finds as parts of columns: whole arrays where a block has them, value by value elsewhere.

use std::sync::Arc;

use crate::codec::id::Id;
use crate::codec::scalar::Scalar;
use crate::columns::column::{Column, Values as Stored};
use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::ids::key_of;
use crate::columns::narrow::Narrow;
use crate::ground::error::Result;
use crate::query::fields::{Field, Typing};
use crate::query::order::Order;
use crate::query::scan::Sink;
use crate::query::tuple::{Slots, Tuple};
use crate::query::vector::block::Block;
use crate::query::vector::selection::Selection;

use super::part::{Part, Texts, Values};

/// Rows that came together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The ids of the first and the last as they stand in keys.
    pub(super) first: Vec<u8>,
    pub(super) last: Vec<u8>,
    /// Whether some do not follow the one before in the order of ids.
    pub(super) is_mixed: bool,
    pub(super) rows: usize,
    /// One for each column asked for.
    pub(super) parts: Vec<Part>,
}

/// The rows that one thread finds.
pub(super) struct TableSink<'t> {
    slots: &'t Slots<'t>,
    wanted: &'t [usize],
    /// How rows are put in order one by one, if they are.
    order: Option<&'t Order>,
    pub(super) gathered: Vec<Gathered>,
    /// The rows that came one by one.
    pub(super) single: Gathered,
    /// The order keys of all rows of `gathered`, then of `single`.
    pub(super) keys: Vec<Texts>,
    pub(super) single_keys: Texts,
    key: Vec<u8>,
}

impl<'t> TableSink<'t> {
    pub(super) fn new(slots: &'t Slots<'t>, wanted: &'t [usize], order: Option<&'t Order>) -> Self {
        let single =
            Gathered { parts: wanted.iter().map(|_| Part::default()).collect(), ..Gathered::default() };
        Self {
            slots,
            wanted,
            order,
            gathered: Vec::new(),
            single,
            keys: Vec::new(),
            single_keys: Texts::default(),
            key: Vec::new(),
        }
    }

    fn part(&self, block: &Block<'_>, selection: &Selection<'_>, slot: usize) -> Result<Part> {
        let Some((field, typing)) = self.slots.field(slot) else { return Ok(Part::default()) };
        let column = block.columns.get(slot).filter(|_| *field != Field::Id);
        if let Some(part) = column.and_then(|column| whole(column, block.rows, *typing)) {
            return Ok(match selection {
                Selection::All => part,
                Selection::Rows(rows) => {
                    Part::take(&[&part], &rows.iter().map(|row| (0, *row)).collect::<Vec<_>>())
                }
            });
        }
        let mut part = Part::default();
        for row in rows(block, selection) {
            let tuple = block.tuple(row);
            part.push(&tuple.value(slot)?, tuple.text(slot)?);
        }
        Ok(part)
    }
}

fn rows<'s>(block: &Block<'_>, selection: &'s Selection<'s>) -> Box<dyn Iterator<Item = usize> + 's> {
    match selection {
        Selection::All => Box::new(0..block.rows),
        Selection::Rows(rows) => Box::new(rows.iter().map(|row| *row as usize)),
    }
}

impl Sink for TableSink<'_> {
    const IDS: bool = true;

    fn block(&mut self, block: &Block<'_>, selection: &Selection<'_>) -> Result<()> {
        let parts = self.wanted.iter().map(|slot| self.part(block, selection, *slot));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let mut ends = rows(block, selection);
        let Some(first) = ends.next() else { return Ok(()) };
        let last = key_of(&block.ids.id(ends.last().unwrap_or(first))?);
        let first = key_of(&block.ids.id(first)?);
        if let Some(order) = self.order {
            let mut keys = Texts::default();
            for row in rows(block, selection) {
                self.key.clear();
                order.put_key(&block.tuple(row), &block.ids.id(row)?, &mut self.key)?;
                keys.push_bytes(&self.key);
            }
            self.keys.push(keys);
        }
        let rows = selection.len(block.rows);
        self.gathered.push(Gathered { first, last, rows, parts, is_mixed: false });
        Ok(())
    }

    fn tuple(&mut self, tuple: &impl Tuple, id: &Id) -> Result<()> {
        for (slot, part) in self.wanted.iter().zip(&mut self.single.parts) {
            let value = tuple.value(*slot)?;
            let text = match value {
                Scalar::Text(_) | Scalar::Instant(_) | Scalar::Id(_) => tuple.text(*slot)?,
                _ => None,
            };
            part.push(&value, text);
        }
        let key = key_of(id);
        if self.single.rows == 0 {
            self.single.first.clone_from(&key);
        }
        self.single.is_mixed |= self.single.last > key;
        self.single.last = key;
        self.single.rows += 1;
        if let Some(order) = self.order {
            self.key.clear();
            order.put_key(tuple, id, &mut self.key)?;
            self.single_keys.push_bytes(&self.key);
        }
        Ok(())
    }

    fn merge(&mut self, mut other: Self) -> Result<()> {
        self.gathered.append(&mut other.gathered);
        self.keys.append(&mut other.keys);
        if other.single.rows > 0 {
            self.gathered.push(other.single);
            self.keys.push(other.single_keys);
        }
        Ok(())
    }

    fn is_full(&self, _: &[u8], _: bool) -> bool {
        false
    }
}

/// A column as a part, where it needs no look at each value's type.
fn whole(column: &Arc<Column>, rows: usize, typing: Typing) -> Option<Part> {
    let present = || column.present.clone();
    Some(match &column.values {
        Stored::Ints { base, offsets } => Part::of(Values::Ints(added(*base, offsets)), rows, present()),
        Stored::Doubles(doubles) => Part::of(Values::Doubles(doubles.clone()), rows, present()),
        Stored::Times { base, offsets, digits } if typing.date_time && *digits <= 6 => {
            let unit = 10_i64.pow(u32::from(6 - digits));
            let mut times = added(*base, offsets);
            times.iter_mut().for_each(|time| *time = time.wrapping_mul(unit));
            Part { digits: *digits, ..Part::of(Values::Micros(times), rows, present()) }
        }
        Stored::Codes { base, offsets, dictionary } => texts(*base, offsets, dictionary)?,
        _ => return None,
    })
}

fn added(base: i64, offsets: &Narrow) -> Vec<i64> {
    match offsets {
        Narrow::U64(offsets) => offsets.iter().map(|offset| base.wrapping_add_unsigned(*offset)).collect(),
        Narrow::U32(offsets) => offsets.iter().map(|offset| base.wrapping_add(i64::from(*offset))).collect(),
        Narrow::U16(offsets) => offsets.iter().map(|offset| base.wrapping_add(i64::from(*offset))).collect(),
        Narrow::U8(offsets) => offsets.iter().map(|offset| base.wrapping_add(i64::from(*offset))).collect(),
    }
}

/// The texts of codes; none where a code stands for an array.
fn texts(base: u32, offsets: &Narrow, dictionary: &Dictionary) -> Option<Part> {
    let rows = offsets.len();
    let mut texts = Texts { ends: Vec::with_capacity(rows), bytes: Vec::with_capacity(rows * 12) };
    let mut present = vec![1; rows];
    // Codes lie close together where texts repeat: each is looked up once then.
    let mut known: Vec<Option<&str>> = vec![None; rows.min(1 << 12)];
    for (row, place) in present.iter_mut().enumerate() {
        let offset = offsets.get(row);
        if offset == 0 {
            *place = 0;
            texts.push("");
            continue;
        }
        let slot = usize::try_from(offset).ok().and_then(|offset| known.get_mut(offset));
        if let Some(Some(text)) = slot {
            texts.push(text);
            continue;
        }
        let code = u32::try_from(u64::from(base).wrapping_add(offset)).ok();
        match code.and_then(|code| dictionary.entry(code)) {
            Some(Entry::Text(text)) => {
                slot.into_iter().for_each(|slot| *slot = Some(text));
                texts.push(text);
            }
            Some(Entry::Array(_)) => return None,
            None => {
                *place = 0;
                texts.push("");
            }
        }
    }
    Some(Part::of(Values::Texts(texts), rows, Some(present)))
}
