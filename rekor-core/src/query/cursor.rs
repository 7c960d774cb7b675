//! Cursors: where the last page of a list ended, as text. A cursor is bound by a digest to what was asked, so that
//! it is refused when it is damaged or used for something else; it is no secret and grants nothing.

use sha2::{Digest as _, Sha256};

use crate::ground::error::{Code, Error, Result};

const TAG_BYTES: usize = 16;

/// Makes the cursor of a place, for the list that `bound_to` describes.
#[must_use]
pub fn seal(place: &[u8], bound_to: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    let bytes = tag(place, bound_to).into_iter().chain(place.iter().copied());
    bytes.flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

/// Reads the place in a cursor back; anything but a cursor of the same list is `invalid_cursor`.
pub fn open(cursor: &str, bound_to: &[u8]) -> Result<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = cursor.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(wrong)?;
    let (have, place) = bytes.split_first_chunk::<TAG_BYTES>().ok_or_else(wrong)?;
    if *have == tag(place, bound_to) { Ok(place.to_vec()) } else { Err(wrong()) }
}

/// The same for a place that is text.
#[must_use]
pub fn seal_text(place: &str, bound_to: &str) -> String {
    seal(place.as_bytes(), bound_to.as_bytes())
}

/// Reads a place that is text back.
pub fn open_text(cursor: &str, bound_to: &str) -> Result<String> {
    String::from_utf8(open(cursor, bound_to.as_bytes())?).map_err(|_| wrong())
}

fn tag(place: &[u8], bound_to: &[u8]) -> [u8; TAG_BYTES] {
    let sha = Sha256::new().chain_update((bound_to.len() as u64).to_be_bytes()).chain_update(bound_to);
    let digest: [u8; 32] = sha.chain_update(place).finalize().into();
    let mut tag = [0; TAG_BYTES];
    tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    tag
}

fn wrong() -> Error {
    Error::new(Code::InvalidCursor, "the cursor is damaged or belongs to another query").at("/cursor").hint(
        "ask for the first page again, without `cursor`, or repeat the request that the cursor came from",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_whole_and_where_it_belongs() {
        let cursor = seal_text("place", "list");
        assert_eq!(open_text(&cursor, "list").unwrap(), "place");
        assert_eq!(open_text(&cursor, "other").unwrap_err().code(), Code::InvalidCursor);
        for at in 0..cursor.len() {
            let mut letters: Vec<char> = cursor.chars().collect();
            letters[at] = if letters[at] == '0' { '1' } else { '0' };
            assert!(open_text(&letters.iter().collect::<String>(), "list").is_err());
            assert!(open_text(&cursor[..at], "list").is_err());
        }
        assert!(
            open_text("", "list").is_err()
                && open_text("zz", "list").is_err()
                && open_text("ä", "list").is_err()
        );
    }
}
