//! The brute force: what the contract says, over plain values, without any of the code under test.

use std::cmp::Ordering;

use crate::codec::time::Instant;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(b) => b.to_string(),
            Self::Number(n) => n.clone(),
            Self::Text(t) => serde_json::to_string(t).unwrap(),
            Self::Array(all) => format!("[{}]", all.iter().map(Self::text).collect::<Vec<_>>().join(",")),
            Self::Object(all) => {
                let member =
                    |(k, v): &(String, Self)| format!("{}:{}", serde_json::to_string(k).unwrap(), v.text());
                format!("{{{}}}", all.iter().map(member).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn at(&self, path: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Self::Object(all) => all.iter().find(|(k, _)| k == first)?.1.at(rest),
            Self::Array(all) => all.iter().enumerate().find(|(n, _)| n.to_string() == **first)?.1.at(rest),
            _ => None,
        }
    }
}

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Doc {
    pub(super) id: String,
    pub(super) external_id: Option<String>,
    pub(super) external_source: Option<String>,
    pub(super) version: u64,
    pub(super) created_ms: u64,
    pub(super) data: Value,
}

/// What the schema says of a field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Declared {
    pub(super) string: bool,
    pub(super) numeric: bool,
    pub(super) boolean: bool,
    pub(super) date_time: bool,
}

/// A field that queries may name, and what the schema says of it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) path: Option<Vec<&'static str>>,
    pub(super) declared: Option<Declared>,
}

/// A value as it compares.
#[derive(Debug, Clone)]
pub(super) enum Key {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Time(Instant),
    Text(String),
    Id(bool, String),
    Array(String),
    Object(String),
}

impl Key {
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Float(_) => 2,
            Self::Time(_) => 3,
            Self::Text(_) | Self::Id(..) => 4,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
        }
    }

    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap(),
            (Self::Int(a), Self::Float(b)) => against(*a, *b),
            (Self::Float(a), Self::Int(b)) => against(*b, *a).reverse(),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.chars().cmp(b.chars()),
            (Self::Id(u, a), Self::Id(v, b)) => v.cmp(u).then(a.cmp(b)),
            (Self::Array(a), Self::Array(b)) | (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// As sorting sees it.
    pub(super) fn cut(self) -> SortKey {
        let cut = |t: String| t.into_bytes().into_iter().take(1_024).collect::<Vec<_>>();
        match self {
            Self::Text(t) => SortKey::Cut(4, cut(t)),
            Self::Array(t) => SortKey::Cut(5, cut(t)),
            Self::Object(t) => SortKey::Cut(6, cut(t)),
            other => SortKey::Plain(other),
        }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(b) => (*b).into(),
            Self::Int(n) => serde_json::from_str(&n.to_string()).unwrap(),
            Self::Float(f) => (*f).into(),
            Self::Time(t) => t.to_text().into(),
            Self::Text(t) | Self::Id(_, t) => t.clone().into(),
            Self::Array(t) | Self::Object(t) => serde_json::from_str(t).unwrap(),
        }
    }
}

/// A key of a sort.
#[derive(Debug)]
pub(super) enum SortKey {
    Plain(Key),
    Cut(u8, Vec<u8>),
}

impl SortKey {
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Plain(a), Self::Plain(b)) => a.order(b),
            (Self::Cut(r, a), Self::Cut(s, b)) => r.cmp(s).then(a.cmp(b)),
            (Self::Plain(a), Self::Cut(r, _)) => a.rank().cmp(r),
            (Self::Cut(r, _), Self::Plain(b)) => r.cmp(&b.rank()),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn against(a: i128, b: f64) -> Ordering {
    if b.abs() > 1e30 {
        return if b > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let whole = b.trunc() as i128;
    a.cmp(&whole).then(0.0_f64.partial_cmp(&b.fract()).unwrap())
}

pub(super) fn number(spelled: &str) -> Key {
    spelled.parse::<i128>().map_or_else(|_| Key::Float(spelled.parse().unwrap()), Key::Int)
}

pub(super) fn id_key(id: &str) -> Key {
    let uuid = id.len() == 36 && id.starts_with("01961a3b-");
    Key::Id(uuid, id.to_owned())
}

pub(super) fn key_of(value: Option<&Value>, date_time: bool) -> Key {
    match value {
        None | Some(Value::Null) => Key::Null,
        Some(Value::Bool(b)) => Key::Bool(*b),
        Some(Value::Number(n)) => number(n),
        Some(Value::Text(t)) => match Instant::parse(t) {
            Some(instant) if date_time => Key::Time(instant),
            _ => Key::Text(t.clone()),
        },
        Some(array @ Value::Array(_)) => Key::Array(array.text()),
        Some(object @ Value::Object(_)) => Key::Object(object.text()),
    }
}

impl Named {
    pub(super) fn date_time(&self) -> bool {
        self.declared.is_some_and(|d| d.date_time)
    }

    pub(super) fn value<'d>(&self, doc: &'d Doc) -> Option<&'d Value> {
        doc.data.at(self.path.as_ref()?)
    }

    pub(super) fn key(&self, doc: &Doc) -> Key {
        let text = |t: &Option<String>| t.clone().map_or(Key::Null, Key::Text);
        match self.name {
            "id" => id_key(&doc.id),
            "external_id" => text(&doc.external_id),
            "external_source" => text(&doc.external_source),
            "version" => Key::Int(doc.version.into()),
            "created_at" => Key::Time(Instant::from_ms(doc.created_ms)),
            _ => key_of(self.value(doc), self.date_time()),
        }
    }

    fn string(&self, doc: &Doc) -> Option<String> {
        match (self.name, self.value(doc)) {
            ("id", _) => Some(doc.id.clone()),
            ("external_id", _) => doc.external_id.clone(),
            ("external_source", _) => doc.external_source.clone(),
            ("created_at", _) => Some(Instant::from_ms(doc.created_ms).to_text()),
            (_, Some(Value::Text(t))) => Some(t.clone()),
            _ => None,
        }
    }

    /// What a value in a request may mean.
    fn meanings(&self, value: &Value) -> Vec<Key> {
        let Value::Text(text) = value else { return vec![key_of(Some(value), false)] };
        let number = serde_json::from_str::<serde_json::Number>(text).ok().map(|_| number(text));
        match self.name {
            "id" => return vec![id_key(text)],
            "version" => return vec![number.unwrap_or(Key::Text(text.clone()))],
            "created_at" => return vec![key_of(Some(value), true)],
            "external_id" | "external_source" => return vec![Key::Text(text.clone())],
            _ => {}
        }
        if let (true, Some(instant)) = (self.date_time(), Instant::parse(text)) {
            return vec![Key::Time(instant)];
        }
        let plain = Key::Text(text.clone());
        match self.declared {
            None => std::iter::once(plain).chain(number).collect(),
            Some(declared) if declared.string => vec![plain],
            Some(declared) => {
                let numeric = declared.numeric;
                let boolean = declared.boolean.then(|| text.parse().ok()).flatten().map(Key::Bool);
                vec![number.filter(|_| numeric).or(boolean).unwrap_or(plain)]
            }
        }
    }
}

/// A filter.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Leaf(Named, &'static str, Value),
}

impl Filter {
    pub(super) fn text(&self) -> String {
        let list = |all: &[Self]| all.iter().map(Self::text).collect::<Vec<_>>().join(",");
        match self {
            Self::And(all) => format!(r#"{{"and":[{}]}}"#, list(all)),
            Self::Or(all) => format!(r#"{{"or":[{}]}}"#, list(all)),
            Self::Not(inner) => format!(r#"{{"not":{}}}"#, inner.text()),
            Self::Leaf(field, op, value) => {
                let name = serde_json::to_string(field.name).unwrap();
                let value = if op.starts_with("is_") {
                    String::new()
                } else {
                    format!(r#","value":{}"#, value.text())
                };
                format!(r#"{{"field":{name},"op":"{op}"{value}}}"#)
            }
        }
    }

    pub(super) fn holds(&self, doc: &Doc) -> bool {
        match self {
            Self::And(all) => all.iter().all(|f| f.holds(doc)),
            Self::Or(all) => all.iter().any(|f| f.holds(doc)),
            Self::Not(inner) => !inner.holds(doc),
            Self::Leaf(field, op, value) => leaf(field, op, value, doc),
        }
    }
}

fn leaf(field: &Named, op: &str, value: &Value, doc: &Doc) -> bool {
    let key = field.key(doc);
    let null = key.rank() == 0;
    let equals = |value: &Value| !null && field.meanings(value).iter().any(|m| m.order(&key).is_eq());
    let all = |value: &Value| if let Value::Array(all) = value { all.clone() } else { vec![value.clone()] };
    let compares = |wanted: &[Ordering]| {
        field.meanings(value).iter().any(|m| m.rank() == key.rank() && wanted.contains(&key.order(m)))
    };
    match op {
        "eq" => equals(value),
        "neq" => !equals(value),
        "in" => all(value).iter().any(equals),
        "not_in" => !all(value).iter().any(equals),
        "gt" => compares(&[Ordering::Greater]),
        "gte" => compares(&[Ordering::Greater, Ordering::Equal]),
        "lt" => compares(&[Ordering::Less]),
        "lte" => compares(&[Ordering::Less, Ordering::Equal]),
        "is_null" => null,
        "is_not_null" => !null,
        "like" | "ilike" => {
            let Value::Text(pattern) = value else { panic!("patterns are texts") };
            let fold = |t: &str| -> Vec<char> {
                if op == "ilike" {
                    t.chars().flat_map(char::to_lowercase).collect()
                } else {
                    t.chars().collect()
                }
            };
            field.string(doc).is_some_and(|text| like(&fold(pattern), &fold(&text)))
        }
        "has" => match field.value(doc) {
            Some(Value::Array(elements)) => {
                let element = Named { name: "", path: None, declared: None };
                let wanted = element.meanings(value);
                elements.iter().any(|e| wanted.iter().any(|w| w.order(&key_of(Some(e), false)).is_eq()))
            }
            Some(Value::Object(members)) => {
                matches!(value, Value::Text(t) if members.iter().any(|(k, _)| k == t))
            }
            _ => false,
        },
        other => panic!("{other}"),
    }
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        Some(('_', rest)) => !text.is_empty() && like(rest, &text[1..]),
        Some((letter, rest)) => text.first() == Some(letter) && like(rest, &text[1..]),
    }
}
