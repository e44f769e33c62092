//! How things leave: the outbox becomes mail and webhooks.
//!
//! Whatever is handed out is tried once; the record is told what came of it before anything else is taken. What was
//! begun before and may have arrived says that it may be repeated. Addresses and tokens reach no log.

pub(crate) mod letter;
pub mod smtp;
pub(crate) mod webhook;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crawler::fetch::{Door, backoff};
use index::knowledge::Knowledge;
use index::outbox::{Outcome, Parcel};
use index::subscription::Recipient;
use jiff::{SignedDuration, Timestamp};
use lettre::message::Mailbox;
use tokio::task::JoinSet;

use self::letter::{Letter, Site};
use self::smtp::Smtp;

/// Parcels that are under way at the same time.
const TOGETHER: usize = 8;

/// How mail leaves.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Arc<Smtp>),
    /// As files of a folder, for another program to take.
    Folder(PathBuf),
    /// Into memory, for tests.
    Memory(Memory),
    /// Not at all: none is set up.
    Absent,
}

/// Mails that were sent, as they would have left.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Vec<String>>>);

impl Memory {
    /// The mails so far.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is needed to send.
#[derive(Clone)]
pub struct Post {
    /// Where the outbox is.
    pub knowledge: Knowledge,
    /// The one door to the network, for webhooks.
    pub door: Door,
    /// The one clock.
    pub clock: fn() -> Timestamp,
    /// How mail leaves.
    pub transport: Transport,
    /// Who the mails are from.
    pub from: Mailbox,
    /// The beginning of every link in them, such as `https://forewarn.example`.
    pub site: String,
}

/// What came of a round of sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Parcels that were taken.
    pub sent: u32,
    /// Parcels that are tried again.
    pub failed: u32,
    /// Parcels that were refused for good.
    pub refused: u32,
}

/// Why something was not taken, and what is known of it.
pub(crate) struct Trouble {
    /// One sentence without addresses.
    pub(crate) sentence: String,
    /// What it means.
    pub(crate) meaning: Meaning,
}

/// What a trouble means for a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing arrived; later it may.
    NotArrived,
    /// It may have arrived.
    Unclear,
    /// This address does not take it, now or later.
    Refused,
}

impl Post {
    /// Holds what is new against the standing queries and makes the digests that are due. Answers how many were made.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn compose(&self) -> anyhow::Result<u32> {
        self.knowledge.match_new((self.clock)()).await?;
        self.knowledge.compose_due((self.clock)()).await
    }

    /// Sends what is due, until nothing is. Does nothing while another process sends from the same folder.
    ///
    /// # Errors
    /// When the record cannot be read or written; what goes wrong with one parcel is recorded with it.
    pub async fn drain(&self) -> anyhow::Result<Drained> {
        let knowledge = self.knowledge.clone();
        let Some(desk) = tokio::task::spawn_blocking(move || knowledge.desk()).await?? else {
            return Ok(Drained::default());
        };
        let (mut total, mut under_way, mut held) = (Drained::default(), JoinSet::new(), Vec::new());
        loop {
            let free = TOGETHER.saturating_sub(held.len());
            if free > 0 {
                let limit = u32::try_from(free).unwrap_or(1);
                let parcels = self.knowledge.lease_parcels(&desk, &held, (self.clock)(), limit).await?;
                for parcel in parcels {
                    held.push(parcel.id);
                    let post = self.clone();
                    under_way.spawn(async move {
                        let outcome = post.send(&parcel).await;
                        (parcel, outcome)
                    });
                }
            }
            let Some(ended) = under_way.join_next().await else { return Ok(total) };
            let (parcel, outcome) = ended?;
            held.retain(|id| *id != parcel.id);
            self.knowledge.end_parcel(&parcel, &outcome, (self.clock)()).await?;
            total.count(&parcel, &outcome);
        }
    }

    /// One attempt.
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let trouble = match self.try_once(parcel).await {
            Ok(()) => return Outcome::Sent,
            Err(trouble) => trouble,
        };
        let wait = backoff(parcel.failures.saturating_add(1), parcel.id.unsigned_abs());
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(24));
        let sentence = trouble.sentence;
        match trouble.meaning {
            Meaning::Refused => Outcome::Refused { sentence },
            meaning => Outcome::Failed {
                sentence,
                certain: meaning == Meaning::NotArrived,
                next_try: (self.clock)().checked_add(wait).unwrap_or(Timestamp::MAX),
            },
        }
    }

    async fn try_once(&self, parcel: &Parcel) -> Result<(), Trouble> {
        let site = Site { address: &self.site, from: &self.from };
        match &parcel.subscription.wanted.recipient {
            Recipient::Webhook { .. } => {
                let brought = webhook::brought(parcel, &site).map_err(Trouble::of_ours)?;
                let taken = self.door.bring(&brought, (self.clock)()).await;
                taken.map_err(|error| webhook::trouble(&error, &brought))
            }
            // A feed gets no digests; what was written while it was something else goes where it was meant to.
            Recipient::Mail { .. } | Recipient::Feed => {
                let letter = Letter::of(parcel, &site, (self.clock)()).map_err(Trouble::of_ours)?;
                self.transport.carry(&letter, parcel).await
            }
        }
    }
}

impl Transport {
    async fn carry(&self, letter: &Letter, parcel: &Parcel) -> Result<(), Trouble> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter).await,
            Self::Memory(memory) => {
                let text = String::from_utf8_lossy(&letter.bytes).into_owned();
                memory.0.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                Ok(())
            }
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), parcel.message.clone());
                let bytes = letter.bytes.clone();
                let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
                let written = written.map_err(anyhow::Error::from).and_then(|written| Ok(written?));
                written.map_err(|error| Trouble::of_ours(error.context("write the mail into its folder")))
            }
            Self::Absent => Err(Trouble {
                sentence: "no mail is set up here: set mail.host or mail.folder in the settings".to_owned(),
                meaning: Meaning::NotArrived,
            }),
        }
    }

    /// Whether mail can leave at all.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// A file appears whole; written again it is the same one.
fn write(folder: &std::path::Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (fresh, file) = (folder.join(format!(".{name}.new")), folder.join(format!("{name}.eml")));
    std::fs::write(&fresh, bytes)?;
    std::fs::rename(&fresh, &file)
}

impl Trouble {
    /// Something of ours broke; the log has the chain.
    fn of_ours(error: anyhow::Error) -> Self {
        let reference = crate::failure::logged(&error);
        let sentence = format!("it could not be written (reference {reference} in the log)");
        Self { sentence, meaning: Meaning::NotArrived }
    }
}

impl Drained {
    fn count(&mut self, parcel: &Parcel, outcome: &Outcome) {
        let subscription = parcel.subscription.id.0;
        match outcome {
            Outcome::Sent => {
                self.sent += 1;
                tracing::info!(subscription, parcel = parcel.id, repeated = parcel.repeated, "sent");
            }
            Outcome::Failed { .. } => {
                self.failed += 1;
                tracing::warn!(
                    subscription,
                    parcel = parcel.id,
                    "not sent; its page says why, and when next"
                );
            }
            Outcome::Refused { .. } => {
                self.refused += 1;
                tracing::warn!(subscription, parcel = parcel.id, "refused for good; its page says why");
            }
        }
    }
}
