//! Where references lead: to a place of the document, to an id inside it or to a collection of the workspace.
//! Never anywhere else.

use std::rc::Rc;

use jsonschema::{Uri, uri};
use serde_json::Value;

use crate::codec::json::pointer_segments;
use crate::ground::error::{Code, Error, Result};
use crate::schema::graph::{NodeId, Same, Via};
use crate::schema::source::{COLLECTION, SELF, collection_id, invalid};
use crate::schema::violation::short;
use crate::schema::walk::{Pending, Place, Walk};

/// The address that `name` has when it stands in the resource at `base`.
pub(super) fn absolute(base: &str, name: &str) -> Option<String> {
    let base: Uri<String> = uri::from_str(base).ok()?;
    let address = uri::resolve_against(&base.borrow(), name).ok()?;
    Some(address.as_str().trim_end_matches('#').to_owned())
}

impl<'d> Walk<'d> {
    /// Follows every reference, also those that are met on the way.
    pub(super) fn follow(&mut self) -> Result<()> {
        while let Some(pending) = self.pending.pop() {
            let to = self.target(&pending).map_err(|e| self.failed(&pending.at, "", e))?;
            self.connect(pending.from, Via::Same(Same::Reference), to);
        }
        Ok(())
    }

    /// The node that a reference leads to.
    fn target(&mut self, pending: &Pending<'d>) -> Result<NodeId> {
        let reference = pending.reference;
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if reference.is_empty() {
            return Err(invalid("a reference is empty").hint("write \"#\" for the schema itself"));
        }
        if pending.dynamic && collection_id(reference).is_some() {
            return Err(invalid("only `$ref` can name a collection").hint("use `$ref`"));
        }
        let resource = if address.is_empty() {
            pending.at.base.to_string()
        } else if let Some(id) = collection_id(reference) {
            self.collection(pending, id)?
        } else {
            let known = absolute(&pending.at.base, address);
            known.filter(|uri| self.resources.contains_key(uri) && !uri.starts_with("rekor:")).ok_or_else(|| {
                let message = format!("the reference `{}` leads outside the workspace", short(reference));
                Error::new(Code::RemoteRef, message).hint(
                    "copy what it names under `$defs` and refer to \"#/$defs/<name>\", or to \"rekor:collection/<id>\"",
                )
            })?
        };
        if pending.dynamic
            && let Some(&outermost) = self.anchors.get(&(self.outermost(), fragment.to_owned()))
            && !fragment.starts_with('/')
            && !fragment.is_empty()
        {
            return Ok(outermost);
        }
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.pointed(&resource, fragment);
        }
        self.anchors.get(&(resource, fragment.to_owned())).copied().ok_or_else(|| nowhere(fragment))
    }

    /// The address of the resource that encloses all others while data is checked.
    fn outermost(&self) -> String {
        let id = self.documents.first().and_then(|document| document.root.get("$id")).and_then(Value::as_str);
        id.filter(|id| !id.starts_with('#'))
            .and_then(|id| absolute(SELF, id))
            .unwrap_or_else(|| SELF.to_owned())
    }

    /// The address of a collection's schema, which is walked when this is the first reference to it.
    fn collection(&mut self, pending: &Pending<'d>, id: &str) -> Result<String> {
        let uri = format!("{COLLECTION}{id}");
        if pending.at.document == 0 {
            self.graph.references.push(id.to_owned());
        }
        if self.resources.contains_key(&uri) {
            return Ok(uri);
        }
        let Some(number) = self.documents.iter().position(|document| document.uri == uri) else {
            let message = format!("the schema refers to collection `{}`, which does not exist", short(id));
            return Err(Error::new(Code::CollectionNotFound, message).hint("make that collection first"));
        };
        let entrance = match pending.at.document {
            0 => pending.at.pointer.clone(),
            other => self.graph.entrances.get(other).cloned().unwrap_or_default(),
        };
        if let Some(slot) = self.graph.entrances.get_mut(number) {
            *slot = entrance;
        }
        self.document(number)?;
        Ok(uri)
    }

    /// The node at a pointer in a resource; a place that no keyword made a schema is walked as one.
    fn pointed(&mut self, resource: &str, fragment: &str) -> Result<NodeId> {
        let root = self.resources.get(resource).cloned().ok_or_else(|| nowhere(fragment))?;
        let path = percent_decoded(fragment).ok_or_else(|| nowhere(fragment))?;
        let mut value = root.value;
        for segment in pointer_segments(&path) {
            let inner = match value {
                Value::Object(members) => members.get(&segment),
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            value = inner.ok_or_else(|| nowhere(fragment))?;
        }
        if !value.is_object() && !value.is_boolean() {
            return Err(invalid(format!("`#{}` is not a schema", short(fragment)))
                .hint("refer to an object or boolean, as under `$defs`"));
        }
        let pointer = format!("{}{path}", root.pointer);
        self.schema(Place { document: root.document, value, pointer, base: Rc::clone(&root.base) })
    }
}

fn nowhere(fragment: &str) -> Error {
    invalid(format!("the reference to `#{}` leads nowhere", short(fragment)))
        .hint("define it under `$defs`, or correct the reference")
}

/// Takes the %XX out of a fragment.
fn percent_decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let code = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(code).ok()?);
    }
    String::from_utf8(bytes).ok()
}
