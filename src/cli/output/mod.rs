//! What a command prints: the plan, the problems, the summary.

pub(crate) mod plan;
pub(crate) mod problems;
pub(crate) mod sharing;
pub(crate) mod stdout;
pub(crate) mod summary;
