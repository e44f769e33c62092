//! The packages that arrived, and the form by which another one does.

use askama::Template;
use axum::extract::{Multipart, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use index::package::{Package, Way};

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::package::size;
use crate::parts::sign::Sign;
use crate::state::State;
use crate::upload::{self, Refused};
use crate::words::page;

/// Packages that are shown.
const SHOWN: u32 = 100;

/// The list.
#[derive(Template)]
#[template(path = "pages/packages.html")]
pub(crate) struct Packages {
    frame: Frame,
    mistake: Option<String>,
    largest: String,
    packages: Vec<Line>,
}

struct Line {
    address: String,
    name: String,
    claimed: String,
    kind: String,
    size: String,
    attention: Sign,
    at: Moment,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Packages>, Failure> {
    list(&state, frame, None).await.map(Page)
}

/// Takes a package and leads to its page.
pub(crate) async fn send(
    Given(state): Given<State>,
    frame: Frame,
    form: Multipart,
) -> Result<Response, Failure> {
    match upload::take(&state, form, Way::Page).await {
        Ok(package) => Ok(Redirect::to(&page("/packages", &package.digest)).into_response()),
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(Refused::Wrong(status, sentence)) => {
            let status = if status.is_client_error() { status } else { StatusCode::BAD_REQUEST };
            Ok((status, Page(list(&state, frame, Some(sentence)).await?)).into_response())
        }
    }
}

async fn list(state: &State, frame: Frame, mistake: Option<String>) -> Result<Packages, Failure> {
    let packages = state.knowledge.packages(SHOWN).await?;
    let packages = packages.into_iter().map(|package| line(package, &frame)).collect();
    Ok(Packages { packages, mistake, largest: size(state.packages.largest), frame: frame.at(Here::Packages) })
}

fn line(package: Package, frame: &Frame) -> Line {
    let claimed = [package.claimed_name, package.claimed_version].into_iter().flatten().collect::<Vec<_>>();
    Line {
        address: page("/packages", &package.digest),
        name: package.name,
        claimed: claimed.join(" "),
        kind: package.kind,
        size: size(package.size),
        attention: Sign::attention(package.attention),
        at: Moment::of(package.last_seen, frame.now),
    }
}
