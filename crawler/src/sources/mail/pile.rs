//! Messages from several shelves, put together by who answers whom, and brought thread by thread.
//!
//! Of each message only numbers are kept (32 bytes and 8 for each reference), so that a mailbox of half a gigabyte takes
//! a few megabytes. Only threads with a message that is new are brought, each with all its messages.

use std::collections::{HashMap, HashSet};
use std::io;

use index::entry::Draft;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::Sender;

use super::shelf::{MAX_MESSAGE, Shelf, Spot};
use crate::formats::mail::thread::{self, MAX_POSTS};
use crate::sources::{Errand, Trouble};

/// Messages of one round; more is no mailbox that anybody reads.
const MAX_MESSAGES: usize = 2_000_000;

/// Shelves, and the messages that were seen on them.
#[derive(Default)]
pub(super) struct Pile {
    shelves: Vec<(Shelf, Option<String>)>,
    letters: Vec<Letter>,
}

/// A message by numbers.
struct Letter {
    shelf: u32,
    spot: Spot,
    id: u64,
    references: Box<[u64]>,
    new: bool,
}

/// What came of bringing a pile.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Threads that were brought.
    pub(super) threads: u32,
    /// What was odd about single messages.
    pub(super) remarks: Vec<String>,
    /// Whether nobody takes drafts any more.
    pub(super) stopped: bool,
}

/// An identifier as a number: 64 bits of its digest.
pub(super) fn number(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl Pile {
    /// Looks at a shelf; its messages from the byte (or the file) `new_from` on are new. Entries of it are read at `link`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn add(&mut self, mut shelf: Shelf, new_from: u64, link: Option<String>) -> io::Result<()> {
        let at = u32::try_from(self.shelves.len()).unwrap_or(u32::MAX);
        let letters = &mut self.letters;
        shelf.look(&mut |spot, header| {
            if letters.len() >= MAX_MESSAGES {
                return;
            }
            let place = thread::place(header);
            // A message without an identifier is known by its header.
            let id = if place.id.is_empty() {
                number(&String::from_utf8_lossy(header))
            } else {
                number(&place.id)
            };
            let references = place.references.iter().map(|id| number(id)).collect();
            letters.push(Letter { shelf: at, spot, id, references, new: spot.start >= new_from });
        })?;
        self.shelves.push((shelf, link));
        Ok(())
    }

    /// Messages seen.
    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    /// Where the message begins that was seen last; it may have been cut off while it was written.
    pub(super) fn last(&self) -> u64 {
        self.letters.last().map_or(0, |letter| letter.spot.start)
    }

    /// Messages that threads with news refer to and that lie on none of the shelves.
    pub(super) fn missing(&self) -> HashSet<u64> {
        let here: HashSet<u64> = self.letters.iter().map(|letter| letter.id).collect();
        let news = self.threads().into_iter().flatten().filter_map(|at| self.letters.get(at));
        let named = news.flat_map(|letter| letter.references.iter().copied());
        named.filter(|id| !here.contains(id)).collect()
    }

    /// The threads with news, each as its messages in the order in which they lie.
    fn threads(&self) -> Vec<Vec<usize>> {
        let mut joined = Joined::default();
        for letter in &self.letters {
            let own = joined.place(letter.id);
            for reference in &letter.references {
                let other = joined.place(*reference);
                joined.join(own, other);
            }
        }
        let mut threads: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<usize, usize> = HashMap::new();
        for (at, letter) in self.letters.iter().enumerate() {
            let top = joined.place(letter.id);
            let top = joined.top(top);
            let thread = *known.entry(top).or_insert_with(|| {
                threads.push(Vec::new());
                threads.len() - 1
            });
            if let Some(thread) = threads.get_mut(thread) {
                thread.push(at);
            }
        }
        let is_new = |at: &usize| self.letters.get(*at).is_some_and(|letter| letter.new);
        threads.retain(|thread| thread.iter().any(is_new));
        threads
    }

    /// Brings every thread with news.
    pub(super) fn bring(mut self, drafts: &Sender<Draft>) -> Brought {
        let mut brought = Brought::default();
        for thread in self.threads() {
            let mut link = None;
            let mut messages = Vec::new();
            for at in thread.into_iter().take(MAX_POSTS) {
                let Some(letter) = self.letters.get(at) else { continue };
                let Some((shelf, of_shelf)) =
                    usize::try_from(letter.shelf).ok().and_then(|at| self.shelves.get_mut(at))
                else {
                    continue;
                };
                if letter.spot.length > MAX_MESSAGE {
                    brought.remarks.push(cut_short(letter.spot.length));
                }
                match shelf.take(letter.spot) {
                    Ok(message) => messages.push(message),
                    Err(error) => brought.remarks.push(format!("a message was not read: {error}")),
                }
                link = link.or_else(|| of_shelf.clone());
            }
            let Some((draft, remark)) = contained(&messages, link) else { continue };
            brought.remarks.extend(remark);
            if drafts.blocking_send(draft).is_err() {
                brought.stopped = true;
                break;
            }
            brought.threads = brought.threads.saturating_add(1);
        }
        brought
    }

    /// The same from a reader's turn: what came of it is noted there.
    ///
    /// # Errors
    /// [`Trouble::Stopping`] when nobody takes drafts any more.
    pub(super) async fn bring_by(self, errand: &mut Errand<'_>) -> Result<(), Trouble> {
        let drafts = errand.drafts.clone();
        let bringing = tokio::task::spawn_blocking(move || self.bring(&drafts));
        let Ok(brought) = bringing.await else {
            return Err(Trouble::Settings("read the mail: its reader broke down".to_owned()));
        };
        errand.seen = errand.seen.saturating_add(brought.threads);
        brought.remarks.into_iter().for_each(|remark| errand.remark(remark));
        if brought.stopped { Err(Trouble::Stopping) } else { Ok(()) }
    }
}

/// What is said of a message of so many bytes.
pub(super) fn cut_short(bytes: u64) -> String {
    format!("a mail of {} MiB was read to its first {} alone", bytes >> 20, MAX_MESSAGE >> 20)
}

/// The entry of some messages, with a library's panics contained: one message must not end a round.
pub(super) fn contained(
    messages: &[(Vec<u8>, Vec<u8>)],
    link: Option<String>,
) -> Option<(Draft, Option<String>)> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| thread::entry(messages, link)))
        .unwrap_or_default()
}

/// Numbers that belong together.
#[derive(Default)]
struct Joined {
    places: HashMap<u64, usize>,
    above: Vec<usize>,
}

impl Joined {
    fn place(&mut self, id: u64) -> usize {
        let above = &mut self.above;
        *self.places.entry(id).or_insert_with(|| {
            above.push(above.len());
            above.len() - 1
        })
    }

    fn top(&mut self, mut place: usize) -> usize {
        while let Some(above) = self.above.get(place).copied().filter(|above| *above != place) {
            let next = self.above.get(above).copied().unwrap_or(above);
            if let Some(held) = self.above.get_mut(place) {
                *held = next;
            }
            place = above;
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.top(one), self.top(other));
        if let Some(above) = self.above.get_mut(one.max(other)) {
            *above = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pile, Shelf};

    fn mail(id: &str, references: &str, subject: &str) -> String {
        format!(
            "From a Tue Mar  5 10:00:00 2024\nFrom: A <a@acme.example>\nSubject: {subject}\nMessage-ID: <{id}>\nReferences: {references}\n\nText of {id}\n\n"
        )
    }

    async fn brought(pile: Pile) -> Vec<(String, usize)> {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(100);
        let brought = tokio::task::spawn_blocking(move || pile.bring(&sender)).await.unwrap();
        assert!(brought.remarks.is_empty() && !brought.stopped, "{brought:?}");
        let mut threads = Vec::new();
        while let Ok(draft) = receiver.try_recv() {
            threads.push((draft.native_id, draft.statement.posts.len()));
        }
        threads
    }

    #[tokio::test]
    async fn messages_of_several_shelves_are_put_together_by_who_answers_whom() {
        let mut pile = Pile::default();
        let (old, fresh) =
            (mail("1@x", "", "a") + &mail("9@x", "", "b"), mail("3@x", "<1@x> <2@x>", "Re: a"));
        pile.add(Shelf::Memory(fresh.into_bytes()), 0, None).unwrap();
        assert_eq!(pile.missing().len(), 2);
        pile.add(Shelf::Memory(old.into_bytes()), u64::MAX, None).unwrap();
        assert_eq!(pile.missing().len(), 1, "the one between is nowhere");
        assert_eq!(
            brought(pile).await,
            [("thread/1@x".to_owned(), 2)],
            "a thread without news is not brought"
        );
    }

    #[tokio::test]
    async fn what_lies_behind_the_known_part_of_a_mailbox_is_new() {
        let known = mail("1@x", "", "a") + &mail("9@x", "", "b");
        let mut pile = Pile::default();
        let whole = format!("{known}{}", mail("2@x", "<9@x>", "Re: b"));
        pile.add(Shelf::Memory(whole.into_bytes()), known.len() as u64, None).unwrap();
        assert_eq!(brought(pile).await, [("thread/9@x".to_owned(), 2)]);
    }
}
