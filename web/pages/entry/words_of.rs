//! What an entry says: its text, its posts, its links, and what its hashes and signatures were worth.

use index::answer::EntryView;
use index::entry::{Check, Post, Reference, Role, Statement};
use jiff::Timestamp;

use crate::moment::Moment;
use crate::parts::sign::Sign;
use crate::prose::{Block, blocks};
use crate::words;

/// A post of a thread.
pub(super) struct PostLine {
    /// Counted from 1.
    pub(super) number: usize,
    /// Author.
    pub(super) author: String,
    /// The author's role as the platform states it.
    pub(super) role: &'static str,
    /// Whether the platform marks the author as speaking for the house.
    pub(super) official: bool,
    /// When it was said.
    pub(super) at: Option<Moment>,
    /// When it was last edited.
    pub(super) edited: Option<Moment>,
    /// What was said.
    pub(super) blocks: Vec<Block>,
}

/// A link that the entry gives.
pub(super) struct ReferenceLine {
    /// Where a browser may be sent; nothing for addresses that are not of the web.
    pub(super) outward: Option<String>,
    /// The address as given.
    pub(super) given: String,
    /// What the source calls it.
    pub(super) label: String,
}

/// A hash or signature.
pub(super) struct CheckLine {
    /// What was checked.
    pub(super) subject: String,
    /// What came of it.
    pub(super) outcome: Sign,
    /// In one sentence.
    pub(super) sentence: String,
    /// The signing key in groups of four, and as it is copied.
    pub(super) signer: Option<(String, String)>,
}

/// The text before the first post, and the posts; an entry without posts is all lead.
pub(super) fn text(view: &EntryView, now: Timestamp) -> (Vec<Block>, Vec<PostLine>) {
    let posts = &view.statement.posts;
    let until = posts.iter().map(|post| post.start as usize).min().unwrap_or(view.text.len());
    let lead = blocks(&view.text, 0..until, &view.mentions);
    let line = |(number, post): (usize, &Post)| PostLine {
        number: number + 1,
        author: post.author.clone(),
        role: post.role.as_str(),
        official: matches!(post.role, Role::Staff | Role::Moderator | Role::Owner),
        at: post.at.map(|at| Moment::of(at, now)),
        edited: post.edited.map(|at| Moment::of(at, now)),
        blocks: blocks(&view.text, post.start as usize..post.end as usize, &view.mentions),
    };
    (lead, posts.iter().enumerate().map(line).collect())
}

/// What to do, where the source says so apart from the text.
pub(super) fn remedy(statement: &Statement) -> Vec<Block> {
    let text = statement.remedy.as_str();
    blocks(text, 0..text.len(), &[])
}

impl ReferenceLine {
    /// The link as given.
    pub(super) fn of(reference: &Reference) -> Self {
        Self {
            outward: words::outward(&reference.url),
            given: reference.url.clone(),
            label: reference.label.clone().unwrap_or_default(),
        }
    }
}

impl CheckLine {
    /// The check with its outcome.
    pub(super) fn of(check: &Check) -> Self {
        Self {
            subject: check.subject.clone(),
            outcome: Sign::outcome(check.outcome),
            sentence: words::unended(&check.sentence),
            signer: check.signer.as_ref().map(|key| (key.grouped(), key.to_string())),
        }
    }
}
