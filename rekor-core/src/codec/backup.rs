//! The form of a backup: all rows of a workspace in one stream, written from a snapshot and read by any engine. What is
//! damaged, cut short or of another form is told before a workspace is made of it.
//!
//! ```text
//! magic    89 72 6B 62 0D 0A 1A 0A      also tells a file that was sent as text
//! version  u16                          of this form; numbers are big-endian
//! frames   kind u8, length u32, CRC32 of kind, length and payload u32, payload
//!   1 header   JSON: of which workspace, at which commit; first, once
//!   2 rows     key length u16, value length u32, version u64, key, value; again and again, in the order of the keys
//!   3 end      JSON: how many rows, and the SHA-256 of the payloads of all frames before; last, once
//! ```

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::api::workspace::Kind;
use crate::engine::{Entry, Seq};
use crate::ground::error::{Code, Error, Result};

const MAGIC: [u8; 8] = *b"\x89rkb\r\n\x1a\n";
/// The form that this version writes, and the newest that it reads.
const VERSION: u16 = 1;
const HEADER: u8 = 1;
const ROWS: u8 = 2;
const END: u8 = 3;
/// Kind, length and checksum.
const HEAD_BYTES: usize = 9;
/// Bytes after which a frame of rows ends.
const FRAME_BYTES: usize = 1 << 20;
/// Bytes that no frame has: its rows and the largest row after them.
const FRAME_BYTES_MAX: usize = 4 << 20;

/// Whether a row is of no use in a workspace that is restored: what its previews were made from, and requests that must
/// not be done twice there.
#[must_use]
pub const fn stays_behind(key: &[u8]) -> bool {
    matches!(key, [0x04 | 0x33 | 0x35, ..])
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of rekor that made it.
    pub rekor: String,
    /// The workspace.
    pub workspace: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Production or preview.
    pub kind: Kind,
    /// The newest commit that it holds.
    pub seq: u64,
    /// When the newest commit of the journal was made, in milliseconds since 1970.
    pub time_ms: u64,
    /// The layout of the keys and rows.
    pub key_format: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: u64,
    sha256: String,
}

/// Writes a backup.
pub struct Writer<'w> {
    out: &'w mut dyn Write,
    frame: Vec<u8>,
    sha: Sha256,
    rows: u64,
    bytes: u64,
}

impl<'w> Writer<'w> {
    /// Begins with the header.
    pub fn begin(out: &'w mut dyn Write, header: &Header) -> io::Result<Self> {
        out.write_all(&MAGIC)?;
        out.write_all(&VERSION.to_be_bytes())?;
        let bytes = (MAGIC.len() + size_of_val(&VERSION)) as u64;
        let mut writer = Self { out, frame: Vec::new(), sha: Sha256::new(), rows: 0, bytes };
        writer.frame = serde_json::to_vec(header)?;
        writer.end_frame(HEADER)?;
        Ok(writer)
    }

    /// Writes the next row.
    pub fn row(&mut self, key: &[u8], version: Seq, value: &[u8]) -> io::Result<()> {
        let key_bytes = u16::try_from(key.len()).map_err(io::Error::other)?;
        let value_bytes = u32::try_from(value.len()).map_err(io::Error::other)?;
        self.frame.extend_from_slice(&key_bytes.to_be_bytes());
        self.frame.extend_from_slice(&value_bytes.to_be_bytes());
        self.frame.extend_from_slice(&version.0.to_be_bytes());
        self.frame.extend_from_slice(key);
        self.frame.extend_from_slice(value);
        self.rows += 1;
        if self.frame.len() >= FRAME_BYTES { self.end_frame(ROWS) } else { Ok(()) }
    }

    /// Ends it, and answers how many rows and bytes it has.
    pub fn finish(mut self) -> io::Result<(u64, u64)> {
        if !self.frame.is_empty() {
            self.end_frame(ROWS)?;
        }
        let end = End { rows: self.rows, sha256: hex(self.sha.clone()) };
        self.frame = serde_json::to_vec(&end)?;
        self.end_frame(END)?;
        self.out.flush()?;
        Ok((self.rows, self.bytes))
    }

    fn end_frame(&mut self, kind: u8) -> io::Result<()> {
        let length = u32::try_from(self.frame.len()).map_err(io::Error::other)?;
        self.out.write_all(&[kind])?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(&checksum(kind, length, &self.frame).to_be_bytes())?;
        self.out.write_all(&self.frame)?;
        self.sha.update(&self.frame);
        self.bytes += (HEAD_BYTES + self.frame.len()) as u64;
        self.frame.clear();
        Ok(())
    }
}

/// Reads a backup: the header, then row after row, and an error at last when the end is not as it should be.
pub struct Reader<'r> {
    input: &'r mut dyn Read,
    /// What it says of itself.
    pub header: Header,
    /// The rows of the frame that is being read, and how far that is.
    frame: Vec<u8>,
    at: usize,
    sha: Sha256,
    rows: u64,
    ended: bool,
}

impl<'r> Reader<'r> {
    /// Reads up to the rows. `unsupported_format` for what is no backup or one of a newer form.
    pub fn begin(input: &'r mut dyn Read) -> Result<Self> {
        let mut magic = [0; MAGIC.len()];
        input.read_exact(&mut magic).map_err(|e| if is_end(&e) { foreign() } else { unreadable(&e) })?;
        if magic != MAGIC {
            return Err(foreign());
        }
        let mut version = [0; size_of::<u16>()];
        fill(input, &mut version)?;
        let version = u16::from_be_bytes(version);
        if version != VERSION {
            let text = format!("the backup has the form {version}, this rekor reads {VERSION}");
            return Err(Error::new(Code::UnsupportedFormat, text)
                .hint("use the version of rekor that made it, or a newer one"));
        }
        let (kind, frame) = read_frame(input)?;
        let header = serde_json::from_slice(&frame).ok().filter(|_| kind == HEADER);
        let header = header.ok_or_else(|| damaged("it does not begin with a header"))?;
        let sha = Sha256::new_with_prefix(&frame);
        Ok(Self { input, header, frame: Vec::new(), at: 0, sha, rows: 0, ended: false })
    }

    /// The next row; none after the end.
    fn read(&mut self) -> Result<Option<Entry>> {
        while self.at == self.frame.len() {
            let (kind, frame) = read_frame(self.input)?;
            match kind {
                ROWS => (self.frame, self.at) = (frame, 0),
                END => return self.end(&frame).map(|()| None),
                _ => return Err(damaged("it has a frame of an unknown kind")),
            }
            self.sha.update(&self.frame);
        }
        let rest = self.frame.get(self.at..).unwrap_or_default();
        let (row, bytes) = decode(rest).ok_or_else(|| damaged("a row does not fit its frame"))?;
        self.at += bytes;
        self.rows += 1;
        Ok(Some(row))
    }

    fn end(&mut self, frame: &[u8]) -> Result<()> {
        let end: End = serde_json::from_slice(frame).map_err(|_| damaged("its end does not decode"))?;
        if end.rows != self.rows || end.sha256 != hex(self.sha.clone()) {
            return Err(damaged("its rows are not those that were written"));
        }
        let more = self.input.read(&mut [0]).map_err(|e| unreadable(&e))?;
        if more == 0 { Ok(()) } else { Err(damaged("something follows its end")) }
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.read().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

fn decode(bytes: &[u8]) -> Option<(Entry, usize)> {
    let (key_bytes, rest) = bytes.split_first_chunk::<2>()?;
    let (value_bytes, rest) = rest.split_first_chunk::<4>()?;
    let (version, rest) = rest.split_first_chunk::<8>()?;
    let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*key_bytes)))?;
    let value = rest.get(..usize::try_from(u32::from_be_bytes(*value_bytes)).ok()?)?;
    let row = Entry { key: key.to_vec(), version: Seq(u64::from_be_bytes(*version)), value: value.to_vec() };
    Some((row, 14 + key.len() + value.len()))
}

fn read_frame(input: &mut dyn Read) -> Result<(u8, Vec<u8>)> {
    let mut head = [0; HEAD_BYTES];
    fill(input, &mut head)?;
    let [kind, length @ .., c0, c1, c2, c3] = head;
    let length = u32::from_be_bytes(length);
    let bytes = usize::try_from(length).unwrap_or(usize::MAX);
    if bytes > FRAME_BYTES_MAX {
        return Err(damaged("a frame is longer than any that is written"));
    }
    let mut payload = vec![0; bytes];
    fill(input, &mut payload)?;
    if checksum(kind, length, &payload) != u32::from_be_bytes([c0, c1, c2, c3]) {
        return Err(damaged("a checksum is wrong"));
    }
    Ok((kind, payload))
}

fn fill(input: &mut dyn Read, bytes: &mut [u8]) -> Result<()> {
    input.read_exact(bytes).map_err(|e| if is_end(&e) { damaged("it ends early") } else { unreadable(&e) })
}

fn is_end(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

fn checksum(kind: u8, length: u32, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(&length.to_be_bytes());
    hasher.update(payload);
    hasher.finalize()
}

fn hex(sha: Sha256) -> String {
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn foreign() -> Error {
    Error::new(Code::UnsupportedFormat, "this is not a backup")
        .hint("name a file that `rekor backup` has written")
}

/// The error of a backup that is not what was written.
pub fn damaged(why: &str) -> Error {
    Error::new(Code::CorruptStore, format!("the backup is damaged: {why}"))
        .hint("use another copy of it; nothing was restored")
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(Code::StorageError, format!("the backup cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            rekor: "0".into(),
            workspace: "ops".into(),
            name: "Ops".into(),
            description: None,
            kind: Kind::Production,
            seq: 9,
            time_ms: 7,
            key_format: 2,
        }
    }

    /// A small frame, one that is full, and one after it.
    fn rows() -> Vec<Entry> {
        let row = |n: u8, bytes| Entry { key: vec![n; 3], version: Seq(n.into()), value: vec![n; bytes] };
        vec![row(1, 0), row(2, FRAME_BYTES), row(3, 10)]
    }

    fn written() -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::begin(&mut out, &header()).unwrap();
        for row in rows() {
            writer.row(&row.key, row.version, &row.value).unwrap();
        }
        let (count, bytes) = writer.finish().unwrap();
        assert_eq!((count, bytes), (3, out.len() as u64));
        out
    }

    fn read(mut bytes: &[u8]) -> Result<(Header, Vec<Entry>)> {
        let mut reader = Reader::begin(&mut bytes)?;
        let rows = reader.by_ref().collect::<Result<Vec<_>>>()?;
        assert!(reader.next().is_none());
        Ok((reader.header, rows))
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        assert_eq!(read(&written()).unwrap(), (header(), rows()));
    }

    #[test]
    fn what_is_cut_or_goes_on_is_told() {
        let bytes = written();
        for length in (0..2_000).chain(bytes.len() - 2_000..bytes.len()) {
            assert!(read(&bytes[..length]).is_err(), "{length}");
        }
        let code = |bytes: &[u8]| read(bytes).unwrap_err().code();
        assert_eq!(code(&[&bytes[..], b"x"].concat()), Code::CorruptStore);
        assert_eq!(code(b""), Code::UnsupportedFormat);
        assert_eq!(code(&[b"PK", &bytes[2..]].concat()), Code::UnsupportedFormat);
        assert_eq!(code(&[&bytes[..8], &[0, 2], &bytes[10..]].concat()), Code::UnsupportedFormat);
    }

    #[test]
    fn frames_that_are_whole_but_not_those_that_were_written_are_told() {
        let bytes = written();
        let start = 10 + HEAD_BYTES + serde_json::to_vec(&header()).unwrap().len();
        let first = HEAD_BYTES + 14 + 3 + 14 + 3 + FRAME_BYTES;
        let end = HEAD_BYTES + 14 + 3 + 10;
        let without = [&bytes[..start], &bytes[start + first..]].concat();
        let twice = [&bytes[..start + first + end], &bytes[start + first..]].concat();
        for bytes in [without, twice] {
            assert_eq!(read(&bytes).unwrap_err().code(), Code::CorruptStore);
        }
    }
}
