//! The head of an entry as every list shows it.

use index::answer::Card;
use jiff::Timestamp;

use crate::moment::Moment;
use crate::parts::affected::AffectedLine;
use crate::parts::exploitation::ExploitationLine;
use crate::parts::sign::{Sign, standing};
use crate::words;

/// Identifiers named at most; the rest is counted.
const IDENTIFIERS: usize = 6;

/// Lines of products at most; the rest is counted.
const PRODUCTS: usize = 3;

/// The head of an entry in words.
#[derive(Clone, Debug)]
pub(crate) struct CardLine {
    /// Its page.
    pub(crate) address: String,
    /// What sort of thing it is.
    pub(crate) kind: &'static str,
    /// Title.
    pub(crate) title: String,
    /// Name of the vendor or publisher; empty where unknown.
    pub(crate) vendor: String,
    /// The search for everything of that vendor.
    pub(crate) vendor_address: String,
    /// Name of the source.
    pub(crate) source: String,
    /// Page of the source.
    pub(crate) source_address: String,
    /// On whose ground it speaks.
    pub(crate) standing: &'static str,
    /// When the source says it was published.
    pub(crate) published: Option<Moment>,
    /// When it was first seen here.
    pub(crate) first_seen: Moment,
    /// When its newest revision was seen, where there is more than one.
    pub(crate) revised: Option<Moment>,
    /// How bad.
    pub(crate) severity: Option<Sign>,
    /// What is unusual about its status.
    pub(crate) status: Option<Sign>,
    /// What lists state about its identifiers.
    pub(crate) exploitation: Vec<ExploitationLine>,
    /// The first few of its identifiers.
    pub(crate) identifiers: Vec<String>,
    /// How many more there are.
    pub(crate) more_identifiers: usize,
    /// The first few products.
    pub(crate) affected: Vec<AffectedLine>,
    /// How many more there are, in words; empty for none.
    pub(crate) more_affected: String,
}

impl CardLine {
    /// The head as it reads at `now`.
    pub(crate) fn of(card: &Card, now: Timestamp) -> Self {
        let mut affected = AffectedLine::heads(&card.affected);
        affected.truncate(PRODUCTS);
        let named: usize = affected.iter().map(|line| line.count).sum();
        let more = u64::from(card.affected_count).saturating_sub(named as u64);
        let vendor = card.vendor_name.clone().or_else(|| card.vendor.clone()).unwrap_or_default();
        Self {
            address: format!("/entries/{}", card.id.0),
            kind: card.kind.as_str(),
            title: card.title.clone(),
            vendor_address: words::search_address(&format!(
                "vendor:{}",
                card.vendor.as_deref().unwrap_or_default()
            )),
            vendor,
            source: card.source_name.clone(),
            source_address: words::page("/sources", &card.source),
            standing: standing(card.standing),
            published: card.published.map(|at| Moment::of(at, now)),
            first_seen: Moment::of(card.first_seen, now),
            revised: (card.revisions > 1).then(|| Moment::of(card.last_revised, now)),
            severity: card.severity.as_ref().map(Sign::severity),
            status: Sign::status(card.status),
            exploitation: ExploitationLine::of(card),
            more_identifiers: card.identifiers.len().saturating_sub(IDENTIFIERS),
            identifiers: card.identifiers.iter().take(IDENTIFIERS).cloned().collect(),
            more_affected: match more {
                0 => String::new(),
                more => format!("and {}", words::counted(more, "more product", "more products")),
            },
            affected,
        }
    }

    /// Heads of entries in their order.
    pub(crate) fn all(cards: &[Card], now: Timestamp) -> Vec<Self> {
        cards.iter().map(|card| Self::of(card, now)).collect()
    }
}
