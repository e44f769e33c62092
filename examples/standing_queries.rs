//! Times 10,000 standing queries against 1,000 new entries: everything from reading what is new to the noted deliveries,
//! beside plainly asking the same queries again of the whole search index.
//!
//! `cargo run --release --example standing_queries -- CORPUS`; without an argument the folder beside the project. The
//! corpus is the record to begin with; queries are made from its titles, and the new entries from its texts. The last
//! line is `name=value` pairs.

#[expect(dead_code, reason = "this example only reads the texts")]
#[path = "measure/fts5.rs"]
mod fts5;
#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crawler::import::import;
use index::answer::{Order, Window};
use index::knowledge::Knowledge;
use index::query::parse;
use index::subscription::rhythm::Rhythm;
use index::subscription::{NothingNew, Recipient, Wanted, Watch};

/// Standing queries.
const QUERIES: usize = 10_000;

/// New entries.
const ENTRIES: usize = 1_000;

/// Of the queries, so many are asked again plainly: each is as slow as the others.
const PEER_EVERY: usize = 10;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let corpus = std::env::args().nth(1).unwrap_or_else(|| "../shared/data/corpus".to_owned());
    let (data, fresh) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let knowledge = Knowledge::open(data.path()).await?;
    let now = web::schedule::now();
    import(&knowledge, &PathBuf::from(corpus), machine::cores(), now, &|_| {}).await?;
    knowledge.match_new(now).await?;
    let texts = fts5::texts(data.path()).await?;
    let queries = queries(&texts);
    println!("{} entries recorded, {} standing queries", texts.len(), queries.len());
    for typed in &queries {
        let made = knowledge.subscribe(wanted(typed), true, now).await?;
        made.map_err(|mistake| anyhow::anyhow!("subscribe to {typed}: {mistake}"))?;
    }
    write(fresh.path(), &texts)?;
    let imported = import(&knowledge, fresh.path(), machine::cores(), now, &|_| {}).await?.total();
    anyhow::ensure!(imported.new as usize == ENTRIES, "{} of {ENTRIES} are new", imported.new);

    let began = Instant::now();
    let deliveries = knowledge.match_new(now).await?;
    let seconds = began.elapsed().as_secs_f64();

    let window = Window { order: Order::Newest, size: 50, grouped: false, ..Window::default() };
    let began = Instant::now();
    for typed in queries.iter().step_by(PEER_EVERY) {
        knowledge.search(&parse(typed)?, &window).await?;
    }
    let again = began.elapsed().as_secs_f64() * PEER_EVERY as f64;
    println!("{deliveries} deliveries noted; asking every query again plainly would take {again:.1} s");
    println!(
        "queries={} entries={ENTRIES} deliveries={deliveries} rerun_seconds={again:.2} seconds={seconds:.3}",
        queries.len()
    );
    Ok(())
}

fn wanted(typed: &str) -> Wanted {
    Wanted {
        name: "measured".to_owned(),
        watch: Watch::entries(typed),
        recipient: Recipient::mail("measured@example.com"),
        rhythm: Rhythm::default(),
        every_change: false,
        nothing_new: NothingNew::Daily,
    }
}

/// Different queries as people would save them, from the words of titles: each is about one thing, as a subscription is.
fn queries(texts: &[(String, String)]) -> Vec<String> {
    let mut queries = std::collections::BTreeSet::new();
    let step = (texts.len() / (QUERIES * 2)).max(1);
    for (number, (title, _)) in texts.iter().step_by(step).chain(texts).enumerate() {
        if queries.len() == QUERIES {
            break;
        }
        let words: Vec<&str> = title
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| word.len() > 3 && !matches!(*word, "AND" | "NOT"))
            .collect();
        let [first, second, third, .., last] = words.as_slice() else { continue };
        let typed = match number % 6 {
            0 => format!("{first} {second} {last}"),
            1 => format!("product:{first} \"{second} {third}\" severity:>=high"),
            2 => format!("\"{first} {second} {third}\""),
            3 => format!("{third} {last} -{second} after:2020"),
            4 => format!("product:{first} -fixed:1.2.{number} {third}"),
            _ => format!("(\"{first} {second}\" OR \"{third} {last}\") kind:advisory"),
        };
        if parse(&typed).is_ok() {
            queries.insert(typed);
        }
    }
    queries.into_iter().collect()
}

/// New documents in OSV's form with the titles and texts of old ones.
fn write(folder: &Path, texts: &[(String, String)]) -> anyhow::Result<()> {
    let step = (texts.len() / ENTRIES).max(1);
    for (number, (title, body)) in texts.iter().step_by(step).cycle().take(ENTRIES).enumerate() {
        let document = serde_json::json!({
            "schema_version": "1.6.0",
            "id": format!("NEW-2026-{number:05}"),
            "modified": "2026-11-24T00:00:00Z",
            "summary": title,
            "details": body,
            "affected": [],
        });
        std::fs::write(folder.join(format!("{number:05}.json")), document.to_string())?;
    }
    Ok(())
}
