//! Walks through the whole program: real HTTP on this machine, a real record, an invented vendor world.
//!
//! One binary, so that it is linked once. Nothing sleeps and nothing leaves this machine; what a person would see is
//! asked for as a person's browser or shell would ask.

// Who takes part: the program in this process, a visitor, a far side that means no good, the program as a process.
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod process;
#[cfg(test)]
mod stranger;
#[cfg(test)]
mod town;
#[cfg(test)]
mod visitor;

// What is said, arrives, is found, and changes.
#[cfg(test)]
mod arriving;
#[cfg(test)]
mod boards;
#[cfg(test)]
mod changing;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod choosing;
#[cfg(test)]
mod discovering;
#[cfg(test)]
mod exploited;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod postbox;

// What people are told by itself.
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod subscribing;

// Packages that arrive, and what must be read of them.
#[cfg(test)]
mod briefs;
#[cfg(test)]
mod estates;
#[cfg(test)]
mod packages;
#[cfg(test)]
mod signing;

// What goes wrong, and what stays as it was.
#[cfg(test)]
mod ailing;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod disagreeing;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod vanished;
#[cfg(test)]
mod watching;

// Who may ask, what is typed, and how the house is built.
#[cfg(test)]
mod asking;
#[cfg(test)]
mod house;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod typed;
#[cfg(test)]
mod upgrading;
