//! What commands print: the plan, the problems, the summary.

pub(crate) mod check_lines;
pub(crate) mod hint;
pub(crate) mod instances;
pub(crate) mod label;
pub(crate) mod other_campaigns;
pub(crate) mod plan;
pub(crate) mod problems;
pub(crate) mod run_stop;
mod send_command;
pub(crate) mod source_lines;
pub(crate) mod stdout;
pub(crate) mod stop_summary;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod ui;
