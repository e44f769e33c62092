//! Units that something of the package requires and that are not there, or masked.
//!
//! A unit that is only ordered against (`After=`) does no harm where it is absent, and one that the package brings is there.

use inspect::finding::CheckId;
use inspect::finding::object::Object;

use super::{Assessment, Case, Kind, is_acting};
use crate::estate::facts::Unit;

/// Sorts of units that exist without a file, so that no list of files shows whether they are there.
const WITHOUT_FILE: [&str; 5] = [".device", ".scope", ".slice", ".mount", ".swap"];

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let checks = [CheckId::UnitReference, CheckId::UnitControl];
    if !case.findings.iter().any(|finding| is_acting(finding, &checks) || concerns(&finding.objects)) {
        return;
    }
    let Some(units) = case.known(&case.estate.units, Kind::Unit, "units", told) else { return };
    for (finding, object) in case.objects() {
        let Object::Unit { name, required: true } = object else { continue };
        if WITHOUT_FILE.iter().any(|end| name.ends_with(end)) || is_brought(case, name) {
            continue;
        }
        let does = format!("it needs the unit {name}");
        let environment = &case.estate.environment;
        match found(&units.facts, name) {
            Some(unit) if unit.state.as_deref().is_some_and(|state| state.starts_with("masked")) => {
                told.collide(
                    Kind::Unit,
                    finding,
                    &does,
                    format!("{environment} has it masked"),
                    &units.origin,
                );
            }
            Some(_) => {}
            None => match &units.partial {
                Some(why) => told.miss(Kind::Unit, format!("whether {environment} has {name}: {why}")),
                None => {
                    let estate = format!("{environment} has no such unit");
                    told.collide(Kind::Unit, finding, &does, estate, &units.origin);
                }
            },
        }
    }
}

fn concerns(objects: &[Object]) -> bool {
    objects.iter().any(|object| matches!(object, Object::Unit { required: true, .. }))
}

/// The unit of this name, or the template that it is an instance of (systemd.unit(5)).
fn found<'a>(units: &'a [Unit], name: &str) -> Option<&'a Unit> {
    let template = template(name);
    let named = |wanted: &str| units.iter().find(|unit| unit.name == wanted);
    named(name).or_else(|| template.as_deref().and_then(named))
}

/// `getty@tty1.service` is an instance of `getty@.service`.
fn template(name: &str) -> Option<String> {
    let (base, rest) = name.split_once('@')?;
    let (_, suffix) = rest.rsplit_once('.')?;
    Some(format!("{base}@.{suffix}"))
}

fn is_brought(case: &Case<'_>, name: &str) -> bool {
    case.brings(name)
        || template(name).is_some_and(|template| case.brings(&template))
        // A script of System V becomes a unit of the same name.
        || name.strip_suffix(".service").is_some_and(|base| case.brings(&format!("etc/init.d/{base}")))
}
