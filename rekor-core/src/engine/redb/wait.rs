//! Waits for what another process holds, in short sleeps that grow, never longer than a deadline.
//! Operating systems offer no wait on a file lock that ends by itself.

use std::time::Duration;

use crate::ground::env::Deadline;

const PAUSE_FIRST: Duration = Duration::from_micros(50);
/// Short enough that a waiting process gets a turn between the commits of a busy one.
const PAUSE_MAX: Duration = Duration::from_millis(2);

/// Tries until `attempt` gives something or fails; nothing once the deadline has passed.
pub(super) fn until<T, E>(
    deadline: Deadline,
    mut attempt: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let mut pause = PAUSE_FIRST;
    loop {
        if let Some(found) = attempt()? {
            return Ok(Some(found));
        }
        let left = deadline.left();
        if left.is_zero() {
            return Ok(None);
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(PAUSE_MAX);
    }
}
