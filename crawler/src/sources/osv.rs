//! OSV records over HTTP: a whole archive, or a bucket with `modified_id.csv` read from where it was left.
//!
//! The list of a bucket is newest first (google.github.io/osv.dev/data). Records are brought oldest first, at most so
//! many a round, so that an interrupted round goes on where it stopped.

use serde::Deserialize;
use url::Url;

use jiff::Timestamp;

use crate::formats::Origin;
use crate::formats::phrase::moment;
use crate::formats::recognise::Format;
use crate::sources::cve::{archive, contained, object, single};
use crate::sources::{Errand, Trouble, options};

/// Settings of a source of this kind.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Records fetched in one round at most.
    ids: usize,
    /// MiB of the largest archive that is read, in place of the setting for all answers.
    largest_mib: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        // Minutes of one round at a polite pace.
        Self { ids: 500, largest_mib: None }
    }
}

/// Reads the archive or bucket at the source's address.
///
/// # Errors
/// When the archive or the bucket's list cannot be had, or the settings do not fit; what is wrong with single records is
/// a remark.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = options(&errand.source.options)?;
    let address = errand.address()?;
    let path = address.path().to_ascii_lowercase();
    if path.ends_with(".zip") || path.rsplit('/').next().is_some_and(|file| file.contains(".tar")) {
        return archive(errand, &[Format::OsvJson, Format::OsvYaml], options.largest_mib).await;
    }
    let base = with_slash(address);
    let list = join(&base, "modified_id.csv")?;
    let fetched = errand.fetch_fresh(list, "text/csv, text/plain;q=0.9, */*;q=0.5").await?;
    let cursor = Cursor::of(&errand.memory);
    let mut lines = due(&String::from_utf8_lossy(&fetched.bytes), &cursor);
    lines.truncate(options.ids);
    let mut missed = Vec::new();
    for id in missed_before(&errand.memory) {
        try_one(errand, &base, &id, &mut missed).await?;
    }
    for (at, id) in lines {
        try_one(errand, &base, &id, &mut missed).await?;
        if let Some(memory) = object(&mut errand.memory) {
            memory.insert("at".to_owned(), at.to_string().into());
            memory.insert("id".to_owned(), id.into());
        }
    }
    missed.truncate(MISSED);
    if let Some(memory) = object(&mut errand.memory) {
        memory.insert("missed".to_owned(), serde_json::json!(missed));
    }
    Ok(())
}

/// Records that could not be had in this round and are asked for again in the next.
const MISSED: usize = 200;

fn missed_before(memory: &serde_json::Value) -> Vec<String> {
    let missed = memory.get("missed").and_then(serde_json::Value::as_array);
    missed.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

/// Brings one record; a failure is a remark, and a failed fetch is kept to be tried again.
async fn try_one(
    errand: &mut Errand<'_>,
    base: &Url,
    id: &str,
    missed: &mut Vec<String>,
) -> Result<(), Trouble> {
    match one(errand, base, id).await {
        Err(Trouble::Stopping) => return Err(Trouble::Stopping),
        Err(error) => {
            errand.remark(format!("failed to {error}"));
            if matches!(error, Trouble::Fetch(_)) {
                missed.push(id.to_owned());
            }
        }
        Ok(()) => {}
    }
    Ok(())
}

/// Up to where a bucket's list was read: records of one moment are told apart by their names.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cursor {
    at: Option<Timestamp>,
    id: String,
}

impl Cursor {
    fn of(memory: &serde_json::Value) -> Self {
        let text = |key| memory.get(key).and_then(serde_json::Value::as_str);
        Self { at: text("at").and_then(moment), id: text("id").unwrap_or_default().to_owned() }
    }
}

/// What is newer than the cursor, oldest first.
fn due(list: &str, cursor: &Cursor) -> Vec<(Timestamp, String)> {
    let mut due: Vec<(Timestamp, String)> = list
        .lines()
        .filter_map(|line| {
            let (at, id) = line.split_once(',')?;
            let id = id.trim().trim_matches('"');
            let fits = !id.is_empty() && id.len() <= 200 && !id.contains("..") && !id.contains("://");
            fits.then_some(())?;
            Some((moment(at)?, id.to_owned()))
        })
        .filter(|(at, id)| match cursor.at {
            None => true,
            Some(seen) => (*at, id.as_str()) > (seen, cursor.id.as_str()),
        })
        .collect();
    due.sort();
    due
}

async fn one(errand: &mut Errand<'_>, base: &Url, id: &str) -> Result<(), Trouble> {
    let url = join(base, &format!("{id}.json"))?;
    let fetched = errand.fetch_fresh(url, "application/json").await?;
    let origin =
        Origin { url: Some(fetched.url.clone()), media_type: "application/json", ..Origin::default() };
    let read = single(contained(Format::OsvJson, &fetched.bytes, &origin));
    let draft = read.map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    errand.bring(draft).await
}

fn with_slash(mut address: Url) -> Url {
    if !address.path().ends_with('/') {
        let path = format!("{}/", address.path());
        address.set_path(&path);
    }
    address
}

fn join(base: &Url, name: &str) -> Result<Url, Trouble> {
    // "./" keeps an identifier with a colon (ALSA-2021:1099) from being taken for a scheme.
    base.join(&format!("./{name}"))
        .map_err(|error| Trouble::Settings(format!("find {name} beside {base}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, due, join};
    use url::Url;

    const LIST: &str = "2024-03-01T00:00:00Z,GO-3\n2024-02-01T00:00:00Z,Go/GO-2\n2024-02-01T00:00:00Z,Go/GO-1\nnonsense\n2024-01-01T00:00:00Z,../x\n";

    fn ids(memory: &serde_json::Value) -> String {
        let due = due(LIST, &Cursor::of(memory));
        due.into_iter().map(|(_, id)| id).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_bucket_is_read_oldest_first_from_where_it_was_left() {
        assert_eq!(ids(&serde_json::Value::Null), "Go/GO-1 Go/GO-2 GO-3");
        assert_eq!(ids(&serde_json::json!({"at": "2024-02-01T00:00:00Z", "id": "Go/GO-1"})), "Go/GO-2 GO-3");
        assert_eq!(ids(&serde_json::json!({"at": "2024-03-01T00:00:00Z", "id": "GO-3"})), "");
    }

    #[test]
    fn a_name_with_a_colon_stays_beneath_the_base() {
        let base = Url::parse("https://osv.example/b/").unwrap();
        assert_eq!(
            join(&base, "ALSA-2021:1.json").unwrap().as_str(),
            "https://osv.example/b/ALSA-2021:1.json"
        );
    }
}
