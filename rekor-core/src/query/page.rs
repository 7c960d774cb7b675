//! Pages of a query: how many rows, and from where. Decides what a query's cursor is bound to: everything that says
//! which rows come in which order and how they look, and not how many.

use sha2::{Digest as _, Sha256};

use crate::api::query::Query;
use crate::codec::json::Tree;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{Limit, PAGE_OFFSET, PAGE_ROWS, PAGE_ROWS_DEFAULT};
use crate::query::cursor;

/// Which rows of all that match are given.
#[derive(Debug, Clone)]
pub(super) struct Page<'q> {
    pub(super) limit: usize,
    pub(super) offset: usize,
    /// The order key of the last row of the page before.
    pub(super) after: Option<Vec<u8>>,
    query: &'q Query,
    collection: u32,
}

impl<'q> Page<'q> {
    /// Reads the page that a query asks for.
    pub(super) fn of(query: &'q Query, collection: u32) -> Result<Self> {
        let limit = bounded(query.limit, PAGE_ROWS_DEFAULT, &PAGE_ROWS, "/limit")?;
        let offset = bounded_offset(query.offset)?;
        let after = match &query.cursor {
            None => None,
            Some(_) if query.offset.is_some_and(|offset| offset > 0) => {
                return Err(Error::new(Code::InvalidRequest, "`offset` and `cursor` exclude each other")
                    .at("/offset")
                    .hint("leave `offset` out: the cursor says where to go on"));
            }
            Some(text) => Some(cursor::open(text, &binding(query, collection)?)?),
        };
        Ok(Self { limit, offset, after, query, collection })
    }

    /// The cursor that goes on after the row with this order key.
    pub(super) fn cursor(&self, key: &[u8]) -> Result<String> {
        Ok(cursor::seal(key, &binding(self.query, self.collection)?))
    }
}

/// Reads a number of rows, at least 1.
pub fn bounded(value: Option<u64>, default: usize, limit: &Limit, at: &str) -> Result<usize> {
    let Some(value) = value else { return Ok(default) };
    if value == 0 {
        return Err(Error::new(Code::LimitExceeded, "the limit must be at least 1")
            .at(at)
            .hint("ask for 1 row or more"));
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
    if let Some(at) = &query.at {
        add(b"at");
        add(at.as_bytes());
    }
    Ok(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::json::Json;

    #[test]
    fn cursors_are_bound_to_their_query() {
        let query = Query { filter: Some(Json::from_text("{ \"a\" :1}")), ..Query::default() };
        let page = Page::of(&query, 7).unwrap();
        let cursor = page.cursor(b"key").unwrap();
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
        let of = |limit, offset| {
            Page::of(&Query { limit, offset, ..Query::default() }, 1).map(|p| (p.limit, p.offset))
        };
        assert_eq!(of(None, None).unwrap(), (50, 0));
        assert!(of(Some(1_000), Some(10_000)).is_ok());
        assert_eq!(of(Some(1_001), None).unwrap_err().code(), Code::LimitExceeded);
        assert_eq!(of(None, Some(10_001)).unwrap_err().code(), Code::LimitExceeded);
        assert_eq!(of(Some(0), None).unwrap_err().code(), Code::LimitExceeded);
    }
}
