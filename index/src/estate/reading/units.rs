//! Units of systemd, as `systemctl list-unit-files` and `systemctl list-units` print them.

use super::{Mistake, bounded, lines, shown};
use crate::estate::facts::{Facts, Partial, Unit};

/// Reads `systemctl list-unit-files`.
pub(super) fn files(text: &str) -> Result<Facts, Mistake> {
    let mut units = Vec::new();
    for (number, line) in lines(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, state, ..] = words.as_slice() else {
            return Err(Mistake::at(
                number,
                "it is no row of systemctl list-unit-files: a unit and its state",
            ));
        };
        if (*name, *state) == ("UNIT", "FILE") || line.ends_with("unit files listed.") {
            continue;
        }
        units.push(unit(number, name, state, "list-unit-files")?);
    }
    some(units, Partial::default())
}

/// Reads `systemctl list-units`. Units that are not loaded are not in it, so that it tells of none that it is absent.
pub(super) fn loaded(text: &str) -> Result<Facts, Mistake> {
    let mut units = Vec::new();
    for (number, line) in lines(text) {
        let row = line.trim_start_matches(['●', '○', '×', '↻', '*', ' ']);
        let words: Vec<&str> = row.split_whitespace().collect();
        if words.starts_with(&["UNIT", "LOAD"]) {
            continue;
        }
        // What the words mean is explained behind the list.
        if words.first() == Some(&"LOAD") || row.contains(" loaded units listed") {
            break;
        }
        let [name, load, active, ..] = words.as_slice() else {
            return Err(Mistake::at(
                number,
                "it is no row of systemctl list-units: a unit with three states",
            ));
        };
        match *load {
            "not-found" => {}
            "masked" => units.push(unit(number, name, "masked", "list-units")?),
            _ => units.push(unit(number, name, active, "list-units")?),
        }
    }
    let why = "systemctl list-units names only loaded units; import systemctl list-unit-files";
    some(units, Partial { units: Some(why.to_owned()), ..Partial::default() })
}

fn unit(number: usize, name: &str, state: &str, what: &str) -> Result<Unit, Mistake> {
    if name.contains('…') || name.contains("...") {
        let sentence = format!("the name {name} was cut; run systemctl {what} --full --no-pager");
        return Err(Mistake::at(number, sentence));
    }
    if !name.contains('.') {
        return Err(Mistake::at(number, format!("\"{}\" is no unit: its suffix is missing", shown(name))));
    }
    Ok(Unit { name: shown(name), state: Some(shown(state)) })
}

fn some(units: Vec<Unit>, partial: Partial) -> Result<Facts, Mistake> {
    if units.is_empty() {
        return Err(Mistake::whole(
            "no unit is in it; run systemctl list-unit-files on the machine that is meant",
        ));
    }
    Ok(Facts { units: Some(bounded(units, "units")?), partial, ..Facts::default() })
}
