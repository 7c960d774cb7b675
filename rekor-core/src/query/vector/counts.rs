//! How often each group number occurs.

/// Groups up to which several counters are kept for each: rows of one group that follow each other would wait for the
/// one counter's last change.
pub(super) const FEW: usize = 64;
/// The counters of each group then.
pub(super) const LANES: usize = 4;

/// A count for each group.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<u64>);

impl Counts {
    /// The count of a group.
    pub(super) fn of(&self, group: usize) -> u64 {
        self.0.get(group).copied().unwrap_or(0)
    }

    /// Makes room for groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.0.resize(groups.max(self.0.len()), 0);
    }

    /// Counts rows of one group.
    pub(super) fn add(&mut self, group: u32, rows: u64) {
        if let Some(count) = self.0.get_mut(group as usize) {
            *count += rows;
        }
    }

    /// Counts a row for each group number.
    pub(super) fn add_each(&mut self, groups: &[u32]) {
        if self.0.len() > FEW {
            groups.iter().for_each(|group| self.add(*group, 1));
            return;
        }
        let mut lanes = [[0_u32; LANES]; FEW];
        let (chunks, rest) = groups.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, group) in chunk.iter().enumerate() {
                if let Some(count) = lanes.get_mut(*group as usize).and_then(|lanes| lanes.get_mut(lane)) {
                    *count += 1;
                }
            }
        }
        rest.iter().for_each(|group| self.add(*group, 1));
        for (count, lanes) in self.0.iter_mut().zip(&lanes) {
            *count += lanes.iter().map(|lane| u64::from(*lane)).sum::<u64>();
        }
    }

    /// Adds the counts of another, whose groups have these numbers here.
    pub(super) fn merge(&mut self, other: &Self, groups: &[u32]) {
        groups.iter().zip(&other.0).for_each(|(group, count)| self.add(*group, *count));
    }
}
