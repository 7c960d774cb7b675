//! How far history was let go: the newest commit of which the journal no longer tells. It is a row of its own, since every
//! commit checks the settings. What stands in the journal up to that commit may be half removed and must not be read.

use crate::codec::time::text_from_ms;
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};

/// The one key of its kind.
const KEY: [u8; 1] = [0x36];

/// The newest commit that was let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Its number; 0 when all history is there.
    pub seq: u64,
    /// When it was made, in milliseconds since 1970.
    pub time_ms: u64,
}

impl Pruned {
    /// What a snapshot says.
    pub fn read(view: &dyn View) -> Result<Self> {
        let mut found = Ok(Self::default());
        view.get_with(&KEY, &mut |row| {
            if let Some((_, value)) = row {
                found = Self::decode(value);
            }
        })?;
        found
    }

    /// Its row.
    #[must_use]
    pub fn row(&self) -> (Vec<u8>, Vec<u8>) {
        (KEY.to_vec(), [self.seq.to_be_bytes(), self.time_ms.to_be_bytes()].concat())
    }

    /// Refuses to tell of what was between an older commit and the newest that was let go.
    pub fn tells_since(&self, seq: u64) -> Result<()> {
        if seq >= self.seq { Ok(()) } else { Err(self.gone()) }
    }

    /// The error for what lies before history.
    #[must_use]
    pub fn gone(&self) -> Error {
        let text = format!("history begins after the commit {}, of {}", self.seq, text_from_ms(self.time_ms));
        Error::new(Code::NotFound, text).hint(format!(
            "the oldest state that is kept is that at {}; `rekor workspaces set <id> --history all` keeps what comes",
            self.seq
        ))
    }

    fn decode(value: &[u8]) -> Result<Self> {
        let parts =
            value.split_first_chunk::<8>().and_then(|(seq, rest)| Some((seq, rest.first_chunk::<8>()?)));
        let (seq, time_ms) = parts.ok_or_else(|| {
            Error::new(Code::CorruptStore, "the mark where history begins is damaged")
                .hint("run `rekor check`")
        })?;
        Ok(Self { seq: u64::from_be_bytes(*seq), time_ms: u64::from_be_bytes(*time_ms) })
    }
}
