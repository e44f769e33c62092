//! Files about an environment that somebody sends: received, read in the format that they are in, recorded together.
//!
//! All of them are read before anything is recorded, so that a mistake in one leaves the estate as it was.

use anyhow::Context as _;
use axum::extract::Multipart;
use axum::http::StatusCode;
use index::estate::reading::{Format, read};
use index::estate::{Origin, environment};

use crate::state::State;
use crate::upload::{Received, Refused, receive};

/// Files that one import may bring; a machine has some ten.
const MOST: usize = 100;

/// Letters of a field that is no file.
const LONGEST: usize = 200;

/// Takes an import: fields `file`, and `as` where their format is not told by their content. The environment is the one
/// that is given, else the field `environment`. Answers its name.
pub(crate) async fn take(state: &State, mut form: Multipart, given: Option<&str>) -> Result<String, Refused> {
    let wrong = |sentence: String| Refused::Wrong(StatusCode::BAD_REQUEST, sentence);
    let (mut files, mut typed, mut format) =
        (Vec::new(), given.unwrap_or_default().to_owned(), String::new());
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("file") if files.len() < MOST => {
                files.extend(receive(field, state.knowledge.folder()).await?)
            }
            Some("file") => return Err(wrong(format!("there are more than {MOST} files"))),
            Some("environment") if given.is_none() => {
                typed = field.text().await?.chars().take(LONGEST).collect()
            }
            Some("as") => format = field.text().await?.chars().take(LONGEST).collect(),
            _ => {}
        }
    }
    let name = environment(&typed).map_err(wrong)?;
    if files.is_empty() {
        return Err(wrong("there is no file; send one in the field file".to_owned()));
    }
    let named = Some(format.trim()).filter(|word| !word.is_empty()).map(Format::named);
    let format = named.transpose().map_err(|mistake| wrong(mistake.to_string()))?;
    let now = state.now();
    let brought = tokio::task::spawn_blocking(move || {
        let one = |Received { file, name: from }: Received| match read(file, format) {
            Ok((facts, format)) => Ok((facts, Origin { from, format: format.called().to_owned(), at: now })),
            Err(mistake) => Err(format!("{from}, {mistake}")),
        };
        files.into_iter().map(one).collect::<Result<Vec<_>, String>>()
    });
    let brought = brought.await.context("read an import")?.map_err(wrong)?;
    state.knowledge.import_estate(&name, brought, now).await?;
    Ok(name)
}
