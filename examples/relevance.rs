//! Says how well search finds known items: of each need the place of the first document that answers it, among the
//! documents that its words were not taken from, each scored by itself.
//!
//! `cargo run --release --example relevance -- NEEDS [--corpus FOLDER] [--record FOLDER] [--numbers FILE]`. `NEEDS` is a
//! folder as `measure/needs.rs` describes; the corpus is imported into a fresh record, or the record of an earlier import is
//! asked. The last line is `name=value` pairs. With `--numbers` it writes down instead what ranking knows of the best entries
//! of each need, for `measure/learn.py`.

#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;
#[path = "measure/needs.rs"]
mod needs;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use crawler::import::import;
use index::answer::Window;
use index::entry::EntryId;
use index::knowledge::Knowledge;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// Places that are looked at.
const PLACES: usize = 10;

/// What the needs of one kind came to.
#[derive(Clone, Copy, Default)]
struct Tally {
    needs: u32,
    reciprocal: f64,
    first: u32,
    among: u32,
}

impl Tally {
    fn add(&mut self, place: Option<usize>) {
        self.needs += 1;
        if let Some(place) = place {
            self.reciprocal += 1.0 / (place + 1) as f64;
            self.first += u32::from(place == 0);
            self.among += 1;
        }
    }

    /// MRR@10, hit@1, hit@10.
    fn figures(&self) -> [f64; 3] {
        let needs = f64::from(self.needs.max(1));
        [self.reciprocal / needs, f64::from(self.first) / needs, f64::from(self.among) / needs]
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { needs, corpus, record, numbers } = arguments()?;
    let fresh = tempfile::tempdir()?;
    let data = record.as_deref().unwrap_or(fresh.path());
    let knowledge = Knowledge::open(data).await?;
    if record.is_none() {
        import(&knowledge, &corpus, machine::cores(), web::schedule::now(), &|_| {}).await?;
    }
    knowledge.follow().await?;
    let needs = needs::read(&needs)?;
    let documents = documents(data, &needs).await?;
    match numbers {
        Some(file) => write_numbers(&file, &knowledge, &needs, &documents).await,
        None => tell(&knowledge, needs, &documents).await,
    }
}

/// Prints how well the needs are met.
async fn tell(knowledge: &Knowledge, needs: Vec<needs::Need>, documents: &Documents) -> anyhow::Result<()> {
    let mut tallies: BTreeMap<(String, bool), Tally> = BTreeMap::new();
    let (mut words, mut sentences) = (Tally::default(), Tally::default());
    for need in needs {
        let sentence = need.is_sentence();
        let place = match needs::query(&need.text) {
            Ok(query) => {
                let without = documents.without(&need);
                let window = Window { size: PLACES * 5, grouped: false, without, ..Window::default() };
                let hits = knowledge.search(&query, &window).await?.hits;
                let found = hits.iter().filter_map(|hit| documents.files.get(&hit.card.id));
                found.take(PLACES).position(|document| need.answers.contains(document))
            }
            Err(mistake) => {
                println!("{}: {mistake}", need.qid);
                None
            }
        };
        tallies.entry((need.source.clone(), sentence)).or_default().add(place);
        (if sentence { &mut sentences } else { &mut words }).add(place);
    }
    for ((source, sentence), tally) in &tallies {
        say(source, if *sentence { "sentence" } else { "words" }, tally);
    }
    say("all", "words", &words);
    say("all", "sentence", &sentences);
    let ([mrr_words, _, hit10_words], [mrr_sentence, _, hit10_sentence]) =
        (words.figures(), sentences.figures());
    println!(
        "mrr_words={mrr_words:.4} mrr_sentence={mrr_sentence:.4} hit10_words={hit10_words:.4} \
         hit10_sentence={hit10_sentence:.4}"
    );
    Ok(())
}

/// Writes a line with the names of the columns, and a row of little-endian 32-bit floats for each document among the best
/// entries of each query: which query, which need, how it is worded (0 words, 1 a sentence, 2 three words), whether the
/// document answers it, and what ranking knows of it.
async fn write_numbers(
    file: &Path,
    knowledge: &Knowledge,
    needs: &[needs::Need],
    documents: &Documents,
) -> anyhow::Result<()> {
    let trouble = || format!("write {}", file.display());
    let mut out = BufWriter::new(File::create(file).with_context(trouble)?);
    writeln!(out, "query need wording answers {}", Knowledge::weights().join(" "))?;
    let mut bases: Vec<&str> = needs.iter().map(needs::Need::base).collect();
    bases.sort_unstable();
    bases.dedup();
    let few = needs.iter().filter(|need| !need.is_sentence()).map(|need| (need, 2.0, needs::few(&need.text)));
    let all = needs.iter().map(|need| (need, f32::from(need.is_sentence()), need.text.clone()));
    for (number, (need, wording, text)) in all.chain(few).enumerate() {
        let Ok(query) = needs::query(&text) else { continue };
        let base = bases.binary_search(&need.base()).unwrap_or_default();
        for weighed in knowledge.weigh(&query, &documents.without(need)).await? {
            let Some(document) = documents.files.get(&weighed.entry) else { continue };
            let answers = f32::from(need.answers.contains(document));
            let told = [number as f32, base as f32, wording, answers];
            for value in told.iter().chain(&weighed.numbers) {
                out.write_all(&value.to_le_bytes()).with_context(trouble)?;
            }
        }
    }
    out.flush().with_context(trouble)
}

fn say(source: &str, variant: &str, tally: &Tally) {
    let [mrr, first, among] = tally.figures();
    println!(
        "{source:16} {variant:8} {:5} needs: MRR@10 {mrr:.3}, hit@1 {first:.3}, hit@10 {among:.3}",
        tally.needs
    );
}

/// Which documents the entries are. A document is a file of an archive that judgements speak of: an entry that is one line
/// of a list in a file, or lies in an archive that nobody judged, is none. It can only be excluded.
#[derive(Default)]
struct Documents {
    files: HashMap<EntryId, String>,
    ids: HashMap<String, Vec<EntryId>>,
}

impl Documents {
    /// The entries that may not help to meet a need.
    fn without(&self, need: &needs::Need) -> Vec<EntryId> {
        need.without.iter().filter_map(|document| self.ids.get(document)).flatten().copied().collect()
    }
}

async fn documents(data: &Path, needs: &[needs::Need]) -> anyhow::Result<Documents> {
    let archive = |document: &str| document.split('/').next().unwrap_or_default().to_owned();
    let judged: HashSet<String> =
        needs.iter().flat_map(|need| &need.answers).map(|document| archive(document)).collect();
    let options = SqliteConnectOptions::new().filename(data.join("record.sqlite")).read_only(true);
    let pool = SqlitePool::connect_with(options).await?;
    let rows = sqlx::query("SELECT id, native_id FROM entry").fetch_all(&pool).await?;
    pool.close().await;
    let mut documents = Documents::default();
    for row in &rows {
        let (id, document): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        if !document.contains('#') && judged.contains(&archive(&document)) {
            documents.files.insert(EntryId(id), document.clone());
        }
        documents.ids.entry(document).or_default().push(EntryId(id));
    }
    Ok(documents)
}

struct Arguments {
    needs: PathBuf,
    corpus: PathBuf,
    record: Option<PathBuf>,
    numbers: Option<PathBuf>,
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut arguments = std::env::args().skip(1);
    let needs = arguments.next().map(PathBuf::from).context("name the folder of needs first")?;
    let corpus = PathBuf::from("../shared/data/corpus");
    let mut told = Arguments { needs, corpus, record: None, numbers: None };
    while let Some(argument) = arguments.next() {
        let path = arguments
            .next()
            .map(PathBuf::from)
            .with_context(|| format!("read {argument}: a path has to follow"))?;
        match argument.as_str() {
            "--corpus" => told.corpus = path,
            "--record" => told.record = Some(path),
            "--numbers" => told.numbers = Some(path),
            _ => anyhow::bail!("understand {argument}: --corpus, --record and --numbers are known"),
        }
    }
    Ok(told)
}
