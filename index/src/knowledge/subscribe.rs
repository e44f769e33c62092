//! Subscriptions: made, confirmed, ended, and listed with what was sent.

use std::collections::HashSet;

use anyhow::Context as _;
use jiff::Timestamp;

use super::Knowledge;
use crate::answer::Card;
use crate::canary;
use crate::link::running::Runs;
use crate::outbox::{Backlog, Posted, State};
use crate::query::{self, Query};
use crate::store::outbox::Of;
use crate::store::subscription::Door;
use crate::store::{self, Connection};
use crate::subscription::ready::Ready;
use crate::subscription::rhythm::Rhythm;
use crate::subscription::{
    Mistake, NothingNew, Recipient, Standing, Subscription, SubscriptionId, Tokens, Wanted, Watch,
};

/// What was sent that a subscription's page shows.
const HISTORY: i64 = 50;

/// The newest entries of all among which those are sought that affect what runs here.
const LOOKED_THROUGH: usize = 2_000;

/// Entries in a feed.
const FEED: usize = 50;

/// What the subscription of whoever runs this installation is called.
const OPERATION: &str = "Forewarn itself";

impl Knowledge {
    /// Records a subscription. One by mail sends nothing until its address was confirmed, unless somebody vouches for
    /// it; the request to confirm is written with it.
    ///
    /// # Errors
    /// When the record cannot be written. What was asked for wrongly comes back as a [`Mistake`].
    pub async fn subscribe(
        &self,
        wanted: Wanted,
        vouched: bool,
        now: Timestamp,
    ) -> anyhow::Result<Result<SubscriptionId, Mistake>> {
        let wanted = match wanted.checked() {
            Ok(wanted) => wanted,
            Err(mistake) => return Ok(Err(mistake)),
        };
        if let Some(mistake) = self.cannot_watch(&wanted.watch).await? {
            return Ok(Err(mistake));
        }
        let asks = matches!(wanted.recipient, Recipient::Mail { .. }) && !vouched;
        let standing = if asks { Standing::Unconfirmed } else { Standing::Active };
        let tokens = Tokens { confirm: token()?, leave: token()?, feed: token()?, secret: token()? };
        let mut change = self.store.change().await?;
        let id = store::subscription::insert(&mut change, &wanted, standing, &tokens, now).await?;
        if asks {
            let address = wanted.recipient.address();
            store::outbox::insert(&mut change, id.0, None, address, &token()?, now).await?;
        }
        change.commit().await?;
        Ok(Ok(id))
    }

    /// Sees to it that whoever runs this installation is told at this address when sources fall silent, and gets the
    /// canary's entries as lines of a daily digest.
    ///
    /// # Errors
    /// When the record cannot be read or written, or the address is none.
    pub async fn tell_operator(&self, address: &str, now: Timestamp) -> anyhow::Result<SubscriptionId> {
        let recipient = Recipient::mail(address.trim());
        let told = store::subscription::list(self.store.reader()).await?;
        let same = |one: &&Subscription| one.wanted.recipient == recipient && one.wanted.name == OPERATION;
        if let Some(found) = told.iter().find(same) {
            return Ok(found.id);
        }
        let watch = Ready::Operator.watch("", "").context("watch what the operator must know")?;
        let wanted = Wanted {
            name: OPERATION.to_owned(),
            watch,
            recipient,
            rhythm: Rhythm::default(),
            every_change: true,
            nothing_new: NothingNew::Daily,
        };
        Ok(self.subscribe(wanted, true, now).await??)
    }

    /// Whether somebody is told of the canary.
    pub(super) async fn is_told_of_canary(&self) -> anyhow::Result<bool> {
        Ok(self.subscriptions().await?.iter().any(|one| one.wanted.watch.query == Some(canary::query())))
    }

    /// When a digest with an entry of the canary was last sent to anybody.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn canary_sent(&self) -> anyhow::Result<Option<Timestamp>> {
        Ok(store::moment(store::delivery::last_sent(self.store.reader(), canary::SLUG).await?))
    }

    /// Every subscription that was not removed, the newest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn subscriptions(&self) -> anyhow::Result<Vec<Subscription>> {
        store::subscription::list(self.store.reader()).await
    }

    /// One subscription with what was sent or has to be, the newest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn subscription(
        &self,
        id: SubscriptionId,
    ) -> anyhow::Result<Option<(Subscription, Vec<Posted>)>> {
        let pool = self.store.reader();
        let Some(found) = store::subscription::read(pool, id).await? else { return Ok(None) };
        let posted = store::outbox::history(pool, id.0, HISTORY).await?;
        Ok(Some((found, posted)))
    }

    /// The subscription whose address this token confirms.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn to_confirm(&self, token: &str) -> anyhow::Result<Option<Subscription>> {
        store::subscription::behind(self.store.reader(), Door::Confirm, token).await
    }

    /// The subscription that this token ends.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn to_leave(&self, token: &str) -> anyhow::Result<Option<Subscription>> {
        store::subscription::behind(self.store.reader(), Door::Leave, token).await
    }

    /// Confirms the address of a subscription; what is recorded from now on concerns it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn confirm(&self, token: &str, now: Timestamp) -> anyhow::Result<Option<Subscription>> {
        let Some(found) = self.to_confirm(token).await? else { return Ok(None) };
        if matches!(found.standing, Standing::Unconfirmed | Standing::Left) {
            let mut change = self.store.change().await?;
            store::subscription::activate(&mut change, &found, now).await?;
            change.commit().await?;
        }
        Ok(Some(found))
    }

    /// Ends a subscription by the word of whoever receives it. Ending it twice is ending it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn leave(&self, token: &str) -> anyhow::Result<Option<Subscription>> {
        let Some(found) = self.to_leave(token).await? else { return Ok(None) };
        let mut change = self.store.change().await?;
        self.end_subscription(&mut change, &found, Standing::Left, "the recipient ended it").await?;
        change.commit().await?;
        Ok(Some(found))
    }

    /// Removes a subscription; what was sent of it stays recorded. Answers whether there was one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn unsubscribe(&self, id: SubscriptionId) -> anyhow::Result<bool> {
        let found = store::subscription::read(self.store.reader(), id).await?;
        let Some(found) = found else { return Ok(false) };
        let mut change = self.store.change().await?;
        self.end_subscription(&mut change, &found, Standing::Removed, "the subscription was removed").await?;
        change.commit().await?;
        Ok(true)
    }

    async fn end_subscription(
        &self,
        connection: &mut Connection,
        found: &Subscription,
        standing: Standing,
        sentence: &str,
    ) -> anyhow::Result<()> {
        store::subscription::end(connection, found.id, standing).await?;
        store::delivery::forget(connection, found.id.0).await?;
        let of = Of::Subscription(found.id.0);
        Ok(store::outbox::drop_waiting(connection, of, State::Dropped, sentence).await?)
    }

    /// Sends to an address again that had refused for good, what it refused first. Answers whether it had.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn resume(&self, id: SubscriptionId, now: Timestamp) -> anyhow::Result<bool> {
        let found = store::subscription::read(self.store.reader(), id).await?;
        let Some(found) = found.filter(|found| found.sentence.is_some()) else {
            return Ok(false);
        };
        let mut change = self.store.change().await?;
        store::subscription::resume(&mut change, &found, now).await?;
        store::outbox::try_again(&mut change, id.0, now).await?;
        change.commit().await?;
        Ok(true)
    }

    /// The newest entries of a saved search, for whoever has the token of its feed.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn feed(
        &self,
        id: SubscriptionId,
        token: &str,
    ) -> anyhow::Result<Option<(Subscription, Vec<Card>)>> {
        let found = store::subscription::read(self.store.reader(), id).await?;
        let Some(found) = found.filter(|found| same(&found.tokens.feed, token)) else { return Ok(None) };
        let cards = self.newest_for(&found.wanted.watch, FEED).await?;
        Ok(Some((found, cards.into_iter().map(|(card, _)| card).collect())))
    }

    /// The newest entries of which a subscription that watches this would have told, each with its group. Of those that
    /// affect what runs here, the ones among the newest of all.
    pub(super) async fn newest_for(&self, watch: &Watch, count: usize) -> anyhow::Result<Vec<(Card, i64)>> {
        let mut cards = match watch.query.as_deref().map(query::parse) {
            Some(Ok(query)) => self.newest_of(&query, count).await?,
            // A query that no longer parses lets everything through; the title of a feed says so.
            Some(Err(_)) => self.newest_of(&Query::All, count).await?,
            None => Vec::new(),
        };
        let Some(environment) = &watch.estate else { return Ok(cards) };
        let newest = self.newest_of(&Query::All, LOOKED_THROUGH).await?;
        let ids: Vec<i64> = newest.iter().map(|(card, _)| card.id.0).collect();
        let concerned = self.concerned(&self.running().await?, &ids).await?;
        let is_there = |runs: &Runs| environment.is_empty() || runs.environment == *environment;
        let known: HashSet<i64> = cards.iter().map(|(card, _)| card.id.0).collect();
        cards.extend(newest.into_iter().filter(|(card, _)| {
            let runs = concerned.get(&card.id.0);
            !known.contains(&card.id.0) && runs.is_some_and(|runs| runs.iter().any(is_there))
        }));
        cards.truncate(count);
        Ok(cards)
    }

    /// Why what is to be watched cannot be: an environment that is not recorded.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn cannot_watch(&self, watch: &Watch) -> anyhow::Result<Option<Mistake>> {
        let Some(environment) = &watch.estate else { return Ok(None) };
        let known = self.environments().await?;
        let sentence = match known.as_slice() {
            [] => "nothing is known of what runs here: record an environment first (forewarn estate import)"
                .to_owned(),
            _ if environment.is_empty() || known.contains(environment) => return Ok(None),
            _ => format!(
                "there is no environment \u{201c}{environment}\u{201d}: there is {}",
                known.join(", ")
            ),
        };
        Ok(Some(Mistake::new("query", sentence)))
    }

    /// The newest entries that a standing query would have found, each with its group.
    async fn newest_of(&self, query: &Query, count: usize) -> anyhow::Result<Vec<(Card, i64)>> {
        let (search, asked) = (self.search.clone(), query.clone());
        let found = tokio::task::spawn_blocking(move || search.standing(&asked, count)).await??;
        let ids: Vec<i64> = found.best.iter().map(|best| best.entry as i64).collect();
        let mut cards = store::card::in_groups_of(self.store.reader(), &ids).await?;
        cards.retain(|(card, _)| ids.contains(&card.id.0));
        cards.sort_by_key(|(card, _)| ids.iter().position(|id| *id == card.id.0));
        Ok(cards)
    }

    /// A digest by the unguessable part of its address.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn digest(&self, token: &str) -> anyhow::Result<Option<crate::digest::Digest>> {
        store::digest::read(self.store.reader(), token).await
    }

    /// How the outbox is doing.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn backlog(&self) -> anyhow::Result<Backlog> {
        Ok(store::outbox::backlog(self.store.reader()).await?)
    }
}

/// Something that nobody guesses: 192 bits from the system.
pub(super) fn token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("draw a random number: {error}"))?;
    Ok(hex::encode(bytes))
}

/// Whether two tokens are the same; takes the same time wherever they differ.
fn same(held: &str, given: &str) -> bool {
    let differing = held.bytes().zip(given.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    held.len() == given.len() && std::hint::black_box(differing) == 0
}
