//! Turns arguments into what the program works with, and refuses every invalid one.

pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod error;
pub(crate) mod forecast;
pub(crate) mod inputs;
pub(crate) mod language;
pub(crate) mod paths;
pub(crate) mod report_format;
pub(crate) mod run;
pub(crate) mod send_policy;
pub(crate) mod service;
pub(crate) mod written_names;
