//! Links that lead out of the tree they lie in, and files that would be written through a link.
//!
//! What leads out depends on where a package is unpacked: at the root of a system, as Debian and RPM packages are, an
//! absolute target is ordinary. That is known only at the end, so links wait until then.

use std::collections::HashSet;

use crate::container::attributes::Kind;
use crate::container::event::Entry;
use crate::container::name::leads_out;
use crate::finding::{CheckId, Finding};
use crate::package::{Claims, Format};

/// Links that wait to be judged, and names of links met.
#[derive(Default)]
pub(super) struct Links {
    waiting: Vec<Waiting>,
    names: HashSet<String>,
    written_through: Vec<(String, String)>,
}

struct Waiting {
    path: String,
    name: String,
    target: String,
}

/// Links that are remembered; the largest packages tried have some thousands.
const MOST: usize = 50_000;
/// Files behind links that are told.
const MOST_TOLD: usize = 50;

impl Links {
    /// Remembers a link; devices are told by themselves.
    pub(super) fn other(&mut self, entry: &Entry<'_>) {
        let (Kind::Symlink { target } | Kind::Hardlink { target }) = &entry.attributes.kind else { return };
        if self.waiting.len() >= MOST {
            return;
        }
        // A hard link names a member from the root of the archive.
        let is_hard = matches!(entry.attributes.kind, Kind::Hardlink { .. });
        let name = if is_hard { "" } else { entry.name };
        let (path, target) = (entry.path.to_owned(), target.clone());
        if !is_hard {
            self.names.insert(path.clone());
        }
        self.waiting.push(Waiting { path, name: name.to_owned(), target });
    }

    /// Notices a file whose folder is a link of the same archive.
    pub(super) fn file(&mut self, entry: &Entry<'_>) {
        if self.names.is_empty() || self.written_through.len() >= MOST_TOLD {
            return;
        }
        let prefix = entry.path.len().saturating_sub(entry.name.len());
        let folders = entry.path.match_indices('/').map(|(at, _)| at).filter(|at| *at > prefix);
        for at in folders {
            let folder = entry.path.get(..at).unwrap_or_default();
            if self.names.contains(folder) {
                self.written_through.push((entry.path.to_owned(), folder.to_owned()));
                return;
            }
        }
    }

    /// What is wrong with them; `rooted` tells whether the archive of that path is unpacked at a system's root.
    pub(super) fn finish(&mut self, rooted: &dyn Fn(&str) -> bool) -> Vec<Finding> {
        let waiting = std::mem::take(&mut self.waiting);
        let out = waiting.into_iter().filter(|link| leads_out(&link.name, &link.target, rooted(&link.path)));
        let out = out.map(|link| {
            let detail = "a link whose target lies outside of the archive; it was not followed";
            Finding::new(CheckId::ContainerLink, link.path, detail).quoting(&link.target)
        });
        let through = std::mem::take(&mut self.written_through).into_iter().map(|(path, link)| {
            let detail = "a file that unpacking would write through a link of the same archive";
            Finding::new(CheckId::ContainerLink, path, detail).quoting(&link)
        });
        out.chain(through).collect()
    }
}

/// Whether the package is unpacked at the root of a system and holds that path.
pub(super) fn is_rooted(claims: &Claims, path: &str) -> bool {
    let within = claims.path.is_empty() || path.starts_with(&format!("{}!/", claims.path));
    let system = matches!(
        claims.format,
        Format::Deb | Format::Rpm | Format::AlpineApk | Format::OciImage | Format::DockerImage
    );
    system && within
}
