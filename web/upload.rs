//! A package that somebody sends: received into a temporary file, inspected in its turn, recorded.
//!
//! The body streams to disk and is bounded on the way; nothing of it is held in memory. The file has no name on disk
//! and is gone when the inspection is done.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::pin::Pin;

use anyhow::Context as _;
use axum::body::{Body, HttpBody as _};
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use index::package::{Package, Way};
use inspect::reading::Question;
use inspect::signature::reading::Beside;

use crate::arrival::LARGEST_SIGNATURE;
use crate::inspection::Earlier;
use crate::state::State;

/// Letters of a file's name that are kept.
const LONGEST_NAME: usize = 255;

/// Why an upload was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is not as it should be: the status, and a sentence without its full stop.
    Wrong(StatusCode, String),
    /// Something of ours broke.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<MultipartError> for Refused {
    fn from(error: MultipartError) -> Self {
        let sentence = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                "the file is larger than the setting packages.largest_upload_mib allows".to_owned()
            }
            _ => format!("the upload could not be read: {}", error.body_text().to_lowercase()),
        };
        Self::Wrong(error.status(), sentence)
    }
}

/// What was sent.
pub(crate) struct Received {
    pub(crate) file: File,
    pub(crate) name: String,
}

/// Takes an upload: the field `file`, `signature` if there is one, and `previous`, an earlier version to compare with.
pub(crate) async fn take(state: &State, form: Multipart, way: Way) -> Result<Package, Refused> {
    take_from(state, form, way, |name, _| name == Some("file")).await
}

/// The same with the first file of the form, whatever its field is called: ticket systems call it as they like.
pub(crate) async fn take_any(state: &State, form: Multipart, way: Way) -> Result<Package, Refused> {
    take_from(state, form, way, |name, has_file| name == Some("file") || has_file).await
}

async fn take_from(
    state: &State,
    mut form: Multipart,
    way: Way,
    is_package: fn(Option<&str>, bool) -> bool,
) -> Result<Package, Refused> {
    let (mut received, mut signature, mut earlier) = (None, None, None);
    let wrong = |sentence: &str| Refused::Wrong(StatusCode::BAD_REQUEST, sentence.to_owned());
    while let Some(field) = form.next_field().await? {
        let has_file = field.file_name().is_some();
        match field.name() {
            // A form whose field was left empty sends an empty file.
            Some("previous") if earlier.is_none() => {
                earlier = receive(field, state.knowledge.folder()).await?;
            }
            Some("signature") => signature = beside(field).await?,
            name if received.is_none() && is_package(name, has_file) => {
                let empty = || wrong("the file is empty; choose one");
                received = Some(receive(field, state.knowledge.folder()).await?.ok_or_else(empty)?)
            }
            _ => {}
        }
    }
    let Received { file, name } =
        received.ok_or_else(|| wrong("there is no file; send one in the field file"))?;
    let question = Question { name, signature, keys: Vec::new(), at: state.now().as_second(), keep: false };
    let earlier = earlier.map(|Received { file, name }| Earlier { file, name });
    Ok(state.packages.inspect(&state.knowledge, file, question, earlier, way, state.now()).await?)
}

/// Takes a body that is the package itself; `name` is what it is called.
pub(crate) async fn take_body(
    state: &State,
    mut body: Body,
    name: Option<&str>,
    way: Way,
) -> Result<Package, Refused> {
    let wrong = |status, sentence: &str| Refused::Wrong(status, sentence.to_owned());
    let mut file = tempfile::tempfile_in(state.knowledge.folder()).context("make a temporary file")?;
    let mut length = 0_u64;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| wrong(StatusCode::BAD_REQUEST, "the body broke off; send it again"))?;
        let Ok(chunk) = frame.into_data() else { continue };
        length += chunk.len() as u64;
        if length > state.packages.largest {
            let sentence = "the file is larger than the setting packages.largest_upload_mib allows";
            return Err(wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .context("write the upload")?
            .context("write the upload")?;
    }
    if length == 0 {
        return Err(wrong(StatusCode::BAD_REQUEST, "there is no file: the body is empty"));
    }
    file.rewind().context("read the upload")?;
    let question = Question { name: named(name), at: state.now().as_second(), ..Question::default() };
    Ok(state.packages.inspect(&state.knowledge, file, question, None, way, state.now()).await?)
}

/// Takes a package whose bytes are at hand already.
pub(crate) async fn take_bytes(
    state: &State,
    bytes: Vec<u8>,
    name: Option<&str>,
    way: Way,
) -> Result<Package, Refused> {
    take_body(state, Body::from(bytes), name, way).await
}

/// Receives a file into one without a name in `folder`, where there is room for large ones; nothing where it is empty.
pub(crate) async fn receive(mut field: Field<'_>, folder: &Path) -> Result<Option<Received>, Refused> {
    let name = named(field.file_name());
    let mut file = tempfile::tempfile_in(folder).context("make a temporary file")?;
    let mut length = 0;
    while let Some(chunk) = field.chunk().await? {
        length += chunk.len();
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .context("write the upload")?
            .context("write the upload")?;
    }
    if length == 0 {
        return Ok(None);
    }
    file.rewind().context("read the upload")?;
    Ok(Some(Received { file, name }))
}

async fn beside(mut field: Field<'_>) -> Result<Option<Beside>, Refused> {
    let name = named(field.file_name());
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > LARGEST_SIGNATURE {
            let sentence = "the signature is larger than any signature; was it the package?".to_owned();
            return Err(Refused::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
    }
    // A form whose field was left empty sends an empty file.
    Ok((!bytes.is_empty()).then_some(Beside { name, bytes }))
}

/// The last part of what a browser calls the file, without anything that could disturb a page or a terminal.
fn named(given: Option<&str>) -> String {
    let own = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = own.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if clean.is_empty() { "without a name".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn only_the_last_part_of_a_name_is_kept() {
        assert_eq!(named(Some("C:\\Users\\me\\full-upgrade.zip")), "full-upgrade.zip");
        assert_eq!(named(Some("../../etc/pass\u{1b}wd")), "passwd");
        assert_eq!(named(Some("dir/")), "without a name");
        assert_eq!(named(None), "without a name");
    }
}
