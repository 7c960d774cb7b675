//! Tests of the stored form: what it is, what is refused and where, and that it loses nothing.

use crate::codec::json::{Tree, canonical, merge_patch};
use crate::ground::error::Code;
use crate::ground::limits;

#[test]
fn the_stored_form_is_what_was_sent_without_what_says_nothing() {
    for (text, stored) in [
        ("null", "null"),
        (" \t\r\n true \n", "true"),
        (r#"{ "b" : 1 , "a" : [ ] , "c":{ } }"#, r#"{"b":1,"a":[],"c":{}}"#),
        (r#""\u0041\/\u00e9\ud83d\ude00""#, "\"A/é😀\""),
        (r#""\b\f\n\r\t\"\\\u0008\u001F\u007f""#, "\"\\b\\f\\n\\r\\t\\\"\\\\\\b\\u001f\u{7f}\""),
        (
            r#"{"\u0061b":"x\\y","k":"long enough to need a second word \n and more"}"#,
            r#"{"ab":"x\\y","k":"long enough to need a second word \n and more"}"#,
        ),
        ("[1.50, 1E+2, -0, -0.0, -0e5, -0.00E-7, 0, -1]", "[1.50,1E+2,0,0,0,0,0,-1]"),
        (
            "[18446744073709551615, -9223372036854775808, 1e308, 1e-400, -1e-400]",
            "[18446744073709551615,-9223372036854775808,1e308,1e-400,-1e-400]",
        ),
    ] {
        assert_eq!(canonical(text).unwrap(), stored, "{text}");
        assert_eq!(canonical(stored).unwrap(), stored, "again: {stored}");
        assert_eq!(Tree::parse(text).unwrap().to_text(), stored, "as a tree: {text}");
    }
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (text, pointer, place) in [
        ("", "", "line 1, column 1"),
        ("  ", "", "line 1, column 3"),
        ("\u{feff}{}", "", "line 1, column 1"),
        ("{} {}", "", "line 1, column 4"),
        ("{\"a\":[1,\n 2,]}", "/a/2", "line 2, column 4"),
        (r#"{"a":{"b":1,}}"#, "/a/b", "column 13"),
        (r#"{"a" 1}"#, "/a", "column 6"),
        (r#"{"a/b~c":[0,{"x":tru}]}"#, "/a~1b~0c/1/x", "column 18"),
        ("{a:1}", "", "column 2"),
        ("['a']", "/0", "column 2"),
        ("[1 2]", "/0", "column 4"),
        (r#"{"a":1"#, "/a", "column 7"),
        ("[", "/0", "column 2"),
        (r#"["abc"#, "/0", "column 6"),
        ("[\"a\nb\"]", "/0", "line 1, column 4"),
        ("[\"a\u{1}\"]", "/0", "column 4"),
        (r#"["\x"]"#, "/0", "column 3"),
        (r#"["\u12g4"]"#, "/0", "column 3"),
        (r#"["\u00"#, "/0", "column 3"),
        (r#"["\ud800"]"#, "/0", "column 3"),
        (r#"["\udc00\ud800"]"#, "/0", "column 3"),
        (r#"["\ud800\u0041"]"#, "/0", "column 3"),
        ("[01]", "/0", "column 2"),
        ("[1.]", "/0", "column 4"),
        ("[-]", "/0", "column 3"),
        ("[1e]", "/0", "column 4"),
        ("[.5]", "/0", "column 2"),
        ("[NaN]", "/0", "column 2"),
        ("[1]]", "", "column 4"),
        ("{]", "", "column 2"),
    ] {
        let error = canonical(text).expect_err(text);
        assert_eq!(error.code(), Code::InvalidJson, "{text}: {error}");
        assert_eq!(error.pointer(), Some(pointer), "{text}: {error}");
        assert!(error.message().ends_with(place), "{text}: {error}");
        assert!(error.hint_text().is_some(), "{text}: {error}");
    }
    let error = canonical(b"{\"a\":[1,\"x\xff\"]}").unwrap_err();
    assert_eq!((error.code(), error.pointer()), (Code::InvalidJson, Some("/a/1")));
    assert!(error.message().contains("column 11"), "{error}");
}

#[test]
fn what_cannot_be_kept_is_refused_with_its_pointer() {
    let wide = |last: &str| {
        let keys: Vec<String> = (0..40).map(|n| format!("\"k{n}\":{{\"in\":{n}}}")).collect();
        format!("{{\"o\":{{{},{last}}}}}", keys.join(","))
    };
    for (text, code, pointer) in [
        (r#"{"a":1,"b":{"x":1,"\u0078":2}}"#.to_owned(), Code::DuplicateKey, "/b/x"),
        (r#"{"\n":1,"\u000a":2}"#.to_owned(), Code::DuplicateKey, "/\n"),
        (wide("\"k7\":0"), Code::DuplicateKey, "/o/k7"),
        (wide("\"\\u006b39\":0"), Code::DuplicateKey, "/o/k39"),
        ("[0,18446744073709551616]".to_owned(), Code::NumberOutOfRange, "/1"),
        ("[-9223372036854775809]".to_owned(), Code::NumberOutOfRange, "/0"),
        (format!("{{\"n\":{}}}", "9".repeat(500)), Code::NumberOutOfRange, "/n"),
        ("{\"n\":[1e400]}".to_owned(), Code::NumberOutOfRange, "/n/0"),
        (format!("{}.0", "9".repeat(400)), Code::NumberOutOfRange, ""),
    ] {
        let error = canonical(&text).expect_err(&text);
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{text}: {error}");
        assert!(error.hint_text().is_some());
    }
    assert!(canonical(wide("\"k40\":0")).is_ok());
    assert!(canonical(r#"[{"a":1},{"a":{"a":2}}]"#).is_ok(), "the same key in other objects");
}

#[test]
fn the_limit_of_nesting_is_the_last_level_allowed() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(canonical(nested(limits::NESTING.len())).is_ok());
    for levels in [limits::NESTING.len() + 1, 10_000, 1_000_000] {
        let error = canonical(nested(levels)).unwrap_err();
        assert_eq!(error.code(), Code::TooDeep);
        assert_eq!(error.pointer(), Some("/0".repeat(64).as_str()));
    }
    assert_eq!(canonical("{\"a\":".repeat(10_000)).unwrap_err().code(), Code::TooDeep);
}

#[test]
fn a_merge_is_that_of_rfc_7396_and_keeps_the_order_of_keys() {
    for (target, patch, merged) in [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        (r#"{"z":1,"y":2,"x":3}"#, r#"{"a":0,"x":1.0,"y":null,"z":5}"#, r#"{"z":5,"x":1.0,"a":0}"#),
    ] {
        let answer = merge_patch(Tree::parse(target).unwrap(), Tree::parse(patch).unwrap());
        assert_eq!(answer.to_text(), merged, "{target} with {patch}");
    }
}

/// A small generator of numbers, so that a run can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn random_value(dice: &mut Dice, depth: u64) -> serde_json::Value {
    use serde_json::Value;
    let text = |dice: &mut Dice| {
        let letters = ['a', '"', '\\', '/', '\n', '\u{1}', 'é', '😀', '\u{7f}', ' ', '\u{2028}', 'z'];
        (0..dice.below(20)).map(|_| letters[usize::try_from(dice.below(12)).unwrap()]).collect::<String>()
    };
    match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::Bool(dice.below(2) == 0),
        2 => Value::from(dice.below(u64::MAX)),
        3 => Value::from(-i64::try_from(dice.below(1 << 40)).unwrap()),
        4 => Value::from(f64::from(u32::try_from(dice.below(1 << 31)).unwrap()) / 1024.0),
        5 => Value::String(text(dice)),
        6 => (0..dice.below(6)).map(|_| random_value(dice, depth - 1)).collect(),
        _ => {
            let members = dice.below(30);
            Value::Object((0..members).map(|_| (text(dice), random_value(dice, depth - 1))).collect())
        }
    }
}

#[test]
fn random_values_survive_and_no_broken_text_panics() {
    let seed = u64::from_le_bytes(crate::ground::env::random_bytes().unwrap()[..8].try_into().unwrap());
    println!("seed {seed}");
    let mut dice = Dice(seed);
    for _ in 0..500 {
        let value = random_value(&mut dice, 4);
        let compact = serde_json::to_string(&value).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(canonical(&pretty).unwrap(), compact, "seed {seed}");
        assert_eq!(Tree::parse(&pretty).unwrap().to_text(), compact, "seed {seed}");
        let mut broken = pretty.into_bytes();
        for _ in 0..20 {
            let at = usize::try_from(dice.below(broken.len() as u64)).unwrap();
            broken[at] = u8::try_from(dice.below(256)).unwrap();
            if let Ok(text) = canonical(&broken) {
                assert_eq!(canonical(&text).unwrap(), text, "seed {seed}");
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "seed {seed}: {text}");
            }
        }
    }
}
