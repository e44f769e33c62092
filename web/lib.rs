//! How things leave: pages for people, JSON for programs, commands for the terminal; and the gate before them.
//!
//! Refuses to decide anything about what is known: a page asks one question of `index`, fills one struct and returns
//! it. Only `schedule` reads the clock; everything else is given one.

// What a person types, what can be set, and how the program serves until it is asked to stop.
pub mod canary;
pub mod commands;
pub mod schedule;
pub mod serve;
pub mod settings;

// How things leave by themselves: mail and webhooks.
pub mod post;

// Packages: how they arrive, and how they are read in a process of their own.
pub mod arrival;
pub mod inspection;
mod upload;

// What is so here: files about an environment that somebody sends.
mod importing;

// Where everything is found, and what every answer needs.
pub mod routes;
pub mod state;

// A vendor's site, looked at for a visitor.
pub mod looking;

// Who may ask, and what is said when something goes wrong.
mod asked;
mod failure;
pub mod guard;

// What people see: the frame around every page, the pages, and the parts that pages share.
mod assets;
mod frame;
mod pages;
mod parts;

// How facts become words.
mod moment;
mod prose;
mod words;

// What people ask to be told of.
mod wanted;

// What programs read.
mod api;
pub mod metrics;

// An invented vendor world on this machine, for `forewarn demo` and for the walks in `tests/`.
pub mod world;

/// Many small pieces of text are made and thrown away on several threads at once, which this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
