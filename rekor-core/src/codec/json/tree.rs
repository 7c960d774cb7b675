//! A JSON value as a tree that keeps the order of keys and the spelling of numbers, for what a program must
//! look into: filters, sorts, operations, patches. Never holds a value that the stored form could not.

use crate::codec::json::{canonical, string};
use crate::ground::error::{Code, Error, Result};

/// A JSON value with the order of its keys and the spelling of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was spelled.
    Number(Box<str>),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Tree>),
    /// An object; each key stands once.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a JSON text as strictly as [`canonical`].
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_canonical(&canonical(text)?)
    }

    /// Reads a text that is in stored form already; any other text is `internal`.
    pub fn from_canonical(text: &str) -> Result<Self> {
        let mut reader = Reader { text, at: 0 };
        let tree = reader.value();
        tree.filter(|_| reader.at == text.len())
            .ok_or_else(|| Error::new(Code::Internal, "a text that should be in stored form is not"))
    }

    /// Writes the stored form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Appends the stored form to `out`.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(spelled) => out.push_str(spelled),
            Self::String(text) => string::write_string(text, out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    string::write_string(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The member `key` of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The members of an object, in their order.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// What kind of value it is, as messages name it.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

/// Reads stored form, which was checked when it was made; the depth is bounded by the limit on nesting.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Tree> {
        match self.peek()? {
            b'{' => self.members(),
            b'[' => self.items(),
            b'"' => self.string().map(Tree::String),
            b't' => self.word("true", Tree::Bool(true)),
            b'f' => self.word("false", Tree::Bool(false)),
            b'n' => self.word("null", Tree::Null),
            _ => self.number(),
        }
    }

    fn members(&mut self) -> Option<Tree> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Some(Tree::Object(members));
        }
        loop {
            let key = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            members.push((key, self.value()?));
            if self.eat(b'}') {
                return Some(Tree::Object(members));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn items(&mut self) -> Option<Tree> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Some(Tree::Array(items));
        }
        loop {
            items.push(self.value()?);
            if self.eat(b']') {
                return Some(Tree::Array(items));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat(b'"') {
            return None;
        }
        let start = self.at;
        let mut end = string::plain_end(self.text.as_bytes(), start);
        while self.text.as_bytes().get(end) == Some(&b'\\') {
            // Skips the escaped letter too, which may be a quote; the digits of \u are plain.
            end = string::plain_end(self.text.as_bytes(), end + 2);
        }
        let stored = self.text.get(start..end)?;
        self.at = end;
        self.eat(b'"').then(|| string::unescaped(stored))
    }

    fn number(&mut self) -> Option<Tree> {
        let rest = self.text.get(self.at..)?;
        let end = rest.find([',', ']', '}']).unwrap_or(rest.len());
        let spelled = rest
            .get(..end)
            .filter(|spelled| spelled.starts_with(|c: char| c == '-' || c.is_ascii_digit()))?;
        self.at += end;
        Some(Tree::Number(spelled.into()))
    }

    fn word(&mut self, word: &str, tree: Tree) -> Option<Tree> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(tree)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }
}
