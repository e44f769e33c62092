//! Accounts and groups, as `getent passwd` and `getent group` print them (passwd(5), group(5)).

use super::{Mistake, bounded, lines, shown};
use crate::estate::facts::{Account, Facts, Group};

/// Reads `getent passwd`.
pub(super) fn passwd(text: &str) -> Result<Facts, Mistake> {
    let mut accounts = Vec::new();
    for (number, line) in lines(text).filter(|(_, line)| !is_other(line)) {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, id, group, _, home, shell] = fields.as_slice() else {
            return Err(Mistake::at(
                number,
                "it is no row of getent passwd, which has seven fields between colons",
            ));
        };
        let (id, group) = (numbered(number, id)?, Some(numbered(number, group)?));
        let (home, shell) = (Some(shown(home)), Some(shown(shell)));
        accounts.push(Account { name: shown(name), id, group, home, shell });
    }
    Ok(Facts { accounts: Some(bounded(accounts, "accounts")?), ..Facts::default() })
}

/// Reads `getent group`.
pub(super) fn group(text: &str) -> Result<Facts, Mistake> {
    let mut groups = Vec::new();
    for (number, line) in lines(text).filter(|(_, line)| !is_other(line)) {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, id, members] = fields.as_slice() else {
            return Err(Mistake::at(
                number,
                "it is no row of getent group, which has four fields between colons",
            ));
        };
        let members = members.split(',').filter(|name| !name.is_empty()).map(shown).collect();
        groups.push(Group { name: shown(name), id: numbered(number, id)?, members });
    }
    Ok(Facts { groups: Some(bounded(groups, "groups")?), ..Facts::default() })
}

/// Lines of files that send the reader to another service, and comments.
fn is_other(line: &str) -> bool {
    line.starts_with(['+', '-', '#'])
}

fn numbered(line: usize, field: &str) -> Result<u32, Mistake> {
    field
        .parse()
        .map_err(|_| Mistake::at(line, format!("\"{}\" is no number of an account or group", shown(field))))
}
