//! Imports a file that can resume, and tells each line count that is stored: `ack N`, `resumed N`, `done N`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::transfer::ImportRecords;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::{Code, ImportEvent, Json};

use crate::{open, tell};

pub(crate) fn run(path: &Path, words: &[String]) {
    let (collection, file) = (&words[0], &words[1]);
    let store = open(path);
    match store.run(&CreateWorkspace { id: "ops".into(), ..CreateWorkspace::default() }) {
        Err(error) if error.code() != Code::AlreadyExists => panic!("{error}"),
        _ => {}
    }
    let ws = store.workspace("ops").unwrap();
    let schema = Json::from_text(r#"{"properties":{"n":{"type":"integer","x-index":true}}}"#);
    ws.run(&UpsertCollection {
        collection: collection.clone(),
        schema: Some(schema),
        ..UpsertCollection::default()
    })
    .unwrap();
    tell("ready");
    let request = ImportRecords {
        collection: collection.clone(),
        external_id_field: Some("key".into()),
        resume_key: Some(format!("{collection}-file")),
        ..ImportRecords::default()
    };
    let mut input = BufReader::new(File::open(file).unwrap());
    let done = ws.import_records(&request, &mut input, &mut |event| {
        match event {
            ImportEvent::Progress(so_far) => tell(&format!("ack {}", so_far.read)),
            ImportEvent::Resumed { line } => tell(&format!("resumed {line}")),
            ImportEvent::Refused { line, error, .. } => panic!("line {line}: {error}"),
            ImportEvent::Unlinked { line, target } => panic!("line {line}: {target}"),
        }
        Ok(())
    });
    let done = done.unwrap();
    store.close().unwrap();
    tell(&format!("done {} {}", done.read, done.created));
}
