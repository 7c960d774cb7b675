//! The one pass that checks a JSON text and writes its stored form. Holds its own stack, so that depth costs
//! no stack of the thread; never builds a tree.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use crate::codec::json::{number, place, string};
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;

/// Keys up to this many are compared with each other as they come; beyond, they are hashed and sorted at the end.
const KEYS_COMPARED: usize = 16;

/// An array or object that is open.
struct Frame {
    object: bool,
    /// Where this object's keys start in the list of keys.
    keys: usize,
    /// How many elements came before this one.
    index: usize,
}

/// A key in its stored spelling without quotes: from the input, or from the output when it had escapes.
struct Key {
    written: bool,
    range: Range<usize>,
    /// Where it stands in the input.
    at: usize,
}

/// What a step met that is not allowed.
struct Fault {
    code: Code,
    at: usize,
    message: String,
    hint: &'static str,
}

/// One pass over a text. The output is copied in runs as long as nothing changes.
pub(super) struct Scan<'t> {
    text: &'t str,
    out: String,
    /// The next byte to look at.
    at: usize,
    /// Where the input that is not yet copied starts.
    copied: usize,
    frames: Vec<Frame>,
    keys: Vec<Key>,
    levels_max: usize,
}

type Step<T = ()> = Result<T, Fault>;

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let out = String::with_capacity(text.len());
        Self {
            text,
            out,
            at: 0,
            copied: 0,
            frames: Vec::with_capacity(8),
            keys: Vec::with_capacity(32),
            levels_max: limits::NESTING.len(),
        }
    }

    /// Allows `levels` more of nesting than a document may have, for what surrounds documents.
    pub(super) fn around(mut self, levels: usize) -> Self {
        self.levels_max += levels;
        self
    }

    /// Answers the stored form of the text.
    pub(super) fn run(mut self) -> Result<String> {
        match self.document() {
            Ok(()) => Ok(self.out),
            Err(fault) => Err(self.error(&fault)),
        }
    }

    /// The pointer of the value in which a text that breaks off ends.
    pub(super) fn pointer_at_end(mut self) -> String {
        match self.document() {
            Ok(()) => String::new(),
            Err(_) => self.pointer(),
        }
    }

    fn document(&mut self) -> Step {
        if self.text.starts_with('\u{feff}') {
            return Err(self.syntax("the text starts with a byte order mark", "leave the mark out"));
        }
        loop {
            self.skip_space();
            if self.opens()? {
                continue;
            }
            if self.closes()? {
                break;
            }
        }
        self.skip_space();
        if self.peek().is_some() {
            return Err(self
                .syntax("there is text after the JSON value", "send one value, without anything after it"));
        }
        self.flush(self.at);
        Ok(())
    }

    /// Reads the start of a value; answers whether another value follows at once, as its first member.
    fn opens(&mut self) -> Step<bool> {
        match self.peek() {
            Some(b'{') => {
                self.push(true)?;
                self.skip_space();
                if self.peek() == Some(b'}') {
                    return Ok(false);
                }
                self.key()?;
                Ok(true)
            }
            Some(b'[') => {
                self.push(false)?;
                self.skip_space();
                Ok(self.peek() != Some(b']'))
            }
            Some(b'"') => self.string().map(|_| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            None if self.at == 0 => Err(self.syntax("the text is empty", "send a JSON value such as {}")),
            None => Err(self.syntax("the text ends where a value is expected", "complete the value")),
            Some(b'\'') => Err(self.syntax("a value is expected", "strings take double quotes")),
            Some(b'}' | b']') => {
                Err(self.syntax("a value is expected", "remove the comma before it, or add a value"))
            }
            Some(_) => Err(self.syntax(
                "a value is expected",
                "a value is an object, array, string, number, true, false or null",
            )),
        }
    }

    /// Reads what follows a value, closing what ends; answers whether the whole document has ended.
    fn closes(&mut self) -> Step<bool> {
        loop {
            let Some(object) = self.frames.last().map(|frame| frame.object) else { return Ok(true) };
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    if let Some(frame) = self.frames.last_mut() {
                        frame.index += 1;
                    }
                    if object {
                        self.skip_space();
                        self.key()?;
                    }
                    return Ok(false);
                }
                Some(b'}') if object => self.pop()?,
                Some(b']') if !object => self.pop()?,
                None if object => {
                    return Err(self.syntax("the object is not closed", "add the closing brace"));
                }
                None => return Err(self.syntax("the array is not closed", "add the closing bracket")),
                Some(_) if object => {
                    return Err(
                        self.syntax("a comma or a closing brace is expected", "separate members with commas")
                    );
                }
                Some(_) => {
                    return Err(self.syntax(
                        "a comma or a closing bracket is expected",
                        "separate elements with commas",
                    ));
                }
            }
        }
    }

    fn push(&mut self, object: bool) -> Step {
        if self.frames.len() >= self.levels_max {
            return Err(Fault {
                code: limits::NESTING.code,
                at: self.at,
                message: format!("the JSON is nested deeper than {} levels", limits::NESTING.max),
                hint: "flatten the value, or keep the inner part as a string",
            });
        }
        self.frames.push(Frame { object, keys: self.keys.len(), index: 0 });
        self.at += 1;
        Ok(())
    }

    fn pop(&mut self) -> Step {
        self.at += 1;
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let start = frame.keys;
        if self.keys.len() - start > KEYS_COMPARED
            && let Some(twice) = self.sorted_duplicate(start)
        {
            return Err(twice);
        }
        self.keys.truncate(start);
        self.frames.pop();
        Ok(())
    }

    /// Reads a key and its colon, and compares it with the keys before it.
    fn key(&mut self) -> Step {
        if self.peek() != Some(b'"') {
            return Err(match self.peek() {
                None => self.syntax("the object is not closed", "add the closing brace"),
                Some(b'}') => {
                    self.syntax("a key is expected after the comma", "remove the comma before the brace")
                }
                Some(_) => self.syntax("a key is expected", "keys are strings in double quotes"),
            });
        }
        let at = self.at;
        let (written, range) = self.string()?;
        let key = Key { written, range, at };
        let start = self.frames.last().map_or(0, |frame| frame.keys);
        let earlier = self.keys.get(start..).unwrap_or_default();
        let twice = earlier.len() < KEYS_COMPARED
            && earlier.iter().any(|other| {
                other.range.len() == key.range.len() && self.spelling(other) == self.spelling(&key)
            });
        self.keys.push(key);
        if twice {
            return Err(self.duplicate(at));
        }
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.syntax("a colon is expected after the key", "write \"key\": value"));
        }
        self.at += 1;
        Ok(())
    }

    /// The first key that repeats another in the object whose keys start at `start`; it becomes the last of the
    /// list, which names the place of an error.
    fn sorted_duplicate(&mut self, start: usize) -> Option<Fault> {
        let keys = self.keys.get(start..).unwrap_or_default();
        let hasher = RandomState::new();
        let mut sorted: Vec<(u64, &Key)> =
            keys.iter().map(|key| (hasher.hash_one(self.spelling(key)), key)).collect();
        sorted.sort_unstable_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| self.spelling(x).cmp(self.spelling(y))).then(x.at.cmp(&y.at))
        });
        let pairs = sorted.iter().zip(sorted.iter().skip(1));
        let same = pairs.filter(|((a, x), (b, y))| a == b && self.spelling(x) == self.spelling(y));
        let at = same.map(|(_, (_, later))| later.at).min()?;
        let place = self.keys.iter().position(|key| key.at == at)?;
        self.keys.truncate(place + 1);
        Some(self.duplicate(at))
    }

    fn duplicate(&self, at: usize) -> Fault {
        let name = self.keys.last().map(|key| self.name(key)).unwrap_or_default();
        let shown: String = name.chars().take(60).collect();
        let message = format!("the key `{shown}` stands twice in one object");
        Fault { code: Code::DuplicateKey, at, message, hint: "keep one of the two" }
    }

    fn spelling(&self, key: &Key) -> &[u8] {
        let source = if key.written { self.out.as_bytes() } else { self.text.as_bytes() };
        source.get(key.range.clone()).unwrap_or_default()
    }

    fn name(&self, key: &Key) -> String {
        string::unescaped(std::str::from_utf8(self.spelling(key)).unwrap_or_default())
    }

    /// Reads a string; answers whether it was rewritten and the range of its stored form without quotes.
    fn string(&mut self) -> Step<(bool, Range<usize>)> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let plain = string::plain_end(bytes, start);
        let fault = |f: string::Fault| Fault {
            code: Code::InvalidJson,
            at: f.at,
            message: f.message.to_owned(),
            hint: f.hint,
        };
        match bytes.get(plain) {
            Some(b'"') => {
                self.at = plain + 1;
                Ok((false, start..plain))
            }
            Some(b'\\') => {
                self.flush(plain);
                let written = self.out.len() - (plain - start);
                let end = string::rewrite(self.text, plain, &mut self.out).map_err(fault)?;
                self.copied = end;
                self.at = end + 1;
                Ok((true, written..self.out.len()))
            }
            other => Err(fault(string::not_allowed(plain, other.copied()))),
        }
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        let number = number::read(self.text, start).map_err(|f| Fault {
            code: f.code,
            at: f.at,
            message: f.message.to_owned(),
            hint: f.hint,
        })?;
        self.at = number.end;
        if number.negative_zero {
            self.flush(start);
            self.out.push('0');
            self.copied = number.end;
        }
        Ok(())
    }

    fn word(&mut self, word: &'static str) -> Step<bool> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.syntax(
                "a value is expected",
                "bare words are true, false and null; strings take double quotes",
            ));
        }
        self.at += word.len();
        Ok(false)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        if !matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            return;
        }
        self.flush(self.at);
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.copied = self.at;
    }

    /// Copies the input up to `end`, which is not white space and was not rewritten.
    fn flush(&mut self, end: usize) {
        self.out.push_str(self.text.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn syntax(&self, message: &str, hint: &'static str) -> Fault {
        Fault { code: Code::InvalidJson, at: self.at, message: message.to_owned(), hint }
    }

    /// The pointer of the value that is being read.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for (depth, frame) in self.frames.iter().enumerate() {
            if !frame.object {
                place::pointer_push(&mut pointer, &frame.index.to_string());
                continue;
            }
            let end = self.frames.get(depth + 1).map_or(self.keys.len(), |inner| inner.keys);
            let key = self.keys.get(frame.keys..end).and_then(|keys| keys.last());
            if let Some(key) = key {
                place::pointer_push(&mut pointer, &self.name(key));
            }
        }
        pointer
    }

    fn error(&self, fault: &Fault) -> Error {
        let (line, column) = place::line_and_column(self.text, fault.at);
        let message = match fault.code {
            Code::InvalidJson => format!("{} at line {line}, column {column}", fault.message),
            _ => fault.message.clone(),
        };
        Error::new(fault.code, message).at(self.pointer()).hint(fault.hint)
    }
}
