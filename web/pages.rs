//! The pages, one a file: a struct with exactly what its template shows, and the handler that fills it.

// What is known.
pub(crate) mod comparison;
pub(crate) mod entry;
pub(crate) mod home;
pub(crate) mod package;
pub(crate) mod packages;
pub(crate) mod search;
pub(crate) mod snapshot;
pub(crate) mod upgrade;

// Who says it.
pub(crate) mod source;
pub(crate) mod sources;
pub(crate) mod vendor;
pub(crate) mod vendors;

// How to ask, who may, and what is not there.
pub(crate) mod help;
pub(crate) mod missing;
pub(crate) mod sign_in;
