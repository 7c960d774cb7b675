//! Writers that keep breaking a rule for a moment, and one process that makes it the schema's and takes it back.

use std::path::Path;

use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::record::UpsertRecord;
use rekor_core::api::transfer::ExportRecords;
use rekor_core::{Code, Json, Workspace};

use crate::{open, tell};

/// The largest `n` that the tight schema allows.
const N_MAX: u64 = 100;

/// Writes small numbers, and now and then a large one that it takes back at once, until the file `stop` is there.
pub(crate) fn write(path: &Path, words: &[String]) {
    let (name, seed, stop) = (&words[0], words[1].parse().unwrap(), Path::new(&words[2]));
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut written, mut refused) = (0_u64, 0_u64);
    // The record that breaks the rule now, and after how many writes it will not.
    let mut breaking: Option<(String, u8)> = None;
    tell("ready");
    while !stop.exists() {
        let id = format!("{name}-{}", rng.u32(..200));
        let n = if breaking.is_none() && rng.u8(..20) == 0 { N_MAX + 1 } else { rng.u64(..=N_MAX) };
        match put(&ws, &id, n) {
            Ok(()) if n > N_MAX => breaking = Some((id, rng.u8(..6))),
            Ok(()) => written += 1,
            Err(Code::ValidationFailed) if n > N_MAX => refused += 1,
            Err(code) => panic!("{code}"),
        }
        breaking = match breaking {
            Some((id, 0)) => put(&ws, &id, 0).map(|()| None).unwrap(),
            later => later.map(|(id, writes)| (id, writes - 1)),
        };
    }
    if let Some((id, _)) = breaking {
        put(&ws, &id, 0).unwrap();
    }
    store.close().unwrap();
    tell(&format!("{written} {refused}"));
}

fn put(ws: &Workspace, id: &str, n: u64) -> Result<(), Code> {
    let record = UpsertRecord {
        collection: "items".into(),
        id: Some(id.to_owned()),
        data: Some(Json::from_text(format!(r#"{{"n":{n}}}"#))),
        ..UpsertRecord::default()
    };
    ws.run(&record).map(|_| ()).map_err(|error| error.code())
}

/// Tightens and loosens; each time that tightening succeeds, reads every record and looks for one that breaks it.
pub(crate) fn tighten(path: &Path, words: &[String]) {
    let (wanted, tries_max): (u32, u32) = (words[0].parse().unwrap(), words[1].parse().unwrap());
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    tell("ready");
    let (mut tightened, mut tries) = (0, 0);
    while tightened < wanted && tries < tries_max {
        tries += 1;
        match set(&ws, &format!(r#"{{"properties":{{"n":{{"type":"integer","maximum":{N_MAX}}}}}}}"#)) {
            Ok(()) => {
                tightened += 1;
                tell(&format!("tight {}", violations(&ws)));
                set(&ws, r#"{"properties":{"n":{"type":"integer"}}}"#).unwrap();
            }
            Err(Code::SchemaIncompatible) => {}
            Err(code) => panic!("{code}"),
        }
    }
    store.close().unwrap();
    tell(&format!("end {tightened} {tries}"));
}

fn set(ws: &Workspace, schema: &str) -> Result<(), Code> {
    let request = UpsertCollection {
        collection: "items".into(),
        schema: Some(Json::from_text(schema)),
        ..UpsertCollection::default()
    };
    ws.run(&request).map(|_| ()).map_err(|error| error.code())
}

/// How many stored records break the tight schema.
fn violations(ws: &Workspace) -> usize {
    #[derive(serde::Deserialize)]
    struct Line {
        data: Data,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        n: u64,
    }
    let mut text = Vec::new();
    let request = ExportRecords { collection: "items".into(), ..ExportRecords::default() };
    ws.export_records(&request, &mut text, &mut |_| Ok(())).unwrap();
    let lines = serde_json::Deserializer::from_slice(&text).into_iter::<Line>();
    lines.filter(|line| line.as_ref().unwrap().data.n > N_MAX).count()
}
