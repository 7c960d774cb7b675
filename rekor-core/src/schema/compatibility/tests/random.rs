//! Random changes of random schemas against random data: what the old schema takes, the new one must take too
//! when the change is not called breaking.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::ground::env;
use crate::schema::Compiled;
use crate::schema::compatibility::algebra::{self, Answer};
use crate::schema::compatibility::rules::Rules;
use crate::schema::compatibility::side::Side;
use crate::schema::compatibility::{bundle, compare};
use crate::schema::source::read_all;

/// Changes that one run looks at.
const ROUNDS: u32 = 800;
const NAMES: [&str; 4] = ["a", "b", "ab", "0"];
const DRAFTS: [&str; 2] =
    ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema"];
const REFERENCES: [&str; 3] = ["#/$defs/x", "#/$defs/y", "#"];

/// A small generator of numbers, so that a run can be repeated from its seed.
struct Dice(u64);

impl Dice {
    /// `REKOR_SEED` to replay a run, else a new seed; it is printed.
    #[expect(clippy::disallowed_methods, reason = "only a test asks for a seed")]
    fn new(test: &str) -> (Self, u64) {
        let given =
            std::env::var("REKOR_SEED").ok().map(|text| text.parse().expect("REKOR_SEED is a number"));
        let drawn = || u64::from_le_bytes(env::random_bytes().unwrap()[..8].try_into().unwrap());
        let seed = given.unwrap_or_else(drawn);
        println!("replay: REKOR_SEED={seed} cargo nextest run -p rekor-core {test}");
        (Self(seed), seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn several(&mut self, depth: u64) -> Vec<Value> {
        (0..1 + self.below(3)).map(|_| self.schema(depth)).collect()
    }

    fn schema(&mut self, depth: u64) -> Value {
        if depth == 0 || self.below(8) == 0 {
            return self.leaf();
        }
        let count = 1 + self.below(4);
        Value::Object((0..count).map(|_| self.keyword(depth - 1)).collect())
    }

    fn leaf(&mut self) -> Value {
        match self.below(9) {
            0 => json!(true),
            1 => json!(false),
            2 => json!({"type": "string"}),
            3 => json!({"type": ["integer", "null"]}),
            4 => json!({"enum": ["t", 1, null]}),
            5 => json!({"type": "object", "additionalProperties": false}),
            6 => json!({"const": self.below(3)}),
            _ => Value::Object([self.facet()].into_iter().collect()),
        }
    }

    /// A keyword that holds no schema.
    fn facet(&mut self) -> (String, Value) {
        const KINDS: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
        let number = self.below(4);
        let half = json!(f64::from(u32::try_from(self.below(7)).unwrap()) / 2.0);
        let (keyword, value) = match self.below(26) {
            0..=3 => ("type", json!(self.pick(&KINDS))),
            4 | 5 => {
                ("type", json!([self.pick(&["object", "null", "number"]), self.pick(&["array", "string"])]))
            }
            6 => ("enum", json!(["t", self.below(3), {"a": 1}])),
            7 => ("const", self.data(1)),
            8 => ("minimum", half),
            9 => ("exclusiveMinimum", half),
            10 => ("maximum", half),
            11 => ("exclusiveMaximum", half),
            12 => ("multipleOf", json!(1 + number)),
            13 => ("minLength", json!(number)),
            14 => ("maxLength", json!(number)),
            15 => ("pattern", json!(self.pick(&["^a", "b$", "^t?$"]))),
            16 => ("format", json!(self.pick(&["date", "email", "nonsense"]))),
            17 => ("minItems", json!(number)),
            18 => ("maxItems", json!(number)),
            19 => ("uniqueItems", json!(number > 1)),
            20 => ("minProperties", json!(number)),
            21 => ("maxProperties", json!(number)),
            22 => ("dependentRequired", json!({self.pick(&NAMES): [self.pick(&NAMES)]})),
            _ => ("required", json!([self.pick(&NAMES)])),
        };
        (keyword.to_owned(), value)
    }

    fn keyword(&mut self, inner: u64) -> (String, Value) {
        let (keyword, value) = match self.below(34) {
            0..=6 => {
                let count = 1 + self.below(3);
                let property = |_| (self.pick(&NAMES).to_owned(), self.schema(inner));
                ("properties", (0..count).map(property).collect())
            }
            7 => ("patternProperties", json!({self.pick(&["^a", "b$", "."]): self.schema(inner)})),
            8 | 9 => ("additionalProperties", self.schema(inner)),
            10 => ("unevaluatedProperties", self.schema(inner)),
            11 => ("propertyNames", self.schema(inner)),
            12 => ("allOf", json!(self.several(inner))),
            13 | 14 => ("anyOf", json!(self.several(inner))),
            15 | 16 => ("oneOf", json!(self.several(inner))),
            17 => ("if", self.schema(inner)),
            18 => ("then", self.schema(inner)),
            19 => ("else", self.schema(inner)),
            20 => ("not", self.schema(inner)),
            21 if self.below(3) == 0 => ("items", json!(self.several(inner))),
            21 => (self.pick(&["items", "additionalItems"]), self.schema(inner)),
            22 => ("prefixItems", json!(self.several(inner))),
            23 => ("unevaluatedItems", self.schema(inner)),
            24 => ("contains", self.schema(inner)),
            25 => (self.pick(&["minContains", "maxContains"]), json!(self.below(3))),
            26 => ("dependentSchemas", json!({self.pick(&NAMES): self.schema(inner)})),
            27 => ("dependencies", json!({self.pick(&NAMES): self.schema(inner)})),
            28 | 29 => ("$ref", json!(self.pick(&REFERENCES))),
            _ => return self.facet(),
        };
        (keyword.to_owned(), value)
    }

    fn root(&mut self) -> Value {
        let mut schema = Map::new();
        for _ in 0..1 + self.below(4) {
            let (keyword, value) = self.keyword(2);
            schema.insert(keyword, value);
        }
        schema.remove("type");
        if self.below(3) == 0 {
            schema.insert("$schema".to_owned(), json!(self.pick(&DRAFTS)));
        }
        if self.below(3) > 0 {
            schema.insert("$defs".to_owned(), json!({"x": self.schema(2), "y": self.schema(1)}));
        }
        Value::Object(schema)
    }

    /// Changes something small at a random place of a schema.
    fn change(&mut self, schema: &mut Value) {
        let mut place = schema;
        // Down to a random depth, through whatever holds members or elements.
        for _ in 0..self.below(7) {
            let count = match &*place {
                Value::Object(members) => members.len(),
                Value::Array(items) => items.len(),
                _ => 0,
            };
            if count == 0 {
                break;
            }
            let index = usize::try_from(self.below(count as u64)).unwrap();
            place = match place {
                Value::Object(members) => members.values_mut().nth(index).unwrap(),
                Value::Array(items) => &mut items[index],
                _ => unreachable!("it has members"),
            };
        }
        self.change_here(place);
    }

    fn change_here(&mut self, place: &mut Value) {
        match place {
            Value::Object(members) => match self.below(6) {
                0 | 1 => {
                    let count = members.len().max(1) as u64;
                    let name = members.keys().nth(usize::try_from(self.below(count)).unwrap()).cloned();
                    name.map(|name| members.remove(&name));
                }
                2 => {
                    let whole = place.take();
                    *place = match self.below(3) {
                        0 => json!({"anyOf": [whole, {"type": "null"}]}),
                        1 => json!({"allOf": [whole]}),
                        _ => json!({"oneOf": [{"type": "null"}, whole]}),
                    };
                }
                _ => {
                    let (keyword, value) = self.keyword(1);
                    members.insert(keyword, value);
                }
            },
            Value::Array(items) if self.below(2) == 0 => drop(items.pop()),
            Value::Array(items) => items.extend(items.first().cloned()),
            Value::Number(number) => {
                *place = json!(number.as_f64().unwrap() + if self.below(2) == 0 { 1.0 } else { -1.0 });
            }
            Value::Bool(is) => *place = json!(!*is),
            Value::String(_) => *place = json!(self.pick(&["string", "number", "^a", "date"])),
            Value::Null => *place = json!(1),
        }
    }

    fn data(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 8 } else { 13 }) {
            0 => json!(null),
            1 => json!(self.pick(&["", "t", "ab", "tab", "2020-02-02"])),
            2 | 3 => json!(self.below(5)),
            4 => json!(f64::from(u32::try_from(self.below(9)).unwrap()) / 2.0),
            5 => json!(true),
            6 => json!([]),
            7 => json!({}),
            8 | 9 => (0..self.below(4)).map(|_| self.data(depth - 1)).collect(),
            _ => self.object(depth),
        }
    }

    fn object(&mut self, depth: u64) -> Value {
        let members = self.below(4);
        Value::Object((0..members).map(|_| (self.pick(&NAMES).to_owned(), self.data(depth - 1))).collect())
    }
}

/// Whether any object in a value has one of the names.
fn uses(value: &Value, names: &HashSet<String>) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, member)| names.contains(name) || uses(member, names))
        }
        Value::Array(items) => items.iter().any(|item| uses(item, names)),
        _ => false,
    }
}

/// What each judge says by itself, and the names that were passed over.
struct Judged {
    rules_silent: bool,
    answer: Answer,
    complete: bool,
    names: HashSet<String>,
}

fn judged(old: &str, new: &str) -> Judged {
    let documents = [old, new].map(|text| read_all(text, &|_| None).unwrap());
    let (old, new) = (Side::new(&documents[0]).unwrap(), Side::new(&documents[1]).unwrap());
    let found = Rules::run(&old, &new);
    let names = found.passed_over.iter().map(|(_, name)| name.clone()).collect();
    let bundles = (bundle::bundle(&old, &HashSet::new()), bundle::bundle(&new, &found.added));
    let answer = match bundles {
        (Some(old), Some(new)) => algebra::ask(&old, &new),
        _ => Answer::Undecided,
    };
    Judged { rules_silent: found.reasons.is_empty(), answer, complete: found.complete, names }
}

#[test]
fn what_is_not_breaking_takes_all_data_that_was_taken() {
    let (mut dice, seed) = Dice::new("what_is_not_breaking_takes_all_data_that_was_taken");
    let (mut compared, mut compatible, mut refuted) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let old = dice.root();
        let mut new = old.clone();
        (0..1 + dice.below(3)).for_each(|_| dice.change(&mut new));
        let (old_text, new_text) = (old.to_string(), new.to_string());
        let compiled = (Compiled::new(&old_text, &|_| None), Compiled::new(&new_text, &|_| None));
        let (Ok(old), Ok(new)) = compiled else { continue };
        compared += 1;
        let context = format!("seed {seed}: {old_text} became {new_text}");
        let verdict = compare(&old_text, &|_| None, &new_text, &|_| None).expect(&context);
        let judged = judged(&old_text, &new_text);
        compatible += u32::from(!verdict.breaking);
        let contradiction = judged.rules_silent && judged.complete && judged.answer == Answer::Refused;
        assert!(!contradiction, "the rules find nothing, and the algebra does: {context}");
        let mut counter = None;
        for _ in 0..60 {
            let data = dice.object(4);
            if !uses(&data, &judged.names) && old.is_valid(&data) && !new.is_valid(&data) {
                counter = Some(data);
            }
        }
        let Some(data) = counter else { continue };
        refuted += 1;
        assert!(verdict.breaking, "{data}: {context}");
        assert!(!judged.rules_silent, "the rules miss {data}: {context}");
        assert!(judged.answer != Answer::Covered, "the algebra misses {data}: {context}");
    }
    println!("{compared} compared, {compatible} compatible, {refuted} refuted by data");
    assert!(compared > ROUNDS / 5 && compatible > compared / 10 && refuted > compared / 50);
}

#[test]
fn no_words_of_schemas_in_any_order_do_harm() {
    const KEYWORDS: &str = "$ref $id $anchor $dynamicRef $dynamicAnchor $recursiveRef type enum const properties \
        patternProperties additionalProperties unevaluatedProperties propertyNames items prefixItems additionalItems \
        unevaluatedItems contains minContains allOf anyOf oneOf not if then else dependentSchemas dependencies $defs \
        definitions required pattern format minimum multipleOf maxLength uniqueItems a b";
    const TEXTS: &str = "# #/$defs/a #/definitions/b #/properties/a #a a b object array string ^a (a|b)* date-time \
        rekor:collection/c rekor:collection/c#/$defs/a urn:x urn:x#a";
    fn soup(dice: &mut Dice, depth: u64) -> Value {
        let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
        match dice.below(if depth == 0 { 5 } else { 14 }) {
            0 => json!(dice.below(3)),
            1 => json!(dice.below(2) == 0),
            2 | 3 => json!(dice.pick(&words(TEXTS))),
            4 => json!(null),
            5 | 6 => (0..dice.below(3)).map(|_| soup(dice, depth - 1)).collect(),
            _ => {
                let members = dice.below(5);
                let member = |_| (dice.pick(&words(KEYWORDS)).to_owned(), soup(dice, depth - 1));
                Value::Object((0..members).map(member).collect())
            }
        }
    }
    let (mut dice, _) = Dice::new("no_words_of_schemas_in_any_order_do_harm");
    for _ in 0..ROUNDS {
        let [old, before, after] = [5, 4, 4].map(|depth| soup(&mut dice, depth).to_string());
        let mut new: Value = serde_json::from_str(&old).unwrap();
        dice.change(&mut new);
        let find = |text: &str, id: &str| (id == "c").then(|| text.into());
        let _ = compare(&old, &|id| find(&before, id), &new.to_string(), &|id| find(&after, id));
    }
}
