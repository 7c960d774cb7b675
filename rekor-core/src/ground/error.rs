//! The one error type and the table of codes. A code is permanent: it is never renamed or reused,
//! and a new one is made only where a caller would act differently.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::ground::json::Json;

/// The result of every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Groups the codes; decides the exit code of the CLI and the HTTP status of a server.
///
/// ```
/// use rekor_core::{Code, Kind};
///
/// assert_eq!(Code::RecordNotFound.kind(), Kind::NotFound);
/// assert_eq!((Kind::NotFound.name(), Kind::NotFound.exit_code()), ("not_found", 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong and will be wrong again.
    Invalid,
    /// What the request names is not there.
    NotFound,
    /// The state of the store forbids the request.
    Conflict,
    /// The caller may not do this.
    Denied,
    /// The request is larger than a limit.
    Limit,
    /// The store cannot answer now; trying again may help.
    Unavailable,
    /// The stored bytes are damaged or of an unknown format.
    Corrupt,
    /// A fault of rekor itself.
    Internal,
}

impl Kind {
    /// Every kind, in the order of their exit codes.
    pub const ALL: [Self; 8] = [
        Self::Invalid,
        Self::NotFound,
        Self::Conflict,
        Self::Denied,
        Self::Limit,
        Self::Unavailable,
        Self::Corrupt,
        Self::Internal,
    ];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Denied => "denied",
            Self::Limit => "limit",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }

    /// The exit code of a command that fails with this kind.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Invalid => 2,
            Self::NotFound => 3,
            Self::Conflict => 4,
            Self::Denied => 5,
            Self::Limit => 6,
            Self::Unavailable => 7,
            Self::Corrupt => 8,
            Self::Internal => 70,
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $kind:ident $http:literal $doc:literal;)+) => {
        /// What went wrong, as a permanent name that tells the caller what to do differently.
        ///
        /// ```
        /// use rekor_core::Code;
        ///
        /// let code = Code::ALL.iter().find(|code| code.name() == "busy").unwrap();
        /// assert_eq!((*code, code.http_status()), (Code::Busy, 503));
        /// assert_eq!(code.doc(), "Another process kept the store busy for too long.");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $variant,)+ }

        impl Code {
            /// Every code, grouped by kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// The group that this code belongs to.
            #[must_use]
            pub const fn kind(self) -> Kind { match self { $(Self::$variant => Kind::$kind,)+ } }

            /// The HTTP status that a server answers with.
            #[must_use]
            pub const fn http_status(self) -> u16 { match self { $(Self::$variant => $http,)+ } }

            /// One sentence on what the code means, as the documents print it.
            #[must_use]
            pub const fn doc(self) -> &'static str { match self { $(Self::$variant => $doc,)+ } }
        }
    };
}

codes! {
    InvalidJson "invalid_json" Invalid 400 "The text is not JSON.";
    InvalidRequest "invalid_request" Invalid 400 "The request has a wrong shape or contradicts itself.";
    ValidationFailed "validation_failed" Invalid 422 "The data does not match the collection's schema.";
    InvalidSchema "invalid_schema" Invalid 422 "The schema is not a JSON Schema that rekor can use.";
    RemoteRef "remote_ref" Invalid 422 "A `$ref` points outside the document and outside the workspace.";
    SchemaTooComplex "schema_too_complex" Invalid 422 "The schema would cost too much to check data against.";
    BadPattern "bad_pattern" Invalid 422 "A regular expression in the schema cannot be used.";
    UnknownField "unknown_field" Invalid 422 "The schema says that the field cannot exist.";
    InvalidFilter "invalid_filter" Invalid 422 "The filter has a wrong shape, operator or value.";
    InvalidId "invalid_id" Invalid 400 "The id has characters or a length that ids cannot have.";
    DuplicateKey "duplicate_key" Invalid 400 "An object of the JSON text has the same key twice.";
    NumberOutOfRange "number_out_of_range" Invalid 422 "A number cannot be kept exactly.";
    TooDeep "too_deep" Invalid 400 "The JSON text is nested deeper than the limit.";
    NotANumber "not_a_number" Invalid 422 "A sum or average met values that are not numbers.";
    InvalidCursor "invalid_cursor" Invalid 400 "The cursor is damaged or belongs to another query.";
    WorkspaceRequired "workspace_required" Invalid 400 "Several workspaces exist and none was named.";
    WorkspaceNotFound "workspace_not_found" NotFound 404 "No workspace has this id.";
    CollectionNotFound "collection_not_found" NotFound 404 "The workspace has no collection with this id.";
    RecordNotFound "record_not_found" NotFound 404 "The collection has no record with this id or external id.";
    RelationshipNotFound "relationship_not_found" NotFound 404 "The workspace has no relationship with this id.";
    NotFound "not_found" NotFound 404 "Something else that the request names does not exist.";
    VersionConflict "version_conflict" Conflict 412 "The thing has another version than the request expects.";
    ExternalIdConflict "external_id_conflict" Conflict 409 "Another record has this external id.";
    UniqueViolation "unique_violation" Conflict 409 "Another record has the same value in a unique field.";
    AlreadyExists "already_exists" Conflict 409 "Something with this id exists already.";
    CollectionNotEmpty "collection_not_empty" Conflict 409 "The collection still has records.";
    SchemaIncompatible "schema_incompatible" Conflict 409 "Stored records or other collections do not fit the new schema.";
    PromoteConflict "promote_conflict" Conflict 409 "Preview and production both changed the same thing.";
    PreviewChanged "preview_changed" Conflict 409 "The plan is no longer the one that was reviewed.";
    BreakingChange "breaking_change" Conflict 409 "The change would refuse data that was accepted before.";
    UndoConflict "undo_conflict" Conflict 409 "Something later has changed what would be undone.";
    IdempotencyMismatch "idempotency_mismatch" Conflict 409 "The idempotency key was used with another request.";
    PreviewRequired "preview_required" Denied 403 "This change must be made in a preview and promoted.";
    HumanOnly "human_only" Denied 403 "Only a person may do this.";
    ReadOnly "read_only" Denied 403 "The handle or the store cannot write.";
    Unauthorized "unauthorized" Denied 401 "The token or passphrase is missing or wrong.";
    LimitExceeded "limit_exceeded" Limit 413 "The request is larger than a limit.";
    QueryTooExpensive "query_too_expensive" Limit 429 "The query ran longer or held more than it may.";
    Busy "busy" Unavailable 503 "Another process kept the store busy for too long.";
    StorageError "storage_error" Unavailable 503 "The disk or the operating system refused an operation.";
    DiskFull "disk_full" Unavailable 507 "The disk is full.";
    CommitUnknown "commit_unknown" Unavailable 503 "The commit may or may not have been stored.";
    ForkedHandle "forked_handle" Unavailable 503 "The handle was opened before a fork and cannot be used after it.";
    CorruptStore "corrupt_store" Corrupt 500 "Stored bytes are damaged.";
    UnsupportedFormat "unsupported_format" Corrupt 500 "The file was written by a newer version of rekor or is not a store.";
    Internal "internal" Internal 500 "A fault in rekor itself.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What callers or disks did wrong: a code, plain words, the place and the next step.
///
/// Its JSON is `{"code", "kind", "message", "pointer"?, "hint"?, "details"?, "details_total"?}`.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, Json, Kind, api::record::UpsertRecord};
///
/// let data = Some(Json::from_text(r#"{"amount": 5, "status": "opne"}"#));
/// let invoice = UpsertRecord { collection: "invoices".into(), data, ..Default::default() };
/// let error = ws.run(&invoice).unwrap_err();
/// assert_eq!((error.code(), error.kind()), (Code::ValidationFailed, Kind::Invalid));
/// assert_eq!(error.pointer(), Some("/data/status"));
/// assert!(Json::from_value(&error).text().starts_with(r#"{"code":"validation_failed","kind":"invalid","#));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    message: String,
    pointer: Option<String>,
    hint: Option<String>,
    details: Vec<Json>,
    details_total: Option<u64>,
}

impl Error {
    /// Makes an error with a message: lower case, cause first, no full stop.
    ///
    /// ```
    /// use rekor_core::{Code, Error};
    ///
    /// let error = Error::new(Code::InvalidRequest, "the limit is 0").at("/limit").hint("ask for 1 or more");
    /// assert_eq!(error.to_string(), "invalid_request: the limit is 0");
    /// assert_eq!((error.pointer(), error.hint_text()), (Some("/limit"), Some("ask for 1 or more")));
    /// ```
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            message: message.into(),
            pointer: None,
            hint: None,
            details: Vec::new(),
            details_total: None,
        }))
    }

    /// Sets the JSON pointer of the input value that is at fault.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    /// Puts `prefix` before the pointer, as when a step of a batch fails, and before that of each
    /// detail that begins with one: those of `validation_failed`. The prefix needs no escapes.
    ///
    /// ```
    /// use rekor_core::{Code, Error};
    ///
    /// let error = Error::new(Code::InvalidRequest, "the limit is 0").at("/limit");
    /// assert_eq!(error.under("/operations/2").pointer(), Some("/operations/2/limit"));
    /// ```
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        const START: &str = "{\"pointer\":\"";
        let pointer = self.0.pointer.unwrap_or_default();
        self.0.pointer = Some(format!("{prefix}{pointer}"));
        for detail in &mut self.0.details {
            if let Some(rest) = detail.text().strip_prefix(START) {
                *detail = Json::from_text(format!("{START}{prefix}{rest}"));
            }
        }
        self
    }

    /// Sets the next step: a corrected value or the command to run.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds machine-readable details.
    ///
    /// ```
    /// use rekor_core::{Code, Error, Json};
    ///
    /// let first = vec![Json::from_text(r#"{"id":"inv-1"}"#)];
    /// let error = Error::new(Code::UndoConflict, "two records were changed later").details(first).details_total(2);
    /// assert_eq!(error.detail_list()[0].text(), r#"{"id":"inv-1"}"#);
    /// assert_eq!(error.details_in_all(), Some(2));
    /// ```
    #[must_use]
    pub fn details(mut self, details: Vec<Json>) -> Self {
        self.0.details = details;
        self
    }

    /// Says how many details there are in all when only the first are listed.
    #[must_use]
    pub fn details_total(mut self, total: u64) -> Self {
        self.0.details_total = Some(total);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The group of the code.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.code.kind()
    }

    /// The cause in plain words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The JSON pointer of the value at fault, if one is.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// The next step, if there is one.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// How many details there are in all, when only the first are listed.
    #[must_use]
    pub fn details_in_all(&self) -> Option<u64> {
        self.0.details_total
    }

    /// Machine-readable details, at most 100.
    #[must_use]
    pub fn detail_list(&self) -> &[Json] {
        &self.0.details
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl std::error::Error for Error {}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let parts = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", parts.code.name())?;
        map.serialize_entry("kind", parts.code.kind().name())?;
        map.serialize_entry("message", &parts.message)?;
        // The empty pointer is the whole of what was given: it says nothing.
        if let Some(pointer) = self.pointer().filter(|pointer| !pointer.is_empty()) {
            map.serialize_entry("pointer", pointer)?;
        }
        if let Some(hint) = &parts.hint {
            map.serialize_entry("hint", hint)?;
        }
        if !parts.details.is_empty() {
            map.serialize_entry("details", &parts.details)?;
        }
        if let Some(total) = parts.details_total {
            map.serialize_entry("details_total", &total)?;
        }
        map.end()
    }
}
