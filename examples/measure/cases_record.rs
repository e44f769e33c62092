//! The documents of key cases and traps, recorded as entries of a vendor's sources.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use crawler::clean;
use index::answer::{Order, Window};
use index::entry::{Draft, EntryId, Evidence, Kind, Role, Statement};
use index::knowledge::Knowledge;
use index::prepare::prepare;
use index::query::Query;
use index::source::{self, Source, Standing};
use index::vendor::{Vendor, slug};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cases::{Case, Trap};

/// Which entry each document became.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) entries: HashMap<(String, String), EntryId>,
    pub(crate) names: HashMap<EntryId, String>,
}

impl Recorded {
    pub(crate) fn entry(&self, case: &str, document: &str) -> Option<EntryId> {
        self.entries.get(&(case.to_owned(), document.to_owned())).copied()
    }
}

/// One text with what is stated of it.
struct Said<'a> {
    case: &'a str,
    name: &'a str,
    vendor: &'a str,
    address: Option<&'a str>,
    standing: Standing,
    account: Option<Role>,
    dated: Option<Timestamp>,
    text: String,
}

/// Records everything, and answers which entry is which document.
pub(crate) async fn record(
    knowledge: &Knowledge,
    cases: &[Case],
    traps: &[Trap],
    now: Timestamp,
) -> anyhow::Result<Recorded> {
    let mut domains: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in cases {
        domains.entry(&case.vendor).or_default().extend(case.vendor_domains.iter().cloned());
    }
    for trap in traps {
        domains.entry(&trap.vendor).or_default();
    }
    for (name, domains) in domains {
        let vendor = Vendor { slug: slug(name), name: name.to_owned(), domains, contacts: Vec::new() };
        knowledge.learn_vendor(&vendor).await?;
    }
    for case in cases {
        for document in &case.documents {
            let path = case.folder.join(&document.file);
            let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
            let (standing, account) = speaker(&document.standing, document.author_role.as_deref());
            let said = Said {
                case: &case.id,
                name: &document.file,
                vendor: &case.vendor,
                address: document.url.as_deref(),
                standing,
                account,
                dated: document.date.as_deref().and_then(date),
                text: String::from_utf8_lossy(&bytes).into_owned(),
            };
            add(knowledge, said, now).await?;
        }
    }
    for trap in traps {
        let (standing, account) = speaker(&trap.document.standing, Some(&trap.document.author_role));
        let said = Said {
            case: "traps",
            name: &trap.id,
            vendor: &trap.vendor,
            address: Some(&trap.document.url),
            standing,
            account,
            dated: None,
            text: trap.document.text.clone(),
        };
        add(knowledge, said, now).await?;
    }
    knowledge.follow().await?;
    recorded(knowledge).await
}

/// On whose ground a document stands, and what the platform says of its author.
fn speaker(standing: &str, role: Option<&str>) -> (Standing, Option<Role>) {
    let standing = Standing::from_word(standing).unwrap_or_default();
    match role {
        Some("partner") => (Standing::Partner, None),
        Some("staff") => (standing, Some(Role::Staff)),
        Some("user") => (standing, Some(Role::Member)),
        Some("vendor") | None => (standing, None),
        // What anybody else says in a place of the vendor is said by an account without a mark.
        Some(_) if standing == Standing::ThirdParty => (standing, None),
        Some(_) => (standing, Some(Role::Unknown)),
    }
}

/// The first day of what a date names: a day, a month or a year, with words behind it perhaps.
fn date(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(|letter: char| !letter.is_ascii_digit());
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let mut next = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(1_i8);
    let (month, day) = (next(), next());
    let date = Date::new(year, month, day).or_else(|_| Date::new(year, 1, 1)).ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

async fn add(knowledge: &Knowledge, said: Said<'_>, now: Timestamp) -> anyhow::Result<()> {
    let owner = (said.standing != Standing::ThirdParty).then(|| slug(said.vendor));
    let source = Source {
        slug: format!("{}-{}", slug(said.case), said.standing.as_str()),
        name: format!("{}, {}", said.case, said.standing.as_str()),
        vendor: owner,
        kind: source::Kind::Folder,
        address: said.case.to_owned(),
        standing: said.standing,
        every_minutes: 0,
        private_network: false,
        options: serde_json::Value::Null,
    };
    knowledge.add_source(&source, now).await?;
    let text =
        if said.name.ends_with(".md") { clean::markdown(&said.text) } else { clean::plain(&said.text) };
    let title =
        text.as_str().lines().find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or(said.name);
    let title = clean::line(title);
    let (text, posts) = match said.account {
        None => (text, Vec::new()),
        Some(role) => clean::thread(vec![clean::Message {
            native_id: "1".to_owned(),
            author: "author".to_owned(),
            role,
            at: said.dated,
            edited: None,
            text,
        }]),
    };
    let draft = Draft {
        native_id: format!("{}/{}", said.case, said.name),
        kind: if posts.is_empty() { Kind::Notice } else { Kind::Thread },
        link: said.address.map(str::to_owned),
        statement: Statement { title, text, posts, published: said.dated, ..Statement::default() },
        evidence: Evidence { media_type: "text/plain".to_owned(), bytes: said.text.into_bytes() },
    };
    let prepared = prepare(draft, &source.slug)?;
    knowledge.record(&source.slug, &[prepared], now).await?;
    Ok(())
}

/// Reads back which entry each document became.
async fn recorded(knowledge: &Knowledge) -> anyhow::Result<Recorded> {
    let mut recorded = Recorded::default();
    for from in (0..).step_by(100) {
        let window = Window { from, size: 100, order: Order::Oldest, grouped: false, ..Window::default() };
        let hits = knowledge.search(&Query::All, &window).await?.hits;
        let last = hits.len() < 100;
        for hit in hits {
            let Some(view) = knowledge.entry(hit.card.id, None).await? else { continue };
            let Some((case, document)) = view.native_id.split_once('/') else { continue };
            recorded.entries.insert((case.to_owned(), document.to_owned()), hit.card.id);
            recorded.names.insert(hit.card.id, view.native_id.clone());
        }
        if last {
            break;
        }
    }
    Ok(recorded)
}
