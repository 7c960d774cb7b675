//! One end of a relationship as a flag takes it: `col/id`, or `col/@source:external_id`.

/// A record that a flag names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// The collection.
    pub(crate) collection: String,
    /// The id, or `@source:external_id`, which rekor-core resolves.
    pub(crate) id: String,
}

/// Reads an end. An external id may have slashes; a collection has none.
pub(crate) fn parse(text: &str) -> Result<End, String> {
    match text.split_once('/') {
        Some((collection, id)) if !collection.is_empty() && !id.is_empty() => {
            Ok(End { collection: collection.to_owned(), id: id.to_owned() })
        }
        _ => Err("not a record: write collection/id, or collection/@source:external_id".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_collection_and_an_id() {
        let end = parse("incidents/rec_1").unwrap();
        assert_eq!((end.collection.as_str(), end.id.as_str()), ("incidents", "rec_1"));
        assert_eq!(parse("c/@crm:a/b").unwrap().id, "@crm:a/b");
        for text in ["", "incidents", "/rec_1", "incidents/"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
