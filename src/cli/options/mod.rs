//! What a person typed, turned into what is meant; everything wrong in it is refused here.

pub(crate) mod report_format;
pub(crate) mod schedule;
pub(crate) mod settings;
