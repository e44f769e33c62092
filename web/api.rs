//! What programs read: the answers of `index` as JSON, under `/api/v1`.
//!
//! Refuses to reshape them: what the pages show is what programs get. Errors are problem details (RFC 9457).

// What went wrong.
pub(crate) mod packages;
pub(crate) mod problem;

// The resources, one a file.
pub(crate) mod briefs;
pub(crate) mod discover;
pub(crate) mod entries;
pub(crate) mod estate;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod notices;
pub(crate) mod search;
pub(crate) mod sources;
pub(crate) mod subscriptions;
pub(crate) mod totals;
pub(crate) mod upgrade;
pub(crate) mod vendors;

// Their description.
pub(crate) mod openapi;
