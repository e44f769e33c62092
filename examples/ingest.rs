//! Imports a folder of real advisories into a fresh record and search index, and says how fast that was, beside plain
//! SQLite FTS5 fed with the same texts in the same run.
//!
//! `cargo run --release --example ingest -- FOLDER`. The last line is `name=value` pairs.

#[expect(dead_code, reason = "this example only fills the peer")]
#[path = "measure/fts5.rs"]
mod fts5;
#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;

use std::path::PathBuf;
use std::time::Instant;

use crawler::import::import;
use index::knowledge::Knowledge;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the first argument is a folder of documents"));
    let data = tempfile::tempdir()?;
    let knowledge = Knowledge::open(data.path()).await?;
    let now = web::schedule::now();

    let began = Instant::now();
    let imported = import(&knowledge, &folder, machine::cores(), now, &|_| {}).await?;
    let seconds = began.elapsed().as_secs_f64();
    let peak = machine::peak_memory_mb();
    let total = imported.total();

    for (source, counts) in &imported.sources {
        println!("{source}: {} new, {} revised, {} known", counts.new, counts.revised, counts.known);
    }
    for (reason, files) in &imported.skipped {
        println!("skipped {files}: {reason}");
    }
    for (kind, trouble) in &imported.unread {
        println!(
            "unread {}: {kind}; such as {}",
            trouble.files,
            trouble.examples.first().map_or("", String::as_str)
        );
    }
    let texts = fts5::texts(data.path()).await?;
    let bytes: usize = texts.iter().map(|(title, body)| title.len() + body.len()).sum();
    println!(
        "{} documents in {seconds:.1} s: {:.0} documents/s, {:.1} MB/s of text; record {:.0} MB, search index {:.0} MB",
        total.new,
        total.new as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        machine::folder_mb(data.path(), |name| name.starts_with("record")),
        machine::folder_mb(&data.path().join("search"), |_| true),
    );

    let again = Instant::now();
    let repeated = import(&knowledge, &folder, machine::cores(), now, &|_| {}).await?.total();
    println!(
        "a second import: {} new, {} revised, {} known in {:.1} s",
        repeated.new,
        repeated.revised,
        repeated.known,
        again.elapsed().as_secs_f64()
    );

    let peer = tempfile::tempdir()?;
    let began = Instant::now();
    fts5::fill(peer.path(), &texts).await?;
    let fts5_seconds = began.elapsed().as_secs_f64();
    println!(
        "documents_per_second={:.0} peak_memory_mb={peak:.0} unparsed={} fts5_documents_per_second={:.0} \
         second_import_new={} second_import_revised={}",
        total.new as f64 / seconds,
        imported.unread(),
        texts.len() as f64 / fts5_seconds,
        repeated.new,
        repeated.revised,
    );
    Ok(())
}
