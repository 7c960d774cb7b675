//! JSON Schemas, as far as the shapes of operations use them, read into types.

use serde_json::Value;

use super::plain;

/// A type that every language can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any JSON value.
    Any,
    /// Nothing.
    Null,
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A list of one type.
    List(Box<Type>),
    /// An object with any keys.
    Object,
    /// An object with these keys.
    Struct(Vec<Field>),
    /// A definition, by its name.
    Named(String),
    /// Any of these.
    Union(Vec<Type>),
}

/// A key of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: String,
    /// What it is for.
    pub doc: String,
    /// The type of its value, without null where that only stands for leaving it out.
    pub shape: Type,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it is when it is left out, in JSON.
    pub default: Option<Value>,
}

/// A type with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// The type itself.
    pub shape: Type,
}

/// Reads a schema.
pub(super) fn of(schema: &Value) -> Type {
    if schema == &Value::Bool(true) {
        return Type::Any;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        // A tag beside a reference: the object with that key besides.
        return match schema["properties"].as_object() {
            None => Type::Named(name.to_owned()),
            Some(_) => panic!("`{name}` with keys beside it must be written out: {schema}"),
        };
    }
    if let Some(text) = schema["const"].as_str() {
        return Type::OneOf(vec![text.to_owned()]);
    }
    if let Some(texts) = schema["enum"].as_array() {
        return Type::OneOf(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return union(choices.iter().map(of));
    }
    match &schema["type"] {
        Value::String(name) => simple(name, schema),
        Value::Array(names) => union(names.iter().filter_map(Value::as_str).map(|name| simple(name, schema))),
        // A description alone stands for any value.
        Value::Null => Type::Any,
        other => panic!("no type: {other}"),
    }
}

fn simple(name: &str, schema: &Value) -> Type {
    match name {
        "null" => Type::Null,
        "boolean" => Type::Bool,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "string" => Type::Text,
        "array" => Type::List(Box::new(of(&schema["items"]))),
        "object" if schema["properties"].is_object() => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let required = names(&schema["required"]);
            let rest = properties.map(|(name, _)| name.clone()).filter(|name| !required.contains(name));
            let order: Vec<String> = required.iter().cloned().chain(rest).collect();
            Type::Struct(fields(schema, &order))
        }
        "object" => Type::Object,
        other => panic!("no type `{other}`"),
    }
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// One type of several: texts to choose from become one list, what is said twice is said once.
fn union(choices: impl Iterator<Item = Type>) -> Type {
    let mut found: Vec<Type> = Vec::new();
    for choice in choices {
        if let (Some(Type::OneOf(texts)), Type::OneOf(more)) = (found.last_mut(), &choice) {
            texts.extend(more.iter().cloned());
        } else if !found.contains(&choice) {
            found.push(choice);
        }
    }
    if found.contains(&Type::Any) {
        return Type::Any;
    }
    if found.len() > 1 { Type::Union(found) } else { found.pop().unwrap_or(Type::Any) }
}

/// The keys of an object, in the order given.
pub(super) fn fields(schema: &Value, order: &[String]) -> Vec<Field> {
    let required = names(&schema["required"]);
    order
        .iter()
        .map(|name| {
            let property = &schema["properties"][name];
            let is_required = required.contains(name);
            let shape = match of(property) {
                // What may be left out may be null as well: both are nothing.
                Type::Union(choices) if !is_required => {
                    union(choices.into_iter().filter(|choice| *choice != Type::Null))
                }
                shape => shape,
            };
            let default = property.get("default").filter(|value| !value.is_null()).cloned();
            Field { name: name.clone(), doc: plain(property), shape, is_required, default }
        })
        .collect()
}
