//! The strict JSON text of rekor: one stored form for each value, so that equal data is equal text.
//! Never guesses what a caller meant: what cannot be kept exactly is refused with its place.

mod merge;
mod number;
mod place;
mod scan;
mod string;
#[cfg(test)]
mod tests;
mod tree;

pub use merge::merge_patch;
pub use place::{pointer_push, pointer_segments};
pub use string::write_string;
pub use tree::Tree;

use crate::ground::error::{Code, Error, Result};

/// Checks a JSON text strictly and answers its stored form.
///
/// The stored form has no insignificant white space, strings escaped no more than JSON demands and numbers
/// as spelled, save that negative zero is `0`; the order of keys is kept. Refused are invalid UTF-8, a byte
/// order mark and lone surrogates (`invalid_json`), a key twice in one object (`duplicate_key`), more than 64
/// levels (`too_deep`), and numbers that are neither an integer of 64 bits nor a finite double
/// (`number_out_of_range`). The error has the pointer of the place.
///
/// For example ` {"a" : "\u0041", "b": [1.50, -0]} ` becomes `{"a":"A","b":[1.50,0]}`.
pub fn canonical(text: impl AsRef<[u8]>) -> Result<String> {
    canonical_around(text, 0)
}

/// Like [`canonical`], for a text whose documents stand `levels` deep inside it: a batch's operations.
pub fn canonical_around(text: impl AsRef<[u8]>, levels: usize) -> Result<String> {
    let bytes = text.as_ref();
    match std::str::from_utf8(bytes) {
        Ok(text) => scan::Scan::new(text).around(levels).run(),
        Err(fault) => Err(not_utf8(bytes, fault.valid_up_to())),
    }
}

/// Answers the error of a text that is not UTF-8 from `at` on, with the pointer of the value around it.
fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let valid = bytes.get(..at).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    let (line, column) = place::line_and_column(valid, at);
    Error::new(Code::InvalidJson, format!("the text is not UTF-8 at line {line}, column {column}"))
        .at(scan::Scan::new(valid).pointer_at_end())
        .hint("encode the text as UTF-8")
}
