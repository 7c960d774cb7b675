//! The collections whose schemas reach a changed one. References are live: their records must still match,
//! their schemas must still compile, and their indexes must still order values as they did.

use std::collections::HashSet;

use crate::codec::collection::CollectionRow;
use crate::ctx::Ctx;
use crate::ctx::config::Collection;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::configure::Plans;
use crate::schema::Field;

/// The collections whose records a change has to look at, as they will be: the changed ones, and all whose
/// schemas reach these when records have to be checked.
pub fn affected(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<Vec<Collection>> {
    let mut rows = if plans.checks(|_| true) { dependents(ctx, plans)? } else { Vec::new() };
    rows.extend(plans.plans.iter().filter(|plan| plan.has_records()).map(|plan| plan.new.clone()));
    rows.into_iter().map(|row| as_it_will_be(ctx, plans, row)).collect()
}

/// The collections that reach a changed one and are not changed themselves.
fn dependents(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<Vec<CollectionRow>> {
    let changed = plans.plans.iter().filter(|plan| plan.old.is_some() && plan.new_schema);
    let mut reached: HashSet<String> = changed.map(|plan| plan.new.id.clone()).collect();
    if reached.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = ctx.collection_rows()?;
    rows.retain(|row| {
        plans.removed.iter().all(|gone| gone.id != row.id)
            && plans.plans.iter().all(|plan| plan.new.id != row.id)
    });
    // A changed collection that refers to another changed one leads on as any other does.
    let links: Vec<CollectionRow> =
        rows.iter().cloned().chain(plans.plans.iter().map(|plan| plan.new.clone())).collect();
    while let Some(more) = links
        .iter()
        .find(|row| !reached.contains(&row.id) && row.references.iter().any(|id| reached.contains(id)))
    {
        reached.insert(more.id.clone());
    }
    rows.retain(|row| reached.contains(&row.id));
    // What is said of their schemas and records is not for everybody.
    if rows.iter().any(|row| !ctx.reaches(&row.id)) {
        ctx.allow_all_collections().map_err(|e| e.at("/collection"))?;
    }
    Ok(rows)
}

fn as_it_will_be(ctx: &mut Ctx<'_>, plans: &Plans, row: CollectionRow) -> Result<Collection> {
    Collection::new(row, &mut |id| plans.row(ctx, id))
}

/// Refuses a change that would make another collection's schema unusable or its indexes wrong.
pub fn check(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<()> {
    for row in dependents(ctx, plans)? {
        let collection = as_it_will_be(ctx, plans, row)?;
        let id = &collection.row.id;
        collection.compiled().map_err(|e| {
            incompatible(
                id,
                format!("the schema of `{id}`, which refers to it, would not compile: {}", e.message()),
            )
            .hint(format!("change the schema of `{id}` first"))
        })?;
        let shape = collection.shape()?;
        for index in &collection.row.indexes {
            let instants = index
                .paths
                .iter()
                .map(|path| matches!(shape.field(path), Field::Known(declared) if declared.date_time));
            if !instants.eq(index.instants.iter().copied()) {
                return Err(incompatible(
                    id,
                    format!("an index of `{id}`, which refers to it, would order its values otherwise"),
                )
                .hint(format!(
                    "take the index out of the schema of `{id}`, change this one, then ask for it again"
                )));
            }
        }
    }
    Ok(())
}

/// The error for the removal of a collection that the schemas of others refer to.
#[must_use]
pub fn referred_to(id: &str, users: &[&str]) -> Error {
    let details = users.iter().map(|id| Json::from_value(&serde_json::json!({ "collection": id })));
    Error::new(Code::SchemaIncompatible, format!("the schemas of {} refer to `{id}`", users.join(", ")))
        .at("/collection")
        .hint("change those schemas first")
        .details(details.collect())
}

fn incompatible(id: &str, message: String) -> Error {
    let detail = serde_json::json!({ "collection": id });
    Error::new(Code::SchemaIncompatible, message).at("/schema").details(vec![Json::from_value(&detail)])
}
