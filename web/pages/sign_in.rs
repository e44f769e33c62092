//! Signing in with the token of this installation, and out again.
//!
//! The cookie holds the token itself, is kept from scripts and is never sent along from other sites. The page asks
//! nothing of what is known: whoever sees it has not shown a token yet.

use askama::Template;
use axum::extract::{RawForm, State as Given};
use axum::http::header::{ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::asked::Asked;
use crate::failure::Page;
use crate::frame::Frame;
use crate::guard::COOKIE_NAME;
use crate::guard::access::Access;
use crate::state::State;

/// Seconds that a sign-in lasts: 30 days.
const LASTS: u32 = 30 * 24 * 60 * 60;

/// The page with the form.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub(crate) struct SignIn {
    frame: Frame,
    to: String,
    mistaken: bool,
}

/// The page for a request that is not let in.
#[derive(Template)]
#[template(path = "pages/refused.html")]
pub(crate) struct Refused {
    frame: Frame,
    sentence: String,
}

impl Refused {
    /// Says why.
    pub(crate) fn page(sentence: &str) -> Page<Self> {
        Page(Self { frame: Frame::bare(), sentence: sentence.to_owned() })
    }
}

/// Shows the form.
pub(crate) async fn show(asked: Asked) -> Page<SignIn> {
    let to = local(asked.first("to").unwrap_or_default()).to_owned();
    Page(SignIn { frame: Frame::bare(), to, mistaken: false })
}

/// Takes the token and leads to where the visitor was going.
pub(crate) async fn enter(
    Given(state): Given<State>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let to = local(form.first("to").unwrap_or_default()).to_owned();
    let token = form.first("token").unwrap_or_default().trim();
    let Access::Token(held) = &state.access else { return Redirect::to("/").into_response() };
    if !held.is_of(token) {
        let page = SignIn { frame: Frame::bare(), to, mistaken: true };
        return (StatusCode::UNAUTHORIZED, Page(page)).into_response();
    }
    // Browsers name the origin of every form that is sent; over TLS the cookie never travels without it.
    let tls = headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    ([(SET_COOKIE, cookie(token, LASTS, tls))], Redirect::to(&to)).into_response()
}

/// Forgets the token.
pub(crate) async fn leave() -> Response {
    ([(SET_COOKIE, cookie("", 0, false))], Redirect::to("/sign-in")).into_response()
}

fn cookie(token: &str, seconds: u32, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The path on this site that an address names, or the first page.
fn local(to: &str) -> &str {
    let inside = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n', '\t']);
    if inside { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn signing_in_leads_nowhere_else() {
        let check = |to, expected| assert_eq!(local(to), expected);
        check("/search?q=a", "/search?q=a");
        check("//evil.example", "/");
        check("/\\evil.example", "/");
        check("https://evil.example", "/");
        check("/\t/evil.example", "/");
        check("", "/");
    }
}
