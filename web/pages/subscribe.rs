//! A new subscription: a form, what its digest would look like with what is recorded, and only then the button that
//! saves it.

use askama::Template;
use axum::extract::{RawForm, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use index::query;
use index::subscription::ready::Ready;
use index::subscription::recipient::Shape;
use index::subscription::{Mistake, Recipient, Wanted};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::parts::digest::DigestView;
use crate::state::State;
use crate::wanted::Typed;
use crate::words;

/// The page of a new subscription.
#[derive(Template)]
#[template(path = "pages/subscribe.html")]
pub(crate) struct Subscribe {
    frame: Frame,
    typed: Typed,
    mistake: Option<Mistake>,
    mails: bool,
    ready: [Ready; 7],
    shapes: [Shape; 4],
    preview: Option<Preview>,
}

/// What would be saved.
struct Preview {
    watched: String,
    to: String,
    rhythm: String,
    asks: bool,
    many_words: bool,
    digest: DigestView,
}

/// Shows the empty form, with the query that a visitor brings from a search.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame, asked: Asked) -> Page<Subscribe> {
    let query = asked.first("q").unwrap_or_default().to_owned();
    let typed = Typed { query, cadence: "day".to_owned(), at: "07:00".to_owned(), ..read(&asked) };
    page(&state, frame, typed, None, None)
}

/// Previews what was typed, or saves it.
pub(crate) async fn make(
    Given(state): Given<State>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let typed = read(&form);
    let wanted = match typed.wanted().and_then(|wanted| can_be_sent(wanted, &state)) {
        Ok(wanted) => wanted,
        Err(mistake) => return Ok(mistaken(&state, frame, typed, mistake)),
    };
    if form.first("action") == Some("save") {
        return Ok(match state.knowledge.subscribe(wanted, false, frame.now).await? {
            Ok(id) => Redirect::to(&format!("/subscriptions/{}?saved=now", id.0)).into_response(),
            Err(mistake) => mistaken(&state, frame, typed, mistake),
        });
    }
    if let Some(mistake) = state.knowledge.cannot_watch(&wanted.watch).await? {
        return Ok(mistaken(&state, frame, typed, mistake));
    }
    let digest = state.knowledge.preview_of(&wanted, frame.now).await?;
    let preview = Preview {
        watched: wanted.watch.in_words(),
        to: wanted.recipient.shown(),
        rhythm: wanted.rhythm.in_words(),
        asks: matches!(wanted.recipient, Recipient::Mail { .. }),
        many_words: wanted.watch.query.as_deref().is_some_and(many_words),
        digest: DigestView::of(&digest, ""),
    };
    Ok(page(&state, frame, typed, None, Some(preview)).into_response())
}

fn can_be_sent(wanted: Wanted, state: &State) -> Result<Wanted, Mistake> {
    if !state.mails && matches!(wanted.recipient, Recipient::Mail { .. }) {
        let sentence = "no mail is set up here: use a webhook or a feed, or ask whoever runs this installation to set it up";
        return Err(Mistake::new("to", sentence));
    }
    Ok(wanted)
}

/// Whether a search would be content with a part of the words, where a subscription wants them all.
fn many_words(typed: &str) -> bool {
    matches!(query::parse(typed), Ok(query::Query::Words(words)) if words.len() > 4)
}

fn mistaken(state: &State, frame: Frame, typed: Typed, mistake: Mistake) -> Response {
    let page = page(state, frame, typed, Some(mistake), None);
    (StatusCode::BAD_REQUEST, page).into_response()
}

fn page(
    state: &State,
    frame: Frame,
    typed: Typed,
    mistake: Option<Mistake>,
    preview: Option<Preview>,
) -> Page<Subscribe> {
    let mistake = mistake.map(|mistake| Mistake { sentence: words::unended(&mistake.sentence), ..mistake });
    Page(Subscribe {
        frame: frame.at(Here::Subscriptions),
        typed,
        mistake,
        mails: state.mails,
        ready: Ready::ALL,
        shapes: Shape::ALL,
        preview,
    })
}

fn read(form: &Asked) -> Typed {
    let text = |name| form.first(name).unwrap_or_default().to_owned();
    let chosen = |name| form.first(name).is_some();
    Typed {
        name: text("name"),
        query: text("query"),
        ready: text("ready"),
        subject: text("subject"),
        version: text("version"),
        sources: chosen("sources"),
        to: text("to"),
        shape: text("shape"),
        private_network: chosen("private_network"),
        cadence: text("cadence"),
        at: text("at"),
        on: text("on"),
        zone: text("zone"),
        quiet_from: text("quiet_from"),
        quiet_to: text("quiet_to"),
        every_change: chosen("every_change"),
        weekly: chosen("weekly"),
    }
}

impl Subscribe {
    /// What is wrong with a part of the form; empty for nothing.
    fn wrong(&self, part: &str) -> &str {
        self.mistake.as_ref().filter(|mistake| mistake.part == part).map_or("", |mistake| &mistake.sentence)
    }
}
