//! Seals records into groups: takes rows apart, makes a column of each path, and answers what is to be written. Pure but
//! for the reading of paths and dictionaries, which only ever grow; what they grow by is part of what is written, under
//! a check that nobody else let them grow meanwhile.

use std::collections::{BTreeMap, btree_map};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;

use crate::codec::column_keys as keys;
use crate::codec::row::{RecordRow, decode_record};
use crate::columns::bytes::sum_of;
use crate::columns::cache::Lexicon;
use crate::columns::dictionary::{CHUNK_BYTES, Chunk, Entry, Tail};
use crate::columns::draft::{self, Coder, Draft, NoTexts};
use crate::columns::form::{Form, Head};
use crate::columns::group::Group;
use crate::columns::ids::Ids;
use crate::columns::leaf::Leaf;
use crate::columns::paths::{CREATED, DATA, EXTERNAL_ID, EXTERNAL_SOURCE, IDS, Paths, UPDATED, VERSION};
use crate::columns::reader::Columns;
use crate::columns::shred::{Sink, shred};
use crate::engine::Seq;
use crate::ground::error::Result;
use crate::ground::limits::IMPORT_COMMIT_LINES;

/// Records that a group is made of.
pub const GROUP_ROWS: usize = if cfg!(test) { 16 } else { IMPORT_COMMIT_LINES };
/// Records up to which a group is left whole.
pub const GROUP_ROWS_MAX: usize = GROUP_ROWS + GROUP_ROWS / 2;
/// Columns of a group at most, besides the times of the records and their ids.
const COLUMNS_MAX: usize = 253;

/// A record to seal: its id as it stands in keys, and its row.
pub type SealRow = (Vec<u8>, Vec<u8>);

/// What sealing writes.
#[derive(Debug, Default)]
pub struct Sealed {
    /// Keys and values.
    pub puts: Vec<(Vec<u8>, Vec<u8>)>,
    /// Keys that must still have the version, 0 being absent.
    pub same: Vec<(Vec<u8>, Seq)>,
}

/// Seals groups of one collection in one commit.
pub struct Sealer<'v> {
    columns: Columns<'v>,
    paths: Paths,
    paths_version: Seq,
    /// Where the stored paths end.
    paths_end: u32,
    writers: BTreeMap<u32, Writer>,
    sealed: Sealed,
}

/// Gives codes to the texts of one path.
struct Writer {
    epoch: u32,
    tail: Tail,
    version: Seq,
    lexicon: Arc<Mutex<Lexicon>>,
    /// Entries that are new in this commit, and their codes.
    added: Vec<(u8, Box<str>)>,
    codes: HashMap<(u8, Box<str>), u32>,
    rows: u64,
}

impl<'v> Sealer<'v> {
    /// Seals in the snapshot of `columns`.
    pub fn new(columns: Columns<'v>) -> Result<Self> {
        let (paths_version, paths) = columns.paths()?;
        let paths_end = paths.end();
        let paths = Arc::unwrap_or_clone(paths);
        Ok(Self {
            columns,
            paths,
            paths_version,
            paths_end,
            writers: BTreeMap::new(),
            sealed: Sealed::default(),
        })
    }

    /// Seals all records of the ids from `lo` to before `end`, which may be none, as they were in the view `as_of`.
    pub fn seal(&mut self, rows: &[SealRow], lo: &[u8], end: &[u8], as_of: Seq) -> Result<()> {
        let parts = if rows.len() > GROUP_ROWS_MAX { rows.len().div_ceil(GROUP_ROWS) } else { 1 };
        let part_rows = rows.len().div_ceil(parts).max(1);
        let mut from = lo;
        let mut rest = rows;
        loop {
            let (part, others) = rest.split_at(part_rows.min(rest.len()));
            let to = others.first().map_or(end, |(id, _)| id.as_slice());
            self.seal_group(part, from, to, as_of)?;
            if others.is_empty() {
                return Ok(());
            }
            (from, rest) = (to, others);
        }
    }

    fn seal_group(&mut self, rows: &[SealRow], lo: &[u8], end: &[u8], as_of: Seq) -> Result<()> {
        let mut sheet = Sheet::new(&mut self.paths);
        for (_, bytes) in rows {
            sheet.record(&decode_record(bytes)?)?;
        }
        let Sheet { drafts, created, updated, mut is_partial, .. } = sheet;
        let mut drafts: Vec<(u32, Draft<'_>)> =
            (0..).zip(drafts).filter(|(_, draft)| !draft.is_empty()).collect();
        if drafts.len() > COLUMNS_MAX {
            is_partial = true;
            // The fullest columns stay; those of the records' own fields are among them, save external ids.
            drafts.sort_by_key(|(path, draft)| (*path > DATA, std::cmp::Reverse(draft.len()), *path));
            drafts.truncate(COLUMNS_MAX);
            drafts.sort_by_key(|(path, _)| *path);
        }
        let mut heads = Vec::with_capacity(drafts.len() + 1);
        for (path, draft) in drafts {
            let (head, block) = match if draft.has_texts() { Some(self.writer(path)?) } else { None } {
                Some(writer) => draft.finish(path, rows.len(), writer),
                None => draft.finish(path, rows.len(), &mut NoTexts),
            };
            heads.push(self.put(head, block, lo, as_of)?);
        }
        if !rows.is_empty() {
            for (path, times) in [(CREATED, created), (UPDATED, updated)] {
                let (head, block) = draft::times(path, &times);
                heads.push(self.put(head, Some(block), lo, as_of)?);
            }
            let block = Ids::of_keys(rows.iter().map(|(id, _)| id.as_slice())).encode();
            let head = Head { path: IDS, form: Form::Ids, nulls: 0, sum: 0, epoch: 0 };
            heads.push(self.put(head, Some(block), lo, as_of)?);
            heads.sort_by_key(|head| head.path);
        }
        let bytes = rows.iter().map(|(_, row)| row.len() as u64).sum();
        let group = Group::new((lo, end), as_of, (rows.len(), bytes), is_partial, heads);
        self.sealed.puts.push((keys::column_group(self.columns.collection, lo), group.encode()));
        Ok(())
    }

    /// Writes a block and gives its head the checksum.
    fn put(&mut self, mut head: Head, block: Option<Vec<u8>>, lo: &[u8], as_of: Seq) -> Result<Head> {
        if let Some(block) = block {
            head.sum = sum_of(&block)?;
            let key = keys::column_block(self.columns.collection, head.path, lo, as_of.0);
            self.sealed.puts.push((key, block));
        }
        Ok(head)
    }

    fn writer(&mut self, path: u32) -> Result<&mut Writer> {
        match self.writers.entry(path) {
            btree_map::Entry::Occupied(writer) => Ok(writer.into_mut()),
            btree_map::Entry::Vacant(place) => Ok(place.insert(Writer::new(&self.columns, path)?)),
        }
    }

    /// What is to be written, once all groups are sealed.
    pub fn finish(mut self) -> Sealed {
        let collection = self.columns.collection;
        if self.paths.end() > self.paths_end {
            let key = keys::column_paths(collection);
            self.sealed.puts.push((key.clone(), self.paths.encode()));
            self.sealed.same.push((key, self.paths_version));
        }
        for (path, writer) in self.writers {
            writer.finish(collection, path, &mut self.sealed);
        }
        self.sealed
    }
}

impl Writer {
    fn new(columns: &Columns<'_>, path: u32) -> Result<Self> {
        let mut epoch = columns.newest_epoch(path)?;
        let (mut version, mut tail) = columns.tail(path, epoch)?;
        if tail.is_full() {
            epoch += 1;
            (version, tail) = (Seq(0), Tail::default());
        }
        let lexicon = columns.lexicon(path, epoch, &tail)?;
        let (added, codes) = (Vec::new(), HashMap::new());
        Ok(Self { epoch, tail, version, lexicon, added, codes, rows: 0 })
    }

    fn finish(self, collection: u32, path: u32, sealed: &mut Sealed) {
        if self.added.is_empty() {
            return;
        }
        let (mut tail, mut rows) = (self.tail, self.rows);
        let mut rest = self.added.as_slice();
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|(_, text)| {
                bytes += text.len() + Chunk::HEAD_BYTES;
                bytes <= CHUNK_BYTES
            });
            let (part, others) = rest.split_at(fits.count().max(1));
            let entries = part.iter().map(|(class, text)| Entry::of_parts(*class, text));
            let chunk = Chunk::new(tail.entries + 1, entries);
            let value = chunk.encode();
            let key = keys::dictionary_chunk(collection, path, self.epoch, chunk.first);
            tail = tail.after(&chunk, sum_of(&value).unwrap_or_default(), std::mem::take(&mut rows));
            sealed.puts.push((key, value));
            rest = others;
        }
        let key = keys::dictionary_tail(collection, path, self.epoch);
        sealed.puts.push((key.clone(), tail.encode()));
        sealed.same.push((key, self.version));
    }
}

impl Coder for Writer {
    fn code(&mut self, entry: Entry<'_>) -> u32 {
        self.rows += 1;
        let known = self.lexicon.lock().unwrap_or_else(PoisonError::into_inner).code(entry);
        // What another commit has added meanwhile is new here too; the check on the tail then fails.
        if let Some(code) = known.filter(|code| *code <= self.tail.entries) {
            return code;
        }
        let (class, text) = entry.parts();
        let next = self.tail.entries + u32::try_from(self.added.len()).unwrap_or(u32::MAX) + 1;
        *self.codes.entry((class, text.into())).or_insert_with(|| {
            self.added.push((class, text.into()));
            next
        })
    }

    fn epoch(&self) -> u32 {
        self.epoch
    }
}

/// Takes the scalars of the records of one group.
struct Sheet<'s, 't> {
    paths: &'s mut Paths,
    /// By the number of the path.
    drafts: Vec<Draft<'t>>,
    created: Vec<u64>,
    updated: Vec<u64>,
    row: u32,
    guess: usize,
    is_partial: bool,
}

impl<'s, 't> Sheet<'s, 't> {
    const fn new(paths: &'s mut Paths) -> Self {
        Self {
            paths,
            drafts: Vec::new(),
            created: Vec::new(),
            updated: Vec::new(),
            row: 0,
            guess: 0,
            is_partial: false,
        }
    }

    fn record(&mut self, row: &RecordRow<'t>) -> Result<()> {
        self.guess = 0;
        self.created.push(row.created_ms);
        self.updated.push(row.updated_ms);
        if let Some(id) = row.external_id {
            self.take(EXTERNAL_ID, Leaf::text(id.into()));
        }
        if let Some(source) = row.external_source {
            self.take(EXTERNAL_SOURCE, Leaf::text(source.into()));
        }
        self.take(VERSION, i64::try_from(row.version).map_or(Leaf::Wide(row.version), Leaf::Int));
        shred(row.data, DATA, self)?;
        self.row += 1;
        Ok(())
    }
}

impl<'t> Sink<'t> for Sheet<'_, 't> {
    fn member(&mut self, parent: u32, key: &'t str) -> Option<u32> {
        let mut nested = 0;
        let guess = if parent == DATA { &mut self.guess } else { &mut nested };
        let path = self.paths.child(parent, key, guess).or_else(|| self.paths.add(parent, key));
        self.is_partial |= path.is_none();
        path
    }

    fn take(&mut self, path: u32, leaf: Leaf<'t>) {
        let place = path as usize;
        if self.drafts.len() <= place {
            self.drafts.resize_with(place + 1, Draft::default);
        }
        if let Some(draft) = self.drafts.get_mut(place) {
            draft.push(self.row, leaf);
        }
    }
}
