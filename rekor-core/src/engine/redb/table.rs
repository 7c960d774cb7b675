//! The tables of a file and the form of their rows: `kv` holds each value behind the 8 bytes of its
//! version, `sys` the last Seq, the last time and the number of this format.

use std::path::Path;

use ::redb::{ReadTransaction, ReadableTable, TableDefinition};

use super::error::{Fault, damaged, foreign};
use crate::engine::Seq;
use crate::ground::error::{Error, Result};

/// The rows: key → version, value.
pub(super) const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("kv");
/// The engine's own numbers.
pub(super) const SYS: TableDefinition<&str, u64> = TableDefinition::new("sys");

const SEQ: &str = "seq";
const TIME: &str = "time_ms";
const FORMAT: &str = "format";
/// The layout that this version writes. A file with another number is refused.
const FORMAT_NOW: u64 = 1;
/// Bytes before each value.
pub(super) const VERSION_BYTES: usize = 8;

/// Where a file stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stand {
    /// The last commit.
    pub(super) seq: Seq,
    /// Its time.
    pub(super) time_ms: u64,
}

impl Stand {
    pub(super) fn read(sys: &impl ReadableTable<&'static str, u64>) -> Result<Self, Fault> {
        Ok(Self { seq: Self::read_seq(sys)?, time_ms: number(sys, TIME)? })
    }

    /// Only the last commit, which is all that a view needs.
    pub(super) fn read_seq(sys: &impl ReadableTable<&'static str, u64>) -> Result<Seq, Fault> {
        number(sys, SEQ).map(Seq)
    }

    pub(super) fn write(self, sys: &mut ::redb::Table<'_, &'static str, u64>) -> Result<(), Fault> {
        sys.insert(SEQ, self.seq.0)?;
        sys.insert(TIME, self.time_ms)?;
        Ok(())
    }
}

fn number(sys: &impl ReadableTable<&'static str, u64>, name: &str) -> Result<u64, Fault> {
    Ok(sys.get(name)?.map_or(0, |guard| guard.value()))
}

/// Marks a new file as one of this format.
pub(super) fn write_format(sys: &mut ::redb::Table<'_, &'static str, u64>) -> Result<(), Fault> {
    sys.insert(FORMAT, FORMAT_NOW)?;
    Ok(())
}

/// Refuses a file of another format.
pub(super) fn check_format(read: &ReadTransaction, path: &Path) -> Result<Result<(), Error>, Fault> {
    let found = read.open_table(SYS)?.get(FORMAT)?.map(|guard| guard.value());
    read.open_table(ROWS)?;
    Ok(match found {
        Some(FORMAT_NOW) => Ok(()),
        Some(other) => Err(foreign(path, &format!("its format is {other}, known is {FORMAT_NOW}"))),
        None => Err(foreign(path, "it does not say its format")),
    })
}

/// Splits a stored value into its version and the value.
pub(super) fn split<'a>(row: &'a [u8], path: &Path) -> Result<(Seq, &'a [u8])> {
    let (version, value) =
        row.split_first_chunk::<VERSION_BYTES>().ok_or_else(|| damaged(path, "a value has no version"))?;
    Ok((Seq(u64::from_be_bytes(*version)), value))
}
