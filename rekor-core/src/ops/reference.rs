//! The shapes of requests and answers as JSON Schemas (draft 2020-12), from which types, stubs and tool definitions are made.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Collects the shapes of operations, and the definitions that they share.
///
/// ```
/// use rekor_core::{OPS, Reference};
///
/// let mut reference = Reference::default();
/// let get = OPS.iter().find(|op| op.name == "get_record").unwrap();
/// let shapes = (get.shapes)(&mut reference);
/// assert_eq!(shapes.request["$ref"], "#/$defs/GetRecord");
/// let definition = &reference.requests()["GetRecord"];
/// assert_eq!(definition["required"][0], "collection");
/// assert_eq!(definition["description"], "Gets one record, by `id` or by `external_id`."); // no Rust
/// ```
#[derive(Debug)]
pub struct Reference {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

/// The shapes of one operation, as references into the definitions of its [`Reference`].
///
/// See [`Reference`] for an example.
#[derive(Debug, Clone)]
pub struct Shapes {
    /// Of what it is asked.
    pub request: Value,
    /// Of what it answers.
    pub answer: Value,
    /// The fields of the request, as they are declared; empty where it is one of several shapes.
    pub fields: Vec<String>,
}

impl Default for Reference {
    fn default() -> Self {
        let settings = SchemaSettings::draft2020_12;
        Self {
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
        }
    }
}

impl Reference {
    /// Adds the shapes of a request and its answer.
    pub(crate) fn shapes<R: JsonSchema, A: JsonSchema>(&mut self) -> Shapes {
        // What is written holds every field, so its list of required ones has them in the order of the declaration.
        let written =
            SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<R>();
        let fields = written.get("required").and_then(Value::as_array).into_iter().flatten();
        let shapes = Shapes {
            fields: fields.filter_map(Value::as_str).map(str::to_owned).collect(),
            request: self.requests.subschema_for::<R>().into(),
            answer: self.answers.subschema_for::<A>().into(),
        };
        without_examples(self.requests.definitions_mut());
        without_examples(self.answers.definitions_mut());
        shapes
    }

    /// Adds the shape of something that is only ever answered, and answers a reference to it.
    ///
    /// ```
    /// use rekor_core::{Reference, api::call::Rehearsal};
    ///
    /// let mut reference = Reference::default();
    /// let shape = reference.answer::<Rehearsal>();
    /// assert_eq!(shape.get("$ref").unwrap(), "#/$defs/Rehearsal");
    /// assert!(reference.answers().contains_key("RehearsedChange"));
    /// ```
    pub fn answer<A: JsonSchema>(&mut self) -> Schema {
        let shape = self.answers.subschema_for::<A>();
        without_examples(self.answers.definitions_mut());
        shape
    }

    /// Adds the shape of something that is only ever asked, and answers a reference to it.
    ///
    /// ```
    /// use rekor_core::{Reference, api::transfer::ImportRecords};
    ///
    /// let mut reference = Reference::default();
    /// reference.request::<ImportRecords>();
    /// assert_eq!(reference.requests()["Format"]["oneOf"][1]["const"], "csv");
    /// ```
    pub fn request<R: JsonSchema>(&mut self) -> Schema {
        let shape = self.requests.subschema_for::<R>();
        without_examples(self.requests.definitions_mut());
        shape
    }

    /// The definitions that requests refer to.
    #[must_use]
    pub fn requests(&self) -> &Map<String, Value> {
        self.requests.definitions()
    }

    /// The definitions that answers refer to.
    #[must_use]
    pub fn answers(&self) -> &Map<String, Value> {
        self.answers.definitions()
    }
}

/// Ends each description before its example in Rust, or before where one is: whoever writes another language has no use for it.
fn without_examples(definitions: &mut Map<String, Value>) {
    for definition in definitions.values_mut() {
        let Some(Value::String(text)) = definition.get_mut("description") else { continue };
        let end = ["```", "\n\nSee [`"].iter().filter_map(|start| text.find(start)).min();
        text.truncate(end.unwrap_or(text.len()));
        text.truncate(text.trim_end().len());
    }
}
