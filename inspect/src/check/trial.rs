//! For tests of the families: an archive of some files, and what is found in it.

use crate::finding::CheckId;
use crate::limits::Limits;
use crate::reading::{Question, inspect_bytes};

/// What the given checks find in a tar archive with these files, a line each: the check, the state, the line if there
/// is one, the detail.
pub(super) fn of(checks: &[CheckId], files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    of_bytes(checks, &files)
}

/// The same for files that are no text.
pub(super) fn of_bytes(checks: &[CheckId], files: &[(&str, &[u8])]) -> Vec<String> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, *bytes).expect("a tar in memory takes any file");
    }
    let bytes = archive.into_inner().expect("a tar in memory can be ended");
    let inspection = inspect_bytes(&bytes, &Question::default(), &Limits::for_package());
    let own = inspection.findings.iter().filter(|finding| checks.contains(&finding.check));
    own.map(|finding| {
        let line = finding.line.map(|line| format!(" {line}")).unwrap_or_default();
        format!("{} {}{line}: {}", finding.check, finding.activation, finding.detail)
    })
    .collect()
}
