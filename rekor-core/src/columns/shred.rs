//! Takes a record apart into the scalars at its paths. It trusts the stored form of JSON but not the bytes, as the
//! picker does.

use crate::codec::pick::value_end;
use crate::columns::bytes::damaged;
use crate::columns::leaf::Leaf;
use crate::ground::error::Result;

/// Takes the scalars of a record.
pub trait Sink<'t> {
    /// The number of a member of the object at `parent`; none when what is there is not wanted. The key is given as
    /// stored between its quotes.
    fn member(&mut self, parent: u32, key: &'t str) -> Option<u32>;

    /// Takes one scalar.
    fn take(&mut self, path: u32, leaf: Leaf<'t>);
}

/// Hands the scalars of a record's data to `sink`, in their order; `path` is the number of the data itself.
pub fn shred<'t>(data: &'t str, path: u32, sink: &mut impl Sink<'t>) -> Result<()> {
    members(data, 1, path, sink).map(|_| ())
}

/// Takes the members of the object whose brace stands before `at`, and answers where it ends.
fn members<'t>(text: &'t str, mut at: usize, parent: u32, sink: &mut impl Sink<'t>) -> Result<usize> {
    let bytes = text.as_bytes();
    if bytes.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        let key_end = value_end(text, at)?;
        let key = text.get(at + 1..key_end - 1).ok_or_else(damaged)?;
        if bytes.get(at) != Some(&b'"') || bytes.get(key_end) != Some(&b':') {
            return Err(damaged());
        }
        let start = key_end + 1;
        at = match (sink.member(parent, key), bytes.get(start)) {
            (Some(path), Some(b'{')) => {
                sink.take(path, Leaf::Object);
                members(text, start + 1, path, sink)?
            }
            (path, _) => {
                let end = value_end(text, start)?;
                if let Some(path) = path
                    && let Some(leaf) = Leaf::read(text.get(start..end).ok_or_else(damaged)?)?
                {
                    sink.take(path, leaf);
                }
                end
            }
        };
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return Ok(at + 1),
            _ => return Err(damaged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::paths::{DATA, Paths};

    struct All<'t> {
        paths: Paths,
        taken: Vec<(u32, Leaf<'t>)>,
    }

    impl<'t> Sink<'t> for All<'t> {
        fn member(&mut self, parent: u32, key: &'t str) -> Option<u32> {
            if key == "skip" {
                None
            } else {
                self.paths.child(parent, key, &mut 0).or_else(|| self.paths.add(parent, key))
            }
        }

        fn take(&mut self, path: u32, leaf: Leaf<'t>) {
            self.taken.push((path, leaf));
        }
    }

    fn all(text: &str) -> Result<Vec<(u32, Leaf<'_>)>> {
        let mut all = All { paths: Paths::default(), taken: Vec::new() };
        shred(text, DATA, &mut all)?;
        Ok(all.taken)
    }

    const TEXT: &str = r#"{"a":1,"b":{"c":"x","d":{}},"skip":{"e":1},"n":null,"t":["a",2],"a\"b":false}"#;

    #[test]
    fn a_record_is_taken_apart() {
        let want = [
            (8, Leaf::Int(1)),
            (9, Leaf::Object),
            (10, Leaf::Text("x".into())),
            (11, Leaf::Object),
            (13, Leaf::Array(r#"["a",2]"#.into())),
            (14, Leaf::Bool(false)),
        ];
        assert_eq!(all(TEXT).unwrap(), want);
        assert!(all("{}").unwrap().is_empty());
    }

    #[test]
    fn bad_text_is_damage_and_never_panics() {
        for end in 1..TEXT.len() {
            assert!(all(&TEXT[..end]).is_err());
            let mut bytes = TEXT.as_bytes().to_vec();
            bytes[end] = b'{';
            if let Ok(text) = String::from_utf8(bytes) {
                let _ = all(&text);
            }
        }
    }
}
