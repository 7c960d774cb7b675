//! What a token limits a handle to, and what a request says of its own reach. Pure: whether a token still stands is asked
//! in `grant`.

use std::borrow::Cow;

use crate::api::workspace::Kind;

/// The parts of a store that a token reaches. A part that is none is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Workspaces; one that is named stands for its previews too.
    pub workspaces: Option<Vec<String>>,
    /// Collections.
    pub collections: Option<Vec<String>>,
    /// Kinds of workspace.
    pub environments: Option<Vec<Kind>>,
}

/// Which collections of its workspace a request has to do with.
///
/// ```
/// use rekor_core::{Request, Touches, api::history::ListChanges};
///
/// let mut changes = ListChanges::default();
/// assert_eq!(changes.touches(), Touches::Within);
/// changes.collection = Some("invoices".into());
/// assert_eq!(changes.touches(), Touches::one("invoices"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touches<'a> {
    /// These, each after the JSON pointer of the field that names it.
    Named(Vec<(Cow<'static, str>, &'a str)>),
    /// Whichever the handle reaches: the request looks at no other.
    Within,
    /// All: a handle that reaches only some may not make it.
    All,
}

/// Which part of the store a request to the store has to do with.
///
/// ```
/// use rekor_core::{Reach, StoreRequest, api::workspace::{DeleteWorkspace, ListWorkspaces}};
///
/// assert_eq!(ListWorkspaces {}.reach(), Reach::Within);
/// let delete = DeleteWorkspace { id: "ops".into(), ..Default::default() };
/// assert_eq!(delete.reach(), Reach::Whole("ops"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Whichever the handle reaches: the request looks at no other.
    Within,
    /// What the catalog says of this workspace.
    About(&'a str),
    /// A workspace that it makes, and its kind; a preview has its parent's id here.
    New(&'a str, Kind),
    /// This workspace with all that it holds.
    Whole(&'a str),
    /// All: a handle that reaches only a part may not make it.
    All,
}

impl<'a> Touches<'a> {
    /// The collection that the field `collection` names.
    #[must_use]
    pub fn one(collection: &'a str) -> Self {
        Self::Named(vec![(Cow::Borrowed("/collection"), collection)])
    }
}

impl Scope {
    /// Whether it is one that limits nothing.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.workspaces.is_none() && self.collections.is_none() && self.environments.is_none()
    }

    /// Whether a workspace lies within, by its own id or by that of the production workspace that it is a preview of.
    #[must_use]
    pub fn has_workspace(&self, id: &str) -> bool {
        let parent = id.split_once("--").map_or(id, |(parent, _)| parent);
        self.workspaces.as_ref().is_none_or(|ids| ids.iter().any(|own| own == id || own == parent))
    }

    /// Whether a collection lies within.
    #[must_use]
    pub fn has_collection(&self, id: &str) -> bool {
        self.collections.as_ref().is_none_or(|ids| ids.iter().any(|own| own == id))
    }

    /// Whether workspaces of this kind lie within.
    #[must_use]
    pub fn has_environment(&self, kind: Kind) -> bool {
        self.environments.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// The name of the first part in which `other` reaches further.
    #[must_use]
    pub fn wider_part(&self, other: &Self) -> Option<&'static str> {
        fn beyond<T>(own: Option<&Vec<T>>, other: Option<&Vec<T>>, has: impl Fn(&T) -> bool) -> bool {
            own.is_some() && other.is_none_or(|other| !other.iter().all(has))
        }
        if beyond(self.workspaces.as_ref(), other.workspaces.as_ref(), |id| self.has_workspace(id)) {
            Some("workspaces")
        } else if beyond(self.collections.as_ref(), other.collections.as_ref(), |id| self.has_collection(id))
        {
            Some("collections")
        } else if beyond(self.environments.as_ref(), other.environments.as_ref(), |kind| {
            self.has_environment(*kind)
        }) {
            Some("environments")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(workspaces: &[&str], collections: &[&str], environments: &[Kind]) -> Scope {
        let texts = |list: &[&str]| {
            (!list.is_empty()).then(|| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        Scope {
            workspaces: texts(workspaces),
            collections: texts(collections),
            environments: (!environments.is_empty()).then(|| environments.to_vec()),
        }
    }

    #[test]
    fn a_workspace_stands_for_its_previews_and_a_preview_for_itself() {
        let ops = scope(&["ops"], &[], &[]);
        assert!(ops.has_workspace("ops") && ops.has_workspace("ops--x"));
        assert!(!ops.has_workspace("ops-x") && !ops.has_workspace("opsx") && !ops.has_workspace("o"));
        let preview = scope(&["ops--x"], &[], &[]);
        assert!(preview.has_workspace("ops--x"));
        assert!(!preview.has_workspace("ops") && !preview.has_workspace("ops--xy"));
    }

    #[test]
    fn what_reaches_further_is_found_in_each_part() {
        let own = scope(&["ops"], &["a", "b"], &[Kind::Preview]);
        let inside = scope(&["ops--x"], &["b"], &[Kind::Preview]);
        assert_eq!(own.wider_part(&inside), None);
        assert_eq!(own.wider_part(&own), None);
        assert_eq!(Scope::default().wider_part(&Scope::default()), None);
        for (part, other) in [
            ("workspaces", scope(&["ops", "books"], &["a"], &[Kind::Preview])),
            ("workspaces", scope(&[], &["a"], &[Kind::Preview])),
            ("collections", scope(&["ops"], &["c"], &[Kind::Preview])),
            ("collections", scope(&["ops"], &[], &[Kind::Preview])),
            ("environments", scope(&["ops"], &["a"], &[Kind::Production])),
            ("environments", scope(&["ops"], &["a"], &[])),
        ] {
            assert_eq!(own.wider_part(&other), Some(part), "{other:?}");
        }
    }
}
