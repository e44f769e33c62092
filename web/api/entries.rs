//! `GET /api/v1/entries/{id}` and `…/compare`: an entry, one of its revisions, and what differs between two.

use axum::Json;
use axum::extract::{Path, State as Given};
use index::answer::{Comparison, EntryView};
use index::entry::EntryId;

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::state::State;

/// An entry with everything known of it.
#[utoipa::path(
    get, path = "/api/v1/entries/{id}", tag = "entries",
    params(
        ("id" = i64, Path, description = "Number of the entry"),
        ("revision" = Option<u32>, Query, description = "Number of the revision, counted from 1; the newest unless told"),
    ),
    responses(
        (status = 200, description = "The entry: its head, statement, text, mentions by byte range, revisions and group", body = ref("#/components/schemas/Entry")),
        (status = 404, description = "There is no such entry or revision", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Json<EntryView>, Problem> {
    let revision = numbered(&asked, "revision")?;
    let found = state.knowledge.entry(entry_id(&id)?, revision).await?;
    found.map(Json).ok_or_else(|| Problem::missing("there is no such entry or revision"))
}

/// Two revisions of an entry, word by word.
#[utoipa::path(
    get, path = "/api/v1/entries/{id}/compare", tag = "entries",
    params(
        ("id" = i64, Path, description = "Number of the entry"),
        ("before" = u32, Query, description = "Number of the older revision"),
        ("after" = u32, Query, description = "Number of the newer revision"),
    ),
    responses(
        (status = 200, description = "Title and text in pieces that are kept, removed or added, and the facts that differ", body = ref("#/components/schemas/Comparison")),
        (status = 400, description = "A number is missing", body = Problem),
        (status = 404, description = "There is no such entry or revision", body = Problem),
    )
)]
pub(crate) async fn compare(
    Given(state): Given<State>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Json<Comparison>, Problem> {
    let (Some(before), Some(after)) = (numbered(&asked, "before")?, numbered(&asked, "after")?) else {
        return Err(Problem::wrong("give the numbers of two revisions as before and after"));
    };
    let found = state.knowledge.compare(entry_id(&id)?, before, after).await?;
    found.map(Json).ok_or_else(|| Problem::missing("there is no such entry or revision"))
}

fn entry_id(id: &str) -> Result<EntryId, Problem> {
    id.parse().map(EntryId).map_err(|_| Problem::missing("the number of an entry is a whole number"))
}

fn numbered(asked: &Asked, name: &str) -> Result<Option<u32>, Problem> {
    match (asked.first(name), asked.number(name)) {
        (Some(_), None) => {
            Err(Problem::wrong(&format!("{name} is the number of a revision, counted from 1")))
        }
        (_, number) => Ok(number),
    }
}
