//! Weighs the ways to answer a query that are open, by what each would cost, as far as a short look tells. The figures
//! are nanoseconds as measured on one core of an ordinary machine; only their ratios matter.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::columns::group::Group;
use crate::columns::reader::Columns;
use crate::ground::error::{Code, Error, Result};
use crate::query::access::Reader;
use crate::query::index_scan::IndexScan;
use crate::query::plan::{Access, Ask, Plan};

/// One row that is read and looked into.
const ROW_NS: u64 = 2_000;
/// One index entry and its row.
const ENTRY_NS: u64 = 3_000;
/// One group: its header and its blocks.
const GROUP_NS: u64 = 3_000;
/// One value of a column.
const VALUE_NS: u64 = 2;
/// A scan of columns before it has begun.
const COLUMNS_NS: u64 = 100_000;
/// Entries of an index up to which it is taken without a look at anything else.
const ENTRIES_FEW: u64 = if cfg!(test) { 4 } else { 64 };
/// Entries up to which an unsorted index range is better than a way that gives the order, where there are no columns.
const ENTRIES_SOME: u64 = if cfg!(test) { 20 } else { 5_000 };
/// Records that a walk for an order alone may look at before another way is better, where there are no columns.
const WALK_ROWS: u64 = if cfg!(test) { 30 } else { 100_000 };

/// The way that is taken.
pub(super) struct Choice {
    pub(super) plan: Plan,
    /// Records that it may look at in vain before `otherwise` is taken.
    pub(super) patience: u64,
    pub(super) otherwise: Option<Plan>,
    /// The groups of the collection, as far as they were looked at.
    pub(super) groups: Vec<Arc<Group>>,
}

impl Choice {
    fn sure(plan: Plan) -> Self {
        Self { plan, patience: u64::MAX, otherwise: None, groups: Vec::new() }
    }
}

/// Takes the way that looks cheapest.
pub(super) fn pick(
    reader: &Reader<'_>,
    columns: &Columns<'_>,
    ask: &Ask<'_>,
    mut plans: Vec<Plan>,
) -> Result<Choice> {
    let rows = plans.pop().ok_or_else(|| Error::new(Code::Internal, "a query has no plan"))?;
    let best = plans.first().cloned();
    match &best {
        Some(Plan { access: Access::Ids(_) | Access::External(_), .. }) => {
            return Ok(Choice::sure(best.unwrap_or(rows)));
        }
        Some(Plan { access: Access::Index(scan), .. })
            if scan.narrowed() != (0, false) && entries(reader, scan, ENTRIES_FEW)?.is_some() =>
        {
            return Ok(Choice::sure(best.unwrap_or(rows)));
        }
        _ => {}
    }
    let ends_early = |plan: &Plan| ask.early_end && plan.sorted;
    let is_narrow =
        |plan: &Plan| matches!(&plan.access, Access::Index(scan) if scan.narrowed() != (0, false));
    if let Some(plan) = best.as_ref().filter(|plan| is_narrow(plan) && ends_early(plan)) {
        return Ok(Choice::sure(plan.clone()));
    }
    if rows.is_bounded(ask) || ends_early(&rows) && ask.filter.is_everything() {
        return Ok(Choice::sure(best.filter(is_narrow).unwrap_or(rows)));
    }
    let groups = columns.groups()?;
    let ordered = plans.iter().find(|plan| ends_early(plan)).cloned();
    if groups.is_empty() {
        return without_columns(reader, best, ordered, rows);
    }
    let cost = scan_ns(&groups, ask.slots.count());
    if let Some(Plan { access: Access::Index(scan), .. }) = best.as_ref().filter(|plan| is_narrow(plan))
        && let Some(count) = entries(reader, scan, cost / ENTRY_NS)?
    {
        let plan = best.unwrap_or(rows);
        let reason = format!("{}, {count} entries", plan.reason);
        return Ok(Choice { groups, ..Choice::sure(Plan { reason, ..plan }) });
    }
    let scan = Plan {
        access: Access::Columns,
        sorted: rows.sorted,
        reason: format!("{} groups of columns cost less than {} rows", groups.len(), total(&groups)),
    };
    // A way that gives the order may find enough at once; if not, little is lost.
    match ordered.or_else(|| ends_early(&rows).then_some(rows)) {
        Some(plan) => {
            let otherwise =
                Some(Plan { reason: "few records in the order asked for pass the filter".into(), ..scan });
            let each = if matches!(plan.access, Access::Index(_)) { ENTRY_NS } else { ROW_NS };
            Ok(Choice { plan, patience: cost / 2 / each, otherwise, groups })
        }
        None => Ok(Choice { groups, ..Choice::sure(scan) }),
    }
}

/// The choice in a collection of which nothing is sealed.
fn without_columns(
    reader: &Reader<'_>,
    best: Option<Plan>,
    ordered: Option<Plan>,
    rows: Plan,
) -> Result<Choice> {
    let plan = match (best, ordered) {
        (Some(Plan { access: Access::Index(scan), sorted: false, .. }), Some(ordered))
            if entries(reader, &scan, ENTRIES_SOME)?.is_none() =>
        {
            ordered
        }
        (Some(best), _) => best,
        (None, _) => return Ok(Choice::sure(rows)),
    };
    if !plan.walks_for_order() {
        return Ok(Choice::sure(plan));
    }
    let reason = "few records of the index that gives the order pass the filter".to_owned();
    Ok(Choice { patience: WALK_ROWS, otherwise: Some(Plan { reason, ..rows }), ..Choice::sure(plan) })
}

fn total(groups: &[Arc<Group>]) -> usize {
    groups.iter().map(|group| group.rows).sum()
}

fn scan_ns(groups: &[Arc<Group>], slots: usize) -> u64 {
    if cfg!(test) {
        return ENTRIES_SOME * ENTRY_NS;
    }
    let values = (total(groups) * slots.max(1)) as u64;
    COLUMNS_NS + groups.len() as u64 * GROUP_NS + values * VALUE_NS
}

/// How many entries an index range has, if they are no more than `max`.
fn entries(reader: &Reader<'_>, scan: &IndexScan, max: u64) -> Result<Option<u64>> {
    let mut count = 0;
    for (lo, hi) in &scan.ranges {
        reader.view.scan_each(lo, hi, false, &mut |_, _, _| {
            count += 1;
            if count > max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if count > max {
            return Ok(None);
        }
    }
    Ok(Some(count))
}
