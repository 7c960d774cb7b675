//! A workspace's configuration as operations use it: read once per version of `meta`, shared by all
//! operations whose view has that version, compiled lazily. It never changes once made.

use std::sync::Arc;

use crate::codec::collection::CollectionRow;
use crate::schema::shape::Shape;

/// A collection as operations use it.
pub struct Collection {
    /// What is stored.
    pub row: CollectionRow,
    /// What its schema says of each path.
    pub shape: Arc<Shape>,
}
