//! SQL as far as changing a schema goes: texts split into statements, statements read into operations, and which lock an
//! operation takes for how long, by the engine.
//!
//! Words are read, not a grammar: migrations are full of placeholders, and of what only one engine understands. What is not
//! recognised is no operation. A parser such as sqlparser gives up at the first statement that it does not know (REINDEX, DO
//! blocks, ENGINE=, what psql and dumps put in between); here that statement alone is passed over. Nothing is run, nothing is known of the tables: how long a lock lasts depends on their size.

/// Which engine a text is written for.
pub mod engine;
/// Which lock an operation takes, and why.
pub mod lock;
/// Statements read into operations.
pub mod operation;
/// A text cut into statements.
pub mod split;
#[cfg(test)]
mod tests;
mod words;
