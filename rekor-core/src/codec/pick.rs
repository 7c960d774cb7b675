//! Takes the values at a few named paths out of a stored JSON text in one pass, skipping the rest. It trusts
//! the stored form (no white space, fewest escapes) but not the bytes: what it cannot read is `corrupt_store`,
//! never a panic.
//!
//! A segment that is a number means an element of an array and a key of an object.

use crate::codec::json::write_string;
use crate::codec::scalar::damaged;
use crate::ground::error::Result;

/// Several paths, compiled once, that are looked up together.
#[derive(Debug, Clone, Default)]
pub struct Picker {
    nodes: Vec<Node>,
    /// How many paths can be found.
    wanted: usize,
}

#[derive(Debug, Clone, Default)]
struct Node {
    children: Vec<Child>,
    /// Which results this value is.
    slot: Option<usize>,
}

#[derive(Debug, Clone)]
struct Child {
    /// As stored between the quotes.
    key: Box<str>,
    element: Option<usize>,
    node: usize,
}

impl Picker {
    /// Compiles paths below the text's root, each with the place of its result. A path must not be given twice.
    pub fn new<'p>(paths: impl IntoIterator<Item = (usize, &'p [String])>) -> Self {
        let mut made = Self { nodes: vec![Node::default()], wanted: 0 };
        for (slot, path) in paths {
            let mut at = 0;
            for segment in path {
                at = made.child(at, segment);
            }
            if let Some(node) = made.nodes.get_mut(at) {
                node.slot = Some(slot);
                made.wanted += 1;
            }
        }
        made
    }

    /// Looks for one key of an object, given as stored between the quotes; its result stands at 0.
    #[must_use]
    pub fn of_stored_key(key: &str) -> Self {
        let child = Child { key: key.into(), element: None, node: 1 };
        let root = Node { children: vec![child], slot: None };
        Self { nodes: vec![root, Node { children: Vec::new(), slot: Some(0) }], wanted: 1 }
    }

    fn child(&mut self, at: usize, segment: &str) -> usize {
        let key = stored_key(segment);
        let found = self.nodes.get(at).and_then(|node| node.children.iter().find(|child| *child.key == *key));
        if let Some(child) = found {
            return child.node;
        }
        let made = self.nodes.len();
        self.nodes.push(Node::default());
        if let Some(node) = self.nodes.get_mut(at) {
            node.children.push(Child { key, element: element_number(segment), node: made });
        }
        made
    }

    /// Writes the stored text of each path that is there into its place in `found`; the others are left alone.
    pub fn pick<'t>(&self, text: &'t str, found: &mut [Option<&'t str>]) -> Result<()> {
        if self.wanted == 0 {
            return Ok(());
        }
        let mut walk = Walk { picker: self, text, found, left: self.wanted };
        walk.value(0, 0).map(|_| ())
    }
}

/// The key as it stands between the quotes of stored text.
pub(crate) fn stored_key(key: &str) -> Box<str> {
    let mut quoted = String::with_capacity(key.len() + 2);
    write_string(key, &mut quoted);
    quoted.get(1..quoted.len() - 1).unwrap_or_default().into()
}

/// The number of the element that a segment of a path names.
pub(crate) fn element_number(segment: &str) -> Option<usize> {
    let plain = segment == "0" || !segment.starts_with('0') && segment.bytes().all(|b| b.is_ascii_digit());
    if plain { segment.parse().ok() } else { None }
}

struct Walk<'w, 't> {
    picker: &'w Picker,
    text: &'t str,
    found: &'w mut [Option<&'t str>],
    left: usize,
}

impl Walk<'_, '_> {
    /// Reads the value at `at` for `node` and answers where it ends; once nothing is left to find, the answer
    /// means nothing.
    fn value(&mut self, node: usize, at: usize) -> Result<usize> {
        let picker = self.picker;
        let spot = picker.nodes.get(node).ok_or_else(damaged)?;
        let end = match (spot.children.is_empty(), self.text.as_bytes().get(at)) {
            (false, Some(b'{')) => self.members(&spot.children, at + 1)?,
            (false, Some(b'[')) => self.elements(&spot.children, at + 1)?,
            _ => value_end(self.text, at)?,
        };
        if let Some(slot) = spot.slot {
            // The walk may have stopped inside only if nothing is left, and this slot is still to come.
            *self.found.get_mut(slot).ok_or_else(damaged)? =
                Some(self.text.get(at..end).ok_or_else(damaged)?);
            self.left -= 1;
        }
        Ok(end)
    }

    fn members(&mut self, children: &[Child], mut at: usize) -> Result<usize> {
        let bytes = self.text.as_bytes();
        if bytes.get(at) == Some(&b'}') {
            return Ok(at + 1);
        }
        loop {
            let key_end = value_end(self.text, at)?;
            let key = bytes.get(at + 1..key_end - 1).ok_or_else(damaged)?;
            if bytes.get(at) != Some(&b'"') || bytes.get(key_end) != Some(&b':') {
                return Err(damaged());
            }
            let wanted = children.iter().find(|child| child.key.as_bytes() == key);
            at = self.next(wanted, key_end + 1)?;
            if self.left == 0 {
                return Ok(at);
            }
            match bytes.get(at) {
                Some(b',') => at += 1,
                Some(b'}') => return Ok(at + 1),
                _ => return Err(damaged()),
            }
        }
    }

    fn elements(&mut self, children: &[Child], mut at: usize) -> Result<usize> {
        if self.text.as_bytes().get(at) == Some(&b']') {
            return Ok(at + 1);
        }
        for number in 0_usize.. {
            let wanted = children.iter().find(|child| child.element == Some(number));
            at = self.next(wanted, at)?;
            if self.left == 0 {
                return Ok(at);
            }
            match self.text.as_bytes().get(at) {
                Some(b',') => at += 1,
                Some(b']') => return Ok(at + 1),
                _ => return Err(damaged()),
            }
        }
        Err(damaged())
    }

    fn next(&mut self, wanted: Option<&Child>, at: usize) -> Result<usize> {
        match wanted {
            Some(child) => self.value(child.node, at),
            None => value_end(self.text, at),
        }
    }
}

/// Where the value that starts at `at` ends.
pub(crate) fn value_end(text: &str, at: usize) -> Result<usize> {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at + 1),
        Some(b'{' | b'[') => container_end(bytes, at + 1),
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let rest = bytes.get(at..).unwrap_or_default();
            Ok(at + rest.iter().position(|b| matches!(b, b',' | b'}' | b']')).unwrap_or(rest.len()))
        }
        _ => Err(damaged()),
    }
}

fn string_end(bytes: &[u8], mut at: usize) -> Result<usize> {
    loop {
        let rest = bytes.get(at..).ok_or_else(damaged)?;
        at += memchr::memchr2(b'"', b'\\', rest).ok_or_else(damaged)?;
        if bytes.get(at) == Some(&b'"') {
            return Ok(at + 1);
        }
        at += 2;
    }
}

fn container_end(bytes: &[u8], mut at: usize) -> Result<usize> {
    let mut depth = 1_usize;
    while depth > 0 {
        match bytes.get(at).ok_or_else(damaged)? {
            b'"' => {
                at = string_end(bytes, at + 1)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    Ok(at)
}

/// The elements of a stored array, or nothing when the text is not one.
pub fn elements(text: &str) -> impl Iterator<Item = Result<&str>> {
    let inner = text.starts_with('[') && text.len() > 2;
    let mut at = if inner { Some(1) } else { None };
    std::iter::from_fn(move || {
        let start = at?;
        let step = value_end(text, start).and_then(|end| {
            at = (text.as_bytes().get(end) == Some(&b',')).then_some(end + 1);
            text.get(start..end).ok_or_else(damaged)
        });
        if step.is_err() {
            at = None;
        }
        Some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"a":1.50,"b":{"c":"x\"}","d":[1,[2,{"e":3}],"]"]},"x.y":null,"0":"zero","ä\n":true,"l":{"m":{}}}"#;

    fn pick(paths: &[&[&str]], text: &str) -> Result<Vec<Option<String>>> {
        let paths: Vec<Vec<String>> =
            paths.iter().map(|p| p.iter().map(|s| (*s).to_owned()).collect()).collect();
        let picker = Picker::new(paths.iter().enumerate().map(|(slot, path)| (slot, path.as_slice())));
        let mut found = vec![None; paths.len()];
        picker.pick(text, &mut found)?;
        Ok(found.into_iter().map(|value| value.map(str::to_owned)).collect())
    }

    #[test]
    fn paths_are_picked_together() {
        let paths: &[&[&str]] = &[
            &["a"],
            &["b", "c"],
            &["b", "d", "1", "1", "e"],
            &["b", "d", "2"],
            &["x.y"],
            &["0"],
            &["ä\n"],
            &["b", "d", "9"],
            &["nope"],
            &["a", "b"],
            &["b", "d", "01"],
            &["l"],
            &["l", "m"],
        ];
        let found = pick(paths, TEXT).unwrap();
        let found: Vec<_> = found.iter().map(Option::as_deref).collect();
        let want = [
            Some("1.50"),
            Some(r#""x\"}""#),
            Some("3"),
            Some(r#""]""#),
            Some("null"),
            Some("\"zero\""),
            Some("true"),
            None,
            None,
            None,
            None,
            Some(r#"{"m":{}}"#),
            Some("{}"),
        ];
        assert_eq!(found, want);
        assert_eq!(
            pick(&[&["b"], &["b", "c"]], TEXT).unwrap()[0].as_deref(),
            Some(r#"{"c":"x\"}","d":[1,[2,{"e":3}],"]"]}"#)
        );
        assert_eq!(pick(&[&[]], "{}").unwrap(), [Some("{}".to_owned())]);
    }

    #[test]
    fn elements_of_arrays_are_given_one_by_one() {
        let all = |text| elements(text).collect::<Result<Vec<_>>>();
        assert_eq!(all(r#"[1,"a,]",[2],{"b":3}]"#).unwrap(), ["1", "\"a,]\"", "[2]", "{\"b\":3}"]);
        assert!(
            all("[]").unwrap().is_empty()
                && all("{}").unwrap().is_empty()
                && all("\"[\"").unwrap().is_empty()
        );
        assert!(all("[1,").is_err());
    }

    #[test]
    fn bad_text_is_corrupt_and_never_panics() {
        let paths: &[&[&str]] = &[&["b", "d", "1", "1", "e"], &["zz"], &["l", "m", "n"]];
        for end in 0..TEXT.len() {
            if let Some(text) = TEXT.get(..end) {
                let _ = pick(paths, text);
            }
            let mut bytes = TEXT.as_bytes().to_vec();
            bytes[end] = b'{';
            if let Ok(text) = String::from_utf8(bytes) {
                let _ = pick(paths, &text);
            }
        }
        assert!(pick(paths, "").is_err() && pick(paths, "{\"b").is_err() && pick(paths, "{:").is_err());
    }
}
