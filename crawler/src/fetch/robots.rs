//! What a host's `robots.txt` allows us.
//!
//! Takes the text as fetched and answers for single addresses (RFC 9309, through `texting_robots`). It fetches nothing,
//! and a text that the library cannot digest counts as "stay away". Sitemaps named in it are not read here.

pub(super) mod cache;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use reqwest::Url;
use texting_robots::Robot;

use super::disappointment::{Disappointment, host, shown};

/// A longer text is read only so far, in bytes (RFC 9309 section 2.5 asks for no less).
pub(super) const LARGEST: u64 = 500 * 1024;

/// A longer wish than this is not honoured; such a host would never be finished with.
const LONGEST_DELAY: f32 = 30.0;

/// Lines with a `$` become regular expressions of 10 KB each, so a text with more is not digested. Of 3,348 real files
/// the richest has 189.
const MOST_ANCHORED: usize = 1_000;

/// What an anchored line is counted as, in bytes of memory (measured: 38,000 take 390 MB).
const ANCHORED_SIZE: usize = 10 * 1024;

/// What is known about a host's wishes.
pub(super) enum Rules {
    /// It has no `robots.txt`: everything may be asked (RFC 9309 section 2.3.1.3).
    Open,
    /// It has one, with lines that concern us or everybody.
    Listed(Box<Robot>),
    /// It has one that could not be read.
    Unreadable,
    /// It could not be asked.
    Unknown(Disappointment),
}

impl Rules {
    /// Reads a `robots.txt` for the program that calls itself `product` (see [`product`]).
    pub(super) fn read(product: &str, text: &[u8]) -> Rules {
        if anchored(text) > MOST_ANCHORED {
            return Rules::Unreadable;
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        match catch_unwind(AssertUnwindSafe(|| Robot::new(product, text))) {
            Ok(Ok(mut robot)) => {
                robot.sitemaps = Vec::new();
                Rules::Listed(Box::new(robot))
            }
            Ok(Err(_)) | Err(_) => Rules::Unreadable,
        }
    }

    /// Whether `url` may be asked.
    ///
    /// # Errors
    /// With the words for why not.
    pub(super) fn permit(&self, url: &Url) -> Result<(), Disappointment> {
        match self {
            Rules::Open => Ok(()),
            Rules::Unreadable => Err(Disappointment::RobotsUnreadable { host: host(url) }),
            Rules::Unknown(cause) if cause.troubled_host() == Some(&host(url)) => Err(cause.clone()),
            Rules::Unknown(cause) => {
                Err(Disappointment::RobotsUnreachable { host: host(url), cause: Box::new(cause.clone()) })
            }
            Rules::Listed(robot) => match catch_unwind(AssertUnwindSafe(|| robot.allowed(url.as_str()))) {
                Ok(true) => Ok(()),
                Ok(false) => Err(Disappointment::RobotsDisallow { url: shown(url) }),
                Err(_) => Err(Disappointment::RobotsUnreadable { host: host(url) }),
            },
        }
    }

    /// The pause that the host wishes between two requests, 30 seconds at most.
    pub(super) fn delay(&self) -> Duration {
        match self {
            Rules::Listed(robot) => {
                let seconds = robot.delay.filter(|seconds| *seconds >= 0.0).unwrap_or_default();
                Duration::try_from_secs_f32(seconds.min(LONGEST_DELAY)).unwrap_or_default()
            }
            _ => Duration::ZERO,
        }
    }
}

/// How much memory the rules read from `text` take at most, in bytes, roughly.
pub(super) fn size(text: &[u8]) -> usize {
    text.len() + anchored(text).min(MOST_ANCHORED) * ANCHORED_SIZE
}

fn anchored(text: &[u8]) -> usize {
    text.split(|byte| matches!(byte, b'\n' | b'\r' | 0)).filter(|line| line.contains(&b'$')).count()
}

/// The name that `robots.txt` files would call us by: the start of the user agent (RFC 9309 section 2.2.1).
pub(super) fn product(user_agent: &str) -> String {
    let wanted = |letter: &char| letter.is_ascii_alphabetic() || matches!(letter, '-' | '_');
    user_agent.chars().take_while(wanted).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Url;

    use super::{Rules, product};

    fn check(text: &str, path: &str, expected: bool) {
        let url = Url::parse("https://vendor.example/").unwrap().join(path).unwrap();
        assert_eq!(
            Rules::read("forewarn", text.as_bytes()).permit(&url).is_ok(),
            expected,
            "{text:?} {path}"
        );
    }

    #[test]
    fn lines_for_us_go_before_lines_for_all() {
        let text =
            "User-agent: *\nDisallow: /\n\nUser-agent: Forewarn\nDisallow: /private\nAllow: /private/news\n";
        check(text, "/feed", true);
        check(text, "/private", false);
        check(text, "/private/news?page=2", true);
        check("User-agent: *\nDisallow: /*.xml$\n", "/feed.xml", false);
        check("\u{feff}User-agent: *\nDisallow: /\n", "/feed", false);
    }

    #[test]
    fn nothing_written_allows_everything() {
        for text in
            ["", "# nothing\n", "<html><body>not found</body></html>", "User-agent: *\nDisallow:\n", "\0\0\0"]
        {
            check(text, "/feed", true);
        }
    }

    #[test]
    fn what_cannot_be_digested_counts_as_no() {
        let text = format!("User-agent: *\nDisallow: /{}$\n", "a*".repeat(9_999));
        let url = Url::parse("https://vendor.example/feed").unwrap();
        let told = Rules::read("forewarn", text.as_bytes()).permit(&url).unwrap_err();
        let many = "Disallow: /*$\n".repeat(1_001);
        assert!(Rules::read("forewarn", many.as_bytes()).permit(&url).is_err());
        assert_eq!(
            told.to_string(),
            "learn from robots.txt whether vendor.example may be asked: it cannot be read"
        );
    }

    #[test]
    fn a_wished_pause_is_bounded() {
        for (wish, expected) in
            [("2", 2.0), ("0.5", 0.5), ("9999", 30.0), ("-3", 0.0), ("NaN", 0.0), ("inf", 30.0)]
        {
            let rules = Rules::read("forewarn", format!("User-agent: *\nCrawl-delay: {wish}\n").as_bytes());
            assert!(rules.delay() <= Duration::from_secs_f32(expected), "{wish}: {:?}", rules.delay());
        }
        let rules = Rules::read("forewarn", b"User-agent: *\nCrawl-delay: 2\n");
        assert_eq!(rules.delay(), Duration::from_secs(2));
    }

    #[test]
    fn the_name_is_bare() {
        assert_eq!(product("forewarn/0.1 (+https://forewarn.example/crawler)"), "forewarn");
        assert_eq!(product("Acme-Forewarn 3"), "Acme-Forewarn");
        assert_eq!(product("7"), "");
    }
}
