//! Every address that is answered, on one screen, and the layers around all of them.
//!
//! Refuses to hold behaviour: each line names the page or resource that answers.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::state::State;
use crate::{api, assets, guard, metrics, pages};

/// Longest time that an answer may take; past it the visitor is told to try again.
const PATIENCE: Duration = Duration::from_secs(30);

/// The same for a package that is uploaded and read.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Largest body of a request in bytes; forms here are a few words long.
const LARGEST_BODY: usize = 64 * 1024;

/// The router of pages and of the interface for programs.
pub fn router(state: State) -> Router {
    let guarded = Router::new()
        // For people.
        .route("/", get(pages::home::show))
        .route("/search", get(pages::search::show))
        .route("/upgrade", get(pages::upgrade::show))
        .route("/upgrade.md", get(pages::upgrade::as_markdown))
        .route("/entries/{id}", get(pages::entry::show))
        .route("/entries/{id}/compare", get(pages::comparison::show))
        .route("/snapshots/{digest}", get(pages::snapshot::bytes))
        .route("/packages", get(pages::packages::show))
        .route("/packages/{digest}", get(pages::package::show))
        .route("/keys", get(pages::keys::show))
        .route("/keys/{fingerprint}", get(pages::key::show))
        .route("/keys/{fingerprint}/call.md", get(pages::key::script))
        .route("/estate", get(pages::estates::show))
        .route("/estate/{one}", get(pages::estate::show))
        .route("/estate/{one}/remove", post(pages::estate::remove))
        .route("/estate/{one}/{other}", get(pages::estate::side_by_side))
        .route("/packages/{digest}/call.md", get(pages::package::call::script))
        .route("/packages/{digest}/decisions", post(pages::package::decide::decide))
        .route("/packages/{digest}/observations", post(pages::package::decide::observe))
        .route("/vendors", get(pages::vendors::show))
        .route("/vendors/{slug}", get(pages::vendor::show))
        .route("/sources", get(pages::sources::show).post(pages::new_source::add))
        .route("/sources/new", get(pages::new_source::show).post(pages::new_source::look))
        .route("/sources/{slug}", get(pages::source::show))
        .route("/sources/{slug}/retry", post(pages::source::retry))
        .route("/sources/{slug}/interval", post(pages::source::change::interval))
        .route(
            "/sources/{slug}/remove",
            get(pages::source::change::confirm).post(pages::source::change::remove),
        )
        .route("/subscriptions", get(pages::subscriptions::show))
        .route("/subscriptions/new", get(pages::subscribe::show).post(pages::subscribe::make))
        .route("/subscriptions/{id}", get(pages::subscription::show))
        .route("/subscriptions/{id}/remove", post(pages::subscription::remove))
        .route("/subscriptions/{id}/resume", post(pages::subscription::resume))
        // For whoever was sent the link; see `guard::opens_by_itself`.
        .route("/subscriptions/{id}/atom", get(pages::feed::atom))
        .route("/digests/{token}", get(pages::open::digest))
        .route("/confirm/{token}", get(pages::open::ask_to_confirm).post(pages::open::confirm))
        .route("/unsubscribe/{token}", get(pages::open::ask_to_leave).post(pages::open::leave))
        .route("/help/search", get(pages::help::show))
        .route("/sign-in", get(pages::sign_in::show).post(pages::sign_in::enter))
        .route("/sign-out", post(pages::sign_in::leave))
        // For programs.
        .route("/api/v1/search", get(api::search::find))
        .route("/api/v1/upgrade", get(api::upgrade::between))
        .route("/api/v1/entries/{id}", get(api::entries::read))
        .route("/api/v1/entries/{id}/compare", get(api::entries::compare))
        .route("/api/v1/packages", get(api::packages::list))
        .route("/api/v1/packages/{digest}", get(api::packages::read))
        .route("/api/v1/keys", get(api::keys::list))
        .route("/api/v1/keys/{fingerprint}", get(api::keys::read))
        .route("/api/v1/packages/{digest}/collisions", get(api::packages::collisions))
        .route("/api/v1/estate", get(api::estate::list))
        .route("/api/v1/estate/{one}", get(api::estate::read).delete(api::estate::remove))
        .route("/api/v1/estate/{one}/{other}", get(api::estate::side_by_side))
        .route("/api/v1/packages/{digest}/brief", get(api::briefs::read))
        .route("/api/v1/packages/{digest}/brief.md", get(api::briefs::as_markdown))
        .route("/api/v1/packages/{digest}/decisions", post(api::briefs::decide))
        .route("/api/v1/observations", post(api::briefs::observe))
        .route("/api/v1/vendors", get(api::vendors::list))
        .route("/api/v1/vendors/{slug}", get(api::vendors::read))
        .route("/api/v1/discover", post(api::discover::look))
        .route("/api/v1/sources", get(api::sources::list).post(api::sources::add))
        .route("/api/v1/sources/{slug}", get(api::sources::read).delete(api::sources::remove))
        .route("/api/v1/sources/{slug}/retry", post(api::sources::retry))
        .route("/api/v1/states", get(api::sources::states))
        .route("/api/v1/notices", get(api::notices::list))
        .route("/api/v1/totals", get(api::totals::read))
        .route("/api/v1/subscriptions", get(api::subscriptions::list).post(api::subscriptions::make))
        .route("/api/v1/subscriptions/{id}", get(api::subscriptions::read).delete(api::subscriptions::remove))
        .route("/api/v1/openapi.json", get(api::openapi::read))
        .route("/metrics", get(metrics::read))
        .route("/api/{*rest}", get(api::problem::nothing_here).post(api::problem::nothing_here))
        .fallback(pages::missing::show)
        .layer(from_fn_with_state(state.clone(), guard::admit));
    let open = Router::new()
        .route("/assets/{hash}/{name}", get(assets::read))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready));
    let small = guarded
        .merge(open)
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE));
    // Packages are larger than forms, and reading them takes longer than a page.
    let largest = usize::try_from(state.packages.largest).unwrap_or(usize::MAX);
    let large = Router::new()
        .route("/packages", post(pages::packages::send))
        .route("/estate", post(pages::estates::send))
        .route("/api/v1/estate/{one}", put(api::estate::import))
        .route("/api/v1/packages", post(api::packages::send))
        .route("/api/v1/briefs", post(api::briefs::of_attachment))
        .layer(from_fn_with_state(state.clone(), guard::admit))
        .layer(DefaultBodyLimit::max(largest))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, UPLOAD_PATIENCE));
    small
        .merge(large)
        .layer(axum::middleware::map_response(guard::headers::secure))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE};
    use axum::http::{HeaderName, Request, Response};
    use index::knowledge::Knowledge;
    use tower::ServiceExt as _;

    use super::router;
    use crate::guard::access::{Access, TokenDigest};
    use crate::state::State;

    const TOKEN: &str = "a-token-of-the-test";

    /// Asks a program that knows nothing; headers are parted by a bar, each as `name: value`.
    async fn ask(access: Access, request: &str, headers: &str, body: &str) -> Response<Body> {
        let folder = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::open(folder.path()).await.unwrap();
        let state = State::new(knowledge, Arc::new(|| "2026-11-23T08:00:00Z".parse().unwrap()), access);
        let (method, path) = request.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for header in headers.split('|').filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        router(state).oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
    }

    async fn check(access: &Access, request: &str, headers: &str, expected: u16) {
        let answer = ask(access.clone(), request, headers, "").await;
        assert_eq!(answer.status(), expected, "{request} {headers}");
        assert!(answer.headers().contains_key(CONTENT_SECURITY_POLICY), "{request}");
    }

    #[tokio::test]
    async fn on_loopback_everybody_may_ask_under_a_loopback_name() {
        let access = Access::Loopback;
        for path in [
            "/",
            "/search",
            "/search?q=relay",
            "/upgrade",
            "/packages",
            "/keys",
            "/estate",
            "/vendors",
            "/sources",
            "/sources/new",
            "/help/search",
            "/sign-in",
        ] {
            check(&access, &format!("GET {path}"), "host: localhost:8080", 200).await;
        }
        check(&access, "GET /", "host: evil.example", 421).await;
        check(&access, "GET /", "", 421).await;
        check(&access, "GET /healthz", "host: 10.0.0.7", 200).await;
        check(&access, "GET /readyz", "", 200).await;
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_on_pages_and_to_programs() {
        let access = Access::Loopback;
        for path in
            ["/nothing", "/entries/99999", "/entries/x", "/sources/nobody", "/vendors/nobody", "/snapshots/x"]
        {
            check(&access, &format!("GET {path}"), "host: localhost", 404).await;
        }
        for path in ["/api/v1/entries/99999", "/api/v1/sources/nobody", "/api/v1/nothing", "/api/nothing"] {
            let answer = ask(access.clone(), &format!("GET {path}"), "host: localhost", "").await;
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json", "{path}");
        }
    }

    #[tokio::test]
    async fn a_mistake_keeps_what_was_typed_and_says_where_it_is() {
        let answer = ask(Access::Loopback, "GET /search?q=a+vedor:%3Cb%3E", "host: localhost", "").await;
        assert_eq!(answer.status(), 400);
        let page = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.contains("<mark>vedor:</mark>"), "{page}");
        assert!(page.contains("value=\"a vedor:&#60;b&#62;\""), "{page}");
        let answer = ask(Access::Loopback, "GET /api/v1/search?q=a+vedor:b", "host: localhost", "").await;
        let problem = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&problem).unwrap();
        assert_eq!(
            (&problem["status"], &problem["start"], &problem["end"]),
            (&400.into(), &2.into(), &8.into())
        );
    }

    #[tokio::test]
    async fn another_site_cannot_ask_for_a_change() {
        let access = Access::Loopback;
        let retry = "POST /sources/nobody/retry";
        check(&access, retry, "host: localhost|sec-fetch-site: cross-site", 403).await;
        check(&access, retry, "host: localhost|origin: https://evil.example", 403).await;
        check(&access, retry, "host: localhost|sec-fetch-site: same-origin", 404).await;
        check(
            &access,
            "POST /api/v1/sources/nobody/retry",
            "host: localhost|sec-fetch-site: cross-site",
            403,
        )
        .await;
    }

    #[tokio::test]
    async fn with_a_token_only_its_bearer_may_ask() {
        let access = Access::Token(TokenDigest::of(TOKEN));
        check(&access, "GET /", &format!("authorization: Bearer {TOKEN}"), 200).await;
        check(&access, "GET /", &format!("cookie: forewarn={TOKEN}"), 200).await;
        check(&access, "GET /sign-in", "", 200).await;
        check(&access, "GET /api/v1/totals", "", 401).await;
        check(&access, "GET /api/v1/totals", "authorization: Bearer wrong", 401).await;
        let answer = ask(access, "GET /search?q=a", "cookie: forewarn=wrong", "").await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()[LOCATION], "/sign-in?to=%2Fsearch%3Fq%3Da");
    }

    #[tokio::test]
    async fn signing_in_leads_to_where_the_visitor_was_going() {
        let access = Access::Token(TokenDigest::of(TOKEN));
        let form =
            "content-type: application/x-www-form-urlencoded|host: a.example|origin: https://a.example";
        let body = format!("to=%2Fvendors&token={TOKEN}");
        let answer = ask(access.clone(), "POST /sign-in", form, &body).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[LOCATION]),
            (303, &"/vendors".parse().unwrap())
        );
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict; Secure"), "{cookie}");
        let answer = ask(access, "POST /sign-in", form, "token=wrong").await;
        assert_eq!(answer.status(), 401);
        assert!(!answer.headers().contains_key(SET_COOKIE));
    }

    #[tokio::test]
    async fn behind_a_proxy_its_header_must_be_there() {
        let access = Access::ProxyHeader(HeaderName::from_static("x-user"));
        check(&access, "GET /", "x-user: somebody", 200).await;
        check(&access, "GET /", "x-user: ", 403).await;
        check(&access, "GET /api/v1/totals", "", 403).await;
    }
}
