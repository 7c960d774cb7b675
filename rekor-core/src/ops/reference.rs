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
/// assert_eq!(reference.requests()["GetRecord"]["required"][0], "collection");
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
        Shapes {
            fields: fields.filter_map(Value::as_str).map(str::to_owned).collect(),
            request: self.requests.subschema_for::<R>().into(),
            answer: self.answers.subschema_for::<A>().into(),
        }
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
        self.answers.subschema_for::<A>()
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
        self.requests.subschema_for::<R>()
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
