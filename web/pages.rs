//! The pages, one a file: a struct with exactly what its template shows, and the handler that fills it.

// What is known.
pub(crate) mod comparison;
pub(crate) mod entry;
pub(crate) mod estate;
pub(crate) mod estates;
pub(crate) mod home;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod package;
pub(crate) mod packages;
pub(crate) mod search;
pub(crate) mod snapshot;
pub(crate) mod upgrade;

// Who says it.
pub(crate) mod new_source;
pub(crate) mod source;
pub(crate) mod sources;
pub(crate) mod vendor;
pub(crate) mod vendors;

// Who is told, and the pages that a mail leads to.
pub(crate) mod feed;
pub(crate) mod open;
pub(crate) mod subscribe;
pub(crate) mod subscription;
pub(crate) mod subscriptions;

// How to ask, who may, and what is not there.
pub(crate) mod help;
pub(crate) mod missing;
pub(crate) mod sign_in;
