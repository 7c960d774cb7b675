//! How places of a schema are called in messages. Never decides anything.

use crate::codec::json::pointer_segments;
use crate::schema::violation::short;

/// The name of the data that a pointer in a schema is about, as `address.city`.
pub(super) fn label(pointer: &str) -> String {
    let (mut path, mut definition) = (String::new(), None);
    let mut segments = pointer_segments(pointer).peekable();
    while let Some(segment) = segments.next() {
        match segment.as_str() {
            "properties" | "patternProperties" => {
                if let Some(name) = segments.next() {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&name);
                }
            }
            "$defs" | "definitions" => {
                definition = segments.next();
                path.clear();
            }
            "items" | "prefixItems" | "additionalItems" | "unevaluatedItems" | "contains" => {
                path.push_str("[]");
                next_index(&mut segments);
            }
            "additionalProperties" | "unevaluatedProperties" => path.push_str(".*"),
            "allOf" | "anyOf" | "oneOf" => next_index(&mut segments),
            _ => {}
        }
    }
    let path = path.trim_start_matches('.');
    match (definition, path) {
        (None, "") => "the data".to_owned(),
        (None, path) => format!("`{}`", short(path)),
        (Some(name), "") => format!("definition `{}`", short(&name)),
        (Some(name), path) => format!("`{}` of definition `{}`", short(path), short(&name)),
    }
}

fn next_index(segments: &mut std::iter::Peekable<impl Iterator<Item = String>>) {
    segments.next_if(|segment| segment.bytes().all(|byte| byte.is_ascii_digit()));
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn places_are_called_by_their_data() {
        for (pointer, name) in [
            ("", "the data"),
            ("/properties/a", "`a`"),
            ("/properties/a/properties/b~1c", "`a.b/c`"),
            ("/properties/tags/items", "`tags[]`"),
            ("/properties/tags/prefixItems/0/properties/x", "`tags[].x`"),
            ("/anyOf/1/properties/a", "`a`"),
            ("/$defs/address", "definition `address`"),
            ("/$defs/address/properties/city", "`city` of definition `address`"),
            ("/additionalProperties", "`*`"),
        ] {
            assert_eq!(label(pointer), name, "{pointer}");
        }
    }
}
