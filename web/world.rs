//! An invented world of two vendors: the far side as a value that can be edited, and served on real HTTP.
//!
//! The demonstration and the walks in `tests/` read it as they would read real vendors. It reads no clock: everything is
//! dated from the `now` it is made with, and edits are dated with [`World::now`] at that time. Nobody real is meant.

// How bad something is, and the keys that sign.
pub mod authority;
pub mod grade;
pub mod signer;

// The two vendors: what they say, and where.
pub mod halvard;
pub mod orrin;

// On real HTTP: hosts, listeners, and what to record to read them.
pub mod base;
mod record;
pub mod serve;

mod answer;
mod moment;
mod page;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::world::answer::{Answer, Body};
use crate::world::base::{Bases, Host};
use crate::world::grade::Grade;
use crate::world::halvard::Halvard;
use crate::world::halvard::forum::{Author, Post, Thread};
use crate::world::halvard::releases::Release;
use crate::world::orrin::Orrin;
use crate::world::orrin::notices::Notice;

/// Everything that the two vendors say at one time.
#[derive(Clone, Debug)]
pub struct World {
    /// The world's present, which dates edits; a test may move it on. What was said stays where it was.
    pub now: Timestamp,
    /// Halvard Systems: release notes, advisories, a forum.
    pub halvard: Halvard,
    /// Orrin Works: notices and a CSAF provider.
    pub orrin: Orrin,
    /// The present it was made with; dates what no edit changes.
    began: Timestamp,
    instead: BTreeMap<(Host, String), Instead>,
}

/// What a path answers instead of what it should.
#[derive(Clone, Debug)]
enum Instead {
    Status(u16),
    Bytes(Vec<u8>, Timestamp),
}

impl World {
    /// The world as it begins: about two years of it, with new keys.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let now = moment::whole(now);
        Self { now, halvard: Halvard::new(now), orrin: Orrin::new(now), began: now, instead: BTreeMap::new() }
    }

    /// Makes a path answer with a status such as 503, until it is mended.
    pub fn fail(&mut self, host: Host, path: &str, status: u16) {
        self.instead.insert((host, path.to_owned()), Instead::Status(status));
    }

    /// Makes a path answer with these bytes, until it is mended. A path that is otherwise unknown becomes plain text.
    pub fn replace(&mut self, host: Host, path: &str, body: impl Into<Vec<u8>>) {
        self.instead.insert((host, path.to_owned()), Instead::Bytes(body.into(), self.now));
    }

    /// Lets a path answer as it should again.
    pub fn mend(&mut self, host: Host, path: &str) {
        self.instead.remove(&(host, path.to_owned()));
    }

    /// Changes the severity of an advisory of either vendor; whether there is one of that number.
    pub fn set_grade(&mut self, id: &str, grade: Grade) -> bool {
        let now = self.now;
        if let Some(advisory) = self.halvard.advisories.iter_mut().find(|advisory| advisory.id == id) {
            (advisory.grade, advisory.updated) = (grade, now);
            return true;
        }
        let Some(advisory) = self.orrin.advisories.iter_mut().find(|advisory| advisory.id == id) else {
            return false;
        };
        advisory.grade = grade;
        advisory.revisions.push((now, format!("The severity is now {}.", grade.word())));
        true
    }

    /// Changes the first fixed version of an advisory of either vendor; whether there is one of that number.
    pub fn set_fixed(&mut self, id: &str, version: &str) -> bool {
        let now = self.now;
        if let Some(advisory) = self.halvard.advisories.iter_mut().find(|advisory| advisory.id == id) {
            (advisory.fixed, advisory.updated) = (version.to_owned(), now);
            return true;
        }
        let Some(advisory) = self.orrin.advisories.iter_mut().find(|advisory| advisory.id == id) else {
            return false;
        };
        advisory.fixed = version.to_owned();
        advisory.revisions.push((now, format!("The first fixed version is {version}.")));
        true
    }

    /// Publishes the notes of a release: a new item in Halvard's feed, and its page. `notes` is HTML.
    pub fn add_release(&mut self, version: &str, title: &str, summary: &str, notes: &str) {
        let release = Release {
            version: version.to_owned(),
            title: title.to_owned(),
            published: self.now,
            summary: summary.to_owned(),
            notes: notes.to_owned(),
        };
        self.halvard.releases.insert(0, release);
    }

    /// Publishes a notice: a new entry in Orrin's feed, and its page. `text` is HTML.
    pub fn add_notice(&mut self, slug: &str, title: &str, text: &str) {
        let notice = Notice {
            slug: slug.to_owned(),
            title: title.to_owned(),
            published: self.now,
            updated: self.now,
            text: text.to_owned(),
        };
        self.orrin.notices.insert(0, notice);
    }

    /// Adds a reply to a thread of the forum; whether there is one of that number.
    pub fn add_post(&mut self, thread: i64, author: Author, cooked: &str) -> bool {
        let now = self.now;
        let Some(thread) = self.thread(thread) else { return false };
        thread.posts.push(Post { author, cooked: cooked.to_owned(), written: now, changed: now, version: 1 });
        true
    }

    /// Changes what a message says, by thread and its number there (1 is the opening one); whether there is such a one.
    pub fn edit_post(&mut self, thread: i64, number: usize, cooked: &str) -> bool {
        let now = self.now;
        let post = self.thread(thread).and_then(|thread| thread.posts.get_mut(number.checked_sub(1)?));
        let Some(post) = post else { return false };
        (post.cooked, post.changed) = (cooked.to_owned(), now);
        post.version = post.version.saturating_add(1);
        true
    }

    fn thread(&mut self, id: i64) -> Option<&mut Thread> {
        self.halvard.forum.threads.iter_mut().find(|thread| thread.id == id)
    }

    /// What a host answers at a path with its query.
    fn answer(&mut self, host: Host, target: &str, bases: &Bases) -> Answer {
        let path = target.split('?').next().unwrap_or(target);
        let instead =
            [target, path].into_iter().find_map(|path| self.instead.get(&(host, path.to_owned()))).cloned();
        if let Some(Instead::Status(status)) = instead {
            return Answer::Failing(status);
        }
        let body = match host {
            Host::Halvard => self.halvard.body(path, bases, self.began),
            Host::Community => self.halvard.forum.body(target, self.began),
            Host::Orrin => self.orrin.body(path, bases, self.began),
        };
        let body = match instead {
            Some(Instead::Bytes(bytes, at)) => {
                Some(Body::new(body.map_or(answer::TEXT, |body| body.media_type), bytes, at))
            }
            _ => body,
        };
        body.map_or(Answer::Missing, Answer::Found)
    }
}

#[cfg(test)]
mod tests;
