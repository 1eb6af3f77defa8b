//! Named points at which a debug build dies at once if `SENDCONTACT_CRASH_AT` says so, as in `after_commit:3` (the
//! third time). The durability tests use them to kill the program where a crash would do the most harm; a release build
//! has none of this.

#[cfg(debug_assertions)]
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

/// A moment in the life of a message, or of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A batch is written, but not durable.
    BeforeCommit,
    /// A batch is in the ledger, but not in the send history of the instance.
    BetweenCommits,
    /// A batch is durable, but nobody knows yet.
    AfterCommit,
    /// An intent is durable, but its request has not left.
    BeforeRequest,
    /// An answer was read, but nothing of it is recorded.
    AfterAnswer,
    /// A check is recorded, but its request has not left.
    BeforeCheck,
    /// The answer to a check was read, but nothing of it is recorded.
    AfterCheck,
    /// The results are partly written.
    WhileWritingResults,
}

#[cfg(debug_assertions)]
impl Point {
    const fn name(self) -> &'static str {
        match self {
            Self::BeforeCommit => "before_commit",
            Self::BetweenCommits => "between_commits",
            Self::AfterCommit => "after_commit",
            Self::BeforeRequest => "before_request",
            Self::AfterAnswer => "after_answer",
            Self::BeforeCheck => "before_check",
            Self::AfterCheck => "after_check",
            Self::WhileWritingResults => "while_writing_results",
        }
    }
}

/// The chosen point, and how many more passes until the process dies there.
#[cfg(debug_assertions)]
static CHOSEN: LazyLock<Option<(String, AtomicU64)>> = LazyLock::new(|| {
    let setting = std::env::var("SENDCONTACT_CRASH_AT").ok()?;
    let (name, times) = setting.split_once(':').unwrap_or((&setting, "1"));
    Some((name.to_owned(), AtomicU64::new(times.parse().unwrap_or(1))))
});

/// Kills the process here if this point was chosen, as `SIGKILL` would: nothing is flushed, nothing is cleaned up.
#[cfg(debug_assertions)]
pub fn fail_point(point: Point) {
    if let Some((name, left)) = &*CHOSEN
        && name == point.name()
        && left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::process::abort();
    }
}

/// Does nothing in a release build.
#[cfg(not(debug_assertions))]
pub const fn fail_point(_: Point) {}
