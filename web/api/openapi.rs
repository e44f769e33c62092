//! `GET /api/v1/openapi.json`: the description of the interface, gathered from the handlers.
//!
//! The answers of `index` know nothing of this description, so their schemas are written by hand in `schemas.json`; the
//! tests hold them against what is really written.

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Map, Value};
use utoipa::OpenApi;

use crate::api::{
    briefs, discover, entries, estate, keys, notices, packages, problem, search, sources, subscriptions,
    totals, upgrade, vendors,
};

/// Schemas of the answers, by name.
const SCHEMAS: &str = include_str!("schemas.json");

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Forewarn",
        description = "What vendors said: search it, read it, compare its revisions, and see how its sources are doing."
    ),
    paths(
        search::find,
        upgrade::between,
        entries::read,
        entries::compare,
        keys::list,
        keys::read,
        packages::list,
        packages::send,
        packages::read,
        packages::collisions,
        estate::list,
        estate::read,
        estate::import,
        estate::remove,
        estate::side_by_side,
        briefs::read,
        briefs::as_markdown,
        briefs::of_attachment,
        briefs::decide,
        briefs::observe,
        vendors::list,
        vendors::read,
        discover::look,
        sources::list,
        sources::add,
        sources::read,
        sources::remove,
        sources::retry,
        sources::states,
        notices::list,
        subscriptions::list,
        subscriptions::read,
        subscriptions::make,
        subscriptions::remove,
        totals::read
    ),
    components(schemas(problem::Problem, sources::Due, discover::Site, subscriptions::Made))
)]
struct Handlers;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(description);

/// Shows it.
pub(crate) async fn read() -> Json<&'static Value> {
    Json(&DESCRIPTION)
}

fn description() -> Value {
    let mut whole =
        serde_json::to_value(Handlers::openapi()).expect("the description has only text for keys");
    let schemas: Map<String, Value> =
        serde_json::from_str(SCHEMAS).expect("the file is part of the program and read by a test");
    if let Some(held) = whole.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        held.extend(schemas);
    }
    whole
}

#[cfg(test)]
mod tests;
