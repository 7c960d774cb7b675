//! Strings in JSON text: where they end, what their escapes mean and how they are written with the fewest
//! escapes. Never lets a lone surrogate or a raw control character through.

/// Why there is no string: the byte at fault, what is wrong there and the next step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes of a word that are zero.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// The first byte from `from` on that is a quote, a backslash or a control character, or the length.
pub(super) fn plain_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = zeros(word ^ (LOW * 0x22));
        let backslash = zeros(word ^ (LOW * 0x5c));
        let control = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
        let found = quote | backslash | control;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count()
}

/// Reads the rest of a string whose first escape is at `from`, writes it minimally and answers where its
/// closing quote is.
pub(super) fn rewrite(text: &str, from: usize, out: &mut String) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let plain = plain_end(bytes, at);
        out.push_str(text.get(at..plain).unwrap_or_default());
        match bytes.get(plain) {
            Some(b'"') => return Ok(plain),
            Some(b'\\') => {
                let (letter, end) = escape(bytes, plain)?;
                write_char(letter, out);
                at = end;
            }
            other => return Err(not_allowed(plain, other.copied())),
        }
    }
}

/// The fault of a byte that ends a string too early.
pub(super) fn not_allowed(at: usize, byte: Option<u8>) -> Fault {
    match byte {
        None => Fault { at, message: "the string is not closed", hint: "add the closing quote" },
        Some(b'\n') => Fault {
            at,
            message: "a string must not hold a raw line break",
            hint: "write \\n, or close the string with a quote",
        },
        Some(_) => Fault {
            at,
            message: "a string must not hold a raw control character",
            hint: "write it as an escape such as \\t or \\u0000",
        },
    }
}

/// The character that the escape at `at` stands for, and where the escape ends.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), Fault> {
    let letter = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, at),
        None => return Err(not_allowed(at, None)),
        Some(_) => {
            return Err(Fault {
                at,
                message: "the escape is not one of JSON",
                hint: "JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX; write a backslash as \\\\",
            });
        }
    };
    Ok((letter, at + 2))
}

fn unicode_escape(bytes: &[u8], at: usize) -> Result<(char, usize), Fault> {
    let lone = Fault {
        at,
        message: "the escape is half of a surrogate pair",
        hint: "write both halves, or the character itself",
    };
    let first = hex4(bytes, at + 2).ok_or(Fault {
        at,
        message: "four hexadecimal digits must follow \\u",
        hint: "write an escape such as \\u00e9, or the character itself",
    })?;
    if !(0xd800..0xe000).contains(&first) {
        return char::from_u32(first).map(|letter| (letter, at + 6)).ok_or(lone);
    }
    let paired = bytes.get(at + 6..at + 8) == Some(b"\\u");
    let second = if paired { hex4(bytes, at + 8) } else { None };
    match second {
        Some(second) if first < 0xdc00 && (0xdc00..0xe000).contains(&second) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            char::from_u32(code).map(|letter| (letter, at + 12)).ok_or(lone)
        }
        _ => Err(lone),
    }
}

fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
}

/// Writes a string as JSON with its quotes and the fewest escapes.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut at = 0;
    loop {
        let plain = plain_end(text.as_bytes(), at);
        out.push_str(text.get(at..plain).unwrap_or_default());
        // What ends a plain run is ASCII, so it is one character of one byte.
        let Some(letter) = text.get(plain..).and_then(|rest| rest.chars().next()) else { break };
        write_char(letter, out);
        at = plain + 1;
    }
    out.push('"');
}

fn write_char(letter: char, out: &mut String) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        control if control < ' ' => {
            out.push_str("\\u00");
            let code = u32::from(control);
            for digit in [code >> 4, code & 15] {
                out.push(char::from_digit(digit, 16).unwrap_or('0'));
            }
        }
        other => out.push(other),
    }
}

/// The characters of a string in its stored form, given without its quotes.
pub(super) fn unescaped(stored: &str) -> String {
    let bytes = stored.as_bytes();
    let mut out = String::with_capacity(stored.len());
    let mut at = 0;
    while let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'\\')) {
        out.push_str(stored.get(at..at + offset).unwrap_or_default());
        match escape(bytes, at + offset) {
            Ok((letter, end)) => {
                out.push(letter);
                at = end;
            }
            Err(_) => at += offset + 1,
        }
    }
    out.push_str(stored.get(at..).unwrap_or_default());
    out
}
