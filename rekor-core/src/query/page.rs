//! Pages: how many rows, from where, and the cursor that says where the last page ended. A cursor is bound to what
//! was asked by a digest; it is not a secret and grants nothing.

use sha2::{Digest as _, Sha256};

use crate::api::query::Query;
use crate::codec::json::Tree;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{Limit, PAGE_OFFSET, PAGE_ROWS, PAGE_ROWS_DEFAULT};

const TAG_BYTES: usize = 16;

/// Which rows of all that match are given.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
    /// The order key of the last row of the page before.
    pub(super) after: Option<Vec<u8>>,
    binding: [u8; 32],
}

impl Page {
    /// Reads the page that a query asks for.
    pub(super) fn of(query: &Query, collection: u32) -> Result<Self> {
        let limit = bounded(query.limit, PAGE_ROWS_DEFAULT, &PAGE_ROWS, "/limit")?;
        let offset = bounded_offset(query.offset)?;
        let binding = binding(query, collection)?;
        let after = match &query.cursor {
            None => None,
            Some(_) if query.offset.is_some_and(|offset| offset > 0) => {
                return Err(Error::new(Code::InvalidRequest, "`offset` and `cursor` exclude each other")
                    .at("/offset")
                    .hint("leave `offset` out: the cursor says where to go on"));
            }
            Some(text) => Some(open(text, &binding)?),
        };
        Ok(Self { limit, offset, after, binding })
    }

    /// The cursor that goes on after the row with this order key.
    pub(super) fn cursor(&self, key: &[u8]) -> String {
        let mut bytes = tag(&self.binding, key).to_vec();
        bytes.extend_from_slice(key);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Reads a number of rows, at least 1.
pub(super) fn bounded(value: Option<u64>, default: usize, limit: &Limit, at: &str) -> Result<usize> {
    let Some(value) = value else { return Ok(default) };
    if value == 0 {
        return Err(Error::new(Code::InvalidRequest, "the limit must be at least 1").at(at));
    }
    let rows = usize::try_from(value).unwrap_or(usize::MAX);
    limit.check(rows).map_err(|e| e.at(at).hint("read on with the `next_cursor` of each page"))?;
    Ok(rows)
}

/// Reads an offset.
pub(super) fn bounded_offset(value: Option<u64>) -> Result<usize> {
    let rows = usize::try_from(value.unwrap_or(0)).unwrap_or(usize::MAX);
    PAGE_OFFSET
        .check(rows)
        .map_err(|e| e.at("/offset").hint("read on with the `next_cursor` of each page"))?;
    Ok(rows)
}

/// What a cursor is bound to: everything that decides which rows come in which order, and how they look.
fn binding(query: &Query, collection: u32) -> Result<[u8; 32]> {
    let mut sha = Sha256::new();
    let mut add = |part: &[u8]| {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    };
    add(b"rekor cursor 1");
    add(&collection.to_be_bytes());
    for (json, root) in [(&query.filter, "/filter"), (&query.sort, "/sort")] {
        let text = match json {
            Some(json) => Tree::parse(json.text()).map_err(|e| e.under(root))?.to_text(),
            None => String::new(),
        };
        add(text.as_bytes());
    }
    add(&[u8::from(query.external_source.is_some())]);
    add(query.external_source.as_deref().unwrap_or_default().as_bytes());
    query.fields.iter().for_each(|field| add(field.as_bytes()));
    Ok(sha.finalize().into())
}

fn tag(binding: &[u8; 32], key: &[u8]) -> [u8; TAG_BYTES] {
    let digest: [u8; 32] = Sha256::new().chain_update(binding).chain_update(key).finalize().into();
    let mut tag = [0; TAG_BYTES];
    tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    tag
}

fn open(text: &str, binding: &[u8; 32]) -> Result<Vec<u8>> {
    let wrong = || {
        Error::new(Code::InvalidCursor, "the cursor is damaged or belongs to another query")
            .at("/cursor")
            .hint("repeat collection, filter, sort and fields of the first page, or leave `cursor` out to start again")
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(wrong)?;
    let (have, key) = bytes.split_first_chunk::<TAG_BYTES>().ok_or_else(wrong)?;
    if *have != tag(binding, key) {
        return Err(wrong());
    }
    Ok(key.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::json::Json;

    #[test]
    fn cursors_are_bound_to_their_query() {
        let query = Query { filter: Some(Json::from_text("{ \"a\" :1}")), ..Query::default() };
        let page = Page::of(&query, 7).unwrap();
        let cursor = page.cursor(b"key");
        let with = |change: &dyn Fn(&mut Query), collection| {
            let mut query = Query { cursor: Some(cursor.clone()), ..query.clone() };
            change(&mut query);
            Page::of(&query, collection).map(|page| page.after)
        };
        assert_eq!(with(&|_| (), 7).unwrap(), Some(b"key".to_vec()));
        assert!(with(&|q| (q.limit, q.count) = (Some(9), true), 7).is_ok());
        assert!(with(&|q| q.filter = Some(Json::from_text("{\"a\":1}")), 7).is_ok());
        let changes: [&dyn Fn(&mut Query); 6] = [
            &|q| q.filter = None,
            &|q| q.sort = Some(Json::from_text("{}")),
            &|q| q.fields = vec!["id".into()],
            &|q| q.external_source = Some(String::new()),
            &|q| q.cursor = q.cursor.take().map(|c| c.replace(&c[30..32], "zz")),
            &|q| q.cursor = q.cursor.take().map(|c| c[2..].to_owned()),
        ];
        for change in changes {
            assert_eq!(with(change, 7).unwrap_err().code(), Code::InvalidCursor);
        }
        assert_eq!(with(&|_| (), 8).unwrap_err().code(), Code::InvalidCursor);
        assert_eq!(with(&|q| q.offset = Some(1), 7).unwrap_err().code(), Code::InvalidRequest);
    }

    #[test]
    fn pages_are_bounded() {
        let of = |limit, offset| Page::of(&Query { limit, offset, ..Query::default() }, 1);
        assert_eq!(of(None, None).map(|p| (p.limit, p.offset)).unwrap(), (50, 0));
        assert!(of(Some(1_000), Some(10_000)).is_ok());
        assert_eq!(of(Some(1_001), None).unwrap_err().code(), Code::LimitExceeded);
        assert_eq!(of(None, Some(10_001)).unwrap_err().code(), Code::LimitExceeded);
        assert_eq!(of(Some(0), None).unwrap_err().code(), Code::InvalidRequest);
    }
}
