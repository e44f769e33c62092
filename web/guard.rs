//! The gate before every page and resource: who may ask, under which name, and from where.
//!
//! Refuses to know what is behind it. A request passes when it is addressed to a name that is ours, when a change is
//! not asked for by another site's page, and when it brings what [`access::Access`] wants to see.

pub mod access;
pub(crate) mod headers;
pub(crate) mod origin;

use axum::extract::{Request, State as Given};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::api::problem::Problem;
use crate::guard::access::Access;
use crate::pages::sign_in::Refused;
use crate::state::State;
use crate::words;

/// Name of the cookie that a visitor who signed in brings.
pub(crate) const COOKIE_NAME: &str = "forewarn";

/// Lets a request pass, or says why not.
pub(crate) async fn admit(Given(state): Given<State>, request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    if !named(&state, uri, headers) {
        let sentence = "this program does not answer under the name in that address";
        return refuse(uri, StatusCode::MISDIRECTED_REQUEST, sentence);
    }
    if !is_safe(request.method()) && !origin::is_ours(headers) {
        return refuse(uri, StatusCode::FORBIDDEN, "another site’s page asked for this change");
    }
    match &state.access {
        _ if opens_by_itself(uri.path()) => {}
        Access::Loopback => {}
        Access::Token(token) => {
            let open = uri.path() == "/sign-in";
            if !open && !brought(headers).any(|given| token.is_of(given)) {
                return ask_for_token(request.method(), uri);
            }
        }
        Access::ProxyHeader(name) => {
            if headers.get(name).is_none_or(|value| value.is_empty()) {
                let sentence = "the proxy in front of this program did not say who is asking";
                return refuse(uri, StatusCode::FORBIDDEN, sentence);
            }
        }
    }
    next.run(request).await
}

/// Whether what is at this path looks at a token in its address by itself, and answers nobody without: what mails and
/// feeds lead to, for people who have no sign-in here.
fn opens_by_itself(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("digests" | "confirm" | "unsubscribe"), Some(token), None, None) => !token.is_empty(),
        (Some("subscriptions"), Some(_), Some("atom"), None) => true,
        _ => false,
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the request is addressed to a name that is ours.
fn named(state: &State, uri: &Uri, headers: &HeaderMap) -> bool {
    if state.hosts.is_empty() && !matches!(state.access, Access::Loopback) {
        return true;
    }
    let given =
        headers.get(HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.authority().map(|a| a.as_str()));
    given.is_some_and(|host| origin::is_named(host, &state.hosts))
}

/// Every token that a request brings, in its `Authorization` or its cookies.
fn brought(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    bearer.into_iter().chain(pairs.filter(|(name, _)| *name == COOKIE_NAME).map(|(_, token)| token))
}

/// Whether no person reads what lies there, so that sending one to a page helps nobody.
fn is_for_programs(uri: &Uri) -> bool {
    uri.path().starts_with("/api/") || uri.path() == "/metrics"
}

fn ask_for_token(method: &Method, uri: &Uri) -> Response {
    if is_for_programs(uri) {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "send a token as “Authorization: Bearer …”");
        return ([(WWW_AUTHENTICATE, "Bearer realm=\"forewarn\"")], problem).into_response();
    }
    let back =
        if *method == Method::GET { uri.path_and_query().map_or("/", |path| path.as_str()) } else { "/" };
    Redirect::to(&words::address("/sign-in", &[("to", back)])).into_response()
}

fn refuse(uri: &Uri, status: StatusCode, sentence: &str) -> Response {
    if is_for_programs(uri) {
        return Problem::new(status, sentence).into_response();
    }
    (status, Refused::page(sentence)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{brought, opens_by_itself};

    #[test]
    fn only_what_looks_at_a_token_itself_opens_by_itself() {
        let check = |path, expected| assert_eq!(opens_by_itself(path), expected, "{path}");
        check("/digests/abc", true);
        check("/confirm/abc", true);
        check("/unsubscribe/abc", true);
        check("/subscriptions/7/atom", true);
        check("/digests/", false);
        check("/digests", false);
        check("/digests/abc/more", false);
        check("/subscriptions", false);
        check("/subscriptions/7", false);
        check("/subscriptions/7/remove", false);
        check("/subscriptions/7/atom/more", false);
        check("/", false);
        check("//digests/abc", false);
    }

    fn check(name: &'static str, value: &'static str, expected: &[&str]) {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        assert_eq!(brought(&headers).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn tokens_are_read_from_both_places() {
        check("authorization", "Bearer abc", &["abc"]);
        check("authorization", "bearer  abc ", &["abc"]);
        check("authorization", "Basic abc", &[]);
        check("cookie", "a=b; forewarn=abc; forewarn=d", &["abc", "d"]);
        check("cookie", "notforewarn=abc", &[]);
        check("cookie", "forewarn", &[]);
    }
}
