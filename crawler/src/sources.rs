//! Kinds of source: one file each. A reader fetches what its source has to say and brings it, draft by draft.
//!
//! Refuses to record anything, and to decide when to ask again; that is the round's business. Every reader gets an
//! [`Errand`] and leaves a failure through [`Trouble`], so that it stays with its source.

use index::enrichment::Fact;
use index::entry::Draft;
use index::health::Symptom;
use index::keys::sighting::{Place, Way};
use index::source::{Kind, Source};
use inspect::key::reading::Found;
use jiff::Timestamp;
use tokio::sync::mpsc;
use url::Url;

use crate::fetch::{Answer, Bearer, Disappointment, Door, Fetched, Reach, Request, Validators};
use crate::formats::Unreadable;
use crate::known;

// Channels on the network.
pub mod csaf;
pub mod cve;
pub mod discourse;
pub mod epss;
pub mod feed;
pub mod forum;
pub mod github;
pub mod kev;
pub mod keys;
pub mod lifecycle;
pub mod mail;
pub mod osv;
pub mod page;
pub mod status;

// The way in for local files.
pub mod folder;

// The proof that what arrives comes out.
pub mod canary;

/// One reading of one source.
pub struct Errand<'a> {
    /// The source that is read.
    pub source: &'a Source,
    /// The only way to the network.
    pub door: &'a Door,
    /// The moment of the round.
    pub now: Timestamp,
    /// What the reader left for itself last time, and leaves for next time (validators, cursors).
    pub memory: serde_json::Value,
    /// Where drafts go; waits when the record cannot follow.
    pub drafts: mpsc::Sender<Draft>,
    /// Documents seen so far.
    pub seen: u32,
    /// What was odd about single documents: the round goes on, and the source shows it.
    pub remarks: Vec<String>,
    /// What is wrong with the source although it could be read, as far as it has a word.
    pub symptom: Option<Symptom>,
    /// What the whole list says about identifiers, where the source is one.
    pub facts: Option<Vec<Fact>>,
    /// Places at which keys were looked for, and what was there.
    pub sights: Vec<(Place, Vec<Found>)>,
}

/// Why a reading ended early.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The network, or the far side.
    #[error(transparent)]
    Fetch(#[from] Disappointment),
    /// What came could not be read.
    #[error("read {what}: {why}")]
    Read {
        /// The address or file.
        what: String,
        /// What was wrong with it.
        why: Unreadable,
    },
    /// The server answers as if there were something, with a page that says that there is nothing.
    #[error("fetch {url}: the server answers with a page that stands for \"not found\"")]
    Absent {
        /// The address.
        url: String,
    },
    /// The source's own settings do not fit; a person must act.
    #[error("{0}")]
    Settings(String),
    /// The program is stopping.
    #[error("finish the round: the program is stopping")]
    Stopping,
}

/// Reads a source as its kind is read.
///
/// # Errors
/// Whatever ended the reading early.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    match errand.source.kind {
        Kind::Feed => feed::read(errand).await,
        Kind::Csaf => csaf::read(errand).await,
        Kind::Osv => osv::read(errand).await,
        Kind::Cve => cve::read(errand).await,
        Kind::Page => page::read(errand).await,
        Kind::Discourse => discourse::read(errand).await,
        Kind::Forum => forum::read(errand).await,
        Kind::Github => github::read(errand).await,
        Kind::Status => status::read(errand).await,
        Kind::Keys => keys::read(errand).await,
        Kind::Lifecycle => lifecycle::read(errand).await,
        Kind::Mail => mail::read(errand).await,
        Kind::Kev => kev::read(errand).await,
        Kind::Epss => epss::read(errand).await,
        Kind::Folder => folder::read_source(errand).await,
        Kind::Canary => canary::read(errand).await,
        // People speak here by themselves; there is nothing to ask.
        Kind::House => Ok(()),
    }
}

/// Remarks kept of one round; more are counted only.
const REMARKS: usize = 50;

impl Errand<'_> {
    /// Hands over a draft.
    ///
    /// # Errors
    /// [`Trouble::Stopping`] when nobody takes drafts any more.
    pub async fn bring(&mut self, draft: Draft) -> Result<(), Trouble> {
        self.seen += 1;
        self.drafts.send(draft).await.map_err(|_| Trouble::Stopping)
    }

    /// Notes which keys were at an address of the source.
    pub fn sight(&mut self, way: Way, address: &Url, found: Vec<Found>) {
        let place = Place {
            way,
            place: address.to_string(),
            source: Some(self.source.slug.clone()),
            vendor: self.source.vendor.clone(),
        };
        self.sights.push((place, found));
    }

    /// Notes something odd about one document.
    pub fn remark(&mut self, remark: impl Into<String>) {
        if self.remarks.len() < REMARKS {
            self.remarks.push(remark.into());
        }
    }

    /// Notes what is wrong with the source as a whole, although it could be read.
    pub fn doubt(&mut self, symptom: Symptom, sentence: String) {
        self.symptom = Some(symptom);
        self.remarks.insert(0, sentence);
    }

    /// Fetches an address with the source's reach.
    ///
    /// # Errors
    /// Whatever the door answers.
    pub async fn fetch(
        &self,
        url: Url,
        accept: &'static str,
        validators: Validators,
    ) -> Result<Answer, Trouble> {
        self.ask(url, accept, validators, None, None).await
    }

    /// Fetches an address with the source's reach and with a token.
    ///
    /// # Errors
    /// Whatever the door answers.
    pub async fn fetch_as(
        &self,
        url: Url,
        accept: &'static str,
        validators: Validators,
        bearer: Option<Bearer>,
    ) -> Result<Answer, Trouble> {
        self.ask(url, accept, validators, None, bearer).await
    }

    /// Fetches an address with the source's reach and with a largest answer of its own, in bytes.
    ///
    /// # Errors
    /// Whatever the door answers.
    pub async fn fetch_at_most(
        &self,
        max_bytes: Option<u64>,
        url: Url,
        accept: &'static str,
        validators: Validators,
    ) -> Result<Answer, Trouble> {
        self.ask(url, accept, validators, max_bytes, None).await
    }

    async fn ask(
        &self,
        url: Url,
        accept: &'static str,
        validators: Validators,
        max_bytes: Option<u64>,
        bearer: Option<Bearer>,
    ) -> Result<Answer, Trouble> {
        let reach = if self.source.private_network { Reach::Private } else { Reach::Public };
        let request = Request { url, reach, validators, accept, max_bytes, bearer };
        Ok(self.door.fetch(request, self.now).await?)
    }

    /// Fetches an address unconditionally.
    ///
    /// # Errors
    /// Whatever the door answers; a 304 to an unconditional request counts as a disappointment of the format.
    pub async fn fetch_fresh(&self, url: Url, accept: &'static str) -> Result<Fetched, Trouble> {
        match self.fetch(url.clone(), accept, Validators::default()).await? {
            Answer::Fresh(fetched) => Ok(fetched),
            Answer::Unchanged => Err(Trouble::Read {
                what: url.to_string(),
                why: Unreadable::new("unexpected answer", "\"not modified\" to a request without conditions"),
            }),
        }
    }

    /// The source's address as a URL.
    ///
    /// # Errors
    /// [`Trouble::Settings`] when it is none.
    pub fn address(&self) -> Result<Url, Trouble> {
        let address = &self.source.address;
        Url::parse(address)
            .map_err(|error| Trouble::Settings(format!("understand the address \"{address}\": {error}")))
    }
}

/// A source's options as its reader understands them; absent options are the defaults.
fn options<T: serde::de::DeserializeOwned + Default>(options: &serde_json::Value) -> Result<T, Trouble> {
    if options.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(options.clone())
        .map_err(|error| Trouble::Settings(misunderstood(&error.to_string())))
}

/// What to say of options that do not fit. serde names an unknown field and those that it knows between backticks.
fn misunderstood(error: &str) -> String {
    let mut named = error.split('`').skip(1).step_by(2);
    match named.next() {
        Some(key) if error.starts_with("unknown field") => {
            format!("understand the options: there is no option \"{key}\"{}", known::meant(key, named))
        }
        _ => format!("understand the options: {error}"),
    }
}

/// Whether a source's options are what its kind understands.
///
/// # Errors
/// [`Trouble::Settings`] with the option that does not fit, and the nearest one that there is.
pub fn check(source: &Source) -> Result<(), Trouble> {
    let given = &source.options;
    match source.kind {
        Kind::Feed => options::<feed::Options>(given).map(drop),
        Kind::Osv => options::<osv::Options>(given).map(drop),
        Kind::Page => options::<page::Options>(given).map(drop),
        Kind::Discourse => options::<discourse::Options>(given).map(drop),
        Kind::Cve => options::<cve::Options>(given).map(drop),
        Kind::Forum => options::<forum::Options>(given).map(drop),
        Kind::Github => options::<github::Options>(given).map(drop),
        Kind::Status => options::<status::Options>(given).map(drop),
        Kind::Keys => options::<keys::Options>(given).map(drop),
        Kind::Lifecycle => options::<lifecycle::Options>(given).map(drop),
        Kind::Mail => options::<mail::Options>(given).map(drop),
        Kind::Csaf | Kind::Kev | Kind::Epss | Kind::Folder | Kind::Canary | Kind::House => {
            options::<Nothing>(given).map(drop)
        }
    }
}

/// The options of a kind that has none.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What a reader leaves for itself, as the record keeps it.
fn remembered(memory: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(memory).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use index::source::{Kind, Source, Standing};

    fn check(kind: Kind, options: serde_json::Value, expected: &str) {
        let source = Source {
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            vendor: None,
            kind,
            address: "https://acme.example/".to_owned(),
            standing: Standing::ThirdParty,
            every_minutes: 60,
            private_network: false,
            options,
        };
        let said = super::check(&source).err().map(|trouble| trouble.to_string()).unwrap_or_default();
        assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{said}");
    }

    #[test]
    fn an_option_that_is_not_known_is_named_with_the_nearest() {
        check(Kind::Feed, serde_json::Value::Null, "");
        check(Kind::Feed, serde_json::json!({"follow": true}), "");
        check(
            Kind::Feed,
            serde_json::json!({"folow": true}),
            "no option \"folow\"; did you mean \"follow\"?",
        );
        check(Kind::Page, serde_json::json!({"itm": "li"}), "no option \"itm\"; did you mean \"item\"?");
        check(Kind::Csaf, serde_json::json!({"follow": true}), "no option \"follow\"");
        check(Kind::Osv, serde_json::json!({"ids": "many"}), "invalid type");
    }
}
