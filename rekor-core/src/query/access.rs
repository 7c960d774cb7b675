//! Carries out a plan: reads the records that an access path leads to and hands each to a visitor. Knows nothing of
//! filters or pages; the visitor says when it has enough, and is asked only where what was read so far comes
//! before everything that is still to come.

use std::ops::ControlFlow;

use crate::codec::collection::CollectionRow;
use crate::codec::id::Id;
use crate::codec::keys;
use crate::codec::pick::Picker;
use crate::codec::row::decode_record;
use crate::codec::scalar::Scalar;
use crate::engine::View;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::QUERY_MS;
use crate::query::plan::{Access, Plan};
use crate::query::show;
use crate::query::tuple::{Candidate, Slots};

/// Rows between two looks at the clock.
const DEADLINE_ROWS: u64 = 1_024;
/// Slots whose values are kept on the stack.
const SLOTS_NEAR: usize = 16;

/// Takes the records that are read.
pub(super) trait Visitor {
    /// Takes one record.
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()>;

    /// Whether it looks at the values of the next record, which stands in the order asked for if `in_order`.
    fn wants_values(&self, _in_order: bool) -> bool {
        true
    }

    /// Whether it needs nothing that comes later in the order asked for.
    fn is_full(&self) -> bool;
}

/// Reads the records of one collection in one snapshot.
pub(super) struct Reader<'r> {
    pub(super) view: &'r dyn View,
    pub(super) collection: &'r CollectionRow,
    slots: &'r Slots<'r>,
    picker: Picker,
    deadline: Deadline,
    /// Rows and index entries read so far.
    pub(super) examined: u64,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        view: &'r dyn View,
        collection: &'r CollectionRow,
        slots: &'r Slots<'r>,
        deadline: Deadline,
    ) -> Self {
        Self { view, collection, slots, picker: slots.picker(), deadline, examined: 0 }
    }

    /// Reads what the plan leads to, from after `resume` on: the values and the id of a record in the order.
    pub(super) fn read(
        &mut self,
        plan: &Plan,
        resume: Option<&(Vec<Scalar<'static>>, Id)>,
        visitor: &mut dyn Visitor,
    ) -> Result<()> {
        let resume = resume.filter(|_| plan.sorted);
        match &plan.access {
            Access::Ids(ids) => self.gets(ids, plan.sorted, visitor),
            Access::External(key) => {
                let id = show::holder(self.view, self.collection.number, key)?;
                self.gets(id.as_slice(), plan.sorted, visitor)
            }
            Access::Index(scan) => {
                let resume = resume.and_then(|(values, id)| scan.resume(values, id));
                self.read_index(scan, resume.as_ref(), visitor)
            }
            Access::Columns => Err(Error::new(Code::Internal, "columns are not read row by row")),
            Access::Rows { lo, hi, rev } => {
                let (mut lo, mut hi) = (lo.clone(), hi.clone());
                if let Some((_, id)) = resume {
                    let (at, after) = keys::range(keys::record(self.collection.number, id));
                    if *rev { hi = hi.min(at) } else { lo = lo.max(after) }
                }
                self.rows((&lo, &hi), *rev, plan.sorted, visitor)
            }
        }
    }

    fn rows(
        &mut self,
        span: (&[u8], &[u8]),
        rev: bool,
        sorted: bool,
        visitor: &mut dyn Visitor,
    ) -> Result<()> {
        let view = self.view;
        let mut outcome = Ok(());
        view.scan_each(span.0, span.1, rev, &mut |key, _, value| {
            outcome = keys::record_id(key).and_then(|id| self.row(&id, value, sorted, visitor));
            if outcome.is_err() || sorted && visitor.is_full() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        outcome
    }

    fn gets(&mut self, ids: &[Id], in_order: bool, visitor: &mut dyn Visitor) -> Result<()> {
        ids.iter().try_for_each(|id| self.get(id, in_order, visitor).map(|_| ()))
    }

    /// Reads one record, if it is there. `in_order` says that it stands after all that were read before, in the
    /// order asked for, and before all that come later.
    pub(super) fn get(&mut self, id: &Id, in_order: bool, visitor: &mut dyn Visitor) -> Result<bool> {
        let view = self.view;
        let mut outcome = Ok(false);
        view.get_with(&keys::record(self.collection.number, id), &mut |found| {
            if let Some((_, value)) = found {
                outcome = self.row(id, value, in_order, visitor).map(|()| true);
            }
        })?;
        outcome
    }

    /// Looks into one row.
    pub(super) fn row(
        &mut self,
        id: &Id,
        value: &[u8],
        in_order: bool,
        visitor: &mut dyn Visitor,
    ) -> Result<()> {
        self.count()?;
        let (row, slots) = (decode_record(value)?, self.slots);
        if !visitor.wants_values(in_order) {
            return visitor.visit(&Candidate { id, row, found: &[], slots, in_order });
        }
        let mut near = [None; SLOTS_NEAR];
        let mut far = Vec::new();
        let found = match near.get_mut(..self.slots.count()) {
            Some(found) => found,
            None => {
                far.resize(self.slots.count(), None);
                far.as_mut_slice()
            }
        };
        self.picker.pick(row.data, found)?;
        visitor.visit(&Candidate { id, row, found, slots, in_order })
    }

    /// Counts a row or an entry, and gives up when the time is over.
    pub(super) fn count(&mut self) -> Result<()> {
        self.examined += 1;
        if self.examined.is_multiple_of(DEADLINE_ROWS) {
            self.deadline.check(&QUERY_MS).map_err(|e| {
                e.hint("narrow the filter, or declare an index with \"x-index\": true in the schema")
            })?;
        }
        Ok(())
    }
}
