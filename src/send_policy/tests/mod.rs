//! The room as a whole: against a naive model, and a campaign of several days on a clock that is set.

mod campaign;
mod model;
