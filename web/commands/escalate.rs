//! `forewarn escalate PACKAGE|KEY`: whom to call, and what to read out, filled in with what is known, as Markdown.
//!
//! A package is a file, which is read and recorded, or the digest of one that arrived, or its beginning; anything else is
//! asked for as a key. Exit status: 0 the script was printed, 64 and above as everywhere.

use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use index::knowledge::{Knowledge, Named};
use inspect::key::reading::read;

use super::key::import::bounded;
use super::{End, Usage, brief};
use crate::schedule;
use crate::settings::Settings;

/// About what.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A package: a file, a digest or its beginning; or a key: a fingerprint in any spelling, a key id, a file with a key
    #[arg(required = true, num_args = 1..)]
    about: Vec<String>,
    /// The environment whose collisions are asked about; without it the only one, or the one called production
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

/// Runs the command.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: &Arguments,
) -> anyhow::Result<End> {
    knowledge.follow().await?;
    let (typed, now) = (arguments.about.join(" "), schedule::now());
    let text = match key(knowledge, &typed).await? {
        Some(pasted) => {
            let Some(view) = knowledge.key(&pasted, now).await? else {
                return Err(Usage::because(format!(
                    "find \u{201c}{typed}\u{201d}: it is no file, no package that arrived, and no name of a key"
                )));
            };
            knowledge.call_script(&view, now).await?
        }
        None => {
            let digest = brief::found(knowledge, settings, &typed, None).await?;
            let answered = knowledge.brief(&digest, arguments.environment.as_deref(), now).await?;
            let brief =
                answered.map_err(|refusal| Usage::because(format!("hold it against that: {refusal}")))?;
            knowledge.package_script(&brief.context("find the package that was just there")?, now).await?
        }
    };
    print!("{text}");
    Ok(End::Well)
}

/// What was typed, if it is a key; nothing if it is a package.
async fn key(knowledge: &Knowledge, typed: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let path = Path::new(typed);
    if path.is_file() {
        let bytes = bounded(path)?;
        let holds_one = !read(&bytes, schedule::now().as_second()).keys.is_empty();
        return Ok(holds_one.then_some(bytes));
    }
    let is_package = !matches!(knowledge.package_named(typed).await?, Named::None);
    Ok((!is_package).then(|| typed.as_bytes().to_vec()))
}
