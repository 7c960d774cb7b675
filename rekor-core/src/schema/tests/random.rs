//! Random schemas against random data: what the shape says must agree with what the validator accepts.

use serde_json::{Map, Value, json};

use super::{compiled, compiled_among};
use crate::ground::env;
use crate::schema::{Compiled, Field, Kind, index_hints};

/// Schemas that one run makes.
const ROUNDS: u32 = 1_000;

/// A small generator of numbers, so that a run can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn name(&mut self) -> &'static str {
        self.pick(&["a", "b", "ab", "0"])
    }

    fn several(&mut self, depth: u64) -> Vec<Value> {
        (0..1 + self.below(3)).map(|_| self.schema(depth)).collect()
    }

    fn schema(&mut self, depth: u64) -> Value {
        const KINDS: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
        if depth == 0 || self.below(8) == 0 {
            return self.pick_leaf();
        }
        let mut schema = Map::new();
        for _ in 0..1 + self.below(4) {
            let inner = depth - 1;
            let (keyword, value) = match self.below(16) {
                0 => ("type", json!(self.pick(&KINDS))),
                1 => ("type", json!([self.pick(&["object", "null"]), self.pick(&["array", "string"])])),
                2..=4 => {
                    let count = 1 + self.below(3);
                    ("properties", (0..count).map(|_| (self.name().to_owned(), self.schema(inner))).collect())
                }
                5 => ("patternProperties", json!({self.pick(&["^a", "b$", "."]): self.schema(inner)})),
                6 => ("additionalProperties", self.schema(inner)),
                7 => ("unevaluatedProperties", self.schema(inner)),
                8 => ("allOf", json!(self.several(inner))),
                9 => ("anyOf", json!(self.several(inner))),
                10 => ("oneOf", json!(self.several(inner))),
                11 => {
                    schema.insert("then".to_owned(), self.schema(inner));
                    schema.insert("else".to_owned(), self.schema(inner));
                    ("if", self.schema(inner))
                }
                12 => ("not", self.schema(inner)),
                13 => ("items", self.schema(inner)),
                14 => ("prefixItems", json!(self.several(inner))),
                _ => ("$ref", json!(self.pick(&["#/$defs/x", "#/$defs/y", "#"]))),
            };
            schema.insert(keyword.to_owned(), value);
        }
        Value::Object(schema)
    }

    fn pick_leaf(&mut self) -> Value {
        match self.below(7) {
            0 => json!(true),
            1 => json!(false),
            2 => json!({"type": "string"}),
            3 => json!({"type": ["integer", "null"]}),
            4 => json!({"enum": ["t", 1, null]}),
            5 => json!({"type": "object", "additionalProperties": false}),
            _ => json!({}),
        }
    }

    fn data(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 5 } else { 9 }) {
            0 => json!(null),
            1 => json!("t"),
            2 => json!(1),
            3 => json!(1.5),
            4 => json!(true),
            5 | 6 => (0..self.below(3)).map(|_| self.data(depth - 1)).collect(),
            _ => self.object(depth),
        }
    }

    fn object(&mut self, depth: u64) -> Value {
        let members = self.below(4);
        Value::Object((0..members).map(|_| (self.name().to_owned(), self.data(depth - 1))).collect())
    }
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(n) if n.is_f64() => Kind::Number,
        Value::Number(_) => Kind::Integer,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

/// Checks that the shape allows every path of data that matches.
fn agree(compiled: &Compiled, value: &Value, path: &mut Vec<String>, context: &str) {
    match compiled.shape().field(path) {
        Field::Impossible { .. } => panic!("{path:?} is there but impossible: {context}"),
        Field::Known(declared) => {
            assert!(declared.kinds.allows(kind(value)), "{path:?} is not of {declared:?}: {context}");
        }
        Field::Open => {}
    }
    let members: Vec<(String, &Value)> = match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
        _ => Vec::new(),
    };
    for (segment, member) in members {
        path.push(segment);
        agree(compiled, member, path, context);
        path.pop();
    }
}

#[test]
fn what_matches_is_never_impossible_and_what_does_not_is_explained() {
    let seed = u64::from_le_bytes(env::random_bytes().unwrap()[..8].try_into().unwrap());
    let (mut dice, mut accepted, mut matched) = (Dice(seed), 0, 0);
    for _ in 0..ROUNDS {
        let mut schema = dice.schema(3);
        let Some(root) = schema.as_object_mut() else { continue };
        root.remove("type");
        root.insert("$defs".to_owned(), json!({"x": dice.schema(2), "y": dice.schema(1)}));
        let text = schema.to_string();
        let Ok(compiled) = compiled(&text) else { continue };
        accepted += 1;
        for _ in 0..20 {
            let data = dice.object(4);
            let context = format!("seed {seed}: {data} by {text}");
            match compiled.validate(&data.to_string()) {
                Ok(()) => {
                    matched += 1;
                    agree(&compiled, &data, &mut Vec::new(), &context);
                }
                Err(error) => {
                    assert!(!compiled.is_valid(&data), "{context}");
                    assert!(
                        !error.detail_list().is_empty() && error.pointer().is_some(),
                        "{error}: {context}"
                    );
                }
            }
        }
    }
    assert!(accepted * 4 > ROUNDS && matched > accepted, "{accepted} schemas, {matched} matches");
}

/// JSON made of the words of schemas, most of it no schema.
fn soup(dice: &mut Dice, depth: u64) -> Value {
    const KEYWORDS: &str = "$ref $id $anchor $dynamicRef $dynamicAnchor $schema $recursiveRef $recursiveAnchor type \
        enum const properties patternProperties additionalProperties unevaluatedProperties propertyNames items \
        prefixItems additionalItems unevaluatedItems contains allOf anyOf oneOf not if then else dependentSchemas \
        dependencies $defs definitions required pattern format minimum multipleOf x-index x-unique x-indexes a b";
    const TEXTS: &str = "# #/$defs/a #/definitions/b #/properties/a #a a b https://x.example/a a#/$defs/a object \
        http://json-schema.org/draft-07/schema# https://json-schema.org/draft/2019-09/schema array string ^a (a|b)* \
        (?=x) data.a date-time rekor:collection/c rekor:collection/c#/$defs/a urn:x urn:x#a";
    let keywords: Vec<&str> = KEYWORDS.split_whitespace().collect();
    let texts: Vec<&str> = TEXTS.split_whitespace().collect();
    match dice.below(if depth == 0 { 5 } else { 14 }) {
        0 => json!(dice.below(3)),
        1 => json!(dice.below(2) == 0),
        2 | 3 => json!(dice.pick(&texts)),
        4 => json!(null),
        5 | 6 => (0..dice.below(3)).map(|_| soup(dice, depth - 1)).collect(),
        _ => {
            let members = dice.below(5);
            let member = |_| (dice.pick(&keywords).to_owned(), soup(dice, depth - 1));
            Value::Object((0..members).map(member).collect())
        }
    }
}

#[test]
fn no_words_of_schemas_in_any_order_do_harm() {
    let seed = u64::from_le_bytes(env::random_bytes().unwrap()[..8].try_into().unwrap());
    println!("seed {seed}");
    let mut dice = Dice(seed);
    for _ in 0..2 * ROUNDS {
        let (schema, other) = (soup(&mut dice, 5).to_string(), soup(&mut dice, 4).to_string());
        let collections = [("c", other.as_str())];
        let _ = index_hints(&schema, &|id| (id == "c").then(|| other.as_str().into()));
        let Ok(compiled) = compiled_among(&schema, &collections) else { continue };
        let data = dice.object(3);
        if compiled.validate(&data.to_string()).is_ok() {
            agree(
                &compiled,
                &data,
                &mut Vec::new(),
                &format!("seed {seed}: {data} by {schema} with {other}"),
            );
        }
    }
}
