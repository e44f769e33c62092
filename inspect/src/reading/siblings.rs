//! What signatures among the members are over, where that is the member of the same name without their suffix.
//!
//! Which member that is shows only once its signature was met, mostly behind it; so the file is walked once more where
//! there are such signatures, and only for what they are over. A signature over a member says nothing of the package that
//! the member came in. Of a signed list of digests it is told which members it fits.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::container::event::Event;
use crate::digest::{Digest, read_sums};
use crate::inspection::{Contents, Listed};
use crate::signature::fact::{Material, Over};

/// Bytes of members that are held for their signatures.
const MOST: usize = 48 << 20;
/// Members of a signed list that are named.
const MOST_NAMED: usize = 5;
/// Bytes of a list of digests.
const LONGEST_LIST: usize = 1 << 20;

/// The members that signatures are over, while they are looked for.
pub(super) struct Siblings {
    wanted: BTreeMap<String, Option<Vec<u8>>>,
    left: usize,
    missing: usize,
}

impl Siblings {
    /// Those that these signatures ask for; `None` where there are none.
    pub(super) fn of(materials: &[Material]) -> Option<Siblings> {
        let path = |material: &Material| match &material.over {
            Over::Sibling { path, .. } => Some((path.clone(), None)),
            _ => None,
        };
        let wanted: BTreeMap<_, _> = materials.iter().filter_map(path).collect();
        let missing = wanted.len();
        (missing > 0).then_some(Siblings { wanted, left: MOST, missing })
    }

    /// Keeps a member that is asked for. Of several of one name the first counts.
    pub(super) fn meet(&mut self, event: Event<'_>) -> ControlFlow<()> {
        if let Event::File { entry, bytes, .. } = event
            && let Some(slot @ None) = self.wanted.get_mut(entry.path)
            && let Some(left) = self.left.checked_sub(bytes.len())
        {
            (self.left, *slot) = (left, Some(bytes));
            self.missing -= 1;
        }
        if self.missing == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Lays the members ready beside their signatures.
    pub(super) fn fill(self, materials: &mut [Material], contents: &Contents) {
        for material in materials {
            if let Over::Sibling { path, bytes, lists } = &mut material.over {
                *bytes = self.wanted.get(path.as_str()).cloned().flatten();
                *lists = bytes.as_deref().and_then(|bytes| listed(path, bytes, contents));
            }
        }
    }
}

/// What a list of digests says of the members beside it.
fn listed(path: &str, bytes: &[u8], contents: &Contents) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_LIST)?;
    let sums: Vec<_> = read_sums(text).into_iter().filter(|sum| sum.name.is_some()).collect();
    if sums.is_empty() {
        return None;
    }
    let folder = path.rfind(['/', '!']).and_then(|at| path.get(..=at)).unwrap_or_default();
    let members: BTreeMap<&str, &Listed> =
        contents.listed.iter().map(|listed| (listed.path.as_str(), listed)).collect();
    let (mut fit, mut differ, mut unknown) = (0, Vec::new(), 0);
    for sum in &sums {
        let name = sum.name.as_deref().unwrap_or_default().trim_start_matches("./");
        let own = members.get(format!("{folder}{name}").as_str()).and_then(|one| one.sha256.as_deref());
        match (own, sum.digest) {
            (Some(own), Digest::Sha256(_)) if own == sum.digest.to_string() => fit += 1,
            (Some(_), Digest::Sha256(_)) => differ.push(crate::package::shown(name)),
            _ => unknown += 1,
        }
    }
    let mut said = format!("it lists {} files, of which {fit} are here as stated", sums.len());
    if !differ.is_empty() {
        let named = differ.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        said.push_str(&format!(", {} differ ({named})", differ.len()));
    }
    if unknown > 0 {
        said.push_str(&format!(", {unknown} are not here or were not held against it"));
    }
    Some(said)
}
