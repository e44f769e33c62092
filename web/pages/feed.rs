//! The Atom feed of a saved search (RFC 4287), for whoever has the token in its address.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use index::answer::Card;
use index::subscription::SubscriptionId;
use jiff::Timestamp;

use crate::asked::Asked;
use crate::failure::{Failure, logged};
use crate::parts::affected::AffectedLine;
use crate::parts::sign::Sign;
use crate::state::State;

/// The feed.
#[derive(Template)]
#[template(path = "feed.xml", escape = "html")]
struct Feed {
    site: String,
    id: i64,
    address: String,
    name: String,
    watched: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

/// An entry of it.
struct Entry {
    id: i64,
    title: String,
    vendor: String,
    published: Timestamp,
    updated: Timestamp,
    summary: String,
}

/// Writes it.
pub(crate) async fn atom(
    Given(state): Given<State>,
    Path(id): Path<i64>,
    asked: Asked,
) -> Result<Response, Failure> {
    let token = asked.first("token").unwrap_or_default();
    let Some((found, cards)) = state.knowledge.feed(SubscriptionId(id), token).await? else {
        let sentence = "There is no feed at this address: copy it again, whole.\n";
        return Ok((StatusCode::NOT_FOUND, sentence).into_response());
    };
    let updated = cards.iter().map(|card| card.last_revised).max().unwrap_or(found.created);
    let feed = Feed {
        site: state.site.to_string(),
        id,
        address: format!("{}/subscriptions/{id}/atom?token={token}", state.site),
        name: printable(&found.wanted.name),
        watched: printable(&found.wanted.watch.in_words()),
        updated,
        entries: cards.iter().map(entry).collect(),
    };
    Ok(match feed.render() {
        Ok(text) => ([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response(),
        Err(error) => {
            let reference = logged(&anyhow::Error::new(error).context("failed to write a feed"));
            let sentence = format!("This feed could not be written (reference {reference}).\n");
            (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    })
}

fn entry(card: &Card) -> Entry {
    let severity = card.severity.as_ref().map(|severity| Sign::severity(severity).word);
    let identifiers = (!card.identifiers.is_empty()).then(|| card.identifiers.join(", "));
    let versions = AffectedLine::heads(&card.affected).into_iter().map(|line| {
        let fixed = if line.fixed.is_empty() { String::new() } else { format!(", fixed in {}", line.fixed) };
        format!("{} {}{fixed}", line.product, line.affected).replace(" ,", ",").trim().to_owned()
    });
    let parts = severity.into_iter().chain(identifiers).chain(versions);
    let summary: Vec<String> = parts.chain([format!("Said by {}", card.source_name)]).collect();
    Entry {
        id: card.id.0,
        title: printable(&card.title),
        vendor: printable(
            card.vendor_name.as_deref().or(card.vendor.as_deref()).unwrap_or(&card.source_name),
        ),
        published: card.published.unwrap_or(card.first_seen),
        updated: card.last_revised,
        summary: printable(&summary.join(". ")),
    }
}

/// Text without the controls that no XML may hold.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect()
}
