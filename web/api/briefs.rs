//! Briefs, decisions and observations: `/api/v1/packages/{digest}/brief`, `/api/v1/briefs`, `/api/v1/observations`.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest as _, Multipart, Path, Request, State as Given};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, HeaderName};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crawler::house;
use index::brief::Brief;
use index::decision::{Decision, Mistake, Observation};
use index::package::Way;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::parts::brief::markdown;
use crate::state::State;
use crate::upload::{self, Refused};

/// Bytes of JSON with a file within at most: it is held in memory, and Base64 takes a third more.
const LARGEST_ENCLOSED: usize = 44 << 20;

const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// The brief on a package that arrived.
#[utoipa::path(
    get, path = "/api/v1/packages/{digest}/brief", tag = "packages",
    params(
        ("digest" = String, Path, description = "SHA-256 of the file, 64 digits"),
        ("environment" = Option<String>, Query, description = "The environment to hold it against; without it the only one, or the one called production"),
    ),
    responses(
        (status = 200, description = "The brief", body = ref("#/components/schemas/Brief")),
        (status = 400, description = "There is no such environment", body = Problem),
        (status = 404, description = "No such package has arrived", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    asked: Asked,
) -> Result<Json<Brief>, Problem> {
    brief(&state, &digest, asked.first("environment")).await.map(Json)
}

/// The same as Markdown, for a ticket.
#[utoipa::path(
    get, path = "/api/v1/packages/{digest}/brief.md", tag = "packages",
    params(
        ("digest" = String, Path, description = "SHA-256 of the file, 64 digits"),
        ("environment" = Option<String>, Query, description = "As for the brief"),
    ),
    responses(
        (status = 200, description = "The brief", body = String, content_type = "text/markdown"),
        (status = 400, description = "There is no such environment", body = Problem),
        (status = 404, description = "No such package has arrived", body = Problem),
    )
)]
pub(crate) async fn as_markdown(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let brief = brief(&state, &digest, asked.first("environment")).await?;
    Ok(([(CONTENT_TYPE, MARKDOWN)], markdown(&brief, &state.site)).into_response())
}

/// Reads an attachment, as a ticket system's webhook posts it, and answers with its brief as Markdown.
#[utoipa::path(
    post, path = "/api/v1/briefs", tag = "packages",
    params(
        ("name" = Option<String>, Query, description = "What the file is called, where the body is the file itself"),
        ("environment" = Option<String>, Query, description = "As for the brief"),
    ),
    request_body(
        content = ref("#/components/schemas/Upload"), content_type = "multipart/form-data",
        description = "A form, of which the first field with a file is taken; or the file itself as the body; or JSON \
                       with a `name` and in `content` the file in Base64, of at most 32 MiB"
    ),
    responses(
        (status = 201, description = "The brief: as Markdown, or as JSON where that is accepted", body = String, content_type = "text/markdown"),
        (status = 400, description = "There is no file, or no such environment", body = Problem),
        (status = 413, description = "The file is larger than the setting allows", body = Problem),
    )
)]
pub(crate) async fn of_attachment(
    Given(state): Given<State>,
    asked: Asked,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    let wants_json = is(headers, ACCEPT, "application/json");
    let taken = if is(headers, CONTENT_TYPE, "multipart/form-data") {
        let form = Multipart::from_request(request, &state).await;
        let form = form.map_err(|error| Problem::wrong(&error.body_text().to_lowercase()))?;
        upload::take_any(&state, form, Way::Api).await
    } else if is(headers, CONTENT_TYPE, "application/json") && asked.first("name").is_none() {
        let (name, bytes) = enclosed(request).await?;
        upload::take_bytes(&state, bytes, Some(&name), Way::Api).await
    } else {
        let name = asked.first("name").map(str::to_owned).or_else(|| attached(request.headers()));
        upload::take_body(&state, request.into_body(), name.as_deref(), Way::Api).await
    };
    let package = taken.map_err(|refused| match refused {
        Refused::Wrong(status, sentence) => Problem::new(status, sentence),
        Refused::Broken(error) => error.into(),
    })?;
    let brief = brief(&state, &package.digest, asked.first("environment")).await?;
    if wants_json {
        return Ok((StatusCode::CREATED, Json(brief)).into_response());
    }
    let answer = ([(CONTENT_TYPE, MARKDOWN)], markdown(&brief, &state.site));
    Ok((StatusCode::CREATED, answer).into_response())
}

/// Whether a header begins with this media type.
fn is(headers: &HeaderMap, header: HeaderName, media_type: &str) -> bool {
    let value = headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.trim_start().to_ascii_lowercase().starts_with(media_type)
}

/// An attachment within JSON.
#[derive(Debug, Deserialize)]
struct Enclosed {
    name: String,
    content: String,
}

/// The name and bytes of an attachment within JSON. What else stands there is the ticket system's own.
async fn enclosed(request: Request) -> Result<(String, Vec<u8>), Problem> {
    let body = to_bytes(request.into_body(), LARGEST_ENCLOSED).await.map_err(|_| {
        let sentence = "within JSON a file has at most 32 MiB: send it as the body itself, or in a form";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, sentence.to_owned())
    })?;
    let sent: Enclosed = serde_json::from_slice(&body).map_err(|error| {
        Problem::wrong(&format!(
            "the body cannot be read: {error}; it wants name and content, the file in Base64 (a file that is JSON itself \
             is sent with ?name=)"
        ))
    })?;
    let packed: String = sent.content.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(packed);
    let bytes = bytes.map_err(|error| Problem::wrong(&format!("content is no Base64: {error}")))?;
    Ok((sent.name, bytes))
}

/// The name that a header gives to the body (RFC 6266).
fn attached(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let named = value.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    Some(named.trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// A decision as it is sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    outcome: String,
    by: String,
    reason: String,
}

/// Decides on a package.
#[utoipa::path(
    post, path = "/api/v1/packages/{digest}/decisions", tag = "packages",
    params(("digest" = String, Path, description = "SHA-256 of the file, 64 digits")),
    request_body(content = ref("#/components/schemas/Deciding"), content_type = "application/json", description = "What, by whom and why"),
    responses(
        (status = 201, description = "The decision", body = ref("#/components/schemas/Decision")),
        (status = 400, description = "Something is missing or cannot be understood", body = Problem),
        (status = 404, description = "No such package has arrived", body = Problem),
    )
)]
pub(crate) async fn decide(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    body: String,
) -> Result<(StatusCode, Json<Decision>), Problem> {
    let sent: Deciding = serde_json::from_str(&body).map_err(|error| unread(&error))?;
    let deciding =
        house::deciding(&sent.outcome, &sent.by, &sent.reason).map_err(|mistake| wrong(&mistake))?;
    let about = state.knowledge.about(&digest.to_ascii_lowercase()).await?.ok_or_else(missing)?;
    let now = state.now();
    let draft = house::decision(&about, &deciding, now);
    let decision = state.knowledge.decide(about, &deciding, draft, now).await?;
    state.knowledge.follow().await?;
    Ok((StatusCode::CREATED, Json(decision)))
}

/// An observation as it is sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Observing {
    product: String,
    version: String,
    text: String,
    by: String,
}

/// Writes down what was seen of a version.
#[utoipa::path(
    post, path = "/api/v1/observations", tag = "packages",
    request_body(content = ref("#/components/schemas/Observing"), content_type = "application/json", description = "What was seen of which version, and by whom"),
    responses(
        (status = 201, description = "The observation", body = ref("#/components/schemas/Observation")),
        (status = 400, description = "Something is missing or cannot be understood", body = Problem),
    )
)]
pub(crate) async fn observe(
    Given(state): Given<State>,
    body: String,
) -> Result<(StatusCode, Json<Observation>), Problem> {
    let sent: Observing = serde_json::from_str(&body).map_err(|error| unread(&error))?;
    let observing = house::observing(&sent.product, &sent.version, &sent.text, &sent.by);
    let observing = observing.map_err(|mistake| wrong(&mistake))?;
    let now = state.now();
    let draft = house::observation(&observing, now);
    let observation = state.knowledge.observe(&observing, draft, now).await?;
    state.knowledge.follow().await?;
    Ok((StatusCode::CREATED, Json(observation)))
}

async fn brief(state: &State, digest: &str, environment: Option<&str>) -> Result<Brief, Problem> {
    let answered = state.knowledge.brief(&digest.to_ascii_lowercase(), environment, state.now()).await?;
    let found = answered.map_err(|refusal| Problem::wrong(&refusal.0))?;
    found.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::missing("no package with this digest has arrived here")
}

fn wrong(mistake: &Mistake) -> Problem {
    Problem::wrong(&format!("{}: {}", mistake.field, mistake.sentence))
}

fn unread(error: &serde_json::Error) -> Problem {
    Problem::wrong(&format!("the body cannot be read: {error}"))
}
