//! Times full pages of search results (ten best with snippets, facets, counts, groups) in process over real needs, beside
//! SQLite FTS5 (ten best with snippets, count) over the same texts in the same run.
//!
//! `cargo run --release --example search_latency -- [CORPUS] [NEEDS]`; without arguments the folders beside the project.
//! The last line is `name=value` pairs.

#[path = "measure/fts5.rs"]
mod fts5;
#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;

use std::path::PathBuf;
use std::time::Instant;

use crawler::import::import;
use index::answer::Window;
use index::knowledge::Knowledge;
use index::query::parse;

/// Needs that the peer is asked: it is slower by far, and a share gives the same percentiles.
const PEER_EVERY: usize = 10;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let argument =
        |at, default: &str| PathBuf::from(std::env::args().nth(at).unwrap_or_else(|| default.to_owned()));
    let corpus = argument(1, "../shared/data/corpus");
    let needs = argument(2, "../shared/data/relevance/dev");
    let data = tempfile::tempdir()?;
    let knowledge = Knowledge::open(data.path()).await?;
    import(&knowledge, &corpus, machine::cores(), web::schedule::now(), &|_| {}).await?;

    let queries = std::fs::read_to_string(needs.join("queries.tsv"))?;
    let queries: Vec<(&str, &str)> =
        queries.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    let mut all = Vec::new();
    for variant in ["-k", "-s"] {
        let mut times = Vec::new();
        let mut refused = 0;
        for (_, text) in queries.iter().filter(|(id, _)| id.ends_with(variant)) {
            // What a person pastes from a document may hold what the language reads as a field; it is then quoted less.
            let Ok(query) = parse(text).or_else(|_| parse(&text.replace([':', '"', '(', ')', '-'], " ")))
            else {
                refused += 1;
                continue;
            };
            let began = Instant::now();
            knowledge.search(&query, &Window::default()).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        all.extend(&times);
        say(if variant == "-k" { "words" } else { "sentences" }, &mut times);
        if refused > 0 {
            println!("  {refused} were not understood as queries");
        }
    }
    for (name, typed) in [
        ("one word", "overflow"),
        ("two words", "heap overflow"),
        ("phrase", "\"use after free\""),
        ("identifier", "CVE-2023-44487"),
        ("filter alone", "severity:critical after:2024"),
    ] {
        let query = parse(typed)?;
        let mut times = Vec::new();
        for _ in 0..200 {
            let began = Instant::now();
            knowledge.search(&query, &Window::default()).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        say(name, &mut times);
    }

    let peer = tempfile::tempdir()?;
    let pool = fts5::fill(peer.path(), &fts5::texts(data.path()).await?).await?;
    let mut peer_times = Vec::new();
    for (_, text) in queries.iter().step_by(PEER_EVERY) {
        let began = Instant::now();
        fts5::search(&pool, text).await?;
        peer_times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    say("FTS5, words and sentences", &mut peer_times);
    all.sort_by(f64::total_cmp);
    println!(
        "p50_ms={:.2} p99_ms={:.2} fts5_p50_ms={:.2} fts5_p99_ms={:.2}",
        machine::percentile(&all, 0.5),
        machine::percentile(&all, 0.99),
        machine::percentile(&peer_times, 0.5),
        machine::percentile(&peer_times, 0.99),
    );
    Ok(())
}

fn say(name: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    println!(
        "{name}: {} asked, p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, worst {:.2} ms",
        times.len(),
        machine::percentile(times, 0.5),
        machine::percentile(times, 0.9),
        machine::percentile(times, 0.99),
        times.last().copied().unwrap_or(0.0)
    );
}
