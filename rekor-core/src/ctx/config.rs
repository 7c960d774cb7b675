//! A workspace's configuration as operations use it: read lazily, shared by all operations whose view
//! has the same version of `meta`. It never changes once made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::codec::collection::{CollectionRow, Meta, decode};
use crate::codec::keys;
use crate::engine::{Seq, View};
use crate::ground::error::{Code, Error, Result};
use crate::schema::Compiled;
use crate::schema::Shape;
use crate::schema::{IndexHint, index_hints};

/// Reads the stored row of a collection by id, through a view or an operation's write set.
pub type ReadRow<'a> = dyn FnMut(&str) -> Result<Option<CollectionRow>> + 'a;

/// A collection as operations use it.
pub struct Collection {
    /// What is stored.
    pub row: CollectionRow,
    /// The schemas that this one refers to, itself left out, by collection id.
    schemas: HashMap<String, Arc<str>>,
    compiled: OnceLock<Arc<Compiled>>,
    shape: OnceLock<Arc<Shape>>,
}

impl Collection {
    /// Makes a collection of its row and the schemas that it reaches.
    pub fn new(row: CollectionRow, read: &mut ReadRow<'_>) -> Result<Self> {
        let mut schemas = HashMap::new();
        let mut open = row.references.clone();
        while let Some(id) = open.pop() {
            if id == row.id || schemas.contains_key(&id) {
                continue;
            }
            if let Some(other) = read(&id)? {
                open.extend(other.references);
                schemas.insert(id, Arc::from(other.schema));
            }
        }
        schemas.insert(row.id.clone(), Arc::from(row.schema.as_str()));
        Ok(Self { row, schemas, compiled: OnceLock::new(), shape: OnceLock::new() })
    }

    /// The same collection, of which only rows are read: for snapshots in which nothing that is derived from them stands.
    pub fn by_rows(&self) -> Result<Self> {
        let row = CollectionRow { tracked: false, indexes: Vec::new(), ..self.row.clone() };
        let shape = OnceLock::from(Arc::clone(self.shape()?));
        Ok(Self { row, schemas: self.schemas.clone(), compiled: OnceLock::new(), shape })
    }

    /// The validator of the schema, compiled on first use.
    pub fn compiled(&self) -> Result<Arc<Compiled>> {
        if let Some(compiled) = self.compiled.get() {
            return Ok(Arc::clone(compiled));
        }
        let compiled = Arc::new(Compiled::new(&self.row.schema, &|id| self.schemas.get(id).cloned())?);
        Ok(Arc::clone(self.compiled.get_or_init(|| compiled)))
    }

    /// Compiles the schema with whatever it refers to, read through `read`, and answers the ids of the
    /// collections that it refers to directly. Used for a schema that is not stored yet.
    pub fn compile_with(&self, read: &mut ReadRow<'_>) -> Result<Vec<String>> {
        let read = std::cell::RefCell::new(read);
        let failed = std::cell::RefCell::new(None);
        let resolve = |id: &str| -> Option<Arc<str>> {
            if id == self.row.id {
                return Some(Arc::from(self.row.schema.as_str()));
            }
            match (*read.borrow_mut())(id) {
                Ok(row) => row.map(|row| Arc::from(row.schema)),
                Err(error) => {
                    *failed.borrow_mut() = Some(error);
                    None
                }
            }
        };
        let compiled = Compiled::new(&self.row.schema, &resolve);
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        Ok(compiled?.references().to_vec())
    }

    /// What the schema says of each path, read on first use.
    pub fn shape(&self) -> Result<&Arc<Shape>> {
        if let Some(shape) = self.shape.get() {
            return Ok(shape);
        }
        let shape = Arc::new(Shape::of(&self.row.schema, &|id| self.schemas.get(id).cloned())?);
        Ok(self.shape.get_or_init(|| shape))
    }

    /// The indexes that the schema asks for.
    pub fn index_hints(&self) -> Result<Vec<IndexHint>> {
        index_hints(&self.row.schema, &|id| self.schemas.get(id).cloned())
    }

    /// Takes over what `old` has compiled when it would come out the same.
    fn inherit(&self, old: &Self) {
        if self.schemas == old.schemas {
            if let Some(compiled) = old.compiled.get() {
                let _ = self.compiled.set(Arc::clone(compiled));
            }
            if let Some(shape) = old.shape.get() {
                let _ = self.shape.set(Arc::clone(shape));
            }
        }
    }
}

/// The error for a collection that is not there.
#[must_use]
pub fn collection_not_found(id: &str) -> Error {
    Error::new(
        Code::CollectionNotFound,
        format!("there is no collection `{}`", crate::codec::id::shorten(id)),
    )
    .at("/collection")
    .hint("list them with `rekor collections list`")
}

/// The configuration at one version of `meta`.
pub struct Config {
    /// The version of `meta` that this belongs to.
    pub version: Seq,
    /// The workspace's settings.
    pub meta: Meta,
    by_id: Mutex<HashMap<String, Option<Arc<Collection>>>>,
    by_number: Mutex<HashMap<u32, Option<Arc<Collection>>>>,
    older: HashMap<String, Arc<Collection>>,
}

impl Config {
    /// Reads the settings in `bytes`; what `old` has compiled is taken over where it still holds.
    pub fn new(version: Seq, bytes: &[u8], old: Option<&Self>) -> Result<Self> {
        let meta: Meta = decode(bytes)?;
        if !(1..=keys::FORMAT).contains(&meta.format) {
            return Err(Error::new(
                Code::UnsupportedFormat,
                format!("the workspace has the format {}, this rekor reads {}", meta.format, keys::FORMAT),
            )
            .hint("use the version of rekor that wrote it, or a newer one"));
        }
        let older = old.map_or_else(HashMap::new, |old| {
            lock(&old.by_id).iter().filter_map(|(id, c)| Some((id.clone(), c.clone()?))).collect()
        });
        Ok(Self { version, meta, by_id: Mutex::default(), by_number: Mutex::default(), older })
    }

    /// The collection with this id, read through a view of the same version.
    pub fn collection(&self, view: &dyn View, id: &str) -> Result<Option<Arc<Collection>>> {
        if let Some(known) = lock(&self.by_id).get(id) {
            return Ok(known.clone());
        }
        let read = |id: &str| read_row(view, id);
        let made = match read(id)? {
            None => None,
            Some(row) => {
                let collection = Collection::new(row, &mut |id| read_row(view, id))?;
                if let Some(old) = self.older.get(id) {
                    collection.inherit(old);
                }
                Some(Arc::new(collection))
            }
        };
        lock(&self.by_id).insert(id.to_owned(), made.clone());
        Ok(made)
    }

    /// The collection with this number; none when it was deleted.
    pub fn numbered(&self, view: &dyn View, number: u32) -> Result<Option<Arc<Collection>>> {
        if let Some(known) = lock(&self.by_number).get(&number) {
            return Ok(known.clone());
        }
        let id = get_value(view, &keys::number(number))?;
        let made = match id.as_deref().map(std::str::from_utf8) {
            Some(Ok(id)) => self.collection(view, id)?.filter(|c| c.row.number == number),
            _ => None,
        };
        lock(&self.by_number).insert(number, made.clone());
        Ok(made)
    }
}

/// The id of a collection, which is known by its number also when it is gone.
pub fn name_of(view: &dyn View, number: u32) -> Result<Option<String>> {
    Ok(get_value(view, &keys::number(number))?.and_then(|id| String::from_utf8(id).ok()))
}

fn read_row(view: &dyn View, id: &str) -> Result<Option<CollectionRow>> {
    get_value(view, &keys::collection(id))?.map(|bytes| decode(&bytes)).transpose()
}

fn get_value(view: &dyn View, key: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut value = None;
    view.get_with(key, &mut |found| value = found.map(|(_, bytes)| bytes.to_vec()))?;
    Ok(value)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic while the lock is held leaves at worst a missing cache entry.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
