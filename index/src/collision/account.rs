//! Accounts and groups that the package makes with a number that somebody else has, or under a name that has another.
//!
//! A name that is there without a number being asked for does no harm: that is what an upgrade finds.

use inspect::finding::CheckId;
use inspect::finding::object::Object;

use super::{Assessment, Case, Kind, is_acting};
use crate::estate::Origin;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let acting = |finding| is_acting(finding, &[CheckId::AccountCreate]);
    let is_any = |object: &Object| matches!(object, Object::Account { .. } | Object::Group { .. });
    if !case.findings.iter().any(acting) && !case.objects().any(|(_, object)| is_any(object)) {
        return;
    }
    let accounts = case.known(&case.estate.accounts, Kind::Account, "accounts", told);
    let groups = case.known(&case.estate.groups, Kind::Account, "groups", told);
    for (finding, object) in case.objects() {
        let mut held = |word: &str,
                        wanted: &str,
                        id: u32,
                        known: &mut dyn Iterator<Item = (&str, u32)>,
                        origin: &Origin| {
            let does = format!("it makes the {word} {wanted} with the number {id}");
            for (name, number) in known {
                let estate = match (name == wanted, number == id) {
                    (true, false) => {
                        format!("{wanted} has the number {number} in {}", case.estate.environment)
                    }
                    (false, true) => format!("{name} has that number in {}", case.estate.environment),
                    _ => continue,
                };
                told.collide(Kind::Account, finding, &does, estate, origin);
            }
        };
        match (object, accounts, groups) {
            (Object::Account { name, id: Some(id) }, Some(accounts), _) => {
                let mut known = accounts.facts.iter().map(|one| (one.name.as_str(), one.id));
                held("account", name, *id, &mut known, &accounts.origin);
            }
            (Object::Group { name, id: Some(id) }, _, Some(groups)) => {
                let mut known = groups.facts.iter().map(|one| (one.name.as_str(), one.id));
                held("group", name, *id, &mut known, &groups.origin);
            }
            _ => {}
        }
    }
}
