//! What the house itself says about keys, as entries: a change that the ledger noted, a verdict that became another one, a
//! decision of a person. So they are searched, watched and mailed like anything else.
//!
//! Names on keys are strangers' texts and are cleaned here like all others. What is said here is never evidence about a key.
//! A change is marked as told after it was recorded: at worst it is recorded twice, which is once.

use index::entry::{Draft, Evidence, Kind, Statement};
use index::keys::HOUSE;
use index::keys::change::Change;
use index::keys::judged::Became;
use index::knowledge::Knowledge;
use index::prepare::prepare;
use index::source::{Kind as SourceKind, Source, Standing};
use index::vendor::slug;
use jiff::Timestamp;

use crate::clean;

/// Changes that are told at a time.
const SOME: u32 = 200;
/// Characters of a key's name in a title.
const LONGEST_NAME: usize = 80;

/// Something that the house says.
#[derive(Clone, Debug)]
pub struct Said {
    /// What tells it from everything else that the house says.
    pub id: String,
    /// The title, as plain text.
    pub title: String,
    /// The text, in Markdown; strangers' words in it must be lines of their own.
    pub text: String,
    /// The vendor that it concerns, by a name that leads to its short one.
    pub vendor: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

/// Records what the house says.
///
/// # Errors
/// When the record cannot be written.
pub async fn say(knowledge: &Knowledge, said: &[Said], now: Timestamp) -> anyhow::Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    if knowledge.source(HOUSE).await?.is_none() {
        knowledge.add_source(&house(), now).await?;
    }
    let prepared: Vec<_> =
        said.iter().map(|one| prepare(draft(one), HOUSE)).collect::<anyhow::Result<_>>()?;
    knowledge.record(HOUSE, &prepared, now).await?;
    Ok(())
}

/// Says every change of a key that was not said yet; answers how many.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn tell(knowledge: &Knowledge, now: Timestamp) -> anyhow::Result<u32> {
    let mut told = 0;
    loop {
        let changes = knowledge.untold_changes(SOME).await?;
        if changes.is_empty() {
            return Ok(told);
        }
        let mut said = Vec::with_capacity(changes.len());
        for change in &changes {
            let vendor = match &change.vendor {
                Some(slug) => knowledge.vendor(slug).await?.map(|view| view.vendor.name),
                None => None,
            };
            said.push(changed(change, vendor.as_deref()));
        }
        say(knowledge, &said, now).await?;
        let ids: Vec<i64> = changes.iter().map(|change| change.id).collect();
        knowledge.told_changes(&ids).await?;
        told += u32::try_from(ids.len()).unwrap_or(u32::MAX);
    }
}

/// Judges a package, and says which verdicts on it became others: it may have arrived before.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn judge(knowledge: &Knowledge, digest: &str, now: Timestamp) -> anyhow::Result<()> {
    let became = knowledge.judge_package(digest, now).await?;
    let said: Vec<Said> = became.iter().map(|one| rejudged(one, now)).collect();
    say(knowledge, &said, now).await
}

/// Judges again what arrived, and says which verdicts became others; answers how many.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn judge_again(knowledge: &Knowledge, now: Timestamp) -> anyhow::Result<u32> {
    let became = knowledge.judge_again(now).await?;
    let said: Vec<Said> = became.iter().map(|one| rejudged(one, now)).collect();
    say(knowledge, &said, now).await?;
    Ok(u32::try_from(said.len()).unwrap_or(u32::MAX))
}

fn rejudged(became: &Became, now: Timestamp) -> Said {
    let line = |text: &str| clean::line(text).into_string();
    let Became { package, name, signer, before } = became;
    let (name, state) = (line(name), signer.latest.key.shown());
    let key = signer.key.map_or_else(|| line(&signer.called), |key| key.grouped());
    let mut lines = vec![
        format!("- Package: {name}"),
        format!("- SHA-256: {package}"),
        format!("- Key: {key}"),
        format!("- Key state: {state}; before: {}; on arrival: {}", before.shown(), signer.first.key.shown()),
        format!("- Why: {}", line(&signer.latest.reason)),
    ];
    if let Some(best) = &signer.latest.best {
        lines.push(format!("- Best evidence, {}: {}", signer.latest.evidence.as_str(), line(&best.title)));
        lines.push(format!("- Quote: {}", line(&best.quote)));
    }
    Said {
        id: format!("verdict/{package}/{}/{}", signer.signature, now.as_millisecond()),
        title: format!("{name}: the key that signed it is now {state}"),
        text: lines.join("\n"),
        vendor: signer.vendor.clone(),
        at: now,
    }
}

fn house() -> Source {
    Source {
        slug: HOUSE.to_owned(),
        name: "The ledger of this house".to_owned(),
        vendor: None,
        kind: SourceKind::Folder,
        address: String::new(),
        standing: Standing::ThirdParty,
        every_minutes: 0,
        private_network: false,
        options: serde_json::Value::Null,
    }
}

fn draft(said: &Said) -> Draft {
    let statement = Statement {
        title: clean::line(&said.title),
        text: clean::plain(&said.text),
        publisher: said.vendor.clone(),
        published: Some(said.at),
        ..Statement::default()
    };
    Draft {
        native_id: said.id.clone(),
        kind: Kind::Notice,
        link: None,
        statement,
        evidence: Evidence { media_type: "text/plain".to_owned(), bytes: said.text.clone().into_bytes() },
    }
}

fn changed(change: &Change, vendor: Option<&str>) -> Said {
    let line = |text: &str| clean::line(text).into_string();
    let name: String =
        change.name.as_deref().map(line).unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let whose = vendor.map(|name| format!("{}: ", line(name))).unwrap_or_default();
    let called = if name.is_empty() { "a key".to_owned() } else { format!("the key \"{name}\"") };
    let mut lines = vec![
        format!("- Key: {}", change.fingerprint.grouped()),
        format!("- What: it {}", change.what.called()),
    ];
    if !change.detail.is_empty() {
        lines.push(format!("- How: {}", line(&change.detail)));
    }
    lines.extend(change.related.iter().map(|key| format!("- Beside it: {}", key.grouped())));
    lines.push(format!("- Noticed at: {}", line(&change.place)));
    lines.push("- Whether the vendor announced it is told on the key's page.".to_owned());
    Said {
        id: format!("change/{}", change.id),
        title: format!("{whose}{called} {}", change.what.called()),
        text: lines.join("\n"),
        vendor: match (vendor, &change.vendor) {
            (Some(name), Some(short)) if slug(name) == *short => Some(name.to_owned()),
            (_, short) => short.clone(),
        },
        at: change.first_at,
    }
}
