//! Adding sources: an address is looked at, or a vendor of the catalogue taken, and what was found is chosen from.
//!
//! Looking changes nothing and is asked for by POST all the same, so that no other site's page can make this program ask
//! around. Between looking and choosing nothing is kept here: the form carries what was found, and every source is checked
//! again when it comes back.

use askama::Template;
use axum::extract::{RawForm, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use crawler::catalogue;
use crawler::discover::{self, Known};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::looking::Refusal;
use crate::state::State;
use crate::words;

use chosen::Chosen;
use offer::Offer;

/// What comes back from the form, and what of it is added.
mod chosen;
/// What was found, as the form shows it.
mod offer;

/// The page with both forms.
#[derive(Template)]
#[template(path = "pages/new_source.html")]
pub(crate) struct NewSource {
    frame: Frame,
    typed: String,
    mistake: Option<String>,
    vendors: Vec<String>,
    offer: Option<Offer>,
}

impl NewSource {
    fn new(frame: Frame, typed: &str) -> Self {
        let vendors = catalogue::all().iter().map(|listed| listed.name.clone()).collect();
        Self { frame: frame.at(Here::Sources), typed: typed.to_owned(), mistake: None, vendors, offer: None }
    }

    fn mistaken(self, status: StatusCode, sentence: String) -> Response {
        (status, Page(Self { mistake: Some(sentence), ..self })).into_response()
    }

    fn offering(self, offer: Offer) -> Response {
        let status = if offer.is_mistaken() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        (status, Page(Self { offer: Some(offer), ..self })).into_response()
    }
}

/// Shows the form.
pub(crate) async fn show(frame: Frame, asked: Asked) -> Page<NewSource> {
    Page(NewSource::new(frame, asked.first("site").unwrap_or_default()))
}

/// Looks at what was typed, and shows what was found.
pub(crate) async fn look(
    Given(state): Given<State>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let typed = form.first("site").unwrap_or_default().trim().to_owned();
    let now = frame.now;
    let page = NewSource::new(frame, &typed);
    let known = Known::of(&state.knowledge).await?;
    if let Some(listed) = catalogue::find(&typed) {
        let found = discover::of_catalogue(listed, &known);
        return Ok(page.offering(Offer::of(found, now)));
    }
    let Some(site) = discover::site(&typed) else {
        return Ok(page.mistaken(StatusCode::BAD_REQUEST, misunderstood(&typed)));
    };
    let Some(looking) = &state.looking else {
        return Ok(page.mistaken(StatusCode::NOT_FOUND, "No site is looked at here.".to_owned()));
    };
    Ok(match looking.at(&site, &known, now).await {
        Ok(found) => page.offering(Offer::of(found, now)),
        Err(Refusal::Typed(sentence)) => page.mistaken(StatusCode::BAD_REQUEST, sentence),
        Err(Refusal::Busy(sentence)) => page.mistaken(StatusCode::SERVICE_UNAVAILABLE, sentence),
    })
}

fn misunderstood(typed: &str) -> String {
    let near = catalogue::nearest(typed).filter(|_| !typed.is_empty());
    let near = near.map(|near| format!(" The nearest name there is {near}.")).unwrap_or_default();
    format!(
        "This is neither an address, such as https://vendor.example, nor a vendor of the catalogue.{near}"
    )
}

/// Adds what was chosen, or shows beside the fields what is wrong with it.
pub(crate) async fn add(
    Given(state): Given<State>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let now = frame.now;
    let page = NewSource::new(frame, form.first("site").unwrap_or_default());
    let Some(looking) = &state.looking else {
        return Ok(page.mistaken(StatusCode::NOT_FOUND, "No source is added here.".to_owned()));
    };
    let Some(chosen) = Chosen::of(&form) else {
        let sentence = "The form did not come back whole: look at the site again.".to_owned();
        return Ok(page.mistaken(StatusCode::BAD_REQUEST, sentence));
    };
    let known = Known::of(&state.knowledge).await?;
    match chosen.sources(&known, looking) {
        Ok((vendor, sources)) => {
            discover::take(&state.knowledge, &vendor, &sources, now).await?;
            let count = sources.len().to_string();
            Ok(Redirect::to(&words::address("/sources", &[("added", &count)])).into_response())
        }
        Err(mistakes) => Ok(page.offering(Offer::again(chosen, mistakes, now))),
    }
}
