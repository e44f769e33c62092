//! `/api/v1/subscriptions`: who is told of what; a new one is previewed or made with the same body.

use axum::Json;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use index::outbox::Posted;
use index::subscription::{Recipient, Subscription, SubscriptionId, Wanted};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::state::State;

/// A subscription that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    /// Its number.
    id: i64,
    /// The address of its feed.
    feed: String,
    /// The key that webhooks are signed with: HMAC-SHA256 over the body, in the header `Forewarn-Signature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// A subscription with what was sent.
#[derive(Debug, Serialize)]
pub(crate) struct WithHistory {
    /// The subscription.
    #[serde(flatten)]
    pub(crate) subscription: Subscription,
    /// What was sent or has to be, the newest first.
    pub(crate) posted: Vec<Posted>,
}

/// Every subscription.
#[utoipa::path(
    get, path = "/api/v1/subscriptions", tag = "subscriptions",
    responses((status = 200, description = "Subscriptions, the newest first", body = ref("#/components/schemas/Subscriptions")))
)]
pub(crate) async fn list(Given(state): Given<State>) -> Result<Json<Vec<Subscription>>, Problem> {
    Ok(Json(state.knowledge.subscriptions().await?))
}

/// One subscription with what was sent.
#[utoipa::path(
    get, path = "/api/v1/subscriptions/{id}", tag = "subscriptions",
    params(("id" = i64, Path, description = "Number of the subscription")),
    responses(
        (status = 200, description = "The subscription, the newest of what was sent first", body = ref("#/components/schemas/SubscriptionWithHistory")),
        (status = 404, description = "There is no such subscription", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(id): Path<i64>,
) -> Result<Json<WithHistory>, Problem> {
    let found = state.knowledge.subscription(SubscriptionId(id)).await?;
    let (subscription, posted) = found.ok_or_else(missing)?;
    Ok(Json(WithHistory { subscription, posted }))
}

/// Makes a subscription, or shows what its digest would look like.
#[utoipa::path(
    post, path = "/api/v1/subscriptions", tag = "subscriptions",
    params(("preview" = Option<bool>, Query, description = "`true` to save nothing and get a digest with what is recorded")),
    request_body(content = ref("#/components/schemas/Wanted"), description = "What is wanted", content_type = "application/json"),
    responses(
        (status = 200, description = "The preview", body = ref("#/components/schemas/Digest")),
        (status = 201, description = "It was made; a mail address is asked to confirm first", body = Made),
        (status = 400, description = "Something cannot be as asked; `detail` says what", body = Problem),
    )
)]
pub(crate) async fn make(
    Given(state): Given<State>,
    asked: Asked,
    body: String,
) -> Result<Response, Problem> {
    let wrong = |sentence: &str| Problem::wrong(sentence);
    let wanted: Wanted =
        serde_json::from_str(&body).map_err(|error| wrong(&format!("the body cannot be read: {error}")))?;
    let wanted = wanted.checked().map_err(|mistake| wrong(&mistake.sentence))?;
    if let Some(mistake) = state.knowledge.cannot_watch(&wanted.watch).await? {
        return Err(wrong(&mistake.sentence));
    }
    let now = state.now();
    if asked.first("preview") == Some("true") {
        return Ok(Json(state.knowledge.preview_of(&wanted, now).await?).into_response());
    }
    if !state.mails && matches!(wanted.recipient, Recipient::Mail { .. }) {
        return Err(wrong("no mail is set up here: use a webhook or a feed"));
    }
    let webhook = matches!(wanted.recipient, Recipient::Webhook { .. });
    let id = state.knowledge.subscribe(wanted, false, now).await?;
    let id = id.map_err(|mistake| wrong(&mistake.sentence))?;
    let (made, _) = state.knowledge.subscription(id).await?.ok_or_else(missing)?;
    let feed = format!("{}/subscriptions/{}/atom?token={}", state.site, id.0, made.tokens.feed);
    let secret = webhook.then(|| made.tokens.secret.clone());
    Ok((StatusCode::CREATED, Json(Made { id: id.0, feed, secret })).into_response())
}

/// Ends a subscription.
#[utoipa::path(
    delete, path = "/api/v1/subscriptions/{id}", tag = "subscriptions",
    params(("id" = i64, Path, description = "Number of the subscription")),
    responses(
        (status = 204, description = "Nothing more is sent of it"),
        (status = 404, description = "There is no such subscription", body = Problem),
    )
)]
pub(crate) async fn remove(Given(state): Given<State>, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    if state.knowledge.unsubscribe(SubscriptionId(id)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(missing())
    }
}

fn missing() -> Problem {
    Problem::missing("there is no subscription of this number")
}
