//! Where a repository is asked, and with which token.
//!
//! The token is read from the environment, goes to the interface alone, over https, and is kept nowhere. Options may
//! only name variables made for it, so that whoever may write options cannot send other secrets away.

use url::Url;

use super::{Options, joined};
use crate::fetch::Bearer;
use crate::sources::{Errand, Trouble};

/// The interface of github.com itself.
const PUBLIC: &str = "https://api.github.com/";
/// Where the token for it is, unless an option names another place.
const TOKEN: &str = "FOREWARN_GITHUB_TOKEN";

/// Where a repository is asked.
pub(super) struct Place {
    /// `https://github.com/OWNER/REPO/`.
    pub(super) site: Url,
    /// `https://api.github.com/repos/OWNER/REPO/`.
    pub(super) api: Url,
    pub(super) token: Option<Bearer>,
}

/// The place that a source's address and options name.
///
/// # Errors
/// [`Trouble::Settings`] when they name none, or a token that cannot be used.
pub(super) fn of(errand: &Errand<'_>, options: &Options) -> Result<Place, Trouble> {
    let address = errand.address()?;
    let parts: Vec<&str> =
        address.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let [owner, repository, ..] = parts.as_slice() else {
        let why = "it has to name a repository, such as https://github.com/OWNER/REPO";
        return Err(Trouble::Settings(format!("understand the address \"{address}\": {why}")));
    };
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    let mut site = address.clone();
    site.set_query(None);
    site.set_fragment(None);
    site.set_path(&format!("/{owner}/{repository}/"));
    let mut api = match (&options.api, address.host_str()) {
        (Some(api), _) => api.clone(),
        (None, Some("github.com" | "www.github.com")) => joined(&address, PUBLIC)?,
        // An Enterprise server has its interface on its own host.
        (None, _) => joined(&address, "/api/v3/")?,
    };
    if !api.path().ends_with('/') {
        api.set_path(&format!("{}/", api.path()));
    }
    let token = token(options, &api, |name| std::env::var(name).ok())?;
    let api = joined(&api, &format!("repos/{owner}/{repository}/"))?;
    Ok(Place { site, api, token })
}

/// The token for an interface. The usual one is for github.com alone; another interface gets what its option names.
fn token(
    options: &Options,
    api: &Url,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Bearer>, Trouble> {
    let name = match &options.token_variable {
        Some(name) if name.starts_with(TOKEN) => name,
        // Whoever may write options must not be able to send other secrets away.
        Some(name) => {
            return Err(Trouble::Settings(format!(
                "take the token from \"{name}\": the name of the variable has to begin with {TOKEN}"
            )));
        }
        None if api.as_str() == PUBLIC => TOKEN,
        None => return Ok(None),
    };
    let Some(said) = variable(name).filter(|said| !said.trim().is_empty()) else {
        return match &options.token_variable {
            Some(name) => {
                Err(Trouble::Settings(format!("find the token: the environment variable {name} is not set")))
            }
            None => Ok(None),
        };
    };
    let loopback = matches!(api.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if api.scheme() != "https" && !loopback {
        return Err(Trouble::Settings(format!("send the token to {api}: it goes over https only")));
    }
    let token = Bearer::new(&said);
    token.map(Some).ok_or_else(|| Trouble::Settings(format!("use the token in {name}: it is not one word")))
}

#[cfg(test)]
mod tests {
    use super::{Options, PUBLIC, token};
    use url::Url;

    fn check(options: &str, api: &str, expected: Result<bool, &str>) {
        let options: Options = serde_json::from_str(options).unwrap();
        let variable =
            |name: &str| (name != "FOREWARN_GITHUB_TOKEN_B").then(|| format!("secret of {}", name.len()));
        let variable = |name: &str| variable(name).map(|said| said.replace(' ', "-"));
        match (token(&options, &Url::parse(api).unwrap(), variable), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found.is_some(), expected, "{api}"),
            (Err(told), Err(expected)) => assert!(told.to_string().contains(expected), "{told}"),
            (found, _) => panic!("{api}: {found:?}"),
        }
    }

    #[test]
    fn a_token_goes_where_it_is_meant_to() {
        let named = r#"{"token_variable": "FOREWARN_GITHUB_TOKEN_A"}"#;
        check("{}", PUBLIC, Ok(true));
        check("{}", "https://elsewhere.example/api/v3/", Ok(false));
        check(named, "https://elsewhere.example/api/v3/", Ok(true));
        check(named, "http://127.0.0.1:9/", Ok(true));
        check(named, "http://elsewhere.example/", Err("it goes over https only"));
        check(
            r#"{"token_variable": "FOREWARN_GITHUB_TOKEN_B"}"#,
            PUBLIC,
            Err("FOREWARN_GITHUB_TOKEN_B is not set"),
        );
        check(
            r#"{"token_variable": "FOREWARN_TOKEN"}"#,
            PUBLIC,
            Err("has to begin with FOREWARN_GITHUB_TOKEN"),
        );
    }
}
