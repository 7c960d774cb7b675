//! The collections whose schemas reach a changed one. References are live: their records must still match,
//! their schemas must still compile, and their indexes must still order values as they did.

use std::collections::HashSet;

use crate::codec::collection::CollectionRow;
use crate::ctx::Ctx;
use crate::ctx::config::Collection;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::collections::Plan;
use crate::schema::Field;

/// The collections whose records a plan has to look at, as they will be: the changed one, and all whose
/// schemas reach it when their records have to be checked.
pub fn affected(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<Vec<Collection>> {
    let mut rows = if plan.checks_records { dependents(ctx, plan)? } else { Vec::new() };
    if plan.old.is_some() {
        rows.push(plan.new.clone());
    }
    rows.into_iter().map(|row| as_it_will_be(ctx, plan, row)).collect()
}

fn dependents(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<Vec<CollectionRow>> {
    if plan.old.is_none() {
        return Ok(Vec::new());
    }
    let mut rows = ctx.collection_rows()?;
    let mut reached = HashSet::from([plan.new.id.clone()]);
    while let Some(more) = rows
        .iter()
        .find(|row| !reached.contains(&row.id) && row.references.iter().any(|id| reached.contains(id)))
    {
        reached.insert(more.id.clone());
    }
    rows.retain(|row| reached.contains(&row.id) && row.id != plan.new.id);
    Ok(rows)
}

fn as_it_will_be(ctx: &mut Ctx<'_>, plan: &Plan, row: CollectionRow) -> Result<Collection> {
    Collection::new(row, &mut |id| {
        if id == plan.new.id { Ok(Some(plan.new.clone())) } else { ctx.collection_row(id) }
    })
}

/// Refuses a plan that would make another collection's schema unusable or its indexes wrong.
pub fn check(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<()> {
    for row in dependents(ctx, plan)? {
        let collection = as_it_will_be(ctx, plan, row)?;
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

fn incompatible(id: &str, message: String) -> Error {
    let detail = serde_json::json!({ "collection": id });
    Error::new(Code::SchemaIncompatible, message).at("/schema").details(vec![Json::from_value(&detail)])
}
