//! Which preset a forum is read with: by name, from a file, or recognised; with what the source's options change of it.

use std::path::Path;

use toml::Table;

use super::{ACCEPT, Options};
use crate::fetch::charset;
use crate::formats::forum::preset::{self, Preset};
use crate::sources::{Errand, Trouble};

/// Bytes of a file with a preset.
const MAX_BYTES: u64 = 64 * 1024;

/// The preset that the options name, else the one that was recognised before, else the one that the forum's page fits.
///
/// # Errors
/// [`Trouble`] when the page cannot be had, when no preset fits, and when a preset cannot be read.
pub(super) async fn preset(
    errand: &mut Errand<'_>,
    options: &Options,
    before: Option<&str>,
) -> Result<Preset, Trouble> {
    let own = options.preset_file.as_deref().map(file).transpose()?;
    let own_name = own.as_ref().and_then(|table| table.get("name")?.as_str()).map(str::to_owned);
    let table = match (&options.preset, own) {
        (Some(name), Some(own)) if own_name.as_deref() == Some(name) => own,
        (None, Some(own)) => own,
        (Some(name), _) => built_in(name)?,
        (None, None) => match before.and_then(preset::built_in) {
            Some(table) => table,
            None => recognised(errand).await?,
        },
    };
    let changes = Table::try_from(&options.selectors)
        .map_err(|error| Trouble::Settings(format!("understand the option `selectors`: {error}")))?;
    preset::read(preset::changed(table, changes)).map_err(Trouble::Settings)
}

fn built_in(name: &str) -> Result<Table, Trouble> {
    preset::built_in(name).ok_or_else(|| {
        let names = preset::names().join(", ");
        Trouble::Settings(format!(
            "find the forum preset \"{name}\": there are {names}; a preset_file adds one"
        ))
    })
}

async fn recognised(errand: &mut Errand<'_>) -> Result<Table, Trouble> {
    let fetched = errand.fetch_fresh(errand.address()?, ACCEPT).await?;
    let (html, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
    preset::recognise(&html).and_then(|name| preset::built_in(&name)).ok_or_else(|| {
        let names = preset::names().join(", ");
        Trouble::Settings(format!(
            "recognise the forum at {}: name a preset in the options ({names}), or give a preset_file",
            fetched.url
        ))
    })
}

/// A preset from a file. What is wrong with it is told without its content, as options may come from afar.
fn file(path: &Path) -> Result<Table, Trouble> {
    let told = |why: &str| Trouble::Settings(format!("read the preset {}: {why}", path.display()));
    if path.extension().is_none_or(|ending| ending != "toml") {
        return Err(told("its name has to end in .toml"));
    }
    let length = std::fs::metadata(path).map_err(|error| told(&error.to_string()))?.len();
    if length > MAX_BYTES {
        return Err(told("it is larger than 64 KiB"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| told(&error.to_string()))?;
    text.parse().map_err(|error: toml::de::Error| told(error.message()))
}
