//! Signatures of Java archives: a block over a list of digests of a manifest of digests of members.
//!
//! Each of the three steps is checked by itself, and every member is told that none of them reaches: tools say "verified" of
//! an archive to which an unsigned member was added. Specification: Oracle, "JAR File Specification", "Signed JAR File".

mod manifest;

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::manifest::Section;
use super::fact::{Java, JavaMember, Material, Over, SignatureFact};
use super::hash::Algorithm;
use super::reading::Asked;
use super::{Worth, cms};

pub(crate) use self::manifest::algorithms;

/// Names that are listed of what is not covered; more are counted.
const MOST_NAMED: usize = 50;

/// The facts of one block: one for each signer in it.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let fact = SignatureFact::unchecked(material, "");
    let Over::Java(java) = &material.over else {
        return vec![fact.worth(Worth::Unreadable, super::reading::covers(material.scheme, &material.over))];
    };
    if java.list.is_empty() {
        return vec![fact.worth(Worth::Unreadable, "no list of digests lies beside it")];
    }
    let Some(message) = cms::SignedData::read(&material.signature) else {
        return vec![fact.worth(Worth::Unreadable, "there is no CMS signature in it that can be read")];
    };
    let facts = cms::each(material, &message, asked, &mut |algorithm| Ok(algorithm.of(&java.list)));
    let held = Held::of(java);
    facts.into_iter().map(|fact| held.with(fact)).collect()
}

/// How the digests of one list, the manifest and the members hold together.
struct Held {
    covered: usize,
    /// Members and parts of the manifest that are not what was signed.
    changed: Vec<String>,
    missing: usize,
    not_covered: Vec<String>,
    weak: bool,
}

impl Held {
    fn of(java: &Java) -> Held {
        let list = manifest::sections(&java.list);
        let whole = manifest::sections(&java.manifest);
        let mut held =
            Held { covered: 0, changed: Vec::new(), missing: 0, not_covered: Vec::new(), weak: false };
        let signed = held.manifest(java, &list, &whole);
        let mut members: HashMap<&str, Vec<&JavaMember>> = HashMap::new();
        for member in java.members.iter() {
            members.entry(member.name.as_str()).or_default().push(member);
        }
        let sections: HashMap<&str, &Section<'_>> =
            whole.iter().filter_map(|section| Some((section.name.as_deref()?, section))).collect();
        for name in &signed {
            match (members.get(name.as_str()), sections.get(name.as_str())) {
                (Some(own), Some(section)) => own.iter().for_each(|member| held.member(member, section)),
                _ => held.missing += 1,
            }
        }
        let open = java.members.iter().filter(|member| !signed.contains(&member.name));
        held.not_covered
            .extend(open.filter(|member| !is_own(&member.name)).map(|member| member.name.clone()));
        if java.more > 0 {
            held.not_covered.push(format!("{} members that were not compared", java.more));
        }
        held
    }

    /// Names that the list covers by digests of the manifest that hold.
    fn manifest(&mut self, java: &Java, list: &[Section<'_>], whole: &[Section<'_>]) -> HashSet<String> {
        let mut list = list.iter();
        let Some(main) = list.next() else { return HashSet::new() };
        let is_whole = matches(&main.digests("-Digest-Manifest"), &java.manifest) == Some(true);
        let head = whole.first().map(|section| section.raw).unwrap_or_default();
        if !is_whole && matches(&main.digests("-Digest-Manifest-Main-Attributes"), head) == Some(false) {
            self.changed.push("the manifest's first part".to_owned());
        }
        let by_name: HashMap<&str, &Section<'_>> =
            whole.iter().filter_map(|section| Some((section.name.as_deref()?, section))).collect();
        let mut signed = HashSet::new();
        for section in list {
            let Some(name) = section.name.clone() else { continue };
            let own = by_name.get(name.as_str()).map(|own| own.raw);
            match own
                .map(|own| is_whole.then_some(true).or_else(|| matches(&section.digests("-Digest"), own)))
            {
                Some(Some(true)) | None => {
                    signed.insert(name);
                }
                Some(Some(false)) => self.changed.push(format!("what the manifest says of {name}")),
                Some(None) => {}
            }
        }
        signed
    }

    fn member(&mut self, member: &JavaMember, section: &Section<'_>) {
        let stated = section.digests("-Digest");
        let mut compared = 0;
        for (algorithm, digest) in &stated {
            match member.digests.iter().find(|(own, _)| own == algorithm) {
                Some((_, own)) if own == digest => compared += 1,
                Some(_) => {
                    self.changed.push(member.name.clone());
                    return;
                }
                None => {}
            }
        }
        if compared == 0 {
            self.not_covered.push(format!("{}: none of its digests was taken", member.name));
            return;
        }
        self.covered += 1;
        self.weak |= stated.iter().all(|(algorithm, _)| algorithm.is_weak());
    }

    fn with(&self, mut fact: SignatureFact) -> SignatureFact {
        let files =
            if self.covered == 1 { "1 member".to_owned() } else { format!("{} members", self.covered) };
        fact.covers = format!("{files}, by their digests in the manifest");
        fact.not_covered = named(&self.not_covered);
        let held = !matches!(
            fact.worth,
            None | Some(Worth::Bad | Worth::UnknownKey | Worth::Unsupported | Worth::Unreadable)
        );
        if !held {
            return fact;
        }
        if !self.changed.is_empty() {
            let changed = named(&self.changed).join(", ");
            return fact
                .worth(Worth::Bad, format!("it fits its list, and this is not what was signed: {changed}"));
        }
        if self.weak && fact.worth == Some(Worth::Fits) {
            fact = fact.worth(Worth::FitsButWeak, "it fits, but members are listed by MD5 or SHA-1 alone");
        }
        if self.missing > 0 {
            fact.detail.push_str(&format!("; {} of the members that it lists are missing", self.missing));
        }
        fact
    }
}

/// Whether bytes have one of these digests and no other; `None` where there is none to compare.
fn matches(stated: &[(Algorithm, Vec<u8>)], bytes: &[u8]) -> Option<bool> {
    (!stated.is_empty()).then(|| stated.iter().all(|(algorithm, digest)| algorithm.of(bytes) == *digest))
}

fn named(all: &[String]) -> Vec<String> {
    let mut names: Vec<String> = all.iter().take(MOST_NAMED).cloned().collect();
    if all.len() > MOST_NAMED {
        names.push(format!("{} more", all.len() - MOST_NAMED));
    }
    names
}

/// Whether a member is a part of signatures itself, which none covers.
fn is_own(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let Some(own) = upper.strip_prefix("META-INF/").filter(|own| !own.contains('/')) else { return false };
    own == "MANIFEST.MF"
        || own.starts_with("SIG-")
        || [".SF", ".RSA", ".DSA", ".EC"].iter().any(|end| own.ends_with(end))
}

impl Section<'_> {
    /// The digests in fields whose names end so.
    fn digests(&self, end: &str) -> Vec<(Algorithm, Vec<u8>)> {
        let read = |(name, value): &(String, String)| {
            let at = name.len().checked_sub(end.len())?;
            let (algorithm, own) = (name.get(..at)?, name.get(at..)?);
            let algorithm = Algorithm::of_java(algorithm).filter(|_| own.eq_ignore_ascii_case(end))?;
            Some((algorithm, STANDARD.decode(value).ok()?))
        };
        self.fields.iter().filter_map(read).collect()
    }
}
