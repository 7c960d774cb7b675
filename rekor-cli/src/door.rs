//! Stands in for the doors of rekor-core until they exist; it compiles and does nothing.
#![allow(dead_code, unused_variables, clippy::unnecessary_wraps, reason = "a stub")]

use std::io::{BufRead, Write};
use std::path::Path;

use rekor_core::api::batch::{Batch, BatchAnswer};
use rekor_core::api::collection::{
    Collection, DeleteCollection, GetCollection, ListCollections, UpsertCollection,
};
use rekor_core::api::list::{Actor, Deleted, List, Written};
use rekor_core::api::query::{Aggregate, Explain, Explanation, Query, Row};
use rekor_core::api::record::{DeleteRecord, GetRecord, PatchRecord, Record, UpsertRecord};
use rekor_core::api::relationship::{
    DeleteRelationship, DeleteTouching, DeletedTouching, GetRelationship, Hop, ListRelationships,
    QueryRelationships, Relationship, UpsertRelationship,
};
use rekor_core::api::transfer::{ExportRecords, ImportAnswer, ImportRecords};
use rekor_core::api::workspace::{CreateWorkspace, DeleteWorkspace, GetWorkspace, ListWorkspaces};
use rekor_core::ground::error::{Code, Error, Result};
use rekor_core::ground::json::Json;
use serde::Serialize;

fn missing<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "the store is not built yet"))
}

#[derive(Default)]
pub(crate) struct OpenOptions {
    pub(crate) exclusive: bool,
    pub(crate) read_only: bool,
    pub(crate) cache_bytes: usize,
    pub(crate) busy_timeout_ms: u64,
}

#[derive(Serialize)]
pub(crate) struct AggregateAnswer {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Json>>,
}

#[derive(Serialize)]
pub(crate) struct CheckReport {
    pub(crate) problems: Vec<String>,
}

pub(crate) enum ImportEvent {
    Progress(ImportAnswer, u64),
    Refused { line: u64, text: String, error: Error },
    Resumed { line: u64 },
}

pub(crate) trait StoreRequest {
    type Answer: Serialize;
}
pub(crate) trait Request {
    type Answer: Serialize;
}
macro_rules! answers {
    ($trait:ident: $($request:ty => $answer:ty;)+) => { $(impl $trait for $request { type Answer = $answer; })+ };
}
answers! { StoreRequest:
    CreateWorkspace => Written<rekor_core::api::workspace::Workspace>;
    GetWorkspace => rekor_core::api::workspace::Workspace;
    ListWorkspaces => List<rekor_core::api::workspace::Workspace>;
    DeleteWorkspace => Deleted;
}
answers! { Request:
    UpsertCollection => Written<Collection>;
    GetCollection => Collection;
    ListCollections => List<Collection>;
    DeleteCollection => Deleted;
    UpsertRecord => Written<Record>;
    PatchRecord => Written<Record>;
    GetRecord => Record;
    DeleteRecord => Deleted;
    UpsertRelationship => Written<Relationship>;
    GetRelationship => Relationship;
    DeleteRelationship => Deleted;
    DeleteTouching => DeletedTouching;
    ListRelationships => List<Relationship>;
    QueryRelationships => List<Hop>;
    Query => List<Row>;
    Aggregate => AggregateAnswer;
    Explain => Explanation;
    Batch => BatchAnswer;
}

pub(crate) struct Store;
impl Store {
    pub(crate) fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self> {
        missing()
    }
    pub(crate) fn run<R: StoreRequest>(&self, request: &R) -> Result<R::Answer> {
        missing()
    }
    pub(crate) fn workspace(&self, id: &str) -> Result<Workspace> {
        missing()
    }
    pub(crate) fn only_workspace(&self) -> Result<Workspace> {
        missing()
    }
    pub(crate) fn close(self) -> Result<()> {
        missing()
    }
}

#[derive(Clone)]
pub(crate) struct Workspace;
impl Workspace {
    pub(crate) fn with_actor(&self, actor: Actor) -> Self {
        Self
    }
    pub(crate) fn run<R: Request>(&self, request: &R) -> Result<R::Answer> {
        missing()
    }
    pub(crate) fn import_records(
        &self,
        request: &ImportRecords,
        input: &mut dyn BufRead,
        events: &mut dyn FnMut(ImportEvent) -> Result<()>,
    ) -> Result<ImportAnswer> {
        missing()
    }
    pub(crate) fn import_relationships(
        &self,
        input: &mut dyn BufRead,
        strict: bool,
        skip_bad_lines: bool,
        events: &mut dyn FnMut(ImportEvent) -> Result<()>,
    ) -> Result<ImportAnswer> {
        missing()
    }
    pub(crate) fn export_records(
        &self,
        request: &ExportRecords,
        output: &mut dyn Write,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64> {
        missing()
    }
    pub(crate) fn check(&self) -> Result<CheckReport> {
        missing()
    }
}
