//! Filters over blocks: a byte for each row, 1 where the filter holds. And over the headers of blocks, so that most are
//! skipped, or taken whole, without being read.

use std::sync::Arc;

use crate::columns::dictionary::Dictionary;
use crate::columns::form::Head;
use crate::ground::error::Result;
use crate::query::filter::Filter;
use crate::query::tuple::Slots;
use crate::query::vector::block::Block;
use crate::query::vector::interval::Shape;
use crate::query::vector::judge::Judge;
use crate::query::vector::offset::{and, invert, or};

/// A filter, compiled once for a query and used by all of its threads.
pub(in crate::query) struct Masker<'f>(Node<'f>);

enum Node<'f> {
    All(Vec<Node<'f>>),
    Any(Vec<Node<'f>>),
    Not(Box<Node<'f>>),
    Test(Box<Judge<'f>>),
}

/// For which rows of a block a filter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum Verdict {
    /// For none.
    None,
    /// For every one.
    All,
    /// It depends on the row.
    Some,
}

/// What is known of the column of a slot without reading it.
#[derive(Clone, Copy)]
pub(in crate::query) enum HeadOf<'h> {
    /// Every row is null.
    Absent,
    /// There is a column.
    Head {
        /// Its header.
        head: &'h Head,
        /// What its codes stand for; without it they are not judged.
        dictionary: Option<&'h Arc<Dictionary>>,
    },
    /// Nothing.
    Unknown,
}

impl Verdict {
    pub(super) const fn of(passes: bool) -> Self {
        if passes { Self::All } else { Self::None }
    }

    pub(super) const fn of_shape<T>(shape: &Shape<'_, T>) -> Self {
        match shape {
            Shape::None => Self::None,
            Shape::All => Self::All,
            _ => Self::Some,
        }
    }
}

impl<'f> Masker<'f> {
    /// Compiles a filter.
    pub(in crate::query) fn new(filter: &'f Filter, slots: &Slots<'_>) -> Result<Self> {
        Node::new(filter, slots).map(Self)
    }

    /// Judges the texts of a dictionary by every test on a slot. A mask does so too when it meets codes that were not
    /// judged; doing it first lets two threads share a large dictionary.
    pub(in crate::query) fn prepare(&self, slot: usize, dictionary: &Arc<Dictionary>) -> Result<()> {
        self.0.prepare(slot, dictionary)
    }

    /// Judges a whole block by the headers of its columns, one for each slot.
    pub(in crate::query) fn verdict(&self, heads: &[HeadOf<'_>]) -> Verdict {
        self.0.verdict(heads)
    }

    /// Writes a byte for each row: 1 where the filter holds. For a row of which the filter looks at a value that only the
    /// stored row has, the byte says nothing.
    pub(in crate::query) fn mask(&self, block: &Block<'_>, out: &mut Vec<u8>) -> Result<()> {
        out.clear();
        out.resize(block.rows, 0);
        self.0.mask(block, None, out)
    }
}

impl<'f> Node<'f> {
    fn new(filter: &'f Filter, slots: &Slots<'_>) -> Result<Self> {
        let all =
            |parts: &'f [Filter]| parts.iter().map(|part| Self::new(part, slots)).collect::<Result<_>>();
        Ok(match filter {
            Filter::All(parts) => Self::All(all(parts)?),
            Filter::Any(parts) => Self::Any(all(parts)?),
            Filter::Not(inner) => Self::Not(Box::new(Self::new(inner, slots)?)),
            Filter::Test { slot, test } => Self::Test(Box::new(Judge::new(filter, *slot, test, slots)?)),
        })
    }

    fn prepare(&self, slot: usize, dictionary: &Arc<Dictionary>) -> Result<()> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().try_for_each(|part| part.prepare(slot, dictionary))
            }
            Self::Not(inner) => inner.prepare(slot, dictionary),
            Self::Test(judge) if judge.slot == slot => judge.accept(dictionary).map(drop),
            Self::Test(_) => Ok(()),
        }
    }

    fn verdict(&self, heads: &[HeadOf<'_>]) -> Verdict {
        match self {
            Self::All(parts) => fold(parts, heads, Verdict::None, Verdict::All),
            Self::Any(parts) => fold(parts, heads, Verdict::All, Verdict::None),
            Self::Not(inner) => match inner.verdict(heads) {
                Verdict::None => Verdict::All,
                Verdict::All => Verdict::None,
                Verdict::Some => Verdict::Some,
            },
            Self::Test(judge) => judge.verdict(heads.get(judge.slot).unwrap_or(&HeadOf::Unknown)),
        }
    }

    fn mask(&self, block: &Block<'_>, among: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        match self {
            Self::Test(judge) => judge.mask(block, among, out),
            Self::Not(inner) => {
                inner.mask(block, among, out)?;
                invert(out);
                Ok(())
            }
            Self::All(parts) => {
                let Some((first, others)) = parts.split_first() else {
                    out.fill(1);
                    return Ok(());
                };
                first.mask(block, among, out)?;
                let mut own = Vec::new();
                for part in others {
                    if memchr::memchr(1, out).is_none() {
                        break;
                    }
                    own.resize(out.len(), 0);
                    part.mask(block, Some(out), &mut own)?;
                    and(out, &own);
                }
                Ok(())
            }
            Self::Any(parts) => {
                let Some((first, others)) = parts.split_first() else {
                    out.fill(0);
                    return Ok(());
                };
                first.mask(block, among, out)?;
                let mut own = Vec::new();
                for part in others {
                    if memchr::memchr(0, out).is_none() {
                        break;
                    }
                    own.resize(out.len(), 0);
                    part.mask(block, among, &mut own)?;
                    or(out, &own);
                }
                Ok(())
            }
        }
    }
}

/// `strong` of one part decides; `weak` must be all.
fn fold(parts: &[Node<'_>], heads: &[HeadOf<'_>], strong: Verdict, weak: Verdict) -> Verdict {
    let mut folded = weak;
    for part in parts {
        let verdict = part.verdict(heads);
        if verdict == strong {
            return strong;
        }
        if verdict != weak {
            folded = Verdict::Some;
        }
    }
    folded
}
