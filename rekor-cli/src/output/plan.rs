//! A plan of a promotion or rollback as text for the eye: each collection with its differences, why it is breaking, and what
//! the stored records say.

use std::fmt::Write as _;

use rekor_core::Json;
use rekor_core::api::history::{Action, FieldChange};
use rekor_core::api::preview::{CheckedRecords, PlannedChange, PromotionPlan};

use crate::failure::count;

/// The plan, a line for each thing to know.
pub(crate) fn plan_text(plan: &PromotionPlan) -> String {
    let mut text = String::new();
    let _ = match (&plan.from, plan.promotion) {
        (Some(from), _) => writeln!(text, "promote {from} to {}", plan.workspace),
        (None, promotion) => {
            writeln!(text, "roll promotion {} of {} back", promotion.unwrap_or_default(), plan.workspace)
        }
    };
    for conflict in &plan.conflicts {
        let _ = writeln!(text, "  ! {}  changed on both sides", conflict.collection);
    }
    for change in &plan.changes {
        one(&mut text, change);
    }
    for checked in &plan.records {
        records(&mut text, checked);
    }
    if plan.changes.is_empty() && plan.conflicts.is_empty() {
        text.push_str("  nothing to do\n");
    }
    let verdict = if plan.breaking { "breaking: needs --allow-breaking" } else { "compatible" };
    let verdict = if plan.conflicts.is_empty() { verdict } else { "in conflict: cannot be applied" };
    let _ = writeln!(text, "plan {}  {verdict}", plan.hash);
    text
}

fn one(text: &mut String, change: &PlannedChange) {
    let (sign, what) = match change.action {
        Action::Created => ('+', "made".to_owned()),
        Action::Updated if change.breaking => ('~', "changed, breaking".to_owned()),
        Action::Updated => ('~', "changed, compatible".to_owned()),
        Action::Deleted if change.kept => ('-', "kept: --prune removes it with its records".to_owned()),
        Action::Deleted => {
            ('-', format!("removed with {}", count(change.records_removed.unwrap_or_default(), "record")))
        }
    };
    let _ = writeln!(text, "  {sign} {}  {what}", change.collection);
    for field in change.changes.iter().filter(|_| change.action == Action::Updated) {
        difference(text, field);
    }
    for reason in &change.reasons {
        let _ = writeln!(text, "      breaking: {} ({})", reason.message, reason.pointer);
    }
}

fn difference(text: &mut String, field: &FieldChange) {
    let value = |value: &Option<Json>| value.as_ref().map(|value| shortened(value.text()));
    let _ = match (value(&field.before), value(&field.after)) {
        (None, Some(after)) => writeln!(text, "      + {} {after}", field.pointer),
        (Some(before), None) => writeln!(text, "      - {} {before}", field.pointer),
        (Some(before), Some(after)) => writeln!(text, "      ~ {} {before} → {after}", field.pointer),
        (None, None) => Ok(()),
    };
}

fn records(text: &mut String, checked: &CheckedRecords) {
    let all = count(checked.checked, "record");
    let _ = match &checked.first {
        None => writeln!(text, "  {}: {all} checked, all match", checked.collection),
        Some(first) => writeln!(
            text,
            "  {}: {} of {all} do not match, the first is {} {}: {}",
            checked.collection, checked.failing, first.id, first.pointer, first.message
        ),
    };
}

/// A value that does not fill the terminal by itself.
fn shortened(text: &str) -> String {
    const LETTERS_MAX: usize = 200;
    match text.char_indices().nth(LETTERS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
    }
}
