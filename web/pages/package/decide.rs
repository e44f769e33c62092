//! What a visitor decides on a package, or has seen of it: recorded, or said beside the field what is wrong.

use axum::extract::{Path, RawForm, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use crawler::house;
use index::decision::About;

use super::{DecisionTyped, ObservationTyped, read};
use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::state::State;
use crate::words::page;

/// Records a decision, and leads back to the brief.
pub(crate) async fn decide(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let typed = |name| form.first(name).unwrap_or_default().to_owned();
    let (outcome, by, reason) = (typed("outcome"), typed("by"), typed("reason"));
    let (about, now) = (about(&state, &digest, &frame).await?, frame.now);
    match house::deciding(&outcome, &by, &reason) {
        Ok(deciding) => {
            let draft = house::decision(&about, &deciding, now);
            state.knowledge.decide(about, &deciding, draft, now).await?;
            state.knowledge.follow().await?;
            Ok(Redirect::to(&format!("{}#here", page("/packages", &digest))).into_response())
        }
        Err(mistake) => {
            let mut shown = read(&state, &digest, None, frame).await?;
            let (address, mistake) = (shown.decide.address.clone(), Some(mistake.sentence));
            shown.decide = DecisionTyped { address, outcome, by, reason, mistake };
            Ok((StatusCode::BAD_REQUEST, Page(shown)).into_response())
        }
    }
}

/// Records an observation of the version that a package brings, and leads back to the brief.
pub(crate) async fn observe(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let typed = |name| form.first(name).unwrap_or_default().to_owned();
    let (text, by) = (typed("text"), typed("by"));
    let (about, now) = (about(&state, &digest, &frame).await?, frame.now);
    let (product, version) = (about.product.unwrap_or_default(), about.version.unwrap_or_default());
    match house::observing(&product, &version, &text, &by) {
        Ok(observing) => {
            let draft = house::observation(&observing, now);
            state.knowledge.observe(&observing, draft, now).await?;
            state.knowledge.follow().await?;
            Ok(Redirect::to(&format!("{}#here", page("/packages", &digest))).into_response())
        }
        Err(mistake) => {
            let mut shown = read(&state, &digest, None, frame).await?;
            let address = format!("{}/observations", page("/packages", &digest));
            shown.observe = Some(ObservationTyped { address, by, text, mistake: Some(mistake.sentence) });
            Ok((StatusCode::BAD_REQUEST, Page(shown)).into_response())
        }
    }
}

async fn about(state: &State, digest: &str, frame: &Frame) -> Result<About, Failure> {
    let found = state.knowledge.about(&digest.to_ascii_lowercase()).await?;
    found.ok_or_else(|| {
        let sentence = "No package with this digest has arrived here.";
        Failure::missing(frame.clone().at(Here::Packages), sentence, ("/packages", "All packages"))
    })
}
