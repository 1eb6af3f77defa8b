//! Tests of the room as a whole: against a naive model, and in a campaign of several days with a clock that the test
//! sets.

mod campaign;
mod model;
