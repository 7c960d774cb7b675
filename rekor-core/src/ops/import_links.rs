//! What an import takes out of each line: the record's external key and the external keys that it links
//! to; and the import of relationships themselves.

use serde::Deserialize;

use crate::api::relationship::UpsertRelationship;
use crate::api::transfer::{ImportAnswer, ImportRecords, LinkRule};
use crate::codec::id::{ExternalKey, Id, check_name, shorten};
use crate::codec::json;
use crate::codec::keys;
use crate::codec::pick::Picker;
use crate::codec::scalar::{Number, text_of};
use crate::ctx::Ctx;
use crate::ctx::config::{Collection, collection_not_found};
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::import::{is_of_the_line, not_an_object};
use crate::ops::lines::Line;
use crate::ops::relationships;

/// What every line of an import yields beside its data.
pub struct Links {
    picker: Picker,
    /// Every path that is looked at, each once.
    paths: Vec<Vec<String>>,
    /// Which of the paths make up the external id.
    external: Vec<usize>,
    rules: Vec<Link>,
}

/// One rule, its target collection found.
pub struct Link {
    rule: LinkRule,
    /// Which of the paths holds the target's external id.
    path: usize,
}

/// What a line yields.
pub struct Plucked {
    /// Its own id, in a line of an export.
    pub id: Option<Id>,
    /// Its external key.
    pub external: Option<ExternalKey>,
    /// Its canonical JSON text.
    pub data: String,
    /// The external key of each rule's target; none where the field is null or missing.
    pub targets: Vec<Option<ExternalKey>>,
}

impl Links {
    /// Reads the rules of an import.
    pub fn new(session: &Session, collection: &Collection, request: &ImportRecords) -> Result<Self> {
        let mut paths: Vec<Vec<String>> = Vec::new();
        let mut place_of = |field: &str| {
            let path = path_of(field);
            paths.iter().position(|known| *known == path).unwrap_or_else(|| {
                paths.push(path);
                paths.len() - 1
            })
        };
        let fields = request.external_id_field.iter().flat_map(|fields| fields.split(','));
        let external: Vec<usize> = fields.map(&mut place_of).collect();
        let shape = collection.shape()?;
        let mut rules = Vec::new();
        for (n, rule) in request.links.iter().enumerate() {
            let at = |e: Error| e.at(format!("/links/{n}"));
            check_name(&rule.rel_type, "relationship type").map_err(at)?;
            let target = session.read(|ctx| ctx.collection(&rule.collection)).map_err(at)?;
            if target.is_none() {
                return Err(at(collection_not_found(&rule.collection)));
            }
            rules.push(Link { rule: rule.clone(), path: place_of(&rule.field) });
        }
        for (place, path) in paths.iter().enumerate() {
            if let crate::schema::Field::Impossible { nearest } = shape.field(path) {
                let rule = rules.iter().position(|rule: &Link| rule.path == place);
                let pointer = match rule {
                    Some(n) if !external.contains(&place) => format!("/links/{n}"),
                    _ => "/external_id_field".to_owned(),
                };
                let error =
                    Error::new(Code::UnknownField, format!("the schema has no field `{}`", path.join(".")))
                        .at(pointer);
                return Err(
                    nearest.map_or(error.clone(), |near| error.hint(format!("did you mean `{near}`?")))
                );
            }
        }
        let picker = Picker::new(paths.iter().enumerate().map(|(n, path)| (n, path.as_slice())));
        Ok(Self { picker, paths, external, rules })
    }

    /// The rules, in the order of the request.
    #[must_use]
    pub fn rules(&self) -> &[Link] {
        &self.rules
    }

    /// Takes a line apart.
    pub fn pluck(&self, request: &ImportRecords, line: &str) -> Result<Plucked> {
        let mut own = Own::default();
        let data = if request.whole {
            own = serde_json::from_str(line).map_err(|e| {
                Error::new(Code::InvalidRequest, format!("the line is not an exported record: {e}"))
            })?;
            let data =
                own.data.take().ok_or_else(|| Error::new(Code::InvalidRequest, "the line has no `data`"))?;
            json::canonical(data.text()).map_err(|e| e.under("/data"))?
        } else {
            json::canonical(line)?
        };
        if !data.starts_with('{') {
            return Err(not_an_object());
        }
        let mut found = vec![None; self.paths.len()];
        self.picker.pick(&data, &mut found)?;
        let external = self.external_key(request, &found, &own)?;
        let targets = self
            .rules
            .iter()
            .map(|link| {
                let value = found.get(link.path).copied().flatten();
                let Some(id) = value.map(key_text).transpose()?.flatten() else { return Ok(None) };
                ExternalKey::parse(link.rule.external_source.as_deref(), &id).map(Some)
            })
            .collect::<Result<_>>()?;
        let id = own.id.as_deref().map(Id::parse).transpose()?;
        Ok(Plucked { id, external, data, targets })
    }

    fn external_key(
        &self,
        request: &ImportRecords,
        values: &[Option<&str>],
        own: &Own,
    ) -> Result<Option<ExternalKey>> {
        let source = request.external_source.as_deref().or(own.external_source.as_deref());
        if self.external.is_empty() {
            return own.external_id.as_deref().map(|id| ExternalKey::parse(source, id)).transpose();
        }
        let mut parts = Vec::new();
        for place in &self.external {
            let (path, value) = (self.paths.get(*place), values.get(*place).copied().flatten());
            let path = path.map(Vec::as_slice).unwrap_or_default();
            let part = value.map(key_text).transpose()?.flatten().ok_or_else(|| {
                Error::new(
                    Code::InvalidRequest,
                    format!("the field `{}` of the external id is missing", path.join(".")),
                )
                .at(format!("/{}", path.join("/")))
            })?;
            parts.push(part);
        }
        ExternalKey::parse(source, &parts.join("|")).map(Some)
    }
}

impl Link {
    /// The id of the target's collection.
    #[must_use]
    pub fn collection(&self) -> &str {
        &self.rule.collection
    }

    /// Links a record to the one with the external key. Answers whether there is one.
    pub fn make(&self, ctx: &mut Ctx<'_>, source: (u32, &Id), target: &ExternalKey) -> Result<bool> {
        // Looked up by name each time: the collection may be deleted and made again meanwhile.
        let number = ctx.need_collection(&self.rule.collection)?.row.number;
        let Some(far) = ctx.holder(&keys::external(number, target))? else { return Ok(false) };
        relationships::link_known(ctx, (source.0, source.1.clone()), &self.rule.rel_type, (number, far))?;
        Ok(true)
    }
}

/// The fields of an exported record that an import keeps.
#[derive(Default, Deserialize)]
struct Own {
    id: Option<String>,
    external_id: Option<String>,
    external_source: Option<String>,
    data: Option<Json>,
}

fn path_of(field: &str) -> Vec<String> {
    let field = field.trim();
    field.strip_prefix("data.").unwrap_or(field).split('.').map(str::to_owned).collect()
}

/// A value as the text of an external id: a string's own, a number's shortest, none for null.
fn key_text(stored: &str) -> Result<Option<String>> {
    match stored.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b'"') => Ok(Some(text_of(stored)?.into_owned()).filter(|text| !text.is_empty())),
        Some(b'{' | b'[') => {
            Err(Error::new(Code::InvalidId, format!("`{}` cannot be an external id", shorten(stored))))
        }
        _ => Ok(Some(Number::parse(stored).map_or_else(|| stored.to_owned(), Number::to_text))),
    }
}

/// One line of a file of relationships.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationshipLine {
    source: String,
    target: String,
    #[serde(rename = "type")]
    rel_type: String,
    #[serde(default)]
    data: Option<Json>,
    #[serde(default)]
    id: Option<String>,
}

/// A refused line: its number, its text and why.
type Refused = (u64, String, Error);

/// What one commit did with a chunk of relationships.
pub struct Linked {
    /// The counts so far.
    pub answer: ImportAnswer,
    /// The lines that were refused.
    pub refused: Vec<Refused>,
    /// How many lines of the chunk are done with.
    pub lines: usize,
}

/// Writes a chunk of relationships.
pub fn write_relationships(
    ctx: &mut Ctx<'_>,
    chunk: &[Line],
    strict: bool,
    skip_bad_lines: bool,
    answer: ImportAnswer,
) -> Result<Linked> {
    let mut done = Linked { answer, refused: Vec::new(), lines: 0 };
    for line in chunk {
        if ctx.is_half_full() {
            break;
        }
        let answer = &mut done.answer;
        let written = line.json.as_deref().map_err(Clone::clone).and_then(|text| {
            let request = request_of(text, strict)?;
            let made = relationships::upsert(ctx, &request)?;
            Ok((made.changed, made.thing.version))
        });
        match written {
            Ok((false, _)) => answer.unchanged += 1,
            Ok((true, 1)) => answer.created += 1,
            Ok((true, _)) => answer.updated += 1,
            Err(error) if !is_of_the_line(&error) && error.code() != Code::LimitExceeded => {
                return Err(error);
            }
            Err(error) => {
                done.refused.push((line.number, line.text.clone(), error));
                if !skip_bad_lines {
                    break;
                }
                answer.failed += 1;
            }
        }
        answer.read += 1;
        done.lines += 1;
    }
    Ok(done)
}

fn request_of(text: &str, strict: bool) -> Result<UpsertRelationship> {
    json::canonical(text)?;
    let line: RelationshipLine = serde_json::from_str(text).map_err(|e| {
        Error::new(Code::InvalidRequest, format!("the line is not a relationship: {e}"))
            .hint(r#"write {"source":"col/id","target":"col/id","type":"…","data":{…}}"#)
    })?;
    let (source_collection, source_id) = split_end(&line.source, "source")?;
    let (target_collection, target_id) = split_end(&line.target, "target")?;
    Ok(UpsertRelationship {
        rel_type: line.rel_type,
        source_collection,
        source_id,
        target_collection,
        target_id,
        id: line.id,
        data: line.data,
        if_version: None,
        strict,
    })
}

/// Splits `col/id` or `col/@source:external_id`.
///
/// ```
/// use rekor_core::{Code, split_end};
///
/// let (collection, id) = split_end("invoices/@billing:b-17", "source")?;
/// assert_eq!((collection.as_str(), id.as_str()), ("invoices", "@billing:b-17"));
/// let error = split_end("invoices", "source").unwrap_err();
/// assert_eq!((error.code(), error.pointer()), (Code::InvalidId, Some("/source")));
/// # Ok::<(), rekor_core::Error>(())
/// ```
pub fn split_end(end: &str, side: &str) -> Result<(String, String)> {
    let (collection, id) = end.split_once('/').ok_or_else(|| {
        Error::new(Code::InvalidId, format!("`{}` does not name a record", shorten(end)))
            .at(format!("/{side}"))
            .hint("write `collection/id`, or `collection/@source:external_id`")
    })?;
    check_name(collection, "collection id").map_err(|error| error.at(format!("/{side}")))?;
    Ok((collection.to_owned(), id.to_owned()))
}
