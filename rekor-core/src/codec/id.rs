//! Ids, parsed once at the edge and trusted afterwards. Nothing here reads the store.

use std::fmt;

use uuid::Uuid;

use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;

/// The id of a record or relationship: a UUID, or the caller's own text.
///
/// Ids sort with UUIDs first, by bytes, then the others as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// A canonical lower-case UUID, kept as its 16 bytes.
    Uuid(Uuid),
    /// Any other id.
    Text(Box<str>),
}

impl Id {
    /// Reads an id: `[A-Za-z0-9_.:-]{1,128}`.
    pub fn parse(text: &str) -> Result<Self> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-'));
        if !fits {
            return Err(Error::new(Code::InvalidId, format!("`{}` is not an id", shorten(text)))
                .hint("an id is 1 to 128 of the characters A-Z a-z 0-9 _ . : -"));
        }
        Ok(Self::trusted(text))
    }

    /// Reads an id that was checked before it was stored.
    #[must_use]
    pub fn trusted(text: &str) -> Self {
        match Uuid::try_parse(text) {
            // Only the canonical form: upper case, braces and urn: are texts of their own.
            Ok(uuid) if *uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *text => {
                Self::Uuid(uuid)
            }
            _ => Self::Text(text.into()),
        }
    }
}

impl Id {
    /// The id as text, without the formatter: every row of an answer has one.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Uuid(uuid) => uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned(),
            Self::Text(text) => text.to_string(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(uuid) => uuid.hyphenated().fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A record's key in another system: an external id and its source, `None` being a source of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalKey {
    /// 1 to 64 bytes, or none.
    pub source: Option<Box<str>>,
    /// 1 to 512 bytes.
    pub id: Box<str>,
}

impl ExternalKey {
    /// Reads an external key.
    pub fn parse(source: Option<&str>, id: &str) -> Result<Self> {
        if let Some(source) = source {
            check_text(source, &limits::EXTERNAL_SOURCE_BYTES).map_err(|e| e.at("/external_source"))?;
        }
        check_text(id, &limits::EXTERNAL_ID_BYTES).map_err(|e| e.at("/external_id"))?;
        Ok(Self { source: source.map(Into::into), id: id.into() })
    }
}

impl fmt::Display for ExternalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}:{}", self.source.as_deref().unwrap_or_default(), self.id)
    }
}

fn check_text(text: &str, limit: &limits::Limit) -> Result<()> {
    limit.check(text.len())?;
    if text.is_empty() {
        return Err(Error::new(Code::InvalidId, format!("{} must not be empty", limit.doc)));
    }
    if let Some(bad) = text.chars().find(|c| c.is_control()) {
        return Err(Error::new(
            Code::InvalidId,
            format!("{} must not hold the control character {bad:?}", limit.doc),
        ));
    }
    Ok(())
}

/// Checks the id of a workspace: `[a-z0-9][a-z0-9_-]{0,62}` without `--`, or a preview's
/// `<parent>--<slug>`.
pub fn check_workspace_id(text: &str) -> Result<()> {
    let (parent, slug) = text.split_once("--").map_or((text, None), |(parent, slug)| (parent, Some(slug)));
    let fits = |part: &str| {
        part.len() <= 63
            && !part.contains("--")
            && part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
    };
    if fits(parent) && slug.is_none_or(fits) {
        return Ok(());
    }
    let suggestion = slugify(text);
    let error = Error::new(Code::InvalidId, format!("`{}` is not a workspace id", shorten(text)));
    Err(if suggestion.is_empty() || suggestion == text {
        error.hint("a workspace id is 1 to 63 of a-z 0-9 _ -, starts with a letter or digit and has no --")
    } else {
        error.hint(format!("try `{suggestion}`: a-z 0-9 _ -, at most 63, without --"))
    })
}

/// Makes an id part of a name: `Add invoices!` becomes `add-invoices`.
///
/// ```
/// assert_eq!(rekor_core::slugify("Add invoices!"), "add-invoices");
/// assert_eq!(rekor_core::slugify("!"), ""); // nothing is left of it
/// ```
#[must_use]
pub fn slugify(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(63);
    slug.trim_matches(|c| c == '-' || c == '_').to_owned()
}

/// Checks the id of a collection or the type of a relationship: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
pub fn check_name(text: &str, what: &str) -> Result<()> {
    let fits = text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if fits {
        return Ok(());
    }
    Err(Error::new(Code::InvalidId, format!("`{}` is not a {what}", shorten(text)))
        .hint("1 to 63 of the characters A-Z a-z 0-9 _ -, starting with a letter or _"))
}

/// The text, cut where it would make a message unreadable.
#[must_use]
pub fn shorten(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let visible = text.chars().take(CHARS_MAX).flat_map(char::escape_default).collect::<String>();
    if text.chars().nth(CHARS_MAX).is_some() { format!("{visible}…") } else { visible }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_sort_before_texts_and_only_canonical_ones_are_uuids() {
        let canonical = Id::parse("01961a3b-0000-7000-8000-000000000000").unwrap();
        let upper = Id::parse("01961A3B-0000-7000-8000-000000000000").unwrap();
        assert!(matches!(canonical, Id::Uuid(_)));
        assert!(matches!(upper, Id::Text(_)));
        assert!(canonical < upper);
        assert_eq!(upper.to_string(), "01961A3B-0000-7000-8000-000000000000");
    }

    #[test]
    fn ids_outside_the_grammar_are_refused() {
        for bad in ["", "a b", "ä", "a/b", &"x".repeat(129)] {
            assert_eq!(Id::parse(bad).unwrap_err().code(), Code::InvalidId, "{bad}");
        }
        assert!(Id::parse(&"x".repeat(128)).is_ok());
    }

    #[test]
    fn workspace_ids_follow_the_grammar() {
        for good in ["a", "my-ws", "0_x", "my-workspace--add-invoices"] {
            assert!(check_workspace_id(good).is_ok(), "{good}");
        }
        for bad in ["", "A", "-a", "a--", "--a", "a--b--c", "a/b", "..", &"x".repeat(64)] {
            assert_eq!(check_workspace_id(bad).unwrap_err().code(), Code::InvalidId, "{bad}");
        }
        assert_eq!(slugify("Add invoices!"), "add-invoices");
    }

    #[test]
    fn external_keys_have_bounds() {
        assert!(ExternalKey::parse(Some("billing"), "inv_1").is_ok());
        assert!(ExternalKey::parse(None, &"x".repeat(512)).is_ok());
        for (source, id) in [(None, ""), (Some(""), "a"), (None, "a\nb")] {
            assert_eq!(ExternalKey::parse(source, id).unwrap_err().code(), Code::InvalidId);
        }
        assert!(ExternalKey::parse(None, &"x".repeat(513)).is_err());
        assert!(ExternalKey::parse(Some(&"x".repeat(65)), "a").is_err());
    }
}
