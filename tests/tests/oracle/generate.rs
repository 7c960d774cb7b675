//! Random worlds: a schema, records that match it, and questions about them that hit and miss.

use serde_json::{Map, Value, json};

use super::value::{Word, id_order};

/// Fields below `data` that a schema may declare, and as what.
const DECLARED: [(&str, &str); 5] =
    [("s", "string"), ("n", "integer"), ("f", "number"), ("b", "boolean"), ("d", "date-time")];

/// Every field that is asked for.
const FIELDS: [&str; 14] = [
    "data.s",
    "data.n",
    "data.f",
    "data.b",
    "data.d",
    "data.m",
    "data.t",
    "data.t.0",
    "data.o",
    "data.o.k",
    "data.none",
    "id",
    "external_id",
    "version",
];

/// A schema and records.
pub(super) struct World {
    declared: Vec<(&'static str, &'static str)>,
    indexed: Vec<&'static str>,
    pair: bool,
    pub(super) records: Vec<Value>,
}

impl World {
    pub(super) fn random(rng: &mut fastrand::Rng, size: usize) -> Self {
        let declared = DECLARED.into_iter().filter(|_| rng.u8(..4) > 0).collect();
        Self::of(rng, size, declared)
    }

    /// One in which `data.n` is an integer, so that it can be summed.
    pub(super) fn random_with_integers(rng: &mut fastrand::Rng, size: usize) -> Self {
        let declared = DECLARED.into_iter().filter(|(name, _)| *name == "n" || rng.bool()).collect();
        Self::of(rng, size, declared)
    }

    fn of(rng: &mut fastrand::Rng, size: usize, declared: Vec<(&'static str, &'static str)>) -> Self {
        let indexed = declared.iter().map(|(name, _)| *name).filter(|_| rng.u8(..3) > 0).collect();
        let mut world = Self { declared, indexed, pair: rng.bool(), records: Vec::new() };
        for n in 0..size {
            let id = match rng.u8(..3) {
                0 => format!("{:08x}-0000-7000-8000-{n:012x}", rng.u32(..)),
                1 => format!("R{n}"),
                _ => format!("{}-{n}", rng.u8(..20)),
            };
            let external = if rng.bool() {
                json!(format!("x{}", rng.u8(..9) as usize * 1_000 + n))
            } else {
                Value::Null
            };
            let data = world.data(rng);
            world.records.push(json!({"id": id, "external_id": external, "version": 1, "data": data}));
        }
        world
    }

    /// The schema, with the indexes or without.
    pub(super) fn schema(&self, with_indexes: bool) -> String {
        let mut properties = Map::new();
        for (name, kind) in &self.declared {
            let mut property = match *kind {
                "date-time" => json!({"type": "string", "format": "date-time"}),
                // A declared field may be null all the same where its type says so.
                "integer" => json!({"type": ["integer", "null"]}),
                kind => json!({"type": kind}),
            };
            if with_indexes && self.indexed.contains(name) {
                property["x-index"] = json!(true);
            }
            properties.insert((*name).to_owned(), property);
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if with_indexes && self.pair && self.declared.len() > 1 {
            let path = |at: usize| format!("data.{}", self.declared[at].0);
            schema["x-indexes"] = json!([[path(0), path(1)]]);
        }
        schema.to_string()
    }

    /// What the schema declares a field to be.
    pub(super) fn declared(&self, field: &str) -> Option<&'static str> {
        match field {
            "id" | "external_id" => Some("string"),
            "version" => Some("integer"),
            _ => {
                let name = field.strip_prefix("data.")?;
                self.declared.iter().find(|(declared, _)| *declared == name).map(|(_, kind)| *kind)
            }
        }
    }

    fn is_date_time(&self, field: &str) -> bool {
        self.declared(field) == Some("date-time")
    }

    /// A value as it is compared in a field.
    pub(super) fn word(&self, field: &str, value: Option<&Value>) -> Word {
        match value {
            Some(Value::String(id)) if field == "id" => Word::Text(id_order(id)),
            _ => Word::of(value, self.is_date_time(field)),
        }
    }

    /// The data of a record.
    pub(super) fn data(&self, rng: &mut fastrand::Rng) -> Value {
        let mut data = Map::new();
        for (name, kind) in DECLARED {
            if rng.u8(..5) == 0 {
                continue;
            }
            let is_declared = self.declared.iter().any(|(declared, _)| *declared == name);
            let value = match kind {
                "integer" if rng.u8(..6) == 0 => Value::Null,
                _ if !is_declared && rng.u8(..4) == 0 => mixed(rng),
                kind => typed(rng, kind),
            };
            data.insert(name.to_owned(), value);
        }
        if rng.bool() {
            data.insert("m".to_owned(), mixed(rng));
        }
        if rng.bool() {
            data.insert("t".to_owned(), (0..rng.u8(..4)).map(|_| mixed(rng)).collect());
        }
        if rng.bool() {
            data.insert("o".to_owned(), json!({"k": mixed(rng), (if rng.bool() { "a" } else { "b" }): 1}));
        }
        Value::Object(data)
    }

    /// A filter of at most so many levels.
    pub(super) fn filter(&self, rng: &mut fastrand::Rng, levels: u8) -> Value {
        let list = |rng: &mut fastrand::Rng| -> Vec<Value> {
            (0..rng.u8(..4)).map(|_| self.filter(rng, levels - 1)).collect()
        };
        match if levels == 0 { 9 } else { rng.u8(..10) } {
            0..=2 => json!({"and": list(rng)}),
            3 | 4 => json!({"or": list(rng)}),
            5 => json!({"not": self.filter(rng, levels - 1)}),
            _ => self.test(rng),
        }
    }

    fn test(&self, rng: &mut fastrand::Rng) -> Value {
        const OPS: [&str; 13] = [
            "eq",
            "neq",
            "gt",
            "gte",
            "lt",
            "lte",
            "in",
            "not_in",
            "like",
            "ilike",
            "is_null",
            "is_not_null",
            "has",
        ];
        let field = FIELDS[rng.usize(..FIELDS.len())];
        let op = OPS[rng.usize(..OPS.len())];
        let value = match op {
            "is_null" | "is_not_null" => return json!({"field": field, "op": op}),
            "in" | "not_in" => (0..rng.u8(..4)).map(|_| self.operand(rng, field)).collect(),
            "like" | "ilike" => json!(pattern(rng)),
            "has" if rng.bool() => json!(["a", "k", "7"][rng.usize(..3)]),
            _ => self.operand(rng, field),
        };
        json!({"field": field, "op": op, "value": value})
    }

    /// A value that a field may hold, mostly.
    fn operand(&self, rng: &mut fastrand::Rng, field: &str) -> Value {
        let name = field.rsplit('.').next().unwrap();
        let kind = DECLARED.iter().find(|(declared, _)| *declared == name).map(|(_, kind)| *kind);
        loop {
            let value = match (kind, rng.u8(..6)) {
                (_, 0) if field == "id" || field == "external_id" => json!("R3"),
                (_, _) if field == "id" && !self.records.is_empty() => {
                    self.records[rng.usize(..self.records.len())]["id"].clone()
                }
                (Some(kind), 1..) => typed(rng, kind),
                _ => mixed(rng),
            };
            if !value.is_null() {
                return value;
            }
        }
    }

    /// Up to three different fields, each up or down.
    pub(super) fn sort(&self, rng: &mut fastrand::Rng) -> Vec<(String, bool)> {
        let mut fields: Vec<&str> = FIELDS.to_vec();
        rng.shuffle(&mut fields);
        fields.into_iter().take(rng.usize(..4)).map(|field| (field.to_owned(), rng.bool())).collect()
    }
}

fn typed(rng: &mut fastrand::Rng, kind: &str) -> Value {
    match kind {
        "string" => {
            json!(["", "a", "A", "ab", "aB%", "b_c", "é", "É\\", "7", "\u{1f600}", "ｚ"][rng.usize(..11)])
        }
        "integer" => match rng.u8(..8) {
            0 => json!(9_007_199_254_740_993_u64),
            1 => json!(u64::MAX),
            2 => json!(i64::MIN),
            _ => json!(rng.i8(-5..10)),
        },
        "number" => match rng.u8(..8) {
            0 => json!(9_007_199_254_740_992.0_f64),
            1 => json!(1e300),
            2 => json!(-0.5),
            3 => json!(rng.i8(-3..4)),
            _ => json!(f64::from(rng.i8(-8..9)) / 4.0),
        },
        "boolean" => json!(rng.bool()),
        _ => {
            let zone = ["Z", "+02:00", "-11:30"][rng.usize(..3)];
            let fraction = ["", ".5", ".123456789"][rng.usize(..3)];
            json!(format!(
                "20{:02}-0{}-1{}T0{}:30:00{fraction}{zone}",
                rng.u8(25..27),
                rng.u8(2..4),
                rng.u8(..2),
                rng.u8(..3)
            ))
        }
    }
}

fn mixed(rng: &mut fastrand::Rng) -> Value {
    match rng.u8(..9) {
        0 => Value::Null,
        1 => json!(["7", "7.0", "-1", "1e0", "07", "true"][rng.usize(..6)]),
        2 => json!([1, "a"]),
        3 => json!({"k": 7}),
        4 => json!(7.0),
        5 => typed(rng, "string"),
        6 => typed(rng, "boolean"),
        7 => typed(rng, "number"),
        _ => typed(rng, "integer"),
    }
}

fn pattern(rng: &mut fastrand::Rng) -> String {
    const PARTS: [&str; 9] = ["%", "_", "a", "B", "\\%", "\\\\", "é", "c", "%"];
    (0..rng.u8(..5)).map(|_| PARTS[rng.usize(..PARTS.len())]).collect()
}
