//! Which columns a thing has in a table or CSV. Pure: JSON text in, named cells out.

use crate::output::tree;

/// The kind of thing that a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Workspaces.
    Workspaces,
    /// Collections.
    Collections,
    /// Records, whole or with the fields asked for.
    Records,
    /// Relationships.
    Relationships,
    /// Rows of a traversal.
    Hops,
    /// Flat rows, shown as they are.
    Flat,
    /// The answers to the operations of a batch.
    Operations,
    /// Changes of one thing.
    Changes,
    /// Promotions and rollbacks.
    Promotions,
    /// Tokens.
    Tokens,
}

/// Where a column stands: the columns of one place come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// First: what the thing is called.
    Head,
    /// Then what it says.
    Body,
    /// Last: its version and times.
    Tail,
}

/// One named cell of a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) number: bool,
}

/// Fields of a record that are no data.
const OWN: [&str; 8] =
    ["id", "collection", "external_id", "external_source", "version", "created_at", "updated_at", "changed"];

/// The columns that every CSV of a kind has, so that an empty list still has a header.
pub(crate) fn always(rows: Rows) -> &'static [&'static str] {
    match rows {
        Rows::Workspaces => &["id", "name", "kind", "parent", "description", "created_at", "updated_at"],
        Rows::Collections => &["id", "name", "schema", "version", "created_at", "updated_at"],
        Rows::Records => {
            &["id", "collection", "external_id", "external_source", "version", "created_at", "updated_at"]
        }
        Rows::Relationships => {
            &["id", "type", "source", "target", "data", "version", "created_at", "updated_at"]
        }
        Rows::Hops => &["depth", "direction", "type", "record", "relationship"],
        Rows::Operations => &["operation", "id", "version", "changed"],
        Rows::Changes => &["seq", "at", "action", "version", "actor"],
        Rows::Promotions => &["id", "at", "actor", "from", "rolls_back", "rolled_back_by", "hash", "changes"],
        Rows::Tokens => {
            &["id", "name", "role", "workspaces", "collections", "environments", "expires_at", "created_at"]
        }
        Rows::Flat => &[],
    }
}

/// Lays out one row. A table for the eye (`brief`) leaves out what is empty or the same in every row.
pub(crate) fn lay_out(rows: Rows, index: usize, text: &str, brief: bool) -> Vec<Field> {
    let members = tree::members(text).unwrap_or_else(|| vec![("value".to_owned(), text)]);
    let mut fields = Vec::new();
    match rows {
        Rows::Hops => return hop(text, brief),
        Rows::Operations => fields.push(field("operation", &index.to_string())),
        _ => {}
    }
    for (name, value) in members {
        match (rows, name.as_str()) {
            (_, "warnings") => {}
            (Rows::Changes | Rows::Promotions, "actor") if brief => fields.push(actor(value)),
            (Rows::Changes, "changes") if brief => fields.push(changed(value)),
            (Rows::Changes, "record") if brief => {}
            (Rows::Promotions, "changes") if brief => fields.push(promoted(value)),
            (Rows::Promotions, _) if brief && value == "null" => {}
            (Rows::Changes | Rows::Promotions, _) => {
                fields.push(Field { place: Place::Head, ..field(&name, value) });
            }
            (Rows::Tokens, "workspaces" | "collections" | "environments") => {
                fields.push(names(&name, value));
            }
            (Rows::Tokens, "expires_at" | "created_at") => {
                fields.push(Field { place: Place::Tail, ..field(&name, value) })
            }
            (Rows::Flat, _) => fields.push(Field { place: Place::Body, ..field(&name, value) }),
            (_, "external_id" | "external_source" | "description" | "parent") if brief && value == "null" => {
            }
            (Rows::Operations, "id" | "version" | "changed" | "deleted") => fields.push(field(&name, value)),
            (Rows::Operations, _) => {}
            (_, "collection" | "created_at") if brief => {}
            (Rows::Records, "data") => body(value, brief, &mut fields),
            (Rows::Relationships, "data") if brief && value == "null" => {}
            (Rows::Relationships, "source" | "target") => fields.push(end(&name, value)),
            (Rows::Collections, "schema") if brief => fields.push(properties(value)),
            _ => fields.push(field(&name, value)),
        }
    }
    fields
}

/// Lays out one thing as names and values, for a table of two columns.
pub(crate) fn lay_out_one(text: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    for (name, value) in tree::members(text).unwrap_or_default() {
        match name.as_str() {
            "warnings" => {}
            "data" => body(value, false, &mut fields),
            "source" | "target" => fields.push(end(&name, value)),
            _ => fields.push(field(&name, value)),
        }
    }
    fields
}

fn field(name: &str, value: &str) -> Field {
    let place = match name {
        "version" | "created_at" | "updated_at" | "changed" | "deleted" => Place::Tail,
        "data" | "schema" | "description" | "fields" => Place::Body,
        _ => Place::Head,
    };
    Field { place, name: name.to_owned(), text: tree::plain(value), number: tree::is_number(value) }
}

/// The top level of a record's data, a column each. A table drops `data.` where that leaves no doubt.
fn body(data: &str, brief: bool, fields: &mut Vec<Field>) {
    let Some(members) = tree::members(data) else {
        return fields.push(field("data", data));
    };
    for (name, value) in members {
        let plain = brief && !OWN.contains(&name.as_str());
        let name = if plain { name } else { format!("data.{}", name.replace('.', "\\.")) };
        fields.push(Field { place: Place::Body, ..field(&name, value) });
    }
}

/// One end of a relationship, as the flags take it.
fn end(name: &str, value: &str) -> Field {
    let part = |part| tree::member(value, part).map(tree::plain);
    match (part("collection"), part("id")) {
        (Some(collection), Some(id)) => {
            let text = format!("{collection}/{id}");
            Field { place: Place::Head, name: name.to_owned(), text, number: false }
        }
        _ => field(name, value),
    }
}

/// Who made a change: the name, or the role of somebody without one, then the run and the reason.
fn actor(value: &str) -> Field {
    let part = |name| tree::member(value, name).map(tree::plain).filter(|text| !text.is_empty());
    let mut text = part("name").or_else(|| part("role")).unwrap_or_default();
    for (name, value) in ["run", "reason"].into_iter().filter_map(|name| Some((name, part(name)?))) {
        text.push_str(&format!(", {name} {value}"));
    }
    Field { place: Place::Head, name: "actor".to_owned(), text, number: false }
}

/// The fields that a change changed, each with what it was and what it became.
fn changed(value: &str) -> Field {
    let part = |change: &str, name| tree::member(change, name).map_or("-".to_owned(), str::to_owned);
    let changes = tree::items(value).unwrap_or_default().into_iter().map(|change| {
        let pointer = tree::member(change, "pointer").map(tree::plain).unwrap_or_default();
        format!("{pointer}: {} → {}", part(change, "before"), part(change, "after"))
    });
    let text = changes.collect::<Vec<_>>().join("; ");
    Field { place: Place::Body, name: "changes".to_owned(), text, number: false }
}

/// The collections that a promotion changed.
fn promoted(value: &str) -> Field {
    let part = |change: &str, name| tree::member(change, name).map(tree::plain).unwrap_or_default();
    let changes = tree::items(value).unwrap_or_default().into_iter();
    let text = changes.map(|change| format!("{} {}", part(change, "collection"), part(change, "action")));
    let text = text.collect::<Vec<_>>().join(", ");
    Field { place: Place::Body, name: "changes".to_owned(), text, number: false }
}

/// What a token reaches of a part, which is all unless names are listed.
fn names(name: &str, value: &str) -> Field {
    let names = tree::items(value).map(|items| items.into_iter().map(tree::plain).collect::<Vec<_>>());
    let text = names.map_or_else(|| "all".to_owned(), |names| names.join(","));
    Field { place: Place::Body, name: name.to_owned(), text, number: false }
}

/// The names of a schema's properties.
fn properties(schema: &str) -> Field {
    let names = tree::member(schema, "properties").and_then(tree::members).unwrap_or_default();
    let text = names.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    Field { place: Place::Body, name: "fields".to_owned(), text, number: false }
}

fn hop(text: &str, brief: bool) -> Vec<Field> {
    let part = |name| tree::member(text, name).unwrap_or("null");
    let relationship = part("relationship");
    let far = if part("direction") == "\"incoming\"" { "source" } else { "target" };
    let of = |name| tree::member(relationship, name).unwrap_or("null");
    let head = |field| Field { place: Place::Head, ..field };
    let mut fields = vec![
        head(field("depth", part("depth"))),
        head(field("direction", part("direction"))),
        head(field("type", of("type"))),
        head(end("record", of(far))),
    ];
    if let Some(data) = tree::member(part("record"), "data") {
        body(data, brief, &mut fields);
    }
    fields.push(Field { place: Place::Tail, ..field("relationship", of("id")) });
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"id":"r1","collection":"c","external_id":null,"external_source":null,"version":2,
        "data":{"b":1.50,"id":"mine","n":{"x":[1]}},"created_at":"t1","updated_at":"t2"}"#;

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn a_records_data_is_spread_over_columns() {
        let fields = lay_out(Rows::Records, 0, RECORD, true);
        assert_eq!(names(&fields), ["id", "version", "b", "data.id", "n", "updated_at"]);
        assert_eq!((fields[2].text.as_str(), fields[2].number), ("1.50", true));
        assert_eq!(fields[4].text, r#"{"x":[1]}"#);
    }

    #[test]
    fn csv_has_every_column_under_its_path() {
        let fields = lay_out(Rows::Records, 0, RECORD, false);
        let expected = [
            "id",
            "collection",
            "external_id",
            "external_source",
            "version",
            "data.b",
            "data.id",
            "data.n",
            "created_at",
            "updated_at",
        ];
        assert_eq!(names(&fields), expected);
    }

    #[test]
    fn a_hop_names_the_record_at_the_far_end() {
        let text = r#"{"relationship":{"id":"x","type":"owns","source":{"collection":"a","id":"1"},
            "target":{"collection":"b","id":"2"}},"direction":"incoming","depth":1,"record":{"id":"1","data":{"k":3}}}"#;
        let fields = lay_out(Rows::Hops, 0, text, true);
        assert_eq!(names(&fields), ["depth", "direction", "type", "record", "k", "relationship"]);
        assert_eq!(fields[3].text, "a/1");
    }

    #[test]
    fn a_collection_shows_the_names_of_its_fields() {
        let text = r#"{"id":"c","name":"C","schema":{"properties":{"a":{},"b":{}}},"version":1}"#;
        let fields = lay_out(Rows::Collections, 0, text, true);
        assert_eq!(fields[2].text, "a, b");
    }

    #[test]
    fn the_data_of_an_aggregate_row_stays_as_it_is_named() {
        let fields = lay_out(Rows::Flat, 0, r#"{"data.status":"paid","total":3}"#, true);
        assert_eq!(names(&fields), ["data.status", "total"]);
    }
}
