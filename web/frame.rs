//! The frame around every page: the bar, the search that is always there, and one line when something is not normal.
//!
//! That line is made here alone, for every page. It is never left out because the state could not be read: then it
//! says that.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use index::answer::{States, Totals};
use index::health::State as SourceState;
use jiff::Timestamp;

use crate::assets::{ADDRESSES, Addresses};
use crate::failure;
use crate::guard::access::Access;
use crate::parts::sign::Meaning;
use crate::state::State;
use crate::words::{count, counted};

/// What the layout of every page shows.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What stands in the search field.
    pub(crate) typed: String,
    /// The part of the site that this page belongs to.
    pub(crate) here: Here,
    /// What is not normal.
    pub(crate) notices: Vec<Notice>,
    /// Where assets are.
    pub(crate) assets: &'static Addresses,
    /// Whether a visitor can sign out.
    pub(crate) signed_in: bool,
    /// When this page was made.
    pub(crate) now: Timestamp,
}

/// A part of the site, as the bar names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    /// None of the others.
    Elsewhere,
    /// Search and entries.
    Search,
    /// What lies between two versions.
    Upgrade,
    /// Packages that arrived.
    Packages,
    /// Vendors.
    Vendors,
    /// Sources.
    Sources,
}

/// Something that is not normal, and where to read more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// How loud it is.
    pub(crate) meaning: Meaning,
    /// What is not normal.
    pub(crate) sentence: String,
    /// The page that tells more.
    pub(crate) address: &'static str,
    /// What that page is called.
    pub(crate) way_on: &'static str,
}

impl Frame {
    /// A frame that asks nothing, for when asking may be what fails.
    pub(crate) fn bare() -> Self {
        Self {
            typed: String::new(),
            here: Here::Elsewhere,
            notices: Vec::new(),
            assets: &ADDRESSES,
            signed_in: false,
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// The frame of a page in this part of the site.
    pub(crate) fn at(mut self, here: Here) -> Self {
        self.here = here;
        self
    }
}

impl FromRequestParts<State> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &State) -> Result<Self, Infallible> {
        let asked = async { anyhow::Ok((state.totals().await?, state.states().await?)) };
        let notices = match asked.await {
            Ok((totals, states)) => notices(&totals, &states),
            Err(error) => vec![unread(&failure::logged(&error))],
        };
        let signed_in = matches!(state.access, Access::Token(_));
        Ok(Self { notices, signed_in, now: state.now(), ..Self::bare() })
    }
}

fn unread(reference: &str) -> Notice {
    Notice {
        meaning: Meaning::Stop,
        sentence: format!("How the sources are doing could not be read (reference {reference})."),
        address: "/sources",
        way_on: "Sources",
    }
}

fn notices(totals: &Totals, states: &States) -> Vec<Notice> {
    let mut notices = Vec::new();
    let silent = states.count(SourceState::is_silent);
    if silent > 0 {
        let (unwell, sources) = (count(silent), count(totals.sources));
        let verb = if silent == 1 { "is" } else { "are" };
        notices.push(Notice {
            meaning: Meaning::Attention,
            sentence: format!(
                "{unwell} of {sources} sources {verb} not answering: silence there proves nothing."
            ),
            address: "/sources",
            way_on: "See which",
        });
    }
    let doubtful = states.count(|state| state == SourceState::Doubtful);
    if doubtful > 0 {
        let sources = counted(doubtful, "source answers", "sources answer");
        notices.push(Notice {
            meaning: Meaning::Attention,
            sentence: format!("{sources}, but not as before: something may be missing there."),
            address: "/sources",
            way_on: "See which",
        });
    }
    let quiet = states.count(|state| state == SourceState::Quiet);
    if quiet > 0 {
        let sources = counted(quiet, "source has", "sources have");
        notices.push(Notice {
            meaning: Meaning::Note,
            sentence: format!("{sources} said nothing new for unusually long."),
            address: "/sources",
            way_on: "See which",
        });
    }
    if totals.behind > 0 {
        let entries = counted(totals.behind, "entry is", "entries are");
        notices.push(Notice {
            meaning: Meaning::Note,
            sentence: format!("{entries} recorded but not yet found by search."),
            address: "/sources",
            way_on: "Sources",
        });
    }
    notices
}

#[cfg(test)]
mod tests {
    use index::answer::{States, Totals};
    use index::health::State;

    use super::notices;

    fn check(states: &[(State, u64)], behind: u64, expected: &[&str]) {
        let totals = Totals { sources: 7, behind, ..Totals::default() };
        let states = States(states.iter().copied().collect());
        let said: Vec<String> = notices(&totals, &states).into_iter().map(|notice| notice.sentence).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn only_what_is_not_normal_is_said() {
        check(&[(State::Healthy, 6), (State::Waiting, 1)], 0, &[]);
        check(
            &[(State::Failing, 1), (State::Healthy, 6)],
            0,
            &["1 of 7 sources is not answering: silence there proves nothing."],
        );
        check(
            &[(State::Gone, 1), (State::Suspended, 1)],
            0,
            &["2 of 7 sources are not answering: silence there proves nothing."],
        );
        check(
            &[(State::Doubtful, 1)],
            0,
            &["1 source answers, but not as before: something may be missing there."],
        );
        check(&[(State::Quiet, 3)], 0, &["3 sources have said nothing new for unusually long."]);
        check(&[], 1_200, &["1,200 entries are recorded but not yet found by search."]);
    }
}
