//! The frame around every page: the bar, the search that is always there, and one line when something is not normal.
//!
//! What is not normal is decided in `index`; here it only gets its place. The line is never left out because the state could
//! not be read: then it says that.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use index::notice::About;
use jiff::Timestamp;

use crate::assets::{ADDRESSES, Addresses};
use crate::failure;
use crate::guard::access::Access;
use crate::parts::sign::Meaning;
use crate::state::State;

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
    /// Keys and what changed about them.
    Keys,
    /// Vendors.
    Vendors,
    /// Sources.
    Sources,
    /// Subscriptions.
    Subscriptions,
}

/// Something that is not normal, and where to read more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// How loud it is.
    pub(crate) meaning: Meaning,
    /// What is not normal.
    pub(crate) sentence: String,
    /// The page that tells more; empty for none.
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
        let notices = match state.notices().await {
            Ok(notices) => notices.into_iter().map(shown).collect(),
            Err(error) => vec![unread(&failure::logged(&error))],
        };
        let signed_in = matches!(state.access, Access::Token(_));
        Ok(Self { notices, signed_in, now: state.now(), ..Self::bare() })
    }
}

fn unread(reference: &str) -> Notice {
    Notice {
        meaning: Meaning::Stop,
        sentence: format!("What is not normal here could not be read (reference {reference})."),
        address: "/sources",
        way_on: "Sources",
    }
}

fn shown(notice: index::notice::Notice) -> Notice {
    let (address, way_on) = match notice.about {
        About::Sources => ("/sources", "See which"),
        About::Canary => ("/sources/canary", "See how far it came"),
        About::Digests => ("/subscriptions", "See which"),
        About::Index | About::Clock | About::Disk => ("", ""),
    };
    Notice { meaning: notice.weight.into(), sentence: notice.sentence, address, way_on }
}
