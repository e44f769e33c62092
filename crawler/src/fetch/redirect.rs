//! The way that redirects lead, and where it ends.
//!
//! Keeps the addresses that one fetch has passed, and decides whether the next may be asked: its spelling, its scheme,
//! circles, length. Addresses behind names are vetted elsewhere (`resolve`), at every step.

use reqwest::Url;

use super::disappointment::{Disappointment, shown};

/// One fetch's way from the address that was asked for to the one that answered.
pub(super) struct Trail {
    passed: Vec<Url>,
    limit: u8,
    moved: Option<Url>,
    only_permanent: bool,
}

impl Trail {
    /// A way that begins at `url` and has at most `limit` redirects.
    ///
    /// # Errors
    /// If the address is not one that is ever asked.
    pub(super) fn starting(mut url: Url, limit: u8) -> Result<Trail, Disappointment> {
        url.set_fragment(None);
        vet_spelling(&url)?;
        Ok(Trail { passed: vec![url], limit, moved: None, only_permanent: true })
    }

    /// The address to be asked now.
    pub(super) fn here(&self) -> &Url {
        self.passed.last().expect("a trail starts with an address and only grows")
    }

    /// Follows a redirect with this status and `Location`.
    ///
    /// # Errors
    /// If it leads nowhere, to an address that is never asked, back, from https to http, or is one too many.
    pub(super) fn follow(&mut self, status: u16, location: Option<&str>) -> Result<(), Disappointment> {
        let here = self.here();
        let nowhere = || Disappointment::RedirectNowhere { url: shown(here) };
        let location = location.filter(|location| !location.trim().is_empty()).ok_or_else(nowhere)?;
        let mut next = here.join(location).map_err(|_| nowhere())?;
        next.set_fragment(None);
        vet_spelling(&next).map_err(|refused| refused.behind_redirect(here))?;
        if here.scheme() == "https" && next.scheme() == "http" {
            return Err(Disappointment::Downgrade { from: shown(here), to: shown(&next) });
        }
        let first = self.passed.first().unwrap_or(here);
        if self.passed.contains(&next) {
            return Err(Disappointment::RedirectLoop { url: shown(first) });
        }
        if self.passed.len() > usize::from(self.limit) {
            return Err(Disappointment::TooManyRedirects { url: shown(first), limit: self.limit });
        }
        self.only_permanent &= matches!(status, 301 | 308);
        if self.only_permanent {
            self.moved = Some(next.clone());
        }
        self.passed.push(next);
        Ok(())
    }

    /// A refusal to connect, said of the redirect that led here if there was one.
    pub(super) fn blame(&self, refused: Disappointment) -> Disappointment {
        match self.passed.as_slice() {
            [.., from, _] => refused.behind_redirect(from),
            _ => refused,
        }
    }

    /// The address that answered, and the one that the first address has moved to for good, if it has.
    pub(super) fn end(mut self) -> (Url, Option<Url>) {
        let here = self.here().clone();
        (here, self.moved.take())
    }
}

fn vet_spelling(url: &Url) -> Result<(), Disappointment> {
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme().chars().take(40).collect();
        return Err(Disappointment::Scheme { url: shown(url), scheme });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Disappointment::Userinfo { url: shown(url) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::Trail;

    fn check(start: &str, redirects: &[(u16, &str)], expected: Result<(&str, Option<&str>), &str>) {
        let outcome = Trail::starting(Url::parse(start).unwrap(), 3).and_then(|mut trail| {
            redirects.iter().try_for_each(|(status, location)| trail.follow(*status, Some(location)))?;
            Ok(trail.end())
        });
        let outcome = outcome.map_err(|disappointment| disappointment.to_string());
        let outcome = match &outcome {
            Ok((end, moved)) => Ok((end.as_str(), moved.as_ref().map(Url::as_str))),
            Err(text) => Err(text.as_str()),
        };
        assert_eq!(outcome, expected);
    }

    #[test]
    fn a_move_for_good_is_told_from_a_detour() {
        check("http://a.example/#x", &[], Ok(("http://a.example/", None)));
        check("http://a.example/", &[(301, "/b#y")], Ok(("http://a.example/b", Some("http://a.example/b"))));
        check("http://a.example/", &[(302, "/b"), (301, "/c")], Ok(("http://a.example/c", None)));
        let moved = Some("https://a.example/");
        check(
            "http://a.example/",
            &[(308, "https://a.example/"), (307, "/c")],
            Ok(("https://a.example/c", moved)),
        );
    }

    #[test]
    fn where_a_redirect_may_not_lead() {
        let from = "follow the redirect of http://a.example/:";
        let ftp = format!("{from} fetch ftp://b.example/: only http and https are spoken, not ftp");
        check("http://a.example/", &[(302, "ftp://b.example/")], Err(&ftp));
        let login = format!("{from} fetch http://b.example/: the address carries a user name or password");
        check("http://a.example/", &[(302, "http://u:p@b.example/")], Err(&login));
        check("http://a.example/", &[(302, " ")], Err(&format!("{from} it does not say where to")));
        check("http://a.example/", &[(302, "http://[::")], Err(&format!("{from} it does not say where to")));
        let down = "follow the redirect of https://a.example/: it leads from https down to http (http://a.example/b)";
        check("https://a.example/", &[(301, "http://a.example/b?secret")], Err(down));
    }

    #[test]
    fn circles_and_long_ways_end() {
        let circle = "fetch http://a.example/: its redirects go round in a circle";
        check("http://a.example/", &[(302, "/")], Err(circle));
        check("http://a.example/", &[(302, "/b"), (302, "/#again")], Err(circle));
        let long = "fetch http://a.example/: more than 3 redirects";
        check(
            "http://a.example/",
            &[(302, "/1"), (302, "/2"), (302, "/3")],
            Ok(("http://a.example/3", None)),
        );
        check("http://a.example/", &[(302, "/1"), (302, "/2"), (302, "/3"), (302, "/4")], Err(long));
    }

    #[test]
    fn a_first_address_is_held_to_the_same_rules() {
        let scheme = "fetch file:///etc/passwd: only http and https are spoken, not file";
        check("file:///etc/passwd", &[], Err(scheme));
        let login = "fetch http://a.example/: the address carries a user name or password";
        check("http://:p@a.example/", &[], Err(login));
    }
}
