//! Packages fetched from their registries by the ordinary clients, into a folder of our own, one file each.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Fetches one version of a package, or answers `None` where its registry no longer has it.
pub(crate) fn fetched(
    folder: &Path,
    ecosystem: &str,
    name: &str,
    version: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let own = folder.join(format!("{ecosystem}-{name}-{version}").replace(['/', ':', '@'], "_"));
    std::fs::create_dir_all(&own).with_context(|| format!("make {}", own.display()))?;
    if let Some(file) = only_file(&own)? {
        return Ok(Some(file));
    }
    let exact = |sign: &str| format!("{name}{sign}{version}");
    let mut client = match ecosystem {
        "deb" => client("apt-get", &["download", "-qq", &exact("=")]),
        "pypi" => {
            client("pip", &["download", "-qq", "--no-deps", "--disable-pip-version-check", &exact("==")])
        }
        "npm" => client("npm", &["pack", "--silent", "--ignore-scripts", &exact("@")]),
        other => bail!("no client for the ecosystem {other}"),
    };
    let program = client.get_program().to_string_lossy().into_owned();
    client.current_dir(&own).output().with_context(|| format!("start {program}"))?;
    only_file(&own)
}

fn client(program: &str, arguments: &[&str]) -> Command {
    let mut client = Command::new(program);
    client.args(arguments);
    client
}

/// The file in a folder that holds at most one.
fn only_file(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let mut entries = folder.read_dir().with_context(|| format!("list {}", folder.display()))?;
    Ok(entries.next().transpose()?.map(|entry| entry.path()))
}
