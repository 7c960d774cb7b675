//! Rows that show only some fields: the record's nesting is kept, `id` always comes along, and what is not there is
//! null, so that all rows of a list look alike. Elements of an array that are named come in an array again.

use crate::api::record::Record;
use crate::codec::id::Id;
use crate::codec::json::write_string;
use crate::codec::pick::{Picker, elements};
use crate::codec::row::RecordRow;
use crate::codec::time::text_from_ms;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::query::fields::{Field, Fields};

/// The fields of a record that are asked for, as JSON.
pub fn project(record: &Record, fields: &Fields) -> Result<Json> {
    let text = |text: &str| quoted(text);
    let optional = |value: &Option<String>| value.as_deref().map_or_else(|| "null".to_owned(), quoted);
    write(&fields.0, record.data.text(), |field| match field {
        Field::Id => text(&record.id),
        Field::ExternalId => optional(&record.external_id),
        Field::ExternalSource => optional(&record.external_source),
        Field::Version => record.version.to_string(),
        Field::CreatedAt => text(&record.created_at),
        Field::UpdatedAt => text(&record.updated_at),
        Field::Data(_) => String::new(),
    })
}

/// The same from a stored row.
pub(super) fn project_row(id: &Id, row: &RecordRow<'_>, fields: &Fields) -> Result<Json> {
    let optional = |value: Option<&str>| value.map_or_else(|| "null".to_owned(), quoted);
    write(&fields.0, row.data, |field| match field {
        Field::Id => quoted(&id.to_text()),
        Field::ExternalId => optional(row.external_id),
        Field::ExternalSource => optional(row.external_source),
        Field::Version => row.version.to_string(),
        Field::CreatedAt => quoted(&text_from_ms(row.created_ms)),
        Field::UpdatedAt => quoted(&text_from_ms(row.updated_ms)),
        Field::Data(_) => String::new(),
    })
}

/// Writes the fields in the order of a record's.
fn write(fields: &[Field], data: &str, meta: impl Fn(&Field) -> String) -> Result<Json> {
    let mut out = format!("{{\"id\":{}", meta(&Field::Id));
    let mut put = |name: &str, field: Field| {
        if fields.contains(&field) {
            out.push_str(&format!(",\"{name}\":{}", meta(&field)));
        }
    };
    put("external_id", Field::ExternalId);
    put("external_source", Field::ExternalSource);
    put("version", Field::Version);
    let paths: Vec<&[String]> = fields
        .iter()
        .filter_map(|field| if let Field::Data(path) = field { Some(path.as_slice()) } else { None })
        .collect();
    if !paths.is_empty() {
        out.push_str(",\"data\":");
        write_below(&paths, data, &mut out)?;
    }
    let mut put = |name: &str, field: Field| {
        if fields.contains(&field) {
            out.push_str(&format!(",\"{name}\":{}", meta(&field)));
        }
    };
    put("created_at", Field::CreatedAt);
    put("updated_at", Field::UpdatedAt);
    out.push('}');
    Ok(Json::from_text(out))
}

/// Writes what `paths` name below a value, in the order in which they are named.
fn write_below(paths: &[&[String]], stored: &str, out: &mut String) -> Result<()> {
    if paths.iter().any(|path| path.is_empty()) {
        out.push_str(stored);
        return Ok(());
    }
    let mut heads: Vec<&String> = Vec::new();
    for head in paths.iter().filter_map(|path| path.first()) {
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    let below = |head: &String| -> Vec<&[String]> {
        paths
            .iter()
            .filter_map(|path| path.split_first())
            .filter(|(first, _)| *first == head)
            .map(|(_, rest)| rest)
            .collect()
    };
    if stored.starts_with('[') {
        let mut comma = "[";
        for (at, element) in elements(stored).enumerate() {
            let element = element?;
            let Some(head) = heads.iter().find(|head| ***head == at.to_string()) else { continue };
            out.push_str(comma);
            write_below(&below(head), element, out)?;
            comma = ",";
        }
        out.push_str(if comma == "[" { "[]" } else { "]" });
        return Ok(());
    }
    if !stored.starts_with('{') {
        out.push_str("null");
        return Ok(());
    }
    let mut found = vec![None; heads.len()];
    let parts = heads.iter().enumerate().map(|(at, head)| (at, std::slice::from_ref(*head)));
    Picker::new(parts).pick(stored, &mut found)?;
    for (at, (head, found)) in heads.iter().zip(found).enumerate() {
        out.push(if at == 0 { '{' } else { ',' });
        write_string(head, out);
        out.push(':');
        write_below(&below(head), found.unwrap_or("null"), out)?;
    }
    out.push('}');
    Ok(())
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::fields::parse;

    #[test]
    fn fields_keep_their_nesting_and_the_id_comes_along() {
        let record = Record {
            id: "a".into(),
            collection: "c".into(),
            external_id: Some("x\"".into()),
            external_source: None,
            version: 2,
            data: Json::from_text(r#"{"n":1.50,"o":{"p":"q","r":null},"l":[1,{"m":2},3],"a.b":true}"#),
            created_at: "2026-01-01T00:00:00.000Z".into(),
            updated_at: "2026-01-01T00:00:00.000Z".into(),
        };
        let show = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            project(&record, &parse(&names).unwrap()).unwrap().text().to_owned()
        };
        assert_eq!(show(&["data.n", "data.o.p"]), r#"{"id":"a","data":{"n":1.50,"o":{"p":"q"}}}"#);
        assert_eq!(show(&["data.l.2", "data.l.1.m"]), r#"{"id":"a","data":{"l":[{"m":2},3]}}"#);
        assert_eq!(
            show(&["data.zz", "data.n.x", r"data.a\.b"]),
            r#"{"id":"a","data":{"zz":null,"n":null,"a.b":true}}"#
        );
        assert_eq!(
            show(&["version", "external_source", "external_id", "id"]),
            r#"{"id":"a","external_id":"x\"","external_source":null,"version":2}"#
        );
        assert_eq!(show(&["data", "data.n"]), format!(r#"{{"id":"a","data":{}}}"#, record.data.text()));
    }
}
