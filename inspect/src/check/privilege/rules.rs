//! Rules that grant rights: sudoers(5), polkit(8) in both of its languages.

use crate::check::{Findings, Subject, folder};
use crate::container::attributes::Kind;
use crate::finding::{CheckId, Trigger};

/// Rules of one file that are told one by one.
const MOST: usize = 20;

/// Looks at one file by its place.
pub(super) fn look(subject: &Subject<'_>, found: &mut Findings) {
    let name = subject.name.trim_end_matches('/');
    let fragment = folder::directly(name, &["etc/sudoers.d"]);
    let is_folder = folder::is(name, "etc/sudoers.d") && subject.attributes.kind == Kind::Directory;
    if is_folder {
        let detail = "the folder from which sudo takes further rules is brought along";
        found.add(subject.finding(CheckId::PrivSudoers, detail));
    } else if folder::is(name, "etc/sudoers") || fragment.is_some() {
        // sudo passes over names with a full stop or a tilde.
        let is_passed_over =
            fragment.is_some_and(|own| own.contains('.') || own.ends_with('~') || own == "README");
        sudoers(subject, is_passed_over, found);
    } else if folder::below(name, "polkit-1/rules.d").is_some()
        || folder::below(name, "polkit-1/localauthority").is_some()
    {
        polkit(subject, found);
    }
}

fn sudoers(subject: &Subject<'_>, is_passed_over: bool, found: &mut Findings) {
    let lines = subject.lines().filter(|(_, text)| {
        let text = text.trim();
        let is_comment = text.starts_with('#') && !text.starts_with("#include") || text.starts_with('@');
        let is_default =
            text.starts_with("Defaults") && !text.contains("!authenticate") && !text.contains("!requiretty");
        !text.is_empty() && !is_comment && !is_default && text.contains('=') && !text.contains("_Alias")
    });
    for (line, text) in lines.take(MOST) {
        let whom = text.split_whitespace().next().unwrap_or_default();
        let without = if text.contains("NOPASSWD") || text.contains("!authenticate") {
            " without a password"
        } else {
            ""
        };
        let what = text.rsplit([')', ':']).next().unwrap_or_default().trim();
        let what =
            if what.ends_with("ALL") { "anything".to_owned() } else { what.chars().take(100).collect() };
        let mut finding =
            subject.finding(CheckId::PrivSudoers, format!("sudo lets {whom} run {what}{without}"));
        if is_passed_over {
            finding.detail.push_str("; sudo passes over a file of this name");
            finding.activation = crate::finding::Activation::Documentation;
        }
        found.add(finding.at(line, text).acting(Some(Trigger::RunTime)));
    }
}

fn polkit(subject: &Subject<'_>, found: &mut Findings) {
    let grants = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        [
            "polkit.Result.YES",
            "ResultAny=yes",
            "ResultActive=yes",
            "ResultInactive=yes",
            "polkit.addAdminRule",
        ]
        .iter()
        .find(|mark| text.contains(*mark) && !text.starts_with("//") && !text.starts_with('#'))
        .map(|mark| {
            if mark.ends_with("Rule") {
                "says who counts as an administrator"
            } else {
                "grants without asking"
            }
        })
    };
    let Some((line, text, what)) = subject.lines().find_map(|(line, text)| Some((line, text, grants(text)?)))
    else {
        return;
    };
    let actions: Vec<&str> = subject.text.as_deref().map(actions).unwrap_or_default();
    let of = if actions.is_empty() { String::new() } else { format!(": {}", actions.join(", ")) };
    let detail = format!("{}: a rule of polkit {what}{of}", folder::own(subject.name));
    found.add(subject.finding(CheckId::PrivSudoers, detail).at(line, text).acting(Some(Trigger::RunTime)));
}

/// Actions that a rule names: words of dotted names.
fn actions(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_' | '*'));
    let is_action = |word: &&str| {
        ["org.", "com.", "net.", "io."].iter().any(|start| word.starts_with(start))
            && word.matches('.').count() > 1
    };
    let mut found: Vec<&str> = words.filter(is_action).take(200).collect();
    found.dedup();
    found.truncate(4);
    found
}
