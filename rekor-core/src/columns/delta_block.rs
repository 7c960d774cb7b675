//! Dirty entries as columns, in memory: many of them are filtered and summed up as groups are. Only the paths that a query
//! looks at are made.

use std::sync::Arc;

use crate::columns::column::Column;
use crate::columns::delta::Delta;
use crate::columns::dirty::{Dirty, Scalars};
use crate::columns::draft::{Draft, times};
use crate::columns::form::Head;
use crate::columns::group::Group;
use crate::columns::ids::Ids;
use crate::columns::leaf::Leaf;
use crate::columns::paths::{CREATED, EXTERNAL_ID, EXTERNAL_SOURCE, Paths, UPDATED, VERSION};
use crate::columns::seal::GROUP_ROWS;
use crate::columns::texts::Texts;
use crate::engine::Seq;
use crate::ground::error::Result;

/// Entries as groups that are not stored.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The records, in the order of ids, with columns of the wanted paths only.
    pub groups: Vec<Arc<Group>>,
    /// The places of the entries of which the row must be read.
    pub rows: Vec<usize>,
}

impl Blocks {
    /// Makes columns of the paths with these numbers, in ascending order.
    pub fn new(delta: &Delta, paths: &Paths, wanted: &[u32]) -> Result<Self> {
        let mut made = Self::default();
        let mut sheet = Sheet::new(wanted);
        for at in 0..delta.len() {
            match delta.entry(at)? {
                Dirty::Gone => {}
                Dirty::Row => made.rows.push(at),
                Dirty::Scalars(scalars) => sheet.take(delta.id(at), &scalars, paths)?,
            }
            if sheet.ids.len() == GROUP_ROWS {
                made.groups.push(sheet.finish()?);
                sheet = Sheet::new(wanted);
            }
        }
        if !sheet.ids.is_empty() {
            made.groups.push(sheet.finish()?);
        }
        Ok(made)
    }
}

/// The entries of one block.
struct Sheet<'w, 'b> {
    wanted: &'w [u32],
    drafts: Vec<Draft<'b>>,
    ids: Vec<&'b [u8]>,
    created: Vec<u64>,
    updated: Vec<u64>,
}

impl<'w, 'b> Sheet<'w, 'b> {
    fn new(wanted: &'w [u32]) -> Self {
        let drafts = wanted.iter().map(|_| Draft::default()).collect();
        Self { wanted, drafts, ids: Vec::new(), created: Vec::new(), updated: Vec::new() }
    }

    fn push(&mut self, path: u32, row: u32, leaf: Leaf<'b>) {
        if let Ok(at) = self.wanted.binary_search(&path)
            && let Some(draft) = self.drafts.get_mut(at)
        {
            draft.push(row, leaf);
        }
    }

    fn take(&mut self, id: &'b [u8], scalars: &Scalars<'b>, paths: &Paths) -> Result<()> {
        let row = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id);
        self.created.push(scalars.created_ms);
        self.updated.push(scalars.updated_ms);
        self.push(
            VERSION,
            row,
            i64::try_from(scalars.version).map_or(Leaf::Wide(scalars.version), Leaf::Int),
        );
        for (path, text) in [(EXTERNAL_ID, scalars.external_id), (EXTERNAL_SOURCE, scalars.external_source)] {
            if let Some(text) = text {
                self.push(path, row, Leaf::text(text.into()));
            }
        }
        let wanted = self.wanted;
        scalars.each(
            paths,
            |path| wanted.binary_search(&path).is_ok(),
            |path, leaf| {
                self.push(path, row, leaf);
                Ok(())
            },
        )
    }

    fn finish(self) -> Result<Arc<Group>> {
        let rows = self.ids.len();
        let (mut heads, mut columns) = (Vec::new(), Vec::new());
        let mut add = |(head, block): (Head, Option<Vec<u8>>), texts: Texts| -> Result<()> {
            let dictionary = Arc::new(texts.dictionary());
            columns.push(Arc::new(Column::decode(&head, rows, &block.unwrap_or_default(), dictionary)?));
            heads.push(head);
            Ok(())
        };
        for (path, draft) in self.wanted.iter().zip(&self.drafts) {
            let own = match *path {
                CREATED => Some(&self.created),
                UPDATED => Some(&self.updated),
                _ => None,
            };
            if let Some(own) = own {
                let (head, block) = times(*path, own);
                add((head, Some(block)), Texts::default())?;
            } else if !draft.is_empty() {
                let mut texts = Texts::default();
                let made = draft.finish(*path, rows, &mut texts);
                add(made, texts)?;
            }
        }
        let ids = Ids::of_keys(self.ids.iter().copied());
        Ok(Arc::new(Group::loaded(Seq(0), rows, heads, columns, ids)))
    }
}
