//! Times a round over thousands of sources that are due at once, beside Scrapy doing the same work on the same server in the
//! same run: lists are fetched, every link is followed, title, date and text are taken by CSS selectors and kept with the page.
//!
//! `cargo run --release --example crawl_rate -- [SOURCES] [PYTHON]`; 10,000 sources unless told. `PYTHON` is an interpreter
//! that has Scrapy; without one, a virtual environment is made in a temporary folder and Scrapy comes from PyPI. The server
//! is a process of its own with one thread, on loopback addresses alone. The last line is `name=value` pairs.

#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;
#[path = "measure/pages.rs"]
mod pages;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use crawler::fetch::{Door, Politeness};
use crawler::round::{Crawl, round};
use index::knowledge::Knowledge;
use index::source::{Kind, Source, Standing};

/// Items of every list.
const ITEMS: usize = 3;

/// Requests to one host, and to all, that both sides may have under way.
const PER_HOST: usize = 8;
const IN_ALL: usize = 64;

fn main() -> anyhow::Result<()> {
    let argument = |at| std::env::args().nth(at);
    if argument(1).as_deref() == Some(pages::SERVE) {
        return pages::serve(argument(2).context("be told how many items a list has")?.parse()?);
    }
    let sources: usize = argument(1).map_or(Ok(10_000), |number| number.parse()).context("read SOURCES")?;
    let folder = tempfile::tempdir()?;
    let served = pages::start(ITEMS)?;
    let (pages, seconds, cpu) = ours(folder.path(), served.port, sources)?;
    let peak = machine::peak_memory_mb();
    println!("forewarn  {pages:>7} pages  {seconds:>7.1} s  {cpu:>7.1} s of the processor  {peak:>6.0} MB");
    let python = match argument(2) {
        Some(python) => PathBuf::from(python),
        None => environment(folder.path())?,
    };
    let peer = scrapy(&python, folder.path(), served.port, sources)?;
    let number =
        |name: &str| peer.get(name).and_then(serde_json::Value::as_f64).context("read what Scrapy said");
    let (peer_pages, peer_cpu) = (number("pages")?, number("cpu_seconds")?);
    println!(
        "scrapy    {peer_pages:>7} pages  {:>7}    {peer_cpu:>7.1} s of the processor  {:>6.0} MB",
        "",
        number("peak_memory_mb")?
    );
    ensure!(peer_pages as u64 == pages, "compare unlike work: {pages} pages here, {peer_pages} there");
    println!(
        "sources={sources} pages={pages} pages_per_core_second={:.0} scrapy_pages_per_core_second={:.0} peak_memory_mb={peak:.0}",
        pages as f64 / cpu,
        peer_pages / peer_cpu
    );
    Ok(())
}

/// One round of ours over a fresh record; answers how many pages were fetched, in how many seconds, and how many of the
/// processor. That the sources were described before does not count; that the index has followed does.
fn ours(folder: &Path, port: u16, sources: usize) -> anyhow::Result<(u64, f64, f64)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let knowledge = Knowledge::open(&folder.join("forewarn")).await?;
        let now = web::schedule::now();
        for number in 0..sources {
            knowledge.add_source(&source(port, number), now).await?;
        }
        let politeness = Politeness {
            host_interval: Duration::ZERO,
            host_connections: PER_HOST,
            connections: IN_ALL,
            ..Politeness::default()
        };
        let crawl = Crawl {
            knowledge: knowledge.clone(),
            door: Door::new(politeness)?,
            clock: web::schedule::now,
            holder: "crawl_rate".to_owned(),
            patience: Duration::from_mins(10),
            together: IN_ALL,
            canary: None,
        };
        let (began, before) = (Instant::now(), cpu_seconds());
        let ended = round(&crawl, &|turn| {
            if let Some(failure) = &turn.end.failure {
                println!("{}: {failure}", turn.source);
            }
        })
        .await?;
        let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - before);
        ensure!(ended.failed == 0 && ended.sources as usize == sources, "read every source: {ended:?}");
        ensure!(ended.recorded.new as usize == sources * ITEMS, "record every notice: {ended:?}");
        let totals = knowledge.totals().await?;
        ensure!(totals.behind == 0, "let the index follow: {totals:?}");
        knowledge.close().await;
        let fresh = crawl.door.tally().into_iter().find(|(outcome, _)| *outcome == "fresh");
        Ok((fresh.map_or(0, |(_, count)| count), seconds, cpu))
    })
}

fn source(port: u16, number: usize) -> Source {
    Source {
        slug: format!("vendor-{number}"),
        name: format!("Vendor {number}"),
        vendor: None,
        kind: Kind::Page,
        address: pages::address(port, number),
        standing: Standing::ThirdParty,
        every_minutes: 1440,
        private_network: true,
        options: serde_json::json!({
            "item": "tr.notice", "link": "a", "title": "a", "date": "time", "body": "div.body",
            "detail_title": "h1", "detail_date": "time"
        }),
    }
}

/// A virtual environment with Scrapy.
fn environment(folder: &Path) -> anyhow::Result<PathBuf> {
    let venv = folder.join("venv");
    let run = |command: &mut Command| {
        let status = command.status().context("make a virtual environment")?;
        ensure!(status.success(), "make a virtual environment with Scrapy: {status}");
        Ok(())
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "scrapy"]))?;
    Ok(venv.join("bin/python"))
}

/// Scrapy over the same sources; answers what its last line says.
fn scrapy(python: &Path, folder: &Path, port: u16, sources: usize) -> anyhow::Result<serde_json::Value> {
    let spider = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/measure/spider.py");
    let mut command = Command::new(python);
    command.args(["-m", "scrapy", "runspider"]).arg(spider).args(["--loglevel", "ERROR"]);
    for (name, value) in [
        ("CONCURRENT_REQUESTS", IN_ALL.to_string()),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", PER_HOST.to_string()),
        ("DOWNLOAD_DELAY", "0".to_owned()),
        ("ROBOTSTXT_OBEY", "True".to_owned()),
        ("ITEM_PIPELINES", r#"{"spider.Keep": 300}"#.to_owned()),
        ("TELNETCONSOLE_ENABLED", "False".to_owned()),
    ] {
        command.arg("-s").arg(format!("{name}={value}"));
    }
    for (name, value) in [
        ("port", port.to_string()),
        ("sources", sources.to_string()),
        ("hosts", pages::HOSTS.to_string()),
        ("record", folder.join("scrapy.sqlite").display().to_string()),
    ] {
        command.arg("-a").arg(format!("{name}={value}"));
    }
    let output = command.current_dir(folder).output().context("run Scrapy")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().rev().find(|line| line.starts_with('{'));
    let trouble = || format!("hear from Scrapy: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(last.with_context(trouble)?).context("read what Scrapy said")
}

/// Seconds of the processor that this process has used so far, threads and system included (`/proc/self/stat` of Linux).
fn cpu_seconds() -> f64 {
    /// Ticks a second, on every Linux that this is built for.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let field = |at| after.split(' ').nth(at).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0);
    (field(11) + field(12)) / TICKS
}
