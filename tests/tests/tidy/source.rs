//! Reads Rust source just far enough for the rules: what is code, what is a test, where a function ends.

use std::ops::Range;

/// The text with every comment and the inside of every literal made blank. Lines stay where they are.
pub(super) fn code_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = chars.clone();
    let mut at = 0;
    while at < chars.len() {
        let (end, blank) = token(&chars, at);
        for place in &mut out[blank] {
            if *place != '\n' {
                *place = ' ';
            }
        }
        at = end;
    }
    out.into_iter().collect()
}

/// Where the token at `at` ends, and which part of it is not code.
fn token(chars: &[char], at: usize) -> (usize, Range<usize>) {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => {
            let end = find(chars, at, |rest| rest[0] == '\n');
            (end, at..end)
        }
        '/' if next == Some('*') => {
            let end = block_comment_end(chars, at);
            (end, at..end)
        }
        '"' => {
            let end = string_end(chars, at + 1);
            (end, at + 1..end.saturating_sub(1).max(at + 1))
        }
        'r' if !glued(chars, at) => raw_string(chars, at).unwrap_or((at + 1, at..at)),
        '\'' => char_literal(chars, at).map_or((at + 1, at..at), |end| (end, at + 1..end - 1)),
        _ => (at + 1, at..at),
    }
}

/// Whether the letter at `at` goes on with a name. A prefix of a literal (`b`, `c`) does not.
fn glued(chars: &[char], at: usize) -> bool {
    let is_word = |at: usize| chars[at].is_alphanumeric() || chars[at] == '_';
    at > 0 && is_word(at - 1) && !(matches!(chars[at - 1], 'b' | 'c') && (at < 2 || !is_word(at - 2)))
}

fn find(chars: &[char], from: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|&at| is_end(&chars[at..])).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// A raw string that begins with the `r` at `at`.
fn raw_string(chars: &[char], at: usize) -> Option<(usize, Range<usize>)> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let close = find(chars, open + 1, |rest| {
        rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|c| *c == '#')
    });
    Some(((close + 1 + hashes).min(chars.len()), open + 1..close))
}

/// The end of the character literal at `at`; `None` when it is a lifetime.
fn char_literal(chars: &[char], at: usize) -> Option<usize> {
    match chars.get(at + 1)? {
        '\\' => Some((find(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len())),
        _ => (chars.get(at + 2) == Some(&'\'')).then_some(at + 3),
    }
}

/// Code without the items that only tests have, and the names of the modules among them that are files.
pub(super) fn without_tests(code: &str) -> (String, Vec<String>) {
    let mut rest = code.to_owned();
    let mut modules = Vec::new();
    while let Some(start) =
        ["#[cfg(test)]", "#[cfg(any(test", "#[cfg(all(test"].iter().filter_map(|a| rest.find(a)).min()
    {
        let end = item_end(&rest, start);
        let item = rest[start..end].to_owned();
        if let Some(name) = item.strip_suffix(';').and_then(|i| i.split("mod ").nth(1)) {
            modules.push(name.trim().to_owned());
        }
        let blank: String = item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        rest.replace_range(start..end, &blank);
    }
    (rest, modules)
}

/// Where the item, field or statement ends that the attribute at `start` belongs to.
fn item_end(code: &str, start: usize) -> usize {
    let mut at = start;
    while code[at..].starts_with("#[") {
        let end = at + code[at..].find(']').map_or(code.len() - at, |end| end + 1);
        at = end + code[end..].len() - code[end..].trim_start().len();
    }
    let first = code[at..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let is_item = !first.is_empty() && ITEM_WORDS.contains(&first);
    let mut depth = 0_i32;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at + offset,
            ')' | ']' => depth -= 1,
            '}' => {
                depth -= 1;
                if depth == 0 && first != "use" && first != "let" {
                    return at + offset + 1;
                }
            }
            ';' if depth == 0 => return at + offset + 1,
            ',' if depth == 0 && !is_item => return at + offset + 1,
            _ => {}
        }
    }
    code.len()
}

const ITEM_WORDS: [&str; 15] = [
    "pub",
    "fn",
    "impl",
    "mod",
    "struct",
    "enum",
    "use",
    "const",
    "static",
    "trait",
    "type",
    "async",
    "unsafe",
    "macro_rules",
    "let",
];

/// A function: its name, the line where it begins, and how many lines it has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// Every function with a body.
pub(super) fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let before = code[..start].chars().next_back();
        let name: String =
            code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if name.is_empty() || before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        if let Some(body) = body(&code[start..]) {
            let lines = code[start..start + body].matches('\n').count() + 1;
            found.push(Function { name, line: code[..start].matches('\n').count() + 1, lines });
        }
    }
    found
}

/// The length of a function up to its closing brace; `None` when it has no body.
fn body(code: &str) -> Option<usize> {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && curly == 0 => return None,
            '{' => curly += 1,
            '}' => {
                curly -= 1;
                if curly == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[test]
fn comments_and_literals_are_not_code() {
    let text = "a /* \"x\" /* y */ z */ b \"q\\\"{\" c r#\"p\"{\"# d '{' 'x '\\'' e // f\ng b\"h\" br#\"i\"#";
    let code = code_of(text);
    assert_eq!(code.split_whitespace().collect::<String>(), "ab\"\"cr#\"\"#d'''x''egb\"\"br#\"\"#");
    assert_eq!(code.len(), text.len());
    assert_eq!(code.lines().count(), text.lines().count());
}

#[test]
fn items_of_tests_are_left_out() {
    let code = "use a;\n#[cfg(test)]\nmod tests {\n fn f() { x.unwrap() }\n}\n#[cfg(any(test, feature = \"\"))]\npub mod suite;\n\
                fn g(#[cfg(test)] x: T, y: U) { kept }";
    let (rest, modules) = without_tests(code);
    assert!(!rest.contains("unwrap") && !rest.contains("suite") && !rest.contains("x: T"));
    assert!(rest.contains("use a;") && rest.contains("y: U) { kept }"));
    assert_eq!(modules, ["suite"]);
}

#[test]
fn a_function_has_its_lines_from_signature_to_brace() {
    let code =
        "trait T { fn none(&self) -> [u8; 16]; }\n\npub fn one(\n  a: A,\n) -> B\nwhere A: C,\n{\n  { }\n}\n";
    assert_eq!(functions(code), [Function { name: "one".to_owned(), line: 3, lines: 7 }]);
}
