//! Every bound of rekor, in one table. An error names the bound and the value that broke it.

use crate::ground::error::{Code, Error};

/// One row of the table of limits, as the documents print it.
///
/// ```
/// use rekor_core::ground::limits;
///
/// assert_eq!((limits::PAGE_ROWS.max, limits::PAGE_ROWS.unit), (1_000, "rows"));
/// assert_eq!(limits::PAGE_ROWS.code.name(), "limit_exceeded");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The permanent name.
    pub name: &'static str,
    /// The bound itself: what equals it is allowed.
    pub max: u64,
    /// What is counted: `bytes`, `levels`, `operations`, …
    pub unit: &'static str,
    /// What is bounded, in a few words.
    pub doc: &'static str,
    /// The code of the error when it is exceeded.
    pub code: Code,
}

impl Limit {
    /// The bound as a length.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "every bound is below 2^32")]
    pub const fn len(&self) -> usize {
        self.max as usize
    }

    /// Whether the bound is nothing at all; it never is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.max == 0
    }

    /// Answers an error when `value` is beyond the bound.
    ///
    /// ```
    /// use rekor_core::ground::limits::PAGE_ROWS;
    ///
    /// assert!(PAGE_ROWS.check(1_000).is_ok()); // what equals the bound is allowed
    /// assert_eq!(PAGE_ROWS.check(1_001).unwrap_err().code(), PAGE_ROWS.code);
    /// ```
    pub fn check(&self, value: usize) -> Result<(), Error> {
        if value as u64 > self.max { Err(self.exceeded(value as u64)) } else { Ok(()) }
    }

    /// The error for a value beyond the bound.
    #[must_use]
    pub fn exceeded(&self, value: u64) -> Error {
        Error::new(self.code, format!("{} is limited to {} {}, got {value}", self.doc, self.max, self.unit))
    }
}

macro_rules! limits {
    ($($const:ident $name:literal $max:expr, $unit:literal $doc:literal $code:ident;)+) => {
        $(#[doc = concat!("The limit `", $name, "`: ", $doc, ".")]
          pub const $const: Limit =
              Limit { name: $name, max: $max, unit: $unit, doc: $doc, code: Code::$code };)+
        /// Every limit, in the order of the documents.
        pub const ALL: &[Limit] = &[$($const,)+];
    };
}

limits! {
    RECORD_BYTES "record_bytes" 1 << 20, "bytes" "the stored JSON of a record or relationship" LimitExceeded;
    NESTING "nesting" 64, "levels" "the nesting of JSON" TooDeep;
    SCHEMA_BYTES "schema_bytes" 256 << 10, "bytes" "the text of a schema" LimitExceeded;
    SCHEMA_DEPTH "schema_depth" 64, "levels" "the nesting of a schema" SchemaTooComplex;
    SCHEMA_COST "schema_cost" 10_000, "subschemas" "the expanded cost of a schema" SchemaTooComplex;
    PATTERN_BYTES "pattern_bytes" 512, "bytes" "a regular expression in a schema" BadPattern;
    PATTERN_COMPILED_BYTES "pattern_compiled_bytes" 256 << 10, "bytes" "a compiled regular expression" BadPattern;
    ENUM_VALUES "enum_values" 10_000, "values" "an enum in a schema" SchemaTooComplex;
    BATCH_OPERATIONS "batch_operations" 100, "operations" "a batch" LimitExceeded;
    BATCH_BYTES "batch_bytes" 4 << 20, "bytes" "the text of a batch" LimitExceeded;
    BATCH_SCHEMA_RECORDS "batch_schema_records" 10_000, "records" "the records that a schema step of a batch checks" LimitExceeded;
    FILTER_DEPTH "filter_depth" 16, "levels" "the nesting of a filter" LimitExceeded;
    FILTER_CLAUSES "filter_clauses" 256, "clauses" "a filter" LimitExceeded;
    IN_VALUES "in_values" 1_000, "values" "the list of `in` and `not_in`" LimitExceeded;
    LIKE_BYTES "like_bytes" 1 << 10, "bytes" "the pattern of `like` and `ilike`" LimitExceeded;
    PAGE_ROWS "page_rows" 1_000, "rows" "a page" LimitExceeded;
    PAGE_OFFSET "page_offset" 10_000, "rows" "the offset of a page" LimitExceeded;
    SORT_FIELDS "sort_fields" 8, "fields" "the list of sort fields" LimitExceeded;
    AGGREGATIONS "aggregations" 64, "aggregations" "the list of aggregations" LimitExceeded;
    AGGREGATE_BYTES "aggregate_bytes" 512 << 20, "bytes" "what an aggregate holds in memory" QueryTooExpensive;
    GROUP_FIELDS "group_fields" 8, "fields" "the fields of `group_by`" LimitExceeded;
    GROUPS "groups" 100_000, "groups" "the groups of an aggregate" QueryTooExpensive;
    TRAVERSAL_DEPTH "traversal_depth" 10, "steps" "the depth of a traversal" LimitExceeded;
    TRAVERSAL_VISITED "traversal_visited" 100_000, "records" "the records that a traversal visits" QueryTooExpensive;
    COLLECTIONS "collections" 1_000, "collections" "the collections of a workspace" LimitExceeded;
    COMMIT_CHANGES "commit_changes" 100_000, "changes" "one commit" LimitExceeded;
    COMMIT_BYTES "commit_bytes" 64 << 20, "bytes" "the text of one commit" LimitExceeded;
    EXTERNAL_ID_BYTES "external_id_bytes" 512, "bytes" "an external id" InvalidId;
    EXTERNAL_SOURCE_BYTES "external_source_bytes" 64, "bytes" "an external source" InvalidId;
    TOKENS "tokens" 1_000, "tokens" "the tokens of a store" LimitExceeded;
    TOKEN_NAME_BYTES "token_name_bytes" 128, "bytes" "the name of a token" LimitExceeded;
    TOKEN_SCOPE "token_scope" 100, "names" "each list of what a token reaches" LimitExceeded;
    PASSPHRASE_BYTES "passphrase_bytes" 1_024, "bytes" "a passphrase" LimitExceeded;
    IDEMPOTENCY_KEY_BYTES "idempotency_key_bytes" 255, "bytes" "an idempotency key" InvalidRequest;
    QUERY_MS "query_ms" 10_000, "milliseconds" "the time of a query" QueryTooExpensive;
    SNAPSHOT_MS "snapshot_ms" 30_000, "milliseconds" "the life of a query's snapshot" QueryTooExpensive;
}

/// Rows of a page when the request does not say.
pub const PAGE_ROWS_DEFAULT: usize = 50;
/// Lines that one commit of an import holds at most: what makes one group of columns. A power of two would waste nearly half
/// of the pages that hold the blocks of its columns, since their sizes are powers of two and a block has a few bytes of its own.
pub const IMPORT_COMMIT_LINES: usize = 3_800;
/// Violations that `validation_failed` lists at most.
pub const DETAILS_MAX: usize = 100;
/// Leading bytes of a string that sorting looks at.
pub const SORT_TEXT_BYTES: usize = 1_024;
/// Leading bytes of a string that an index keeps; longer ones are compared again with the row.
pub const INDEX_TEXT_BYTES: usize = 256;
/// Milliseconds that a busy store is waited for when the caller does not say.
pub const BUSY_TIMEOUT_MS: u64 = 5_000;
