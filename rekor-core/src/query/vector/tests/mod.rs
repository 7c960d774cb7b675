//! The kernels against the way of rows: random columns of every form, random filters, equal answers.
//!
//! A failure prints its seed; `REKOR_VECTOR_SEED=<seed>` at build time runs that one alone.

mod columns;
mod limits;
mod totals;
mod world;

use crate::query::filter::Filter;
use crate::query::vector::mask::{Masker, Verdict};
use world::{Dice, World};

const WORLDS: u64 = 1_500;
const FILTERS: usize = 25;

/// The seeds of one test.
fn seeds(count: u64) -> std::ops::Range<u64> {
    let only = option_env!("REKOR_VECTOR_SEED").map(|seed| seed.parse::<u64>().unwrap());
    only.map_or(0..count, |seed| seed..seed + 1)
}

#[test]
fn masks_and_verdicts_are_what_rows_say() {
    let (mut taken, mut skipped, mut passing) = (0, 0, 0);
    for seed in seeds(WORLDS) {
        World::roll(&mut Dice(seed), |dice, world| {
            for query in 0..FILTERS {
                let text = world.filter(dice, 0);
                let at = format!("seed {seed} query {query}\n{text}");
                let mut slots = world.slots();
                let filter = Filter::parse(&text, "", &mut slots).unwrap();
                let masker = Masker::new(&filter, &slots).unwrap();
                let mut mask = Vec::new();
                for group in &world.groups {
                    if dice.one_in(3) {
                        group.dictionaries().for_each(|(slot, held)| masker.prepare(slot, held).unwrap());
                    }
                    let block = group.block(&slots);
                    masker.mask(&block, &mut mask).unwrap();
                    let verdict = masker.verdict(&group.heads(dice));
                    for row in (0..block.rows).filter(|row| !group.is_hidden(*row)) {
                        let holds = filter.matches(&block.tuple(row)).unwrap();
                        assert_eq!(mask[row] == 1, holds, "row {row} {at}\n{}", group.row_text(row));
                        let decided = match verdict {
                            Verdict::None => Some(false),
                            Verdict::All => Some(true),
                            Verdict::Some => None,
                        };
                        taken += usize::from(decided == Some(true));
                        skipped += usize::from(decided == Some(false));
                        passing += usize::from(holds);
                        assert!(decided.is_none_or(|all| all == holds), "{verdict:?} row {row} {at}");
                    }
                }
            }
        });
    }
    assert!(taken > 100 && skipped > 100 && passing > 100 || option_env!("REKOR_VECTOR_SEED").is_some());
}
